"""What the chapter on linkage is counted from: its code lists, its tables, and one of its tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.linkage import concordance, outcomes
from jsna.linkage.passes import read_passes
from jsna.measures.derive import derive
from jsna.measures.sources import LINKAGE, profile_of, source_of
from jsna.model.contract import Column, Extract, Table
from jsna.model.link_passes import LITTLE, LOOKUPS, code_of, code_sql
from jsna.provenance import inputs
from jsna.settings import made_lists
from jsna.settings.reading import Gatherer
from jsna.settings.shared import codelists, indicators
from jsna.sources import registry
from jsna.tables.catalogue import CATALOGUE, made_of, of_linkage
from tests.spec import world
from tests.tried import tried
from tests.unit.linkage_support import database, ruleset, standard, table
from tests.unit.test_tables import PLACES, linked, pupil

ROOT = Path(__file__).parents[2]
CONFIG = world.configuration()
LISTS = codelists(ROOT)


# -- names of things that are declared elsewhere --------------------------------------------------


def test_every_extract_is_called_as_it_is_declared() -> None:
    assert LISTS["extract"] == {name: one.label for name, one in registry().items()}


def test_an_extract_more_is_a_source_more_without_another_edit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    column = Column("Name", "surname", "string", "Surname", identifier="surname")
    child = Table("visits", "A visit", (column,), parent=("people", "surname"))
    more = Extract(
        name="clinic",
        title="Clinics for children of every age",
        description="Invented",
        period_type="financial_year",
        population_base="resident",
        tables=(Table("people", "A person", (column,)), child),
        short="Clinics",
    )
    two = Extract(
        name="visits",
        title="Visits",
        description="Invented",
        period_type="financial_year",
        population_base="resident",
        tables=(Table("home_visits", "A visit", (column,)), Table("calls", "A call", (column,))),
    )
    monkeypatch.setattr(made_lists, "registry", lambda: {"clinic": more, "visits": two})
    found = {one.codelist: one.codes for one in made_lists.made(Gatherer(ROOT), {})}
    assert found["extract"] == {"clinic": "Clinics", "visits": "Visits"}
    # As linkage calls them: an extract that names people in two tables is two sources.
    assert found["link_source"] == {
        "clinic": "Clinics",
        "visits.home_visits": "Visits, home visits",
        "visits.calls": "Visits, calls",
    }


def test_every_way_a_link_is_made_has_one_code() -> None:
    passes = [one.name for one in read_passes(ROOT / "config/linkage/passes.yaml")]
    numbers = [name for name, _, _ in LOOKUPS]
    codes = [code_of(name) for name in (*numbers, *passes)]
    assert len(set(codes)) == len(codes)
    assert set(codes) | {code_of(f"UPN{LITTLE}")} | set(made_lists.MODEL) == set(LISTS["link_pass"])
    assert len(set(LISTS["link_pass"].values())) == len(LISTS["link_pass"])


@tried(100)
@given(
    st.one_of(
        st.sampled_from([name for name, _, _ in LOOKUPS]),
        st.text("abXYZ019 ,-'()", min_size=1),
    ),
    st.booleans(),
)
def test_the_database_names_passes_as_the_code_list_does(name: str, little: bool) -> None:
    spelt = name + LITTLE if little else name
    with duckdb.connect(config={"threads": 1}) as connection:
        row = connection.execute(f"SELECT {code_sql('p')} FROM (SELECT ? AS p)", [spelt]).fetchone()
    assert row == (code_of(spelt),)


def test_what_linkage_writes_has_a_label() -> None:
    assert {"merged_by_number", "number_refused", "tied"} <= set(LISTS["link_event"])
    link = {"spine", "number", "pass", *made_lists.MODEL, "none"}
    assert link == set(LISTS["link"])


# -- tables ---------------------------------------------------------------------------------------


def member(person: str, source: str, link: str, **other: object) -> dict[str, object]:
    return {
        "source": source, "person_key": person, "compared": source != "school_census", "link": link,
        "pass": "", "implausible": False, "age": 9, "sex": "F", "ethnicity": None,
        "sen_provision": None, "lsoa_code": None, **other,
    }  # fmt: skip


def derived(rows: Sequence[Mapping[str, object]], name: str) -> list[dict[str, Any]]:
    fields = {"compared": pa.bool_(), "implausible": pa.bool_(), "age": pa.int64()}
    schema = pa.schema([(field, fields.get(field, pa.string())) for field in member("", "", "")])
    given = {"linkage.member": pa.Table.from_pylist(list(rows), schema), "areas.lsoa": PLACES}
    found: list[dict[str, Any]] = derive(given, CONFIG)[name].to_pylist()
    return found


def test_the_first_source_of_the_spine_is_compared_with_nothing_and_has_no_rate() -> None:
    rows = [
        member("a", "school_census", "spine"),
        member("b", "sen2", "number", **{"pass": "UPN"}),
        member("c", "sen2", "spine"),
        member("d", "cin_census", "none"),
    ]
    found = {row["person_key"]: row for row in derived(rows, "linked_person")}
    assert set(found) == {"b", "c", "d"}
    assert [found[p]["linked"] for p in "bcd"] == [True, False, False]
    # Who is found nowhere is added to the spine by a source of it, and by no other.
    assert {row["person_key"] for row in derived(rows, "spine_person")} == {"a", "c"}
    assert {row["period"] for row in found.values()} == {"2025"}


@pytest.mark.parametrize(
    ("link", "name", "code", "method"),
    [
        ("number", "UPN, former on the left", "upn_former_on_the_left", "number"),
        ("number", f"NHS number{LITTLE}", "number_alone", "number"),
        ("pass", "day and month changed over", "day_and_month_changed_over", "pass"),
        ("model_95", "model", "model_95", "model"),
        ("model_05", "model", "model_05", "model"),
        ("none", "", None, None),
    ],
)
def test_a_link_has_the_code_of_its_pass(
    link: str, name: str, code: str | None, method: str | None
) -> None:
    (row,) = derived([member("a", "ncmp", link, **{"pass": name})], "linked_person")
    assert (row["link_pass"], row["link_method"], row["linked"]) == (code, method, code is not None)


@pytest.mark.parametrize(
    ("said", "ethnicity", "group"),
    [
        ("APKN", "APKN", "asian"),
        ("J", "APKN", "asian"),
        ("R", "CHNE", "asian"),
        ("B", "WIRI", "white"),
        ("99", "NOBT", "unknown"),
        ("Z", "NOBT", "unknown"),
        (None, None, None),
    ],
)
def test_services_that_code_ethnic_groups_otherwise_are_read_alike(
    said: str | None, ethnicity: str | None, group: str | None
) -> None:
    (row,) = derived([member("a", "community", "none", ethnicity=said)], "linked_person")
    assert (row["ethnicity"], row["ethnic_group"]) == (ethnicity, group)


def test_whoever_lives_elsewhere_has_no_place_here_and_no_age_group_past_25() -> None:
    rows = [
        member("a", "ncmp", "pass", lsoa_code="E01000001", age=10),
        member("b", "ncmp", "pass", lsoa_code="E01999999", age=26),
    ]
    found = {row["person_key"]: row for row in derived(rows, "linked_person")}
    assert (found["a"]["imd_quintile"], found["a"]["age_group"]) == ("1", "5-10")
    assert (found["b"]["imd_quintile"], found["b"]["age_group"]) == (None, None)


def test_who_was_missed_is_told_by_the_latest_roll() -> None:
    columns = ["source", "answer", "of", "wrong", "person_key"]
    rows = [("ncmp", "source", "pair", True, "a"), ("ncmp", "source", "link", False, "z")]
    held = pa.table({c: [row[i] for row in rows] for i, c in enumerate(columns)})
    census = linked(
        "school_census.census",
        [
            pupil("a", "2024", sen_provision="N", enrol_status="C"),
            pupil("a", "2025", sen_provision="E", enrol_status="C", lsoa_code="E01000002"),
        ],
    )
    tables = {"linkage.held_out": held, "school_census.census": census, "areas.lsoa": PLACES}
    found = {row["person_key"]: row for row in derive(tables, CONFIG)["held_out"].to_pylist()}
    assert (found["a"]["sen_provision"], found["a"]["imd_quintile"]) == ("E", "5")
    assert (found["z"]["sen_provision"], found["z"]["imd_quintile"]) == (None, None)
    # Without a census the answers stand, and nothing is known of the children.
    alone = derive({"linkage.held_out": held, "areas.lsoa": PLACES}, CONFIG)["held_out"]
    assert alone["sen_provision"].null_count == alone.num_rows == 2


def test_figures_about_linkage_are_held_to_the_strictest_rule_of_any_source() -> None:
    strict = world.configuration(profiles={"ncmp": "health"})
    for indicator in indicators(ROOT).values():
        if indicator.chapter == "linkage" and indicator.id in ("linkage_rate", "linkage_missed"):
            assert strict.profile(profile_of(indicator, strict)).threshold == 8
            assert source_of(indicator, strict, {}) == f"local:{LINKAGE}"
    linkage = [table for table in CATALOGUE.values() if of_linkage(table)]
    people = {name for name, one in registry().items() if one.person_level}
    assert len(linkage) == 5
    assert all(set(made_of(table)) == people for table in linkage)


# -- what two sources that share a number say of each other ---------------------------------------


def person(number: str, day: int = 1) -> dict[str, str]:
    return {"nhs_number": number, "surname": "NOWAK", "date_of_birth": f"2015-03-{day:02}"}


def test_two_sources_of_one_number_that_meet_different_people() -> None:
    """Five patients of one clinic, by what it and another clinic were linked to."""
    numbers = ["9990000107", "9990000204", "9990000301", "9990000409", "9990000506"]
    db = database(1)
    mine = standard(db, "mine", table([person(n) for n in numbers]))
    other = standard(db, "other", table([person(n) for n in numbers[:4]]))
    rows = db.execute(f"SELECT count(nhs_number) FROM {mine.relation}").fetchall()
    assert rows == [(5,)]
    for name, made in (("mine", mine), ("other", other)):
        db.execute(
            f"CREATE TABLE {name}_people AS SELECT * REPLACE (record AS person) "
            f"FROM {made.relation}"
        )
    # 0: both met the same; 1: this one met nobody; 2: they met two people; 3: the other met nobody;
    # 4: the other does not know the patient.
    db.execute("CREATE TABLE mine_links AS FROM (VALUES (0, 100), (2, 999), (3, 103), (4, 104)) "
               "t(right_person, left_person)")  # fmt: skip
    db.execute("CREATE TABLE other_links AS FROM (VALUES (0, 100), (1, 101), (2, 102)) "
               "t(right_person, left_person)")  # fmt: skip
    others = {"other": ("other_people", "other_links")}
    concordance.concordant(db, ("mine_people", "mine_links"), others, "found")
    found = db.execute("SELECT of, left_person, wrong FROM found ORDER BY ALL").fetchall()
    assert found == [
        ("link", 100, False),
        ("link", 102, True),
        ("pair", 100, False),
        ("pair", 101, True),
        ("pair", 102, True),
    ]


@pytest.mark.parametrize(
    ("surname", "born", "rows"),
    [
        ("ADEYEMI", "2009-11-20", 0),
        ("NOWAK", "2009-11-20", 0),
        ("ADEYEMI", "2015-03-01", 0),
        ("NOWAK", "2015-03-01", 2),
        # Of two traits one can be compared, and agrees.
        (None, "2015-03-01", 2),
    ],
)
def test_a_shared_number_says_nothing_where_fewer_than_two_traits_agree(
    surname: str | None, born: str, rows: int
) -> None:
    db = database(1)
    mine = standard(db, "mine", table([person("9990000107")]))
    other = {"nhs_number": "9990000107", "surname": surname, "date_of_birth": born}
    theirs = standard(db, "other", table([other]))
    for name, made in (("mine", mine), ("other", theirs)):
        db.execute(f"CREATE TABLE {name}_people AS SELECT * REPLACE (record AS person) "
                   f"FROM {made.relation}")  # fmt: skip
        db.execute(f"CREATE TABLE {name}_links AS SELECT 0 AS right_person, 7 AS left_person")
    others = {"other": ("other_people", "other_links")}
    concordance.concordant(db, ("mine_people", "mine_links"), others, "found")
    assert db.execute("SELECT count(*) FROM found").fetchall() == [(rows,)]


def test_one_source_alone_has_nobody_to_agree_with() -> None:
    db = database(1)
    db.execute("CREATE TABLE mine_links (right_person BIGINT, left_person BIGINT)")
    concordance.concordant(db, ("mine", "mine_links"), {}, "found")
    assert db.execute("SELECT count(*) FROM found").fetchall() == [(0,)]


def test_every_table_linkage_keeps_is_described() -> None:
    described = outcomes.__doc__ or ""
    for name in ("links", "member", "identifier", "event", "held_out"):
        assert f"`{name}`: " in described


def test_a_build_notices_that_the_passes_changed() -> None:
    assert made_lists.PASSES in inputs.configuration(CONFIG, ROOT)


def test_the_overlap_the_chapter_tells_is_the_one_linking_starts_from() -> None:
    told = {0.8: "four fifths", 0.75: "three quarters", 0.7: "seven tenths", 0.9: "nine tenths"}
    assert told[ruleset().rules.overlap] in indicators(ROOT)["linkage_rate"].caveat
