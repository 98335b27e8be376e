"""What is stated beside an indicator: what left its count, in bands, and beside no other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.disclosure.bands import band, bands, coarse, first, least
from jsna.ingest.attrition import APART, EMPTIED, REPEATS, SET_ASIDE, attrition
from jsna.ingest.cross import Tables
from jsna.measures.attrition import Lost, _must_say, beside, of_cells, touches
from jsna.measures.attrition import _entry as entry
from jsna.measures.engine import measure
from jsna.measures.lineage import ROW, Cell, Lineage
from jsna.model.indicators import Indicator, Side
from jsna.readback.allowed import Allowed
from jsna.readback.vocabulary import Vocabulary
from jsna.report.attrition import lines, placed_words, share_words
from jsna.sources import registry
from tests.spec import world
from tests.unit.fault_support import FAULTS, cells, census_file, received, sen2_files, written

EXTRACTS = ("areas", "cin_census", "exclusions", "school_census", "schools", "sen2")
CONFIG = world.configuration(
    deliveries=[
        *((name, "2025") for name in ("areas", "school_census", "schools", "sen2")),
        ("cin_census", "2024/25"), ("exclusions", "2024/25"),
    ]
)  # fmt: skip
LINKED = [f"{name}.{table.name}" for name in EXTRACTS for table in registry()[name].tables]
TOUCHES = touches(CONFIG, LINKED)
#: Indicators that go by the day a request was received; told off by hand from their definitions.
BY_RECEIPT = {
    "ehc_requests", "ehc_requests_refused", "ehc_decisions_6_weeks",
    "ehc_plans_20_weeks", "ehc_plans_20_weeks_excluding_exceptions",
}  # fmt: skip


def lost(extract: str, judged: Tables) -> dict[Cell, tuple[Lost, ...]]:
    """What left counts in a delivery."""
    period = "2024/25" if extract in ("cin_census", "exclusions") else "2025"
    return of_cells(attrition({(extract, period): judged}, CONFIG), {})


def stated(of: Mapping[Cell, tuple[Lost, ...]]) -> dict[str, str]:
    """Indicator -> what the report says beside it, where it says something."""
    record = {
        name: [entry(*one) for one in beside(touch, of)] for name, touch in TOUCHES.items()
    }  # fmt: skip
    safe = coarse(record, least(CONFIG))
    return {name: " ".join(lines(found, CONFIG)) for name, found in safe.items() if found}


def sen2(**changes: Any) -> dict[str, bytes]:
    """A return without faults: that of a person entered twice, its joins right."""
    found = sen2_files("sen2-person-twice")
    header, rest = found["namedplan"].split(b"\n", 1)
    found["namedplan"] = header.replace(b"requeststableid", b"assessmenttableid") + b"\n" + rest
    for module, column in changes.items():
        rows = cells(found[module])
        name, values = column
        rows.loc[rows.index[: len(values)], name] = values
        found[module] = written(rows)
    return found


def test_an_emptied_date_is_stated_beside_the_indicators_that_use_it_and_no_other() -> None:
    name = cells(sen2()["requests"]).columns
    receipt = next(column for column in name if column.lower() == "receiveddate")
    judged, _ = received("sen2", sen2(requests=(receipt, ["soon", "in spring"])))
    of = {c: found for c, found in lost("sen2", judged).items() if found[0].kind == EMPTIED}
    (one,) = of[Cell("sen2.requests", "received_date")]
    assert list(of) == [one.cell]
    assert (one.rows, one.received) == (2, len(judged["requests"].staged))
    said = stated(of)
    assert set(said) == BY_RECEIPT
    # Of 41 a tenth is the least share below which lie all of 0 to 4.
    assert one.received == 41
    share = "fewer than ten in a hundred of the requests"
    assert said["ehc_requests"] == (
        f"Not counted: {share}, for want of a usable “day the request was received”."
    )
    assert said["ehc_plans_20_weeks"] == (f"Not known: “day the request was received” for {share}.")


def test_times_of_day_leave_nothing_out() -> None:
    """The fault folder: half of the days have a time, and all are read."""
    judged, _ = received("sen2", sen2_files("sen2-received-time-of-day"))
    assert judged["requests"].valid["received_date"].notna().sum() == 20
    assert Cell("sen2.requests", "received_date") not in lost("sen2", judged)


def test_a_person_entered_twice_is_stated_as_counted_once() -> None:
    judged, _ = received("sen2", sen2())
    of = lost("sen2", judged)
    (one,) = of[Cell("sen2.activeplans", ROW)]
    assert (one.kind, one.rows, one.received) == (REPEATS, 1, 41)
    # What hangs on the plan that is not counted goes with it, and breaks no rule.
    assert {found.kind for several in of.values() for found in several} == {REPEATS}
    said = stated(of)
    assert said["plans_by_setting"] == (
        "Entered again, and counted once: fewer than ten in a hundred of the plans in force."
    )
    assert "suspension_rate" not in said


def test_second_protection_plans_and_finer_ethnic_groups_leave_nothing_out() -> None:
    plans = (FAULTS / "cin-two-plans-one-episode" / "cin.csv").read_bytes()
    codes = census_file("census-ethnicity-extended")
    for extract, table, content in (
        ("cin_census", "episodes", plans), ("school_census", "census", codes),
    ):  # fmt: skip
        judged, findings = received(extract, {table: content})
        assert not findings[table].problems
        assert lost(extract, judged) == {}


def test_homes_are_stated_beside_figures_by_place_and_of_residents_alone() -> None:
    """The fault folder's 200 pupils, of whom 20 lived in areas that ended and 3 elsewhere."""
    counts = {"all": 200, "placed": 197, "wales": 1, "scotland": 1, "elsewhere_in_england": 1}
    none = attrition({}, CONFIG)
    of = of_cells(none, {"school_census.census": counts, "sen2.requests": {"all": 9, "placed": 9}})
    said = stated(of)
    by_place = {
        name
        for name in said
        if {"locality", "imd_decile", "imd_quintile"}
        & {d for set_ in CONFIG.indicators[name].breakdowns for d in set_}
    }
    assert set(said) == by_place
    assert "suspension_rate" in said and "ehc_requests" not in said
    assert (
        "Homes found to lie in Example: more than ninety-five in a hundred of the pupil "
        "registrations; the others are elsewhere or not known, and in no figure by deprivation "
        "tenth or district."
    ) in said["suspension_rate"]
    # It is the same whether three lie elsewhere, or nobody does.
    all_placed = of_cells(none, {"school_census.census": {"all": 200, "placed": 200}})
    assert stated(all_placed) == said


