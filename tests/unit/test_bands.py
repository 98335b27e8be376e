"""Numbers in bands: declared, refused, made, drawn, and shown as any other distribution is."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.model.bands import Band, Bands, reach
from jsna.model.contract import Column
from jsna.report.where_most import where_most
from jsna.settings import made_lists, shared
from jsna.settings.reading import Gatherer
from jsna.shared import columns
from jsna.shared.random_bands import banded
from jsna.sources import registry
from jsna.tables.catalogue import CATALOGUE
from tests.conftest import ROOT
from tests.spec import world
from tests.tried import tried
from tests.unit import report_support as made
from tests.unit import whole_path
from tests.unit.test_edition import project, told

__all__ = ["project"]

HOURS = next(column for column in world.BREAKS.tables[0].columns if column.field == "hours")
assert HOURS.bands is not None
BANDS = HOURS.bands
ENTRY = """
id: break_hours
title: Short breaks by hours
phrase: short breaks
definition: Short breaks of each length over all whose length is known.
population: Short breaks whose length is known.
population_base: responsible
period_type: financial_year
kind: share
over: [hours_band]
numerator: {table: short_breaks, where: hours_band is not null}
breakdowns: [hours_band]
charts: [bars hours_band]
"""


@pytest.fixture(autouse=True)
def breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry(), world.BREAKS.name, world.BREAKS)
    monkeypatch.setitem(CATALOGUE, world.SHORT_BREAKS.name, world.SHORT_BREAKS)


# -- the declaration -------------------------------------------------------------------------------


def faults(*edges: tuple[float | None, float | None], **more: Any) -> list[str]:
    """What is wrong with bands a, b, c … of these edges."""
    each = tuple(Band(code, code, *pair) for code, pair in zip("abcdefg", edges, strict=False))
    bounds = {"least": None, "most": None, **more.pop("bounds", {})}
    return list(Bands("hours", each, **more).faults(**bounds))


def test_bands_that_follow_one_another_and_are_open_at_both_ends_are_right() -> None:
    assert faults((None, 5), (5, 10), (10, None)) == []
    assert faults((None, 0.5), (0.5, None), bounds={"least": 0, "most": 0.5}) == []


@pytest.mark.parametrize(
    ("edges", "rule"),
    [
        ([(0, 5), (5, None)], "the first band, a, is closed at 0; leave it open below"),
        ([(None, 5), (5, 90)], "the last band, b, is closed at 90; leave it open above"),
        ([(None, 5), (6, None)], "bands a and b leave a gap from 5 to 6"),
        ([(None, 5), (4, None)], "bands a and b overlap from 4 to 5"),
        ([(None, 5), (9, 12), (5, 9), (12, None)], "bands b and c are not in order"),
        ([(None, 5), (5, 5), (5, None)], "band b runs from 5 to 5, which is nothing"),
        ([(None, 5), (None, 9), (9, None)], "band b is open below and is not the first"),
        ([(None, 5), (5, None), (9, None)], "band b is open above and is not the last"),
        ([(None, None)], "one band divides nothing; give two or more"),
    ],
)
def test_what_is_wrong_with_edges_is_named(edges: list[Any], rule: str) -> None:
    assert rule in faults(*edges)


def test_codes_differ_and_are_plain() -> None:
    each = (Band("a", "A", None, 5), Band("a", "B", 5, 9), Band("o'clock", "C", 9, None))
    assert [*Bands("hours", each).faults(None, None)] == [
        "two bands have the code a",
        'the code "o\'clock" is not of letters, digits and - + _ alone',
    ]


def test_a_band_that_no_number_of_the_column_is_in_is_told() -> None:
    edges = (None, 5), (5, 10), (10, None)
    said = "no number that the column may hold is in band"
    assert faults(*edges, bounds={"least": 5}) == [f"{said} a"]
    assert faults(*edges, bounds={"most": 9}) == [f"{said} c"]
    assert faults(*edges, bounds={"least": 4, "most": 10}) == []


def test_broader_bands_are_made_of_bands_and_join_an_end() -> None:
    edges = (None, 5), (5, 10), (10, 20), (20, None)
    assert faults(*edges, groups=(Band("x", "X", None, 10), Band("y", "Y", 10, None))) == []
    assert faults(*edges, groups=(Band("x", "X", None, 7), Band("y", "Y", 7, None))) == [
        "a broader band has its edge at 7, where no band has one"
    ]
    middle = Band("x", "X", None, 5), Band("y", "Y", 5, 20), Band("z", "Z", 20, None)
    assert faults(*edges, groups=middle) == [
        "the broader bands join neither the first nor the last band with its neighbour"
    ]
    closed = Band("x", "X", 0, 10), Band("y", "Y", 10, None)
    assert faults(*edges, groups=closed) == [
        "of the broader bands, the first band, x, is closed at 0; leave it open below"
    ]


def test_a_faulty_declaration_is_told_with_its_file_and_field(
    monkeypatch: pytest.MonkeyPatch, project: Path
) -> None:
    days = columns.banded(
        Column("Start", "started_on", "date", "Start."),
        Band("a", "A", None, 5), Band("b", "B", 5, 9),
    )  # fmt: skip
    (file,) = world.BREAKS.tables
    faulty = replace(world.BREAKS, tables=(replace(file, columns=(*file.columns, days)),))
    monkeypatch.setitem(registry(), world.BREAKS.name, faulty)
    said = told(project)
    where = "src/jsna/sources/short_breaks/extract.py, key 'started_on'"
    assert f"{where}: only an integer or a number that identifies nobody can be shown" in said
    assert f"{where}: the last band, b, is closed at 9; leave it open above" in said


def test_a_code_list_and_a_dimension_in_order_follow_from_the_column() -> None:
    found = shared.categories(ROOT)
    assert list(found.lists["hours_band"].codes) == ["0-4", "5-9", "10-19", "20-39", "40+"]
    assert found.lists["hours_band"].title == "Hours, in bands"
    one, group = found.dimensions["hours_band"], found.dimensions["hours_band_group"]
    assert (one.order, one.words, one.many) == ("number", "band of hours", "bands of hours")
    assert (one.coarser, group.many) == ("hours_band_group", "broad bands of hours")
    assert found.hierarchies["hours_band_group"].codes == {
        "0-9": {"0-4", "5-9"}, "10-19": {"10-19"}, "20+": {"20-39", "40+"},
    }  # fmt: skip
    assert made_lists.place("hours_band") == "src/jsna/sources/short_breaks/extract.py"


def test_two_columns_may_not_have_bands_of_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    (file,) = world.BREAKS.tables
    other = columns.banded(HOURS, Band("few", "Few", None, 9), Band("many", "Many", 9, None))
    again = replace(world.BREAKS, name="again", tables=(replace(file, columns=(other,)),))
    monkeypatch.setitem(registry(), "again", again)
    gather = Gatherer(ROOT)
    made_lists.check_own(gather, set())
    assert len(gather.problems) == 1
    assert "a code list of this name is there already" in str(gather.problems[0])


# -- the column ------------------------------------------------------------------------------------


def banded_by_hand(number: float | None, bands: Bands) -> str | None:
    """The band a number is in, found by going through them all."""
    for band in bands.each if number is not None else ():
        assert number is not None
        low, high = band.least, band.below
        if (low is None or low <= number) and (high is None or number < high):
            return band.code
    return None


@tried(60)
@given(
    st.lists(st.integers(-40, 40).map(lambda n: n / 4), min_size=1, max_size=6, unique=True),
    st.lists(st.none() | st.integers(-60, 60).map(lambda n: n / 4), min_size=1, max_size=40),
)
def test_every_number_is_in_the_one_band_it_is_of(
    edges: list[float], numbers: list[float | None]
) -> None:
    ends = [None, *sorted(edges), None]
    each = tuple(Band(f"b{n}", f"B{n}", *pair) for n, pair in enumerate(pairwise(ends)))
    bands = Bands("x", each)
    assert [*bands.faults(None, None)] == []
    rows = pd.DataFrame({"x": pd.Series(numbers, dtype="Float64")})
    found = duckdb.sql(f"select {bands.sql('x')} as band from rows").fetchall()
    assert len(rows) == len(found)
    assert [row[0] for row in found] == [banded_by_hand(n, bands) for n in numbers]


def test_the_band_of_a_number_stands_beside_it_in_the_rows_of_a_file() -> None:
    table = world.SHORT_BREAKS
    assert [*table.columns][5:8] == ["sex", "hours", "hours_band"]
    hours = (None, 0, 4, 5, 9, 10, 19, 20, 39, 40, 2_000_000)
    with duckdb.connect() as database:
        database.execute("create table place as select '1' lsoa_code, 'W' locality_code, "
                         "'1' imd_decile, '1' imd_quintile")  # fmt: skip
        database.execute(
            "create table \"short_breaks.short_breaks\" as select '2024/25' as period, "
            "'p' || row_number() over () as person_key, 'number' as link, 9 as age, 'F' as sex, "
            f"'1' as lsoa_code, unnest({[*hours]!r}::bigint[]) as hours".replace("None", "null")
        )
        rows = database.sql(table.sql).df().sort_values("hours", na_position="first")
    assert [None if pd.isna(code) else code for code in rows["hours_band"]] == [
        None, "0-4", "0-4", "5-9", "5-9", "10-19", "10-19", "20-39", "20-39", "40+", "40+",
    ]  # fmt: skip


@pytest.mark.parametrize("bounds", [{}, {"minimum": 0, "maximum": 500}, {"maximum": 41}])
@pytest.mark.parametrize("kind", ["integer", "number"])
def test_numbers_drawn_fill_every_band_within_the_bounds(kind: Any, bounds: Any) -> None:
    column = replace(HOURS, type=kind, **{"minimum": None, "maximum": None, **bounds})
    low, high = reach(column.minimum, column.maximum, 100, BANDS)
    drawn = banded(np.random.default_rng(1), column, low, high, 5_000)
    counts = pd.Series([banded_by_hand(number, BANDS) for number in drawn]).value_counts()
    assert set(counts.index) == {band.code for band in BANDS.each}
    assert counts.min() > 800
    assert drawn.min() >= low and drawn.max() <= high
    assert kind == "number" or (drawn == np.floor(drawn)).all()


# -- the distribution ------------------------------------------------------------------------------


def given_rows(counts: dict[str, int]) -> pd.DataFrame:
    codes = [code for code, count in counts.items() for _ in range(count)]
    frame = pd.DataFrame({"hours_band": codes, "period": "2024/25"}, dtype=object)
    frame["person_key"] = [f"p{n}" for n in range(len(frame))]
    return world.filled("short_breaks", frame)


def walked(folder: Path, counts: dict[str, int]) -> whole_path.Walked:
    one = whole_path.with_fallbacks(whole_path.declared(ENTRY))
    found = whole_path.walked(folder, {"short_breaks": given_rows(counts)}, [one])
    assert found.read.problems == ()
    return found


def test_a_distribution_goes_to_the_page_in_its_order_and_says_where_most_lie(
    tmp_path: Path,
) -> None:
    found = walked(tmp_path, {"40+": 60, "20-39": 180, "10-19": 322, "5-9": 254, "0-4": 84})
    # 254 + 322 of 900 are 64.0 %; 322 alone are 35.8 %.
    assert (
        "Most short breaks were in two adjoining bands of hours: 5 to 9 hours (28.2%) and "
        "10 to 19 hours (35.8%), of 900 in all." in found.page
    )
    (bars,) = found.figures
    assert [label for label, _ in bars["rows"]] == [band.label for band in BANDS.each]


def test_where_the_ends_are_few_they_are_shown_with_their_neighbours(tmp_path: Path) -> None:
    found = walked(tmp_path, {"0-4": 2, "5-9": 254, "10-19": 322, "20-39": 180, "40+": 3})
    shown = found.safe.loc[found.safe["breakdown"].str.startswith("hours_band")]
    assert set(shown["breakdown"]) == {"hours_band_group"}
    assert shown.set_index("category")["numerator"].to_dict() == {
        "0-9": 256, "10-19": 322, "20+": 183,
    }  # fmt: skip
    assert shown["status"].eq("").all()
    assert "in two adjoining broad bands of hours: under 10 hours" in found.page


ONE = "in one band of hours: 5 to 9 hours (71.4%), of 700 in all."
#: 51 % of 200 in two bands is not clear; 70 % in three is.
THREE = "in three adjoining bands of hours: under 5 hours (25.5%), 5 to 9 hours (25.5%) and"


@pytest.mark.parametrize(
    ("counts", "told"), [((20, 500, 100, 40, 40), ONE), ((51, 51, 38, 30, 30), THREE)]
)
def test_most_is_said_of_as_few_bands_as_clearly_hold_more_than_half(
    tmp_path: Path, counts: tuple[int, ...], told: str
) -> None:
    found = walked(tmp_path, dict(zip((band.code for band in BANDS.each), counts, strict=True)))
    assert f"Most short breaks were {told}" in found.page


def said(counts: dict[str, float], *, marked: str = "", profile: str = "default") -> str:
    """Where most lie of 500 in bands, as far as their counts are shown."""
    one = whole_path.declared(ENTRY)
    more = {"mark": marked, "profile": profile}
    rows = [
        {
            **made.measure(
                one, count, 500, period="2024/25", dims={"hours_band": code},
                status="c" if np.isnan(count) else "",
            ),
            **more,
        }
        for code, count in counts.items()
    ]  # fmt: skip
    view = made.view(rows, whole_path.configuration([one]))
    found = where_most(view, one, "hours_band", view.breakdown(one.id, ["hours_band"]))
    return "" if found is None else str(found.text.striptags())


SHOWN: dict[str, float] = {"0-4": 20, "5-9": 170, "10-19": 200, "20-39": 60, "40+": 50}


def test_no_hidden_band_is_counted_among_those_in_which_most_lie() -> None:
    assert said(SHOWN).startswith("Most short breaks were in two adjoining bands of hours: 5 to 9")
    assert said({**SHOWN, "5-9": np.nan}).startswith(
        "Most short breaks were in three adjoining bands of hours: 10 to 19 hours"
    )
    assert said({**SHOWN, "10-19": np.nan}) == ""


def test_of_figures_in_doubt_and_of_rounded_ones_it_is_not_told() -> None:
    assert said(SHOWN, marked="doubt") == ""
    assert said(SHOWN, profile="rounded") == ""


def test_where_four_bands_are_needed_it_is_no_answer() -> None:
    # The first three hold 260 of 500, of which the lower limit is 47.6 %.
    assert said({"0-4": 130, "5-9": 110, "10-19": 20, "20-39": 110, "40+": 130}) == ""
