"""The attack alone, on tables that are about to be published or have been."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from jsna.disclosure.attack import Interval, Known, Report, attack
from jsna.disclosure.reading import Named, Problems, check_columns, dimensions, numbers, places
from jsna.disclosure.system import Flags, Floats, Ints, Rule, System, system
from jsna.disclosure.tables import TOTAL, Hierarchy, Layout, equations

#: What becomes of a hidden cell under attack; "unsure" is narrow if the cell is a small number.
Outcome = Literal["safe", "exact", "narrow", "unsure", "harmless"]


def outcome(low: float, high: float, threshold: int, lowest: float) -> Outcome:
    """What an interval gives away about a hidden cell of which nothing else is known.

    A value of `threshold` or more is nothing to protect, and neither is a certain zero.
    """
    top = threshold - 1
    if low <= lowest + 1e-6 and high >= top - 1e-6:
        return "safe"
    if low > top + 1e-6 or high < 1 - 1e-6:
        return "harmless"
    if np.floor(high + 1e-4) <= np.ceil(low - 1e-4):
        return "exact"
    return "narrow" if high <= top + 1e-6 else "unsure"


@dataclass(frozen=True, slots=True)
class Attacked:
    """What an outsider makes of published tables.

    Attributes:
        frame: every hidden cell with its least and greatest value, `outcome` and `because`.
        cells: number of cells.
        hidden: number of hidden cells.
        judged_by_mark: whether a column `primary` said which cells matter.
    """

    frame: pd.DataFrame
    cells: int
    hidden: int
    judged_by_mark: bool

    def count(self, *outcomes: Outcome) -> int:
        """Number of cells with any of these outcomes."""
        return int(self.frame["outcome"].isin(outcomes).sum())


def attack_tables(
    tables: Sequence[Named],
    dims: Sequence[str],
    value: str = "value",
    threshold: int = 5,
    hierarchies: Mapping[str, Hierarchy] | None = None,
    *,
    total: str = TOTAL,
    zeros_shown: bool = False,
    rounded: int = 1,
    contributor: float = 0.0,
    missing: Literal["zero", "unknown"] = "zero",
    primary: str = "primary",
) -> Attacked:
    """Work out the hidden cells of published tables from what is printed in them.

    Args:
        tables: frames of published cells; hidden ones have no value or a mark such as `c`. Each has
            some of the dimensions, and stands at the total of the others.
        dims: the dimensions.
        value: the column of published values.
        threshold: counts from 1 to `threshold - 1` are what must not be worked out.
        hierarchies: dimension -> (code -> the code it is part of).
        total: the code of totals.
        zeros_shown: zeros are always published, so that a hidden cell is at least 1.
        rounded: printed values are rounded to the nearest multiple of this.
        contributor: width that must be left to others when one contributor subtracts their own
            one; 0 does not look at contributors.
        missing: what a combination without a row is: zero, or not known.
        primary: a column that says which hidden cells are small numbers, where there is one.

    Raises:
        JsnaError: listing everything wrong with the tables, or where no values fit them.
    """
    cells, printed, marked = _read(tables, dims, value, hierarchies or {}, total, missing, primary)
    hidden = np.isnan(printed)
    rule = Rule(threshold, zeros_shown=zeros_shown, contributor=contributor)
    matrix = equations(cells)
    made = _system(cells.names(), matrix, hidden, marked, rule)
    off = rounded // 2
    shown = np.where(hidden, 0.0, printed)
    knows = Known(
        np.where(hidden, rule.lowest, np.maximum(shown - off, 0.0)),
        np.where(hidden, np.inf, shown + off),
    )
    judged = made.primary if rounded == 1 else np.asarray(made.primary | (shown < threshold))
    report = attack(made, knows.high > knows.low, knows, judged=judged & (knows.high > knows.low))
    return Attacked(
        _frame(made, cells, report, rule, marked is not None),
        cells=len(printed),
        hidden=int(hidden.sum()),
        judged_by_mark=marked is not None,
    )


def _system(
    names: Sequence[tuple[str, ...]],
    matrix: object,
    hidden: Flags,
    marked: Flags | None,
    rule: Rule,
) -> System:
    """The system of published cells, every judged one with what the rule requires of it."""
    blank = system(names, np.zeros(len(names)), matrix, replace(rule, zeros_shown=False))
    matter = hidden if marked is None else hidden & marked
    top = float(rule.threshold - 1)
    return replace(
        blank,
        status=np.where(matter, 3, 0),
        low=np.full(len(names), rule.lowest),
        need_low=np.where(matter, rule.lowest, np.nan),
        need_high=np.where(matter, top, np.nan),
        need_width=np.where(matter, top - rule.lowest, 0.0),
    )


def _frame(made: System, cells: Layout, report: Report, rule: Rule, by_mark: bool) -> pd.DataFrame:
    rows = []
    for found in report.intervals:
        rows.append(
            {
                **{
                    dim.name: dim.codes[code]
                    for dim, code in zip(cells.dimensions, cells.places[found.cell], strict=True)
                },
                "low": round(found.low, 6),
                "high": round(found.high, 6),
                "outcome": _outcome(found, rule, by_mark),
                "contributor": "" if found.contributor < 0 else made.label(found.contributor),
                "because": "; ".join(
                    made.describe(row) for row in dict.fromkeys(row for row, _ in found.because)
                ),
            }
        )
    columns = [*(d.name for d in cells.dimensions), "low", "high", "outcome", "contributor"]
    return pd.DataFrame(rows, columns=[*columns, "because"])


def _outcome(found: Interval, rule: Rule, by_mark: bool) -> Outcome:
    if by_mark or found.contributor >= 0:
        return found.verdict
    return outcome(found.low, found.high, rule.threshold, rule.lowest)


def _read(
    tables: Sequence[Named],
    dims: Sequence[str],
    value: str,
    hierarchies: Mapping[str, Hierarchy],
    total: str,
    missing: str,
    primary: str,
) -> tuple[Layout, Floats, Flags | None]:
    """Cells by coordinates, printed values (NaN where hidden), and which are marked as small."""
    problems = Problems()
    check_columns(tables, value, problems)
    for table in tables:
        if not set(dims) & set(table.frame.columns):
            have = ", ".join(map(str, table.frame.columns))
            problems.add(table.name, f"has none of the dimensions {', '.join(dims)}; it has {have}")
    for name in dims:
        if not any(name in table.frame for table in tables):
            problems.add("tables", f"no table has a column {name!r}")
    problems.tell("The tables cannot be read:")
    axes = dimensions(tables, dims, hierarchies, total, problems)
    at = [places(table, axes, problems) for table in tables]
    counts = [numbers(table, value, problems, hidden=True) for table in tables]
    problems.tell("The tables cannot be read:")
    grids = [_complete(a) for a in at] if missing == "unknown" else []
    every = np.unique(np.concatenate([*at, *grids]), axis=0)
    cells = Layout(axes, every)
    keys = cells.keys
    printed = np.full(len(keys), np.nan)
    marks = np.zeros(len(keys), dtype=np.bool_)
    for table, places_, values in zip(tables, at, counts, strict=True):
        where = np.searchsorted(keys, places_ @ cells.strides)
        _agree(table, cells, where, printed, values, problems)
        printed[where] = np.where(np.isnan(values), printed[where], values)
        if primary in table.frame:
            text = table.frame[primary].astype("string").str.strip().str.lower()
            marks[where] |= text.isin(["true", "1", "yes"]).to_numpy()
    problems.tell("The tables do not agree:")
    return cells, printed, marks if any(primary in t.frame for t in tables) else None


def _complete(at: Ints) -> Ints:
    """Every combination of the codes a table uses."""
    axes = np.meshgrid(*[np.unique(at[:, axis]) for axis in range(at.shape[1])], indexing="ij")
    return np.stack([axis.ravel() for axis in axes], axis=1)


def _agree(
    table: Named, cells: Layout, where: Ints, printed: Floats, values: Floats, problems: Problems
) -> None:
    """Note cells that another table prints otherwise."""
    both = ~np.isnan(printed[where]) & ~np.isnan(values) & (printed[where] != values)
    for row in np.flatnonzero(both):
        codes = zip(cells.dimensions, cells.places[where[row]], strict=True)
        label = " / ".join(dim.codes[code] for dim, code in codes)
        rule = f"two tables print this cell differently ({printed[where[row]]:g}, {values[row]:g})"
        problems.add(table.name, rule, row=int(row) + 2, value=label)
