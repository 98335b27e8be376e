"""Days in the names of files: one may be the day somebody was born, and names are kept for all.

A file goes by its name into the edition and into the record of what a report was made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jsna.ingest.dates import Written, read
from jsna.model.contract import Extract

if TYPE_CHECKING:
    import pandas as pd

#: What is said of one, without its name.
TOLD: Final = (
    "its name holds a day on which a child may have been born, and would stand in the edition: ask "
    "its owner to send it by a name that says nothing of anybody, or copy it under one"
)
#: Returns of that many years before an edition are named by a day; before it a day is of a birth.
_YEARS: Final = 7
_MARK: Final = r"([-_. /])"
_FORMS: Final = tuple(
    re.compile(rf"(?<!\d){pattern}(?!\d)")
    for pattern in (
        rf"\d{{1,2}}{_MARK}\d{{1,2}}\1(?:\d{{4}}|\d{{2}})",
        rf"\d{{4}}{_MARK}\d{{1,2}}\1\d{{1,2}}",
        r"\d{8}",
        r"\d{1,2}(?:st|nd|rd|th)?[-_. ]?[A-Za-z]{3,9}[-_. ]?\d{4}",
    )
)
_SHORT_YEAR: Final = re.compile(r"(\d{1,2}/\d{1,2}/)(\d\d)")


def days(name: str) -> set[date]:
    """The days a name holds, in whichever way they are written."""
    found = set()
    for form in _FORMS:
        for match in form.finditer(name):
            text = re.sub(r"[-_. ]", "/", match[0])
            if (short := _SHORT_YEAR.fullmatch(text)) is not None:
                text = f"{short[1]}20{short[2]}"
            day = read(text)
            if isinstance(day, Written):
                found.add(day.day)
    return found


def by_its_day(name: str, edition: date) -> bool:
    """Whether a day of a name is older than what an edition of that day is made of."""
    return any(day.year < edition.year - _YEARS for day in days(name))


def by_its_rows(file: Path, extract: Extract, frames: Mapping[str, pd.DataFrame]) -> bool:
    """Whether a day of a file's name is a date of birth of its rows.

    Args:
        file: the file.
        extract: what it is of.
        frames: table -> its cells as text, under the declared fields.
    """
    held = days(file.name)
    if not held:
        return False
    births = (
        text
        for name, frame in frames.items()
        for column in extract.table(name).columns
        if column.identifier == "date_of_birth" and column.field in frame
        for text in frame[column.field].dropna().unique()
    )
    return any(_is_one(text, held) for text in births)


def _is_one(text: object, held: Iterable[date]) -> bool:
    day = read(str(text))
    return isinstance(day, Written) and day.day in {*held}


def shown(file: Path) -> str:
    """A file as it is told without its name."""
    return f"a {file.suffix.lower() or 'nameless'} file of {file.stat().st_size:,} bytes"
