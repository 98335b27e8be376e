"""Faults that follow from what a column is declared to hold, for every source without a line.

A number that lost its end, a code no list has, a day that does not exist, an empty cell that must
be filled, a day of another year. What must be said of each is what the declaration says of such
cells; whether validation says it is what the fault tries. Nothing here imports a rule: of rules
only their code, severity, fields and which days they ask for are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from jsna.generator.fault import Change, Fault
from jsna.model.contract import Column, CrossRule, Extract, Rule, Severity, Table

#: Faults of a kind in 100,000 rows of a table.
RATE: Final = 10
SOURCE: Final = "kind from the declaration of the columns; rate assumed"
#: What no list of codes has, no number is, and neither yes nor no says.
_NO_CODE, _NO_NUMBER, _NEITHER = "?", "not known", "maybe"
#: A year after, and one before, that of any edition; both have a 29 February.
LATER, EARLIER = "2092", "1992"
#: Rows to one day that does not exist: where it is one of few, the column is taken to be damaged.
_FEWEST: Final = 200
#: What a sound number has that its pattern does not say: rule of a field -> change that breaks it.
_MARKS: Final[Mapping[str, Change]] = {"letter": "wrong_letter", "check_digit": "wrong_digit"}


def of_table(extract: Extract, table: Table, every: Iterable[Extract]) -> dict[str, list[Fault]]:
    """Kind -> faults of the columns of a table that kind can strike.

    Args:
        extract, table: whose files are struck.
        every: all extracts, whose rules may tell of other rows because of it.
    """
    elsewhere = [(other.name, rule) for other in every for rule in other.cross_rules]
    found: dict[str, list[Fault]] = {}
    held = {one.parent[1] for one in extract.tables if one.parent and one.parent[0] == table.name}
    for kind, column, change, to, code, severity in _changes(table):
        # Rows that belong to a row by this number would belong to none.
        if column.field in held and change != "duplicate":
            continue
        expect = f"{table.name}.{code}"
        also = _also(extract, table, column.field, severity, elsewhere) - {expect}
        fault = Fault(
            fault=f"{extract.name}_{table.name}_{kind}",
            table=f"{extract.name}.{table.name}",
            column=column.name,
            change=change,
            to=to,
            filled=(column.name,) if change in ("set", "duplicate") else (),
            sound=column.pattern if change == "cut" and column.pattern else "",
            fewest=_FEWEST if change == "impossible_date" else 0,
            expect=expect,
            severity=severity,
            also=tuple(sorted(also)),
            per_100_000=RATE,
            source=SOURCE,
        )
        found.setdefault(fault.fault, []).append(fault)
    return found


#: Kind, column, change, what is written, code of what must be said, and how grave it is.
_Told = tuple[str, Column, Change, str, str, Severity]


def _changes(table: Table) -> Iterator[_Told]:
    for column in table.columns:
        yield from _of_column(column)
    fields = {column.field: column for column in table.columns}
    for rule in table.rules:
        yield from _of_rule(rule, fields)
    if table.key:
        yield "duplicate", fields[table.key[0]], "duplicate", "", "key.duplicate", "error"
    if table.parent is not None:
        field = table.parent[1]
        yield "orphan", fields[field], "nobody", "", f"{field}.orphan", "error"


def _of_column(column: Column) -> Iterator[_Told]:
    """Faults of cells that cannot be used, by what they must hold."""
    unusable: Severity = "warning" if column.on_invalid == "blank" else "error"
    if column.pattern is not None:
        yield "cut", column, "cut", "", f"{column.field}.shape", unusable
    if column.codes is not None:
        yield "unknown_code", column, "set", _NO_CODE, f"{column.field}.code", unusable
    if column.type == "date" and not column.nullable:
        yield "no_such_day", column, "impossible_date", "", f"{column.field}.type", unusable
    if column.type in ("integer", "number"):
        yield "no_number", column, "set", _NO_NUMBER, f"{column.field}.type", unusable
        beyond = column.minimum, column.maximum
        if beyond != (None, None):
            to = _beyond(*beyond)
            yield "out_of_bounds", column, "set", to, f"{column.field}.range", unusable
    if column.type == "boolean":
        yield "neither", column, "set", _NEITHER, f"{column.field}.type", unusable
    if column.required and not column.nullable:
        missing: Severity = "warning" if column.on_missing == "warn" else "error"
        yield "empty", column, "blank", "", f"{column.field}.missing", missing


def _of_rule(rule: Rule, fields: Mapping[str, Column]) -> Iterator[_Told]:
    """Faults of what a rule says that one column must hold."""
    if not rule.counted or len(rule.fields) != 1:
        return
    column, name = fields[rule.fields[0]], rule.code.split(".")[-1]
    if rule.days in ("to", "within"):
        yield "later_year", column, "year", LATER, rule.code, rule.severity
    if rule.days in ("from", "within"):
        yield "earlier_year", column, "year", EARLIER, rule.code, rule.severity
    if column.identifier is not None and name in _MARKS:
        yield _MARKS[name], column, _MARKS[name], "", rule.code, rule.severity


def _beyond(low: float | None, high: float | None) -> str:
    return f"{high + 1:g}" if high is not None else f"{(low or 0) - 1:g}"


def _also(
    extract: Extract,
    table: Table,
    field: str,
    severity: Severity,
    elsewhere: Iterable[tuple[str, CrossRule]],
) -> set[str]:
    """Codes other rows, or rules of more than one field, may be reported under."""
    found = {
        f"{table.name}.{rule.code}" for rule in table.rules if rule.together or field in rule.fields
    }
    # Rows that belong to one set aside are set aside with it.
    gone = _below(extract, table.name) if severity == "error" else {table.name}
    for name, rule in elsewhere:
        own = name == extract.name
        read = {need if "." in need else f"{name}.{need}" for need in rule.needs}
        read |= {f"{name}.{rule.table}"} if own else set()
        if read & {f"{extract.name}.{one}" for one in gone}:
            found.add(f"{rule.table}.{rule.code}")
    return found | {f"{one.name}.{one.parent[1]}.orphan" for one in extract.tables if one.parent}


def _below(extract: Extract, table: str) -> set[str]:
    """The table, and all whose rows belong to its rows."""
    found = {table}
    for one in extract.tables:
        if one.parent is not None and one.parent[0] in found:
            found.add(one.name)
    return found
