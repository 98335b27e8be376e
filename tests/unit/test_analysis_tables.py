"""What is declared of analysis tables is so: key, columns, what they read, where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from jsna import tables
from jsna.checking.tables import faults
from jsna.errors import JsnaError
from jsna.measures.derive import derive
from jsna.model.tables import AnalysisTable, View
from jsna.settings.loading import load
from jsna.sources import parts, registry
from jsna.tables import VIEWS
from jsna.tables.catalogue import CATALOGUE, made_of, periods
from tests.unit.test_tables import CONFIG, PLACES, case, linked, made, pupil, sen2

#: Tables made of several extracts together, or of none.
TOGETHER = {
    name: module.TABLES for name, module in vars(tables).items() if hasattr(module, "TABLES")
}
SOURCES = {name: module.TABLES for name, module in parts("tables").items()}


def queries() -> Iterator[View]:
    for view in tables.VIEWS:
        one: View | None = view
        while one is not None:
            yield one
            one = one.otherwise


def read_by(sql: str) -> set[str]:
    """Tables a query reads, as a parser sees them."""
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    return {table.name for table in tree.find_all(exp.Table)} - own


@pytest.mark.parametrize("view", [*queries()], ids=lambda view: view.name)
def test_a_query_needs_what_it_reads_and_nothing_else(view: View) -> None:
    sql = view.query(CONFIG)
    assert (read_by(sql) if sql else set()) == set(view.needs)


def test_a_view_stands_after_those_it_reads() -> None:
    extracts = {f"{e.name}.{t.name}" for e in registry().values() for t in e.tables}
    there = extracts | {f"linkage.{name}" for name in ("member", "held_out", "identifier", "event")}
    there |= {"lsoa_2011", "delivery"}
    for view in tables.VIEWS:
        assert set(view.needs) <= there, view.name
        there.add(view.name)


@pytest.mark.parametrize("extract", SOURCES)
def test_tables_stand_with_the_source_they_are_made_of(extract: str) -> None:
    for table in SOURCES[extract]:
        if isinstance(table, AnalysisTable):
            assert extract in made_of(table)
            # Its periods are those of the extract's deliveries.
            assert (table.dated_by or made_of(table))[0] == extract


def test_every_table_is_there_once_and_after_what_it_may_read() -> None:
    declared = [*SOURCES.values(), *TOGETHER.values()]
    assert {id(v) for views in declared for v in views} == {id(v) for v in tables.VIEWS}
    names = [view.name for view in tables.VIEWS]
    assert len(set(names)) == len(names) == sum(map(len, declared))
    for view in queries():
        before = names[: names.index(view.name)]
        assert {need for need in view.needs if need in names} <= {*before}


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_key_is_of_columns_the_table_has(name: str) -> None:
    assert CATALOGUE[name].key
    assert set(CATALOGUE[name].key) <= set(CATALOGUE[name].columns)


@pytest.mark.parametrize(
    ("name", "extracts"),
    [
        ("pupil", ("school_census", "areas")),
        ("plan", ("sen2", "schools", "areas")),
        ("suspension", ("exclusions", "school_census", "areas")),
        ("ncmp", ("ncmp", "school_census", "areas")),
        ("roll_in_need", ("school_census", "areas", "cin_census")),
        ("cohort", ("school_census", "areas", "mental_health", "community", "cin_census")),
        ("population", ("population", "areas")),
        ("record", ()),
        ("linked_person", tuple(name for name, one in registry().items() if one.person_level)),
    ],
)  # fmt: skip
def test_what_a_table_is_made_of_follows_from_its_query(
    name: str, extracts: tuple[str, ...]
) -> None:
    assert made_of(CATALOGUE[name]) == extracts


CENSUS = {"school_census.census": linked("school_census.census", [pupil("ann"), pupil("ben")])}


def test_rows_of_one_key_stop_derivation_and_no_value_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(CATALOGUE, "pupil", replace(CATALOGUE["pupil"], key=("period", "sex")))
    with pytest.raises(JsnaError) as error:
        derive({**CENSUS, "areas.lsoa": PLACES}, CONFIG)
    (problem,) = error.value.problems
    assert (problem.code, problem.rule) == (
        "table.key", "rows of the analysis table share period, sex: a fault of ours",
    )  # fmt: skip
    assert str(error.value).count("pupil") == 1
    assert not any(value in str(error.value) for value in ("ann", "ben", "2025", "F,"))


def test_a_join_that_repeats_an_event_is_told_by_its_key() -> None:
    """Two rows of one person in the module of persons, which validation would not let pass."""
    rows = sen2(case(1), {"person": case(1)["person"]})
    with pytest.raises(JsnaError, match="share period, person_key, record_number"):
        derive(rows, CONFIG)


def test_columns_nobody_declared_stop_derivation(monkeypatch: pytest.MonkeyPatch) -> None:
    known = CATALOGUE["pupil"].columns
    fewer = {name: column for name, column in known.items() if name not in ("fsm", "sex")}
    monkeypatch.setitem(CATALOGUE, "pupil", replace(CATALOGUE["pupil"], columns=fewer))
    with pytest.raises(JsnaError, match="has the columns fsm, sex, which are not declared"):
        derive({**CENSUS, "areas.lsoa": PLACES}, CONFIG)


def test_columns_the_query_does_not_make_stop_derivation(monkeypatch: pytest.MonkeyPatch) -> None:
    more = {**CATALOGUE["pupil"].columns, "cost": CATALOGUE["pupil"].columns["age"]}
    monkeypatch.setitem(CATALOGUE, "pupil", replace(CATALOGUE["pupil"], columns=more))
    with pytest.raises(JsnaError, match="lacks the columns cost"):
        derive({**CENSUS, "areas.lsoa": PLACES}, CONFIG)


def _instead(monkeypatch: pytest.MonkeyPatch, name: str, sql: str) -> None:
    """Another query for one view."""
    views = [replace(one, sql=sql, otherwise=None) if one.name == name else one for one in VIEWS]
    monkeypatch.setattr("jsna.measures.derive.VIEWS", views)


def test_a_query_that_cannot_be_run_is_told_by_its_table_and_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _instead(monkeypatch, "pupil", 'select no_such_column from "school_census.census"')
    with pytest.raises(JsnaError) as error:
        derive({**CENSUS, "areas.lsoa": PLACES}, CONFIG)
    (problem,) = error.value.problems  # and nothing of those that read it
    assert (problem.where, problem.code) == ("pupil", "table.query")
    assert "no_such_column" in problem.rule


def test_what_the_database_says_of_a_row_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    _instead(monkeypatch, "pupil", 'select cast(person_key as int) k from "school_census.census"')
    given = {**CENSUS, "areas.lsoa": PLACES}
    with pytest.raises(JsnaError, match="ConversionException; it may hold a record") as error:
        derive(given, CONFIG)
    assert "ann" not in str(error.value)
    with pytest.raises(JsnaError, match="Could not convert string 'ann'"):
        derive(given, CONFIG, invented=True)


@pytest.mark.full
def test_check_runs_every_query_on_rows_drawn_from_declarations(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = load("test-2025", Path(__file__).parents[2])
    assert faults(config) == []
    _instead(monkeypatch, "request", 'select sex + 1 as sex from "sen2.requests"')
    (problem,) = faults(config)
    assert (problem.where, problem.code) == ("request", "table.query")


def test_events_of_a_child_are_numbered_by_date() -> None:
    events = [
        {"period": "2024/25", "person_key": person, "category": category, "sex": "F",
         "reason_1": "DB", "reason_2": second, "start_date": date(2024, month, 3),
         "sessions": sessions, "school_urn": "900001"}
        for person, category, second, month, sessions in [
            ("ann", "SUSP", None, 12, 2), ("ann", "SUSP", "DB", 10, 3),
            ("ann", "PERM", None, 11, 0), ("ben", "SUSP", None, 11, 4),
        ]
    ]  # fmt: skip
    given = {**CENSUS, "exclusions.exclusions": linked("exclusions.exclusions", events)}
    found = made(given, "suspension")[["person_key", "record_number", "sessions"]]
    assert found.values.tolist() == [["ann", 1, 3], ["ann", 3, 2], ["ben", 1, 4]]
    # A reason may be given twice, and its two rows are told apart.
    reasons = made(given, "exclusion_reason")
    numbers = reasons.loc[reasons["person_key"] == "ann", ["record_number", "reason_number"]]
    assert sorted(map(tuple, numbers.values.tolist())) == [(1, 1), (1, 2), (2, 1), (3, 1)]


def test_plans_are_counted_though_neither_schools_nor_pupils_came() -> None:
    tables = sen2(case(1), case(2, placementdetail__school_urn=None, placementdetail__ukprn="1"))
    del tables["schools.school"]
    found = made(tables, "plan").set_index("person_key")
    assert found["setting"].to_dict() == {"p1": "unknown", "p2": "fe"}
    assert set(found["placement"]) == {"unknown", "not_in_school"}


def test_records_have_no_periods_of_their_own() -> None:
    assert periods("record", CONFIG) == periods("link_event", CONFIG) == set()
