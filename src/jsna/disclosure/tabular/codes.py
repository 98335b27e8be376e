"""Codes of the dimensions of a table, and the trees above them: made comparable, and checked.

Whatever is wrong is told in words. A code that has no place in its dimension never reaches
counting, where it would be added to another.
"""

from __future__ import annotations

import json
import shlex
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from jsna.disclosure.tabular.tables import Dimension, Hierarchy, dimension
from jsna.errors import JsnaError, Problem

#: What totals are often called (in lower case).
TOTALS = frozenset({"total", "totals", "all", "sum", "overall", "grand total", "(all)", "[all]"})
#: What a record keeps beside the dimensions and the value; none of it is a dimension.
RECORDED = ("truth", "suppressed", "primary", "rule")
#: Columns that the attack writes beside the dimensions.
WRITTEN = frozenset({"low", "high", "outcome", "contributor", "because"})


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


@dataclass(frozen=True, slots=True)
class Named:
    """A frame with the name its problems are told under, and the line each row stands on."""

    frame: pd.DataFrame
    name: str = "table"
    lines: Sequence[int] = ()

    def line(self, row: int | np.integer) -> int:
        """Where a row stands in its file, the headings on line 1."""
        return self.lines[int(row)] if len(self.lines) else int(row) + 2


class Trees(dict[str, Hierarchy]):
    """What is declared to add up: whole trees by dimension, and what is said of single codes.

    Attributes:
        name: the file the trees come from.
        subtotals: dimension -> total -> its parts.
        leaves: dimension -> codes that are totals of none; `*` stands for all not said to be.
    """

    def __init__(self, trees: Mapping[str, Hierarchy] | None = None) -> None:
        super().__init__(trees or {})
        self.name = "hierarchy"
        self.subtotals: dict[str, dict[str, tuple[str, ...]]] = {}
        self.leaves: dict[str, set[str]] = {}


def plain(text: object) -> str:
    """A code without blanks round it, its letters composed (Unicode NFC)."""
    return unicodedata.normalize("NFC", str(text).strip())


def check_dims(
    dims: Iterable[Sequence[str]], value: str | None, problems: Problems, *, attacked: bool = False
) -> None:
    """Whether the dimensions of each table can be dimensions, and the value a value."""
    if value in RECORDED:
        problems.add("--value", "is a column with a meaning of its own; rename it", value=value)
    for names in dims:
        if not names:
            problems.add("--dims", "name at least one dimension")
        for name in sorted({n for n in names if names.count(n) > 1}):
            problems.add("--dims", "names this dimension twice", value=name)
        for name in dict.fromkeys(names):
            if name == value:
                problems.add("--dims", "names the column of values; leave it out", value=name)
            elif name in RECORDED or (attacked and name in WRITTEN):
                rule = "is a column with a meaning of its own and no dimension; rename it"
                problems.add("--dims", rule, value=name)


def clean(tables: Sequence[Named], dims: Sequence[str], problems: Problems) -> list[Named]:
    """The tables with their codes made comparable; blank and unreadable codes are problems."""
    made: list[Named] = []
    forms: dict[tuple[str, str], dict[str, tuple[Named, int]]] = {}
    for table in tables:
        frame = table.frame.copy(deep=False)
        for name in (n for n in dims if n in frame):
            number, distinct = pd.factorize(frame[name])
            first = pd.Series(range(len(number))).groupby(number).first()
            texts = []
            for at, raw in enumerate(distinct):
                code = plain(raw)
                texts.append(code)
                row = table.line(first[at])
                if any(ord(letter) < 32 or ord(letter) == 127 for letter in code):
                    rule = "holds a character that is no letter, such as a line end, tab or NUL"
                    problems.add(table.name, rule, row=row, column=name, value=code)
                forms.setdefault((name, code), {}).setdefault(str(raw).strip(), (table, row))
            texts.append("")  # What `factorize` numbers −1: no code at all.
            codes = np.array(texts, dtype=object)[number]
            blank = np.flatnonzero(codes == "")
            if len(blank):
                problems.add(
                    table.name,
                    "a code is missing",
                    row=table.line(blank[0]),
                    column=name,
                    count=len(blank),
                )
            frame[name] = pd.Series(codes, index=frame.index, dtype=object)
        made.append(Named(frame, table.name, table.lines))
    for (name, code), raw_forms in forms.items():
        if len(raw_forms) > 1:
            table, row = list(raw_forms.values())[1]
            rule = "this code is written in two forms of Unicode that look the same; use one"
            problems.add(table.name, rule, row=row, column=name, value=code)
    return made