def test_rows_set_aside_are_counted_apart_from_those_that_repeat_others() -> None:
    rows = cells(census_file("census-ethnicity-extended"))
    sex = next(column for column in rows.columns if column.lower() == "sex")
    rows.loc[0, sex] = "Q"
    again = pd.concat([rows, rows.iloc[[5]]])
    judged, _ = received("school_census", {"census": written(again)})
    found = lost("school_census", judged)[Cell("school_census.census", ROW)]
    assert [(one.kind, one.rows) for one in found] == [(REPEATS, 1), (SET_ASIDE, 1)]


def test_a_row_below_one_that_is_set_aside_is_stated_where_it_is_counted() -> None:
    """Requests hang on persons: what a request lacks of its person is no second statement."""
    of = {
        Cell("sen2.person", ROW): (Lost(SET_ASIDE, Cell("sen2.person", ROW), 9, 600),),
        Cell("sen2.requests", ROW): (Lost(SET_ASIDE, Cell("sen2.requests", ROW), 9, 600),),
    }
    assert stated(of)["ehc_requests"] == (
        "Not counted: between one and two in a hundred of the requests, set aside by validation."
    )


def test_one_delivery_of_several_is_named() -> None:
    rows = [("sen2", "requests", p, "", "", 0, 900) for p in ("2023", "2024", "2025")]
    rows += [("sen2", "requests", "2024", EMPTIED, "received_date", 30, 900)]
    columns = ["extract", "table", "period", "kind", "field", "rows", "received"]
    said = stated(of_cells(pd.DataFrame(rows, columns=columns), {}))
    assert said["ehc_requests"] == (
        "Not counted: between two and five in a hundred of the requests in the file for 2024, for "
        "want of a usable “day the request was received”."
    )


