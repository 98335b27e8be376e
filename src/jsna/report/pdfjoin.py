"""What breaks over a page stays one: a table, a list, a paragraph, a section.

The printer writes a structure element for every piece of an element on every page, so that a table
over two pages is read out as two, the second without its caption (WeasyPrint issues 2902 and 2903).
While it writes, `marked` has it note which element of the page each is of; `join` puts the pieces
together. A head that a table repeats on the next page is taken from what is read out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

#: Key of a structure element that names the element of the page; gone from the finished PDF.
_OF: Final = "/JsnaOf"
_HEAD: Final = "/THead"


@contextmanager
def marked() -> Iterator[None]:
    """Inside the block the printer notes of each structure element what it is of."""
    import pydyf
    from weasyprint.pdf import tags

    usual = tags._build_box_tree
    numbers: dict[int, int] = {}

    def noted(box: Any, *rest: Any) -> Iterator[Any]:
        for element in usual(box, *rest):
            if box.element is not None and _OF[1:] not in element:
                number = numbers.setdefault(id(box.element), len(numbers))
                element[_OF[1:]] = pydyf.String(f"{number} {box.element_tag}")
            yield element

    tags._build_box_tree = noted
    try:
        yield
    finally:
        tags._build_box_tree = usual


def join(pdf: Any, document: Any) -> None:
    """Put the pieces of every element together, and forget what they are of.

    Args:
        pdf: as the printer wrote it within `marked`, open in pikepdf.
        document: its structure element /Document.
    """
    import pikepdf

    _Joiner(pdf).join(document)
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and _OF in item:
            del item[_OF]


class _Joiner:
    """Joins pieces, and keeps what refers to them right."""

    def __init__(self, pdf: Any) -> None:
        self._pdf = pdf
        numbers = pdf.Root.StructTreeRoot.ParentTree.Nums
        #: Entry of the parent tree by its number: an array of a page, or an annotation's element.
        self._parents = {int(numbers[i]): i + 1 for i in range(0, len(numbers), 2)}
        self._pages = {page.obj.objgen: page for page in pdf.pages}
        self._ids: dict[bytes, bytes] = {}
        self._gone: dict[Any, set[int]] = {}

    def join(self, document: Any) -> None:
        self._children(document)
        for page, numbers in self._gone.items():
            self._unread(self._pages[page], numbers)
        if self._ids:
            self._headers()

    def _children(self, element: Any) -> None:
        """Join the pieces among what an element holds, each to the last before it."""
        kept: list[Any] = []
        for kid in _kids(element):
            last = kept[-1] if kept else None
            if last is not None and _continues(last, kid):
                self._append(last, kid)
            else:
                kept.append(kid)
        self._hold(element, kept)

    def _append(self, first: Any, more: Any) -> None:
        """Add what `more` holds to `first`, at whose seam pieces are joined in turn."""
        kids = _kids(first)
        heads = [kid for kid in kids if _is(kid, _HEAD)]
        for kid in _kids(more):
            if isinstance(kid, int):
                kid = self._content(first, more, kid)
            elif _is(kid, _HEAD) and heads and heads[0].get(_OF) == kid.get(_OF):
                self._repeated(heads[0], kid)
                continue
            elif _structured(kid):
                if kids and _continues(kids[-1], kid):
                    self._append(kids[-1], kid)
                    continue
                kid.P = first
            elif kid.get("/Type") == "/OBJR":
                self._annotation(first, kid)
            kids.append(kid)
        self._hold(first, kids)

    def _hold(self, element: Any, kids: list[Any]) -> None:
        import pikepdf

        element.K = pikepdf.Array(kids)

    def _content(self, first: Any, more: Any, number: int) -> Any:
        """Marked content of another page than the element's own."""
        import pikepdf

        page = self._pages[more.Pg.objgen]
        self._entries(page)[number] = first
        return pikepdf.Dictionary(Type=pikepdf.Name.MCR, Pg=page.obj, MCID=number)

    def _annotation(self, first: Any, kid: Any) -> None:
        number = kid.Obj.get("/StructParent")
        if number is not None:
            nums = self._pdf.Root.StructTreeRoot.ParentTree.Nums
            nums[self._parents[int(number)]] = first

    def _entries(self, page: Any) -> Any:
        nums = self._pdf.Root.StructTreeRoot.ParentTree.Nums
        return nums[self._parents[int(page.obj.StructParents)]]

    def _repeated(self, head: Any, again: Any) -> None:
        """A head that is there again: its cells are those of the first, and it is not read out."""
        for one, other in zip(_cells(head), _cells(again), strict=True):
            if "/ID" in one and "/ID" in other:
                self._ids[bytes(other.ID)] = bytes(one.ID)
        for page, number in _contents(again):
            self._gone.setdefault(page, set()).add(number)

    def _unread(self, page: Any, numbers: set[int]) -> None:
        """Turn marked content of a page into what belongs to pagination."""
        entries = self._entries(page)

        def mark(found: re.Match[bytes]) -> bytes:
            if int(found[1]) not in numbers:
                return found[0]
            return b"/Artifact\n<</Type /Pagination /Subtype /Header>>\nBDC"

        stream = re.sub(rb"/\w+\n<</MCID (\d+)>>\nBDC", mark, page.Contents.read_bytes())
        page.Contents = self._pdf.make_stream(stream)
        for number in numbers:
            entries[number] = None

    def _headers(self) -> None:
        """Cells that named the head of their own page name the first."""
        import pikepdf

        for item in self._pdf.objects:
            attributes = item.get("/A") if isinstance(item, pikepdf.Dictionary) else None
            if isinstance(attributes, pikepdf.Dictionary) and "/Headers" in attributes:
                attributes.Headers = pikepdf.Array(
                    pikepdf.String(self._ids.get(bytes(name), bytes(name)))
                    for name in attributes.Headers
                )


def _kids(element: Any) -> list[Any]:
    import pikepdf

    held = element.get("/K")
    if held is None:
        return []
    return [*held] if isinstance(held, pikepdf.Array) else [held]


def _structured(kid: Any) -> bool:
    import pikepdf

    return isinstance(kid, pikepdf.Dictionary) and kid.get("/S") is not None


def _is(kid: Any, kind: str) -> bool:
    return _structured(kid) and str(kid.S) == kind


def _continues(last: Any, kid: Any) -> bool:
    """Whether a piece goes on with the one before it, on a later page."""
    if not (_structured(last) and _structured(kid)) or _OF not in kid or _OF not in last:
        return False
    same = last.get(_OF) == kid.get(_OF) and last.S == kid.S
    return bool(same and _last_page(last) != kid.Pg.objgen)


def _last_page(element: Any) -> Any:
    """The page of the last thing an element holds."""
    kids = _kids(element)
    last = kids[-1] if kids else None
    if last is not None and not isinstance(last, int):
        if _structured(last):
            return _last_page(last)
        if "/Pg" in last:
            return last.Pg.objgen
    return element.Pg.objgen


def _cells(element: Any) -> Iterator[Any]:
    for kid in _kids(element):
        if _structured(kid):
            if str(kid.S) in ("/TH", "/TD"):
                yield kid
            else:
                yield from _cells(kid)


def _contents(element: Any) -> Iterator[tuple[Any, int]]:
    """(page, number) of all marked content an element holds."""
    for kid in _kids(element):
        if isinstance(kid, int):
            yield element.Pg.objgen, kid
        elif _structured(kid):
            yield from _contents(kid)
