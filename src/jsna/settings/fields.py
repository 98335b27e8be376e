"""What a declared table says of its own columns by name: its key, days, rules and wait."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from jsna.errors import near
from jsna.model.contract import Extract, Table
from jsna.settings.reading import Gatherer
from jsna.sources import registry

_SOURCE: Final = "src/jsna/sources/{}/extract.py"


def check(gather: Gatherer) -> None:
    """Gather names that are of no column, or of none of days where a day is meant."""
    for name, extract in registry().items():
        for key, rule, value in faults(extract):
            gather.expect(False, _SOURCE.format(name), key, rule, value)


def faults(extract: Extract) -> Iterator[tuple[str, str, str]]:
    """Where a table of an extract names a column wrongly, the rule, and the name."""
    for table in extract.tables:
        fields = [column.field for column in table.columns]
        days = [column.field for column in table.columns if column.type == "date"]
        for key, names, of_days in _named(table):
            for name in names:
                if name not in fields:
                    hint = near(name, fields) or f"; there are {', '.join(fields)}"
                    yield f"{table.name}.{key}", f"names no column of the table{hint}", name
                elif of_days and name not in days:
                    there = ", ".join(days) or "none"
                    yield f"{table.name}.{key}", f"names no column of days; there are {there}", name


def _named(table: Table) -> Iterator[tuple[str, Iterable[str], bool]]:
    """What names columns, which, and whether they have to be of days."""
    yield "key", table.key, False
    yield "dated_by", [table.dated_by] if table.dated_by else [], True
    yield "wait", table.wait or (), True
    for rule in table.rules:
        yield f"rules ({rule.code})", (*rule.fields, *rule.blanks), False
