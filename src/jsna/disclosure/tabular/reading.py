"""Tables as people have them, checked and turned into cells: every problem told at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from jsna.disclosure.system import Floats, Ints
from jsna.disclosure.tabular.codes import Named, Problems, check_dims, clean, dimensions, plain
from jsna.disclosure.tabular.structure import structure
from jsna.disclosure.tabular.tables import TOTAL, Dimension, Hierarchy, Layout, count, layout

__all__ = ["Counted", "Named", "Printed", "Problems", "numbers", "places", "read_counts"]

#: Marks that stand for a hidden value (after stripping, in lower case).
HIDDEN = frozenset(
    {"", "c", "[c]", "*", "x", "[x]", "low", "[low]", "suppressed"}
    | {"na", "n/a", "#n/a", "nan", "<na>", "null", "none"}
)
#: Those of them that are printed on purpose, as they are told.
MARKS = "nothing, c, [c], *, x, [x], low, [low], suppressed, NA, a range such as 1-4, or <5"
#: Counts from this on are not told apart from their neighbours.
LARGEST = 2.0**53
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?(e[+-]?[0-9]+)?")
#: Thousands set apart by commas or blanks, always three digits together.
_THOUSANDS = re.compile(
    r"[+-]?[0-9]{1,3}((,[0-9]{3})+|([ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}][0-9]{3})+)"
)
_RANGE = re.compile(r"\[?([0-9]+) ?(?:-|\N{EN DASH}|to) ?([0-9]+)\]?")
_BELOW = re.compile(r"\[?(<=|<|\N{LESS-THAN OR EQUAL TO}|under|below|fewer than) ?([0-9]+)\]?")


@dataclass(frozen=True, slots=True)
class Printed:
    """The values of a table: `counts` is NaN where hidden, and `low` to `high` what a mark says."""

    counts: Floats
    low: Floats
    high: Floats


def check_columns(tables: Sequence[Named], value: str, problems: Problems) -> None:
    """Whether each table has its value column, and no blank code."""
    for table in tables:
        if value not in table.frame:
            have = ", ".join(map(str, table.frame.columns))
            problems.add(table.name, f"has no column {value!r}; it has {have}", column=value)
        if table.frame.empty:
            problems.add(table.name, "has no rows")


def numbers(table: Named, value: str, problems: Problems, *, hidden: bool) -> Printed:
    """The counts of a table, NaN where hidden; anything else is a problem."""
    number, distinct = pd.factorize(table.frame[value])
    texts = [plain(raw) for raw in distinct] + [""]  # What is missing is numbered −1.
    read = [_read(text, hidden=hidden) for text in texts]
    for at, (text, found) in enumerate(zip(texts, read, strict=True)):
        if not isinstance(found, str):
            continue
        rows = np.flatnonzero(number == (at if at < len(distinct) else -1))
        if len(rows):
            row, times = table.line(rows[0]), len(rows)
            problems.add(table.name, found, row=row, column=value, value=text, count=times)
    bounds = [(np.nan, 0.0, np.inf) if isinstance(found, str) else found for found in read]
    columns = np.array(bounds, dtype=np.float64)[number]
    return Printed(columns[:, 0], columns[:, 1], columns[:, 2])


def _read(text: str, *, hidden: bool) -> tuple[float, float, float] | str:
    """Value, least and greatest of what is printed; in words what is wrong with it."""
    mark = text.casefold()
    if _THOUSANDS.fullmatch(mark):
        mark = re.sub("[^0-9+-]", "", mark)
    if _NUMBER.fullmatch(mark):
        found = float(mark)
        if found < 0:
            return "a count cannot be negative"
        if found >= LARGEST:
            return "is too large to be counted exactly (it must be below 2 to the power of 53)"
        if found != np.floor(found):
            return "a count must be whole"
        return abs(found), abs(found), abs(found)
    between, below = _RANGE.fullmatch(mark), _BELOW.fullmatch(mark)
    if not hidden:
        if mark in HIDDEN or between or below:
            return "the value is missing or hidden; give the true count"
        return "is not a number"
    if mark in HIDDEN:
        # `low` rounds to 0 and is not 0.
        return np.nan, 1.0 if mark.strip("[]") == "low" else 0.0, np.inf
    if between and float(between[1]) <= float(between[2]) <= LARGEST:
        return np.nan, float(between[1]), float(between[2])
    if below and LARGEST >= float(below[2]) >= 1:
        return np.nan, 0.0, float(below[2]) - (0.0 if below[1] in ("<=", "≤") else 1.0)
    return f"is not a number, nor a known mark of a hidden value ({MARKS})"


def places(table: Named, dims: Sequence[Dimension], problems: Problems) -> Ints:
    """Coordinates of every row; a dimension the table lacks stands at its total.

    Codes without a place of their own are problems, and stand at the total too.
    """
    columns = []
    for dim in dims:
        if dim.name not in table.frame:
            columns.append(np.full(len(table.frame), dim.root))
            continue
        at = pd.Index(dim.codes).get_indexer(pd.Index(table.frame[dim.name]))
        for row in np.flatnonzero(at < 0):
            code = str(table.frame[dim.name].iloc[row])
            if code:
                rule = "this code has no place in its dimension"
                problems.add(table.name, rule, row=table.line(row), column=dim.name, value=code)
        columns.append(np.where(at < 0, dim.root, at))
    found = np.stack(columns, axis=1).astype(np.int64)
    twice = pd.DataFrame(found).duplicated().to_numpy()
    blank = np.zeros(len(found), dtype=np.bool_)
    for dim in dims:
        if dim.name in table.frame:
            blank |= (table.frame[dim.name] == "").to_numpy()
    twice = twice & ~blank
    if twice.any():
        first = int(np.flatnonzero(twice)[0])
        first_codes = zip(dims, found[first], strict=True)
        problems.add(
            table.name,
            "these coordinates appear more than once; add the rows up or name every dimension",
            row=table.line(first),
            value=" / ".join(dim.codes[code] for dim, code in first_codes),
            count=int(twice.sum()),
        )
    return found


@dataclass(frozen=True, slots=True)
class Counted:
    """Every cell of some tables with its true count, and the leaves they were counted from.

    Tables that come from several frames have no leaves in common: `leaf_places` is then empty.
    """

    cells: Layout
    counts: Floats
    leaf_places: Ints
    leaf_counts: Floats
    #: Coordinates of the rows of each frame, in their order.
    rows: tuple[Ints, ...] = ()
    #: What was found to add up, in words and as the options that declare it.
    notes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    #: Codes of each dimension without any count, of which nothing shows what they are part of.
    empty: Mapping[str, frozenset[str]] = field(default_factory=dict)


def read_counts(
    tables: Sequence[Named],
    dims: Sequence[Sequence[str]],
    value: str,
    hierarchies: Mapping[str, Hierarchy] | None = None,
    total: str | Sequence[str] = TOTAL,
) -> Counted:
    """True counts of every cell of every table, totals over all combinations among them.

    Args:
        tables: one or more frames of counts; rows of totals are compared with their parts.
        dims: the dimensions of each table to publish; a frame that has them all gives its counts.
        value: the column of counts.
        hierarchies: dimension -> (code -> the code it is part of); with what is said of single
            codes if it is `Trees`. Of other dimensions it is found in the counts what adds up.
        total: the code of totals, or several of which each dimension has its own.

    Raises:
        JsnaError: listing everything wrong with the tables, and what must be asked about them.
    """
    problems = Problems()
    check_dims(dims, value, problems)
    check_columns(tables, value, problems)
    for names in dims:
        nearest = max(tables, key=lambda t: len(set(names) & set(t.frame.columns)))
        missing = [name for name in names if name not in nearest.frame]
        if missing:
            have = ", ".join(map(str, nearest.frame.columns))
            rule = f"has no column {', '.join(map(repr, missing))}; it has {have}"
            problems.add(nearest.name, rule)
    problems.tell("The tables cannot be read:")
    names = list(dict.fromkeys(name for table in dims for name in table))
    tables = clean(tables, names, problems)
    counts = [numbers(table, value, problems, hidden=False).counts for table in tables]
    totals = [total] if isinstance(total, str) else list(total)
    # What adds up can be seen in sound counts alone.
    sound = counts if not problems.found else [np.zeros_like(one) for one in counts]
    found = structure(tables, sound, names, hierarchies, totals, problems)
    axes = dimensions(tables, names, found.trees, found.totals, problems)
    read = [(t, places(t, axes, problems), c) for t, c in zip(tables, counts, strict=True)]
    for table, _, own in read:
        if np.nansum(own) >= LARGEST:
            problems.add(table.name, "the counts come to 2 to the power of 53 or more")
    problems.tell("The tables cannot be read:")
    cells = layout(axes, dims)
    whole = np.full(len(cells.places), np.nan)
    for table, at, own in read:
        leaf_places, leaf_counts = _count(table, cells, dims, at, own, whole, problems)
    problems.tell("The tables do not agree:")
    received = tuple(at for _, at, _ in read)
    if len(tables) > 1:
        leaf_places, leaf_counts = leaf_places[:0], leaf_counts[:0]
    return Counted(
        cells,
        whole,
        leaf_places,
        leaf_counts,
        received,
        notes=found.notes,
        flags=found.flags,
        empty=found.empty,
    )


def _count(
    table: Named,
    cells: Layout,
    dims: Sequence[Sequence[str]],
    at: Ints,
    counts: Floats,
    whole: Floats,
    problems: Problems,
) -> tuple[Ints, Floats]:
    """Count the cells of one frame into `whole`; returns its leaves.

    A dimension the frame lacks has one leaf there, its total. Cells another frame gave already and
    totals among the rows must come to the same.
    """
    axes = cells.dimensions
    own = [dim.name in table.frame for dim in axes]
    local = tuple(
        dim if mine else Dimension(dim.name, (dim.codes[-1],), np.array([-1]), 1)
        for dim, mine in zip(axes, own, strict=True)
    )
    roots = np.where(own, 0, [dim.root for dim in axes])
    leaf = (at - roots < [dim.leaves for dim in local]).all(axis=1)
    part = layout(local, [names for names in dims if set(names) <= set(table.frame.columns)])
    values = count(part, (at - roots)[leaf], counts[leaf])
    where = np.searchsorted(cells.keys, (part.places + roots) @ cells.strides)
    for i in np.flatnonzero(~np.isnan(whole[where]) & (whole[where] != values)):
        rule = f"two tables differ here: {whole[where[i]]:.0f} and {values[i]:.0f}"
        problems.add(table.name, rule, value=_label(cells, int(where[i])))
    whole[where] = values
    given = np.flatnonzero(~leaf)
    keys = at[given] @ cells.strides
    found = np.minimum(np.searchsorted(cells.keys, keys), len(whole) - 1)
    wrong = (cells.keys[found] == keys) & (whole[found] != counts[given])
    for row, cell in zip(given[wrong], found[wrong], strict=True):
        rule = f"this total is not the sum of its parts, which is {whole[cell]:.0f}"
        problems.add(table.name, rule, row=table.line(row), value=f"{counts[row]:.0f}")
    return (at - roots)[leaf], counts[leaf]


def _label(cells: Layout, cell: int) -> str:
    pairs = zip(cells.dimensions, cells.places[cell], strict=True)
    return " / ".join(dim.codes[code] for dim, code in pairs)
