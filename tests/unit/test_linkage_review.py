"""Clerical review: what is drawn, who may see it, and what the judgements say."""

from __future__ import annotations

import csv
import io
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from jsna import cli
from jsna.errors import JsnaError
from jsna.formulas import is_formula
from jsna.io import read_json, read_table
from jsna.linkage import review_cli, review_sheet, training
from jsna.linkage.cascade import link
from jsna.linkage.model import read_model
from jsna.linkage.review import FINDINGS, STRATA, judged, read_judgements, sample, sizes
from jsna.model.editions import Edition
from tests.spec.world import configuration
from tests.unit.linkage_stage_support import Stage, extract, table
from tests.unit.linkage_support import CONFIG, both, database, ruleset, world

BAND, SURE, NEAR = "link, review band", "link, surer", "near miss"
NAMED = ("forename", "surname", "date_of_birth", "sex", "postcode")


def test_the_sample_is_drawn_from_every_stratum_and_repeats() -> None:
    made, db, rules = world(), database(), ruleset().rules
    left, right = both(db, made, "nhs_number")
    found = link(db, left, right, rules)
    counts = sizes(db, found)
    drawn = sample(db, left, right, found, 5, seed=3)
    assert drawn.equals(sample(db, left, right, found, 5, seed=3))
    assert not drawn.equals(sample(db, left, right, found, 5, seed=4))
    by_stratum = {s: drawn["stratum"].to_pylist().count(s) for s in STRATA}
    assert by_stratum == {s: min(5, counts[s]) for s in STRATA}
    shown = set(drawn.column_names)
    assert {"forename_1", "forename_2", "judgement"} <= shown
    assert not {"weight", "probability"} & shown


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), min_size=1),
       st.integers(1, 60))  # fmt: skip
def test_pairs_are_spread_over_strata_and_none_is_left_out(
    groups: list[tuple[str, str]], size: int
) -> None:
    pairs = [{"pair": str(n), "source": a, "stratum": b} for n, (a, b) in enumerate(groups)]
    chosen = review_sheet.choose(pairs, size)
    taken = [(pair["source"], pair["stratum"]) for pair in chosen]
    assert set(taken) == set(groups)
    assert len(chosen) == min(len(pairs), max(size, len(set(groups))))
    # As even as may be: where a stratum has pairs left, no other has two more than it.
    counts = {group: taken.count(group) for group in set(groups)}
    for group, count in counts.items():
        if count < groups.count(group):
            assert max(counts.values()) <= count + 1


def test_judgements_are_read_or_refused_all_at_once() -> None:
    strata = {"p1": NEAR, "p2": NEAR, "p3": SURE}
    rows = [{"pair": "p1", "judgement": " Yes "}, {"pair": "p2", "judgement": ""},
            {"pair": "p3", "judgement": "?"}]  # fmt: skip
    assert read_judgements(rows, strata, "sheet.csv") == {"p1": True, "p3": None}
    faulty = [{"pair": "p9", "judgement": "yes"}, {"pair": "p1", "judgement": "Annabel"},
              {"pair": "p2", "judgement": "no"}, {"pair": "p2", "judgement": "no"}]  # fmt: skip
    with pytest.raises(JsnaError) as caught:
        read_judgements(faulty, strata, "sheet.csv")
    told = [(p.row, p.column, p.code) for p in caught.value.problems]
    assert told == [
        (2, "pair", "review.pair"), (3, "judgement", "review.word"), (5, "pair", "review.twice"),
    ]  # fmt: skip
    assert "Annabel" not in caught.value.report()
    with pytest.raises(JsnaError, match="no pair has been judged"):
        read_judgements(rows[1:2], strata, "sheet.csv")


def test_judgements_become_intervals() -> None:
    said = [(BAND, False)] * 4 + [(BAND, True)] * 6 + [(SURE, True)] * 10 + [(NEAR, None)]
    wrong, missed = judged(said, {BAND: 100, SURE: 900, NEAR: 50, "tie": 0})
    # 40 % of a tenth, none of the rest.
    assert wrong.mid == pytest.approx(0.04)
    assert 0 <= wrong.low < 0.04 < wrong.high < 0.4
    assert (wrong.pairs, wrong.unsure, wrong.of) == (20, 0, 1000)
    assert (missed.what, missed.unsure) == ("one person among near misses", 1)
    assert missed.high - missed.low > 0.5
    # Nobody judged a pair: nothing is claimed.
    assert (judged([], {BAND: 100})[0].low, judged([], {BAND: 100})[0].high) == (0.0, 1.0)


def test_what_nobody_judged_widens_the_interval() -> None:
    said = [(SURE, True)] * 200
    (alone,) = judged(said, {SURE: 900})
    (half,) = judged(said, {SURE: 900, BAND: 900})
    assert alone.high < 0.02
    # Of the other half nothing is known: all of it might be wrong.
    assert half.high == pytest.approx(0.5, abs=0.01)
    assert half.mid == alone.mid == 0.0


