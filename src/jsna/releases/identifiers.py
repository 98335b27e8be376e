"""Time identifiers of Explore Education Statistics: what kind of time a row is about.

`time_period` alone does not say it: 202425 is a school year, its autumn term or the first quarter
of a financial year, as `time_identifier` says. Only whole years and positions on a day are periods
we publish; whatever else a mapping meets is an error.

Source: the list of time identifiers in the data standards of Explore Education Statistics.
"""

from __future__ import annotations

import difflib
import re
from typing import Final

#: Column of a file in that layout; other layouts have none.
IDENTIFIER: Final = "time_identifier"
#: Identifier in small letters -> period types of the measure table its rows can be.
FITS: Final[dict[str, frozenset[str]]] = {
    # The school census of January stands in the school year it is of.
    "academic year": frozenset({"academic_year", "january"}),
    # A position on a day of that year, too.
    "calendar year": frozenset({"calendar_year", "january", "31_march", "mid_year", "release"}),
    "financial year": frozenset({"financial_year", "31_march"}),
    # Whichever year a return is about; its publisher says which in words.
    "reporting year": frozenset(
        {
            "academic_year", "calendar_year", "financial_year", "january", "31_march", "mid_year",
            "three_years", "release",
        }
    ),
    "january": frozenset({"january"}),
    "march": frozenset({"31_march"}),
    "june": frozenset({"mid_year"}),
}  # fmt: skip
#: Identifiers of less than a year, or of a year no indicator is by.
_OTHERS: Final = re.compile(
    r"tax year|(?:autumn|spring|summer|autumn and spring) term"
    r"|(?:academic|calendar|financial|tax|reporting) year q[1-4](?:-q?[1-4])?"
    r"|(?:financial year )?part [12](?: \((?:april to september|october to march)\))?"
    r"|(?:february|april|may|july|august|september|october|november|december)"
    r"|week (?:[1-9]|[1-4]\d|5[0-3])"
)
#: Years that reach into the next: four digits alone stand for the year they begin in.
_SPANNING: Final = frozenset({"academic year", "financial year"})
_YEAR: Final = re.compile(r"(?:19|20)\d\d")


def plain(identifier: str) -> str:
    """An identifier as it is compared."""
    return " ".join(identifier.split()).lower()


def known(identifier: str) -> bool:
    """Whether there is such an identifier."""
    return plain(identifier) in FITS or _OTHERS.fullmatch(plain(identifier)) is not None


def fits(identifier: str, period_type: str) -> bool:
    """Whether rows of this identifier are of such periods."""
    return period_type in FITS.get(plain(identifier), ())


def time(text: str, identifier: str) -> str:
    """A time as `periods` reads it: 2024 of an academic year is 202425."""
    if plain(identifier) in _SPANNING and _YEAR.fullmatch(text):
        return f"{text}{(int(text) + 1) % 100:02d}"
    return text


def unknown(identifier: str) -> str:
    """What is wrong with an identifier there is none of."""
    near = difflib.get_close_matches(plain(identifier), FITS, n=1, cutoff=0.7)
    return "is no time identifier" + (f"; is {near[0]!r} meant?" if near else "")


def misfit(period_type: str, others: list[str]) -> str:
    """What is wrong with rows of an identifier that are not of the periods an indicator is by.

    Args:
        period_type: the indicator's.
        others: identifiers of rows that are, in the same selection.
    """
    rule = f"rows of this identifier are no periods of type {period_type!r}"
    if others:
        return f"{rule}; name {others[0]!r} for {IDENTIFIER!r} in the mapping's `select`"
    return f"{rule}; the release may have changed, or the mapping's period type is wrong"
