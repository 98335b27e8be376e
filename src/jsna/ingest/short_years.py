"""Years of two digits in a column of dates: of which century they are, and where in a date.

The century is the one that the declared years of the column leave (`Column.years`); where they
leave two, it is asked. Years stand last, as everywhere in the United Kingdom, unless a layout says
otherwise or no cell can be read so. Where a column reads as well with its years first it is refused
with the question, unless its "days" would then lie closer together than by chance, and those that
stand first do not: the same number last in every row is no day of a month.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from jsna.ingest.cells import DAMAGED, at
from jsna.ingest.grid import Findings
from jsna.model.contract import Column

_NUMBERS: Final = re.compile(r"(\d{1,2})(?P<mark>[/.-])(\d{1,2})(?P=mark)(\d\d)((?:[ T,].*)?)")
_NAMED: Final = re.compile(
    r"(\d{1,2}(?:st|nd|rd|th)?[ /.-]?[A-Za-z]{3,9}\.?[ /.,-]{0,2})(\d\d)((?:[ T,].*)?)"
)
_DAYS, _CENTURY = 31, 100


def whole(two: int, years: tuple[int, int]) -> int | None:
    """The year that two digits mean; None where the range has no such year, or more than one."""
    first, last = years
    found = [year for year in range(first, last + 1) if year % 100 == two]
    return found[0] if len(found) == 1 else None


def _valid(year: int | None, month: int, day: int) -> bool:
    try:
        date(year or 0, month, day)
    except ValueError:
        return False
    return True


def plain(
    column: Column,
    texts: Sequence[str],
    where: Callable[[Sequence[bool]], list[int]],
    findings: Findings,
) -> list[str]:
    """The texts of a column, with years of four digits where the column shows which they are.

    Args:
        column: the declaration.
        texts: its distinct texts.
        where: rows of the cells with a text that is marked.
        findings: where the question and the remark go.
    """
    numbers = [_NUMBERS.fullmatch(text) for text in texts]
    named = [_NAMED.fullmatch(text) for text in texts]
    short = [bool(a or b) for a, b in zip(numbers, named, strict=True)]
    if not any(short):
        return [*texts]
    first, last = column.years
    if last - first >= _CENTURY:
        findings.refuse(
            "column.short_years",
            f"years have two digits, and the column may hold any year from {first} to {last}: of "
            "which hundred years are they? Say the first of them in a mapping (`years_from`), or "
            "ask for years of four digits",
            **at(column, where(short)),
        )
        return [*texts]
    cut = [(int(m[1]), int(m[3]), int(m[4])) for m in numbers if m]
    order = _order(cut, column.years)
    if order == "":
        findings.refuse(
            "column.short_years",
            "years have two digits, and every date reads with its year last and with its year "
            "first; which is it? Say `dates: day first` or `dates: year first` in a mapping, or "
            "ask for years of four digits",
            **at(column, where([bool(m) for m in numbers])),
        )
        return [*texts]
    made = [
        _in_full(text, a, b, order, column.years)
        for text, a, b in zip(texts, numbers, named, strict=True)
    ]
    if cells := len(where([a != b for a, b in zip(texts, made, strict=True)])):
        many = "1 date" if cells == 1 else f"{cells:,} dates"
        position = ", which come first," if order == "year first" else ""
        findings.remark(
            f"years of two digits{position} are read as of {first} to {last} in {many} of the "
            f"column {column.name!r}"
        )
    return made


def _in_full(
    text: str,
    numbers: re.Match[str] | None,
    named: re.Match[str] | None,
    order: str,
    years: tuple[int, int],
) -> str:
    """A date with its year in four digits; one without a year of two as it is."""
    if named:
        return f"{named[1]}{whole(int(named[2]), years)}{named[3]}"
    if numbers is None:
        return text
    one, mark, two, three, rest = numbers.groups()
    if order == "year first":
        return f"{whole(int(one), years)}-{two:0>2}-{three}{rest}"
    return f"{one}{mark}{two}{mark}{whole(int(three), years)}{rest}"


def _order(cut: Sequence[tuple[int, int, int]], years: tuple[int, int]) -> str:
    """Where the years of dates in numbers stand; "" where they may stand first and last."""
    if not cut:
        return "year last"
    few = DAMAGED * len(cut)
    not_last = sum(
        not (_valid(whole(c, years), b, a) or _valid(whole(c, years), a, b)) for a, b, c in cut
    )
    not_first = sum(not _valid(whole(a, years), b, c) for a, b, c in cut)
    if not_last > few:
        return "year first" if not_first <= few else "year last"
    if not_first > few:
        return "year last"
    by_chance = _as_close([c for _, _, c in cut]) >= DAMAGED
    return "" if by_chance or _as_close([a for a, _, _ in cut]) < DAMAGED else "year last"


def _as_close(days: Sequence[int]) -> float:
    """About how likely days of a month lie as close together as these."""
    return float(len(days) * ((max(days) - min(days) + 1) / _DAYS) ** (len(days) - 1))
