"""Templates of the report: whether each can be read, and whether it holds a number of its own.

Readback takes a number that is neither a measure nor of a known type for a fault, wherever it was
typed. Here the words of templates are asked the same, before there is a page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jsna.errors import Problem

if TYPE_CHECKING:
    from jsna.model.configuration import Configuration
    from jsna.readback.allowed import Allowed

TEMPLATES: Final = Path("reports/templates")
#: Tags, and what is left of one that a value stands in.
_TAG: Final = re.compile(r"<[^>]*>?|^[^<>]*>")


def faults(config: Configuration, root: Path) -> list[Problem]:
    """What `write` and `readback` would refuse of the templates of a project."""
    from jsna.model import schema
    from jsna.readback.allowed import Allowed
    from jsna.readback.vocabulary import Vocabulary
    from jsna.sources import registry

    allowed = Allowed(Vocabulary(config, schema.empty(), registry()))
    files = sorted((root / TEMPLATES).rglob("*.j2"))
    return [problem for file in files for problem in _of_file(file, root, allowed)]


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
                rule = "a figure is printed from a measure alone; write other numbers in letters"
                yield Problem(where, rule, row=row, value=number, code="config.template")
            at += text.count("\n")
