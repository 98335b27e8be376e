"""An effect put into raw rows is found again: by plain arithmetic, and by the pipeline's limits.

The rows are drawn here and counted here with neither analysis tables nor engine, so that a shared
mistake cannot hide.
"""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from jsna.measures.derive import derive
from jsna.measures.engine import measure
from tests.spec import world

CONFIG = world.configuration()
PUPILS = 6_000
#: Chance of a plan in the most and the least deprived tenth, and what lies between.
MOST, LEAST = 0.09, 0.03


def raw(most: float, least: float, seed: int = 5) -> tuple[pa.Table, pa.Table]:
    """Census rows in ten small areas, one of each decile, with the stated chances of a plan."""
    draw = np.random.default_rng(seed)
    decile = draw.integers(1, 11, PUPILS)
    chance = most + (least - most) * (decile - 1) / 9
    census = pd.DataFrame(
        {
            "period": "2025",
            "person_key": [f"p{i:05d}" for i in range(PUPILS)],
            "age": 9,
            "lsoa_code": [f"E0190000{d - 1}" for d in decile],
            "sex": "F",
            "ethnicity": "X",
            "fsm": "N",
            "year_group": "4",
            "phase": "primary",
            "school_type": "academy",
            "school_urn": "900001",
            # Some are registered twice and must not count twice.
            "enrol_status": draw.choice(["C", "S"], PUPILS, p=[0.95, 0.05]),
            "sen_provision": np.where(draw.random(PUPILS) < chance, "E", "N"),
            "primary_need": "ASD",
        }
    )
    areas = pd.DataFrame(
        {
            "period": "2025",
            "lsoa_code": [f"E0190000{d}" for d in range(10)],
            "ward_code": "E05900001",
            "district_code": world.WEST,
            "authority_code": world.AREA,
            "imd_rank": 1,
            "imd_decile": range(1, 11),
            "idaci_rank": 1,
            "idaci_decile": range(1, 11),
        }
    )
    return pa.Table.from_pandas(census), pa.Table.from_pandas(areas)


def by_hand(census: pa.Table) -> dict[str, tuple[int, int]]:
    """Decile -> (plans, pupils), counted row by row."""
    plans: Counter[str] = Counter()
    pupils: Counter[str] = Counter()
    for row in census.to_pylist():
        if row["enrol_status"] == "C":
            decile = str(int(row["lsoa_code"][-1]) + 1)
            pupils[decile] += 1
            plans[decile] += row["sen_provision"] == "E"
    return {decile: (plans[decile], pupils[decile]) for decile in pupils}


def engine(census: pa.Table, areas: pa.Table) -> pd.DataFrame:
    tables = derive({"school_census.census": census, "areas.lsoa": areas}, CONFIG)
    found = measure(tables, [CONFIG.indicators["pupils_ehc_plan"]], CONFIG)
    return found[found["breakdown"] == "imd_decile"].set_index("category")


def test_an_injected_gradient_is_recovered_within_its_interval() -> None:
    census, areas = raw(MOST, LEAST)
    counted, found = by_hand(census), engine(census, areas)
    assert set(counted) == set(found.index)
    for decile, (plans, pupils) in counted.items():
        row = found.loc[decile]
        assert (row["numerator"], row["denominator"]) == (plans, pupils)
        # Wilson's limits solve |p - x/n| = z √(p(1-p)/n): put them back into it.
        for limit in (row["lower_95"] / 100, row["upper_95"] / 100):
            distance = abs(limit - plans / pupils)
            assert distance == pytest.approx(1.959964 * math.sqrt(limit * (1 - limit) / pupils))
    inside = sum(
        found.loc[str(d), "lower_95"] / 100
        <= MOST + (LEAST - MOST) * (d - 1) / 9
        <= found.loc[str(d), "upper_95"] / 100
        for d in range(1, 11)
    )
    # Of ten 95 % intervals fewer than eight cover the truth once in a hundred draws; this one is
    # seeded.
    assert inside >= 8
    assert found.loc["1", "lower_95"] > found.loc["10", "upper_95"]


def test_without_the_effect_the_deciles_do_not_differ() -> None:
    found = engine(*raw(0.05, 0.05))
    assert found["lower_998"].max() < found["upper_998"].min()
