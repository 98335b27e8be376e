"""Whether the rows of a file are about persons, and what tells so where no known number names them.

A file about no person is counted as things are: nobody asks behind how many of its rows one child
stands, and no assessment or opt-out. So that is never taken for granted where anything in the
file tells of somebody; whoever drafts it has to say so (`--base areas`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from jsna.drafting.cells import NEARLY_ALL, Cells
from jsna.drafting.guess import identifier, is_reference
from jsna.drafting.reading import columns
from jsna.drafting.writable import about_somebody
from jsna.errors import Problem

#: What files say of one person beside who it is: words of a header, and what stands within others.
_TRAITS: Final = frozenset(
    {
        *("age", "ages", "aged", "sex", "sen", "send", "need", "needs", "religion", "language"),
        *("diagnosis", "diagnoses", "fsm", "ehc", "ehcp", "lac", "cla", "cin", "case"),
        *("cases", "user", "referral", "referred", "discharged", "admitted", "rio", "emis", "lcs"),
    }
)
_STEMS: Final = (
    *("ethnic", "gender", "disab", "senprovision", "sentype", "senneed", "ncyear", "yeargroup"),
    # Systems that keep the records of children, by whose numbers they are known.
    *("mosaic", "liquidlogic", "carefirst", "frameworki", "synergy", "systmone"),
)
#: What a number, name or postcode may be of that is no person, and the words that say it is of it.
_THINGS: Final = frozenset(
    {
        *("school", "club", "ward", "district", "area", "authority", "la", "lsoa", "msoa", "site"),
        *("building", "venue", "provider", "setting", "centre", "establishment"),
        *("contract", "vehicle", "route", "organisation", "locality", "parish", "region"),
    }
)
_NAMING: Final = frozenset(
    {
        *("name", "names", "postcode", "address", "street", "id", "ref", "reference", "number"),
        *("no", "key", "identifier", "code"),
    }
)
_SEXES: Final = frozenset({"m", "f", "male", "female", "boy", "girl", "boys", "girls"})
#: Ten digits or more, however apart: a number of patients, or a UPN, among other text.
_LONG: Final = re.compile(r"(?:\d\W*_*){9}\d")


def about_persons(every: Iterable[Cells]) -> bool:
    """Whether a file names children: by a number, a name or a date of birth."""
    return any(identifier(cells) not in ("", "postcode") for cells in every)


def telling(every: Sequence[Cells]) -> list[int]:
    """The columns, counted from one, that tell of somebody: each row may be about a person."""
    return [place for place, cells in enumerate(every, 1) if _tells(cells)]


def problem(name: str, every: Sequence[Cells], base: str) -> Problem | None:
    """Why a file cannot be drafted with what is said of whom its rows stand for; None where it can.

    Args:
        name: of the file.
        every: its columns.
        base: whom its rows are said to stand for; "" where that is not said.
    """
    if about_persons(every):
        rule = (
            "--base areas says that no row is about a person, and the file names persons: leave it "
            "out, or take the columns that name them out of the file if they are of no child"
        )
        return Problem(name, rule, code="new.persons") if base == "areas" else None
    where = telling(every)
    if base == "areas" or not (base or where):
        return None
    why = f"its rows may be about children ({columns(where)}: see what stands over it)"
    if base:
        why = f"--base {base} says that its rows are about persons"
    rule = (
        f"{why}, and no number, name or day of birth leads to other records, so that one child "
        "would be counted as often as rows are: ask for the NHS number or UPN, or the date of "
        "birth with a name or the postcode. Only if no row is about one person, as where each is "
        "a place, an area or a total, say so with --base areas"
    )
    return Problem(name, rule, code="new.persons")


def _tells(cells: Cells) -> bool:
    """Whether a column tells of somebody, by its header or its cells."""
    words = {*cells.words}
    if words & _THINGS and words <= _THINGS | _NAMING:
        return False
    said = bool(words & _TRAITS) or any(stem in cells.key for stem in _STEMS)
    return said or about_somebody(cells) or is_reference(cells) or _looks(cells)


def _looks(cells: Cells) -> bool:
    """Whether cells have the form of what is said of a person: a home, a sex, a long number."""
    if identifier(cells) or (len(cells.counts) > 1 and cells.counts.keys() <= _SEXES):
        return True
    if cells.numbers or cells.marked or cells.days >= NEARLY_ALL:
        return False
    return any(map(_LONG.search, cells.counts))
