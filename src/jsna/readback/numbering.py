"""Sections and figures are numbered one after the other, and what refers to one names it.

These numbers are of types that are allowed because of where they stand; here they are held to
what they stand for.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Final

from jsna.model.documents import PRINTED_FROM
from jsna.readback.page import MARKER, Page
from jsna.readback.result import Tally

_SECTION: Final = re.compile(r"(\d{1,2})(?:\.(\d{1,2}))? (?=\S)")
_FIGURE: Final = re.compile(r"Figure (\d{1,2})(?:\.(\d{1,3}))?(?!\.?\d)")
_PART: Final = re.compile(r"\(part (\d) of (\d)\)")

#: Where the number of a figure stands, and that of a chapter or topic.
_NUMBERED: Final = "p.figure-number"
_CHAPTERS: Final = ("h2", "p.topic-name")
_HEADS: Final = (*_CHAPTERS, "h3")
#: Ids of what has a number, which is the same on every page that has it.
_SHARED: Final = ("figure-", "topic-")
#: A reference to a source at the foot of a topic.
_NOTE: Final = re.compile(r"note (\d{1,2})")


def judge(page: Page, tally: Tally, *, part: bool = False) -> None:
    """Note every number that is out of turn, and every reference to something else.

    Args:
        part: the page is a part of a document, whose numbers it has: they go on from any.
    """
    _sections(page, tally, part=part)
    _figures(page, tally, part=part)
    _parts(page, tally)
    for target, text in page.links:
        if not _led(page, target, text):
            rule = f"leads to #{target}, which has another number"
            tally.wrong(rule, place="link", printed=text, code="reference")


def _sections(page: Page, tally: Tally, *, part: bool) -> None:
    chapter = section = 0
    for block in page.blocks:
        found = _SECTION.match(block.text) if block.place in _HEADS else None
        if found is None:
            continue
        given = (int(found[1]), int(found[2] or 0))
        if part and not chapter:
            chapter = given[0] - 1
        wanted = (chapter, section + 1) if found[2] else (chapter + 1, 0)
        if given != wanted:
            rule = "this section is numbered out of turn"
            tally.wrong(rule, place=block.place, printed=block.text[:60], code="numbering")
        chapter, section = given


def _figures(page: Page, tally: Tally, *, part: bool) -> None:
    """Note figures whose numbers do not count up from 1, or stand in another chapter.

    They are counted through a document, or anew in each chapter.
    """
    last: dict[int, int] = {}
    before = through = 0
    for block in page.blocks:
        head = _SECTION.match(block.text) if block.place in _CHAPTERS else None
        if head is not None:
            before = int(head[1])
        found = _FIGURE.match(block.text) if block.place == _NUMBERED else None
        if found is None:
            continue
        chapter, number = int(found[1]), int(found[2] or 0)
        if not number:
            if part and not through:
                through = chapter - 1
            away, through = chapter != through + 1, chapter
        else:
            away = (before and chapter != before) or number != last.get(chapter, 0) + 1
        if away or (through and last):
            rule = "this figure is numbered out of turn"
            tally.wrong(rule, place=_NUMBERED, printed=found[0], code="numbering")
        if number:
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


def _led(page: Page, target: str, text: str) -> bool:
    """Whether a link that names a number leads to what bears it."""
    if target not in page.targets:
        return False
    after = page.blocks[page.targets[target] :]
    if (note := _NOTE.fullmatch(text)) is not None:
        return bool(after) and after[0].place == MARKER and after[0].text == note[1]
    if _SECTION.match(text):
        return text == next((b.text for b in after if b.place in _HEADS), "")
    return True


def between(pages: Mapping[str, Page], tally: Tally) -> None:
    """Note every link from page to page that leads to no place, or to another number.

    A heading or a figure that a page shares with a document has its number there.

    Args:
        pages: path below the draft -> page.
        tally: of the draft as a whole.
    """
    for name, page in pages.items():
        for address, text in page.outward:
            file, _, target = address.partition("#")
            other = pages.get(posixpath.normpath(posixpath.join(posixpath.dirname(name), file)))
            if other is None or (target and not _led(other, target, text)):
                rule = f"leads from {name} to {address}, which is not there or has another number"
                tally.wrong(rule, place="link", printed=text, code="reference")
        for other in (pages[whole] for whole in PRINTED_FROM.values() if whole in pages):
            for place in page.targets.keys() & other.targets.keys():
                if place.startswith(_SHARED) and page.said(place) != other.said(place):
                    rule = f"#{place} of {name} begins otherwise in a document that has it"
                    tally.wrong(rule, place=place, printed=page.said(place), code="numbering")
