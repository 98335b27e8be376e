"""What rows are worked out from: published rows of a grouping set, and what their status makes.

Shared by everything that is worked out after protection (`derived`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from jsna.model import schema
from jsna.model.configuration import Configuration
from jsna.model.fallbacks import GroupingSet
from jsna.model.hierarchies import LOCALITY_GROUP, THREE_YEARS
from jsna.model.indicators import LOCALITY

Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

#: Why a row has no value -> what `reason` says.
HIDDEN: Final = "worked_out_from_hidden"
ABSENT: Final = "worked_out_from_unavailable"
EMPTY: Final = "nothing_to_compare"
#: A status of ingredients, and why a row has no value then; the first outranks those after it.
NO_VALUE: Final = (("z", EMPTY), ("x", ABSENT), ("c", HIDDEN))
#: Said of what is worked out from rounded counts.
ROUNDED: Final = "Worked out from rounded counts."
#: Geographies of whole areas: an area's own, and those it is compared with.
WHOLE: Final = ("national", "region", "authority", "neighbours")
#: Where a row is, whatever it is split by.
AT: Final = ["area_code", "geography", "period", "period_type"]


def of(grouping: GroupingSet, rows: pd.DataFrame, config: Configuration) -> pd.DataFrame:
    """Rows of a grouping set: of the area's own parts, or of every whole area there is."""
    parts = LOCALITY in grouping.dimensions or LOCALITY_GROUP in grouping.dimensions
    geographies = [grouping.geography(config.area)] if parts else list(WHOLE)
    together = rows["period_type"].eq(THREE_YEARS)
    mine = rows["geography"].isin(geographies) & rows["breakdown"].eq(grouping.breakdown)
    return rows.loc[mine & (together if grouping.years > 1 else ~together)].copy()


def ways(rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The rows as they are counted here; then, where others stand beside these, as published.

    Each has one row a subject: what is worked out is worked out once of either, and never of both.
    """
    twice = rows.duplicated(list(schema.SUBJECT), keep=False)
    here = rows["segment"].eq(schema.LOCAL)
    yield rows.loc[~twice | here]
    if twice.any():
        yield rows.loc[~here]


def broken(status: pd.Series[str], one: pd.Series[str], other: pd.Series[str]) -> pd.Series[bool]:
    """Rows, not without a value already, of two segments: what counts differently is not set
    beside each other."""
    return status.eq("") & one.ne(other)


def split(
    category: pd.Series[str], within: Sequence[str], by: str
) -> tuple[pd.Series[str], pd.Series[str]]:
    """Code of one dimension of each category, and the category without it."""
    if by not in within:  # a place is no part of the category
        return category, category
    place = list(within).index(by)
    codes = [one.split(schema.JOIN) for one in category]
    here = [one[place] for one in codes]
    rest = [schema.JOIN.join(one[:place] + one[place + 1 :]) or schema.TOTAL for one in codes]
    index = category.index
    return pd.Series(here, index=index, dtype="str"), pd.Series(rest, index=index, dtype="str")


def told(published: pd.DataFrame) -> pd.DataFrame:
    """Rows with what each may be built on as `told`: its status, x where the figure is in doubt.

    What the auditor of releases doubts stands in the table, and nothing is built on it.
    """
    doubted = published["mark"].str.contains("zero|doubt") & published["status"].ne("c")
    return published.assign(told=published["status"].mask(doubted, "x"))


def rounded(rows: pd.DataFrame, config: Configuration) -> pd.Series[bool]:
    """Whether the counts behind each row are rounded."""
    return pd.Series(rounding(rows, config) > 1, rows.index)


def rounding(rows: pd.DataFrame, config: Configuration) -> Floats:
    """To multiples of what the counts behind each row are rounded; 1 where they are not."""
    steps = {name: config.profile(name).rounding for name in rows["profile"].unique()}
    return rows["profile"].map(steps).to_numpy(dtype=np.float64)


def sources(*given: Iterable[str]) -> list[str]:
    """The sources of rows worked out from several, each named once, in order."""
    return [
        "+".join(dict.fromkeys(part for one in several for part in one.split("+") if part))
        for several in zip(*given, strict=True)
    ]


def notes(reasons: Iterable[str], near: Iterable[bool]) -> list[str]:
    """Notes of rows: why one has no limits, and that it is worked out from rounded counts."""
    return [
        " ".join(p for p in (f"{why[:1].upper()}{why[1:]}." if why else "", ROUNDED * one) if p)
        for why, one in zip(reasons, near, strict=True)
    ]
