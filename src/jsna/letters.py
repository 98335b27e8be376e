"""Letters that can be printed: those of the bundled fonts. Others are refused by the script's name.

A letter no font has would stand on paper as an empty box, and on a screen in whatever the reader's
machine has; so nothing is printed with one.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

from jsna.errors import Problem

#: Scripts that the bundled fonts have, in reading order of a message.
BUNDLED: Final = ("Latin", "Greek", "Cyrillic")
#: Folder of the fonts, beside the code.
FONTS: Final = Path(__file__).parents[2] / "reports/templates/fonts"
#: Breaks of lines and tabs are no letters.
_BREAKS: Final = frozenset("\n\r\t")
#: First word of a character's name -> its script, where that word is no name of one.
_CALLED: Final = {
    "CJK": "Chinese, Japanese or Korean",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HANGUL": "Korean",
}
_HEAD: Final = re.compile(r"<(style|script)\b.*?</\1>", re.DOTALL)
_TAG: Final = re.compile(r"<[^>]*>")
#: How much of the words around a letter a message quotes, on either side.
_NEAR: Final = 25


def script(letter: str) -> str:
    """`Arabic script`; of what is no letter its name: `sign “grinning face” (U+1F600)`."""
    name = unicodedata.name(letter, "")
    if unicodedata.category(letter)[0] in "LM" and not name.startswith(("VARIATION", "MODIFIER")):
        first = name.split(" ")[0].split("-")[0]
        if first not in ("COMBINING", ""):
            return f"{_CALLED.get(first, first.capitalize())} script"
    code = f"U+{ord(letter):04X}"
    return f"sign “{name.lower()}” ({code})" if name else f"sign {code}"


def in_lines(where: str, text: str, *, comments: bool = False) -> list[Problem]:
    """A problem for each line of a file and each script in it that cannot be printed.

    Args:
        where: the file, as its user knows it.
        text: what it holds.
        comments: whether lines that begin with `#` are comments, of which nothing is printed.
    """
    if text.isascii():
        return []
    return [
        Problem(where, _rule(name), row=row, value=letter, code="config.script")
        for row, line in enumerate(text.split("\n"), 1)
        if not (comments and line.lstrip().startswith("#"))
        for name, letter in _strange(line).items()
    ]


def on_page(name: str, page: str) -> list[Problem]:
    """A problem for each script of a web page that cannot be printed, with the words around it."""
    text = html.unescape(_TAG.sub(" ", _HEAD.sub(" ", page)))
    made = []
    for called, letter in _strange(text).items():
        at = text.index(letter)
        near = " ".join(text[max(0, at - _NEAR) : at + _NEAR].split())
        made.append(Problem(name, f"{_rule(called)}, in “{near}”", code="report.script"))
    return made


def _strange(text: str) -> dict[str, str]:
    """Script -> the first letter of it in a text, of those that no font has."""
    strange = set() if text.isascii() else {*text} - _BREAKS - held()
    found: dict[str, str] = {}
    for letter in sorted(strange, key=text.index):
        found.setdefault(script(letter), letter)
    return found


def _rule(called: str) -> str:
    return f"has {called}, of which no font is bundled; there are {', '.join(BUNDLED)}"


@cache
def held() -> frozenset[str]:
    """The characters that every bundled font has."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    every = []
    for file in sorted(FONTS.glob("*.ttf")):
        with TTFont(file, lazy=True) as font:
            every.append(frozenset(map(chr, font.getBestCmap())))
    return frozenset.intersection(*every)
