"""A mapping as YAML, each line with how sure it is; tables already in the file stay as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from jsna.errors import JsnaError, Problem
from jsna.model.layouts import MappingFile, Origin, Place, Shape
from jsna.receiving.propose import Entry, Proposal
from jsna.settings.mappings import path_of
from jsna.settings.reading import read

_FIRST: Final = "# yaml-language-server: $schema=../../schemas/mapping.json"
_SURE: Final = {
    "given": "as said",
    "certain": "a declared name",
    "likely": "a name like it ({alike:.0%})",
}


def quote(text: str) -> str:
    """A text as YAML and JSON both write it."""
    return json.dumps(text, ensure_ascii=False)


def text_of(
    proposals: Sequence[Proposal], beside: Mapping[str, Place], before: MappingFile | None
) -> str:
    """The whole file.

    Args:
        proposals: of the tables that are written anew.
        beside: what further files are called -> where in them their columns stand.
        before: what the file held.
    """
    extract = proposals[0].extract.name
    anew = {one.table.name for one in proposals}
    lines = [_FIRST, f"extract: {extract}", "tables:"]
    for name, shape in (before.tables if before else {}).items():
        if name not in anew:
            lines += [f"  {name}:", *_place(shape, "    "), *_rest(shape)]
    for proposal in proposals:
        lines += [f"  {proposal.table.name}:", *_place(proposal.shape, "    ")]
        lines += _rest(proposal.shape, {entry.field: entry for entry in proposal.entries})
    places = {**(before.beside if before else {}), **beside}
    if places:
        lines.append("beside:")
        for name, place in places.items():
            own = list(_place(place, "    "))
            lines += [f"  {name}:", *own] if own else [f"  {name}: {{}}"]
    return "\n".join(lines) + "\n"


def _place(place: Place, indent: str) -> Iterator[str]:
    if place.sheet:
        yield f"{indent}sheet: {quote(place.sheet)}"
    if place.header_row:
        yield f"{indent}header_row: {place.header_row}"
    if place.separator:
        yield f"{indent}separator: {place.separator}"
    if place.encoding:
        yield f"{indent}encoding: {place.encoding}"


def _rest(shape: Shape, entries: Mapping[str, Entry] | None = None) -> Iterator[str]:
    if shape.empty:
        yield f"    empty: [{', '.join(map(quote, shape.empty))}]"
    if shape.dates:
        yield f"    dates: {shape.dates}"
    yield "    columns:" if shape.columns else "    columns: {}"
    for name, origin in shape.columns.items():
        entry = (entries or {}).get(name)
        yield from _column(name, origin, f"  # {_why(entry)}" if entry and _why(entry) else "")


def _why(entry: Entry) -> str:
    placed = entry.placed
    said = _SURE.get(placed.sure, "").format(alike=placed.alike)
    if entry.absent:
        return "is not in the file"
    fits = "" if placed.fits is None else f"{placed.fits:.0%} of the cells fit"
    return "; ".join(filter(None, (said, fits)))


def _column(name: str, origin: Origin | None, why: str) -> Iterator[str]:
    if origin is None:
        yield f"      {name}:{why}"
        return
    under = origin.header
    if isinstance(under, str) and under and origin == Origin(header=under):
        yield f"      {name}: {quote(under)}{why}"
        return
    yield f"      {name}:{why}"
    if origin.headers:
        many = [quote(one) for one in origin.headers]
        yield f"        header: {many[0] if len(many) == 1 else '[' + ', '.join(many) + ']'}"
    if origin.together:
        yield f"        together: [{', '.join(map(quote, origin.together))}]"
    if origin.constant:
        yield f"        constant: {quote(origin.constant)}"
    if origin.dates:
        yield f"        dates: {origin.dates}"
    if origin.years_from:
        yield f"        years_from: {origin.years_from}"
    if origin.empty:
        yield f"        empty: [{', '.join(map(quote, origin.empty))}]"
    if origin.join:
        there = f", their_key: {quote(origin.join.their_key)}" if origin.join.their_key else ""
        yield f"        join: {{file: {origin.join.file}, key: {quote(origin.join.key)}{there}}}"
    if origin.codes:
        yield "        codes:"
        for said, code in origin.codes.items():
            yield f"          {quote(said)}: {quote(code)}"
    if origin.others != "unknown":
        yield f"        others: {origin.others}"


def existing(root: Path, name: str, extract: str) -> MappingFile | None:
    """What a mapping holds already; None where there is none.

    Raises:
        JsnaError: it is faulty, or of another source.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*/[a-z0-9][a-z0-9_-]*", name):
        rule = "is written <council>/<source>, in small letters, digits, - and _"
        raise JsnaError(Problem("--to", rule, value=name, code="map.name"))
    file = root / path_of(name)
    if not file.is_file():
        return None
    held = read(file, MappingFile)
    if held.extract != extract:
        rule = f"is a mapping of {held.extract}; give this one another name"
        raise JsnaError(Problem(path_of(name), rule, code="map.name"))
    return held


def write(
    root: Path, name: str, proposals: Sequence[Proposal], beside: Mapping[str, Place], again: bool
) -> str:
    """Write a mapping; returns its path below the project's folder.

    Raises:
        JsnaError: it has one of the tables already, and is not to have it `again`.
    """
    before = existing(root, name, proposals[0].extract.name)
    twice = [one.table.name for one in proposals if before and one.table.name in before.tables]
    if twice and not again:
        rule = f"has the tables {', '.join(twice)} already; --again writes them anew"
        raise JsnaError(Problem(path_of(name), rule, code="map.again"))
    file = root / path_of(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text_of(proposals, beside, before), encoding="utf-8")
    return path_of(name)
