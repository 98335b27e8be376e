"""CPU seconds of derive, measure and protect at county scale, on made-up linked rows.

Before them 100,000 proportions with their limits: the median of fifteen times.

Run `python benchmarks/bench_measure.py [pupils]`; 180,000 pupils by three censuses by default.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.spec import world

from jsna.disclosure.protect import protect
from jsna.measures.derive import derive
from jsna.measures.engine import measure
from jsna.measures.methods.proportions import proportion_wilson

T = TypeVar("T")
NEEDS = np.array(
    ["ASD", "SLCN", "SEMH", "MLD", "SPLD", "SLD", "PMLD", "PD", "HI", "VI", "MSI", "DS", "OTH"]
)
YEARS = np.array(["R", *map(str, range(1, 12))])
#: How many proportions are worked out at once, and most CPU seconds of it.
PROPORTIONS, AIM_PROPORTIONS = 100_000, 0.007


def linked(pupils: int) -> dict[str, pa.Table]:
    """Linked rows of a county of that many pupils: three censuses, two years of exclusions."""
    draw = np.random.default_rng(20250116)
    lsoas = 760
    codes = np.array([f"E019{i:05d}" for i in range(lsoas)])
    areas = pd.DataFrame(
        {
            "period": "2025",
            "lsoa_code": codes,
            "ward_code": "E05900001",
            "district_code": np.where(np.arange(lsoas) % 2, world.WEST, world.EAST),
            "authority_code": world.AREA,
            "imd_rank": np.arange(lsoas) * 44 + 1,
            "imd_decile": np.arange(lsoas) * 10 // lsoas + 1,
            "idaci_rank": np.arange(lsoas) * 44 + 1,
            "idaci_decile": np.arange(lsoas) * 10 // lsoas + 1,
        }
    )
    keys = np.array([f"{i:064x}" for i in draw.integers(0, 2**62, pupils)])
    homes = draw.choice(codes, pupils)
    sex = draw.choice(["F", "M"], pupils)
    need = draw.choice(NEEDS, pupils)
    census = pd.concat(
        pd.DataFrame(
            {
                "period": year,
                "person_key": keys,
                "age": draw.integers(4, 16, pupils),
                "lsoa_code": homes,
                "sex": sex,
                "ethnicity": "WBRI",
                "fsm": draw.choice(["N", "Y"], pupils),
                "school_urn": draw.integers(900_001, 900_600, pupils).astype(str),
                "phase": "primary",
                "school_type": "maintained",
                "enrol_status": draw.choice(["C", "M", "S"], pupils, p=[0.97, 0.02, 0.01]),
                "year_group": draw.choice(YEARS, pupils),
                "sen_provision": draw.choice(["N", "K", "E"], pupils, p=[0.81, 0.135, 0.055]),
                "primary_need": need,
            }
        )
        for year in ("2023", "2024", "2025")
    )
    number = pupils // 10
    events = pd.concat(
        pd.DataFrame(
            {
                "period": year,
                "person_key": draw.choice(keys, number),
                "sex": "M",
                "school_urn": "900001",
                "category": draw.choice(["SUSP", "PERM"], number, p=[0.98, 0.02]),
                "reason_1": draw.choice(["PP", "PA", "DB"], number),
                "reason_2": draw.choice(["VA", "VP"], number),
                "reason_3": None,
                "start_date": pd.Timestamp("2024-01-10"),
                "sessions": draw.integers(1, 20, number),
            }
        )
        for year in ("2022/23", "2023/24", "2024/25")
    )
    ages = np.arange(91)
    people = pd.DataFrame(
        {
            "period": "2024",
            "lsoa_code": np.repeat(codes, 182),
            "year": 2024,
            "sex": np.tile(np.repeat(["F", "M"], 91), lsoas),
            "age": np.tile(ages, lsoas * 2),
            "people": draw.integers(0, 30, lsoas * 182),
        }
    )
    measured = pd.DataFrame(
        {
            "period": "2023/24",
            "person_key": keys[: pupils // 7],
            "lsoa_code": homes[: pupils // 7],
            "sex": sex[: pupils // 7],
            "link": "number",
            "school_year": draw.choice(["R", "6"], pupils // 7),
            "weight_category": draw.choice(["healthy", "overweight", "obese"], pupils // 7),
        }
    )
    frames = {
        "areas.lsoa": areas,
        "school_census.census": census,
        "exclusions.exclusions": events,
        "population.syoa": people,
        "ncmp.measurements": measured,
    }
    return {
        name: pa.Table.from_pandas(frame, preserve_index=False) for name, frame in frames.items()
    }


def timed(name: str, work: Callable[[], T]) -> T:
    start = time.process_time()
    result = work()
    print(f"{name:10s} {time.process_time() - start:6.2f} s CPU", flush=True)
    return result


def proportions() -> None:
    """Work out many proportions, again and again, and tell the median."""
    draw = np.random.default_rng(1)
    total = draw.integers(1, 5_000, PROPORTIONS)
    some = (total * draw.random(PROPORTIONS)).astype(np.int64)
    seconds = []
    for _ in range(15):
        start = time.process_time()
        proportion_wilson(some, total, multiplier=100)
        seconds.append(time.process_time() - start)
    median = float(np.median(seconds))
    told = "met" if median <= AIM_PROPORTIONS else "not met"
    print(f"{PROPORTIONS:,} proportions {median:.4f} s CPU (aim: {AIM_PROPORTIONS}; {told})")


def main() -> None:
    proportions()
    pupils = int(sys.argv[1]) if len(sys.argv) > 1 else 180_000
    config = world.configuration(profiles={"ncmp": "health"})
    rows = linked(pupils)
    tables = timed("derive", lambda: derive(rows, config))
    measures = timed("measure", lambda: measure(tables, config.indicators.values(), config))
    safe = timed("protect", lambda: protect(measures, config)).safe
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    hidden = (safe["status"] == "c").mean()
    print(f"{len(measures):,} measures, {hidden:.0%} hidden, peak memory {peak:,.0f} MiB")


if __name__ == "__main__":
    main()
