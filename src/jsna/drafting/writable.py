"""Which values of a column of text may be written into a draft, and shown: none but codes.

A name cannot be told from a code by its look, so a value is written only where it is too short to
be one and many rows have it, or where somebody who looked at the column has named it. Whether a
file is about children makes no difference: that is not known before it has been read.
"""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Final

from jsna.drafting.cells import Cells
from jsna.ingest.dates import Kind, read
from jsna.saying import quoted

#: Rows each code must have, its characters where nobody named the column, and codes at most.
FEWEST: Final = 5
SHORT: Final = 3
MOST: Final = 40
#: Within a header, what says that the column is about somebody or where they are.
_STEMS: Final = (
    *("name", "child", "pupil", "person", "people", "sibling", "brother", "sister", "twin"),
    *("student", "learner", "client", "patient", "parent", "carer", "guardian", "mother"),
    *("father", "friend", "worker", "teacher", "address", "street", "postcode", "postal"),
    *("birth", "email", "phone", "initial", "alias", "relative", "cousin"),
)
#: Words of a header that say so, which stand within others too.
_WORDS: Final = frozenset(
    {
        *("town", "home", "house", "lives", "mobile", "contact", "known", "who", "whom", "dob"),
        *("nhs", "upn", "uln", "baby", "kid", "boy", "girl", "mum", "dad", "son", "daughter"),
        *("aunt", "uncle", "gran", "family", "kin", "staff", "doctor", "gp", "yp", "cyp"),
        *("notes", "note", "comment", "comments", "remarks", "details", "text"),
    }
)
_MONTHS: Final = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    "sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
#: What has the form of an identifier, a postcode or a day, wherever in a value and however apart.
_FORMS: Final = re.compile(
    r"(?:\d\W*_*){9}\d"
    r"|(?<![A-Z])[A-Z]{1,2}\d[A-Z\d]?[\W_]*\d[A-Z]{2}(?![A-Z\d])"
    r"|\d{1,4}[./ -]\d{1,2}[./ -]\d{1,4}"
    rf"|\d(?:st|nd|rd|th)?[\W_]*(?:of )?{_MONTHS}(?![a-z])"
    rf"|(?<![a-z]){_MONTHS}[\W_]*\d"
    r"|(?<!\d)(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)",
    re.IGNORECASE,
)
_HOW: Final = (
    "text, left out; if you have looked and it holds codes and no child, --codes {header} "
    "writes them"
)


def has_form(value: str) -> bool:
    """Whether a text has, or holds, the form of an identifier, a postcode or a day."""
    # Whatever is meant for a day is one, were there no such day.
    return _FORMS.search(value) is not None or read(value.strip()) is not Kind.OTHER


def about_somebody(cells: Cells) -> bool:
    """Whether a header says that its column is about somebody, or where they are."""
    return bool(_WORDS & {*cells.words}) or any(stem in cells.key for stem in _STEMS)


def never(cells: Cells, names: Set[str]) -> str:
    """Why no value of a column may be written, whoever asks for it; "" where they may.

    Args:
        cells: the column.
        names: cells of the columns of the file that hold names, and their words, without case.
    """
    if about_somebody(cells):
        return "may name or describe somebody; left out"
    if any(map(has_form, cells.counts)):
        return "holds what has the form of an identifier, a postcode or a day; left out"
    if any(_named(value, names) for value in cells.counts):
        return "holds names of children; left out"
    if len(cells.counts) > MOST:
        return f"text of more than {MOST} different values; left out"
    return ""


def _named(value: str, names: Set[str]) -> bool:
    """Whether a value is a name of the file, or has one among its words."""
    words = [word for word in re.findall(r"\w+", value) if len(word) >= SHORT]
    return value in names or not names.isdisjoint(words)


def codes(cells: Cells, names: Set[str], asked: bool) -> tuple[tuple[str, ...], int] | str:
    """The values of a column of text that may be written, or why none may.

    Args:
        cells, names: as `never` takes them.
        asked: whether somebody named the column as one of codes.

    Returns:
        the codes, and how many further values there are, which few rows have.
    """
    if why := never(cells, names):
        return why
    found = cells.codes(MOST, FEWEST)
    if found is None:
        rule = f"few of its values are codes that {FEWEST} rows have; left out"
        return rule if asked else "free text; left out"
    if asked or all(_short(code, cells.holders is not None) for code in found[0]):
        return found
    return _HOW.format(header=quoted(cells.header))


def _short(code: str, known: bool) -> bool:
    """Whether a code is too short for most names: `Ann` and `Jo` are words, `A1` is not.

    Args:
        code: of a column nobody named.
        known: whether the file says how many persons have it. Where it does not, `MIA` and the
            initials `JB` are no codes by their look.
    """
    letters = len(code) == 1 or not any(mark.islower() for mark in code)
    few = known or len(code) == 1 or any(mark.isdigit() for mark in code)
    return len(code) <= SHORT and not code.isdigit() and letters and few