def test_several_deliveries_are_in_the_order_of_time_and_every_one_is_none_by_name() -> None:
    years = [str(year) for year in range(2017, 2026)]
    rows = [("sen2", "requests", year, "", "", 0, 100) for year in [*years[::-1], "2016"]]
    rows += [
        ("sen2", "requests", year, kind, "", 3, 100)
        for kind, where in ((REPEATS, years[::-1]), (SET_ASIDE, ["2016", *years]))
        for year in where
    ]
    columns = ["extract", "table", "period", "kind", "field", "rows", "received"]
    cell = Cell("sen2.requests", ROW)
    found = of_cells(pd.DataFrame(rows, columns=columns), {})[cell]
    assert set(found) == {
        Lost(REPEATS, cell, 27, 900, tuple(years)),
        Lost(SET_ASIDE, cell, 30, 1000),
    }


def test_dates_that_contradict_each_other_are_stated_where_what_lies_between_is_counted() -> None:
    """A plan that starts before its request: it is a new plan, and not one in 20 weeks or later."""
    files = sen2()
    plans = cells(files["namedplan"])
    start = next(column for column in plans.columns if column.lower() == "startdate")
    plans.loc[0, start] = "2009-Jan-05 00:00:00"
    judged, _ = received("sen2", files | {"namedplan": written(plans)})
    before = {one.rows for several in lost("sen2", received("sen2", sen2())[0]).values()
              for one in several if one.kind == APART}  # fmt: skip
    assert not before
    of = {
        cell: tuple(one for one in several if one.kind == APART)
        for cell, several in lost("sen2", judged).items()
    }
    assert [one.rows for several in of.values() for one in several] == [1]
    said = stated(of)
    assert set(said) == {"ehc_plans_20_weeks", "ehc_plans_20_weeks_excluding_exceptions"}
    assert said["ehc_plans_20_weeks"].endswith(
        "of the plans issued, for dates that contradict each other."
    )


def stated_of(table: str, high: int = 1, kind: str = SET_ASIDE, **more: Any) -> dict[str, Any]:
    """What is stated of a file: so many of a hundred of its rows at most left a count."""
    given = {"how": "counted", "by": "", "field": ROW, "periods": []}
    return {**given, "kind": kind, "table": table, "band": [0, high], **more}


def test_files_alike_are_told_in_one_statement() -> None:
    entries = [stated_of(f"mental_health.{table}") for table in ("contacts", "referrals")]
    assert lines(entries, CONFIG) == [
        "Not counted: fewer than one in a hundred of the mental health contacts and of the mental "
        "health referrals, set aside by validation."
    ]


def test_many_kinds_of_record_are_told_in_one_statement_true_of_each() -> None:
    entries = [stated_of(f"x.{n}", high) for n, high in enumerate((1, 2, 5, 1, 1))]
    assert lines(entries, CONFIG) == [
        "Not counted: fewer than five in a hundred of the records of each of five files, set aside "
        "by validation."
    ]


def test_every_number_in_what_is_stated_is_of_a_known_type() -> None:
    """Reading back stops a build over any other: years of files and words of columns pass."""
    frame = measure({}, [], CONFIG)
    allowed = Allowed(Vocabulary(CONFIG, frame, registry()))
    entries = [
        stated_of(table, high, kind, how=how, by=by, field=field, periods=periods)
        for table, field in (("sen2.requests", "received_date"), ("sen2.namedplan", "start_date"),
                             ("sen2.assessment", "week_20_exception"),
                             ("school_census.census", "primary_need"))
        for how, by, kind in (("counted", "", EMPTIED), ("known", "", EMPTIED),
                              ("known", "age_group", EMPTIED), ("counted", "", SET_ASIDE),
                              ("counted", "", REPEATS))
        for periods, high in (([], 100), (["2025"], 5), (["2024/25"], 1), (["2023", "2025"], 2))
    ]  # fmt: skip
    single = [[one] for one in entries]
    for one in single + [entries[n : n + 3] for n in range(len(entries))]:
        for text in lines(one, CONFIG):
            assert all(kind for _, kind in allowed.of(text, "p.who left")), text


# -- bands ----------------------------------------------------------------------------------------


@given(records=st.integers(0, 20_000), width=st.integers(1, 12))
def test_every_count_lies_in_one_band_and_bands_leave_small_counts_open(
    records: int, width: int
) -> None:
    found = bands(records, width)
    assert found[0][0] == 0 and found[-1][1] == 100
    assert all(one[1] == other[0] for one, other in pairwise(found))
    held = [range(first(low, records), first(high, records)) for low, high in found]
    assert sum(map(len, held)) == records
    for counts in held if len(held) > 1 else ():
        assert len(counts) >= width
        assert counts[0] == 0 or counts[0] >= width
        # As few left as small a number left out.
        assert counts[0] == 0 or records - counts[0] >= width


