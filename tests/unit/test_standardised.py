"""Directly standardised rates: counted in each group of the standard, protected and told."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.disclosure import contribution
from jsna.disclosure.evidence import gather
from jsna.disclosure.protect import protect
from jsna.disclosure.prove import prove
from jsna.errors import JsnaError
from jsna.measures import making
from jsna.measures.contributions import contributions
from jsna.measures.engine import measure
from jsna.measures.methods import STORED, dsr_dobson
from jsna.model import schema
from jsna.model.indicators import Indicator
from tests.spec import world
from tests.tried import tried
from tests.unit import whole_path

LIMITS = ["lower_95", "upper_95", "lower_998", "upper_998"]
ENTRY = """
id: seen_standardised
title: Children seen by mental health services, standardised by age
phrase: children seen by mental health services
definition: Children seen in the year over residents, as if ages were those of the standard.
population: Residents aged 0 to 15.
kind: standardised_rate
unit: per_1000
per: residents
population_base: resident
standard: {name: a standard, by: age_group, population: {"0-4": 5, "5-10": 5, "11-15": 10}}
numerator: {table: mental_health, where: age_group is not null}
denominator: {table: population, count: people, period: latest}
breakdowns: [sex, locality]
charts: [trend, areas, bars sex]
"""
AGES, WEIGHTS = ("0-4", "5-10", "11-15"), (5.0, 5.0, 10.0)
BASE = world.configuration()
#: (place, sex, age group) -> children seen, residents.
Groups = dict[tuple[str, str, str], tuple[int, int]]


def declared(**changes: Any) -> Any:
    return whole_path.declared(ENTRY, period_type="financial_year", **changes)


def tables(groups: Groups, periods: Sequence[str] = ("2024/25",)) -> dict[str, pd.DataFrame]:
    """Rows of both tables, the same in every period."""
    seen, people = [], []
    for period in periods:
        for (place, sex, age), (events, residents) in groups.items():
            people.append((period[:4], place, sex, age, residents))
            seen += [(period, place, sex, age)] * events
    columns = ["period", "locality_code", "sex", "age_group"]
    mental = world.filled("mental_health", pd.DataFrame(seen, columns=columns, dtype=object))
    mental["person_key"] = [f"p{n}" for n in range(len(mental))]
    residents = pd.DataFrame(people, columns=[*columns, "people"])
    return {"mental_health": mental, "population": world.filled("population", residents)}


def found_of(groups: Groups, **changes: Any) -> tuple[Any, pd.DataFrame]:
    one = declared(**changes)
    config = replace(BASE, indicators={one.id: one})
    return config, measure(tables(groups), [one], config)


cells = st.tuples(st.integers(0, 30), st.integers(30, 400))
every = [(p, s, a) for p in (world.WEST, world.EAST) for s in "FM" for a in AGES]


@tried(40)
@given(st.lists(cells, min_size=len(every), max_size=len(every)))
def test_every_rate_is_of_the_counts_of_its_groups(drawn: list[tuple[int, int]]) -> None:
    groups: Groups = dict(zip(every, drawn, strict=True))
    config, found = found_of(groups)
    for row in found.itertuples():
        mine = [
            (
                sum(v[0] for k, v in groups.items() if k[2] == age and _in(row, k)),
                sum(v[1] for k, v in groups.items() if k[2] == age and _in(row, k)),
            )
            for age in AGES
        ]
        events, people = np.array(mine).T
        assert (row.numerator, row.denominator) == (events.sum(), people.sum())
        own = dsr_dobson(events, people, WEIGHTS, multiplier=1_000, confidence=STORED)
        shown = [row.value, *(getattr(row, name) for name in LIMITS)]
        told = [own.value[0], own.lower[0, 0], own.upper[0, 0], own.lower[1, 0], own.upper[1, 0]]
        # To the one decimal that is printed, and no more; and none where a group has few.
        few = any(0 < one < config.profile(row.profile).threshold for one in events)
        told = np.floor(np.array(told) * 10 + 0.5) / 10 + (np.nan if few else 0)
        np.testing.assert_allclose(shown, told, equal_nan=True)
        why = "few_events" if events.sum() < 10 else "few_in_group" if few else ""
        assert (row.status, row.reason) == ("x" if why else "", why)


def _in(row: Any, key: tuple[str, str, str]) -> bool:
    if row.geography == "district":
        return bool(key[0] == row.area_code)
    return row.breakdown == "total" or bool(key[1] == row.category)


def even(events: int, people: int) -> Groups:
    return dict.fromkeys(every, (events, people))


def test_a_rate_with_an_empty_group_is_not_given() -> None:
    groups = even(5, 100) | {(world.EAST, sex, "0-4"): (0, 0) for sex in "FM"}
    _, found = found_of(groups)
    east = found.loc[found["area_code"].eq(world.EAST)].iloc[0]
    assert (east["status"], east["reason"]) == ("x", "empty_group")
    assert east["note"].endswith("Nobody is in one of the groups it is standardised by.")
    assert found.loc[found["area_code"].eq(world.WEST), "value"].notna().all()


def test_those_of_no_group_are_not_counted_beside_it() -> None:
    one = declared()
    config = replace(BASE, indicators={one.id: one})
    rows = tables(even(5, 100))
    rows["population"].loc[0, "age_group"] = "16-19"
    with pytest.raises(JsnaError, match=r"some who are in no group of `standard\.population`"):
        measure(rows, [one], config)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"standard": None}, "names the .standard. population"),
        ({"kind": "rate"}, "names the .standard. population"),
        ({"breakdowns": [["age_group"]]}, "is no breakdown of it"),
        ({"standard": {"name": "one", "by": "age_group", "population": {"0-4": 5}}}, "population"),
        ({"per": ""}, "says in .per. whom"),
    ],
)
def test_a_declaration_that_is_no_standardised_rate_is_refused(
    changes: dict[str, Any], rule: str
) -> None:
    with pytest.raises(ValueError, match=rule):
        declared(**changes)


def test_a_rate_of_few_events_is_hidden() -> None:
    groups = even(5, 100) | {
        (place, "M", age): (2 * (age == "0-4"), 100)
        for place in (world.WEST, world.EAST)
        for age in AGES
    }
    config, measured = found_of(groups, breakdowns=[["sex"]])
    rules = dict(zip(measured["category"], contribution.refused(measured, config), strict=True))
    assert rules == {"total": "", "F": "", "M": "minimum_contributors"}
    found = protect(measured, config)
    shown = found.safe.set_index("category")
    assert shown.loc["M", "status"] == "c"
    assert shown.loc["M", ["numerator", "value", *LIMITS]].isna().all()
    gather(found.safe, measured, config, contributions=behind(groups, measured, config))


def behind(groups: Groups, measured: pd.DataFrame, config: Any) -> pd.DataFrame:
    return contributions(measured, tables(groups), config)


def test_a_rate_of_which_a_group_has_few_is_not_given() -> None:
    """15 events, of which 2 and 3 are of groups: rate and number would leave few other counts."""
    people = dict(zip(AGES, (1_900, 2_700, 3_100), strict=True))
    groups: Groups = {}
    for place, seen in ((world.WEST, (2, 3, 10)), (world.EAST, (12, 0, 30))):
        groups |= {(place, "F", a): (n, people[a]) for a, n in zip(AGES, seen, strict=True)}
    config, measured = found_of(groups, breakdowns=[["locality"]])
    rows = measured.set_index("area_code")
    assert tuple(rows.loc[world.WEST, ["status", "reason"]]) == ("x", "few_in_group")
    assert rows.loc[world.WEST, ["value", *LIMITS]].isna().all()
    assert rows.loc[world.WEST, "note"].endswith(
        "Too few were counted in one of the groups it is standardised by."
    )
    # Nought is no secret, and the whole has 14, 3 and 40.
    assert rows.loc[world.EAST, "value"] > 0
    assert tuple(rows.loc[world.AREA, ["status", "reason"]]) == ("x", "few_in_group")
    safe = protect(measured, config).safe
    gather(safe, measured, config, contributions=behind(groups, measured, config))


@pytest.mark.parametrize("known", [True, False], ids=["counts", "nobody knows"])
def test_the_proof_counts_the_groups_of_a_rate_by_itself(
    monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    """Were the rate made whoever its groups are of, it would not be published all the same."""
    groups: Groups = {
        (world.WEST, "F", age): (n, 2_000) for age, n in zip(AGES, (4, 9, 12), strict=True)
    }
    with monkeypatch.context() as patched:
        patched.setitem(making._MADE, "dsr_dobson", lambda *given: _made(*given[:-1], 0))
        config, measured = found_of(groups, breakdowns=[])
    assert measured["value"].notna().all()
    safe = protect(measured, config).safe
    who = behind(groups, measured, config) if known else None
    if known:
        assert sorted(who["amount"]) == [4, 9, 12]
    with pytest.raises(
        JsnaError, match="of which a group has few, or leaves few, or a hidden count"
    ):
        gather(safe, measured, config, contributions=who)


_made = making._standardised


def test_a_rate_beside_a_hidden_count_of_one_of_its_groups_is_hidden() -> None:
    """Of girls and boys in a group one is hidden; with the group's sum, the rate would tell it."""
    groups: Groups = {
        (world.WEST, "F", a): (n, 2_000) for a, n in zip(AGES, (6, 20, 30), strict=True)
    }
    groups |= {(world.WEST, "M", a): (n, 2_000) for a, n in zip(AGES, (3, 25, 31), strict=True)}
    rate = declared(breakdowns=[["sex"]])
    seen = Indicator.model_validate(
        {
            **world.LEAST, "id": "seen", "population_base": "resident",
            "period_type": "financial_year", "kind": "count",
            "breakdowns": [["age_group"], ["sex"], ["sex", "age_group"]],
            "numerator": {"table": "mental_health", "where": "age_group is not null"},
        }
    )  # fmt: skip
    config = replace(BASE, indicators={one.id: one for one in (rate, seen)})
    measured = measure(tables(groups), [rate, seen], config)
    who = behind(groups, measured, config)
    found = protect(measured, config)
    counts = found.safe.loc[found.safe["indicator"].eq("seen")].set_index("category")
    hidden = set(counts.index[counts["status"].eq("c")])
    assert "0-4|M" in hidden
    rates = found.safe.loc[found.safe["indicator"].eq(rate.id)].set_index("category")
    # 3 boys are in a group: of it girls are hidden too, and with them the rate of girls.
    assert rates.loc["M", "status"] in ("x", "c")
    assert "0-4|F" in hidden
    assert rates.loc["F", "status"] == "c"
    rules = found.log.loc[found.log["indicator"].eq(rate.id)].set_index("category")["rule"]
    assert rules["F"] == "group"
    prove(gather(found.safe, measured, config, contributions=who))
    wrong = found.safe.set_index(list(schema.KEY))
    told = measured[list(schema.columns())].set_index(list(schema.KEY))
    mine = [key for key in wrong.index if {rate.id, "F"} <= set(key)]
    assert mine
    wrong.loc[mine] = told.loc[mine]
    with pytest.raises(JsnaError, match="or a hidden count"):
        gather(wrong.reset_index(), measured, config, contributions=who)


