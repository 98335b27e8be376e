"""Tables as people have them, checked and turned into cells: every problem told at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from jsna.disclosure.system import Floats, Ints
from jsna.disclosure.tables import TOTAL, Dimension, Hierarchy, Layout, count, dimension, layout
from jsna.errors import JsnaError, Problem

#: Marks that stand for a hidden value (after stripping, in lower case).
HIDDEN = frozenset({"", "c", "[c]", "*", "x", "[x]", "low", "[low]", "suppressed", "nan", "<na>"})


@dataclass(frozen=True, slots=True)
class Named:
    """A frame with the name its problems are told under."""

    frame: pd.DataFrame
    name: str = "table"


@dataclass(slots=True)
class Problems:
    """Problems gathered while reading."""

    found: list[Problem] = field(default_factory=list)

    def add(self, where: str, rule: str, **place: object) -> None:
        """Note one problem."""
        self.found.append(Problem(where, rule, **place))  # type: ignore[arg-type]

    def tell(self, title: str) -> None:
        """Raise them, if there are any."""
        if self.found:
            raise JsnaError(self.found, title=title)


def dimensions(
    tables: Sequence[Named],
    names: Sequence[str],
    hierarchies: Mapping[str, Hierarchy],
    total: str,
    problems: Problems,
) -> tuple[Dimension, ...]:
    """The dimensions over the codes of all tables, with the trees above them."""
    for name in sorted(set(hierarchies) - set(names)):
        problems.add("hierarchy", f"there is no dimension {name!r}", value=name)
    found = []
    for name in names:
        columns = [t.frame[name].astype(str) for t in tables if name in t.frame]
        codes = set().union(*(set(column) for column in columns))
        tree = dict(hierarchies.get(name, {}))
        known = codes | set(tree.values()) | {total}
        for code in sorted(set(tree) - known):
            problems.add("hierarchy", "this code is not in the table", column=name, value=code)
        if total in tree:
            problems.add("hierarchy", "the total cannot be part of another code", column=name)
            del tree[total]
        if tree:
            loose = sorted(codes - set(tree) - set(tree.values()) - {total})
            for code in loose:
                problems.add(
                    "hierarchy",
                    f"this code of the table has no place in the tree; map it to {total!r} if it "
                    "stands directly below the total",
                    column=name,
                    value=code,
                )
        try:
            found.append(dimension(name, codes | (set(tree) & known), tree, total))
        except ValueError as error:
            problems.add("hierarchy", str(error), column=name)
            found.append(dimension(name, codes, None, total))
    return tuple(found)


def check_columns(tables: Sequence[Named], value: str, problems: Problems) -> None:
    """Whether each table has its value column, and no blank code."""
    for table in tables:
        if value not in table.frame:
            have = ", ".join(map(str, table.frame.columns))
            problems.add(table.name, f"has no column {value!r}; it has {have}", column=value)
        if table.frame.empty:
            problems.add(table.name, "has no rows")


def numbers(table: Named, value: str, problems: Problems, *, hidden: bool) -> Floats:
    """The counts of a table, NaN where hidden; anything else is a problem."""
    text = table.frame[value].astype("string").fillna("").str.strip()
    marked = text.str.lower().isin(HIDDEN).to_numpy()
    parsed = pd.to_numeric(text.where(~marked, "nan"), errors="coerce").to_numpy(dtype=float)
    rows = np.arange(2, len(text) + 2)
    rules = [
        (np.isnan(parsed) & ~marked, "is not a number"),
        (parsed < 0, "a count cannot be negative"),
        (np.isfinite(parsed) & (parsed != np.floor(parsed)), "a count must be whole"),
        (np.isinf(parsed), "is not a number"),
    ]
    if not hidden:
        rules.append((marked, "the value is missing or hidden; give the true count"))
    for wrong, rule in rules:
        at = np.flatnonzero(wrong)
        if len(at):
            shown = str(text.iloc[at[0]])
            problems.add(
                table.name, rule, row=int(rows[at[0]]), column=value, value=shown, count=len(at)
            )
    return np.asarray(parsed)


def places(table: Named, dims: Sequence[Dimension], problems: Problems) -> Ints:
    """Coordinates of every row; a dimension the table lacks stands at its total."""
    columns = []
    for dim in dims:
        if dim.name not in table.frame:
            columns.append(np.full(len(table.frame), dim.root))
            continue
        codes = table.frame[dim.name].astype(str)
        blank = np.flatnonzero(codes.str.strip().isin(["", "nan", "<NA>", "None"]))
        if len(blank):
            row = int(blank[0]) + 2
            problems.add(table.name, "a code is missing", row=row, column=dim.name)
        columns.append(pd.Index(dim.codes).get_indexer(pd.Index(codes)))
    found = np.stack(columns, axis=1).astype(np.int64)
    twice = pd.DataFrame(found).duplicated().to_numpy()
    if twice.any():
        first = int(np.flatnonzero(twice)[0])
        first_codes = zip(dims, found[first], strict=True)
        problems.add(
            table.name,
            "these coordinates appear more than once; add the rows up or name every dimension",
            row=first + 2,
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


def read_counts(
    tables: Sequence[Named],
    dims: Sequence[Sequence[str]],
    value: str,
    hierarchies: Mapping[str, Hierarchy] | None = None,
    total: str = TOTAL,
) -> Counted:
    """True counts of every cell of every table, totals over all combinations among them.

    Args:
        tables: one or more frames of counts; rows of totals are compared with their parts.
        dims: the dimensions of each table to publish; a frame that has them all gives its counts.
        value: the column of counts.
        hierarchies: dimension -> (code -> the code it is part of).
        total: the code of totals.

    Raises:
        JsnaError: listing everything wrong with the tables.
    """
    problems = Problems()
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
    axes = dimensions(tables, names, hierarchies or {}, total, problems)
    read = [
        (t, places(t, axes, problems), numbers(t, value, problems, hidden=False)) for t in tables
    ]
    problems.tell("The tables cannot be read:")
    cells = layout(axes, dims)
    whole = np.full(len(cells.places), np.nan)
    for table, at, counts in read:
        leaf_places, leaf_counts = _count(table, cells, dims, at, counts, whole, problems)
    problems.tell("The tables do not agree:")
    if len(tables) > 1:
        leaf_places, leaf_counts = leaf_places[:0], leaf_counts[:0]
    return Counted(cells, whole, leaf_places, leaf_counts)


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
        rule = f"two tables differ here: {whole[where[i]]:g} and {values[i]:g}"
        problems.add(table.name, rule, value=_label(cells, int(where[i])))
    whole[where] = values
    given = np.flatnonzero(~leaf)
    keys = at[given] @ cells.strides
    found = np.minimum(np.searchsorted(cells.keys, keys), len(whole) - 1)
    wrong = (cells.keys[found] == keys) & (whole[found] != counts[given])
    for row, cell in zip(given[wrong], found[wrong], strict=True):
        rule = f"this total is not the sum of its parts, which is {whole[cell]:g}"
        problems.add(table.name, rule, row=int(row) + 2, value=f"{counts[row]:g}")
    return (at - roots)[leaf], counts[leaf]


def _label(cells: Layout, cell: int) -> str:
    pairs = zip(cells.dimensions, cells.places[cell], strict=True)
    return " / ".join(dim.codes[code] for dim, code in pairs)


def tree_of(given: Mapping[str, object], problems: Problems, name: str) -> dict[str, str]:
    """A tree from `child: parent` or `parent: [children]` entries."""
    tree: dict[str, str] = {}
    for key, entry in given.items():
        pairs: Iterable[tuple[str, str]]
        if isinstance(entry, list):
            pairs = [(str(child), str(key)) for child in entry]
        else:
            pairs = [(str(key), str(entry))]
        for child, parent in pairs:
            if tree.get(child, parent) != parent:
                rule = f"this code is part of both {tree[child]!r} and {parent!r}"
                problems.add("hierarchy", rule, column=name, value=child)
            tree[child] = parent
    return tree
