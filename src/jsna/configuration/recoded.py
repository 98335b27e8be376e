"""Authorities and districts whose code changed while their place did not.

Source: Code History Database of the Office for National Statistics (changes of boundaries too small
to move figures, and counties that became unitary authorities of the same area). Places that were
merged or divided have no entry: their figures are of another place, and no code stands for another.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple


class Recoded(NamedTuple):
    """A change of code: `former` was valid until the day before `since`, `code` from then on."""

    code: str
    former: str
    since: date
    name: str


_2013, _2020, _2023, _2025 = date(2013, 4, 1), date(2020, 4, 1), date(2023, 4, 1), date(2025, 4, 1)
RECODED: Final = (
    Recoded("E06000057", "E06000048", _2013, "Northumberland"),
    Recoded("E06000060", "E10000002", _2020, "Buckinghamshire"),
    Recoded("E06000065", "E10000023", _2023, "North Yorkshire"),
    Recoded("E06000066", "E10000027", _2023, "Somerset"),
    Recoded("E07000240", "E07000100", _2013, "St Albans"),
    Recoded("E07000241", "E07000104", _2013, "Welwyn Hatfield"),
    Recoded("E07000242", "E07000097", _2013, "East Hertfordshire"),
    Recoded("E07000243", "E07000101", _2013, "Stevenage"),
    Recoded("E08000037", "E08000020", _2013, "Gateshead"),
    Recoded("E08000038", "E08000016", _2025, "Barnsley"),
    Recoded("E08000039", "E08000019", _2025, "Sheffield"),
)
_LATEST: Final = {change.former: change.code for change in RECODED}


def latest(code: str) -> str:
    """The code a place goes by today; the code itself where it did not change."""
    while code in _LATEST:
        code = _LATEST[code]
    return code


def every(code: str) -> tuple[str, ...]:
    """Every code a place has or had, the given one first."""
    today = latest(code)
    return (code, *sorted(c for c in {today, *_LATEST} if latest(c) == today and c != code))


def known_as(codes: Iterable[str]) -> dict[str, str]:
    """Any code of some places -> the one it is given by here."""
    return {other: code for code in codes for other in reversed(every(code))}