@pytest.mark.parametrize("by", ["sex", "locality"])
def test_rates_of_a_whole_and_of_a_part_leave_no_few_of_a_group(by: str) -> None:
    """Of one part 2, 9 and 14 are counted: the whole's groups less the other's 8, 9 and 12."""
    places = dict.fromkeys("FM", world.WEST) if by == "sex" else {"F": world.WEST, "M": world.EAST}
    groups: Groups = {
        (places[sex], sex, age): (n, 300)
        for sex, seen in (("F", (8, 9, 12)), ("M", (2, 9, 14)))
        for age, n in zip(AGES, seen, strict=True)
    }
    config, measured = found_of(groups, breakdowns=[[by]])
    who = behind(groups, measured, config)
    found = protect(measured, config, contributions=who)
    status = found.safe.set_index(["area_code", "category"])["status"].to_dict()
    few, other = ("M", "F") if by == "sex" else (world.EAST, world.WEST)
    at = {key: told for key, told in status.items() if few in key or other in key}
    assert sorted(at.values()) == ["c", "x"]
    assert status[world.AREA, "total"] == ""
    prove(gather(found.safe, measured, config, contributions=who))
    # Who shows the other part all the same is refused, though its own groups have enough.
    wrong = measured[list(schema.columns())]
    assert wrong["value"].notna().sum() == 2
    with pytest.raises(JsnaError, match="or leaves few"):
        gather(wrong, measured, config, contributions=who)


