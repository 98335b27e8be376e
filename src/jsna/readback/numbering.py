"""Sections, figures and tables are numbered one after the other, and what refers to one names it.

These numbers are of types that are allowed because of where they stand; here they are held to
what they stand for.
"""

from __future__ import annotations

import re
from typing import Final

from jsna.readback.page import Page
from jsna.readback.result import Tally

_SECTION: Final = re.compile(r"(\d{1,2})(?:\.(\d{1,2}))? (?=\S)")
_FIGURE: Final = re.compile(r"Figure (\d{1,2})\.(\d{1,3})\b")
_TABLE: Final = re.compile(r"[Tt]able A(\d{1,2})\.(\d{1,3})\b")
_BACK: Final = "Back from"
_PART: Final = re.compile(r"\(part (\d) of (\d)\)")

#: What is numbered, where its number stands, and how it is written.
_FIGURES: Final = ("figure", "p.figure-number", _FIGURE)
_TABLES: Final = ("table", "caption", _TABLE)


def judge(page: Page, tally: Tally) -> None:
    """Note every number that is out of turn, and every reference to something else."""
    _sections(page, tally)
    _sequence(page, *_FIGURES, tally, within=True)
    # All tables stand together, in an annex.
    _sequence(page, *_TABLES, tally, within=False)
    _parts(page, tally)
    for target, text, at in page.links:
        if not _led(page, target, text, at):
            rule = f"leads to #{target}, which has another number"
            tally.wrong(rule, place="link", printed=text, code="reference")


def _sections(page: Page, tally: Tally) -> None:
    chapter = section = 0
    for block in page.blocks:
        found = _SECTION.match(block.text) if block.place in ("h2", "h3") else None
        if found is None:
            continue
        given = (int(found[1]), int(found[2] or 0))
        wanted = (chapter, section + 1) if found[2] else (chapter + 1, 0)
        if given != wanted:
            rule = "this section is numbered out of turn"
            tally.wrong(rule, place=block.place, printed=block.text[:60], code="numbering")
        chapter, section = given


def _sequence(
    page: Page, what: str, place: str, pattern: re.Pattern[str], tally: Tally, *, within: bool
) -> None:
    """Note numbers of chapters that do not count up from 1, or stand in another chapter."""
    last: dict[int, int] = {}
    before = 0
    for block in page.blocks:
        head = _SECTION.match(block.text) if within and block.place == "h2" else None
        if head is not None:
            before = int(head[1])
        found = pattern.match(block.text) if block.place == place else None
        if found is None:
            continue
        chapter, number = int(found[1]), int(found[2])
        away = chapter != before if within and before else chapter < before
        if away or number != last.get(chapter, 0) + 1:
            rule = f"this {what} is numbered out of turn"
            tally.wrong(rule, place=place, printed=found[0], code="numbering")
        before = before if within else chapter
        last[chapter] = number


def _parts(page: Page, tally: Tally) -> None:
    """Parts of a table follow one another, up to as many as they say."""
    part, parts = 0, 0
    for block in page.blocks:
        if block.place != "caption":
            continue
        found = _PART.search(block.text)
        given = (int(found[1]), int(found[2])) if found else (0, 0)
        continued = part < parts
        if given != ((part + 1, parts) if continued else (1, given[1]) if found else (0, 0)):
            rule = "the parts of this table do not follow one another"
            tally.wrong(rule, place="caption", printed=block.text[:60], code="numbering")
        part, parts = given


def _led(page: Page, target: str, text: str, at: int) -> bool:
    """Whether a link that names a number leads to what bears it."""
    if text.startswith(_BACK):
        captions = [b.text for b in page.blocks[:at] if b.place == "caption"]
        named = _TABLE.search(text)
        above = _TABLE.match(captions[-1]) if captions else None
        return named is None or (above is not None and above.groups() == named.groups())
    if target not in page.targets:
        return False
    after = page.blocks[page.targets[target] :]
    for _, place, pattern in (_FIGURES, _TABLES):
        named = pattern.search(text)
        if named is not None:
            first = next((b.text for b in after if b.place == place), "")
            own = pattern.match(first)
            return own is not None and own.groups() == named.groups()
    if _SECTION.match(text):
        return text == next((b.text for b in after if b.place in ("h2", "h3")), "")
    return True
