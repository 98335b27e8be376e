"""How much a message weighs, so that messages of different kinds can stand in one list."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

from jsna.model.configuration import Configuration
from jsna.view.rows import Row

#: How far apart a figure and nothing at all count as being.
_FAR: Final = 10.0
#: Figures older than so many years lead nothing.
OLDEST: Final = 2
#: Periods over which it is asked whether a difference lasts.
PERIODS: Final = 3


@dataclass(frozen=True, slots=True)
class Score:
    """Why a message stands where it does; the total never falls as one of these rises, but age.

    Attributes:
        missed: share of cases in which a duty in law was missed, 0 to 1.
        children: how many children or cases are behind it: those a duty was missed for, those
            above the country's rate, those more than a year before; 0 where nobody knows.
        apart: how many times the larger figure is the smaller, 1 or more.
        lasting: in how many of the last three periods it was so.
        behind: whether it lies in the worst quarter of all authorities.
        certain: 1 where chance is ruled out or has no part, less where it is not.
        weight: of its kind: a change or a gap says less than a place behind others.
        age: years between the end of its period and the day the report is as at.
    """

    missed: float = 0.0
    children: float = 0.0
    apart: float = 1.0
    lasting: int = 1
    behind: bool = False
    certain: float = 1.0
    weight: float = 1.0
    age: int = 0

    @property
    def total(self) -> float:
        """A duty missed in every case weighs as much as all else together; 0 of what is old."""
        if self.age > OLDEST:
            return 0.0
        size = min(math.log(max(self.apart, 1.0)) / math.log(_FAR), 1.0)
        many = min(math.log10(1 + max(self.children, 0.0)) / 4, 1.0)
        own = 4 * self.missed + 2 * many + size + min(self.lasting, PERIODS) / PERIODS
        own += self.behind
        return own * self.certain * self.weight / (1 + 0.25 * max(self.age, 0))


def apart(one: float, other: float) -> float:
    """How many times the larger figure is the smaller one."""
    low, high = sorted((abs(one), abs(other)))
    return high / low if low > high / _FAR else _FAR


def age(config: Configuration, row: Row) -> int:
    """Years from the end of a figure's period to that the report is as at."""
    years = re.findall(r"(\d{2})(\d{2})(?:/(\d{2}))?", row.period)
    if not years:
        return 0
    century, first, last = years[-1]
    return config.edition.reference_date.year - int(century + (last or first))
