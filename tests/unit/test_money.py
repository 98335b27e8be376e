"""Sums of money: what they leave over of each other is of enough people, and of no one nearly all.

The tests count who is behind what is left by themselves, from the rows of the table.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from jsna.disclosure.evidence import gather
from jsna.disclosure.protect import Protection, protect
from jsna.disclosure.prove import Proof, prove
from jsna.errors import JsnaError
from jsna.measures.contributions import contributions
from jsna.measures.engine import measure
from jsna.model import schema
from jsna.model.indicators import Indicator
from jsna.tables.catalogue import CATALOGUE
from tests.spec import world
from tests.tried import drawn
from tests.unit import whole_path

LEAST = {
    **world.LEAST,
    "id": "spent",
    "chapter": "placements",
    "population_base": "maintained",
    "kind": "money",
    "period_type": "financial_year",
    "numerator": {"table": "placement_cost", "count": "cost"},
    "comparators": [],
}
SPENT = Indicator.model_validate({**LEAST, "breakdowns": [["setting"], ["locality"]]})
CONFIG = world.configuration({"spent": SPENT})
#: The fewest contributors of the profile, and p of its p % rule.
FEWEST, SHARE = 10, 0.1
PLACES = {"west": world.WEST, "east": world.EAST, "": None}


@pytest.fixture(autouse=True)
def _costs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CATALOGUE, world.COSTS.name, world.COSTS)


def costs(*given: tuple[str, str, Sequence[float]]) -> pd.DataFrame:
    """Costs of one person each, as (place, setting, costs)."""
    rows = [
        {"setting": setting, "cost": cost, "locality_code": PLACES[place]}
        for place, setting, mine in given
        for cost in mine
    ]
    frame = pd.DataFrame(rows).assign(period="2024/25", lsoa_code=None)
    return frame.assign(person_key=[f"p{at:04}" for at in range(len(frame))])


class Edition:
    """Costs measured, protected and proven."""

    def __init__(self, table: pd.DataFrame, indicator: Indicator = SPENT) -> None:
        self.table = table
        self.config = replace(CONFIG, indicators={"spent": indicator})
        tables = {"placement_cost": table}
        self.truth = measure(tables, [indicator], self.config)
        self.behind = contributions(self.truth, tables, self.config)
        self.made: Protection = protect(self.truth, self.config, contributions=self.behind)

    def proven(self, safe: pd.DataFrame | None = None) -> Proof:
        safe = self.made.safe if safe is None else safe
        return prove(gather(safe, self.truth, self.config, contributions=self.behind))

    def shown(self) -> dict[tuple[str, str], float]:
        """What is printed, by place or "" and setting or ""."""
        found = {}
        names = {code: place for place, code in PLACES.items()}
        for row in self.made.safe.to_dict("records"):
            place = names.get(row["area_code"], "")
            setting = "" if row["breakdown"] == "total" else row["category"]
            if row["status"] != "c":
                found[place, setting] = row["numerator"]
        return found

    def left_over(self) -> list[str]:
        """Every sum shown, and how it is split, that leaves over what may not be known."""
        found = []
        shown = self.shown()
        for place, setting in shown:
            whole = self.rows(place, setting)
            for placed, split in itertools.product((False, True), repeat=2):
                if placed < bool(place) or split < bool(setting):
                    continue
                parts = [
                    part
                    for part in shown.keys() - {(place, setting)}
                    if (bool(part[0]), bool(part[1])) == (placed, split)
                    and part[0].startswith(place)
                    and part[1].startswith(setting)
                ]
                left = whole.drop(index=[at for part in parts for at in self.rows(*part).index])
                if parts and len(left) and bad(left["cost"].tolist()):
                    found.append(f"{place} {setting}: placed {placed}, split {split}")
        return found

    def rows(self, place: str, setting: str) -> pd.DataFrame:
        """The rows of a place and a setting, of all where they are ""."""
        found = self.table
        if place:
            found = found[found["locality_code"].eq(PLACES[place])]
        return found[found["setting"].eq(setting)] if setting else found


def bad(costs_: Sequence[float]) -> bool:
    """Whether a sum of these tells too much of one of them."""
    ordered = sorted(costs_, reverse=True)
    return len(ordered) < FEWEST or sum(ordered[2:]) < SHARE * ordered[0] - 1e-9


ENOUGH = [1000.0] * 12


def test_what_two_of_no_known_district_cost_is_not_what_is_left_of_the_whole() -> None:
    """25,000 in all, 12,000 in either district: 1,000 were of two whose district is not known."""
    made = Edition(costs(("west", "A", ENOUGH), ("east", "A", ENOUGH), ("", "A", [600.0, 400.0])))
    assert made.left_over() == []
    # One of the districts is hidden, at the least loss; the whole and the other stand.
    shown = made.shown()
    assert shown["", ""] == shown["", "A"] == 25_000
    assert len({("west", ""), ("east", "")} & shown.keys()) == 1
    made.proven()


def test_the_proof_finds_what_protection_would_forget() -> None:
    made = Edition(costs(("west", "A", ENOUGH), ("east", "A", ENOUGH), ("", "A", [600.0, 400.0])))
    safe = made.truth[list(schema.columns())].copy()
    with pytest.raises(JsnaError) as caught:
        made.proven(safe)
    (told,) = {p.value for p in caught.value.problems if p.code == "prove.remainder"}
    assert "authority" in told and "total" in told
    # Nothing is said of any one of them.
    assert "600" not in str(caught.value)
    # The programs find it as well: it follows at once from the two districts.
    assert any(p.code in ("prove.cell", "prove.shown") for p in caught.value.problems)


@pytest.mark.parametrize(
    ("elsewhere", "kept"),
    [
        # Ten alike are enough; nine are not.
        ([100.0] * 10, True),
        ([100.0] * 9, False),
        # Nearly all is one's: of 9,000 the others leave 8 * 100 and want 900.
        ([9000.0, 500.0, *[100.0] * 8], False),
        ([9000.0, 500.0, *[100.0] * 9], True),
        # Nobody at all is no secret.
        ([], True),
    ],
)
def test_what_is_left_is_held_to_the_rules_of_a_row(elsewhere: list[float], kept: bool) -> None:
    made = Edition(costs(("west", "A", ENOUGH), ("east", "A", ENOUGH), ("", "A", elsewhere)))
    assert ({("west", ""), ("east", "")} <= made.shown().keys()) == kept
    assert made.left_over() == []
    made.proven()


def test_a_hidden_sum_and_what_is_left_are_not_known_together() -> None:
    """Three have setting B, hidden by their number; were nothing else, 3 would be known as left."""
    made = Edition(costs(("west", "A", ENOUGH), ("west", "B", [500.0] * 3), ("east", "C", ENOUGH)))
    assert made.left_over() == []
    shown = made.shown()
    assert ("", "B") not in shown
    assert len({("", "A"), ("", "C")} & shown.keys()) == 1
    made.proven()


def test_sums_are_rounded_as_their_indicator_says() -> None:
    rounded = Indicator.model_validate({**LEAST, "breakdowns": [["locality"]], "rounded_to": 1000})
    made = Edition(costs(("west", "A", [1234.56] * 20), ("east", "A", [777.0] * 15)), rounded)
    shown = made.shown()
    # 24,691.20 and 11,655.00, together 36,346.20.
    assert shown == {("west", ""): 25_000, ("east", ""): 12_000, ("", ""): 36_000}
    safe = made.made.safe
    assert safe["value"].tolist() == safe["numerator"].tolist()
    assert set(safe["note"]) == {"Sums rounded to the nearest 1000."}
    made.proven()
    # Printed to the penny it is refused.
    exact = safe.copy()
    exact.loc[exact["area_code"].eq(world.WEST), ["numerator", "value"]] = 24_691.2
    with pytest.raises(JsnaError, match="is not rounded"):
        made.proven(exact)
    with pytest.raises(ValidationError, match=r"rounded_to. is of sums of amounts"):
        Indicator.model_validate({**LEAST, "kind": "count", "rounded_to": 10, "numerator": None})


def test_a_mean_of_a_rounded_sum_has_no_value() -> None:
    """12 × 123.50 are 1,482 pounds, printed 1,000: 83.33 each would not be true."""
    by = {"breakdowns": [["locality"]]}
    each = {"id": "each", "kind": "mean", "unit": "pounds", "decimals": 2}
    rows = {"table": "placement_cost", "where": "cost is not null"}
    sides = {"numerator": {**rows, "count": "cost"}, "denominator": rows}
    spent = {**LEAST, **by, "rounded_to": 1000, "numerator": sides["numerator"]}
    money = Indicator.model_validate(spent)
    mean = Indicator.model_validate({**LEAST, **by, **each, **sides})
    config = replace(CONFIG, indicators={"spent": money, "each": mean})
    tables = {"placement_cost": costs(("west", "A", [123.5] * 12), ("east", "A", [77.0] * 14))}
    truth = measure(tables, [money, mean], config)
    behind = contributions(truth, tables, config)
    safe = protect(truth, config, contributions=behind).safe
    prove(gather(safe, truth, config, contributions=behind))
    means = safe.loc[safe["indicator"].eq("each")]
    assert sorted(means["numerator"]) == [1000, 1000, 3000]
    assert means["value"].isna().all()
    assert means[["status", "reason"]].drop_duplicates().to_numpy().tolist() == [["x", "rounded"]]
    assert set(means["note"]) == {"Sums rounded to the nearest 1000."}
    # Whoever prints it all the same is refused.
    wrong = safe.copy()
    mine = wrong["indicator"].eq("each")
    wrong.loc[mine, "value"] = wrong["numerator"] / wrong["denominator"]
    with pytest.raises(JsnaError, match="is not that of the counts beside it"):
        prove(gather(wrong, truth, config, contributions=behind))


def test_a_sum_below_zero_is_refused_with_what_to_do() -> None:
    with pytest.raises(JsnaError, match="spent and what came back as two indicators"):
        Edition(costs(("west", "A", ENOUGH), ("east", "B", [-50.0] * 12)))
    # Payments taken back among others are no trouble.
    Edition(costs(("west", "A", [*ENOUGH, -50.0]), ("east", "A", ENOUGH))).proven()


@pytest.mark.parametrize("seed", drawn(12, 4))
def test_drawn_costs_are_protected_and_proven(seed: int) -> None:
    """Protection and attack agree, and the tests' own count of who is left finds nothing."""
    draw = np.random.default_rng(seed)
    given = [
        (place, setting, np.round(draw.lognormal(6, 1.2, draw.integers(0, 25)), 2).tolist())
        for place in PLACES
        for setting in ("A", "B", "C", "D")
        if draw.random() < 0.7
    ]
    by = [["setting"], ["locality"], ["setting", "locality"]]
    both = Indicator.model_validate({**LEAST, "breakdowns": by})
    made = Edition(costs(*given), both)
    assert made.left_over() == []
    made.proven()


