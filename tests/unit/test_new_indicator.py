"""`jsna new indicator`: a first entry that stands in its file, short, and valid as it is."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from jsna.checking import declared
from jsna.drafting import indicator
from jsna.drafting.entry import Wanted
from jsna.drafting.indicator import MOST_LINES, draft, write
from jsna.errors import JsnaError
from jsna.model.kinds import KINDS
from jsna.model.tables import AnalysisTable, Column
from jsna.settings import shared
from jsna.shared.table_columns import declared as declared_columns
from jsna.tables.catalogue import CATALOGUE
from tests.conftest import ROOT
from tests.spec import world

#: Kind -> what is asked for.
ASKED = {
    "count": Wanted("new_pupils", "pupil", chapter="prevalence"),
    "proportion": Wanted("new_suspended", "roll", "proportion", part="suspended"),
    "share": Wanted("new_reasons", "exclusion_reason", "share"),
    "rate": Wanted("new_exclusions", "permanent_exclusion", "rate"),
    "mean": Wanted("new_sessions", "suspension", "mean"),
    "quantile": Wanted("new_quantile", "suspension", "quantile", unit="days"),
    "slope_index": Wanted("new_slope", kind="slope_index", of="suspended_pupils"),
    "relative_index": Wanted("new_relative", kind="relative_index", of="suspended_pupils"),
    "ratio": Wanted("new_ratio", kind="ratio", of="suspended_pupils"),
    "difference": Wanted("new_difference", kind="difference", of="suspended_pupils"),
    "decomposition": Wanted("new_change", kind="decomposition", of="suspended_pupils"),
    "money": Wanted("new_money", "suspension", "money", of="sessions", unit="pounds"),
}
#: Kind that says more than a table does -> the file with an example to copy.
COPIED = {
    "standardised_rate": "standardised_rates", "transition": "what_became", "flow": "what_became",
    "reconciliation": "two_sources", "stock_change": "stock_by_flows",
}  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    return tmp_path


def test_an_entry_of_each_kind_is_short_and_valid_at_once(project: Path) -> None:
    for wanted in ASKED.values():
        entry = draft(wanted, project)
        assert 5 < len(entry.lines) <= MOST_LINES
        before = (project / entry.path).read_text(encoding="utf-8")
        write(entry, project)
        after = (project / entry.path).read_text(encoding="utf-8")
        # Nothing else of the file is touched.
        gone = after.replace("\n".join(["", *entry.lines]) + "\n", "", 1)
        assert gone == before
    found = shared.indicators(project)
    for kind, wanted in ASKED.items():
        assert str(found[wanted.id].kind) == kind
    assert declared.of_indicators(found, shared.categories(project)) == []


@pytest.mark.parametrize("kind", COPIED)
def test_a_kind_that_says_more_than_a_table_names_the_file_to_copy(kind: str) -> None:
    file = ROOT / "tests" / "spec" / f"{COPIED[kind]}.md"
    assert f"kind: {kind}\n" in file.read_text(encoding="utf-8")
    wanted = Wanted("new_kind", "pupil", kind, "prevalence", of="suspended_pupils")
    assert f"copy tests/spec/{file.name}" in told(wanted, ROOT)


def test_every_kind_is_drafted_or_copied_but_waits_of_which_there_is_no_table() -> None:
    assert {*ASKED, *COPIED, "wait"} == set(KINDS)


#: Places at clubs: a table of which several columns are numbers, and several say yes or no.
CLUB = AnalysisTable(
    name="club",
    row="a youth club",
    base="areas",
    key=("period", "club"),
    columns=declared_columns(
        "period sen_provision",
        Column("club"),
        Column("places", "integer", "Places"),
        Column("attending", "integer", "Attending"),
        Column("hours", "number", "Hours a week"),
        Column("cost", "number", "Weekly cost, in pounds"),
        Column("stay", "number", "Days open, of weeks"),
        Column("open", "boolean", "Open to all"),
        Column("free", "boolean", "Free of charge"),
    ),
    sql='select * from "schools.school"',
)


@pytest.fixture
def clubs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CATALOGUE, "club", CLUB)


@pytest.mark.usefixtures("clubs")
def test_the_column_of_the_numbers_is_named_and_never_the_first_there_is(project: Path) -> None:
    there = "places, attending, hours, cost, stay"
    for kind in ("mean", "quantile", "money"):
        said = told(Wanted("x", "club", kind, "health"), ROOT)
        assert f"--of: name the column of the numbers; there are {there}" in said
        wrong = told(Wanted("x", "club", kind, "health", of="hour"), ROOT)
        assert "there is no such column; did you mean hours?" in wrong
    found = {}
    for kind, of, unit in (("mean", "hours", ""), ("quantile", "hours", ""), ("money", "cost", "")):
        wanted = Wanted(f"new_{kind}", "club", kind, "health", of=of, unit=unit)
        write(draft(wanted, project), project)
        found[kind] = shared.indicators(project)[wanted.id]
    assert [one.unit for one in found.values()] == ["hours", "hours", "pounds"]
    assert found["quantile"].values == "hours"
    assert [one.numerator and one.numerator.count for one in found.values()] == [
        "hours", "rows", "cost",
    ]  # fmt: skip


@pytest.mark.usefixtures("clubs")
@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        (Wanted("x", "club", "quantile", "health", of="places"), "name the unit of places, one"),
        (Wanted("x", "club", "quantile", "health", of="stay"), "name the unit of stay, one of"),
        (
            Wanted("x", "club", "money", "health", of="hours"),
            "nothing says that hours is in",
        ),
        (Wanted("x", "club", "money", "health", of="cost", unit="days"), "cost is in pounds"),
        (
            Wanted("x", "club", "proportion", "health"),
            "say which rows are the part: yes or",
        ),
        (Wanted("x", "club", "proportion", "health", part="opn"), "is no part of the table"),
        (
            Wanted("x", "club", "proportion", "health", part="sen_provision=X"),
            "there are yes",
        ),
        (Wanted("x", "club", "wait", "health"), "name the days a wait began and ended, or the"),
        (Wanted("x", "club", "wait", "health", of="hours"), "--ended: name the column that says"),
    ],
)
def test_what_cannot_be_told_is_asked_for_in_words(wanted: Wanted, part: str) -> None:
    assert part in told(wanted, ROOT)


@pytest.mark.usefixtures("clubs")
def test_a_part_is_a_yes_or_a_code() -> None:
    for part, where in (("free", "free"), ("sen_provision=E", "sen_provision = 'E'")):
        wanted = Wanted("x", "club", "proportion", "health", part=part)
        assert f"where: {where}}}" in "\n".join(draft(wanted, ROOT).lines)


def test_a_wait_of_two_days_names_the_line_that_makes_its_table() -> None:
    asked = Wanted("x", "mental_health", "wait", "health",
                   began="ReferralRequestReceivedDate", until="service_discharge_date")  # fmt: skip
    said = told(asked, ROOT)
    assert 'wait=("referral_received_date", "service_discharge_date")' in said
    assert "src/jsna/sources/mental_health/extract.py" in said
    said = told(replace(asked, began="referred"), ROOT)
    assert "--from: is no day of the file; there are" in said


def test_a_wait_says_when_it_has_ended(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CATALOGUE, "wait", world.WAITS)
    entry = draft(Wanted("new_wait", "wait", "wait", "health"), project)
    assert len(entry.lines) <= MOST_LINES
    write(entry, project)
    found = shared.indicators(project)
    made = found["new_wait"]
    assert (str(made.kind), made.values, made.ended, made.unit) == (
        "wait", "weeks", "ended", "weeks",
    )  # fmt: skip
    assert made.numerator is not None and made.numerator.where == "weeks is not null"
    assert declared.of_indicators(found, shared.categories(project)) == []


def test_a_wait_of_rows_that_say_no_end_is_refused(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = {n: c for n, c in world.WAITS.columns.items() if c.type != "boolean"}
    monkeypatch.setitem(CATALOGUE, "wait", replace(world.WAITS, columns=columns))
    with pytest.raises(JsnaError, match="no yes or no that says what ended"):
        draft(Wanted("new_wait", "wait", "wait", "health"), project)


def test_what_a_rate_is_divided_by_is_what_others_of_its_base_are(project: Path) -> None:
    write(draft(ASKED["rate"], project), project)
    found = shared.indicators(project)
    made, other = found["new_exclusions"], found["permanent_exclusion_rate"]
    assert (made.per, made.unit, made.denominator) == (other.per, other.unit, other.denominator)


def test_a_mean_leaves_out_rows_without_a_value(project: Path) -> None:
    lines = "\n".join(draft(ASKED["mean"], project).lines)
    assert "numerator: {table: suspension, where: sessions is not null, count: sessions}" in lines
    write(draft(ASKED["mean"], project), project)
    divided = shared.indicators(project)["new_sessions"].denominator
    assert divided is not None
    assert (divided.table, divided.where, divided.count) == (
        "suspension", "sessions is not null", "rows",
    )  # fmt: skip


def test_a_further_entry_says_only_what_is_its_own(project: Path) -> None:
    first = Wanted("a_roll", "roll", "proportion", "rolls", new_chapter="Rolls", part="suspended")
    write(draft(first, project), project)
    entry = draft(Wanted("b_roll", "roll", "proportion", "rolls", part="fsm=Y"), project)
    assert entry.lines[:2] == ("  - id: b_roll", "    like: a_roll")
    assert [line.split(":")[0].strip() for line in entry.lines[2:] if line[4] != " "] == [
        "title", "numerator",
    ]  # fmt: skip
    write(entry, project)
    found = shared.indicators(project)
    assert found["b_roll"].breakdowns == found["a_roll"].breakdowns
    # What is of another kind is like none of them, whatever it has in common.
    third = draft(Wanted("c_roll", "roll", chapter="rolls"), project)
    assert not any("like" in line for line in third.lines)


def test_words_that_follow_from_the_title_and_the_table(project: Path) -> None:
    write(draft(Wanted("EHC".lower(), "plan", title="EHC plans", chapter="placements"), project),
          project)  # fmt: skip
    write(draft(Wanted("some_plans", "plan", chapter="placements"), project), project)
    found = shared.indicators(project)
    assert (found["ehc"].phrase, found["some_plans"].phrase) == ("EHC plans", "some plans")
    row = CATALOGUE["plan"].row
    assert found["ehc"].population == f"Every {row.partition(' ')[2]}."


def test_a_table_whose_categories_are_never_together_is_held_to_one(project: Path) -> None:
    lines = "\n".join(draft(Wanted("measured", "ncmp", chapter="health"), project).lines)
    assert "where: school_year = 'R'" in lines
    assert "school_year" not in lines.partition("breakdowns")[2]


def test_a_chapter_is_begun(project: Path) -> None:
    entry = draft(Wanted("new_pupils", "pupil", chapter="rolls", new_chapter="Rolls"), project)
    assert entry.text.splitlines()[1:4] == [
        "title: Rolls", "fed_by: [school_census]", "indicators:",
    ]  # fmt: skip
    write(entry, project)
    assert [*shared.indicators(project)].count("new_pupils") == 1
    order = [*shared.chapters(project)]
    at = order.index("rolls")
    assert order[at - 1 : at + 2] == ["social_care", "rolls", "data_quality"]
    assert shared.chapters(project)["rolls"].title == "Rolls"
    write(draft(Wanted("more_pupils", "pupil", chapter="rolls"), project), project)
    assert {"new_pupils", "more_pupils"} <= shared.indicators(project).keys()


def test_an_entry_comes_before_what_follows_the_indicators() -> None:
    lines = ["  - id: b"]
    text = "title: x\nindicators:\n  - id: a\n\nrelations:\n  - left: [a]\n"
    assert indicator._with_entry(text, lines) == (
        "title: x\nindicators:\n  - id: a\n\n  - id: b\n\nrelations:\n  - left: [a]\n"
    )
    assert indicator._with_entry("title: x\n", lines) == "title: x\nindicators:\n  - id: b\n"
    assert indicator._with_entry("indicators: []\n", lines) == "indicators:\n  - id: b\n"


def told(wanted: Wanted, root: Path) -> str:
    with pytest.raises(JsnaError) as caught:
        draft(wanted, root)
    return str(caught.value)


def test_what_it_answers_is_its_own_and_not_taken_over(project: Path) -> None:
    first = Wanted("a_roll", "roll", "proportion", "rolls", new_chapter="Rolls", part="suspended",
                   answers=("suspensions_of_sen",))  # fmt: skip
    write(draft(first, project), project)
    write(draft(Wanted("b_roll", "roll", "proportion", "rolls", part="fsm=Y"), project), project)
    found = shared.indicators(project)
    assert found["a_roll"].answers == ("suspensions_of_sen",)
    assert found["b_roll"].breakdowns == found["a_roll"].breakdowns
    assert found["b_roll"].answers == ()
    said = told(Wanted("c_roll", "roll", chapter="rolls", answers=("suspension_of_sen",)), project)
    assert "no such figure in config/questions.yaml; did you mean suspensions_of_sen" in said


def test_all_that_is_unknown_is_told_at_once_with_what_is_like_it(project: Path) -> None:
    before = {file: file.read_bytes() for file in (project / "config").rglob("*.yaml")}
    said = told(Wanted("Suspended-pupils", "pupils", "proportions", "exclusion"), project)
    for part in (
        "an id is small letters", "analysis table; did you mean pupil",
        "kind of measure; did you mean proportion", "chapter; did you mean exclusions",
    ):  # fmt: skip
        assert part in said
    assert "stands in config/indicators/exclusions.yaml" in told(
        Wanted("suspended_pupils", "roll"), project
    )
    assert "indicator to work it out from; did you mean suspended_pupils" in told(
        Wanted("x", kind="ratio", of="suspended_pupil", chapter="health"), project
    )
    assert "there is a chapter of this name" in told(
        Wanted("x", "pupil", chapter="health", new_chapter="Health"), project
    )
    assert {file: file.read_bytes() for file in (project / "config").rglob("*.yaml")} == before


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        (
            Wanted("x", "identifier", "quantile", "linkage"),
            "name the unit of records, one",
        ),
        (Wanted("x", "spine_person", "mean", "health"), "has no number to take it of"),
        (Wanted("x", "spine_person", "proportion", "health"), "neither yes or no nor codes"),
        (Wanted("x", "spine_person", "share", "health"), "no codes to take shares of"),
        (Wanted("x", "spine_person", "rate", "health"), "no other rate is of the sources"),
    ],
)
def test_a_kind_the_table_has_nothing_for(wanted: Wanted, part: str) -> None:
    assert part in told(wanted, ROOT)


def test_the_file_of_a_new_chapter_is_named_and_its_title_is_any_words(project: Path) -> None:
    title = "Rolls: those of [one] year # and more"
    entry = draft(Wanted("new_pupils", "pupil", chapter="rolls", new_chapter=title), project)
    write(entry, project)
    assert shared.chapters(project)["rolls"].title == title
    for chapter, part in (
        ("", "--chapter: name the file of the new chapter"),
        ("../evil", "a chapter's file is called by small letters"),
        ("A b/c", "a chapter's file is called by small letters"),
    ):
        wanted = Wanted("more_pupils", "pupil", chapter=chapter, new_chapter="Rolls")
        assert part in told(wanted, project)
