"""What somebody answers of a file, and what of it cannot be meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from jsna.drafting.cells import Cells
from jsna.errors import Problem
from jsna.ingest.header import joins, plain
from jsna.model.contract import Column, Table
from jsna.model.layouts import Dates
from jsna.receiving.fits import Held
from jsna.receiving.sheets import Sheet

#: How many codes of a list are named.
_SHOWN: Final = 30


@dataclass(frozen=True, slots=True)
class Answers:
    """What somebody has said of a file.

    Attributes:
        columns: field -> header.
        constants: field -> value of every row.
        joined: field -> the other file's name and the header there.
        keys: the other file's name -> header of the key here, and there.
        dates: field -> order of its dates.
        codes: field -> the file's code -> the declared one.
        looked_at: fields somebody looked at, which hold codes and no child.
        absent: fields that the file has not.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    joined: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    keys: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    dates: Mapping[str, Dates] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    looked_at: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()

    def row(self, sheet: Sheet) -> tuple[int, float]:
        """The row of a sheet with most of the headers that are said, and how many it has."""
        said = {plain(text) for text in self.columns.values()}
        return sheet.best(lambda header: float(len(said & {plain(text) for text in header})))

    @property
    def fields(self) -> set[str]:
        """Every field anything is said of."""
        return {
            *self.columns, *self.constants, *self.joined, *self.dates, *self.codes,
            *self.looked_at, *self.absent,
        }  # fmt: skip


def problems(
    answers: Answers, table: Table, every: Sequence[Cells], sheet: Sheet, held: Held
) -> Iterator[Problem]:
    """What of the answers cannot be meant of a table.

    Args:
        answers: what somebody has said.
        table: the declaration.
        every: the columns of the file.
        sheet: the part of the file they stand in.
        held: the codes there are.
    """
    fields = {column.field for column in table.columns}
    for name in sorted(answers.fields - fields):
        rule = f"the table has no such field; it has {', '.join(sorted(fields))}"
        yield Problem(sheet.name, rule, value=name, code="map.field")
    there = {one.key for one in every}
    here = (*answers.columns.values(), *(key for key, _ in answers.keys.values()))
    for header in here:
        if plain(header) not in there:
            rule = "no column of the file has this header"
            yield Problem(sheet.name, rule, value=header, code="map.header")
    stands: dict[str, list[str]] = {}
    for name, header in answers.columns.items():
        stands.setdefault(plain(header), []).append(name)
    for fields_of in stands.values():
        if len(fields_of) > 1:
            rule = f"is said of {' and '.join(fields_of)}; a header stands for one of them"
            value = answers.columns[fields_of[0]]
            yield Problem(sheet.name, rule, value=value, code="map.header")
    for column in table.columns:
        if column.field in answers.absent and column.required and not column.nullable:
            rule = "the table cannot be used without it"
            yield Problem(sheet.name, rule, value=column.field, code="map.field")
        yield from _codes(answers, column, held)
        if column.field in answers.constants and own(column, table):
            rule = "is each row's own, and never the same in all: say where it stands, --column"
            yield Problem(sheet.name, rule, value=column.field, code="map.constant")
    for name, _ in answers.joined.values():
        if name not in answers.keys:
            rule = "say by which key its columns are joined: --key NAME=HEADER"
            yield Problem(sheet.name, rule, value=name, code="map.key")


def _codes(answers: Answers, column: Column, held: Held) -> Iterator[Problem]:
    """Of the codes that are said to be meant, those the column has not."""
    if column.codes is None and column.type != "boolean":
        return
    said = [*answers.codes.get(column.field, {}).values(), answers.constants.get(column.field, "")]
    known = held.spelt(column)
    every = list(held.labels(column))
    more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    for code in dict.fromkeys(said):
        if code and code.casefold() not in known:
            rule = f"is no code of {column.field}; it has {', '.join(every[:_SHOWN])}{more}"
            yield Problem("--code", rule, value=code, code="map.code")


def own(column: Column, table: Table) -> bool:
    """Whether a column says whose a row is, or something of that child alone."""
    return column.masked or joins(column, table)
