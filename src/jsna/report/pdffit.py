"""Pages of a laid out document that are nearly empty, and the sections to set closer for them.

A page that ends a section may be emptier than one amid it, as what follows begins a new one. Where
a page is emptier than that, often little more room on the page before is wanted; a section that is
marked closer is set with less space and smaller type by the style sheet for paper. Where that does
not help, one that began on the page before begins a page itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from weasyprint import Document

#: Least share of the height of a page that is filled, and where a section ends on it.
FILLED: Final = 0.60
FILLED_AT_END: Final = 0.35
#: Class of a section that is set closer, and of one that begins a page.
CLOSER: Final = "closer"
APART: Final = "apart"
_KINDS: Final = frozenset({"topic", "chapter"})
_SECTION: Final = re.compile(r'(<section class=")([^"]*)(" id="([^"]*)")')


@dataclass(frozen=True, slots=True)
class Filled:
    """A page of a laid out document.

    Attributes:
        share: of its height down to the lowest text or image, from 0 to 1.
        sections: ids of the topics and chapters on it, in order.
    """

    share: float
    sections: tuple[str, ...]


def fitted(paper: str, laid_out: Callable[[str], Document]) -> Document:
    """A web page laid out, again with some sections set closer, or begun on a page of their own.

    Each is kept where fewer pages are nearly empty with it.

    Args:
        paper: the web page.
        laid_out: lays one out.
    """
    document = laid_out(paper)
    for mark, sections in ((CLOSER, to_close), (APART, to_part)):
        filled = pages(document)
        if not emptier(filled):
            break
        changed = marked(paper, sections(filled), mark)
        again = laid_out(changed)
        if len(emptier(pages(again))) < len(emptier(filled)):
            document, paper = again, changed
    return document


def pages(document: Document) -> list[Filled]:
    """Every page of a document that WeasyPrint laid out."""
    return [_page(page._page_box) for page in document.pages]


def emptier(filled: Sequence[Filled]) -> list[int]:
    """Numbers, from 0, of the pages that are emptier than they may be; a cover is none."""
    return [
        number
        for number, page in enumerate(filled)
        if number and page.share < (FILLED_AT_END if _ends(filled, number) else FILLED)
    ]


def to_close(filled: Sequence[Filled]) -> set[str]:
    """Ids of the sections on pages that are too empty, and of those on the page before each."""
    return {
        name
        for number in emptier(filled)
        for name in (*filled[number - 1].sections, *filled[number].sections)
    }


def to_part(filled: Sequence[Filled]) -> set[str]:
    """Ids of the sections that end on pages that are too empty."""
    return {name for number in emptier(filled) for name in filled[number].sections[:1]}


def marked(page: str, names: Collection[str], mark: str) -> str:
    """A web page in which the sections of these ids have a class more."""

    def more(found: re.Match[str]) -> str:
        start, classes, end, name = found.groups()
        return f"{start}{classes} {mark}{end}" if name in names else found[0]

    return _SECTION.sub(more, page)


def _ends(filled: Sequence[Filled], number: int) -> bool:
    """Whether no section goes on from a page to the next."""
    if number + 1 == len(filled):
        return True
    last, following = filled[number].sections[-1:], filled[number + 1].sections[:1]
    return last != following


def _page(box: Any) -> Filled:
    top, high = box.content_box_y(), box.height
    lowest = top
    sections: dict[str, None] = {}
    for one in _printed(box):
        if one.element is not None and one.element_tag == "section":
            if _KINDS & set(str(one.element.get("class", "")).split()):
                sections[str(one.element.get("id"))] = None
        elif one.element_tag in ("img", "svg") or hasattr(one, "text"):
            lowest = max(lowest, one.position_y + one.height)
    return Filled((lowest - top) / high, tuple(sections))


def _printed(box: Any) -> Iterator[Any]:
    """The boxes within the margins of a page, in order."""
    for child in box.children:
        if child.element_tag == "html":
            yield from child.descendants()
