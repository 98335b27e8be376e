"""What the printer leaves out of the tags, put right in the finished PDF.

The printer's PDF passes PDF/UA-1 as it is. These are the things a validator does not see and a
screen reader's user does: header cells say which way they head, running heads are not read out on
every page, lists say what kind they are, links say where they lead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from io import BytesIO
from typing import Any, Final

from jsna.report import pdfjoin

#: Page margins in CSS pixels from the top, as print.css has them: text beyond is a running head.
_TOP: Final = 22 / 25.4 * 96
_BOTTOM: Final = (297 - 18) / 25.4 * 96
#: A run of marked text, and where its baseline lies.
_RUN: Final = re.compile(rb"/Span\n<</MCID (\d+)>>\nBDC\n(.*?)EMC", re.DOTALL)
_BASELINE: Final = re.compile(rb"(-?[\d.]+) Tm")
_LINK: Final = re.compile(r'<a\b[^>]*?href="([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)
#: What says that a file is PDF/UA-1, and what those words are (ISO 19005-3, 6.6.2.3).
_UA: Final = b"http://www.aiim.org/pdfua/ns/id/"
_END: Final = b"</rdf:RDF>"
_IDENTIFIED: Final = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of the standard that the file keeps to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""
#: Annotation flag: printed with the page.
_PRINT: Final = 4


def link_words(page: str) -> dict[str, str]:
    """Destination -> words of the first link that leads there."""
    found: dict[str, str] = {}
    for target, words in _LINK.findall(page):
        plain = unescape(re.sub(r"<[^>]+>", "", words))
        found.setdefault(unescape(target).removeprefix("#"), " ".join(plain.split()))
    return found


def finish(content: bytes, links: Mapping[str, str]) -> bytes:
    """The PDF with its tags completed; bytes depend on the arguments alone.

    Args:
        content: the printer's PDF.
        links: from `link_words`.
    """
    import pikepdf

    with pikepdf.open(BytesIO(content)) as pdf:
        pdf.Root.PageMode = pikepdf.Name.UseOutlines
        _identify(pdf)
        parents = _parents(pdf)
        margins: set[tuple[int, int]] = set()
        for page in pdf.pages:
            margins |= _running_heads(pdf, page, parents)
            _links(page, links)
        document = pdf.Root.StructTreeRoot.K
        document = document[0] if isinstance(document, pikepdf.Array) else document
        document.K = pikepdf.Array(kid for kid in document.K if kid.objgen not in margins)
        pdfjoin.join(pdf, document)
        for item in [*pdf.objects]:
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/LI":
                _body(pdf, item)
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/StructElem":
                _attributes(item)
        out = BytesIO()
        pdf.save(
            out,
            deterministic_id=True,
            compress_streams=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    return out.getvalue()


def _identify(pdf: Any) -> None:
    """Say that it is PDF/UA-1 as well, with the schema of those words, as PDF/A asks."""
    import pikepdf

    written = pdf.Root.Metadata.read_bytes()
    if _UA in written:
        return
    assert _END in written
    pdf.Root.Metadata = pdf.make_stream(
        written.replace(_END, _IDENTIFIED + _END, 1),
        Type=pikepdf.Name.Metadata,
        Subtype=pikepdf.Name.XML,
    )


def _parents(pdf: Any) -> dict[int, Any]:
    """Number of a page's or annotation's entry in the parent tree -> the entry."""
    numbers = pdf.Root.StructTreeRoot.ParentTree.Nums
    return {int(numbers[i]): numbers[i + 1] for i in range(0, len(numbers), 2)}


def _running_heads(pdf: Any, page: Any, parents: Mapping[int, Any]) -> set[tuple[int, int]]:
    """Turn text in the page margins from tagged content into pagination artifacts.

    Returns:
        The elements of the margin boxes, which have no content any more.
    """
    elements = parents.get(int(page.get("/StructParents", -1)))
    margins: set[tuple[int, int]] = set()
    if elements is None:
        return margins

    def mark(found: re.Match[bytes]) -> bytes:
        baseline = _BASELINE.search(found[2])
        number = int(found[1])
        y = float(baseline[1]) if baseline else (_TOP + _BOTTOM) / 2
        element = elements[number] if number < len(elements) else None
        if _TOP <= y <= _BOTTOM or element is None or not _in_margin_box(element):
            return found[0]
        margins.add(element.P.objgen)
        elements[number] = None
        kind = b"Header" if y < _TOP else b"Footer"
        head = b"/Artifact\n<</Type /Pagination /Subtype /" + kind + b">>\nBDC\n"
        return head + found[2] + b"EMC"

    stream = _RUN.sub(mark, page.Contents.read_bytes())
    if margins:
        page.Contents = pdf.make_stream(stream)
    return margins


def _in_margin_box(element: Any) -> bool:
    """Whether an element is a margin box's: in a bare wrapper directly below the document."""
    wrapper = element.get("/P")
    document = wrapper.get("/P") if wrapper is not None else None
    if document is None:
        return False
    return bool(wrapper.get("/S") == "/NonStruct" and document.get("/S") == "/Document")


def _links(page: Any, links: Mapping[str, str]) -> None:
    for annotation in page.get("/Annots", []):
        if annotation.get("/Subtype") != "/Link":
            continue
        action = annotation.get("/A")
        target = annotation.get("/Dest") or (action.get("/URI") if action is not None else None)
        words = links.get(str(target)) or str(target)
        annotation.Contents = words
        annotation.F = _PRINT


def _body(pdf: Any, item: Any) -> None:
    """Put what an item of a list holds beside its label into one body, where it is in several."""
    import pikepdf

    held = item.get("/K")
    kids = [*held] if isinstance(held, pikepdf.Array) else []
    labels = [kid for kid in kids if _named(kid) == "/Lbl"]
    rest = [kid for kid in kids if _named(kid) != "/Lbl"]
    if all(_named(kid) == "/LBody" for kid in rest) and len(rest) <= 1:
        return
    body = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.StructElem,
            S=pikepdf.Name.LBody,
            P=item,
            Pg=item.Pg,
            K=pikepdf.Array(rest),
        )
    )
    for kid in rest:
        if _named(kid):
            kid.P = body
        if _named(kid) == "/LBody":
            kid.S = pikepdf.Name.NonStruct
    item.K = pikepdf.Array([*labels, body])


def _named(kid: Any) -> str:
    """The kind of a structure element; empty of anything else."""
    import pikepdf

    return str(kid.get("/S", "")) if isinstance(kid, pikepdf.Dictionary) else ""


def _attributes(element: Any) -> None:
    """Scope of header cells and kind of lists."""
    import pikepdf

    kind = element.get("/S")
    if kind == "/TH":
        row = element.get("/P")
        part = row.get("/P") if row is not None else None
        head = part is not None and part.get("/S") == "/THead"
        given = element.get("/A")
        given = pikepdf.Dictionary(O=pikepdf.Name.Table) if given is None else given
        given.Scope = pikepdf.Name.Column if head else pikepdf.Name.Row
        element.A = given
    elif kind == "/L":
        # Lists with printed bullets have labels; the contents carry their numbers in the text.
        first = element.K[0] if len(element.K) else None
        inside = first.get("/K") if first is not None else None
        parts = [part for part in inside or [] if isinstance(part, pikepdf.Dictionary)]
        bullets = any(part.get("/S") == "/Lbl" for part in parts)
        numbering = pikepdf.Name.Disc if bullets else pikepdf.Name("/None")
        element.A = pikepdf.Dictionary(O=pikepdf.Name.List, ListNumbering=numbering)
