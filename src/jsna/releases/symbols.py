"""Cells of official statistics: a number, or the publisher's symbol for why there is none.

A symbol becomes the measure's status and never a zero. The Government Statistical Service's
current symbols stand as they are; older ones and those of other publishers are mapped:

======  ======  ======================================================================
symbol  status  why
======  ======  ======================================================================
z       z       not applicable
.       z       "not applicable" in releases before 2021
x       x       not available
: ..    x       "not available" before 2021
-       x       missing, in the Local Authority Interactive Tool and tribunal tables
NULL    x       written by databases; likewise NA, N/A and an empty cell
c       c       hidden by the publisher to protect confidentiality
*       c       the same, in releases of the health service
low k   low     rounds to zero but is not zero
~       low     the same, in older releases
u       u       low reliability
======  ======  ======================================================================

In accessible spreadsheets they stand in square brackets: [c], [x], [z], [low], [u]. Other marks in
brackets ([b], [e], [f], [p], [r], [u], [note 2]) say something of the number before them, which
stands and takes it along as a note; without a number the figure is not available.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from jsna.errors import Problem

STATUS: Final = {
    "z": "z",
    ".": "z",
    "x": "x",
    ":": "x",
    "..": "x",
    "-": "x",
    "null": "x",
    "na": "x",
    "n/a": "x",
    "": "x",
    "c": "c",
    "*": "c",
    "low": "low",
    "k": "low",
    "~": "low",
    "u": "u",
}
#: Marks in brackets beside a number -> what they say of it.
MARKS: Final = {
    "b": "Its publisher marks a break: not comparable with earlier figures.",
    "e": "Estimated by its publisher.",
    "f": "A forecast of its publisher.",
    "p": "Provisional.",
    "r": "Revised by the publisher.",
    "u": "Of low reliability, its publisher says.",
}
NOTED: Final = "Its publisher has a note about this figure."
_BRACKETS: Final = re.compile(r"\[\s*([^\[\]]*?)\s*\]")
_FOOTNOTE: Final = re.compile(r"notes? [\da-z]+(?:(?:,| and) ?[\da-z]+)*")
#: A number, perhaps with thousands commas, a percent sign or an exponent (Excel writes 7E-2).
_NUMBER: Final = re.compile(r"-?(?=\.?\d)(\d+|\d{1,3}(,\d{3})+)?(\.\d+)?([eE][-+]?\d{1,3})?%?")


class Cells(NamedTuple):
    """A column of published cells, aligned with the rows it came from.

    Attributes:
        value: numbers (float64), NaN where a symbol stands.
        status: the symbol's meaning (`measures.schema.STATUSES`), empty where a number stands.
        note: what marks in brackets say of the number; "" where there are none.
    """

    value: pd.Series[float]
    status: pd.Series[str]
    note: pd.Series[str]


@lru_cache(maxsize=100_000)
def _meaning(text: str) -> tuple[float, str, str] | None:
    """Number, status and note of a cell; None where it is neither number nor symbol."""
    marks = [mark.lower() for mark in _BRACKETS.findall(text)]
    cell = _BRACKETS.sub(" ", text).strip()
    said = [MARKS.get(mark, NOTED if _FOOTNOTE.fullmatch(mark) else "") for mark in marks]
    if _NUMBER.fullmatch(cell):
        note = " ".join(dict.fromkeys(said))
        return (float(cell.replace(",", "").rstrip("%")), "", note) if all(said) else None
    # What is left is a symbol: bare, or one of those in brackets.
    symbols = [*([cell.lower()] if cell or not marks else []), *marks]
    known = [STATUS[symbol] for symbol in symbols if symbol in STATUS]
    strange = [s for s in symbols if s not in STATUS and not (s in MARKS or _FOOTNOTE.fullmatch(s))]
    if strange or len(known) > 1:
        return None
    return np.nan, (known[0] if known else "x"), ""


def cells(column: pd.Series[str], where: str, rows: pd.Series[int]) -> tuple[Cells, list[Problem]]:
    """Read a column of text cells.

    Args:
        column: text as published; its name is the column's.
        where: file, for messages.
        rows: row numbers in the file, same index.

    Returns:
        The cells, and a problem for every distinct text that is neither number nor symbol.
    """
    text = column.fillna("").astype("str")
    # Few distinct values occur, and each is looked at once.
    places, distinct = pd.factorize(text)
    known = {value: _meaning(value) for value in distinct.tolist()}
    problems = [
        Problem(
            where,
            "is neither a number nor a symbol this pipeline knows; check the file, or the "
            "columns the indicator declares",
            row=int(rows[text == value].iloc[0]),
            column=str(column.name),
            value=value[:40],
            code="published.symbol",
            count=int((text == value).sum()),
        )
        for value, found in known.items()
        if found is None
    ]
    read = [(np.nan, "x", "") if found is None else found for found in known.values()]
    numbers = np.array([number for number, _, _ in read], dtype="float64")
    statuses = pd.array([status for _, status, _ in read], dtype="str")
    notes = pd.array([note for _, _, note in read], dtype="str")
    return (
        Cells(
            pd.Series(numbers[places], text.index, name=text.name),
            pd.Series(statuses[places], text.index, name=text.name),
            pd.Series(notes[places], text.index, name=text.name),
        ),
        problems,
    )
