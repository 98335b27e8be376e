"""Rules across tables: rows without a parent, and what one file says against another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from jsna.errors import Problem
from jsna.ingest.convert import TEXT
from jsna.ingest.judge import Validated, Violation, failing
from jsna.model.contract import CrossRule, Extract
from jsna.shared.checks import among

#: Rows that break a rule before their share says anything of the file they stand in.
FEW_ROWS = 5
#: Tables of one delivery by name.
Tables = dict[str, Validated]


def with_parents(extract: Extract, tables: Mapping[str, Validated]) -> Tables:
    """Quarantine rows whose parent is not among the valid rows, from the top down."""
    result = dict(tables)
    for table in extract.tables:
        if table.parent is None or table.name not in result or table.parent[0] not in result:
            continue
        parent, name = table.parent
        rows = result[table.name]
        found = among(rows.valid[name], result[parent].valid[name])
        message = (
            f"belongs to no valid row of the {parent!r} file (none has the same "
            f"{table.column(name).name!r}, or it was set aside itself)"
        )
        result[table.name] = set_aside(
            rows, Violation(f"{name}.orphan", "error", message, (name,)), failing(found)
        )
    return result


def set_aside(
    rows: Validated,
    violation: Violation,
    failed: np.ndarray[Any, Any],
    blanks: tuple[str, ...] = (),
) -> Validated:
    """Record that valid rows at these positions break a rule, and move them if it is an error.

    Args:
        rows: the table as judged so far.
        violation: the rule, with its code below the table's, as declared.
        failed: positions in `rows.valid`.
        blanks: fields emptied where a warning finds the row.
    """
    if not len(failed):
        return rows
    code = f"{rows.table.name}.{violation.code}"
    severity = rows.context.severities.get(code, violation.severity)
    numbers = rows.valid["source_row"].to_numpy()[failed]
    entry = replace(
        violation, code=code, severity=severity, rows=len(failed), first_row=int(numbers.min()),
        numbers=numbers,
    )  # fmt: skip
    if severity != "error":
        valid = rows.valid.copy() if blanks else rows.valid
        for name in blanks:
            valid.loc[valid.index[failed], name] = None
        return replace(rows, valid=valid, found=(*rows.found, entry))
    keep = np.ones(len(rows.valid), dtype=bool)
    keep[failed] = False
    moved = pd.Series(code, index=rows.valid.index[~keep], dtype=TEXT)
    return replace(
        rows,
        valid=rows.valid[keep],
        reasons=pd.concat([rows.reasons, moved]).sort_index(),
        found=(*rows.found, entry),
    )


def own_rules(extract: Extract) -> list[CrossRule]:
    """Rules that need no other extract."""
    return [rule for rule in extract.cross_rules if not any("." in need for need in rule.needs)]


def other_rules(extract: Extract) -> list[CrossRule]:
    """Rules that need other extracts."""
    return [rule for rule in extract.cross_rules if any("." in need for need in rule.needs)]


def apply_rules(
    rules: Iterable[CrossRule],
    tables: Mapping[str, Validated],
    others: Mapping[str, pd.DataFrame],
) -> Tables:
    """Try rules across tables.

    Args:
        rules: rules of one extract.
        tables: its tables in one delivery.
        others: valid rows of other extracts' tables, all deliveries, by `extract.table`.
    """
    result = dict(tables)
    for rule in rules:
        if rule.table not in result:
            continue
        judged = result[rule.table]
        frames = {name: rows.valid for name, rows in result.items()} | dict(others)
        entry = Violation(rule.code, rule.severity, rule.message, rule.fields)
        if absent := sorted(need for need in rule.needs if need not in frames):
            lacking = f"{' and '.join(absent)} not received, not readable or not linked"
            unread = replace(
                entry,
                code=f"{judged.table.name}.{rule.code}",
                severity="not_run",
                message=f"not checked, {lacking}: {rule.message}",
            )
            result[rule.table] = replace(judged, found=(*judged.found, unread))
            continue
        answers = rule.check(frames, judged.context)
        failed = failing(answers)
        judged = _refused(rule, judged, len(failed), int(answers.notna().sum()))
        result[rule.table] = set_aside(judged, entry, failed, rule.blanks)
    return result


def _refused(rule: CrossRule, judged: Validated, failed: int, answered: int) -> Validated:
    """The table with a problem of the whole file, where too large a share of it breaks a rule."""
    share = rule.fatal_share
    if share is None or failed < FEW_ROWS or failed <= share * answered:
        return judged
    message = f"{rule.fatal_message or rule.message} ({failed:,} of {answered:,} rows)"
    code = f"{judged.table.name}.{rule.code}"
    problem = Problem(judged.file or judged.table.name, message, code=code)
    return replace(judged, problems=(*judged.problems, problem))
