"""Words of templates and configuration: whether readback will know every number in them.

Readback takes a number that is neither a measure nor of a known type for a fault, wherever it was
typed, and a link that leads nowhere too. Here words are asked the same, before there is a page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jsna.errors import Problem
from jsna.model.base import NO_FIGURE
from jsna.settings import made_lists

if TYPE_CHECKING:
    from jsna.model.configuration import Configuration
    from jsna.readback.allowed import Allowed

TEMPLATES: Final = Path("reports/templates")
#: Templates of single chapters, below the others.
_CHAPTERS: Final = "chapters"
#: Tags, and what is left of one that a value stands in.
_TAG: Final = re.compile(r"<[^>]*>?|^[^<>]*>")
_INCLUDED: Final = re.compile(r'\{% include "([^"]+)" %\}')
_LINK: Final = re.compile(r'href="#([\w-]+)"')
_NO_NAME: Final = "is a number alone, which nothing in print tells from a figure; name it in words"


def faults(config: Configuration, root: Path) -> list[Problem]:
    """What `write` and `readback` would refuse of the words of an edition and its templates."""
    from jsna.model import schema
    from jsna.readback.allowed import Allowed
    from jsna.readback.vocabulary import Vocabulary
    from jsna.sources import registry

    allowed = Allowed(Vocabulary(config, schema.empty(), registry()))
    files = sorted((root / TEMPLATES).rglob("*.j2"))
    problems = [*_named(config, allowed), *_linked(config, root)]
    return [*problems, *(one for file in files for one in _of_file(file, root, allowed))]


def _named(config: Configuration, allowed: Allowed) -> Iterator[Problem]:
    """Titles of indicators and labels of categories that are numbers alone."""

    def unknown(text: str) -> bool:
        return any(not kind for _, kind in allowed.of(text, "h3"))

    for one in config.indicators.values():
        if unknown(one.title):
            where = f"config/indicators/{one.chapter}.yaml"
            yield Problem(
                where, _NO_NAME, column=f"{one.id}.title", value=one.title, code="config.words"
            )
    # Groups of deprivation go by their numbers.
    lists = {one.codes for one in config.dimensions.values() if not one.step}
    for name in sorted(lists & set(config.codelists)):
        for code, label in config.codelists[name].items():
            if unknown(label):
                where, key = made_lists.place(name), f"codes.{code}"
                yield Problem(where, _NO_NAME, column=key, value=label, code="config.words")


def _linked(config: Configuration, root: Path) -> Iterator[Problem]:
    """Chapters left out to whose templates those of every chapter link."""
    folder = root / TEMPLATES
    texts = {file: file.read_text(encoding="utf-8") for file in sorted(folder.rglob("*.j2"))}
    targets = {
        place: file.name.split(".")[0]
        for file, text in texts.items()
        if file.parent.name == _CHAPTERS
        for part in (text, *(texts.get(folder / name, "") for name in _INCLUDED.findall(text)))
        for place in re.findall(r'id="([\w-]+)"', part)
    }
    shared = (text for file, text in texts.items() if file.parent == folder)
    places = dict.fromkeys(place for text in shared for place in _LINK.findall(text))
    needed = dict.fromkeys(targets[place] for place in places if place in targets)
    for chapter in needed:
        if chapter in config.chapters and chapter not in config.edition.chapters:
            rule = "is left out, and other chapters link to it; add it"
            where = f"config/editions/{config.edition.edition}.yaml"
            yield Problem(where, rule, column="chapters", value=chapter, code="config.reference")


def _of_file(file: Path, root: Path, allowed: Allowed) -> Iterator[Problem]:
    from jinja2 import Environment, TemplateSyntaxError, nodes

    where = file.relative_to(root).as_posix()
    try:
        tree = Environment().parse(file.read_text(encoding="utf-8"))
    except TemplateSyntaxError as error:
        rule = f"is no template: {error.message}"
        yield Problem(where, rule, row=error.lineno, code="config.template")
        return
    for part in tree.find_all(nodes.TemplateData):
        at = part.lineno
        for text in _TAG.split(part.data):
            words = " ".join(html.unescape(text).split())
            for number in (found for found, kind in allowed.of(words, "p") if not kind):
                row = at + text.split(number)[0].count("\n")
                yield Problem(where, NO_FIGURE, row=row, value=number, code="config.template")
            at += text.count("\n")
