"""Deliveries written into the text of an edition, of which all else stays as somebody wrote it.

Where each key stands is told by YAML's own parser; lines are then put in and taken out, so that
comments, order and words stay. A period written in one line in braces is written out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import yaml

from jsna.drafting.lines import joined, last_line
from jsna.model.editions import PERMISSION

#: Keys of a period that say what came; `as_at` stays, as only somebody knows it.
_OURS: Final = ("status", "reason", "files", "sha256", "beside", "mapping")
_ASKED: Final = "# who owns it and what allows its use: without all four no row is linked"
_BARE: Final = re.compile(r"[A-Za-z][\w./-]*")


@dataclass(frozen=True, slots=True)
class Entry:
    """A delivery as the edition has it.

    Attributes:
        extract, period: which.
        files: table -> file.
        sha256: file -> digest.
        beside: what the mapping calls a further file -> the file.
        mapping: by which it is read; "" as declared.
    """

    extract: str
    period: str
    files: Mapping[str, str]
    sha256: Mapping[str, str]
    beside: Mapping[str, str] = field(default_factory=dict)
    mapping: str = ""

    def lines(self, indent: str) -> Iterator[str]:
        """Its keys but `period`."""
        if self.mapping:
            yield f"{indent}mapping: {self.mapping}"
        for key in ("files", "sha256", "beside"):
            held = getattr(self, key)
            if held:
                yield f"{indent}{key}:"
                yield from (f"{indent}  {quoted(k)}: {quoted(v)}" for k, v in held.items())


def quoted(text: str) -> str:
    """A text as YAML writes it, in quotation marks unless it is a plain word."""
    words = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
    plain = _BARE.fullmatch(text) and text.lower() not in words
    return text if plain else json.dumps(text, ensure_ascii=False)


def update(text: str, entries: Iterable[Entry]) -> str:
    """The text of an edition with these deliveries in it, those that were there put right."""
    for entry in entries:
        text = _with(text, entry)
    return text


def _with(text: str, entry: Entry) -> str:
    lines = text.splitlines()
    root: Any = yaml.compose(text)
    extracts = _value(root, "extracts")
    if extracts is None or not extracts.value:
        return _begin(lines, root, extracts, entry)
    for supply in extracts.value:
        if _scalar(supply, "extract") == entry.extract:
            return _in_supply(lines, supply, entry)
    indent = " " * (extracts.value[0].start_mark.column - 2)
    at = last_line(extracts) + 1
    return joined([*lines[:at], *_supply(entry, indent), *lines[at:]])


def _begin(lines: list[str], root: Any, extracts: Any, entry: Entry) -> str:
    """The first delivery of an edition that has none."""
    made = ["extracts:", *_supply(entry, "  ")]
    if extracts is None:
        return joined([*lines, *made])
    at, end = _line(root, "extracts"), extracts.end_mark.line
    return joined([*lines[:at], *made, *lines[end + 1 :]])


def _supply(entry: Entry, indent: str) -> Iterator[str]:
    yield f"{indent}- extract: {entry.extract}"
    yield f"{indent}  {_ASKED}"
    yield from (f'{indent}  {name}: ""' for name in PERMISSION)
    yield f"{indent}  periods:"
    yield from _period(entry, f"{indent}    ")


def _period(entry: Entry, indent: str) -> Iterator[str]:
    yield f"{indent}- period: {json.dumps(entry.period)}"
    yield from entry.lines(f"{indent}  ")


def _in_supply(lines: list[str], supply: Any, entry: Entry) -> str:
    periods = _value(supply, "periods")
    if periods is None or not periods.value or periods.flow_style:
        return _rewritten(lines, supply, periods, entry)
    found = None
    for item in periods.value:
        if _scalar(item, "period") == entry.period:
            found = item
    shared = _scalar(supply, "mapping") or ""
    # What is said for the whole extract is not said again, and is unsaid where it does not hold.
    own = entry if entry.mapping != shared else replace(entry, mapping="")
    unsaid = [] if entry.mapping or not shared else ['mapping: ""']
    if found is None:
        indent = " " * (periods.value[0].start_mark.column - 2)
        at = _place(supply, periods, entry.period)
        made = [*_period(own, indent), *(f"{indent}  {one}" for one in unsaid)]
        return joined([*lines[:at], *made, *lines[at:]])
    if found.flow_style:
        return _written_out(lines, found, own, unsaid)
    indent = " " * found.start_mark.column
    cut: set[int] = set()
    for key, value in found.value:
        if key.value in _OURS:
            cut |= set(range(key.start_mark.line, last_line(value) + 1))
    key, value = next(pair for pair in found.value if pair[0].value == "period")
    first = found.start_mark.line
    made = [*own.lines(indent), *(f"{indent}{one}" for one in unsaid)]
    if first in cut:
        # The dash stands on a line that is taken out: the period follows it now.
        cut |= {key.start_mark.line}
        dash = " " * (len(indent) - 2)
        made = [f"{dash}- period: {json.dumps(entry.period)}", *made]
        at = first
    else:
        at = last_line(value) + 1
    kept = [line for n, line in enumerate(lines[:at]) if n not in cut]
    rest = [line for n, line in enumerate(lines[at:], at) if n not in cut]
    return joined([*kept, *made, *rest])


def _place(supply: Any, periods: Any, period: str) -> int:
    """The line a period is to begin on: behind the last of an earlier one, or before them all."""
    earlier = [item for item in periods.value if (_scalar(item, "period") or "") < period]
    if earlier:
        return last_line(earlier[-1]) + 1
    return _line(supply, "periods") + 1


def _written_out(lines: list[str], found: Any, entry: Entry, unsaid: list[str]) -> str:
    """A period in braces, as lines of its own."""
    indent = " " * found.start_mark.column
    held = yaml.safe_load(yaml.serialize(found))
    kept = {key: value for key, value in held.items() if key not in (*_OURS, "period")}
    more = yaml.safe_dump(kept, sort_keys=False, allow_unicode=True, width=1000) if kept else ""
    first = lines[found.start_mark.line][: found.start_mark.column]
    made = [
        f"{first}period: {json.dumps(entry.period)}",
        *entry.lines(indent),
        *(f"{indent}{line}" for line in (*unsaid, *more.splitlines())),
    ]
    end = found.end_mark.line + 1
    return joined([*lines[: found.start_mark.line], *made, *lines[end:]])


def _rewritten(lines: list[str], supply: Any, periods: Any, entry: Entry) -> str:
    """A list of periods that is empty, or in brackets, as lines of its own."""
    indent = " " * supply.start_mark.column
    made = [f"{indent}periods:"]
    for held in yaml.safe_load(yaml.serialize(periods)) if periods is not None else []:
        text = yaml.safe_dump(held, sort_keys=False, allow_unicode=True, width=1000).splitlines()
        made += [f"{indent}  - {text[0]}", *(f"{indent}    {line}" for line in text[1:])]
    if periods is None:
        at = end = last_line(supply) + 1
    else:
        at, end = _line(supply, "periods"), periods.end_mark.line + 1
    if len(made) == 1:
        made += _period(entry, f"{indent}  ")
        return joined([*lines[:at], *made, *lines[end:]])
    return _with(joined([*lines[:at], *made, *lines[end:]]), entry)


def _line(node: Any, key: str) -> int:
    """The line a key that is there stands on."""
    return next(int(one.start_mark.line) for one, _ in node.value if one.value == key)


def _value(node: Any, key: str) -> Any:
    return next((value for one, value in node.value if one.value == key), None)


def _scalar(node: Any, key: str) -> str | None:
    found = _value(node, key)
    return None if found is None else str(found.value)
