"""Published tables, read for the attack: what is printed in each cell, and what in none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from jsna.disclosure.system import Flags, Floats, Ints
from jsna.disclosure.tabular.codes import Named, Problems, check_dims, clean, dimensions, plain
from jsna.disclosure.tabular.reading import Printed, check_columns, numbers, places
from jsna.disclosure.tabular.tables import Dimension, Hierarchy, Layout

_TRUE = frozenset({"true", "1", "yes", "y"})
_FALSE = frozenset({"false", "0", "no", "n"})


@dataclass(frozen=True, slots=True)
class Found:
    """Cells by coordinates with what is printed in them.

    `given` have a row, `derived` are totals without one, `marked` those said to be small.
    """

    cells: Layout
    values: Printed
    given: Flags
    derived: Flags
    marked: Flags | None


def read_printed(
    tables: Sequence[Named],
    dims: Sequence[str],
    value: str,
    hierarchies: Mapping[str, Hierarchy],
    total: str,
    missing: str,
    primary: str,
    rounded: int,
) -> Found:
    """Cells by coordinates, and what is printed in them.

    Raises:
        JsnaError: listing everything wrong with the tables.
    """
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
    return Found(cells, known, given, ~(given | listed), marked if any_marks else None)


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
