"""Printed documents: PDF/UA-1 and PDF/A-3a by veraPDF, pages filled, elements whole, bookmarks."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pikepdf
import pypdf

from jsna.report.pdfpage import prepare
from tests.publication.tools import Tools

#: Points of an A4 page between its margins, as print.css has them.
_TOP: Final = (297 - 22) / 25.4 * 72
_BOTTOM: Final = 18 / 25.4 * 72
#: Least share of a page that is filled; and where a chapter ends.
FILLED: Final = 0.60
FILLED_AT_END: Final = 0.35
#: Element of a page -> structure element of its PDF.
_WHOLE: Final = {"<table": "/Table", "<ul": "/L", "<ol": "/L", "<dl": "/L"}


def validated(files: list[Path], tools: Tools) -> list[str]:
    """Rules of the two standards that files break, by veraPDF."""
    source = Path(__file__).parent / "VeraPdf.java"
    told = subprocess.run(
        [tools.java, "-cp", str(tools.vera), str(source), *map(str, files)],
        capture_output=True, text=True, timeout=550, check=False,
    )  # fmt: skip
    lines = told.stdout.splitlines()
    broken = [line for line in lines if " holds, " not in line]
    if sum(" holds, " in line for line in lines) + len(broken) < 2 * len(files):
        broken.append(f"veraPDF did not judge every file: {told.stderr.strip()[-300:]}")
    return broken


def filled(file: Path) -> list[str]:
    """Pages that are emptier than they may be; the cover is none of them."""
    reader = pypdf.PdfReader(file)
    begins = {page for level, page, _ in _bookmarks(reader) if level == 1}
    found = []
    for number, page in enumerate(reader.pages):
        lowest = [_TOP]

        def visit(text: str, at: Any, inside: Any, *_: Any, lowest: list[float] = lowest) -> None:
            y = inside[4] * at[1] + inside[5] * at[3] + at[5]
            if text.strip() and _BOTTOM <= y <= _TOP:
                lowest.append(y)

        page.extract_text(visitor_text=visit)
        share = (_TOP - min(lowest)) / (_TOP - _BOTTOM)
        last = number + 1 in begins or number + 1 == len(reader.pages)
        if number and share < (FILLED_AT_END if last else FILLED):
            found.append(f"page {number + 1} is filled to {share:.0%}")
    return found


def whole(file: Path, page: str) -> list[str]:
    """Kinds of element of which the PDF has more than its web page: one that breaks became two."""
    paper, _ = prepare(page)
    wanted: Counter[str] = Counter()
    for mark, kind in _WHOLE.items():
        wanted[kind] += paper.count(f"{mark}>") + paper.count(f"{mark} ")
    with pikepdf.open(file) as pdf:
        held = Counter(
            str(one.get("/S"))
            for one in pdf.objects
            if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/StructElem"
        )
    return [
        f"{held[kind]} {kind} elements for {wanted[kind]} of the page"
        for kind in sorted(wanted)
        if held[kind] > wanted[kind]
    ]


def brought(file: Path) -> list[str]:
    """Charts that stand on another page than the words before them, which bring them."""
    with pikepdf.open(file) as pdf:
        number = {page.objgen: at for at, page in enumerate(pdf.pages, 1)}
        found, before = [], 1
        for one in _elements(pdf.Root.StructTreeRoot.K):
            # Only what holds words or a picture itself says where it stands.
            if one.S in ("/Span", "/Figure") and "/Pg" in one:
                at = number[one.Pg.objgen]
                if one.S == "/Figure" and at != before:
                    found.append(f"page {at} begins with a chart that words on page {before} bring")
                before = at
    return found


def _elements(kids: Any) -> Iterator[Any]:
    """Structure elements in the order they are read."""
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from _elements(kid.get("/K", pikepdf.Array()))


def bookmarked(file: Path) -> list[str]:
    """Whether bookmarks go as deep as the document: chapters, sections, and titles of figures."""
    page = file.with_suffix(".html").read_text(encoding="utf-8")
    wanted = 1 + ("<h3" in page) + ('class="figure-title"' in page)
    levels = {level for level, _, _ in _bookmarks(pypdf.PdfReader(file))}
    deepest = max(levels, default=0)
    return [] if deepest >= wanted else [f"bookmarks go to level {deepest}, not to {wanted}"]


def _bookmarks(reader: pypdf.PdfReader) -> list[tuple[int, int, str]]:
    """(level, page from 0, title) of every bookmark."""

    def of(items: list[Any], level: int) -> list[tuple[int, int, str]]:
        found = []
        for item in items:
            if isinstance(item, list):
                found += of(item, level + 1)
            else:
                page = reader.get_destination_page_number(item)
                found.append((level, -1 if page is None else page, str(item.title)))
        return found

    return of(reader.outline, 1)