@pytest.mark.parametrize("rate_of", ["all", "girls"])
def test_a_rate_and_a_printed_count_leave_no_few_of_a_group(rate_of: str) -> None:
    """Boys are 2, 9 and 14: all less the girls, whichever of the two the rate tells."""
    groups: Groups = {
        (world.WEST, sex, age): (n, 300)
        for sex, seen in (("F", (8, 9, 12)), ("M", (2, 9, 14)))
        for age, n in zip(AGES, seen, strict=True)
    }
    where = {"all": "age_group is not null", "girls": "sex = 'F' and age_group is not null"}
    count_of = {"all": "girls", "girls": "all"}[rate_of]
    rate = declared(
        breakdowns=[],
        numerator={"table": "mental_health", "where": where[rate_of]},
        denominator={
            "table": "population", "count": "people", "period": "latest",
            **({"where": "sex = 'F'"} if rate_of == "girls" else {}),
        },
    )  # fmt: skip
    seen = Indicator.model_validate(
        {
            **world.LEAST, "id": "seen", "population_base": "resident",
            "period_type": "financial_year", "kind": "count", "breakdowns": [["age_group"]],
            "numerator": {"table": "mental_health", "where": where[count_of]},
        }
    )  # fmt: skip
    config = replace(BASE, indicators={one.id: one for one in (rate, seen)})
    measured = measure(tables(groups), [rate, seen], config)
    who = behind(groups, measured, config)
    found = protect(measured, config, contributions=who)
    shown = found.safe.set_index(["indicator", "category"])["status"].ne("c")
    # The rate is hidden, or the count that would leave two beside what it tells.
    assert not (shown[rate.id, "total"] and shown["seen", "0-4"])
    prove(gather(found.safe, measured, config, contributions=who))
    with pytest.raises(JsnaError, match="or leaves few"):
        gather(measured[list(schema.columns())], measured, config, contributions=who)


