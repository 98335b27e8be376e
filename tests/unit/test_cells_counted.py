"""Cells: what a row counts, in terms that can be compared with any other row."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.disclosure.evidence import gather
from jsna.disclosure.protect import protect
from jsna.disclosure.prove import prove
from jsna.errors import JsnaError
from jsna.measures.cells import Cells
from jsna.measures.engine import measure
from jsna.model import schema
from jsna.model.cells import MISSING, OTHER, Cell, make
from jsna.model.indicators import Indicator, Side
from tests.spec import world
from tests.unit.cells_support import cell_of

CONFIG = world.configuration()
KNOWN = frozenset({"known"})


def cell(indicator: str | Indicator, side: str = "numerator", **row: Any) -> Cell:
    """The cell of a row of an indicator; of the authority's total of 2025 unless given."""
    declared = CONFIG.indicators[indicator] if isinstance(indicator, str) else indicator
    over = declared.over if side == "denominator" else ()
    return cell_of(getattr(declared, side), CONFIG, over=over, **row)


def where(condition: str, table: str = "pupil") -> dict[str, frozenset[str]]:
    """The box a condition of a table stands for."""
    found = Cells(CONFIG).cell(Side(table=table, where=condition), ["2025"], [])
    return {column: codes for column, codes in found.box if column != "period"}


@pytest.mark.parametrize(
    ("condition", "table", "box"),
    [
        ("true", "pupil", {}),
        ("sen_provision = 'E'", "pupil", {"sen_provision": {"E"}}),
        ("sen_provision in ('K', 'E')", "pupil", {"sen_provision": {"K", "E"}}),
        ("sen_provision = 'K' or sen_provision = 'E'", "pupil", {"sen_provision": {"K", "E"}}),
        (
            "sex = 'F' and sen_provision <> 'N'",
            "pupil",
            {"sex": {"F"}, "sen_provision": {"K", "E", OTHER}},
        ),
        ("within_20_weeks", "new_plan", {"within_20_weeks": {"true"}}),
        ("not within_20_weeks", "new_plan", {"within_20_weeks": {"false"}}),
        ("within_20_weeks is not null", "new_plan", {"within_20_weeks": {"true", "false"}}),
        (
            "within_20_weeks and not exception",
            "new_plan",
            {"within_20_weeks": {"true"}, "exception": {"false"}},
        ),
        ("sex is null", "pupil", {"sex": {MISSING}}),
        # What a locality may be is what the area is divided into.
        (
            "locality_code is not null",
            "pupil",
            {"locality": {world.WEST, world.EAST, OTHER}, "(place)": KNOWN},
        ),
        (
            f"locality_code <> '{world.WEST}'",
            "pupil",
            {"locality": {world.EAST, OTHER}, "(place)": KNOWN},
        ),
        # Nobody knows what the codes of a column without a list are.
        ("school_urn is not null", "pupil", {"(NOT school_urn IS NULL)": {"true"}}),
    ],
)
def test_a_condition_is_the_codes_it_lets_through(
    condition: str, table: str, box: dict[str, set[str]]
) -> None:
    assert where(condition, table) == {column: frozenset(codes) for column, codes in box.items()}


@pytest.mark.parametrize("without", [0, 60])
def test_those_with_a_locality_are_the_sum_of_the_localities(without: int) -> None:
    """3 in the west, 21 in the east, and 24 with a locality: were all three shown but the 3, it is.

    How many have none changes nothing.
    """
    one = Indicator.model_validate(
        {
            **world.LEAST, "id": "placed", "kind": "count", "breakdowns": [["locality"]],
            "numerator": {"table": "pupil", "where": "locality_code is not null"},
        }
    )  # fmt: skip
    homes = [*[world.WEST] * 3, *[world.EAST] * 21, *[None] * without]
    rows = {"period": "2025", "locality_code": homes, "person_key": [*map(str, range(len(homes)))]}
    config = replace(CONFIG, indicators={one.id: one})
    pupils = world.filled("pupil", pd.DataFrame(rows, dtype=object))
    measured = measure({"pupil": pupils}, [one], config)
    counts = dict(zip(measured["area_code"], measured["numerator"], strict=True))
    assert counts == {world.AREA: 24, world.WEST: 3, world.EAST: 21}
    safe = protect(measured, config).safe
    shown = set(safe.loc[safe["status"].ne("c"), "area_code"])
    assert world.WEST not in shown and len(shown) < 2
    prove(gather(safe, measured, config))
    # Whoever hides the 3 alone is refused.
    bare = measured[list(schema.columns())].copy()
    mine = bare["area_code"].eq(world.WEST)
    bare.loc[mine, ["numerator", "value"]] = np.nan
    bare.loc[mine, ["status", "reason"]] = "c", "disclosure_control"
    with pytest.raises(JsnaError, match=" is 3 "):
        prove(gather(bare, measured, config))


def test_a_condition_that_is_no_box_stands_for_itself() -> None:
    either = "sex = 'F' or sen_provision = 'E'"
    assert where(either) == {"(sex = 'F' OR sen_provision = 'E')": frozenset({"true"})}
    # However it is written it is the same, and what else must hold stands beside it.
    assert where("SEX = 'F'   OR pupil.sen_provision = 'E' -- the school's") == where(either)
    both = where(f"phase = 'primary' and ({either})")
    assert both == {**where(either), "phase": frozenset({"primary"})}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SEX = 'F'", "sex = 'F'"),
        ("/* a child's */ sex = 'F'", "sex = 'F'"),
        ("school_urn in ('o''neil')", "school_urn = 'o''neil'"),
        ("phase = 'primary' AND (sex = 'F' AND true)", "sex = 'F' and phase = 'primary'"),
    ],
)
def test_how_a_condition_is_written_changes_no_cell(one: str, other: str) -> None:
    assert where(one) == where(other) != {}


