"""The engine writes with each number what it counts, whatever its words say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jsna.disclosure.fallbacks import choose
from jsna.disclosure.ledger.entries import linked_tables
from jsna.disclosure.protect import protect
from jsna.errors import JsnaError
from jsna.measures import engine
from jsna.measures.engine import measure
from jsna.model import schema
from jsna.model.cells import Cell, make
from jsna.model.indicators import Indicator
from jsna.tables.catalogue import CATALOGUE
from tests.spec import world
from tests.tried import tried
from tests.unit.cells_support import Recount, reworded

EVERY = world.configuration()
#: Referrals (events of a year) per resident, each year alone and three years together.
RATE = Indicator.model_validate(
    EVERY.indicators["plans_rate_0_25"].model_dump()
    | {
        "period_type": "calendar_year",
        "breakdowns": [["sex"]],
        "fallbacks": [{"breakdown": ["sex"], "recodings": [{"years": 3}]}],
        "charts": (),
    }
)
CONFIG = replace(EVERY, indicators={RATE.id: RATE})


def tables(*residents: str) -> dict[str, pd.DataFrame]:
    """Twelve plans in each of three years, and a hundred residents of each sex in some years."""
    plans = [
        {"period": year, "sex": sex, "resident": True}
        for year in ("2022", "2023", "2024")
        for sex in "FM"
        for _ in range(6)
    ]
    people = [
        {"period": year, "sex": sex, "age": 5, "people": 100} for year in residents for sex in "FM"
    ]
    return {
        name: world.filled(name, pd.DataFrame(rows, dtype=object))
        for name, rows in (("plan", plans), ("population", people))
    }


def below(found: pd.DataFrame, **key: str) -> tuple[Cell, float, str]:
    """The denominator of one row: its cell, its count and the row's note."""
    mine = pd.Series(True, index=found.index)
    for name, value in key.items():
        mine &= found[name].eq(value)
    (row,) = found.loc[mine].to_dict("records")
    return Cell.read(row[schema.DENOMINATOR_CELL]), row["denominator"], row["note"]


def residents(*periods: str, **split: str) -> Cell:
    ages = frozenset(map(str, range(26)))
    codes = {name: frozenset({code}) for name, code in split.items()}
    return make("population", "people", {"age": ages, "period": frozenset(periods), **codes})


def test_a_denominator_of_another_year_is_the_count_of_that_year() -> None:
    found = measure(tables("2022", "2023"), [RATE], CONFIG)
    assert below(found, period="2023", breakdown="total") == (residents("2023"), 200, "")
    late = below(found, period="2024", category="F")
    assert late == (residents("2023", sex="F"), 100, "Divided by the count of 2023.")


def test_three_years_have_the_denominators_of_each_of_them() -> None:
    """The last year has no residents of its own: those of the year before are counted twice."""
    found = measure(tables("2021", "2022", "2023"), [RATE], CONFIG)
    cell, count, note = below(found, period="2022 to 2024", category="F")
    assert (count, note) == (300, "Divided by the count of 2023.")
    assert cell == residents("2022", "2023, 2 times", sex="F")


def test_what_is_counted_twice_does_not_contradict_what_is_counted_once() -> None:
    """Of 2023 there are 100 girls in one row, and another row has them twice."""
    found = measure(tables("2022", "2023"), [RATE], CONFIG)
    linked = linked_tables(found, CONFIG)
    value = dict(zip(linked.cells, linked.value, strict=True))
    assert value[residents("2023", sex="F")] == 100
    assert value[residents("2022", "2023, 2 times", sex="F")] == 300


@pytest.mark.parametrize("cell", schema.CELLS)
def test_a_count_to_be_protected_that_does_not_say_what_it_counts_stops(cell: str) -> None:
    found = measure(tables("2022", "2023"), [RATE], CONFIG).assign(profile="default")
    found.loc[found["breakdown"].eq("total").idxmax(), cell] = ""
    with pytest.raises(JsnaError, match="and its cell must stand together") as stopped:
        protect(found, CONFIG)
    assert len(stopped.value.problems) == 1


