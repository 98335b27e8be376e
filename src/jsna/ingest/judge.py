"""Judge staged rows by their declarations: valid rows, quarantined rows, and what was wrong.

A row that breaks an error rule is quarantined with its reasons; a warning is counted and the row
stays. Rows in = rows valid + rows quarantined, always. What becomes of a cell that cannot be used
is the column's to say (`Column.on_invalid`): a mandatory one costs the row its place, an optional
one is emptied. A broken identifier never removes a child from a count: a number of the wrong shape
is emptied and not used to link; a UPN whose check letter fails is kept and counted apart, since in
practice most of them are typing habits of whole systems (`severities` of the edition makes it an
error).

No message holds a value of a personal column.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from jsna.errors import Problem
from jsna.ingest.codes import refused, said_of_codes
from jsna.ingest.convert import TEXT, as_declared, convert
from jsna.ingest.kept import Kept
from jsna.ingest.schema import Finding, findings, in_words
from jsna.model.contract import REPEATED, SHARED, Context, Extract, Rule, Severity, Table
from jsna.shared.checks import times
from jsna.shared.periods import window

#: More than this share of a file quarantined (and more than a few rows) refuses it.
MOST_QUARANTINED = 0.05
FEW_ROWS = 20
#: More than this share of a column's filled cells unusable refuses it: its codes are not ours.
MOST_UNUSABLE = 0.2
#: More than half of them are too many in a short file too, from this many on.
FEW_CELLS = 5
#: A number or a code that is no date, postcode, name or number of a person.
_SHORT = re.compile(r"-?\d{1,7}([.,]\d{1,3})?|[A-Za-z]{1,3}\d{7,8}|[A-Za-z]{1,2}")


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that rows of a table broke, or (`not_run`) that could not be tried."""

    code: str
    severity: str
    message: str
    fields: tuple[str, ...]
    rows: int = 0
    first_row: int | None = None
    example: str = ""
    #: Numbers of the rows in their file.
    numbers: np.ndarray[Any, Any] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Validated:
    """One table of one delivery, judged.

    Attributes:
        staged: every row received, as text, of the columns declared.
        valid: typed rows that stand, with `source_row`; index as in `staged`.
        reasons: rule codes, joined with ";", of the rows that do not; index as in `staged`.
        found: rules broken, errors and warnings.
        problems: why the whole file is refused; none for a usable file.
    """

    table: Table
    context: Context
    staged: Kept
    valid: pd.DataFrame
    reasons: pd.Series[str]
    found: tuple[Violation, ...] = ()
    problems: tuple[Problem, ...] = ()
    file: str = ""

    def __post_init__(self) -> None:
        if len(self.valid) + len(self.reasons) != len(self.staged):
            raise RuntimeError(f"{self.table.name}: rows were lost or doubled in validation")

    @property
    def quarantined(self) -> pd.DataFrame:
        """Rows set aside: every column as text, `source_row` and `reasons`."""
        rows = self.staged.rows(self.reasons.index.to_numpy(dtype=np.int64))
        return rows.assign(reasons=self.reasons).reset_index(drop=True)


@dataclass
class _Judge:
    """Gathers what is wrong with one table before any row is moved."""

    table: Table
    context: Context
    staged: Kept
    typed: pd.DataFrame
    person_level: bool
    errors: list[tuple[str, np.ndarray[Any, Any]]] = field(default_factory=list)
    #: Field -> rows whose cell is already reported: rules that read it say nothing more of them.
    unusable: dict[str, set[int]] = field(default_factory=dict)
    found: list[Violation] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def severity(self, code: str, declared: Severity) -> Severity:
        """Severity the edition wants for a rule."""
        return self.context.severities.get(f"{self.table.name}.{code}", declared)

    def note(
        self,
        code: str,
        severity: Severity,
        message: str,
        fields: tuple[str, ...],
        rows: np.ndarray[Any, Any],
        blanks: tuple[str, ...] = (),
    ) -> None:
        """Record that the rows at these positions break a rule."""
        if not len(rows):
            return
        code = f"{self.table.name}.{code}"
        numbers = self.staged.numbers[rows]
        first = int(rows[np.argmin(numbers)])
        self.found.append(
            Violation(
                code, severity, message, fields, len(rows),
                int(numbers.min()), self._example(fields, first), numbers,
            )
        )  # fmt: skip
        if severity == "error":
            self.errors.append((code, rows))
            return
        for name in blanks:
            self.typed.loc[self.typed.index[rows], name] = None

    def _example(self, fields: tuple[str, ...], row: int) -> str:
        """The cell of a rule about one column, where showing it cannot tell anything personal.

        Shifted columns put names under any header: of children only listed codes are shown.
        """
        if len(fields) != 1 or self.table.column(fields[0]).masked:
            return ""
        value = self.staged.cell(fields[0], row)
        if value is None:
            return ""
        # A child's row may stand in a file of places: of those only what is short is shown.
        known = any(value in codes for codes in self.context.codelists.values())
        short = not self.person_level and _SHORT.fullmatch(value) is not None
        return value if known or short else ""

    @property
    def clean(self) -> np.ndarray[Any, Any]:
        """Positions of the rows without an error so far, as a mask."""
        mask = np.ones(len(self.staged), dtype=bool)
        for _, rows in self.errors:
            mask[rows] = False
        return mask

    def result(self, file: str) -> Validated:
        """Rows apart, with reasons in the order the rules were tried."""
        reasons: dict[int, str] = {}
        for code, rows in self.errors:
            for row in rows.tolist():
                reasons[row] = f"{reasons[row]};{code}" if row in reasons else code
        set_aside = sorted(reasons)
        return Validated(
            self.table,
            self.context,
            self.staged,
            self.typed if not set_aside else self.typed[self.clean],
            pd.Series([reasons[row] for row in set_aside], index=set_aside, dtype=TEXT),
            tuple(self.found),
            tuple(self.problems),
            file,
        )


