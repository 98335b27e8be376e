"""A reader with a calculator: can a hidden count be subtracted out of what is shown?

The attack knows every published number and what adds up to what, across indicators. It is written
here from the definitions and not from the code under test.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from jsna.disclosure.protect import protect
from jsna.measures.engine import measure
from tests.spec import world

CONFIG = world.configuration()
NAMES = (
    "pupils",
    "pupils_ehc_plan",
    "pupils_sen_support",
    "pupils_sen",
    "sen_primary_need",
    "pupils_sen_rate_by_need",
)
DIMENSIONS = ("imd_decile", "locality", "primary_need", "sex", "year_group")
#: Which pupils each indicator counts, as sets of provisions.
ABOVE = {
    "pupils": "NKE",
    "pupils_ehc_plan": "E",
    "pupils_sen_support": "K",
    "pupils_sen": "KE",
    "sen_primary_need": "KE",
    "pupils_sen_rate_by_need": "KE",
}
BELOW = dict.fromkeys(NAMES, "NKE") | {"sen_primary_need": "KE"}
OVER = {"sen_primary_need": {"primary_need"}, "pupils_sen_rate_by_need": {"primary_need"}}

Cell = tuple[str, tuple[tuple[str, str], ...]]


def pupils(number: int, seed: int) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    provision = draw.choice(["N", "K", "E"], number, p=[0.6, 0.28, 0.12])
    need = draw.choice(["ASD", "SLCN", "SEMH", "MLD", "HI"], number, p=[0.3, 0.3, 0.25, 0.1, 0.05])
    frame = pd.DataFrame(
        {
            "period": "2025",
            "sen_provision": provision,
            "primary_need": np.where(provision == "N", None, need),
            "sex": draw.choice(["F", "M"], number),
            "locality_code": draw.choice([world.WEST, world.EAST], number, p=[0.8, 0.2]),
            "imd_decile": draw.choice(["1", "2", "9"], number, p=[0.6, 0.3, 0.1]),
            "year_group": draw.choice(["4", "5", "6"], number),
        }
    )
    return world.filled("pupil", frame)


def cells(measures: pd.DataFrame) -> dict[tuple[Cell, str], float]:
    """Every count printed: cell of pupils -> count, NaN where hidden."""
    found: dict[tuple[Cell, str], float] = {}
    for row in measures.to_dict("records"):
        pairs = []
        if row["breakdown"] != "total":
            names, values = row["breakdown"].split("|"), row["category"].split("|")
            pairs = list(zip(names, values, strict=True))
        if row["area_code"] != world.AREA:
            pairs.append(("locality", row["area_code"]))
        name = row["indicator"]
        found[(ABOVE[name], tuple(sorted(pairs))), f"{name} above"] = row["numerator"]
        if name != "pupils":
            rest = tuple(sorted(p for p in pairs if p[0] not in OVER.get(name, set())))
            found[(BELOW[name], rest), f"{name} below"] = row["denominator"]
    return found


def solve(shown: dict[Cell, float], every: set[Cell]) -> dict[Cell, float]:
    """Fill in hidden cells one equation at a time until nothing more follows."""
    known = dict(shown)
    lines: list[tuple[Cell, list[Cell]]] = []
    for who, split in every:
        for dimension in {d for d, _ in split}:
            rest = tuple(p for p in split if p[0] != dimension)
            parts = [
                (w, s)
                for w, s in every
                if w == who
                and tuple(p for p in s if p[0] != dimension) == rest
                and len(s) == len(split)
                and dimension in {d for d, _ in s}
            ]
            # A total is only the sum of its parts where they are all the parts there are.
            if (who, rest) in every and not (dimension == "primary_need" and "N" in who):
                lines.append(((who, rest), parts))
    splits = {s for _, s in every}
    for split in splits:
        if {("KE", split), ("K", split), ("E", split)} <= every:
            lines.append((("KE", split), [("K", split), ("E", split)]))
    moved = True
    while moved:
        moved = False
        for total, parts in lines:
            unknown = [c for c in (total, *parts) if c not in known]
            if len(unknown) == 1:
                moved = True
                value = sum(known[p] for p in parts if p in known)
                known[unknown[0]] = value if unknown[0] == total else known[total] - value
    return known


@pytest.mark.parametrize(("number", "seed"), list(itertools.product((120, 400), range(4))))
def test_no_small_count_can_be_subtracted_out(number: int, seed: int) -> None:
    indicators = [CONFIG.indicators[name] for name in NAMES]
    measures = measure({"pupil": pupils(number, seed)}, indicators, CONFIG)
    safe, _ = protect(measures, CONFIG)
    truth = {cell: value for (cell, _), value in cells(measures).items()}
    printed = {cell: v for (cell, _), v in cells(safe).items() if not np.isnan(v)}
    # The attack is worth something: with one cell blanked by hand it finds it.
    blanked = next(cell for cell in sorted(truth) if cell[0] == "E" and len(cell[1]) == 1)
    assert (
        solve({c: v for c, v in truth.items() if c != blanked}, set(truth))[blanked]
        == (truth[blanked])
    )
    found = solve(printed, set(truth))
    for cell, value in found.items():
        assert value == truth[cell]
        assert not 0 < value < 5, f"{cell} is {value:.0f} and can be worked out"
    assert len(printed) < len(truth)
