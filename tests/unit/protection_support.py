"""A small area whose code lists are short enough to write every kind of pupil out."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from jsna.measures.engine import measure
from jsna.model import schema
from jsna.model.configuration import Configuration
from jsna.model.hierarchies import Hierarchy
from jsna.model.indicators import Indicator
from tests.spec import world
from tests.unit.outsider import Flags, Outsider, kinds

#: The few codes there are of each list.
SHORT = {
    "imd_decile": ("1", "2", "9", "10"),
    "imd_quintile": ("1", "5"),
    "sen_type": ("ASD", "SLCN", "HI"),
    "need_group": ("communication", "sensory_physical"),
}
_NESTS: dict[str, tuple[str, dict[str, tuple[str, ...]]]] = {
    "imd_quintile": ("imd_decile", {"1": ("1", "2"), "5": ("9", "10")}),
    "need_group": (
        "primary_need",
        {"communication": ("ASD", "SLCN"), "sensory_physical": ("HI",)},
    ),
}
DECILES: list[object] = [*SHORT["imd_decile"], None]
PLACES: list[object] = [world.WEST, world.EAST, None]
NEEDS: list[object] = [*SHORT["sen_type"], None]
#: Which provisions each indicator counts, above and below.
SIDES = {
    "pupils": ("NKE", ""),
    "pupils_ehc_plan": ("E", "NKE"),
    "pupils_sen_support": ("K", "NKE"),
    "pupils_sen": ("KE", "NKE"),
    "sen_primary_need": ("KE", "KE"),
    "pupils_sen_rate_by_need": ("KE", "NKE"),
}
OVER = {"sen_primary_need", "pupils_sen_rate_by_need"}
KEY = ["indicator", "area_code", "period", "period_type", "breakdown", "category"]


def possible(frame: pd.DataFrame) -> pd.Series[bool]:
    """Need is of pupils with SEN; locality and decile are both known, or neither is."""
    need = frame["sen_provision"].ne("N") | frame["primary_need"].isna()
    return need & (frame["locality"].isna() == frame["imd_decile"].isna())


KINDS = kinds(
    {
        "sen_provision": ["N", "K", "E"],
        "primary_need": NEEDS,
        "sex": ["F", "M"],
        "locality": PLACES,
        "imd_decile": DECILES,
    },
    possible,
)


def _trimmed(indicator: Indicator) -> Indicator:
    """Without year groups, which only make the lists longer, and without charts."""
    made = indicator.model_dump()
    made["breakdowns"] = [b for b in made["breakdowns"] if "year_group" not in b]
    made["fallbacks"] = [
        fallback
        for fallback in made["fallbacks"]
        if not {"year_group", "locality"} & set(fallback["breakdown"])
    ]
    return Indicator.model_validate({**made, "charts": []})


def configuration(**profiles: str) -> Configuration:
    """The example area with short lists."""
    every = world.configuration(profiles=profiles)
    lists = {name: {c: every.codelists[name][c] for c in codes} for name, codes in SHORT.items()}
    hierarchies = {
        name: Hierarchy(of, {code: frozenset(finer) for code, finer in codes.items()})
        for name, (of, codes) in _NESTS.items()
    }
    indicators = {name: _trimmed(every.indicators[name]) for name in SIDES}
    return replace(
        every,
        codelists={**every.codelists, **lists},
        hierarchies=hierarchies,
        indicators=indicators,
    )


def pupils(number: int, seed: int, nowhere: float = 0.0, period: str = "2025") -> pd.DataFrame:
    """Records drawn at random; a share of them of no known place."""
    draw = np.random.default_rng(seed)
    provision = draw.choice(["N", "K", "E"], number, p=[0.6, 0.28, 0.12])
    needs = np.array([*SHORT["sen_type"], None], dtype=object)
    need = draw.choice(needs, number, p=[0.4, 0.35, 0.15, 0.1])
    frame = pd.DataFrame(
        {
            "period": period,
            "sen_provision": provision,
            "primary_need": pd.Series(need).where(provision != "N", None),
            "sex": draw.choice(["F", "M"], number),
            "locality_code": draw.choice([world.WEST, world.EAST], number, p=[0.8, 0.2]),
            "imd_decile": draw.choice(["1", "2", "9"], number, p=[0.6, 0.3, 0.1]),
        },
        dtype=object,
    )
    frame.loc[draw.random(number) < nowhere, ["locality_code", "imd_decile"]] = None
    return world.filled("pupil", frame)


def caseload(
    cells: Mapping[str, int] | Mapping[tuple[str, str], int],
    config: Configuration,
    names: Sequence[str] = ("plans", "plan_primary_need"),
) -> pd.DataFrame:
    """Measures of the plans of January 2025 from counts by need, or by locality and need."""
    rows = [
        {"period": "2025", "locality_code": place, "primary_need": need, "resident": True}
        for at, number in cells.items()
        for place, need in [(None, at) if isinstance(at, str) else at]
        for _ in range(number)
    ]
    table = {"plan": world.filled("plan", pd.DataFrame(rows, dtype=object))}
    return measure(table, [config.indicators[name] for name in names], config)


def measured(rows: pd.DataFrame, config: Configuration) -> pd.DataFrame:
    """Measures of the records by all indicators."""
    return measure({"pupil": rows}, config.indicators.values(), config)


def sides(row: Mapping[Hashable, Any]) -> tuple[Flags, Flags | None]:
    """The kinds of pupil the numerator of a row counts, and those its denominator does."""
    above, below = SIDES[row["indicator"]]
    flags = KINDS["sen_provision"].isin(list(above)).to_numpy(dtype=np.bool_)
    base = KINDS["sen_provision"].isin(list(below)).to_numpy(dtype=np.bool_)
    for dimension, code in schema.dimensions(row["breakdown"], row["category"]).items():
        column, nested = _NESTS.get(dimension, (dimension, {}))
        codes = nested.get(code, (code,))
        counted = KINDS[column].isin(codes).to_numpy(dtype=np.bool_)
        flags = flags & counted
        if not (column == "primary_need" and row["indicator"] in OVER):
            base = base & counted
    if row["area_code"] != world.AREA:
        counted = KINDS["locality"].eq(row["area_code"]).to_numpy(dtype=np.bool_)
        flags, base = flags & counted, base & counted
    return flags, base if below else None


def attack(
    measures: pd.DataFrame, safe: pd.DataFrame, threshold: int = 5, least: int = 0
) -> tuple[int, list[str]]:
    """Every hidden small count attacked: how many there are, and those too much is known of.

    Args:
        measures: the truth.
        safe: what is printed.
        threshold: counts from 1 to one less are small.
        least: the least a hidden count can be, as everyone knows.
    """
    outsider = Outsider(len(KINDS))
    wanted: dict[bytes, tuple[Flags, str]] = {}
    both = safe.merge(measures, on=KEY, suffixes=("", "_true"), validate="one_to_one")
    for row in both.to_dict("records"):
        above, below = sides(row)
        what = " ".join(str(row[name]) for name in KEY)
        for name, flags in (("numerator", above), ("denominator", below)):
            true = row[f"{name}_true"]
            if flags is None or np.isnan(true):
                continue
            if not np.isnan(row[name]):
                outsider.tell(flags, row[name], row[name])
            if 0 < true < threshold:
                wanted[flags.tobytes()] = flags, what
        if below is not None and 0 < row["denominator_true"] - row["numerator_true"] < threshold:
            rest = below & ~above
            wanted[rest.tobytes()] = rest, f"those not counted in {what}"
    failed = []
    for flags, what in wanted.values():
        low, high = outsider.interval(flags)
        if low > least + 1e-6 or high < threshold - 1 - 1e-6:
            failed.append(f"{what}: between {low:g} and {high:g}")
    return len(wanted), failed


def only(config: Configuration, names: Sequence[str]) -> Configuration:
    """With these indicators alone."""
    return replace(config, indicators={name: config.indicators[name] for name in names})
