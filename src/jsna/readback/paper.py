"""Reads a PDF: its text in reading order, what stands outside it, and words no one sees printed.

Text is taken from the content streams by the tags that carry the reading order, so that it can be
held to the web page number by number. Text a printer drew letter by letter is put together again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final

_PAIR: Final = re.compile(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>")
_TRIPLE: Final = re.compile(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>")
_CHARS: Final = re.compile(r"beginbfchar(.*?)endbfchar", re.DOTALL)
_RANGES: Final = re.compile(r"beginbfrange(.*?)endbfrange", re.DOTALL)
#: What a glyph is read as that the font gives no letter for: never part of a number.
_UNKNOWN: Final = "�"
#: Texts of document information that people read.
_INFORMATION: Final = ("/Title", "/Author", "/Subject", "/Keywords")


@dataclass(frozen=True, slots=True)
class Run:
    """A run of text on a page, counted from 1; `tag` is its number in the page's tags, if any."""

    page: int
    text: str
    tag: int | None = None


@dataclass(slots=True)
class Paper:
    """A PDF as read.

    Attributes:
        runs: tagged text in reading order.
        outside: text that is not part of it: running heads and page numbers.
        unseen: (what it is, words) of outlines, link notes, text alternatives, information.
        unreadable: what holds content that cannot be read back.
        attached: name -> content of each file that is attached.
    """

    runs: list[Run] = field(default_factory=list)
    outside: list[Run] = field(default_factory=list)
    unseen: list[tuple[str, str]] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    attached: dict[str, bytes] = field(default_factory=dict)


class _Reader:
    """Goes through the pages of one document."""

    def __init__(self, pdf: Any) -> None:
        self.pdf = pdf
        self.made = Paper()
        self._fonts: dict[tuple[int, int], dict[bytes, str]] = {}

    def read(self) -> Paper:

        found: dict[tuple[int, int], list[Run]] = {}
        for number, page in enumerate(self.pdf.pages, 1):
            runs: list[Run] = []
            self._stream(page, page.Resources, number, [None], runs)
            for run in runs:
                if run.tag is None:
                    self.made.outside.append(run)
                else:
                    found.setdefault((number, run.tag), []).append(run)
            for note in page.get("/Annots", []):
                self._unseen("link", note.get("/Contents"))
                if note.get("/Subtype") != "/Link" or "/AP" in note:
                    self.made.unreadable.append(f"a note on page {number}")
        index = {page.objgen: n for n, page in enumerate(self.pdf.pages, 1)}
        tree = self.pdf.Root.get("/StructTreeRoot")
        if tree is not None and "/K" in tree:
            for place in self._order(tree.K, 0, index):
                self.made.runs += found.pop(place, [])
        # Tagged text the tree does not lead to is outside the reading order.
        self.made.outside += [run for runs in found.values() for run in runs]
        with self.pdf.open_outline() as outline:
            for title in _titles(outline.root):
                self._unseen("outline", title)
        for name in _INFORMATION:
            self._unseen(name.strip("/").lower(), self.pdf.docinfo.get(name))
        for name, item in self.pdf.attachments.items():
            self.made.attached[name] = item.get_file().read_bytes()
        if "/AcroForm" in self.pdf.Root:
            self.made.unreadable.append("a form")
        return self.made

    def _unseen(self, kind: str, words: Any) -> None:
        if words is not None and str(words).strip():
            self.made.unseen.append((kind, " ".join(str(words).split())))

    def _instead(self, item: Any) -> None:
        """Words that are read out instead of what is printed."""
        import pikepdf

        if isinstance(item, pikepdf.Dictionary):
            for name in ("/Alt", "/ActualText", "/E"):
                if name in item:
                    self._unseen("title", item[name])

    # -- content streams -------------------------------------------------------------------------

    def _stream(
        self, stream: Any, resources: Any, page: int, tags: list[int | None], runs: list[Run]
    ) -> None:
        """Runs of one content stream: what lies between BT and ET is one run."""
        import pikepdf

        font: dict[bytes, str] = {}
        depth, text = len(tags), ""
        for step in pikepdf.parse_content_stream(stream):
            operands: Any = step.operands
            name = str(step.operator)
            if name in ("TJ", "Tj", "'", '"'):
                given = operands[-1]
                parts = given if name == "TJ" else [given]
                for part in parts:
                    if isinstance(part, pikepdf.String):
                        text += _decoded(bytes(part), font)
            elif name == "Tf":
                font = self._font(resources.Font[str(operands[0])])
            elif name == "ET":
                if text.strip():
                    runs.append(Run(page, text, tags[-1]))
                if _UNKNOWN in text:
                    self.made.unreadable.append(f"a glyph without a letter on page {page}")
                text = ""
            elif name in ("BDC", "BMC"):
                tags.append(_tag(operands, tags[-1]))
                self._instead(operands[-1])
            elif name == "EMC":
                if len(tags) > depth:
                    tags.pop()
            elif name == "Do":
                form = resources.XObject[str(operands[0])]
                if form.get("/Subtype") == "/Form":
                    own = form.get("/Resources", resources)
                    self._stream(form, own, page, [tags[-1]], runs)
                else:
                    self.made.unreadable.append(f"a picture on page {page}")
            elif name == "INLINE IMAGE":
                self.made.unreadable.append(f"a picture on page {page}")

    def _font(self, font: Any) -> dict[bytes, str]:
        known = self._fonts.get(font.objgen)
        if known is None:
            # Without two-byte codes and a map to letters every glyph stays unknown.
            mapped = "/ToUnicode" in font and font.get("/Encoding") == "/Identity-H"
            raw = font.ToUnicode.read_bytes().decode("latin-1") if mapped else ""
            known = self._fonts[font.objgen] = _letters(raw)
        return known

    # -- tags ------------------------------------------------------------------------------------

    def _order(self, item: Any, page: int, index: Any) -> Iterator[tuple[int, int]]:
        """(page, number) of every piece of tagged content below an item, in reading order."""
        import pikepdf

        if isinstance(item, int):
            yield page, item
        elif isinstance(item, pikepdf.Array):
            for each in item:
                yield from self._order(each, page, index)
        elif isinstance(item, pikepdf.Dictionary):
            if "/Pg" in item:
                page = index[item.Pg.objgen]
            self._instead(item)
            if "/MCID" in item:
                yield page, int(item.MCID)
            elif "/K" in item:
                yield from self._order(item.K, page, index)


