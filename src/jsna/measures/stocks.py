"""How many there are, told by who joined and who left: a change in a stock and its flows.

What joined less what left ought to be the change since a year before. What is left over has come or
gone without being counted as either, and is told beside them: the parts add up to the change.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from jsna.measures.ingredients import AT, EMPTY, NO_VALUE, broken, notes, of, rounded, sources, told
from jsna.model import schema
from jsna.model.configuration import Configuration
from jsna.model.fallbacks import GroupingSet, recodings
from jsna.model.hierarchies import later
from jsna.model.indicators import Indicator

#: What the same figure of all four is found by, and what is taken of each.
_WHERE: Final = [*AT, "breakdown", "category"]
_TAKEN: Final = ["value", "told", "source", "segment", "profile"]
#: What is added to the names of what is taken: of the stock now, a year before, and of its flows.
_ENDS: Final = ("", "_before", "_joined", "_left")
#: The change itself, and its parts by their codes.
_PARTS: Final = ("", "joined", "left", "other")


def rows(indicator: Indicator, safe: pd.DataFrame, config: Configuration) -> Iterator[pd.DataFrame]:
    """The rows of an indicator that tells a stock by its flows, by grouping set."""
    assert indicator.derived is not None
    base = config.indicators[indicator.derived.of]
    stock, joined, left = (
        told(safe.loc[safe["indicator"].eq(name)]) for name in indicator.derived.every
    )
    done: set[GroupingSet] = set()
    for breakdown in indicator.breakdowns:
        own = tuple(name for name in breakdown if name != indicator.kind.parts)
        for grouping, _ in recodings(base, own, config):
            if grouping.years > 1 or grouping in done:
                continue
            done.add(grouping)
            four = [of(grouping, one, config) for one in (stock, stock, joined, left)]
            four[1]["period"] = [later(period, 1) for period in four[1]["period"]]
            for flow in four[2:]:
                # The year that ends where the stock is counted again.
                flow["period"] = [str(int(period[:4]) + 1) for period in flow["period"]]
                flow["period_type"] = base.period_type
            yield from _told(indicator, four, config)


def _told(
    indicator: Indicator, four: list[pd.DataFrame], config: Configuration
) -> Iterator[pd.DataFrame]:
    """Rows of the change and of each part, where all four have one."""
    out = four[0][[*_WHERE, *_TAKEN, "edition", "population_base"]]
    for end, other in zip(_ENDS[1:], four[1:], strict=True):
        taken = other[[*_WHERE, *_TAKEN]].rename(columns={c: f"{c}{end}" for c in _TAKEN})
        out = out.merge(taken, on=_WHERE)
    status, reason = pd.Series("", out.index), pd.Series("", out.index)
    for lacking, why in NO_VALUE:
        some = np.any([out[f"told{end}"].eq(lacking) for end in _ENDS], axis=0)
        status, reason = status.mask(some, lacking), reason.mask(some, why)
    # Stocks counted in two ways are not compared.
    apart = broken(status, out["segment"], out["segment_before"])
    status, reason = status.mask(apart, "z"), reason.mask(apart, EMPTY)
    near = np.any(
        [rounded(out[[f"profile{e}"]].set_axis(["profile"], axis=1), config) for e in _ENDS], axis=0
    )
    source = sources(*(out[f"source{end}"] for end in _ENDS))
    change = out["value"] - out["value_before"]
    values = change, out["value_joined"], -out["value_left"]
    for part, value in zip(_PARTS, (*values, change - values[1] - values[2]), strict=True):
        yield out[[*_WHERE, "edition", "population_base", "profile", "segment"]].assign(
            **_named(out, indicator.kind.parts, part),
            indicator=indicator.id, unit=indicator.unit, method=indicator.method,
            value=value.where(status.eq("")), status=status, reason=reason, source=source,
            note=notes([""] * len(out), near & status.eq("")),
        )  # fmt: skip


def _named(rows: pd.DataFrame, dimension: str, part: str) -> dict[str, list[str]]:
    """Breakdown and category of rows with the part among them."""
    added = {dimension: part} if part else {}
    pairs = zip(rows["breakdown"], rows["category"], strict=True)
    named = [schema.canonical({**schema.dimensions(b, c), **added}) for b, c in pairs]
    return {"breakdown": [b for b, _ in named], "category": [c for _, c in named]}
