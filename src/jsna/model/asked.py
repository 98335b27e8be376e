"""What a plain condition asks of a row: that a column says something, which code, yes or no."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from jsna.model.indicators import Indicator, Side

What = Literal["recorded", "code", "yes", "no"]
#: Parts of a condition that can be said in words, and what each asks.
_PARTS: Final[tuple[tuple[re.Pattern[str], What], ...]] = (
    (re.compile(r"(?P<column>[a-z]\w*) is not null", re.IGNORECASE), "recorded"),
    (re.compile(r"(?P<column>[a-z]\w*) = '(?P<code>[^']*)'", re.IGNORECASE), "code"),
    (re.compile(r"not (?P<column>[a-z]\w*)", re.IGNORECASE), "no"),
    (re.compile(r"(?P<column>[a-z]\w*)", re.IGNORECASE), "yes"),
)
_AND: Final = re.compile(r"\s+and\s+", re.IGNORECASE)


class Asked(NamedTuple):
    """One part of a condition.

    Attributes:
        column: of the table.
        what: that it is recorded, that it is one code, or that it says yes or no.
        code: the code.
    """

    column: str
    what: What
    code: str = ""


def asked(where: str) -> tuple[Asked, ...] | None:
    """All that a condition asks, of which every part must hold; None where it asks something else.

    Of every row that there is nothing is asked.
    """
    if where.strip().lower() == "true":
        return ()
    found = [_part(text.strip()) for text in _AND.split(where)]
    return tuple(one for one in found if one is not None) if all(found) else None


def counted(indicator: Indicator) -> Side | None:
    """Whose rows are counted: what a part or a mean is of, or else the numerator."""
    whole = indicator.kind.inside or indicator.kind.amounts
    return indicator.denominator if whole and indicator.denominator else indicator.numerator


def recorded(where: str) -> Iterator[str]:
    """The columns without a value of which a row is not counted, of a plain condition."""
    yield from (one.column for one in asked(where) or () if one.what == "recorded")


def _part(text: str) -> Asked | None:
    for pattern, what in _PARTS:
        if found := pattern.fullmatch(text):
            if what in ("yes", "no") and found["column"].lower() in ("true", "false", "null"):
                return None
            return Asked(found["column"].lower(), what, found.groupdict().get("code") or "")
    return None
