"""What is told of codes that are read: another year's, or of no confirmed meaning.

The rows stay as they are. A code the return of that year did not have says that the file may be of
another year; a code without a source for its meaning is to be asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jsna.errors import Problem
from jsna.ingest.coded import spread, texts
from jsna.model.contract import Column, Context, Table
from jsna.shared.periods import ends_in

if TYPE_CHECKING:
    import numpy as np

    from jsna.ingest.kept import Kept


@dataclass(frozen=True, slots=True)
class Said:
    """Rows of which the same is told: `kind` is `year`, `mapped` (see `said_of_codes`) or
    `unconfirmed`."""

    field: str
    kind: str
    message: str
    rows: np.ndarray[Any, Any]


def finer_codes(codelist: str, context: Context) -> Mapping[str, str]:
    """Optional codes of a list and what each counts as; of former ones those still in use."""
    rolls, usage = context.rolls.get(codelist, {}), context.usage.get(codelist)
    if usage is None:
        return rolls
    ended = usage.ended(ends_in(context.period))
    return {code: main for code, main in rolls.items() if code.upper() not in ended}


def said_of_codes(table: Table, text: Kept, context: Context) -> Iterator[Said]:
    """What is told of the codes of a table.

    A code of another year that the file itself has says of what year it may be; one that a mapping
    reads words of the file as (`mapped`) says that the mapping is of other years.

    Args:
        table: the declaration.
        text: its columns as text.
        context: the delivery, whose code lists say which returns have a code.
    """
    for column in table.columns:
        usage = context.usage.get(column.codes or "")
        if usage is None:
            continue
        listed = context.codelists.get(column.codes or "", frozenset())
        read = {code.upper() for code in (*listed, *finer_codes(column.codes or "", context))}
        strange = usage.other_years(ends_in(context.period)) & read
        mapped = strange & context.outright.get(f"{table.name}.{column.field}", frozenset())
        of_year = f"holds a code that the return of {context.period} does not have"
        yield from _said(column, text, strange - mapped, "year", of_year)
        rule = (
            f"is read by the mapping as a code that the return of {context.period} does not have; "
            "ask the owner what the file means by it, and say that in a mapping for that year"
        )
        yield from _said(column, text, mapped, "mapped", rule)
        rule = "holds a code of which no source gives the meaning"
        yield from _said(column, text, usage.unconfirmed, "unconfirmed", rule)


def refused(said: Said, table: Table, text: Kept, where: str) -> Problem:
    """Why a file cannot be used whose mapping reads words as codes of other years."""
    row = int(text.numbers[said.rows[0]])
    code = f"{table.name}.{said.field}.{said.kind}"
    return Problem(where, said.message, row=row, code=code, count=len(said.rows))


def _said(
    column: Column, text: Kept, codes: frozenset[str], kind: str, rule: str
) -> Iterator[Said]:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if not codes:
        return
    cells = text.columns[column.field]
    given = pc.utf8_upper(texts(cells))
    found = sorted(codes & set(pc.unique(given).to_pylist()))
    if found:
        held = pc.is_in(given, value_set=pa.array(found, pa.string()))
        held = np.asarray(pc.fill_null(spread(held, cells), False))
        message = f"{column.name!r} {rule}: {', '.join(found)}"
        yield Said(column.field, kind, message, np.flatnonzero(held))
