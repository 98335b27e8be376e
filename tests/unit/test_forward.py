"""`jsna new edition --from`: an edition carried forward as text, its files to be given anew."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml

from jsna import cli
from jsna.model.editions import Edition
from tests.conftest import ROOT
from tests.unit.test_doctor import EDITION, NAME

#: With everything an edition may say of an extract, and a release that has a later one.
WHOLE = EDITION.replace("severities: {}\n", "").replace(
    "extracts:\n",
    """\
profile: default
profiles: {exclusions: rounded}  # as the board asked
releases:
  ehcp: ehcp_2025
  # Not the one of 2022, whose cohort is too old.
  sen_census: sen_census_2025
extracts:
""",
)
WHOLE += """\
      - period: "2024/25"
        files: {exclusions: susp.csv}
        sha256: {susp.csv: AAAA}
        mapping: quill/exclusions
        assessment: ""
severities: {}  # none
""".replace("AAAA", "a" * 64)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    (tmp_path / f"config/editions/{NAME}.yaml").write_text(WHOLE, encoding="utf-8")
    return tmp_path


def run(project: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = cli.main(["new", "edition", *words, "--root", str(project)])
    said = capsys.readouterr()
    return code, said.out + said.err


def test_everything_is_carried_forward_but_the_files(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = run(project, capsys, "--from", NAME)
    assert code == 0, said
    text = (project / "config/editions/quill-full-2026.yaml").read_text(encoding="utf-8")
    made = Edition.model_validate(yaml.safe_load(text))
    assert made.edition == "quill-full-2026"
    assert made.reference_date == date(2026, 1, 15)
    assert "published: 2027-01-29  # the board meets then" in text
    assert made.profiles == {"exclusions": "rounded"}
    assert made.releases == {"ehcp": "ehcp_2025", "sen_census": "sen_census_2025"}
    (supply,) = made.extracts
    assert (supply.owner, supply.assessment) == ("Inclusion team", "DPIA-01")
    assert [(p.period, p.status, p.files) for p in supply.periods] == [
        ("2023/24", "not received", {}),
        ("2024/25", "not received", {}),
        ("2025/26", "not received", {}),
    ]
    # What was said of a year is said of that year.
    assert [(p.assessment, p.mapping) for p in supply.periods] == [
        (None, None), ("", "quill/exclusions"), (None, None)
    ]  # fmt: skip
    for comment in ("# Asked for in November.", "# as the board asked", "# Not the one of 2022",
                    "severities: {}  # none"):  # fmt: skip
        assert comment in text
    # Nobody has its figures of this machine.
    assert made.previous == ()
    assert "has not been published here" in said
    assert "jsna doctor quill-full-2026 FOLDER" in said
    assert run(project, capsys, "--from", NAME)[0] == 1


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (["--from", "test-2025"], "is synthetic"),
        (["--from", NAME, "--year", "2025"], "give a later --year"),
        (["--from", "none"], "does not exist"),
        (["Quillshire", "--from", NAME], "give the authority, or --from"),
        ([], "give the authority, or --from"),
    ],
)
def test_what_cannot_be_carried_forward_is_told(
    project: Path, capsys: pytest.CaptureFixture[str], words: list[str], rule: str
) -> None:
    code, said = run(project, capsys, *words)
    assert code == 1
    assert rule in said


def test_years_may_be_skipped_and_the_edition_before_is_named_where_it_was_published(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jsna.provenance.register.entries", lambda root, name: [object()])
    assert run(project, capsys, "--from", NAME, "--year", "2028")[0] == 0
    text = (project / "config/editions/quill-full-2028.yaml").read_text(encoding="utf-8")
    made = Edition.model_validate(yaml.safe_load(text))
    assert made.previous == (NAME,)
    assert [p.period for p in made.extracts[0].periods] == ["2025/26", "2026/27", "2027/28"]
