"""How alike a header is to the names of a declared column, 0 to 1.

Words are compared and not letters alone (rapidfuzz), after words of council systems that mean one
thing are made one: gender and sex, DOB and date of birth.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final

from jsna.drafting.guess import HEADERS
from jsna.ingest.header import names, plain
from jsna.model.contract import Column
from jsna.shared import headers

#: Word of a header -> the word it is taken for; "" of one that says nothing.
_SAME: Final[dict[str, str]] = {
    "gender": "sex",
    "dob": "birth date",
    "born": "birth date",
    "birthdate": "birth date",
    "pcode": "postcode",
    "postal": "postcode",
    "firstname": "forename",
    "first": "forename",
    "given": "forename",
    "lastname": "surname",
    "last": "surname",
    "family": "surname",
    "ncy": "year group",
    "yeargroup": "year group",
    "yr": "year",
    "nc": "year",
    "no": "number",
    "num": "number",
    "nbr": "number",
    "ref": "id",
    "reference": "id",
    "identifier": "id",
    "pupil": "child",
    "student": "child",
    "learner": "child",
    "started": "start",
    "began": "start",
    "commenced": "start",
    "ended": "end",
    "closed": "end",
    "finish": "end",
    "provision": "status",
    "stage": "status",
    "support": "status",
    "category": "type",
    "main": "primary",
    "estab": "establishment",
    "setting": "school",
    "of": "",
    "the": "",
    "at": "",
    "on": "",
    "code": "",
    "name": "",
}
#: What names and likeness are cut to: a header of a thousand letters is none.
_LONGEST: Final = 80


@cache
def canonical(text: str) -> str:
    """The words of a header as they are compared."""
    words = (_SAME.get(word, word) for word in headers.words(text[:_LONGEST]))
    return " ".join(" ".join(words).split())


@cache
def known(column: Column) -> frozenset[str]:
    """Headers that are the column's own, without case and marks: declared, or of an identifier."""
    more = HEADERS.get(str(column.identifier), ()) if column.identifier else ()
    return frozenset({*map(plain, names(column)), *more})


@cache
def _spoken(column: Column) -> tuple[str, ...]:
    said = (*names(column), column.field.replace("_", " "))
    return tuple(dict.fromkeys(filter(None, map(canonical, said))))


def likeness(header: str, column: Column) -> float:
    """1 where the header is the column's own; else how alike its words are, below 1."""
    from rapidfuzz import fuzz

    if plain(header) in known(column):
        return 1.0
    said = canonical(header)
    if not said:
        return 0.0
    best = max(
        (fuzz.token_sort_ratio(said, one) + fuzz.token_set_ratio(said, one)) / 2
        for one in _spoken(column)
    )
    return min(best / 100, 0.99)


def worth(header: Iterable[str], columns: Iterable[Column], alike: float = 0.75) -> float:
    """How much of a table a line heads: the sum of its likenesses that say anything."""
    texts = {text for text in header if text}
    total = 0.0
    for column in columns:
        best = max((likeness(text, column) for text in texts), default=0.0)
        total += best if best >= alike else 0.0
    return total