def test_a_coarser_category_that_nobody_knows_is_made_of_none() -> None:
    assert where("imd_quintile = '1'") == {"imd_decile": {"1", "2"}, "(place)": KNOWN}
    strange = "(imd_quintile IN ('1', 'zz'))"
    assert where("imd_quintile in ('1', 'zz')") == {strange: frozenset({"true"})}


def test_persons_are_rows_where_nobody_has_two() -> None:
    cells = {
        (table, count): Cells(CONFIG).cell(Side(table=table, count=count), ["2025"], [])
        for table in ("pupil", "cohort", "request")
        for count in ("rows", "persons")
    }
    assert len({cells[table, "rows"] for table in ("pupil", "cohort")}) == 1
    assert cells["pupil", "persons"] == cells["cohort", "persons"] == cells["pupil", "rows"]
    assert cells["request", "persons"] != cells["request", "rows"]


def test_ages_are_told_apart_year_by_year() -> None:
    assert where("age <= 2", "population")["age"] == frozenset({"0", "1", "2"})


def test_two_indicators_that_count_the_same_count_the_same_cell() -> None:
    share = cell("sen_primary_need", breakdown="primary_need", category="ASD")
    rate = cell("pupils_sen_rate_by_need", breakdown="primary_need", category="ASD")
    assert share == rate
    below = cell("sen_primary_need", "denominator", breakdown="primary_need", category="ASD")
    assert below == cell("pupils_sen")
    assert cell("pupils_sen_rate_by_need", "denominator") == cell("pupils")


def test_the_roll_of_an_academic_year_is_the_pupils_of_the_january_in_it() -> None:
    roll = cell("suspended_pupils", "denominator", period="2024/25", period_type="academic_year")
    # Of them, those of primary, secondary and special schools.
    assert roll.without("headline") == cell("pupils")
    assert roll.codes("headline") == frozenset({"true"})
    numerator = cell("suspended_pupils", period="2024/25", period_type="academic_year")
    assert numerator.table == "pupil"
    assert numerator.codes("suspended") == frozenset({"true"})


def test_a_need_says_that_there_is_sen_and_a_place_that_it_is_known() -> None:
    by_need = cell("suspended_pupils", breakdown="primary_need", category="ASD")
    assert by_need.codes("sen_provision") == frozenset({"E", "K"})
    place = cell("pupils", area_code=world.WEST, geography="district")
    assert place.codes("locality") == frozenset({world.WEST})
    assert place.codes("(place)") == KNOWN
    assert cell("pupils", breakdown="imd_decile", category="3").codes("(place)") == KNOWN


def test_coarser_categories_are_the_finer_ones_they_are_made_of() -> None:
    fifth = cell("pupils", breakdown="imd_quintile", category="2")
    assert fifth.codes("imd_decile") == frozenset({"3", "4"})
    group = cell("plan_primary_need", breakdown="need_group", category="communication")
    assert group.codes("primary_need") == frozenset({"ASD", "SLCN"})
    # The broad group of one need alone is that need.
    alone = cell("plan_primary_need", breakdown="need_group", category="semh")
    assert alone == cell("plan_primary_need", breakdown="primary_need", category="SEMH")


def test_a_category_within_a_condition_is_what_both_allow() -> None:
    ehc = cell("pupils_ehc_plan", breakdown="sen_provision", category="E")
    assert ehc == cell("pupils_ehc_plan")


def test_two_breakdowns_of_one_column_count_what_is_in_both() -> None:
    for fifth in range(1, 6):
        for tenth in range(1, 11):
            split = {"breakdown": "imd_quintile|imd_decile", "category": f"{fifth}|{tenth}"}
            both = {str(tenth)} & {str(2 * fifth - 1), str(2 * fifth)}
            assert cell("pupils", **split).codes("imd_decile") == both


def test_three_years_are_their_three_januaries() -> None:
    years = {"period": "2022/23 to 2024/25", "period_type": "three_years"}
    assert cell("suspended_pupils", "denominator", **years).codes("period") == frozenset({
        "2023", "2024", "2025",
    })  # fmt: skip
    events = cell("permanent_exclusion_rate", **years)
    assert events.codes("period") == frozenset({"2022/23", "2023/24", "2024/25"})


def test_a_denominator_of_another_year_counts_that_year() -> None:
    found = cell("plans_rate_0_25", "denominator", below=("2024",))
    assert found.codes("period") == frozenset({"2024"})
    assert (found.table, found.what) == ("population", "people")


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
BOXES = st.dictionaries(NAMES, st.frozensets(NAMES, min_size=1, max_size=4), max_size=5)


@given(NAMES, NAMES, BOXES)
def test_a_cell_is_read_as_it_was_written(table: str, what: str, box: Any) -> None:
    made = make(table, what, box)
    assert Cell.read(made.text()) == made
    backwards = dict(reversed(list(box.items())))
    assert make(table, what, backwards).text() == made.text()
