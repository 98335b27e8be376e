"""The command line: what a user sees when something is wrong."""

from pathlib import Path

import pytest

from jsna import cli
from jsna.errors import MOST_SHOWN, JsnaError, Problem


def test_a_wrong_edition_names_those_there_are(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "config/editions").mkdir(parents=True)
    (tmp_path / "config/editions/one-2025.yaml").write_text("edition: one-2025\n")
    assert cli.main(["check", "two-2025", "--root", str(tmp_path)]) == 1
    words = capsys.readouterr().err
    assert "config/editions/two-2025.yaml" in words
    assert "its folder has: one-2025" in words
    assert "Traceback" not in words


def test_a_fault_of_ours_shows_no_value(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JSNA_DEBUG", raising=False)

    def broken(_: object) -> int:
        raise KeyError("Canary-Smith born 2015-01-17")

    monkeypatch.setitem(cli.VERBS, "editions", ("list", broken, False))
    assert cli.main(["editions"]) == 3
    shown = capsys.readouterr()
    assert "Canary" not in shown.err + shown.out
    assert "Traceback" not in shown.err
    assert "KeyError at" in shown.err


def test_every_problem_is_told_with_its_place() -> None:
    error = JsnaError(
        [
            Problem("a.csv", "must be F or M", row=1204, column="Sex", value="X", code="sex"),
            Problem("b.csv", "the file is empty"),
        ]
    )
    assert error.report() == (
        "  - a.csv, row 1,204, column 'Sex': must be F or M (found 'X') [sex]\n"
        "  - b.csv: the file is empty"
    )


def test_a_long_list_is_cut_and_says_so() -> None:
    error = JsnaError([Problem(f"{i}.csv", "is empty") for i in range(MOST_SHOWN + 7)])
    assert error.report().splitlines()[-1] == "  … and 7 more problems"
    # `check --rows` lists each, so that all are put right at once.
    assert error.report(None).count("is empty") == MOST_SHOWN + 7


@pytest.mark.parametrize("cores", ["0", "-1", "two"])
def test_a_number_of_cores_is_at_least_one(capsys: pytest.CaptureFixture[str], cores: str) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["build", "test-2025", f"--cores={cores}"])
    assert ended.value.code == 2
    assert "must be a number of 1 or more" in capsys.readouterr().err
