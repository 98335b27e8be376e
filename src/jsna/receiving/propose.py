"""A mapping proposed for one table of a file, with what is asked and how much of it is covered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from jsna.drafting.cells import Cells
from jsna.drafting.guess import names_in
from jsna.errors import JsnaError, Problem
from jsna.ingest import named_after
from jsna.ingest.fillable import expecting, with_helping
from jsna.ingest.header import plain
from jsna.model.contract import Extract, Table
from jsna.model.layouts import Join, Origin, Shape
from jsna.receiving import alike
from jsna.receiving.answers import Answers, own, problems
from jsna.receiving.coded import Coding, coding
from jsna.receiving.days import Order, order_of
from jsna.receiving.fits import MAY_BE_EMPTY, Held, filled
from jsna.receiving.placed import Placed, place
from jsna.receiving.sheets import TITLE, Sheet
from jsna.saying import quoted
from jsna.shared import headers

#: Share of the required columns whose names must be in a header to know the table by it.
KNOWN: Final = 0.5


@dataclass(frozen=True, slots=True)
class Entry:
    """One declared column, as a mapping would have it.

    Attributes:
        placed: where it stands.
        order: of its dates, where it has any.
        coding: of its codes, where it has any.
        origin: what the mapping says; None where it says nothing, or that it is not there.
        absent: the mapping says that it is not there.
    """

    placed: Placed
    order: Order = field(default_factory=Order)
    coding: Coding = field(default_factory=Coding)
    origin: Origin | None = None
    absent: bool = False

    @property
    def field(self) -> str:
        """The declared field."""
        return self.placed.column.field

    @property
    def there(self) -> bool:
        """Whether the column is given by anything."""
        return self.origin is not None or self.placed.cells is not None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for one table.

    Attributes:
        extract, table: which.
        sheet: the part of the file it is of.
        row: number of the row of headers.
        entries: every declared column.
        unused: headers that stand for nothing, where they may be shown.
        others: how many further ones.
        told: what a build would not take of the file as it is.
        keys: columns by which other files are joined.
    """

    extract: Extract
    table: Table
    sheet: Sheet
    row: int
    entries: tuple[Entry, ...]
    unused: tuple[str, ...]
    others: int
    told: tuple[str, ...]
    keys: tuple[Cells, ...] = ()

    @property
    def shape(self) -> Shape:
        """The same as reading goes by."""
        return Shape(
            sheet=self.sheet.title if self.sheet.sheets > 1 else "",
            header_row=self.row if self.row > 1 else None,
            separator=self.sheet.opened.place.separator,
            encoding=self.sheet.opened.place.encoding,
            columns={
                entry.field: entry.origin
                for entry in self.entries
                if entry.origin is not None or entry.absent
            },
        )

    @property
    def questions(self) -> tuple[str, ...]:
        """What must be answered before the table can be read, each with how."""
        return tuple(question for entry in self.entries for question in _must(entry, self.table))

    @property
    def open(self) -> tuple[str, ...]:
        """What may be answered: without it columns or cells are left out, and counted."""
        return tuple(question for entry in self.entries for question in _may(entry, self.table))


def known_table(sheet: Sheet, table: Table) -> tuple[int, float]:
    """On which row a sheet heads most of a table's required columns, and how much, 0 to 1."""
    required = [column for column in table.columns if column.required] or list(table.columns)
    row, value = sheet.best(lambda header: alike.worth(header, required))
    return row, value / len(required)


def propose(
    sheet: Sheet,
    extract: Extract,
    table: Table,
    held: Held,
    answers: Answers,
    row: int | None = None,
) -> Proposal:
    """What a mapping of a sheet would say of one table.

    Args:
        sheet: the part of a file.
        extract, table: what it is taken for.
        held: the codes there are.
        answers: what somebody has said.
        row: of the header, where that is known.

    Raises:
        JsnaError: no line of it is a header of the table, or its rows cannot be read.
    """
    if row is not None and not 1 <= row <= len(sheet.opened.lines):
        rule = f"the header is on one of the first {len(sheet.opened.lines)} rows"
        raise JsnaError(Problem("--row", rule, value=str(row), code="map.option"), title=TITLE)
    row = row or (answers.row(sheet) if answers.columns else known_table(sheet, table))[0]
    if not row:
        rule = f"no line of it is like a header of the table {table.name!r} of {extract.title}"
        raise JsnaError(Problem(sheet.name, rule, code="map.header"), title=TITLE)
    table = with_helping(table)
    every, findings = sheet.columns(row)
    stops = [one for one in findings.problems if not every or one.code in ("file.hidden_rows",)]
    if stops or not every:
        raise JsnaError(stops or findings.problems, title=TITLE)
    if wrong := list(problems(answers, table, every, sheet, held)):
        raise JsnaError(wrong, title=TITLE)
    names = names_in(every)
    if named_after.by_cells(sheet.name, names):
        raise JsnaError(Problem("the file", named_after.CALLED, code="map.file"), title=TITLE)
    if {*headers.words(sheet.title)} & names and sheet.sheets > 1:
        rule = (
            "the title of the sheet is a name in it too, and no mapping holds it: ask for another"
        )
        raise JsnaError(Problem(sheet.name, rule, code="map.sheet"), title=TITLE)
    placed = place(table, every, held, answers.columns)
    said = {*answers.constants, *answers.joined}
    there = said | {one.column.field for one in placed if one.cells is not None}
    # What finds a field in another table may stand under any header, so it is placed first.
    table = expecting(table, (), None, there)
    placed = [replace(one, column=table.column(one.column.field)) for one in placed]
    every_one = (_entry(one, held, names, answers) for one in placed)
    # A column that only helps to fill others is told of where it is there.
    helping = {column.field for column in table.helping}
    entries = tuple(one for one in every_one if one.there or one.field not in helping)
    used = {one.key for one in every if any(e.placed.cells is one for e in entries)}
    keyed = {plain(here) for here, _ in answers.keys.values()}
    keys = tuple(one for one in every if one.key in keyed)
    used |= keyed
    left = [one for one in every if one.key not in used]
    shown = tuple(one.header for one in left if one.is_header and not {*one.words} & names)
    told = (*sheet.opened.told, *(one.rule for one in findings.problems))
    hidden = len(left) - len(shown)
    return Proposal(extract, table, sheet, row, entries, shown, hidden, told, keys)


