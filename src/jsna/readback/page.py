"""Reads the web page and its charts: every text a reader or a machine may find, block by block."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Final

from jsna.model.scripts import LOADED
from jsna.readback.blocks import CERTIFICATE, Block, Cell, Segment
from jsna.readback.own_words import PLACE

#: Elements that do not break the text they stand in.
_INLINE: Final = frozenset({"a", "abbr", "b", "code", "data", "em", "i", "span", "strong"})
_VOID: Final = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "wbr"})
#: Elements whose content is not text; what they show could not be read back.
_OPAQUE: Final = frozenset(
    {"audio", "canvas", "embed", "iframe", "image", "img", "object", "script", "use", "video"}
)
#: Attributes no reader sees: names, places, shapes and looks.
_TECHNICAL: Final = frozenset({
    "aria-labelledby", "charset", "class", "d", "data-certificate", "data-field", "data-measure",
    "data-over", "data-status", "fill", "font-family", "font-size", "font-weight", "height", "id",
    "name", "opacity", "rel", "role", "scope", "stroke", "stroke-dasharray", "stroke-dashoffset",
    "stroke-linecap", "stroke-linejoin", "stroke-width", "tabindex", "text-anchor", "transform",
    "viewbox", "width", "x", "xmlns", "y",
})  # fmt: skip
#: Attributes that say what a number is.
_KEYED: Final = frozenset({"data-measure", "data-certificate"})
#: A link to a file of open data beside the page, which is called after its chart.
_FILE: Final = re.compile(r"data/(?:figures/)?[a-z][\w-]*\.csv|charts/[a-z][\w-]*\.svg")
#: A link within the page, or to another page of the publication.
_WITHIN: Final = re.compile(r"#.*|(?:\.\./)?(?:[a-z][\w-]*/)?[a-z][\w-]*\.html(?:#.*)?")
#: Classes of what is not printed on paper.
_SCREEN: Final = frozenset({"screen-only", "skip", "end"})
#: Classes of tables that hold words beside measures.
_LISTINGS: Final = frozenset({"also", "deliveries", "by-place"})
#: Text a style sheet would put on the page.
_GENERATED: Final = re.compile(r"content:[^;}]*\d[^;}]*")
#: Places of what has no element of its own: the number of a list's item, which browser and printer
#: write; the number of a page, which only paper carries; a number, group or period along an axis.
MARKER: Final = "marker"
PAGE: Final = "page"
AXIS: Final = "axis"
GROUP: Final = "group"
TIME: Final = "time"


@dataclass(slots=True)
class Page:
    """What was read.

    Attributes:
        blocks: in order.
        charts: charts by id, as written.
        targets: id of an element -> the first block that may stand in it.
        links: (id led to, text) of every link within the page.
        outward: (page led to and id in it, text) of every link to another page.
        unreadable: elements that show no text; a page may load scripts that are known
            (`readback.scripts` reads them), and holds none itself.
        logos: pictures of the council's own, as the page holds them.
    """

    blocks: list[Block] = field(default_factory=list)
    charts: dict[str, str] = field(default_factory=dict)
    targets: dict[str, int] = field(default_factory=dict)
    links: list[tuple[str, str]] = field(default_factory=list)
    outward: list[tuple[str, str]] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    logos: list[str] = field(default_factory=list)

    def said(self, target: str) -> str:
        """The text of the first block that an id leads to; empty where there is none."""
        at = self.targets.get(target)
        return self.blocks[at].printed if at is not None and at < len(self.blocks) else ""

    @property
    def title(self) -> str:
        """Its heading of the first level."""
        return next((block.printed for block in self.blocks if block.place == "h1"), "")


@dataclass(slots=True)
class _Element:
    tag: str
    classes: frozenset[str]
    paper: bool
    items: int = 0


class _Reader(HTMLParser):
    """Goes through a page once."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._stack: list[_Element] = []
        self._block: Block | None = None
        self._cell: Cell | None = None
        self._cell_tag = ""
        self._label: dict[str, str] = {}
        self._figure = ""
        self._at = (-1, -1, -1)
        self._link: list[str] = []

    # -- elements --------------------------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = frozenset(given.get("class", "").split())
        if tag == "img" and "logo" in classes:
            self.page.logos.append(given.pop("src", ""))
        elif tag in _OPAQUE and not (tag == "script" and given.get("src") in LOADED):
            self.page.unreadable.append(tag)
        if tag == "svg":
            self._figure = given.get("id", "")
        if tag not in _INLINE or "aside" in classes:
            self._flush()
        self._attributes(tag, given)
        self._mark(tag, given)
        if tag == "li":
            self._number_item()
        if tag not in _VOID:
            paper = not self._stack or self._stack[-1].paper
            kept = paper and not classes & _SCREEN and tag not in ("head", "title")
            self._stack.append(_Element(tag, classes, kept))
        if tag == "text":
            self._label = given
        if given.keys() & _KEYED:
            self._open_cell(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if self._cell is not None and tag == self._cell_tag:
            self._close_cell()
        if tag not in _INLINE or (self._stack and "aside" in self._stack[-1].classes):
            self._flush()
        if tag == "a" and self._link:
            target, *texts = self._link
            text = " ".join("".join(texts).split())
            within = target.startswith("#")
            to = self.page.links if within else self.page.outward
            to.append((target.removeprefix("#"), text))
            self._link = []
        if tag == "a" and self._inside("nav") and self._stack[-1].paper:
            self._flush()
            self.page.blocks.append(Block(PAGE, segments=[Segment("")]))
        while self._stack:
            if self._stack.pop().tag == tag:
                break
        if tag == "svg":
            self._figure = ""

    def handle_data(self, data: str) -> None:
        if self._stack and self._stack[-1].tag == "script":
            self.page.unreadable += ["script"] if data.strip() else []
            return
        if self._stack and self._stack[-1].tag == "style":
            for found in _GENERATED.findall(data):
                self.page.blocks.append(Block("style", segments=[Segment(found, paper=False)]))
            return
        if self._cell is not None:
            self._cell = replace(self._cell, text=self._cell.text + data)
            return
        if self._link:
            self._link.append(data)
        if data:
            self._add(Segment(data, paper=bool(self._stack) and self._stack[-1].paper))

    def handle_comment(self, data: str) -> None:
        self.page.blocks.append(Block("comment", segments=[Segment(data, paper=False)]))

    # -- parts -----------------------------------------------------------------------------------

    def _mark(self, tag: str, given: dict[str, str]) -> None:
        """Keep track of places: tables, rows and columns, and what links lead to and from."""
        if "id" in given:
            self.page.targets.setdefault(given["id"], len(self.page.blocks))
        if tag == "a" and _WITHIN.fullmatch(given.get("href", "")):
            self._link = [given["href"]]
        table, row, column = self._at
        if tag == "table":
            self._at = (table + 1, -1, -1)
        elif tag == "tr":
            self._at = (table, row + 1, -1)
        elif tag in ("td", "th"):
            self._at = (table, row, column + 1)

    def _open_cell(self, tag: str, given: dict[str, str]) -> None:
        self._cell_tag = tag
        measure = given.get("data-measure")
        self._cell = Cell(
            given["data-certificate"] if measure is None else measure,
            CERTIFICATE if measure is None else given.get("data-field", "value"),
            "",
            given.get("value") if tag == "data" else None,
            given.get("data-status"),
            given.get("data-over", ""),
        )

    def _close_cell(self) -> None:
        assert self._cell is not None
        text = " ".join(self._cell.text.split())
        cell, self._cell = replace(self._cell, text=text), None
        self._add(Segment(text, cell, paper=self._stack[-1].paper))

    def _add(self, segment: Segment) -> None:
        if self._block is None:
            if not segment.cell and not segment.text.strip():
                return
            x, y = self._label.get("x", ""), self._label.get("y", "")
            at = self._at if self._inside("table") else None
            self._block = Block(self._place(), self._figure, x, y, at=at)
        self._block.segments.append(segment)

    def _flush(self) -> None:
        if self._block is not None:
            self.page.blocks.append(self._block)
            self._block = None
        self._label = {}

    def _attributes(self, tag: str, given: dict[str, str]) -> None:
        for name, value in given.items():
            if not any(letter.isdigit() for letter in value) or name in _TECHNICAL:
                continue
            if name == "href" and (_WITHIN.fullmatch(value) or _FILE.fullmatch(value)):
                continue
            if name == "value" and tag == "data" and given.keys() & _KEYED:
                continue
            block = Block(f"@{name}", self._figure, segments=[Segment(value, paper=False)])
            self.page.blocks.append(block)

    def _number_item(self) -> None:
        """The number of an item of an ordered list, which the browser and the printer write."""
        around = self._stack[-1] if self._stack else None
        if around is not None and around.tag == "ol" and not self._inside("nav"):
            around.items += 1
            segment = Segment(str(around.items), paper=around.paper)
            self.page.blocks.append(Block(MARKER, segments=[segment]))

    def _inside(self, tag: str) -> bool:
        return any(element.tag == tag for element in self._stack)

    def _place(self) -> str:
        if self._inside("nav"):
            return "nav"
        if any(PLACE in element.classes for element in self._stack):
            return PLACE
        for element in reversed(self._stack):
            if "aside" in element.classes:
                return "aside"
            if element.tag in _INLINE:
                continue
            if element.tag == "p" and any("key-numbers" in e.classes for e in self._stack):
                return "key number"
            if element.tag in ("td", "th") and any(e.classes & _LISTINGS for e in self._stack):
                return "listing"
            name = min(element.classes, default="")
            return f"{element.tag}.{name}" if element.tag == "p" and name else element.tag
        return ""


def read(text: str) -> Page:
    """A web page or a chart by itself.

    Args:
        text: HTML with charts inside, or SVG.
    """
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader._flush()
    page = reader.page
    for found in re.finditer(r'<svg\b[^>]*?\bid="([^"]*)".*?</svg>', text, re.DOTALL):
        page.charts[found[1]] = found[0]
    return page
