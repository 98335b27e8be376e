"""Links between documents: a template names a place, and here it is found which page has it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from jsna.errors import JsnaError, Problem

_ID: Final = re.compile(r'\bid="([\w-]+)"')
_LINK: Final = re.compile(r'(<a\b[^>]*? href=")#([\w-]+)"')


def between(pages: Mapping[str, str]) -> dict[str, str]:
    """Pages whose links to a place of another page name that page.

    Args:
        pages: file name -> page. Where several have a place, the first is led to.

    Raises:
        JsnaError: no page has a place that is linked to; naming each with its page.
    """
    own = {name: frozenset(_ID.findall(page)) for name, page in pages.items()}
    where = {place: name for name in reversed([*own]) for place in own[name]}
    problems: list[Problem] = []

    def led(name: str, page: str) -> str:
        def one(found: re.Match[str]) -> str:
            start, place = found.groups()
            if place in own[name]:
                return found[0]
            if place not in where:
                rule = f"a link leads to #{place}, which no page has"
                problems.append(Problem(name, rule, code="report.link"))
            return f'{start}{where.get(place, "")}#{place}"'

        return _LINK.sub(one, page)

    made = {name: led(name, page) for name, page in pages.items()}
    if problems:
        raise JsnaError(list(dict.fromkeys(problems)))
    return made
