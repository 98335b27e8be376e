"""The attack alone, on tables that are about to be published or have been."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from jsna.disclosure.attack import Interval, Known, Report, attack
from jsna.disclosure.codes import Named, Problems, check_dims, clean, dimensions, plain
from jsna.disclosure.reading import Printed, check_columns, numbers, places
from jsna.disclosure.system import Flags, Floats, Ints, Rule, Status, System, system
from jsna.disclosure.tables import TOTAL, Dimension, Hierarchy, Layout, equations

#: How printed values were rounded: each to the nearest, or to either multiple beside it.
Rounding = Literal["nearest", "controlled"]
_TRUE = frozenset({"true", "1", "yes", "y"})
_FALSE = frozenset({"false", "0", "no", "n"})
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
        marked: hidden cells that a column `primary` said matter; None without that column.
        derived: totals that are not printed and were worked with as unknown.
    """

    frame: pd.DataFrame
    cells: int
    hidden: int
    marked: int | None
    derived: int

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
    rounding: Rounding = "nearest",
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
        rounded: printed values are rounded to multiples of this.
        rounding: to the nearest, or (controlled) to either of the two beside the count.
        contributor: width that must be left to others when one contributor subtracts their own
            one; 0 does not look at contributors.
        missing: what a combination without a row is: zero, or not known. A total without a row is
            never zero: it is not printed, and yet the sum of its parts.
        primary: a column that says which hidden cells are small numbers, where there is one.

    Raises:
        JsnaError: listing everything wrong with the tables, or where no values fit them.
    """
    found = _read(tables, dims, value, hierarchies or {}, total, missing, primary, rounded)
    cells, printed, marked = found.cells, found.values, found.marked
    rule = Rule(threshold, zeros_shown=zeros_shown, contributor=contributor)
    unseen = np.isnan(printed.counts)
    hidden = unseen & ~found.derived
    off = rounded // 2 if rounding == "nearest" else rounded - 1
    shown = np.where(unseen, 0.0, printed.counts)
    floor = np.where(hidden & found.given, rule.lowest, 0.0)
    knows = Known(
        np.where(unseen, np.maximum(floor, printed.low), np.maximum(shown - off, 0.0)),
        np.where(unseen, printed.high, shown + off),
    )
    rough = ~unseen & (knows.low < threshold) & (knows.high >= 1) & (knows.high > knows.low)
    made = _system(found, hidden, rough, knows, rule)
    # A range such as 4-4 hides nothing, and is worked out by reading it.
    open_ = (knows.high > knows.low) | hidden
    report = attack(made, open_, knows, judged=made.primary | rough)
    return Attacked(
        _frame(made, cells, report, rule, hidden & False if marked is None else hidden & marked),
        cells=int((~found.derived).sum()),
        hidden=int(hidden.sum()),
        marked=None if marked is None else int((hidden & marked).sum()),
        derived=int(found.derived.sum()),
    )


def check_tables(
    tables: Sequence[Named],
    dims: Sequence[str],
    value: str,
    hierarchies: Mapping[str, Hierarchy],
    *,
    total: str,
    rounded: int,
) -> None:
    """Whether tables can be attacked.

    Raises:
        JsnaError: listing everything wrong with them.
    """
    _read(tables, dims, value, hierarchies, total, "zero", "primary", rounded)


@dataclass(frozen=True, slots=True)
class _Found:
    """Cells by coordinates with what is printed in them.

    `given` have a row, `derived` are totals without one, `marked` those said to be small.
    """

    cells: Layout
    values: Printed
    given: Flags
    derived: Flags
    marked: Flags | None


def _system(found: _Found, hidden: Flags, rough: Flags, knows: Known, rule: Rule) -> System:
    """The system of published cells, every judged one with what the rule requires of it."""
    names = found.cells.names()
    size = len(names)
    matrix = equations(found.cells)
    blank = system(names, np.zeros(size), matrix, replace(rule, zeros_shown=False))
    matter = hidden if found.marked is None else hidden & found.marked
    top = float(rule.threshold - 1)
    # A mark such as 1-4 says that the count is not zero, and a rounded one how low it can be.
    least = np.maximum(rule.lowest, np.minimum(found.values.low, 1.0))
    least = np.where(rough, np.minimum(knows.low, top), least)
    status = np.where(matter, int(Status.PRIMARY), int(Status.FREE))
    return replace(
        blank,
        status=np.where(found.derived, int(Status.UNPUBLISHED), status),
        low=np.zeros(size),
        need_low=np.where(matter | rough, least, np.nan),
        need_high=np.where(matter | rough, top, np.nan),
        need_width=np.where(matter | rough, top - least, 0.0),
        contributor=np.where(matter, rule.contributor, 0.0),
    )


def _frame(made: System, cells: Layout, report: Report, rule: Rule, marked: Flags) -> pd.DataFrame:
    rows = []
    for found in report.intervals:
        rows.append(
            {
                **{
                    dim.name: dim.codes[code]
                    for dim, code in zip(cells.dimensions, cells.places[found.cell], strict=True)
                },
                # Plus zero: −0 is written as 0.
                "low": round(found.low, 6) + 0.0,
                "high": round(found.high, 6) + 0.0,
                "outcome": _outcome(made, found, rule, bool(marked[found.cell])),
                "contributor": "" if found.contributor < 0 else made.label(found.contributor),
                "because": "; ".join(
                    made.describe(row) for row in dict.fromkeys(row for row, _ in found.because)
                ),
            }
        )
    columns = [*(d.name for d in cells.dimensions), "low", "high", "outcome", "contributor"]
    return pd.DataFrame(rows, columns=[*columns, "because"])


def _outcome(made: System, found: Interval, rule: Rule, marked: bool) -> Outcome:
    if marked or found.contributor >= 0:
        return found.verdict
    return outcome(found.low, found.high, rule.threshold, float(made.need_low[found.cell]))


def _read(
    tables: Sequence[Named],
    dims: Sequence[str],
    value: str,
    hierarchies: Mapping[str, Hierarchy],
    total: str,
    missing: str,
    primary: str,
    rounded: int,
) -> _Found:
    """Cells by coordinates, and what is printed in them."""
    problems = Problems()
    check_dims([dims], value, problems, attacked=True)
    check_columns(tables, value, problems)
    for table in tables:
        if not set(dims) & set(table.frame.columns):
            have = ", ".join(map(str, table.frame.columns))
            problems.add(table.name, f"has none of the dimensions {', '.join(dims)}; it has {have}")
    for name in dims:
        if not any(name in table.frame for table in tables):
            problems.add("tables", f"no table has a column {name!r}")
    problems.tell("The tables cannot be read:")
    tables = clean(tables, dims, problems)
    axes = dimensions(tables, dims, hierarchies, total, problems)
    at = [places(table, axes, problems) for table in tables]
    printed = [numbers(table, value, problems, hidden=True) for table in tables]
    marks = [_marks(table, primary, problems) for table in tables]
    for table, one in zip(tables, printed, strict=True):
        _multiples(table, value, one.counts, rounded, problems)
    if not problems.found and not _tied(at, axes):
        rule = f"no row has the total code {plain(total)!r}, so nothing ties the cells together; "
        rule += "say --total if totals are called otherwise"
        problems.add(", ".join(table.name for table in tables), rule)
    problems.tell("The tables cannot be read:")
    rows = [_complete(a) for a in at] if missing == "unknown" else at
    cells = Layout(axes, _with_totals(np.concatenate([*at, *rows]), axes))
    where = [np.searchsorted(cells.keys, places_ @ cells.strides) for places_ in at]
    size = len(cells.keys)
    known = Printed(np.full(size, np.nan), np.zeros(size), np.full(size, np.inf))
    given = np.zeros(size, dtype=np.bool_)
    marked = np.zeros(size, dtype=np.bool_)
    for table, cell, one, mark in zip(tables, where, printed, marks, strict=True):
        _agree(table, cells, cell, known, one, problems)
        known.counts[cell] = np.where(np.isnan(one.counts), known.counts[cell], one.counts)
        known.low[cell] = np.maximum(known.low[cell], one.low)
        known.high[cell] = np.minimum(known.high[cell], one.high)
        given[cell] = True
        marked[cell] |= mark
    problems.tell("The tables do not agree:")
    listed = np.isin(cells.keys, np.concatenate(rows) @ cells.strides) if rows else given
    any_marks = any(primary in table.frame for table in tables)
    return _Found(cells, known, given, ~(given | listed), marked if any_marks else None)


def _marks(table: Named, primary: str, problems: Problems) -> Flags:
    """Which rows the column `primary` says are small numbers."""
    if primary not in table.frame:
        return np.zeros(len(table.frame), dtype=np.bool_)
    text = table.frame[primary].astype("string").fillna("").str.strip().str.casefold()
    wrong = ~text.isin(_TRUE | _FALSE)
    for said in sorted(set(text[wrong])):
        rows = np.flatnonzero((text == said).to_numpy())
        problems.add(
            table.name,
            "must be True or False (or 1 or 0, yes or no, y or n)",
            row=table.line(rows[0]),
            column=primary,
            value=said or "nothing",
            count=len(rows),
        )
    return text.isin(_TRUE).to_numpy(dtype=np.bool_)


def _multiples(table: Named, value: str, counts: Floats, base: int, problems: Problems) -> None:
    """Whether what is said to be rounded is."""
    odd = ~np.isnan(counts) & (counts % base != 0)
    for number in np.unique(counts[odd]):
        rows = np.flatnonzero(counts == number)
        problems.add(
            table.name,
            f"is not a multiple of {base}, to which the values are said to be rounded",
            row=table.line(rows[0]),
            column=value,
            value=f"{number:.0f}",
            count=len(rows),
        )


def _tied(at: Sequence[Ints], axes: Sequence[Dimension]) -> bool:
    """Whether any row stands at a total, so that there is an equation at all."""
    leaves = np.array([dim.leaves for dim in axes])
    return any(bool((places_ >= leaves).any()) for places_ in at)


def _with_totals(at: Ints, axes: Sequence[Dimension]) -> Ints:
    """Cells with every total above them, printed or not: they hold all the same."""
    for axis, dim in enumerate(axes):
        rising = at
        while len(rising := rising[dim.parent[rising[:, axis]] >= 0]):
            rising = rising.copy()
            rising[:, axis] = dim.parent[rising[:, axis]]
            at = np.concatenate([at, rising])
        at = np.unique(at, axis=0)
    return at


def _complete(at: Ints) -> Ints:
    """Every combination of the codes a table uses."""
    axes = np.meshgrid(*[np.unique(at[:, axis]) for axis in range(at.shape[1])], indexing="ij")
    return np.stack([axis.ravel() for axis in axes], axis=1)


def _agree(
    table: Named, cells: Layout, where: Ints, known: Printed, one: Printed, problems: Problems
) -> None:
    """Note cells that another table prints otherwise."""
    low, high = known.low[where], known.high[where]
    for row in np.flatnonzero((one.low > high) | (one.high < low)):
        codes = zip(cells.dimensions, cells.places[where[row]], strict=True)
        label = " / ".join(dim.codes[code] for dim, code in codes)
        before, now = _span(low[row], high[row]), _span(one.low[row], one.high[row])
        rule = f"two tables print this cell differently ({before}, {now})"
        problems.add(table.name, rule, row=table.line(row), value=label)


def _span(low: float, high: float) -> str:
    if low == high:
        return f"{low:.0f}"
    return f"{low:.0f} or more" if np.isinf(high) else f"{low:.0f} to {high:.0f}"
