"""Numbers and personal data in words a council wrote: what may stand there, and what may not.

A year, a date, an age and the title of a document pass; any other number must be a measure or
declared with its source. `jsna.readback.own_words` knows the same types by itself, so that a slip
in one is found by the other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, NamedTuple

#: Stands for a measure, a declared figure or a title in a text that is looked at.
HOLE: Final = "\ufffc"
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_MONTH: Final = f"(?:{'|'.join(_MONTHS)})"
_YEAR: Final = r"(?:19|20)\d\d"
_PERIOD: Final = rf"{_YEAR}(?:/\d\d)?"
#: A year is one where something is said to happen in it, and where it counts nothing.
_BEFORE: Final = (
    r"(?:\b(?:[Ii]n|[Ss]ince|[Ff]rom|[Uu]ntil|[Bb]y|[Bb]efore|[Aa]fter|[Dd]uring|[Bb]etween|"
    r"[Oo]f|[Ss]pring|[Ss]ummer|[Aa]utumn|[Ww]inter|[Ee]arly|[Ll]ate|Act|Regulations) "
    r"|\b[Mm]id-|\()"
)
_AFTER: Final = (
    r"(?=[.,;:)!?]|\s*$| \(| (?:to|and|was|were|is|are|had|has|when|the|this|we|it|they|because|"
    r"after|but|than|onwards|school year|financial year|academic year)\b)"
)
_SPAN: Final = rf"{_PERIOD}(?:(?: to | and |–|-){_PERIOD})?"
_AGE: Final = r"(?:1\d|2[0-5]|\d)"
#: What passes by its type. An age is at most 25: SEND ends there.
_TYPES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<date>\b\d{{1,2}} {_MONTH} {_YEAR}\b)",
        rf"\b{_MONTH} {_YEAR}\b",
        rf"{_BEFORE}{_SPAN}{_AFTER}",
        rf"\b[Aa]ge[ds]?(?: of| under| over| up to)? {_AGE}(?:(?: to | and | or |–|-){_AGE})?"
        r"(?= (?:and|or) (?:over|under|above)\b|[.,;:)!?]|\s*$| (?!per\b|in\b|of\b)[a-z])",
        rf"\b{_AGE}(?: to {_AGE})?[- ]years?[- ]olds?\b",
        rf"\b[Uu]nder {_AGE}s\b",
        r"\bYears? (?:1[0-4]|\d)(?: (?:to|and) (?:1[0-4]|\d))?(?=[.,;:)!?]|\s*$| [a-z])",
        r"\b[Kk]ey [Ss]tages? [1-5](?: (?:to|and) [1-5])?(?=[.,;:)!?]|\s*$| [a-z])",
    )
)
_NUMBER: Final = re.compile(r"\d+(?:[.,:/ ]\d+)*")
_RULES: Final = {
    "UPN": re.compile(r"(?<![A-Za-z0-9])[A-Za-z] ?\d{3} ?\d{4} ?\d{4} ?[\dA-Za-z](?![A-Za-z0-9])"),
    "NHS number": re.compile(r"(?<!\d)\d{3}[ .-]?\d{3}[ .-]?\d{4}(?!\d)"),
    "date of birth": re.compile(
        rf"(?i)\b(?:born|birth|birthday|d\.?o\.?b\.?)\b[^.;]{{0,30}}?\d{{1,2}}(?:st|nd|rd|th)? "
        rf"(?:of )?{_MONTH}|"
        rf"(?<!\d)\d{{1,2}}[/.-]\d{{1,2}}[/.-](?:\d{{4}}|\d\d)(?!\d)|"
        r"(?<!\d)\d{4}-\d\d-\d\d(?!\d)"
    ),
    "postcode": re.compile(
        r"(?<![A-Za-z0-9])[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}(?![A-Za-z0-9])"
    ),
    "e-mail address": re.compile(r"[\w.+-]+ ?@ ?[\w-]+(?:\.[\w-]+)+"),
}


class Found(NamedTuple):
    """What was found in a text, and where it starts and ends."""

    what: str
    start: int
    end: int


def personal(text: str) -> list[Found]:
    """What looks like an identifier, a birth date, a postcode or an e-mail address of somebody.

    Never to be printed: of what is found only its kind and place are told.
    """
    return [
        Found(what, found.start(), found.end())
        for what, pattern in _RULES.items()
        for found in pattern.finditer(text)
    ]


def unexplained(text: str, titles: Iterable[str] = ()) -> list[Found]:
    """Numbers that pass by no type, in order.

    Args:
        text: with a hole for each measure and declared figure.
        titles: of documents, in which any number passes.
    """
    for title in sorted(titles, key=len, reverse=True):
        pattern = rf"(?<!\w){re.escape(title)}(?!\w)"
        text = re.sub(pattern, lambda found: HOLE * len(found[0]), text)
    known: set[int] = set()
    for type_ in _TYPES:
        for found in type_.finditer(text):
            given = found.groupdict().get("date")
            if given is None or _day(given):
                known.update(range(found.start(), found.end()))
    made = [
        Found(found[0], found.start(), found.end())
        for found in _NUMBER.finditer(text)
        if not known.issuperset(range(found.start(), found.end()))
    ]
    # Digits of other scripts, fractions, raised and circled digits: numbers a reader sees too.
    made += [Found(text[at], at, at + 1) for at in _others(text)]
    return sorted(made, key=lambda one: one.start)


def _others(text: str) -> Iterator[int]:
    for at, letter in enumerate(text):
        if not letter.isascii() and unicodedata.numeric(letter, None) is not None:
            yield at


def _day(written: str) -> bool:
    day, month, year = written.split()
    try:
        date(int(year), 1 + _MONTHS.index(month), int(day))
    except ValueError:
        return False
    return True


def advice(number: str) -> str:
    """What to do about a typed number, in words after the rule."""
    if re.fullmatch(_PERIOD, number):
        return "; a year passes after a word such as `in`, with a comma or full stop behind it"
    return ""


def unseen(text: str) -> list[Found]:
    """Characters that show nothing or turn text round: they can hide what is written."""
    return [
        Found(f"U+{ord(letter):04X}", at, at + 1)
        for at, letter in enumerate(text)
        if unicodedata.category(letter) in ("Cc", "Cf", "Co", "Cs", "Cn") and letter not in "\n"
    ]
