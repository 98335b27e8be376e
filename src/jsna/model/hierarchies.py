"""What nests in what: coarser categories in finer ones, years in spans, localities in groups.

One place for it, because three stages must mean the same: the engine adds finer counts up into
coarser ones, disclosure control turns that into equations, and the report names what it shows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jsna.model.indicators import LOCALITY

if TYPE_CHECKING:
    from jsna.model.configuration import Configuration

#: The dimension that stands for the area's own groups of localities, and their geography.
LOCALITY_GROUP: Final = "locality_group"
#: Dimensions whose categories are areas of their own in the measure table.
PLACES: Final = frozenset({LOCALITY, LOCALITY_GROUP})
#: Geography of the measure table -> the dimension of places it is one of; no others are.
PLACE_OF: Final = {LOCALITY_GROUP: LOCALITY_GROUP, "district": LOCALITY, "ward": LOCALITY}
#: Type of the periods that are several years together.
THREE_YEARS: Final = "three_years"
_TO: Final = " to "
_TWO_YEARS: Final = re.compile(r"(\d{4})/(\d\d)")


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """A dimension whose categories are sets of another's.

    Attributes:
        of: the finer dimension.
        codes: category -> the finer categories it is made of.
    """

    of: str
    codes: Mapping[str, frozenset[str]]


def hierarchy(dimension: str, config: Configuration) -> Hierarchy | None:
    """How a dimension is made of a finer one; None where it is not."""
    if dimension == LOCALITY_GROUP:
        groups = config.area.locality_groups
        return Hierarchy(LOCALITY, {g.code: frozenset(g.localities) for g in groups})
    return config.hierarchies.get(dimension)


def finer(dimension: str, config: Configuration) -> str:
    """The finest dimension that a dimension's categories are made of; itself where it is that."""
    found = hierarchy(dimension, config)
    return dimension if found is None else finer(found.of, config)


def codes(dimension: str, category: str, config: Configuration) -> frozenset[str]:
    """The categories of the finest dimension that make up a category; itself where it is one.

    Raises:
        KeyError: a coarser dimension has no such category; it is a fault of the program.
    """
    found = hierarchy(dimension, config)
    if found is None:
        return frozenset({category})
    return frozenset().union(*(codes(found.of, code, config) for code in found.codes[category]))


def members(dimension: str, coarser: str, config: Configuration) -> dict[str, frozenset[str]]:
    """Category of the coarser dimension -> the categories of `dimension` that make it up.

    Args:
        dimension: a dimension that nests in `coarser`.
        coarser: a dimension further up.
        config: holds the code lists and the area.

    Returns:
        In the order the coarser categories are shown.
    """
    found = hierarchy(coarser, config)
    assert found is not None, f"{coarser} is made of no finer dimension"
    if found.of == dimension:
        return dict(found.codes)
    between = members(dimension, found.of, config)
    return {
        code: frozenset().union(*(between[part] for part in parts))
        for code, parts in found.codes.items()
    }


def years(period: str, period_type: str) -> tuple[str, ...]:
    """The years a period covers, each written as a period of its own; itself where it is one.

    `2022/23 to 2024/25` covers `2022/23`, `2023/24` and `2024/25`.
    """
    if period_type != THREE_YEARS or _TO not in period:
        return (period,)
    first, last = period.split(_TO)
    two = _TWO_YEARS.fullmatch(first) is not None
    return tuple(
        f"{year}/{(year + 1) % 100:02d}" if two else str(year)
        for year in range(int(first[:4]), int(last[:4]) + 1)
    )


def later(period: str, by: int) -> str:
    """The period of the same kind some years later, or earlier: `2025`, `2024/25`."""
    first = int(period[:4]) + by
    return f"{first}/{(first + 1) % 100:02d}" if _TWO_YEARS.fullmatch(period) else str(first)


def span(years: Sequence[str]) -> str:
    """How years that follow one another are written as one period."""
    return f"{years[0]}{_TO}{years[-1]}"


def runs(periods: Sequence[str], length: int) -> list[tuple[int, ...]]:
    """Every run of `length` periods that follow one another year by year, as their places.

    Args:
        periods: periods of one kind in order, each beginning with its year.
        length: years together.
    """
    first = [int(period[:4]) for period in periods]
    return [
        tuple(range(start, start + length))
        for start in range(len(periods) - length + 1)
        if all(first[start + i] == first[start] + i for i in range(length))
    ]
