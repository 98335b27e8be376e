"""Words that readers of the report do not use: one of them anywhere in it fails the build.

What a council wrote itself is its own: a word in it is told, and the report is made all the same.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Final

from jsna.errors import Problem

#: Class of what a council wrote.
COUNCIL: Final = "council"
_LEFT_OUT: Final = re.compile(r"<(style|script|head)\b.*?</\1>", re.DOTALL)
#: Names of sources are their publishers'.
_NAMES: Final = re.compile(r'<([ou]l) class="(?:notes|short-sources)">.*?</\1>', re.DOTALL)
_OWN: Final = re.compile(rf'<(\w+) class="{COUNCIL}(?: [^"]*)?"[^>]*>.*?</\1>', re.DOTALL)
_INLINE: Final = re.compile(r"</?(?:a|data|em|span|strong|tspan)\b[^>]*>")
_TAG: Final = re.compile(r"<[^>]*>")
#: How much of a sentence a message quotes, on either side of the word.
_NEAR: Final = 50


def faults(name: str, page: str, avoid: Mapping[str, str]) -> list[Problem]:
    """A problem for each word of a page that its readers do not use.

    Args:
        name: file of the page.
        page: web page, with its charts.
        avoid: word -> what readers say.
    """
    text = _NAMES.sub(" ", _OWN.sub(" ", page))
    return [
        Problem(name, f"“{word}” is no word of its readers; say {said} in “{near}”",
                value=word, code="report.word")
        for word, said, near in dict.fromkeys(_found(text, avoid))
    ]  # fmt: skip


def own_words(page: str, avoid: Mapping[str, str]) -> list[str]:
    """A warning for each such word of what a council wrote."""
    text = " ".join(found[0] for found in _OWN.finditer(page))
    found = dict.fromkeys(_found(text, avoid))
    return [f"“{word}” in the council’s own words (“{near}”); readers say {said}"
            for word, said, near in found]  # fmt: skip


def _found(page: str, avoid: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Word, what is said instead, and the words around it."""
    if not avoid:
        return
    text = _TAG.sub(" | ", _INLINE.sub("", _LEFT_OUT.sub(" ", page)))
    text = " ".join(html.unescape(text).split())
    lower = {word.lower(): said for word, said in avoid.items()}
    words = "|".join(re.escape(word) for word in sorted(lower, key=len, reverse=True))
    for one in re.finditer(rf"(?<![\w-])(?:{words})(?![\w-])", text, re.IGNORECASE):
        around = text[max(0, one.start() - _NEAR) : one.end() + _NEAR]
        before = len(text[max(0, one.start() - _NEAR) : one.start()])
        start = around.rfind("|", 0, before) + 1
        end = around.find("|", before)
        yield one[0], lower[one[0].lower()], around[start : end if end >= 0 else None].strip()
