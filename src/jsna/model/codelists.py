"""A code list: the categories of a dimension or the codes of a column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from jsna.model.base import Name, Strict


def _each(given: Any) -> Any:
    """`one: [code, …]` for each of several codes of which the same is said."""
    if not isinstance(given, dict):
        return given
    said = [
        (code, key if isinstance(codes, list) else codes)
        for key, codes in given.items()
        for code in (codes if isinstance(codes, list) else [key])
    ]
    found = dict(said)
    if len(found) < len(said):
        raise ValueError("a code stands twice; keep one")
    return found


Codes = Annotated[
    dict[str, str],
    BeforeValidator(_each, json_schema_input_type=dict[str, str | tuple[str, ...]]),
]


@dataclass(frozen=True, slots=True)
class Usage:
    """In which returns codes stand: codes in capitals, years those that returns end in."""

    since: Mapping[str, int] = field(default_factory=dict)
    until: Mapping[str, int] = field(default_factory=dict)
    unconfirmed: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.since or self.until or self.unconfirmed)

    def ended(self, year: int) -> frozenset[str]:
        """Codes that no return of that year holds any longer."""
        return frozenset(code for code, last in self.until.items() if year > last)

    def other_years(self, year: int) -> frozenset[str]:
        """Codes that no return of that year may hold."""
        early = frozenset(code for code, first in self.since.items() if year < first)
        return early | self.ended(year)


class CodeListFile(Strict):
    """A versioned list of codes: `config/codelists/<name>.yaml`.

    Every code is quoted: YAML would read N, Y and NO as yes or no, and 01 as a number.

    Attributes:
        codes: code -> label, in the order they are shown; or a label -> the codes that share it.
        of: the finer dimension, where this list is a coarser version of it …
        finer: … and for each code the finer codes it stands for, each of them in one place.
        rolls_up: codes of an optional, finer or former set that files may hold instead, and other
            spellings, by the code they count as.
        since, until: the first and the last return that may hold a code, by the year it ends in;
            one that stands in neither is in every return. A code of the list is read in any year
            and told; an optional one is read until its last.
        unconfirmed: codes of which no source gives the meaning: read, and told wherever met.
    """

    title: str
    source: str
    version: str
    codes: Codes
    of: str = ""
    finer: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    #: As loaded: optional code -> the code it counts as.
    rolls_up: Codes = Field(default_factory=dict)
    #: As loaded: code -> year.
    since: Codes = Field(default_factory=dict)
    until: Codes = Field(default_factory=dict)
    unconfirmed: tuple[str, ...] = ()

    @property
    def usage(self) -> Usage:
        """In which returns its codes stand, and which of them are unconfirmed."""
        since, until = (
            {code.upper(): int(year) for code, year in years.items()}
            for years in (self.since, self.until)
        )
        return Usage(since, until, frozenset(code.upper() for code in self.unconfirmed))


class CodeList(CodeListFile):
    """A code list with its name, which is that of its file."""

    codelist: Name
