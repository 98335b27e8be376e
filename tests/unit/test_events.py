"""Tables that follow from a declaration: worked by hand, on rows as linkage passes them on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
import yaml

from jsna.errors import JsnaError
from jsna.model.contract import Column, Extract, Table
from jsna.model.tables import AnalysisTable
from jsna.model.tables import Column as TableColumn
from jsna.settings import loading, made_lists, shared
from jsna.settings.reading import Gatherer
from jsna.shared import columns, usual
from jsna.shared.events import pupils_in, rows
from jsna.sources import registry
from jsna.tables import VIEWS
from tests.conftest import ROOT

from .test_edition import NAME, project, told

__all__ = ["project"]

VISITS = Table(
    "visits", "A visit.",
    (
        columns.UPN, columns.DATE_OF_BIRTH, columns.SEX, columns.LSOA, columns.URN,
        columns.listed(
            "Who", labels={"n": "A nurse", "o": "Somebody else"}, field="who_came",
            what="Who came 1.",
        ),
        Column("Seen", "seen", "boolean", "Seen.", nullable=True),
        Column("Minutes", "minutes", "integer", "Minutes it took.", minimum=0),
        Column("On", "visited_on", "date", "Day."),
        Column("Note", "note", "string", "What was said."),
    ),
    key=("upn", "visited_on"),
)  # fmt: skip
HOMES = Extract("visiting", "Visiting", "Visits.", "financial_year", "resident", (VISITS,))
SITES = Extract(
    "sites", "Sites", "Sites.", "january", "areas",
    (Table(
        "site", "A site.",
        (Column("Site", "site", "string", "Its name."), Column("Beds", "beds", "integer", "Beds.")),
        key=("site",),
    ),),
    person_level=False,
)  # fmt: skip
SEEN = """
    select * from (values
        ('2023/24', 'ann', 'number', 9, 'E01000001', 'F', '900001', 'n', true, 30),
        ('2023/24', 'ann', 'number', 9, 'E01000001', 'F', '900001', 'n', true, 10),
        ('2023/24', 'ben', 'none', 21, null, 'M', '900001', 'o', null, 5),
        ('2024/25', 'ann', 'number', 10, 'E01000001', 'F', '900001', 'n', false, 15),
        ('2024/25', 'cat', 'pass', 30, 'E01999999', 'F', '900002', 'o', true, 20)
    ) t(period, person_key, link, age, lsoa_code, sex, school_urn, who_came, seen, minutes)
"""
PLACE = """
    select 'E01000001' as lsoa_code, 'E07000001' as locality_code, '1' as imd_decile,
        '1' as imd_quintile