def validate_table(
    extract: Extract, table: Table, staged: Kept | pd.DataFrame, context: Context, *, file: str = ""
) -> Validated:
    """Judge the rows of one table by its own declaration.

    Args:
        extract: the extract the table is of.
        table: the declaration.
        staged: its rows as text, by field; a frame has `source_row`. Optional ones may be absent.
        context: the delivery.
        file: the file's name, for messages.
    """
    text = as_declared(table, Kept.of(staged))
    typed, unreadable = convert(table, text, context)
    judge = _Judge(table, context, text, typed, extract.person_level)
    where = file or f"{extract.name}.{table.name}"
    if not len(text) and not table.may_be_empty:
        judge.problems.append(Problem(where, "the file has no rows", code=f"{table.name}.empty"))
    for finding in findings(table, typed, context, unreadable):
        _judge_cells(finding, judge, where)
    for said in said_of_codes(table, text, context):
        if said.kind == "mapped":
            judge.problems.append(refused(said, table, text, where))
            continue
        severity = judge.severity(f"{said.field}.{said.kind}", "warning")
        judge.note(f"{said.field}.{said.kind}", severity, said.message, (said.field,), said.rows)
    for rule in table.rules:
        _apply(rule, judge, where)
    _check_period(extract, judge, where)
    _check_key(judge)
    return judge.result(file)


def _judge_cells(finding: Finding, judge: _Judge, where: str) -> None:
    """Record cells of one column that cannot be used, by what the column says of them."""
    column, code = finding.column, f"{finding.column.field}.{finding.kind}"
    message = in_words(column, finding.kind, judge.context)
    missing = finding.kind == "missing"
    stays = column.on_missing == "warn" if missing else column.on_invalid == "blank"
    severity = judge.severity(code, "warning" if stays else "error")
    filled = judge.staged.filled(column.field)
    wrong = len(finding.rows)
    most = wrong >= FEW_CELLS and 2 * wrong > filled
    if not missing and (most or wrong > max(MOST_UNUSABLE * filled, FEW_ROWS)):
        judge.problems.append(
            Problem(
                where,
                f"{message}; {wrong:,} of {filled:,} cells are not",
                column=column.name,
                code=f"{judge.table.name}.{code}",
            )
        )
    judge.unusable.setdefault(column.field, set()).update(finding.rows.tolist())
    emptied = "; emptied" if severity == "warning" and not missing else ""
    judge.note(code, severity, message + emptied, (column.field,), finding.rows, (column.field,))


def failing(answers: pd.Series[Any]) -> np.ndarray[Any, Any]:
    """Positions of the rows a rule fails; an empty answer passes."""
    return np.flatnonzero(~answers.fillna(True).to_numpy(dtype=bool))


