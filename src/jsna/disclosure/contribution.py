"""Rules on a row by itself: who stands behind it, and whether it may be shown at all.

A mean, a standardised rate or a slope of few children says much about each of them whatever its
denominator; a sum of money can be nearly all one child's; the least and the greatest of anything
are one child's own; and some counts are never shown for places smaller than the authority. None of
this depends on what else is published, so it is settled before the solver, which then protects
what is hidden here like any other cell.

Sources: the p % rule, Hundepool A and others, Statistical Disclosure Control, Wiley 2012, chapter
4; the rule of thumb of ten contributors, Griffiths E and others, Handbook on Statistical Disclosure
Control for Outputs, Safe Data Access Professionals 2019.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, Literal

import numpy as np
import pandas as pd

from jsna.disclosure.system import Flags, Floats
from jsna.measures.contributions import amount
from jsna.model import schema
from jsna.model.configuration import Configuration

Own = Literal[
    "", "below_authority", "extreme", "contributors_unknown", "minimum_contributors", "dominance"
]

#: Methods whose denominator is the number of children behind the value.
_MEANS: Final = frozenset({"mean_t"})
#: Methods whose numerator is the number of events behind the value.
_RATES: Final = frozenset({"dsr_dobson", "isr_byar", "sii_linear", "rii_linear", "ratio_log"})
#: The denominator of an indirectly standardised ratio is what was expected, and no child's.
_EXPECTED: Final = "isr_byar"
#: Methods and kinds that give one child's own value.
_EXTREMES: Final = frozenset({"minimum", "maximum"})
#: Pounds that are a matter of floating point alone.
_NOISE: Final = 1e-9
#: What the rules ask of the contributors to a sum: how many, their parts together, the two largest.
_ASKED: Final = ("contributors", "total", "largest", "second")
#: Geographies that are no part of the authority.
_WHOLE: Final = frozenset({"national", "region", "authority", "neighbours"})


def refused(
    rows: pd.DataFrame, config: Configuration, contributions: pd.DataFrame | None = None
) -> list[Own]:
    """The rule that hides each row on its own, or "" where none does.

    `below_authority`: a sensitive count of a place smaller than the authority, whoever counted it.
    `extreme`: a least or greatest value. `minimum_contributors`: fewer children than the profile
    asks behind a mean, median, percentile, standardised rate, slope or sum of money; nobody at all
    is no secret. `dominance`: a sum of money of which one part could be worked out by the p % rule.
    `contributors_unknown`: a row to which one of the two applies, and nothing says who is behind
    it.

    Args:
        rows: measures in the schema.
        config: profiles and declarations.
        contributions: who is behind sums of money, see `measures.contributions`.

    Raises:
        KeyError: a row names no profile there is.
    """
    rules: list[tuple[Own, Flags]] = [
        ("below_authority", _below_authority(rows, config)),
        ("extreme", _among(rows["method"], _EXTREMES)),
        *_by_contributors(rows, config, contributions),
    ]
    result: list[Own] = [""] * len(rows)
    for name, flags in reversed(rules):
        for place in np.flatnonzero(flags):
            result[place] = name
    return result


def _by_contributors(
    rows: pd.DataFrame, config: Configuration, behind: pd.DataFrame | None
) -> list[tuple[Own, Flags]]:
    """Rules on who is behind a row: too few, nobody knows who, or nearly all of it one child's."""
    profiles = {name: config.profile(name) for name in rows["profile"].unique()}
    minimum = _mapped(rows["profile"], {n: p.minimum_contributors for n, p in profiles.items()})
    share = _mapped(rows["profile"], {n: p.dominance / 100 for n, p in profiles.items()})
    asked = (minimum > 0) | (share > 0)
    declared = [config.indicators[n] for n in rows["indicator"].unique() if n in config.indicators]
    rate = _among(rows["method"], _RATES)
    means = _among(rows["indicator"], {i.id for i in declared if i.kind.amounts})
    # What areas come to together, or a figure as it was published, is no mean of children here.
    others = rate | _among(rows["method"], {"median_of_areas", "pooled_areas", "published"})
    mean = _among(rows["method"], _MEANS) | (means & ~others)
    money = asked & _among(rows["indicator"], {i.id for i in declared if amount(i) is not None})
    top = rows["numerator"].to_numpy(dtype=np.float64)
    bottom = rows["denominator"].to_numpy(dtype=np.float64)
    found = _joined(rows, behind)
    events = np.where(_among(rows["method"], {_EXPECTED}), top, np.fmin(top, bottom))
    own = _among(rows["method"], schema.OF_VALUES)
    people = np.where(money, found["contributors"], np.where(mean, bottom, events))
    people = np.where(own, top, people)
    short = shortfall(share, found["total"], found["largest"], found["second"])
    shows = ~_among(rows["status"], {"c", "x", "z"})
    judged, some = asked & (rate | mean | money | own), people > 0
    return [
        ("contributors_unknown", judged & np.isnan(people) & shows),
        ("minimum_contributors", judged & some & (people < minimum)),
        ("dominance", money & some & (short > _NOISE)),
    ]


def shortfall(share: Floats, total: Floats, largest: Floats, second: Floats) -> Floats:
    """By how much what is left of a sum beside its two largest parts falls short of p % of one.

    What remains is all that keeps the second from working the largest out. Above 0 the p % rule
    forbids the sum.

    Args:
        share: p of the rule over 100.
        total: the sum.
        largest, second: its two largest parts.
    """
    return np.asarray(share * largest - (total - largest - second))


def _mapped(names: pd.Series[str], values: Mapping[str, float]) -> Floats:
    return np.asarray(names.map(values).to_numpy(dtype=np.float64))


def _among(names: pd.Series[str], wanted: Collection[str]) -> Flags:
    return np.asarray(names.isin(list(wanted)).to_numpy(dtype=np.bool_))


def _joined(rows: pd.DataFrame, behind: pd.DataFrame | None) -> dict[str, Floats]:
    """What is asked of the contributors to each row's numerator; NaN where nobody knows them.

    Amounts below zero count by their size. A sum of nothing without contributors has none.
    """
    if behind is None:
        return {column: np.full(len(rows), np.nan) for column in _ASKED}
    parts = behind.assign(amount=behind["amount"].abs()).sort_values("amount", ascending=False)
    of_cell = parts.groupby("cell", sort=False)["amount"]
    told = pd.DataFrame(
        {
            "contributors": of_cell.size().astype("float64"),
            "total": of_cell.sum(),
            "largest": of_cell.nth(0).set_axis(parts.loc[of_cell.nth(0).index, "cell"]),
            "second": of_cell.nth(1).set_axis(parts.loc[of_cell.nth(1).index, "cell"]),
        }
    )
    mine = told.reindex(rows[schema.NUMERATOR_CELL])
    mine["second"] = mine["second"].fillna(0.0).where(mine["contributors"].notna())
    nobody = mine["contributors"].isna().to_numpy() & rows["numerator"].eq(0).to_numpy()
    mine.loc[nobody] = 0.0
    return {column: mine[column].to_numpy(dtype=np.float64) for column in _ASKED}


def _below_authority(rows: pd.DataFrame, config: Configuration) -> Flags:
    """Rows of sensitive indicators for places smaller than the authority."""
    sensitive = [name for name, one in config.indicators.items() if one.sensitivity]
    return _among(rows["indicator"], sensitive) & ~_among(rows["geography"], _WHOLE)
