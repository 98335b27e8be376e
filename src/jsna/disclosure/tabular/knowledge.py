"""What columns beside the value tell an attacker: which cells are small, and what they truly are.

A column that is not understood may say anything, so it is refused rather than left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jsna.disclosure.system import Flags, Floats
from jsna.disclosure.tabular.codes import Named, Problems
from jsna.disclosure.tabular.reading import Printed, numbers

#: Columns that are understood beside the dimensions and the value.
UNDERSTOOD = ("primary", "suppressed", "truth")
_TRUE = frozenset({"true", "1", "yes", "y"})
_FALSE = frozenset({"false", "0", "no", "n"})


@dataclass(frozen=True, slots=True)
class Told:
    """What the rows of a table tell: values, and whether each is said to be small.

    `small` and `large` are hidden rows that a column says are, and are not, from 1 to less than the
    threshold; a row is neither where no column says so.
    """

    values: Printed
    small: Flags
    large: Flags


def value_column(
    table: Named, dims: Sequence[str], labels: Sequence[str], problems: Problems
) -> str:
    """The column of values of a table of which none is named: the only one left over."""
    left = [str(c) for c in table.frame.columns if c not in {*dims, *labels, *UNDERSTOOD}]
    if len(left) == 1:
        return left[0]
    shown = ", ".join(map(repr, left)) or "none"
    problems.add(table.name, f"say which column has the values with --value (left over: {shown})")
    return ""


def check_understood(
    table: Named, dims: Sequence[str], value: str, labels: Sequence[str], problems: Problems
) -> None:
    """Whether every column of a table is understood."""
    for column in table.frame.columns:
        if column not in {*dims, *labels, *UNDERSTOOD, value}:
            problems.add(
                table.name,
                "what this column tells about the counts is not understood; name it with --dims "
                "if it is a dimension, or with --labels if it only names codes, or take it out of "
                f"what is published (understood: {', '.join(UNDERSTOOD)})",
                column=str(column),
            )


def told(table: Named, value: str, threshold: int, rounded: int, problems: Problems) -> Told:
    """Everything the rows of a table tell about their counts."""
    printed = numbers(table, value, problems, hidden=True)
    hidden = np.isnan(printed.counts)
    small, large = np.zeros(len(hidden), dtype=np.bool_), np.zeros(len(hidden), dtype=np.bool_)
    if "suppressed" in table.frame:
        marked = _flags(table, "suppressed", problems)
        _say(table, "suppressed", hidden & ~marked, "says shown, and no value is shown", problems)
    if "primary" in table.frame:
        marked = _flags(table, "primary", problems)
        small, large = hidden & marked, hidden & ~marked
    counts, low, high = printed.counts.copy(), printed.low.copy(), printed.high.copy()
    low[small], high[small] = np.maximum(low[small], 1), np.minimum(high[small], threshold - 1)
    if "truth" in table.frame:
        truth = numbers(table, "truth", problems, hidden=True).counts
        wrong = ~np.isnan(truth) & (np.where(hidden, 0, np.abs(truth - counts)) >= rounded)
        _say(table, "truth", wrong, "is not the value printed beside it", problems)
        known = ~np.isnan(truth) & (hidden | (truth != counts))
        counts[known], low[known], high[known] = np.nan, truth[known], truth[known]
    _say(table, value, low > high, "the columns of this row contradict each other", problems)
    return Told(Printed(counts, low, high), small, large)


def marks(table: Named, value: str, one: Told) -> list[str]:
    """The different marks of hidden values that say nothing by themselves, without brackets."""
    plain = np.isnan(one.values.counts) & (one.values.low == 0) & np.isinf(one.values.high)
    found = table.frame[value][plain].astype("string").fillna("").str.strip().str.casefold()
    return sorted({str(mark).strip("[]") or "nothing" for mark in found.unique()})


def _flags(table: Named, column: str, problems: Problems) -> Flags:
    """A column of yes and no."""
    text = table.frame[column].astype("string").fillna("").str.strip().str.casefold()
    wrong = ~text.isin(_TRUE | _FALSE)
    for said in sorted(set(text[wrong])):
        rule = "must be True or False (or 1 or 0, yes or no, y or n)"
        _say(table, column, (text == said).to_numpy(), rule, problems, said or "nothing")
    return text.isin(_TRUE).to_numpy(dtype=np.bool_)


def _say(
    table: Named, column: str, rows: Flags, rule: str, problems: Problems, said: str = ""
) -> None:
    at = np.flatnonzero(rows)
    if len(at):
        row, number = table.line(at[0]), len(at)
        problems.add(table.name, rule, row=row, column=column, value=said, count=number)


def gap(least: Floats, most: Floats, large: Flags, threshold: int) -> tuple[Flags, Flags]:
    """Cells said not to be small that must be zero, and those that must be large.

    Such a cell is 0, or `threshold` or more: what is known to be less than the threshold is zero,
    and what is known to be more than zero is at least the threshold.
    """
    zero = large & (most < threshold - 1e-6) & (most > 0)
    above = large & (least > 1e-6) & (least < threshold - 1e-6)
    return zero, above & ~zero