"""


def made(sql: str) -> list[dict[str, object]]:
    with duckdb.connect() as database:
        database.execute(f'create table "visiting.visits" as {SEEN}')
        database.execute(f"create table place as {PLACE}")
        database.execute("""create table "sites.site" as select * from (values
            ('2025', 'b', 3), ('2025', 'a', 4), ('2024', 'a', 2)) t(period, site, beds)""")
        found = database.sql(sql).to_arrow_table()
    return found.to_pylist()


def test_rows_about_children_have_age_home_and_what_may_leave() -> None:
    table = rows(HOMES, "a visit")
    assert list(table.columns) == [
        "person_key", "period", "age", "age_group", "link", "sex", "school_urn", "who_came", "seen",
        "minutes", "lsoa_code", "locality_code", "imd_decile", "imd_quintile", "record_number",
    ]  # fmt: skip
    assert table.key == ("period", "person_key", "record_number")
    assert table.columns["minutes"] == TableColumn("minutes", "integer", "Minutes it took")
    found = made(table.sql)
    assert [list(row) for row in found] == [list(table.columns)] * 4
    # Who is known to live elsewhere is no resident; whose home nobody knows is taken for one.
    assert [
        (r["period"], r["person_key"], r["record_number"], r["minutes"], r["age_group"],
         r["locality_code"])
        for r in found
    ] == [
        ("2023/24", "ann", 1, 10, "5-10", "E07000001"),
        ("2023/24", "ann", 2, 30, "5-10", "E07000001"),
        ("2023/24", "ben", 1, 5, "20-25", None),
        ("2024/25", "ann", 1, 15, "5-10", "E07000001"),
    ]  # fmt: skip


def test_rows_of_others_are_not_held_to_the_area() -> None:
    table = rows(replace(HOMES, population_base="responsible"), "a visit")
    assert [row["person_key"] for row in made(table.sql)] == ["ann", "ann", "ben", "ann", "cat"]


def test_more_columns_and_a_condition_are_given_by_their_sql() -> None:
    table = rows(
        HOMES, "a long visit", name="long_visit", where="e.minutes >= 10",
        said={TableColumn("hours", "number", "Hours"): "e.minutes / 60.0"},
    )  # fmt: skip
    found = made(table.sql)
    assert (table.name, table.columns["hours"].type) == ("long_visit", "number")
    assert [row["hours"] for row in found] == pytest.approx([1 / 6, 0.5, 0.25])
    # Which of a child's rows one is does not go by what is left out.
    assert [row["record_number"] for row in found] == [1, 2, 1]


def test_rows_about_no_person_keep_the_key_of_their_file() -> None:
    table = rows(SITES, "a site")
    assert table.key == ("period", "site")
    assert list(table.columns) == ["period", "site", "beds"]
    assert table.known == {}
    assert [tuple(row.values()) for row in made(table.sql)] == [
        ("2024", "a", 2), ("2025", "a", 4), ("2025", "b", 3),
    ]  # fmt: skip
    (file,) = SITES.tables
    without = rows(replace(SITES, tables=(replace(file, key=()),)), "a site")
    assert without.key == ("period", "record_number")
    assert [row["record_number"] for row in made(without.sql)] == [1, 1, 2]


def test_pupils_stand_beside_whether_a_file_of_their_year_has_them() -> None:
    view, table = pupils_in(HOMES)
    assert made(view.sql) == [
        {"person_key": "ann", "period": "2023/24"}, {"person_key": "ben", "period": "2023/24"},
        {"person_key": "ann", "period": "2024/25"}, {"person_key": "cat", "period": "2024/25"},
    ]  # fmt: skip
    assert table.name == "roll_visiting"
    assert table.columns["visiting"].type == "boolean"
    assert table.rows_of == "pupil" and table.dated_by == ("visiting",)
    assert table.row == "a pupil on the January roll, and whether visiting had them that year"
    assert view.name not in {one.name for one in VIEWS}


# ---- code lists of a column's own --------------------------------------------------------------


@pytest.fixture
def visiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry(), "visiting", HOMES)


def test_codes_of_a_column_are_a_list_and_a_dimension_without_a_file(visiting: None) -> None:
    found = shared.categories(ROOT)
    assert dict(found.lists["who_came"].codes) == {"n": "A nurse", "o": "Somebody else"}
    assert found.lists["who_came"].title == "Who came 1"
    one = found.dimensions["who_came"]
    # A number in a title would be taken for a figure.
    assert (one.words, one.order, one.codes) == ("who came", "given", "who_came")
    assert made_lists.place("who_came") == "src/jsna/sources/visiting/extract.py"
    assert made_lists.place("sex") == "config/codelists/sex.yaml"


def test_the_file_of_dimensions_says_more_of_one(visiting: None, project: Path) -> None:
    file = project / "config/dimensions.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    content["dimensions"]["who_came"] = {"words": "visitor", "kind": "visitor"}
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    assert loading.load(NAME, project).dimension("who_came").words == "visitor"


def test_codes_without_labels_are_their_own() -> None:
    made = columns.listed("Mode", "taxi_shared", "Bus")
    assert made.labels == (("taxi_shared", "Taxi shared"), ("Bus", "Bus"))
    assert (made.type, made.codes) == ("code", "mode")
    made = columns.listed("DateOfKind-2", "x")
    assert (made.field, made.description) == ("date_of_kind_2", "Date of kind 2.")


def test_a_list_of_a_name_that_is_taken_is_told(
    monkeypatch: pytest.MonkeyPatch, project: Path
) -> None:
    named = columns.listed("Sex", "M", "F", "X")
    table = replace(VISITS, columns=(*VISITS.columns[:2], named))
    monkeypatch.setitem(registry(), "visiting", replace(HOMES, tables=(table,)))
    said = told(project)
    assert "src/jsna/sources/visiting/extract.py, key 'sex': a code list of this name" in said


def test_two_columns_may_have_one_list_and_not_two_of_one_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(registry(), "visiting", HOMES)
    again = replace(HOMES, name="again")
    monkeypatch.setitem(registry(), "again", again)
    gather = Gatherer(ROOT)
    made_lists.check_own(gather, set())
    assert gather.problems == []
    other = columns.listed("Who came", "x", "y")
    table = replace(VISITS, columns=(other,))
    monkeypatch.setitem(registry(), "again", replace(again, tables=(table,)))
    made_lists.check_own(gather, set())
    assert len(gather.problems) == 1
    with pytest.raises(JsnaError):
        shared.categories(ROOT)


def test_a_place_lies_in_a_locality_by_its_ward_or_district() -> None:
    """Wards here are no localities, so only codes of districts of the area are."""
    (file,) = SITES.tables
    site = replace(file, columns=(*file.columns, columns.WARD, columns.DISTRICT))
    table = rows(replace(SITES, tables=(site,)), "a site")
    assert [*table.columns] == [
        "period", "site", "beds", "ward_code", "district_code", "locality_code",
    ]  # fmt: skip
    with duckdb.connect() as database:
        database.execute(f"create table place as {PLACE} union all {PLACE}")
        database.execute("""create table "sites.site" as select * from (values
            ('2025', 'b', 3, 'E05000001', 'E07000001'), ('2025', 'a', 4, null, 'E07000009'),
            ('2024', 'a', 2, 'E05000002', null)) t(period, site, beds, ward_code, district_code)""")
        found = database.sql(table.sql).to_arrow_table().to_pylist()
    assert [(row["period"], row["site"], row["locality_code"]) for row in found] == [
        ("2024", "a", None), ("2025", "a", None), ("2025", "b", "E07000001"),
    ]  # fmt: skip


def test_a_source_without_tables_has_those_that_follow_from_its_file() -> None:
    day = Column("Seen on", "seen_on", "date", "Day.", nullable=True)
    file = replace(
        VISITS, columns=(*VISITS.columns, day), wait=("visited_on", "seen_on"),
        description="A visit to a home.",
    )  # fmt: skip
    found = usual.tables(replace(HOMES, tables=(file,)))
    assert [one.name for one in found] == [
        "visiting", "in_visiting", "roll_visiting", "visiting_wait",
    ]  # fmt: skip
    words = [one.row for one in found if isinstance(one, AnalysisTable)]
    assert (words[0], words[2]) == (
        "a visit to a home", "a visit to a home whose wait began in the year",
    )  # fmt: skip
    # Of a January no roll of another year stands beside it, and of several files nothing follows.
    assert [one.name for one in usual.tables(SITES)] == ["sites"]
    assert usual.tables(replace(SITES, tables=(SITES.tables[0],) * 2)) == ()