@given(
    st.dictionaries(st.sampled_from(sorted(STRATA)), st.integers(0, 400), min_size=1),
    st.lists(st.tuples(st.sampled_from(sorted(STRATA)), st.sampled_from([True, False, None]))),
)
def test_intervals_hold_their_middle(
    strata: dict[str, int], said: list[tuple[str, bool | None]]
) -> None:
    found = judged(said, strata)
    assert [one.what for one in found] == [
        what for what, (names, _) in FINDINGS.items() if any(strata.get(name) for name in names)
    ]
    for one in found:
        assert 0 <= one.low <= one.mid <= one.high <= 1


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A roll and a register of patients with slips, linked by names alone."""
    made = world(600, 800, seed=5)
    with pytest.MonkeyPatch.context() as patch:
        stage = Stage(tmp_path_factory.mktemp("review"), patch)
        for name, rows in (("roll", made.school), ("patients", made.health)):
            given_rows = [{k: row[k] for k in NAMED} for row in rows.to_pylist()]
            # A name that a spreadsheet would take for a formula.
            given_rows[0]["forename"] = "=HYPERLINK(1)"
            stage.add(extract(name, table("child", *NAMED)), {"child": given_rows})
        stage.run()
        yield stage


@pytest.fixture
def sheets(linked: Stage) -> Iterator[Stage]:
    """The same, without a sheet or judgements before and after."""
    yield linked
    (linked.paths.restricted / "linkage/review.json").unlink(missing_ok=True)
    folder = linked.paths.identified / review_sheet.FOLDER
    for file in sorted(folder.glob("*")) if folder.is_dir() else []:
        file.unlink()


def review(stage: Stage, *words: str) -> list[str]:
    """What `jsna link review <edition> …` says."""
    arguments = cli.parser().parse_args(["link review", "example-2025", *words])
    said: list[str] = []
    review_cli.review(arguments, stage.configuration(), stage.paths, said.append)
    return said


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def judge(path: Path, **words: str) -> None:
    """Write a judgement on every pair, or other words in rows numbered from 0 (`r3`)."""
    rows = rows_of(path)
    for number, row in enumerate(rows):
        row["judgement"] = words.get(f"r{number}", words.get("every", "yes"))
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode("utf-8-sig"))


def test_a_sheet_is_private_blind_and_safe_to_open(sheets: Stage) -> None:
    review(sheets, "--size", "40")
    path = sheets.paths.identified / "review/review.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = rows_of(path)
    assert len(rows) == 40
    assert {"pair", "source", "forename_1", "born_2", "judgement"} <= set(rows[0])
    assert not {"stratum", "probability", "weight"} & set(rows[0])
    cells = {cell for row in rows_of(path) for cell in row.values()}
    assert not [cell for cell in cells if is_formula(cell)]


def test_a_sheet_lies_on_the_identified_side_alone(sheets: Stage, tmp_path: Path) -> None:
    inside = sheets.paths.identified / "review"
    inside.mkdir(exist_ok=True)
    (inside / "way-out").symlink_to(tmp_path)
    wrong = [tmp_path / "a.csv", sheets.paths.restricted / "a.csv", sheets.root / "a.csv",
             sheets.paths.identified / "linkage/a.csv", inside / "way-out/a.csv", inside,
             inside / "../../safe/a.csv"]  # fmt: skip
    for target in wrong:
        with pytest.raises(JsnaError, match="review only"):
            review(sheets, "--to", str(target))
    assert not list(tmp_path.iterdir())
    (inside / "way-out").unlink()
    review(sheets, "--to", "mine.csv", "--size", "8")
    review(sheets, "--to", str(inside / "yours.csv"), "--size", "8")
    assert {file.name for file in inside.iterdir()} == {"mine.csv", "yours.csv"}


def test_judgements_are_never_written_over_even_by_linking_again(sheets: Stage) -> None:
    review(sheets, "--size", "20")
    path = sheets.paths.identified / "review/review.csv"
    review(sheets, "--size", "25")
    assert len(rows_of(path)) == 25
    judge(path, every="", r7="unsure")
    before = path.read_bytes()
    with pytest.raises(JsnaError, match="has judgements"):
        review(sheets)
    other = path.with_name("notes.csv")
    other.write_bytes(b"my own notes\x00\n")
    with pytest.raises(JsnaError, match="is no review sheet"):
        review(sheets, "--to", "notes.csv")
    sheets.run()
    assert path.read_bytes() == before
    assert other.read_bytes() == b"my own notes\x00\n"
    # The same links, so that what was judged before still counts.
    assert review(sheets, "--read", str(path))


def test_judgements_are_told_by_source_and_kept(sheets: Stage, tmp_path: Path) -> None:
    review(sheets, "--size", "60")
    path = sheets.paths.identified / "review/review.csv"
    judge(path, r0="no", r1="unsure")
    # As a spreadsheet of another country saves it, and back from whoever judged it.
    back = tmp_path / "back.csv"
    rows = rows_of(path)
    text = "\n".join(";".join(row.values()) for row in [{k: k for k in rows[0]}, *rows])
    back.write_bytes(text.encode("cp1252"))
    said = review(sheets, "--read", str(back))
    assert said == review(sheets, "--read", str(path))
    assert all(line.startswith("patients, ") for line in said)
    found = read_json(sheets.paths.restricted / "linkage/review.json")
    assert list(found) == ["patients"]
    strata = read_json(sheets.paths.identified / "linkage/strata.json")["patients"]
    for one in found["patients"]:
        assert one["of"] == sum(strata[name] for name in FINDINGS[one["what"]][0])
        assert one["low"] <= one["mid"] <= one["high"]
    assert sum(one["pairs"] for one in found["patients"]) == 60
    # No name of a child is said.
    names = {row["surname_1"] for row in rows}
    assert len(names) > 5
    assert not [name for name in names if name and name in " ".join(said).upper()]


def test_what_is_wrong_in_a_judged_sheet_is_told_all_at_once(sheets: Stage) -> None:
    review(sheets, "--size", "20")
    path = sheets.paths.identified / "review/review.csv"
    surname = rows_of(path)[3]["surname_1"]
    judge(path, r3=surname, r5="perhaps")
    content = path.read_text("utf-8-sig").replace(rows_of(path)[8]["pair"], "p000000000000")
    path.write_text(content, "utf-8-sig")
    with pytest.raises(JsnaError) as caught:
        review(sheets, "--read", str(path))
    assert [(p.row, p.column) for p in caught.value.problems] == [
        (5, "judgement"), (7, "judgement"), (10, "pair"),
    ]  # fmt: skip
    assert surname not in caught.value.report()
    assert not (sheets.paths.restricted / "linkage/review.json").exists()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda stage: stage.root / "nowhere.csv", "no such file"),
        (lambda stage: _written(stage.root / "reports/a.csv"), "may not lie here"),
        (lambda stage: _written(stage.paths.restricted / "a.csv"), "may not lie here"),
        (lambda stage: _written(stage.paths.identified / "a.csv"), "column is missing"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_sheet_is_refused(sheets: Stage, make: Any, words: str) -> None:
    path = make(sheets)
    with pytest.raises(JsnaError, match=words):
        review(sheets, "--read", str(path))
    path.unlink(missing_ok=True)


def _written(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("a,b\n1,2\n")
    return path


def test_an_edition_that_is_not_linked_has_no_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(JsnaError, match="run: jsna link example-2025"):
        review(Stage(tmp_path, monkeypatch))


def test_the_sample_holds_a_name_and_the_restricted_side_none(linked: Stage) -> None:
    drawn = read_table(linked.paths.identified / "linkage/review.parquet")
    surnames = {name for name in drawn["surname_1"].to_pylist() if name and len(name) > 5}
    assert len(surnames) > 20
    for name, content in linked.written().items():
        assert not [s for s in surnames if s.encode() in content.upper()], name


def test_the_second_word_of_link_is_an_edition_or_an_action() -> None:
    one = cli.parser().parse_args(cli.joined(["link", "test-2025"]))
    assert (one.verb, one.edition) == ("link", "test-2025")
    # Options stand before the edition or behind it.
    for words in (["--size", "9", "test-2025"], ["test-2025", "--size", "9"]):
        one = cli.parser().parse_args(cli.joined(["link", "review", *words]))
        assert (one.verb, one.edition, one.size) == ("link review", "test-2025", 9)
    assert cli.parser().parse_args(cli.joined(["link", "train"])).verb == "link train"
    assert cli.joined(["build", "review"]) == ["build", "review"]


@pytest.mark.parametrize("action", sorted(review_cli.ACTIONS))
def test_no_edition_is_called_like_an_action(action: str) -> None:
    stated = configuration({}).edition.model_dump()
    with pytest.raises(ValidationError, match="call the edition otherwise"):
        Edition.model_validate({**stated, "edition": action})
    assert Edition.model_validate({**stated, "edition": f"{action}-2025"})


def test_the_help_of_link_tells_of_its_actions(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["link", "--help"])
    assert ended.value.code == 0
    shown = " ".join(capsys.readouterr().out.split())
    for action, does in review_cli.ACTIONS.items():
        assert f"`jsna link {action} --help`: {does}" in shown


def test_training_by_command_replaces_the_model_and_says_whether_it_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "config/linkage"
    shutil.copytree(CONFIG, folder)
    trained = read_model(folder / "model.yaml")
    _, same, other = trained["comparisons"][4]["comparison_levels"]
    same["m_probability"], other["m_probability"] = 0.9, 0.1
    monkeypatch.setattr(training, "trained", lambda _: trained)
    said: list[str] = []
    review_cli.train(tmp_path, said.append)
    assert read_model(folder / "model.yaml") == trained
    review_cli.train(tmp_path, said.append)
    assert said == [
        "config/linkage/model.yaml: trained again: it is another model",
        "config/linkage/model.yaml: trained again: the same as before",
    ]
