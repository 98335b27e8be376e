"""What is worked out from published rows of other indicators, after protection.

A pure function of what is shown: a figure that is hidden, rounded or not published makes what is
worked out from it hidden, rounded or not available. Nobody therefore learns more from these rows
than from those beside them; `prove` works them out once more and holds the published ones to it.
How is a matter of the method: each category beside another (`pairs`), a line along the categories
of a dimension (`slopes`),
what a change since an earlier period comes of (`changes`), one source beside another
(`reconciled`), a stock by who joined and left (`stocks`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, TypeAlias

import numpy as np
import pandas as pd

from jsna.errors import JsnaError, Problem
from jsna.measures import changes, pairs, reconciled, slopes, stocks
from jsna.measures.ingredients import ways
from jsna.model import schema
from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator

#: Makes rows of an indicator from the published rows of all.
Working: TypeAlias = Callable[[Indicator, pd.DataFrame, Configuration], Iterator[pd.DataFrame]]

#: Method -> how rows by it are worked out.
_WORKINGS: Final[Mapping[str, Working]] = {
    "ratio_katz": pairs.rows,
    "ratio_rates": pairs.rows,
    "standardised_difference": pairs.rows,
    "sii_linear": slopes.rows,
    "rii_linear": slopes.rows,
    "kitagawa": changes.rows,
    "two_sources": reconciled.rows,
    "stock_flows": stocks.rows,
}


def complete(safe: pd.DataFrame, config: Configuration) -> pd.DataFrame:
    """Protected measures together with what is worked out from them, in the schema."""
    made = derive(safe, config)
    if not len(made):
        return safe
    whole = pd.concat([counted(safe, config), made], ignore_index=True)
    return schema.check(schema.conform(whole), "safe measures")


def counted(safe: pd.DataFrame, config: Configuration) -> pd.DataFrame:
    """Published rows less those worked out from others: all there is to protect and attack."""
    names = [i.id for i in config.indicators.values() if i.derived]
    return safe.loc[~safe["indicator"].isin(names)].reset_index(drop=True)


def verify(safe: pd.DataFrame, config: Configuration) -> int:
    """Work out again what is published as worked out; returns how many rows that are.

    Raises:
        JsnaError: naming every row that is not what the rows beside it give.
    """
    names = [i.id for i in config.indicators.values() if i.derived]
    given = schema.conform(safe.loc[safe["indicator"].isin(names)])
    expected = derive(counted(safe, config), config)
    key = list(schema.KEY)
    both = given.merge(expected, on=key, how="outer", suffixes=("", "_again"), indicator=True)
    same = both["_merge"].eq("both").to_numpy(dtype=bool, copy=True)
    for name in (*schema.NUMBERS, *schema.TEXT):
        one, other = both[name], both[f"{name}_again"]
        if name in schema.NUMBERS:
            same = same & np.isclose(one, other, rtol=1e-9, atol=1e-12, equal_nan=True)
        else:
            same = same & one.eq(other).to_numpy(dtype=bool)
    if not same.all():
        rule = "is not what the published figures it is worked out from give"
        raise JsnaError(
            [
                Problem("safe measures", rule, value="; ".join(map(str, one)), code="prove.derived")
                for one in both.loc[~same, key].itertuples(index=False)
            ],
            title="What is to be published is not what was measured:",
        )
    return len(given)


def derive(safe: pd.DataFrame, config: Configuration) -> pd.DataFrame:
    """Every row that can be worked out from protected measures.

    Args:
        safe: protected measures; rows of derived indicators among them are not looked at.
        config: declarations, profiles and the area.

    Returns:
        Measures of the derived indicators, without numerator and denominator. A row stands
        wherever its ingredients stand: status c where one is hidden, x where one is not
        available, z where there is nobody to compare, or what counts differently. What is counted
        here in a way of its own gives rows of that way, the official figures beside it others.
        Where ingredients have values but no counts, as in some official figures, there is no row.

    Raises:
        JsnaError: a category to compare with that the rows do not have.
    """
    own, *published = ways(safe)
    found = _together(
        frame for indicator in _derived(config) for frame in _worked(indicator, own, config)
    )
    for rows in published:
        again = _together(_published(own, rows, config))
        key = list(schema.KEY)
        # Of the areas compared with there is one way of counting, and one row.
        known = pd.MultiIndex.from_frame(again[key]).isin(pd.MultiIndex.from_frame(found[key]))
        found = _together(part for part in (found, again.loc[~known]) if len(part))
    return found


def _together(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    made = list(frames)
    return schema.conform(pd.concat(made, ignore_index=True)) if made else schema.empty()


def _published(
    own: pd.DataFrame, rows: pd.DataFrame, config: Configuration
) -> Iterator[pd.DataFrame]:
    """What is worked out from official figures that stand beside local ones."""
    of = {*own.loc[own["segment"].eq(schema.LOCAL), "indicator"]}
    for indicator in _derived(config):
        if of & {*indicator.refers_to}:
            yield from _worked(indicator, rows, config, expected=False)


def _derived(config: Configuration) -> list[Indicator]:
    """The indicators worked out from others, of those whose others are there."""
    known = config.indicators
    return [i for i in known.values() if i.derived is not None and known.keys() >= {*i.refers_to}]


def _worked(
    indicator: Indicator, rows: pd.DataFrame, config: Configuration, *, expected: bool = True
) -> Iterator[pd.DataFrame]:
    """Its rows; where not all is expected to be there, without what something is missing for."""
    working = _WORKINGS[indicator.method]
    if working is pairs.rows:
        return pairs.rows(indicator, rows, config, expected=expected)
    return working(indicator, rows, config)


def faults(config: Configuration) -> list[Problem]:
    """Categories to compare with that a dimension, or what is shown instead of it, does not have.

    Told before there are rows; `derive` holds the rows to it.
    """
    return [
        Problem(
            f"config/indicators/{indicator.chapter}.yaml", rule,
            column=f"{indicator.id}.derived.against", value=indicator.derived.reference[1],
            code="indicator",
        )
        for indicator in config.indicators.values()
        if indicator.derived is not None and config.indicators.keys() >= set(indicator.refers_to)
        for rule in dict.fromkeys(pairs.unknown(indicator, config))
    ]  # fmt: skip
