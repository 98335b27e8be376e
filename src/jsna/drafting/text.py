"""A declaration as the text of a module: what is not said is what follows without it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any, Final

from jsna.model.contract import Column
from jsna.shared import columns, headers, patients, patterns

WIDTH: Final = 100
#: Characters of an argument that fit on a line of its own.
_ARGUMENT: Final = 88
#: Columns that several sources have -> how a source calls each.
SHARED: Final[Mapping[Column, str]] = {
    made: f"{of.__name__.rpartition('.')[2]}.{name}"
    for of in (patients, columns)
    for name, made in vars(of).items()
    if isinstance(made, Column)
}
_PATTERNS: Final = {
    made: f"patterns.{name}"
    for name, made in vars(patterns).items()
    if isinstance(made, str) and name.isupper()
}
#: What stands first in a column, in order and without its name.
_FIRST: Final = ("name", "field", "type", "description")
#: Type of a column -> what makes one that is called like its header.
_SHORT: Final = {
    "integer": "whole", "number": "number", "date": "day", "boolean": "yes_no",
    "string": "reference",
}  # fmt: skip
_OF_MONEY: Final = ("marked", "minimum")
#: What follows from the labels of a code list of the column's own.
_OF_LISTED: Final = ("type", "codes", "labels")


def column(made: Column, like: Column | None) -> str:
    """The call that makes a column.

    Args:
        made: the column.
        like: the shared column it is but for some of it.
    """
    if like is not None:
        changed = {f.name: getattr(made, f.name) for f in fields(Column)}
        told = {k: v for k, v in changed.items() if v != getattr(like, k)}
        return f"replace({_called([SHARED[like]], told)})" if told else SHARED[like]
    standard = {f.name: f.default for f in fields(Column) if f.default is not MISSING}
    told = {k: v for k in standard if (v := getattr(made, k)) != standard[k]}
    if made.labels:
        codes = [literal(code) for code, _ in made.labels]
        implied = (("field", headers.field(made.name)), ("what", headers.sentence(made.name)))
        said = {"field": made.field, "what": made.description}
        own = {key: said[key] for key, follows in implied if said[key] != follows}
        rest = {k: v for k, v in told.items() if k not in _OF_LISTED}
        return f"columns.listed({_called([literal(made.name), *codes], {**own, **rest})})"
    if made.type in _SHORT and made.personal == (made.type == "string"):
        return _short(made, told)
    return f"Column({_called([literal(getattr(made, k)) for k in _FIRST], told)})"


def _short(made: Column, told: Mapping[str, Any]) -> str:
    """The call that makes a column called like its header, by its type."""
    what = headers.sentence(made.name)
    in_pounds = columns.in_pounds(made.name)
    money = made.marked and made.minimum == 0 and made.description == in_pounds
    bounds = ("maximum",) if money else ("minimum", "maximum")
    both = None not in [getattr(made, name) for name in bounds]
    first = [literal(made.name), *(literal(getattr(made, name)) for name in bounds if both)]
    implied = (("field", headers.field(made.name)), ("what", in_pounds if money else what))
    said = {"field": made.field, "what": made.description}
    own = {key: said[key] for key, follows in implied if said[key] != follows}
    dropped = {
        "type",
        "description",
        "personal",
        *(bounds if both else ()),
        *(_OF_MONEY if money else ()),
    }
    rest = {k: v for k, v in told.items() if k not in dropped}
    return f"columns.{'pounds' if money else _SHORT[made.type]}({_called(first, {**own, **rest})})"


def _called(first: list[str], named: Mapping[str, Any]) -> str:
    return ", ".join([*first, *(f"{name}={literal(value)}" for name, value in named.items())])


def literal(value: Any) -> str:
    """A value as it is written in a module."""
    if isinstance(value, str):
        return _PATTERNS.get(value) or json.dumps(value, ensure_ascii=False)
    if isinstance(value, tuple):
        inner = ", ".join(map(literal, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return str(value)


def wrapped(call: str, indent: int = 4) -> list[str]:
    """A call on as few lines as it needs, broken after commas."""
    first = " " * indent + call + ","
    if len(first) <= WIDTH:
        return [first]
    return _broken(call, indent)


def _broken(call: str, indent: int) -> list[str]:
    head, _, rest = call.partition("(")
    lines, line = [" " * indent + head + "("], " " * (indent + 4)
    for part in _parts(rest[:-1]):
        piece = part + ","
        if len(line) + len(piece) > WIDTH and line.strip():
            lines.append(line.rstrip())
            line = " " * (indent + 4)
        line += piece + " "
    return [*lines, line.rstrip(), " " * indent + "),"]


def packed(arguments: Sequence[str], indent: int = 4) -> list[str]:
    """Arguments on as few lines as they need, none broken that fits on one."""
    lines: list[str] = []
    for one in arguments:
        if lines and len(lines[-1]) + len(one) + 2 <= WIDTH:
            lines[-1] += f" {one},"
        elif len(one) + indent < WIDTH or "(" not in one:
            lines.append(" " * indent + f"{one},")
        else:
            lines += _broken(one, indent)
    return lines


def _parts(text: str) -> list[str]:
    """The arguments of a call; one that is longer than a line is broken within."""
    return [
        piece
        for part in _cut(text, 0)
        for piece in (_cut(part, 1) if len(part) > _ARGUMENT else [part])
    ]


def _cut(text: str, depth: int) -> list[str]:
    """Pieces of a text, cut at the commas that stand in so many brackets and no quotation."""
    found, within, quoted, start = [], 0, False, 0
    for place, mark in enumerate(text):
        if mark == '"' and text[place - 1 : place] != "\\":
            quoted = not quoted
        within += 0 if quoted else (mark in "({[") - (mark in ")}]")
        if mark == "," and not quoted and within == depth:
            found.append(text[start:place].strip())
            start = place + 1
    return [*found, text[start:].strip()]