def test_no_rate_gives_a_hidden_count_within_one_of_its_groups() -> None:
    """Of boys under five 3 are in the west and 10 in the east, both hidden: 13 are printed.

    The east's rate tells that 31 under five were seen there, 21 of them girls: 10 boys, which is
    not few, and leaves 3 of the 13.
    """
    seen = {
        (world.WEST, "F"): (20, 30, 40), (world.WEST, "M"): (3, 20, 30),
        (world.EAST, "F"): (21, 31, 41), (world.EAST, "M"): (10, 22, 33),
    }  # fmt: skip
    groups: Groups = {
        (*at, age): (n, 2_000)
        for at, counts in seen.items()
        for age, n in zip(AGES, counts, strict=True)
    }
    rate = declared(breakdowns=[["locality"]])
    counted = [
        Indicator.model_validate(
            {
                **world.LEAST, "id": name, "population_base": "resident", "kind": "count",
                "period_type": "financial_year",
                "breakdowns": [["age_group"], ["locality", "age_group"]],
                "numerator": {
                    "table": "mental_health",
                    "where": f"sex = '{sex}' and age_group is not null",
                },
            }
        )
        for name, sex in (("girls", "F"), ("boys", "M"))
    ]  # fmt: skip
    config = replace(BASE, indicators={one.id: one for one in (rate, *counted)})
    measured = measure(tables(groups), [rate, *counted], config)
    who = behind(groups, measured, config)

    def shown(rows: pd.DataFrame) -> dict[Any, float]:
        rows = rows.loc[rows["value"].notna() & rows["status"].ne("c")]
        return rows.set_index(["indicator", "area_code", "category"])["numerator"].to_dict()

    safe = protect(measured, config, contributions=who).safe
    there = shown(safe)
    assert ("boys", world.WEST, "0-4") not in there
    told = {("girls", world.EAST, "0-4"), ("boys", world.AREA, "0-4")}
    assert not {*told, (rate.id, world.EAST, "total")} <= there.keys()
    prove(gather(safe, measured, config, contributions=who))
    # Protected as if the rates told nothing, three are told; the proof subtracts by itself.
    bare = protect(measured, config).safe
    assert told <= shown(bare).keys()
    others = bare["indicator"].eq(rate.id) & bare["area_code"].ne(world.EAST)
    bare.loc[others, list(schema.NUMBERS)] = np.nan
    bare.loc[others, ["status", "reason", "note"]] = "c", "disclosure_control", ""
    assert (rate.id, world.EAST, "total") in shown(bare)
    with pytest.raises(JsnaError) as caught:
        prove(gather(bare, measured, config, contributions=who))
    assert "prove.cell" in {problem.code for problem in caught.value.problems}


