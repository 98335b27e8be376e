"""Letters that can be printed: those of the bundled fonts. Others are refused by the script's name.

A letter no font has would stand on paper as an empty box, and on a screen in whatever the reader's
machine has; so nothing is printed with one.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import cache
from typing import Final

from jsna.errors import Problem

#: Scripts that the bundled fonts have, in reading order of a message.
BUNDLED: Final = ("Latin", "Greek", "Cyrillic")
#: The characters that every bundled font has, by their numbers (tested against the fonts): no stage
#: reads the fonts to learn them.
_HELD: Final = (
    "20-7E A0-181 186 18A 18D-190 192-194 196-197 19A-19B 19E 1A0-1A1 1AF-1B1 1B7 1BF-1C3 "
    "1CD-1DD 1E2-1E7 1EA-1EB 1EE-1F0 1F4-1F5 1F7-201 204-205 208-209 20C-20D 218-220 222-223 "
    "226-227 237 23A-23E 241-245 248-249 250-27B 27D-285 287-292 294-295 298-299 29B-29F "
    "2A1-2A8 2B0-2B4 2B7-2B9 2BB-2C1 2C6-2CC 2D0-2DE 2E0-2E4 2ED 300-30D 30F-313 315 318-320 "
    "323-32A 32C 32E-332 334 337-33D 342-345 34F 357-358 35C 35E-35F 361 374-375 37A 37E "
    "384-38A 38C 38E-3A1 3A3-3D1 3D5 3D7 3D9 3DB 3DD 3E1 3F4 3F7-3F8 400-45F 462-463 472-475 "
    "490-493 496-49B 4A0-4A3 4AA-4AB 4AE-4B3 4B6-4B7 4BA-4BB 4C0-4C4 4C7-4C8 4CF-4D1 4D4-4D9 "
    "4E2-4E3 4E6-4E9 4EE-4EF 4F2-4F3 4F6-4F7 1D25 1D2C 1D2E 1D30-1D31 1D33-1D3A 1D3C "
    "1D3E-1D43 1D47-1D4B 1D4D 1D4F-1D52 1D56-1D58 1D5B 1D6F-1D70 1D79 1D7B 1D7F 1D9C 1DA0 "
    "1DAC 1DAE 1DB0 1DBB 1DBF 1DCD 1E02-1E03 1E06-1E07 1E0A-1E11 1E16-1E17 1E1E-1E2B "
    "1E32-1E3B 1E3E-1E49 1E52-1E53 1E56-1E63 1E66-1E67 1E6A-1E6F 1E72-1E73 1E7E-1E85 "
    "1E8E-1E97 1E9E-1EF9 1F00-1F15 1F18-1F1D 1F20-1F45 1F48-1F4D 1F50-1F57 1F59 1F5B 1F5D "
    "1F5F-1F7D 1F80-1FB4 1FB6-1FC4 1FC6-1FD3 1FD6-1FDB 1FDD-1FEF 1FF2-1FF4 1FF6-1FFE 2007 "
    "2009-200B 2010-201E 2020-2023 2026 202F-2033 2035 2039-203A 203C-203F 2044 2047-204A "
    "2070-2071 2074-208E 20A1 20A3-20A4 20A6-20A7 20A9 20AB-20AC 20AE 20B1-20B2 20B4-20B5 "
    "20B8-20BA 20BD 2105 2113 2116-2117 211E 2120 2122 2126 212E 2150-215E 2189 2190-2199 "
    "21A8 21D0-21D3 21E7 2200 2202-2203 2206 220F 2211-2212 2215 2219-221A 221E-221F 2229 "
    "222B 2236-2237 2248 2260-2261 2264-2265 2302-2303 2310 2318 231C-2321 2325-2326 232B "
    "25A0-25A1 25AA-25AC 25B2-25BA 25BC-25C4 25C6 25C9-25CC 25CF 25D8-25D9 25E6 2610-2611 "
    "2615 263A-263C 263F-2642 2660 2663 2665-2666 266A-266B 2713-2714 2717-2718 2752 "
    "275B-2760 2764 27E6-27E9 2C60-2C62 2C65-2C66 2C71 2C7D 2E18 2E22-2E25 2E3A-2E3B 2E52 "
    "A71C A722-A725 A74E-A74F A75A-A75B A764-A765 A779-A787 A789 A7AD-A7AE A7B3 A7B5 "
    "A7F2-A7F4 AB53 AB66-AB67 FB00-FB04 FEFF 1F10D-1F10F 1F12F 1F16A-1F16F 1F4A9 1F512 1F748 "
    "1F916"
)
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
    found: set[str] = set()
    for given in _HELD.split():
        first, _, last = given.partition("-")
        found.update(map(chr, range(int(first, 16), int(last or first, 16) + 1)))
    return frozenset(found)