@given(st.data())
def test_the_band_of_a_count_holds_it(data: st.DataObject) -> None:
    records = data.draw(st.integers(1, 20_000))
    count = data.draw(st.integers(0, records))
    low, high = band(count, records, 5)
    assert low * records <= 100 * count
    assert 100 * count < high * records or high == 100


@pytest.mark.parametrize(
    ("count", "records", "said", "placed"),
    [
        (12, 4310, "fewer than one in a hundred", "more than ninety-nine in a hundred"),
        (1, 4310, "fewer than one in a hundred", "more than ninety-nine in a hundred"),
        (60, 4310, "between one and two in a hundred",
         "between ninety-eight and ninety-nine in a hundred"),
        (3, 40, "fewer than twenty-five in a hundred", "more than seventy-five in a hundred"),
        (1, 7, "some", "a share that so few do not allow to be stated"),
        (4000, 4310, "fifty in a hundred or more", "no more than fifty in a hundred"),
    ],
)  # fmt: skip
def test_shares_in_words(count: int, records: int, said: str, placed: str) -> None:
    found = band(count, records, 5)
    assert (share_words(found), placed_words(found)) == (said, placed)


def test_no_word_of_what_is_stated_is_a_number_in_figures() -> None:
    """Of any share of any file: the words hold no digit that could be a count."""
    for records in (3, 30, 300, 3000):
        for count in range(0, records + 1, max(records // 40, 1)):
            found = band(count, records, 5)
            assert not any(c.isdigit() for c in share_words(found) + placed_words(found))


def test_words_for_several_rows() -> None:
    many = {table.plural for extract in registry().values() for table in extract.tables}
    assert {
        "plans in force", "plans issued", "people", "looked-after children", "children measured",
        "suspensions or exclusions", "episodes of need", "requests", "pupil registrations",
    } <= many  # fmt: skip


def test_rows_that_say_nothing_of_what_is_counted_are_told_beside_it_and_no_other() -> None:
    entry_ = {
        "id": "mean_sessions", "title": "Sessions", "kind": "mean", "chapter": "exclusions",
        "definition": "Mean of sessions.", "population": "Suspensions.",
        "population_base": "attending", "period_type": "academic_year",
        "numerator": {"table": "suspension", "where": "sessions is not null", "count": "sessions"},
    }  # fmt: skip
    counted = {**entry_, "id": "suspensions_known", "numerator": {"table": "suspension"}}
    counted |= {"kind": "count", "definition": "Suspensions.", "denominator": None}
    own = {str(one["id"]): Indicator.model_validate(one) for one in (entry_, counted)}
    found = touches(replace(CONFIG, indicators=own), LINKED)
    cell = Cell("exclusions.exclusions", "sessions")
    assert (found["mean_sessions"].asked, found["suspensions_known"].asked) == ({cell}, set())
    of = of_cells(attrition({}, CONFIG), {}, {cell: (150, 500)})
    told = {name: [*beside(touch, of)] for name, touch in found.items()}
    assert {name: len(one) for name, one in told.items()} == {
        "mean_sessions": 1, "suspensions_known": 0,
    }  # fmt: skip
    safe = coarse({"mean_sessions": [entry(*told["mean_sessions"][0])]}, least(CONFIG))
    assert "rows" not in safe["mean_sessions"][0]
    assert lines(safe["mean_sessions"], CONFIG) == [
        "Not counted: between twenty-five and fifty in a hundred of the suspensions or exclusions, "
        "in which “sessions of school missed” says nothing."
    ]
    # What is worked out of a day says nothing of the day: who still waits is counted.
    seen, hours = Cell("clinic.visits", "seen_on"), Cell("clinic.visits", "hours")
    made = Lineage(columns={"weeks": frozenset({seen}), "hours": frozenset({hours})})
    asked = Side(table="wait", where="weeks is not null and hours is not null")
    assert _must_say(asked, {"wait": made}) == {hours}
    # Where every row says it, nothing is told.
    assert of_cells(attrition({}, CONFIG), {}, {cell: (0, 500)}) == {}
