"""The data dictionary: what is declared, as tables to read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from jsna.extracts.patterns import WORDS
from jsna.model.contract import Column, CrossRule, Extract, Rule, Table

if TYPE_CHECKING:
    import pandas as pd


def dictionary(extract: Extract) -> pd.DataFrame:
    """One row for each column of an extract, in the order of its files.

    Returns:
        extract, table, column (header), field, type, values (codes, shape or bounds in words),
        must_be_given, if_unusable, identifier, also_known_as, description; all text.
    """
    import pandas as pd

    rows = [
        {
            "extract": extract.name,
            "table": table.name,
            "column": column.name,
            "field": column.field,
            "type": column.type,
            "values": _values(column) + _absent(column),
            "must_be_given": _must_be_given(column),
            "if_unusable": "emptied" if column.on_invalid == "blank" else "row set aside",
            "identifier": column.identifier or "",
            "also_known_as": ", ".join(column.aliases),
            "description": column.description,
        }
        for table in extract.tables
        for column in table.columns
    ]
    return pd.DataFrame(rows, dtype="str")


def rulebook(extract: Extract) -> pd.DataFrame:
    """One row for each rule of an extract beside those of single columns.

    Returns:
        extract, table, code, severity, fields, message; all text.
    """
    import pandas as pd

    rows = [row for table in extract.tables for row in _table_rules(extract, table)]
    return pd.DataFrame(rows, dtype="str")


def _table_rules(extract: Extract, table: Table) -> Iterable[dict[str, str]]:
    if table.key:
        message = "no two rows are the same in these columns"
        yield _row(extract, table, "key.duplicate", "error", table.key, message)
    if table.parent is not None:
        parent, name = table.parent
        message = f"every row belongs to a row of {parent!r}"
        yield _row(extract, table, f"{name}.orphan", "error", (name,), message)
    rules: list[Rule | CrossRule] = [rule for rule in table.rules if rule.counted]
    rules += [rule for rule in extract.cross_rules if rule.table == table.name]
    for rule in rules:
        yield _row(extract, table, rule.code, rule.severity, rule.fields, rule.message)


def _row(
    extract: Extract, table: Table, code: str, severity: str, fields: Iterable[str], message: str
) -> dict[str, str]:
    return {
        "extract": extract.name,
        "table": table.name,
        "code": f"{table.name}.{code}",
        "severity": severity,
        "fields": ", ".join(fields),
        "message": message,
    }


def _must_be_given(column: Column) -> str:
    if not column.required:
        return "column may be absent"
    if column.nullable:
        return "no"
    return "yes" if column.on_missing == "quarantine" else "yes, or a warning"


def _absent(column: Column) -> str:
    """What stands for no value, in words."""
    return f"; read as empty: {', '.join(sorted(column.absent))}" if column.absent else ""


def _values(column: Column) -> str:
    if column.codes is not None:
        written = "".join(f", {text} for {code}" for text, code in column.spellings)
        return f"code list {column.codes!r}{written}"
    if column.pattern is not None:
        return WORDS.get(column.pattern, f"the pattern {column.pattern}")
    if column.type == "date":
        return "day/month/year or year-month-day"
    bounds = [
        f"{word} {bound:g}"
        for word, bound in (("from", column.minimum), ("to", column.maximum))
        if bound is not None
    ]
    return " ".join(bounds)
