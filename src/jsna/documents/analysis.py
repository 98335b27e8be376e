"""The analysis tables, for readers: all of them in a table, and each with its columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from jsna.documents.markdown import code, table
from jsna.model.codelists import CodeList
from jsna.model.tables import AnalysisTable, Column
from jsna.shared.table_columns import GEOGRAPHY, declared
from jsna.tables.catalogue import CATALOGUE, made_of, of_linkage

_PLACE: Final = frozenset(GEOGRAPHY.split())
_PERIODS: Final = {
    "delivery": "that of the delivery",
    "year_before": "the calendar year before that of the delivery",
    "march": "the year of the 31 March that the delivery's year ends on",
}


def overview() -> str:
    """Every analysis table with what a row is, and its columns beside those of the place."""
    head = ("table", "one row is", "base", "made of", "key", "columns beside geography")
    return table(head, map(_row, CATALOGUE.values()))


def _row(of: AnalysisTable) -> tuple[str, ...]:
    own = code(*(column.name for column in _own(of)))
    return (code(of.name), of.row, of.base, _made_of(of), code(*of.key), own)


def _own(of: AnalysisTable) -> list[Column]:
    """Its columns beside those of the place."""
    return [column for column in of.columns.values() if column.name not in _PLACE]


def _made_of(of: AnalysisTable) -> str:
    if of_linkage(of):
        return "linkage, of every extract about persons"
    return code(*made_of(of), without="every delivery")


def sections(listed: Mapping[str, CodeList]) -> Iterator[str]:
    """A section for each analysis table, as paragraphs; first the columns of places.

    Args:
        listed: column -> the code list of its values.
    """
    head = ("column", "type", "code list", "description")
    yield "Geography, in every table of people or places:"
    yield table(head, (_column(one, listed) for one in declared(GEOGRAPHY).values()))
    for of in CATALOGUE.values():
        yield f"### `{of.name}`"
        geography = " With geography." if set(of.columns) >= _PLACE else ""
        yield (
            f"One row is {of.row}. Base: {of.base}. Key: {code(*of.key)}. "
            f"Made of {_made_of(of)}. Period: {_period(of)}.{geography}"
        )
        yield table(head, (_column(one, listed) for one in _own(of)))


def _period(of: AnalysisTable) -> str:
    if of_linkage(of) or not made_of(of):
        return "the year of the edition"
    if of.rows_of and of.period == "delivery":
        return f"those for which {code(*of.dated_by)} came"
    return _PERIODS[of.period]


def _column(one: Column, listed: Mapping[str, CodeList]) -> tuple[str, ...]:
    found = listed.get(one.name) if one.type == "string" else None
    said = one.description or (found.title if found else "")
    return (code(one.name), one.type, code(found.codelist) if found else "", said)