def _apply(rule: Rule, judge: _Judge, where: str) -> None:
    answers = rule.check(judge.typed, judge.context)
    rows = failing(answers)
    reported = set().union(*(judge.unusable.get(name, set()) for name in rule.fields))
    if reported:
        rows = rows[~np.isin(rows, sorted(reported))]
    answered = int(answers.notna().sum())
    # What few rows say of a file, the others being of no use, says nothing of the file.
    enough = 2 * answered >= len(answers)
    if rule.fatal_share is not None and enough and len(rows) > rule.fatal_share * answered:
        share = f" ({len(rows):,} of {answered:,} rows)"
        code = f"{judge.table.name}.{rule.code}"
        judge.problems.append(
            Problem(where, (rule.fatal_message or rule.message) + share, code=code)
        )
    if rule.counted:
        severity = judge.severity(rule.code, rule.severity)
        judge.note(rule.code, severity, rule.message, rule.fields, rows, rule.blanks)


def _check_period(extract: Extract, judge: _Judge, where: str) -> None:
    """Refuse a file whose dates are mostly of another period."""
    table, period = judge.table, judge.context.period
    if table.dated_by is None:
        return
    days = judge.typed[table.dated_by].dropna()
    if not len(days):
        return
    first, last = window(period, extract.period_type)
    inside = int(((days >= first) & (days <= last)).sum())
    if inside < table.dated_share * len(days):
        column = table.column(table.dated_by).name
        rule = (
            f"{len(days) - inside:,} of {len(days):,} dates in {column!r} are not from "
            f"{first:%d/%m/%Y} to {last:%d/%m/%Y}: this looks like the file of another year; "
            f"check which file stands for {period!r} in the edition"
        )
        code = f"{table.name}.wrong_period"
        judge.problems.append(Problem(where, rule, column=column, code=code))


def _check_key(judge: _Judge) -> None:
    """Of rows with the same key one stands: the first in order of content, not of the file.

    So the order of rows decides nothing. A row that breaks an error rule never stands in for a good
    one, and a row without the key's first part is nobody's duplicate.
    """
    key = list(judge.table.key)
    if not key:
        return
    # Most rows are told apart by the first part alone; only the others are looked at whole.
    clean = judge.clean
    again = times(judge.typed[key[0]], pd.Series(clean)).gt(1).fillna(False).to_numpy(bool)
    candidates = judge.typed.loc[clean & again, key]
    repeated = candidates.index[candidates.duplicated(key, keep=False)]
    if not len(repeated):
        return
    content = [column.field for column in judge.table.columns]
    same = judge.staged.rows(repeated.to_numpy(dtype=np.int64))
    ordered = same.sort_values([*content, "source_row"], kind="stable")
    twins = judge.typed.loc[ordered.index].duplicated(key, keep="first").to_numpy()
    names = " and ".join(repr(judge.table.column(name).name) for name in key)
    message, kept = f"another row has the same {names}", "; one of them is kept"
    rows, others = ordered.index.to_numpy()[twins], _others(judge, ordered.index, key)[twins]
    judge.note(
        REPEATED,
        judge.severity(REPEATED, "error"),
        message + kept,
        tuple(key),
        np.sort(rows[~others]),
    )
    judge.note(
        SHARED,
        judge.severity(SHARED, "error"),
        f"{message} and another date of birth: two children under one number, of whom one is kept "
        "and the other is in no count until the number is put right",
        tuple(key),
        np.sort(rows[others]),
    )


def _others(judge: _Judge, rows: pd.Index[Any], key: list[str]) -> np.ndarray[Any, Any]:
    """Which of the rows with repeated keys, in order, are of another birth than the first."""
    # Rows with one key are of one birth where that is part of it.
    born = [
        column.field
        for column in judge.table.columns
        if column.identifier == "date_of_birth" and column.field not in key
    ]
    found = np.zeros(len(rows), dtype=np.bool_)
    for name in born:
        days = judge.typed.loc[rows, [*key, name]]
        first = days.groupby(key, dropna=False, sort=False)[name].transform("first")
        found |= (days[name].notna() & first.notna() & (days[name] != first)).to_numpy()
    return found


def too_many(result: Validated) -> Validated:
    """Refuse a file of which too much is set aside; said once, however often it is asked."""
    aside, rows = len(result.reasons), len(result.staged)
    code = f"{result.table.name}.too_many"
    if aside <= max(MOST_QUARANTINED * rows, min(FEW_ROWS, rows / 2)):
        return result
    counts = sorted((-v.rows, v.message) for v in result.found if v.severity == "error")
    rule = (
        f"{aside:,} of {rows:,} rows cannot be used, too many for a report; the commonest reason "
        f"is: {counts[0][1]}"
    )
    kept = tuple(problem for problem in result.problems if problem.code != code)
    where = result.file or result.table.name
    return replace(result, problems=(*kept, Problem(where, rule, code=code)))
