"""Where the home area stands among all authorities, as charts, sentences and messages ask for it.

Of a figure where high or low is good the best is first; of any other the highest.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator
from jsna.model.standings import KEY, TEXT, key_of

#: Quarters, from the end that is good or from the highest.
QUARTERS: Final = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Placed:
    """One authority's figure with its place; the columns of `model.standings`."""

    edition: str
    indicator: str
    area_code: str
    area_name: str
    period: str
    period_type: str
    segment: str
    population_base: str
    unit: str
    method: str
    mark: str
    source: str
    numerator: float
    denominator: float
    value: float
    lower_95: float
    upper_95: float
    lower_998: float
    upper_998: float
    of: int
    above: int
    below: int
    surely_above: int
    surely_below: int
    quarter: int

    @property
    def key(self) -> str:
        """The key outputs carry."""
        return key_of({name: getattr(self, name) for name in (*KEY, *TEXT)})

    @property
    def tied(self) -> bool:
        """Whether another authority has the same figure."""
        return self.of - self.above - self.below > 1

    @property
    def sure(self) -> bool:
        """Whether it is known between which places its true rank lies."""
        return self.surely_above >= 0

    @property
    def counted(self) -> bool:
        """Whether the counts behind the figure were published."""
        return math.isfinite(self.numerator) and self.denominator > 0


@dataclass(frozen=True, slots=True)
class Rank:
    """A place counted from one end.

    Attributes:
        place: 1 at that end; authorities with the same figure share it.
        first, last: between which places the true rank lies; both 0 where nobody can tell.
        end: "highest" or "lowest".
    """

    place: int
    first: int
    last: int
    end: str


def rank(one: Placed, *, top: bool) -> Rank:
    """The place of an authority from the highest, or from the lowest."""
    near = one.above if top else one.below
    sure = (one.surely_above, one.surely_below) if top else (one.surely_below, one.surely_above)
    between = (sure[0] + 1, one.of - sure[1]) if one.sure else (0, 0)
    return Rank(near + 1, *between, "highest" if top else "lowest")


def best_first(one: Placed, indicator: Indicator) -> Rank:
    """The place from the end that is good; from the highest where neither is."""
    return rank(one, top=indicator.polarity != "low")


def quarter(one: Placed, indicator: Indicator) -> int:
    """The quarter it lies in, 1 the one that is good (or the highest where neither is)."""
    return 5 - one.quarter if indicator.polarity == "low" else one.quarter


def quarter_words(one: Placed, indicator: Indicator) -> str:
    """`worst quarter`, `second best quarter`, `highest quarter`."""
    good, bad = ("highest", "lowest") if indicator.polarity == "neutral" else ("best", "worst")
    named = (good, f"second {good}", f"second {bad}", bad)
    return f"{named[quarter(one, indicator) - 1]} quarter"


class Standings:
    """The table of standings of one edition.

    Args:
        frame: the safe table, see `model.standings`.
        config: the edition.
    """

    def __init__(self, frame: pd.DataFrame, config: Configuration) -> None:
        columns = list(Placed.__slots__)
        mine = frame.loc[frame["edition"].eq(config.edition.edition), columns]
        self._config = config
        self._rows: dict[str, list[Placed]] = {}
        for row in mine.astype(object).itertuples(index=False, name=None):
            placed = Placed(*row)
            self._rows.setdefault(placed.indicator, []).append(placed)
        for rows in self._rows.values():
            rows.sort(key=lambda one: (-one.value, one.area_code))

    def rows(self, indicator: str) -> Sequence[Placed]:
        """Every authority's figure, the highest first."""
        return self._rows.get(indicator, [])

    def home(self, indicator: str) -> Placed | None:
        """The home area's; None where there is no place among all."""
        code = self._config.area.code
        return next((one for one in self.rows(indicator) if one.area_code == code), None)

    def shown(self, most: int) -> list[tuple[Indicator, Placed]]:
        """Indicators with a place, in the order of the report, one a subject; at most so many."""
        if not self._rows:
            return []
        chapters = self._config.edition.chapters
        told = [name for name in chapters if self._config.chapters[name].ranked]
        found: dict[str, tuple[Indicator, Placed]] = {}
        for chapter in told:
            for indicator in self._config.indicators.values():
                home = self.home(indicator.id) if indicator.chapter == chapter else None
                if home is not None:
                    found.setdefault(subject(indicator), (indicator, home))
        return list(found.values())[:most]


def subject(indicator: Indicator) -> str:
    """What an indicator is about, however it is counted: its title before a bracket."""
    return indicator.title.split(" (")[0]


def unsure(one: Placed) -> str:
    """Why it cannot be told how sure a place is; "" where it can, or nothing is unsure of it."""
    if one.sure or one.method == "proportion":
        return ""
    if one.population_base == "attending" and one.period_type == "january":
        return "all pupils were counted, so no chance is in the order, but figures are rounded"
    return "the counts were not published, so nobody can say how sure this order is"


def called(name: str) -> str:
    """An authority as people say it: without what a register puts after it, as in ", County of"."""
    head, comma, tail = name.rpartition(", ")
    return head if comma and tail.endswith(" of") else name