def test_a_sum_of_money_goes_all_the_way_to_the_page(tmp_path: Path) -> None:
    """Of four districts one has nine with costs, and is hidden with another."""
    text = """
id: placement_spend
title: Spent on placements
phrase: spending on placements
definition: What placements cost in the year.
population: Children with a plan.
population_base: maintained
kind: money
rounded_to: 1000
period_type: financial_year
numerator: {table: placement_cost, count: cost}
breakdowns: [locality]
charts: [trend]
"""
    one = whole_path.declared(text)
    codes = [place.code for place in whole_path.configuration([one]).area.localities]
    rows = [
        {"person_key": f"p{at}", "period": period, "setting": "A", "cost": 1_000.0 + 7 * (at % 40),
         "lsoa_code": None, "locality_code": code}
        for period in ("2022/23", "2023/24", "2024/25")
        for place, code in enumerate(codes)
        for at in range(100 * place, 100 * place + (9 if place == 1 else 60 + place))
    ]  # fmt: skip
    found = whole_path.walked(tmp_path, {"placement_cost": pd.DataFrame(rows)}, [one])
    assert found.read.problems == ()
    last = [row for row in rows if row["period"] == "2024/25"]
    every = round(sum(float(str(row["cost"])) for row in last) / 1000) * 1000
    said = (
        f"spending on placements came to {every:,} pounds, rounded to the nearest thousand, in the "
        "2024/25 financial year."
    )
    assert said in found.page
    hidden = found.safe["status"].eq("c") & found.safe["geography"].eq("district")
    assert set(found.safe.loc[hidden, "area_code"]) > {codes[1]}
    assert (
        "Sums of money are complete sums of what was recorded and have no interval." in found.page
    )
    assert [figure["type"] for figure in found.figures] == ["trend"]
