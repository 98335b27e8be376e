"""`jsna new indicator`: a first entry of an indicator file, drafted from the table it counts.

It is judged as `jsna check` judges it, in a copy of the configuration, before the file is touched.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from jsna import io
from jsna.checking import declared
from jsna.drafting.entry import Drafter, Wanted
from jsna.errors import JsnaError
from jsna.model.indicators import LIKE
from jsna.settings import shared
from jsna.settings.indicators import FOLDER
from jsna.tables.catalogue import CATALOGUE, made_of

TITLE: Final = "No indicator can be drafted:"
#: Key of the figures an entry gives, which are its own.
ANSWERS: Final = "answers"
#: Lines of an entry at most.
MOST_LINES: Final = 15
#: Characters of a line of an entry, of which some stand before it.
_WIDTH: Final = 94
_SCHEMA: Final = "# yaml-language-server: $schema=../schemas/indicators.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry that is not written yet.

    Attributes:
        path: of the chapter's file, below the root.
        lines: of the entry, as they stand in it.
        text: of the whole file with it.
    """

    path: str
    lines: tuple[str, ...]
    text: str


def draft(wanted: Wanted, root: Path) -> Entry:
    """An entry as its table implies it, and the chapter's file with it.

    Raises:
        JsnaError: telling at once what is wrong with what is asked for, or what keeps the entry
            from being counted.
    """
    found = shared.categories(root)
    codes = {name: one.codes for name, one in found.listed.items()}
    drafter = Drafter(
        wanted, shared.indicators(root), shared.chapters(root), found.dimensions, codes,
        shared.figures(root),
    )  # fmt: skip
    drafter.judge()
    made = {} if drafter.problems else drafter.entry()
    if drafter.problems:
        raise JsnaError(drafter.problems, title=TITLE)
    path = f"{FOLDER}/{drafter.chapter}.yaml"
    chapter = _chapter(drafter, root / path)
    lines = _lines(_like_another(made, chapter))
    text = _with_entry(chapter, lines)
    _held(root, path, text, wanted.id)
    return Entry(path, tuple(lines), text)


def write(entry: Entry, root: Path) -> None:
    """Put the chapter's file with the entry in its place."""
    io.write_text(root / entry.path, entry.text)


def _like_another(made: Mapping[str, Any], chapter: str) -> Mapping[str, Any]:
    """The entry without what it has in common with the last one above that counts its table.

    Args:
        made: the entry.
        chapter: text of the file. One above that says more would be taken over with it.
    """
    above: dict[str, dict[str, Any]] = {}
    for one in yaml.safe_load(chapter).get("indicators") or ():
        above[one["id"]] = {**above.get(one.get(LIKE), {}), **one}
    for name, one in reversed(above.items()):
        keys = one.keys() - {LIKE, ANSWERS}
        same = one.get("numerator", {}).get("table") == made.get("numerator", {}).get("table")
        if "numerator" in made and same and _alike(one, made) and keys <= made.keys():
            own = {key: given for key, given in made.items() if one.get(key) != given}
            if one.get(ANSWERS) and ANSWERS not in made:
                own[ANSWERS] = []  # else it would be said to give what the other gives
            return {"id": own.pop("id"), LIKE: name, **own}
    return made


def _alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two entries are of one kind, so that to be like the other says something true."""
    return one.get("kind") == other.get("kind")


def _lines(made: Mapping[str, Any]) -> list[str]:
    lines = [line for key, value in made.items() for line in _written(key, value)]
    return [f"  {'- ' if not at else '  '}{line}" for at, line in enumerate(lines)]


def _written(key: str, value: Any) -> list[str]:
    """A key with what it holds; what is no text stands on the line of its key."""
    block = False if isinstance(value, str) else None
    text = yaml.safe_dump(
        {key: value}, sort_keys=False, width=_WIDTH, allow_unicode=True, default_flow_style=block
    )
    return str(text).splitlines()


def _chapter(drafter: Drafter, file: Path) -> str:
    """The text of the chapter's file, or of one that begins a chapter."""
    if file.is_file():
        return file.read_text(encoding="utf-8")
    table = CATALOGUE.get(drafter.wanted.table)
    fed = [name for name in made_of(table) if name != "areas"] if table is not None else []
    title = drafter.wanted.new_chapter
    return "\n".join(
        [_SCHEMA, *_written("title", title), f"fed_by: [{', '.join(fed)}]", "indicators:", ""]
    )


def _with_entry(text: str, lines: list[str]) -> str:
    """The text of a file with an entry at the end of its indicators."""
    have = text.rstrip("\n").split("\n")
    at = next((n for n, line in enumerate(have) if re.match(r"indicators:\s*(\[\])?$", line)), None)
    if at is None:
        have.append("indicators:")
        at = len(have) - 1
    have[at] = "indicators:"
    after = range(at + 1, len(have))
    end = next((n for n in after if re.match(r"[a-z]", have[n])), len(have))
    while not have[end - 1].strip():
        end -= 1
    gap = [""] if end > at + 1 else []
    return "\n".join([*have[:end], *gap, *lines, *have[end:]]) + "\n"


def _held(root: Path, path: str, text: str, name: str) -> None:
    """Hold the file to all that `jsna check` holds indicators to.

    Raises:
        JsnaError: telling what it would say.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        shutil.copytree(root / "config", copy / "config")
        io.write_text(copy / path, text)
        found = shared.indicators(copy)
        problems = declared.of_indicators({name: found[name]}, shared.categories(copy))
        if found[name].refers_to:
            problems = declared.of_indicators(found, shared.categories(copy))
    if problems:
        raise JsnaError(problems, title=TITLE)


def told(entry: Entry) -> Iterator[str]:
    """The entry as it stands in its file, and what to do next."""
    yield f"{entry.path}:"
    yield from entry.lines
