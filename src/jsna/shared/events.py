"""Analysis tables that follow from what a source declares: its rows, and pupils beside them.

Of a file about children no identifier and no text is taken over, nor any day: who needs a length
of time declares it. What a table says beside the columns of its file is given with its SQL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from jsna.model import contract
from jsna.model.contract import Extract, Table
from jsna.model.tables import AnalysisTable, Column, Type, View
from jsna.shared.beside_roll import beside_roll, is_known
from jsna.shared.fragments import PLACE, RESIDENT, age_group, numbered
from jsna.shared.table_columns import GEOGRAPHY, PLACED, declared

#: Kind of a column of a file -> of a column of an analysis table.
_TYPES: Final[Mapping[str, Type]] = {"integer": "integer", "number": "number", "boolean": "boolean"}
_HOME: Final = "lsoa_code"
#: Codes of the places that may be localities of the area: of one kind they all are.
_LIES: Final = ("ward_code", "district_code")
_LOCALITY: Final = (
    "left join (select distinct locality_code from place where locality_code is not null) l "
    "on l.locality_code in ({codes})"
)


def rows(
    extract: Extract,
    row: str,
    *,
    table: str = "",
    name: str = "",
    where: str = "",
    said: Mapping[Column, str] | None = None,
    told_by: Sequence[str] = (),
) -> AnalysisTable:
    """The rows of a file as a table to be counted, with all of its columns that say what it is of.

    Beside a number that is shown in bands stands the band it is in. What is no person lies in a
    locality by its small area, or by the code of its ward or district.

    Args:
        extract: whose file it is.
        row: what one row is, such as "a journey to school that the authority pays for".
        table: of the extract; its first where not given.
        name: of the analysis table; that of the extract where not given.
        where: SQL of the rows `e` that stand in it; all, but residents of elsewhere where the
            extract stands for residents.
        said: further columns, with the SQL of each, of a row `e`.
        told_by: further fields of the file that these stand on: rows of a child that are alike in
            all that is kept are numbered by them.

    Returns:
        of rows about children a table with age and home; their key is the child, the delivery and
        which of the child's rows it is, by what they say.
    """
    file = extract.table(table) if table else extract.tables[0]
    person, more = extract.person_level, said or {}
    own = [column for column in file.columns if _is_said(column, person)]
    bands = [column.bands for column in own if column.bands]
    kept = {column.field: f"e.{column.field}" for column in own}
    placed = person or any(column.field == _HOME for column in file.columns)
    lies = [] if placed else [c.field for c in file.columns if c.field in _LIES]
    numbers = person or not file.key
    found = {
        **_of_person(file, person),
        **kept,
        **{one.name: one.sql(f"e.{one.of}") for one in bands},
        **{column.name: sql for column, sql in more.items()},
    }
    key = ("person_key", "record_number") if person else file.key or ("record_number",)
    source = f"{extract.name}.{file.name}"
    said_by = ", ".join(f"{sql} as {column}" for column, sql in found.items())
    conditions = [f"({where})"] if where else []
    if placed and extract.population_base == "resident":
        conditions.append(RESIDENT.format(row="e"))
    return AnalysisTable(
        name=name or extract.name,
        row=row,
        base=extract.population_base,
        key=("period", *key),
        columns=declared(
            "person_key period" if person else "period",
            *_of_person(file, person),
            *(_column(column) for column in own),
            *(one.name for one in bands),
            *more,
            *((GEOGRAPHY,) if placed else ("locality_code",) if lies else ()),
            *(("record_number",) if numbers else ()),
        ),
        known=PLACED if placed else {},
        sql=f"""
        select {"e.person_key, " if person else ""}e.period, {said_by}
            {f", {PLACE}" if placed else ""}{", l.locality_code" if lies else ""}
            {", e.record_number" if numbers else ""}
        from {_numbered(source, [*kept, *told_by], person) if numbers else f'"{source}"'} e
            {"left join place on place.lsoa_code = e.lsoa_code" if placed else ""}
            {_LOCALITY.format(codes=", ".join(f"e.{one}" for one in lies)) if lies else ""}
        {f"where {' and '.join(conditions)}" if conditions else ""}
        order by e.period, {", ".join(f"e.{column}" for column in key)}
        """,
    )


def pupils_in(extract: Extract, row: str = "", *, table: str = "") -> tuple[View, AnalysisTable]:
    """Pupils of the January rolls, and whether a file of each of their years has them.

    Args:
        extract: about children, of academic or financial years.
        row: what one row is; by the extract's title where not given.
        table: of the extract; its first where not given.
    """
    file = extract.table(table) if table else extract.tables[0]
    view = View(
        name=f"in_{extract.name}",
        sql=f'select distinct person_key, period from "{extract.name}.{file.name}" '
        "order by period, person_key",
    )
    column = Column(extract.name, "boolean", f"In the records of {extract.label} that year")
    called = extract.label[:1].lower() + extract.label[1:]
    return view, beside_roll(
        f"roll_{extract.name}",
        row or f"a pupil on the January roll, and whether {called} had them that year",
        {extract.name: view.name},
        {column: is_known(view.name)},
    )


def _is_said(column: contract.Column, person: bool) -> bool:
    """Whether a column says what a row is of, and may leave the identified zone."""
    if column.masked or column.type == "date" or column.field == _HOME:
        return False
    return column.type != "string" or not person or column.pattern is not None


def _column(column: contract.Column) -> Column:
    kind = _TYPES.get(column.type, "string")
    return Column(column.field, kind, column.description.rstrip("."))


def _of_person(file: Table, person: bool) -> dict[str, str]:
    """What linkage says of the child of a row, with its SQL."""
    if not person:
        return {}
    aged = {"age": "e.age", "age_group": age_group("e.age")}
    return {**(aged if "date_of_birth" in file.identifiers else {}), "link": "e.link"}


def _numbered(source: str, kept: Sequence[str], person: bool) -> str:
    order = [f'"{column}"' for column in kept] or ["period"]
    return numbered(source, *order, of="period, person_key" if person else "period")