def dimensions(
    tables: Sequence[Named],
    names: Sequence[str],
    trees: Trees,
    totals: Mapping[str, str],
    problems: Problems,
) -> tuple[Dimension, ...]:
    """The dimensions over the codes of all tables (see `clean`), with the trees above them.

    Args:
        tables: the tables.
        names: the dimensions.
        trees: the whole tree of each dimension that has one.
        totals: the code of the total of each dimension.
        problems: where what is wrong is noted.
    """
    for name in sorted(set(trees) - set(names)):
        problems.add(trees.name, f"there is no dimension {name!r}", value=name)
    found = []
    for name in names:
        total, codes = totals[name], set[str]()
        for table in tables:
            if name in table.frame:
                own = set(table.frame[name].astype(str)) - {""}
                _totals(table, name, own - codes - trees.leaves.get(name, set()), total, problems)
                codes |= own
        tree = {plain(code): plain(above) for code, above in trees.get(name, {}).items()}
        before = len(problems.found)
        _check_tree(tree, codes, total, trees.name, name, problems)
        if len(problems.found) > before:
            tree = {}
        found.append(dimension(name, codes, tree, total))
    return tuple(found)


def _totals(table: Named, name: str, codes: set[str], total: str, problems: Problems) -> None:
    """Codes that look like the total and are not: each would be counted among its own parts."""
    for code in sorted(codes - {total}):
        if code.casefold() in TOTALS or code.casefold() == total.casefold():
            row = int(np.flatnonzero((table.frame[name] == code).to_numpy())[0])
            problems.add(
                table.name,
                f"looks like a total; say --total {_quoted(code)} if it is (now {total!r}), "
                "otherwise rename it",
                row=table.line(row),
                column=name,
                value=code,
            )


def _quoted(code: str) -> str:
    return code if code.isalnum() else shlex.quote(code)


def _check_tree(
    tree: Mapping[str, str],
    codes: set[str],
    total: str,
    where: str,
    name: str,
    problems: Problems,
) -> None:
    """Everything wrong with the tree of one dimension."""
    parents = set(tree.values())
    known = codes | parents | {total}
    for code in sorted(set(tree) - known):
        problems.add(where, "this code is not in the table", column=name, value=code)
    if "" in known or "" in tree:
        problems.add(where, "a code is blank", column=name)
    for code in sorted(parents - codes - {total}):
        if code.casefold() in TOTALS or code.casefold() == total.casefold():
            rule = f"looks like a total, which is {total!r} here; say --total, or rename it"
            problems.add(where, rule, column=name, value=code)
    if total in tree:
        problems.add(where, "the total cannot be part of another code", column=name)
    for circle in _circles(tree):
        rule = f"goes round in a circle: {' is part of '.join(circle)}"
        problems.add(where, rule, column=name, value=circle[0])
    if tree:
        rule = (
            f"this code of the table has no place in the tree; map it to {total!r} if it stands "
            "directly below the total"
        )
        for code in sorted(codes - set(tree) - parents - {total}):
            problems.add(where, rule, column=name, value=code)


def _circles(tree: Mapping[str, str]) -> list[list[str]]:
    """Every circle in a tree once, its first code at both ends."""
    found: list[list[str]] = []
    done: set[str] = set()
    for start in sorted(tree):
        path: list[str] = []
        code = start
        while code in tree and code not in done and code not in path:
            path.append(code)
            code = tree[code]
        if code in path:
            found.append([*path[path.index(code) :], code])
        done.update(path)
    return found


def tree_of(
    given: Mapping[str, object], problems: Problems, name: str, where: str = "hierarchy"
) -> dict[str, str]:
    """A tree from `child: parent` or `parent: [children]` entries."""
    tree: dict[str, str] = {}
    for key, entry in given.items():
        ends = [(one, key) for one in entry] if isinstance(entry, list) else [(key, entry)]
        for below, above in ends:
            wrong = [one for one in (below, above) if not _is_code(one)]
            if wrong:
                rule = 'each entry is a code and the code it is part of, such as "D01": "North"'
                shown = json.dumps(wrong[0], ensure_ascii=False)
                problems.add(where, rule, column=name, value=f"{key}: {shown}")
                continue
            child, parent = plain(below), plain(above)
            if tree.get(child, parent) != parent:
                rule = f"this code is part of both {tree[child]!r} and {parent!r}"
                problems.add(where, rule, column=name, value=child)
            tree[child] = parent
    return tree


def _is_code(given: object) -> bool:
    whole = isinstance(given, int) and not isinstance(given, bool)
    return whole or (isinstance(given, str) and bool(given.strip()))