def _entry(placed: Placed, held: Held, names: set[str], answers: Answers) -> Entry:
    column = placed.column
    name = column.field
    if name in answers.constants:
        return Entry(Placed(column, None, "given"), origin=Origin(constant=answers.constants[name]))
    if name in answers.joined:
        return Entry(Placed(column, None, "given"), origin=_joined(name, answers))
    if name in answers.absent:
        return Entry(Placed(column, None, "given"), absent=True)
    cells = placed.cells
    if cells is None:
        # What stands under a declared header and is something else must not be taken for it.
        absent = not column.required and placed.sure == "asked" and placed.alike == 1.0
        return Entry(placed, absent=absent)
    order, codes = Order(), Coding()
    if column.type == "date":
        order = order_of(filled(cells))
        if name in answers.dates:
            order = Order(answers.dates[name])
    elif column.codes is not None or column.type == "boolean":
        given = answers.codes.get(name, {})
        codes = coding(cells, column, held, names, given, name in answers.looked_at)
    return Entry(placed, order, codes, _origin(placed, order, codes))


def _joined(name: str, answers: Answers) -> Origin:
    file, header = answers.joined[name]
    here, there = answers.keys[file]
    their_key = "" if plain(here) == plain(there) else there
    return Origin(
        header=header,
        codes=dict(answers.codes.get(name, {})),
        dates=answers.dates.get(name, ""),
        join=Join(file=file, key=here, their_key=their_key),
    )


def _origin(placed: Placed, order: Order, codes: Coding) -> Origin | None:
    """What the mapping says of a column; None where the declaration says as much."""
    assert placed.cells is not None
    declared = {plain(text) for text in (placed.column.name, *placed.column.aliases)}
    if placed.cells.key in declared and not (order.dates or codes.codes or codes.empty):
        return None
    return Origin(
        header=placed.cells.header,
        codes=dict(codes.codes),
        empty=codes.empty,
        dates=order.dates,
    )


def _must(entry: Entry, table: Table) -> Iterator[str]:
    column = entry.placed.column
    if column.required and not entry.there and not entry.absent:
        yield _where(entry, table)
    if entry.order.among:
        shown = " or ".join(f'--dates "{column.field}={order}"' for order in entry.order.among)
        yield f"in which order are the dates of {column.field}? {entry.order.told}: {shown}"
    if column.required and entry.coding.too_few:
        yield from _codes(entry)


def _may(entry: Entry, table: Table) -> Iterator[str]:
    column = entry.placed.column
    if not column.required and not entry.there and not entry.absent and entry.placed.among:
        yield f"{_where(entry, table)}; it can be left out"
    if not (column.required and entry.coding.too_few):
        yield from _codes(entry)


def _codes(entry: Entry) -> Iterator[str]:
    column = entry.placed.column
    for value, among in entry.coding.asked.items():
        likely = f" ({' or '.join(among)}?)" if among else ""
        how = f"--code {quoted(f'{column.field}:{value}=CODE')}"
        nothing = " (nothing behind = where it says nothing)" * (value.casefold() in MAY_BE_EMPTY)
        yield f"which code is {value!r} of {column.field}{likely}? {how}{nothing}"
    if hidden := entry.coding.hidden:
        what = "1 value is" if hidden == 1 else f"{hidden} values are"
        yield (
            f"{what} no code of {column.field}, and not shown, as a name may be among them; if you "
            f"have looked and they are codes and no child: --codes {column.field}"
        )


def _where(entry: Entry, table: Table) -> str:
    column, among = entry.placed.column, entry.placed.among
    what = f"{column.field} ({column.called})"
    if among:
        shown = " or ".join(repr(header) for header in among)
        how = " or ".join(f"--column {quoted(f'{column.field}={header}')}" for header in among)
        return f"does {what} stand under {shown}? {how}"
    name = column.field
    nowhere = f" If the file has it not: --absent {name}" if column.nullable else ""
    same = "" if own(column, table) else f" --constant {name}=VALUE,"
    return (
        f"where is {what}? --column {name}=HEADER,{same} or of another file "
        f"--beside NAME=FILE --key NAME=HEADER --column {name}=NAME:HEADER{nowhere}"
    )