def test_nothing_published_carries_a_cell() -> None:
    made = protect(measure(tables("2022"), [RATE], CONFIG).assign(profile="default"), CONFIG)
    assert list(made.safe.columns) == list(schema.COLUMNS)
    with pytest.raises(JsnaError, match="unknown columns"):
        schema.check(made.safe.assign(**dict.fromkeys(schema.CELLS, "")), "safe measures")


def test_reworded_notes_and_titles_change_no_count_and_no_choice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = tables("2022", "2023")
    before = measure(given, [RATE], CONFIG).assign(profile="default")
    monkeypatch.setattr(engine, "_note", lambda *_: "Denominator of 1066. Of 1999, in fact.")
    config = reworded(CONFIG)
    after = measure(given, config.indicators.values(), config).assign(profile="default")
    pd.testing.assert_frame_equal(before.drop(columns="note"), after.drop(columns="note"))
    for one, other in zip(choose(before, CONFIG), choose(after, config), strict=True):
        pd.testing.assert_frame_equal(one.drop(columns="note", errors="ignore"),
                                      other.drop(columns="note", errors="ignore"))  # fmt: skip
    was, now = protect(before, CONFIG), protect(after, config)
    pd.testing.assert_frame_equal(was.ledger, now.ledger)
    pd.testing.assert_frame_equal(was.log, now.log)
    pd.testing.assert_frame_equal(was.safe.drop(columns="note"), now.safe.drop(columns="note"))


# ---- conditions and rows of any kind ------------------------------------------------------------

PROVISIONS, SEXES = ("E", "K", "N", "??", "Z", None), ("F", "M", "", "Z", None)
PUPILS = st.lists(
    st.fixed_dictionaries(
        {
            "period": st.sampled_from(["2024", "2025"]),
            "sen_provision": st.sampled_from(PROVISIONS),
            "sex": st.sampled_from(SEXES),
            "age": st.sampled_from([4, 11, 16, None]),
            "locality_code": st.sampled_from([world.WEST, world.EAST, None]),
        }
    ),
    min_size=1,
    max_size=25,
)
#: Said of one column, or of two together.
SAID = st.sampled_from(
    [
        "true",
        "sen_provision = 'E'",
        "sen_provision in ('K', 'E')",
        "sen_provision <> 'N'",
        "sen_provision is null",
        "sex is not null",
        "not (sex = 'F')",
        "sex = 'M' or sex is null",
        "coalesce(sex, 'F') = 'F'",
        "age between 5 and 15",
        "age > 4 or age is null",
        "sex = 'F' or sen_provision = 'E'",
        "sex is not distinct from sen_provision",
        "locality_code = 'E07000951'",
        "SEX = 'F'",
        "sex like '_'",
        "sex < 'M'",
        "sex = sen_provision",
        "sen_provision like 'E%' and sex = 'F'",
        "sex <> 'M' and sex = 'F'",
        "sex = 'F' /* a child's */",
    ]
)
BY = st.sampled_from(
    [["sex"], ["sen_provision"], ["locality"], ["sen_provision", "sex"], ["locality", "sex"]]
)


#: A code that no list knows.
STRAY = {"period": "2025", "sen_provision": "??", "sex": "F", "age": 4, "locality_code": world.WEST}


@example(rows=[STRAY], one="true", other="sen_provision <> 'N'", by=["sen_provision"])
@tried(100)
@given(rows=PUPILS, one=SAID, other=SAID, by=BY)
def test_a_cell_is_what_its_number_counts_whatever_is_asked_of_whom(
    rows: list[dict[str, Any]], one: str, other: str, by: list[str]
) -> None:
    given_ = EVERY.indicators["pupils_ehc_plan"].model_dump()
    below = {"table": "pupil", "where": f"({one})"}
    above = {"table": "pupil", "where": f"({one}) and ({other})"}
    sides = {"numerator": above, "denominator": below, "breakdowns": [by], "fallbacks": []}
    indicator = Indicator.model_validate(given_ | sides | {"charts": ()})
    frame = world.filled("pupil", pd.DataFrame(rows, dtype=object))
    found = measure({"pupil": frame}, [indicator], EVERY)
    recount = Recount(CATALOGUE["pupil"], frame, EVERY)
    for column, cell in zip(("numerator", "denominator"), schema.CELLS, strict=True):
        for count, text in zip(found[column], found[cell], strict=True):
            assert recount(Cell.read(text)) == count, Cell.read(text).label()