def read(content: bytes) -> Paper:
    """A PDF's text."""
    import pikepdf

    with pikepdf.open(BytesIO(content)) as pdf:
        return _Reader(pdf).read()


def _tag(operands: Any, around: int | None) -> int | None:
    """Number of marked content; that of the content around it where it has none of its own."""
    import pikepdf

    if str(operands[0]) == "/Artifact":
        return None
    if len(operands) > 1 and isinstance(operands[1], pikepdf.Dictionary):
        number = operands[1].get("/MCID")
        return around if number is None else int(number)
    return around


def _decoded(raw: bytes, font: dict[bytes, str]) -> str:
    return "".join(font.get(raw[at : at + 2], _UNKNOWN) for at in range(0, len(raw), 2))


def _letters(raw: str) -> dict[bytes, str]:
    """Glyph -> letters, of a font's map to Unicode."""
    made: dict[bytes, str] = {}
    for section in _CHARS.findall(raw):
        for glyph, letters in _PAIR.findall(section):
            made[bytes.fromhex(glyph)] = bytes.fromhex(letters).decode("utf-16-be")
    for section in _RANGES.findall(raw):
        for first, last, letters in _TRIPLE.findall(section):
            start = int.from_bytes(bytes.fromhex(letters), "big")
            for step, glyph in enumerate(range(int(first, 16), int(last, 16) + 1)):
                made[glyph.to_bytes(2, "big")] = chr(start + step)
    return made


def _titles(items: Any) -> Iterator[str]:
    for item in items:
        yield str(item.title)
        yield from _titles(item.children)
