"""Elements of one record of an XML, and what paths of a form lead to among them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from jsna.model.xml_forms import XmlForm, XmlTable

_STEP: Final = re.compile(r"([^\[\]]+)(?:\[(\d+)\])?")


@dataclass(slots=True)
class Known:
    """An element a form knows, by the elements it may hold.

    Attributes:
        kids: name in small letters -> what may stand in it.
        whole: whatever stands in it is known.
        unused: what the return calls it, where nothing uses it; "" where something does.
        most: so many of it in one element are read; 0: each, or the one that is meant.
        count: how many were met so far.
    """

    kids: dict[str, Known] = field(default_factory=dict)
    whole: bool = False
    unused: str = ""
    most: int = 0
    count: int = 0

    def at(self, names: Sequence[str]) -> Known:
        """What is known of the element of a path, made where it was not."""
        known = self
        for name in names:
            known = known.kids.setdefault(name, Known())
        return known


@dataclass(slots=True)
class Node:
    """An element of a record.

    Attributes:
        number: how many of its path were met in the file, itself included.
        line: line of the file it begins on.
        text: what stands in it; "" for none.
        kids: name in small letters -> elements of that name in it, in their order.
    """

    number: int
    line: int
    text: str = ""
    kids: dict[str, list[Node]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Path:
    """One way to a cell.

    Attributes:
        names: of the elements, in small letters.
        which: of several elements of one name, the one, from 0; None: there is to be one.
        counted: the number of the element is meant.
        outside: it stands outside the records.
    """

    names: tuple[str, ...]
    which: tuple[int | None, ...]
    counted: bool
    outside: bool


def paths(text: str) -> tuple[Path, ...]:
    """The ways a form names for a cell, the first to be tried first."""
    return tuple(_path(way) for way in text.split("|"))


def names(text: str) -> tuple[str, ...]:
    """Names of the elements of a path, in small letters; none of the record itself."""
    return _path(text).names


def _path(text: str) -> Path:
    counted, outside = text.startswith("#"), text.startswith("/")
    steps = [_STEP.fullmatch(step) for step in text.lstrip("#/").split("/") if step]
    assert all(steps), f"no path of elements: {text}"
    return Path(
        tuple(step[1].lower() for step in steps if step),
        tuple(int(step[2]) - 1 if step[2] else None for step in steps if step),
        counted,
        outside,
    )


def known_to(form: XmlForm) -> tuple[Known, Known]:
    """What a form knows of a record, and of what stands outside the records."""
    inside, outside = Known(), Known()
    for record in form.record.split("|"):
        outside.at(names(record))
    for table in form.tables.values():
        inside.at(names(table.rows))
        for text in table.columns.values():
            for path in paths(text):
                known = (outside if path.outside else inside).at(path.names)
                which = path.which[-1] if path.which else None
                known.most = max(known.most, 0 if which is None else which + 1)
    for text in (*form.unused, *form.header):
        path = _path(text)
        known = (outside if path.outside else inside).at(path.names)
        known.whole = True
        known.unused = text.rpartition("/")[2] if text in form.unused else ""
    return inside, outside


def chains(record: Node, table: XmlTable) -> Iterator[tuple[Node, ...]]:
    """The elements on the way to each row of a table, the row's own last; fewer where it has none.

    One record of a table whose rows are the records has one row and no element on the way.
    """
    return _chains(record, names(table.rows), table.outer)


def _chains(node: Node, steps: Sequence[str], outer: bool) -> Iterator[tuple[Node, ...]]:
    if not steps:
        yield ()
        return
    kids = node.kids.get(steps[0], [])
    for kid in kids:
        for rest in _chains(kid, steps[1:], outer):
            yield (kid, *rest)
    if outer and not kids:
        yield ()


def find(
    path: Path, record: Node, rows: Sequence[str], chain: Sequence[Node]
) -> tuple[Node | None, bool]:
    """The element of a path, of a row; None without one.

    Args:
        path: the path, inside the record.
        record: the record.
        rows: names of the path to the rows of the table.
        chain: elements on the way to the row.

    Returns:
        the element, and whether several stand where one was expected.
    """
    node, at, several = record, 0, False
    # The element of a row may be a leaf, whose text is the cell.
    is_row = path.counted or path.names == tuple(rows)
    own = len(path.names) if is_row else len(path.names) - 1
    while at < min(own, len(rows)) and path.names[at] == rows[at]:
        if at == len(chain):
            return None, False
        node, at = chain[at], at + 1
    for name, which in zip(path.names[at:], path.which[at:], strict=True):
        found = node.kids.get(name, [])
        several = several or (which is None and len(found) > 1)
        position = which or 0
        if position >= len(found):
            return None, several
        node = found[position]
    return node, several