def test_unrounded_a_rate_would_give_the_counts_of_its_groups_away() -> None:
    """Weights and residents are public: of unrounded rates one set of counts would be left."""
    seen, residents = dict(zip(AGES, (12, 13, 20), strict=True)), (1_900, 2_700, 3_100)
    groups: Groups = {
        (world.WEST, "F", age): (seen[age], people)
        for age, people in zip(AGES, residents, strict=True)
    }
    _, found = found_of(groups, breakdowns=[])
    (row,) = found.itertuples()

    def rate(events: Sequence[int]) -> float:
        parts = zip(WEIGHTS, events, residents, strict=True)
        return 1_000 * sum(w * x / n for w, x, n in parts) / sum(WEIGHTS)

    every_one = [(a, b, 45 - a - b) for a in range(46) for b in range(46 - a)]
    truth = rate((12, 13, 20))
    assert [one for one in every_one if abs(rate(one) - truth) < 1e-8] == [(12, 13, 20)]
    fits = [one for one in every_one if abs(rate(one) - row.value) < 1e-8 + 0.05]
    assert row.value == round(truth, 1)
    assert len(fits) > 10
    assert len({one[0] for one in fits}) > 5


def test_a_low_rate_is_not_told_as_none() -> None:
    """It has the symbol of what is low, and its first digit alone is kept."""
    groups = even(0, 100_000) | {(world.WEST, "F", "11-15"): (10, 100_000)}
    _, found = found_of(groups, breakdowns=[])
    (row,) = found.itertuples()
    # 10 of 400,000 in the last group, which is half of the standard population: 0.0125.
    assert (row.value, row.status) == (pytest.approx(0.01), "low")


def test_a_rate_of_rounded_counts_is_not_given() -> None:
    """It is that of the true ones, and would give them away."""
    one = declared(breakdowns=[])
    rounds = BASE.profiles["default"].model_copy(update={"rounding": 5, "threshold": 0})
    config = replace(BASE, indicators={one.id: one}, profiles={**BASE.profiles, "default": rounds})
    measured = measure(tables(even(4, 100)), [one], config).assign(profile="default")
    found = protect(measured, config)
    (row,) = found.safe.itertuples()
    assert (row.numerator, row.status, row.reason) == (50, "x", "rounded")
    assert np.isnan([row.value, *(getattr(row, name) for name in LIMITS)]).all()
    gather(found.safe, measured, config)


def test_a_standardised_rate_goes_all_the_way_to_the_page(tmp_path: Path) -> None:
    """Places differ in ages alone: no place stands out, as crude rates would have it."""
    one = declared()
    codes = [place.code for place in whole_path.configuration([one]).area.localities]
    risk = {"0-4": 0.02, "5-10": 0.04, "11-15": 0.10}
    groups: Groups = {}
    for number, code in enumerate(codes):
        for sex in "FM":
            for at, age in enumerate(AGES):
                people = 3_000 if at == 2 * (number == 0) else 500
                groups[code, sex, age] = (round(people * risk[age] * (1 + (sex == "M"))), people)
    crude = [
        sum(v[0] for k, v in groups.items() if k[0] == code)
        / sum(v[1] for k, v in groups.items() if k[0] == code)
        for code in codes
    ]
    assert crude[0] > 2 * crude[1]
    periods = ("2021/22", "2022/23", "2023/24", "2024/25")
    found = whole_path.walked(tmp_path, tables(groups, periods), [one])
    assert found.read.problems == ()
    # (5 × 0.02 + 5 × 0.04 + 10 × 0.10) / 20 of girls, and twice that of boys.
    assert "the standardised rate of children seen by mental health services was 97.5" in found.page
    assert "higher for males than for females" in found.figures[1]["title"]
    assert "Male130.0" in found.page
    assert "Standardised to" in found.page
    assert "Directly standardised rates have intervals by Dobson’s method." in found.page
    assert [figure["type"] for figure in found.figures] == ["trend", "bars"]
    assert math.isclose(found.safe["value"].max(), 130.0)
