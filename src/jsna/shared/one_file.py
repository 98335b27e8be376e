"""An extract of one file, declared by what no other line says."""

from __future__ import annotations

from typing import Any

from jsna.model.contract import Column, Extract, Table
from jsna.model.indicators import Base


def one_file(
    name: str,
    description: str,
    period_type: str,
    base: Base,
    *columns: Column,
    title: str = "",
    **of_table: Any,
) -> Extract:
    """The extract of a file, whose table is called like it.

    Args:
        name: of the extract and its table.
        description: of one row.
        period_type: which kind of period one file covers.
        base: whom its rows stand for.
        columns: in the file's order; whether rows are about children follows from them.
        title: what people call it; the words of its name where not given.
        of_table: what else is said of the table: its key, rules, day of its rows, wait.
    """
    words = name.replace("_", " ")
    called = title or f"{words[:1].upper()}{words[1:]}"
    counted = f"record of {called[:1].lower()}{called[1:]}"
    return Extract(
        name=name,
        title=called,
        description=f"{called}: {description[:1].lower()}{description[1:]}",
        period_type=period_type,
        population_base=base,
        tables=(Table(name, description, columns, **{"counted_as": counted, **of_table}),),
        person_level=any(column.identifier is not None for column in columns),
    )
