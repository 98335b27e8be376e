"""Published tables, read for the attack: what is printed in each cell, and what in none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from jsna.disclosure.system import Flags, Floats, Ints
from jsna.disclosure.tabular.codes import Named, Problems, check_dims, clean, dimensions, plain
from jsna.disclosure.tabular.knowledge import Told, check_understood, marks, told, value_column
from jsna.disclosure.tabular.reading import Printed, check_columns, places
from jsna.disclosure.tabular.structure import structure
from jsna.disclosure.tabular.tables import Dimension, Hierarchy, Layout, behind


@dataclass(frozen=True, slots=True)
class Found:
    """Cells by coordinates with what is printed in them.

    `given` have a row, `derived` are without one: totals, and what several tables are margins of.
    `small` are hidden cells that a column says are small, `large` those that it says are not;
    `told` whether any column says so.
    """

    cells: Layout
    values: Printed
    given: Flags
    derived: Flags
    small: Flags
    large: Flags
    told: bool
    #: What was found to add up, in words.
    notes: tuple[str, ...]


def read_printed(
    tables: Sequence[Named],
    dims: Sequence[str],
    value: str | None,
    hierarchies: Mapping[str, Hierarchy] | None,
    total: str | Sequence[str],
    missing: str,
    rounded: int,
    threshold: int,
    labels: Sequence[str] = (),
) -> Found:
    """Cells by coordinates, and what is printed in them.

    Args:
        tables: frames of published cells.
        dims: the dimensions; a table that lacks some stands at their totals.
        value: the column of values; each table's only column left over if not named.
        hierarchies: dimension -> (code -> the code it is part of).
        total: the code of totals, or several of which each dimension has its own.
        missing: what a combination without a row is: `zero` or `unknown`.
        rounded: printed values are rounded to multiples of this.
        threshold: counts from 1 to less than this are small.
        labels: columns that only name codes, and tell nothing of the counts.

    Raises:
        JsnaError: listing everything wrong with the tables.
    """
    problems = Problems()
    check_dims([dims], value, problems, attacked=True)
    values = [value or value_column(table, dims, labels, problems) for table in tables]
    for table, column in zip(tables, values, strict=True):
        if column:
            check_columns([table], column, problems)
            check_understood(table, dims, column, labels, problems)
        if not set(dims) & set(table.frame.columns):
            have = ", ".join(map(str, table.frame.columns))
            problems.add(table.name, f"has none of the dimensions {', '.join(dims)}; it has {have}")
    for name in dims:
        if not any(name in table.frame for table in tables):
            problems.add("tables", f"no table has a column {name!r}")
    problems.tell("The tables cannot be read:")
    tables = clean(tables, dims, problems)
    read = [
        told(table, column, threshold, rounded, problems)
        for table, column in zip(tables, values, strict=True)
    ]
    totals = [total] if isinstance(total, str) else list(total)
    sound = [one.values.counts for one in read]
    if problems.found or rounded > 1:  # rounded values need not add up
        sound = [np.full_like(one, np.nan) for one in sound]
    adds_up = structure(tables, sound, dims, hierarchies, totals, problems)
    axes = dimensions(tables, dims, adds_up.trees, adds_up.totals, problems)
    at = [places(table, axes, problems) for table in tables]
    for table, column, one in zip(tables, values, read, strict=True):
        _multiples(table, column, one.values.counts, rounded, problems)
    if not problems.found and not _tied(at, axes):
        rule = (
            f"no row has the total code {plain(totals[0])!r}, so nothing ties the cells together; "
        )
        rule += "say --total if totals are called otherwise"
        problems.add(", ".join(table.name for table in tables), rule)
    problems.tell("The tables cannot be read:")
    rows = [_complete(a) for a in at] if missing == "unknown" else at
    cells = Layout(axes, _with_totals(np.concatenate([*at, *rows]), axes))
    if (whole := behind(cells)) is not None:
        cells = Layout(axes, np.unique(whole.places, axis=0))
    where = [np.searchsorted(cells.keys, places_ @ cells.strides) for places_ in at]
    size = len(cells.keys)
    known = Printed(np.full(size, np.nan), np.zeros(size), np.full(size, np.inf))
    given, small, large = (np.zeros(size, dtype=np.bool_) for _ in range(3))
    for table, cell, one in zip(tables, where, read, strict=True):
        _agree(table, cells, cell, known, one.values, problems)
        _learn(known, cell, one)
        given[cell] = True
        small[cell] |= one.small
        large[cell] |= one.large
    problems.tell("The tables do not agree:")
    listed = np.isin(cells.keys, np.concatenate(rows) @ cells.strides) if rows else given
    any_told = any("primary" in table.frame for table in tables)
    hidden_totals = ~(given | listed)
    used = zip(tables, values, read, strict=True)
    several = sorted({mark for table, column, one in used for mark in marks(table, column, one)})
    notes = adds_up.notes
    if len(several) > 1 and not any_told:
        rule = f"hidden values are marked {', '.join(several)}, all taken to mean the same; if one "
        notes += (rule + "tells which counts are small, say so in a column 'primary'",)
    return Found(cells, known, given, hidden_totals, small, large & ~small, any_told, notes)


def _learn(known: Printed, cell: Ints, one: Told) -> None:
    """Add what one table tells to what is known."""
    values = one.values
    known.counts[cell] = np.where(np.isnan(values.counts), known.counts[cell], values.counts)
    known.low[cell] = np.maximum(known.low[cell], values.low)
    known.high[cell] = np.minimum(known.high[cell], values.high)


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
