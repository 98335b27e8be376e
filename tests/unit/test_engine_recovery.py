"""What the generator puts in, the engine's intervals contain; taken out, it is gone.

The raw rows are counted here with plain pandas on the modules as exported, with neither the
analysis tables nor the engine, and the two must agree to the last child.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pyarrow as pa
import pytest

from jsna.generator.found import parameters
from jsna.measures.derive import derive
from jsna.measures.engine import measure
from jsna.measures.methods import ratio_of_rates
from jsna.model.schema import dimensions
from tests.unit.synthetic_support import ONE_WORKER, county, frames, middling, module

pytestmark = [pytest.mark.full, ONE_WORKER]

CONFIG = county()
HOME = CONFIG.area.code
NAMES = ("plan_primary_need", "population_0_25", "plans")
BOYS_TO_GIRLS = "need.boys_to_girls"


def linked(world: Mapping[str, pd.DataFrame]) -> dict[str, pa.Table]:
    """The tables these indicators need, keyed by the export's own row numbers."""
    sen2 = {
        name: module(world, name)
        for name in (
            *("person", "requests", "assessment", "namedplan", "activeplans"),
            *("placementdetail", "senneed"),
        )
    }
    people = sen2["person"].assign(person_key=sen2["person"]["person_table_id"], age=9)
    person = people[["person_key", "person_table_id", "sex", "ethnicity", "age", "lsoa_code"]]
    known = person[["person_key", "person_table_id", "age", "lsoa_code"]]
    requests = sen2["requests"].merge(known, on="person_table_id").assign(age_at_received_date=9)
    by_request = requests[["requests_table_id", "person_key", "age", "lsoa_code"]]
    assessments = sen2["assessment"].merge(by_request, on="requests_table_id")
    by_assessment = assessments[["assessment_table_id", "person_key", "age", "lsoa_code"]]
    tables = {
        "sen2.person": person,
        "sen2.requests": requests,
        "sen2.assessment": assessments,
        "sen2.namedplan": sen2["namedplan"]
        .merge(by_assessment, on="assessment_table_id")
        .assign(age_at_start_date=9, age_at_cease_date=9),
        "sen2.activeplans": sen2["activeplans"].merge(by_request, on="requests_table_id"),
        "sen2.placementdetail": sen2["placementdetail"],
        "sen2.senneed": sen2["senneed"],
        "schools.school": world["schools.school/2025"],
        "areas.lsoa": world["areas.lsoa/2025"],
    }
    tables = {name: rows.assign(period="2025") for name, rows in tables.items()}
    tables["population.syoa"] = world["population.syoa/2024"].assign(period="2024")
    return {name: pa.Table.from_pandas(t, preserve_index=False) for name, t in tables.items()}


def engine(world: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    tables = derive(linked(world), CONFIG)
    found = measure(tables, [CONFIG.indicators[name] for name in NAMES], CONFIG)
    return found[found["area_code"] == HOME]


def by_hand(world: Mapping[str, pd.DataFrame]) -> pd.Series:
    """Plans in force by (primary need, sex), counted in the exported modules."""
    rows = (
        module(world, "activeplans")
        .merge(module(world, "senneed").query("sen_type_rank == 1"), on="activeplans_table_id")
        .merge(module(world, "requests"), on="requests_table_id")
        .merge(module(world, "person"), on="person_table_id")
    )
    return rows.groupby(["sen_type", "sex"]).size()


def boys_to_girls(found: pd.DataFrame, need: str) -> tuple[float, float]:
    """99.8 % limits of the ratio of rates of plans, boys to girls, from the engine's counts."""
    counts = found[found["breakdown"] == "primary_need|sex"]
    plans = {
        dimensions("primary_need|sex", category)["sex"]: number
        for category, number in zip(counts["category"], counts["numerator"], strict=True)
        if category.startswith(f"{need}|")
    }
    people = found[(found["indicator"] == "population_0_25") & (found["breakdown"] == "sex")]
    residents = people.set_index("category")["numerator"]
    interval = ratio_of_rates(
        [plans["M"]], [residents["M"]], [plans["F"]], [residents["F"]], confidence=0.998
    )
    return float(interval.lower[0]), float(interval.upper[0])


#: Needs frequent enough at this size for the interval to exclude 1.
NEEDS = ("ASD", "SLCN", "SEMH")


def test_counts_are_those_of_the_raw_rows() -> None:
    world = middling()
    counted, found = by_hand(world), engine(world)
    counts = found[found["breakdown"] == "primary_need|sex"].set_index("category")["numerator"]
    for (need, sex), number in counted.items():
        assert counts[f"{need}|{sex}"] == number
    assert counts.sum() == counted.sum()


@pytest.mark.parametrize("need", NEEDS)
def test_the_injected_ratio_lies_in_the_interval(need: str) -> None:
    lower, upper = boys_to_girls(engine(middling()), need)
    assert lower < parameters().values(BOYS_TO_GIRLS)[need] < upper
    assert lower > 1


def test_taken_out_of_the_generator_it_is_gone() -> None:
    world = frames(CONFIG, parameters().without(BOYS_TO_GIRLS))
    found = engine(world)
    for need in NEEDS:
        lower, upper = boys_to_girls(found, need)
        assert lower < 1 < upper
