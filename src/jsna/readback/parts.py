"""What a workbook is made of: nothing may stand in it but the cells of sheets that can be seen.

Both formats are zip files of XML. A number could stand in a comment, a hidden column, the format of
a cell or the properties of the document, where nobody looks and a reader of cells does not either.
So parts, elements and attributes are held to a list of what a plain workbook needs.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from lxml import etree

from jsna.readback.result import Tally

#: Part of a workbook -> elements it may have; None where any may stand, and no text.
_XLSX: Final = {
    r"\[Content_Types\]\.xml": None,
    r"(_rels/|xl/_rels/workbook\.xml|xl/worksheets/_rels/sheet\d+\.xml)\.rels": (
        "Relationships Relationship"
    ),
    r"docProps/app\.xml": (
        "Properties Application DocSecurity ScaleCrop HeadingPairs TitlesOfParts Company "
        "LinksUpToDate SharedDoc HyperlinksChanged AppVersion vector variant lpstr i4"
    ),
    r"docProps/core\.xml": "coreProperties title subject creator lastModifiedBy created modified",
    r"xl/sharedStrings\.xml": "sst si t",
    r"xl/(styles|theme/theme1)\.xml": None,
    r"xl/tables/table\d+\.xml": "table tableColumns tableColumn tableStyleInfo",
    r"xl/workbook\.xml": (
        "workbook fileVersion workbookPr bookViews workbookView sheets sheet calcPr"
    ),
    r"xl/worksheets/sheet\d+\.xml": (
        "worksheet dimension sheetViews sheetView selection sheetFormatPr cols col sheetData row c "
        "v hyperlinks hyperlink printOptions pageMargins tableParts tablePart"
    ),
}  # fmt: skip
_ODS: Final = {
    "mimetype": "",
    r"META-INF/manifest\.xml": "manifest file-entry",
    r"manifest\.rdf": None,
    r"meta\.xml": (
        "document-meta meta title subject creator initial-creator creation-date date language "
        "generator"
    ),
    r"settings\.xml": "document-settings settings",
    r"styles\.xml": None,
    r"content\.xml": (
        "document-content scripts font-face-decls font-face automatic-styles style "
        "table-column-properties table-cell-properties text-properties paragraph-properties "
        "number-style number body spreadsheet table table-column table-header-rows table-row "
        "table-cell p a database-ranges database-range"
    ),
}
PARTS: Final = {".xlsx": _XLSX, ".ods": _ODS}
#: Attributes that hide, merge, repeat or work something out.
_REFUSED: Final = frozenset({
    "hidden", "state", "zeroHeight", "visibility", "formula", "number-columns-repeated",
    "number-rows-repeated", "number-columns-spanned", "number-rows-spanned",
    "content-validation-name",
})  # fmt: skip
#: Parts whose text is of the document, and not of a cell.
_PROPERTIES: Final = ("docProps/app.xml", "docProps/core.xml", "meta.xml")
#: How numbers may be shown: what is put beside them in a format is text nobody reads back.
_SHOWN: Final = re.compile(r"#,##0(\.0+)?|General")
_PARSER: Final = etree.XMLParser(resolve_entities=False, no_network=True)
_MIDNIGHT: Final = re.compile(r"T00:00:00Z?$")
_COUNT: Final = re.compile(r"\d+(\.0000)?")


class Found(NamedTuple):
    """Texts of the properties, texts kept for cells, and the cells an .ods shows."""

    properties: list[str]
    strings: list[str]
    shown: dict[str, list[list[tuple[str, str | None]]]]


def read(file: Path, tally: Tally) -> Found:
    """Judge the parts of a workbook.

    Args:
        file: the workbook, of a format of `PARTS`.
        tally: where what is wrong is noted.
    """
    found = Found([], [], {})
    known = PARTS[file.suffix.lower()]
    with zipfile.ZipFile(file) as book:
        for name in book.namelist():
            elements = next((e for p, e in known.items() if re.fullmatch(p, name)), "?")
            if elements == "?":
                tally.wrong("a workbook needs no part of this name", place=name, code="part")
            elif name != "mimetype":
                _part(name, etree.fromstring(book.read(name), _PARSER), elements, found, tally)
    return found


def _part(
    name: str, root: etree._Element, elements: str | None, found: Found, tally: Tally
) -> None:
    allowed = None if elements is None else {*elements.split()}
    text = name in _PROPERTIES or name in ("xl/sharedStrings.xml", "content.xml")
    cells = name.startswith("xl/worksheets/sheet")
    for element in root.iter():
        if not isinstance(element.tag, str):
            tally.wrong("holds a comment or an instruction", place=name, code="part")
            continue
        tag = etree.QName(element).localname
        if allowed is not None and tag not in allowed:
            tally.wrong(f"a plain workbook needs no <{tag}>", place=name, code="part")
        for attribute, value in element.attrib.items():
            called = etree.QName(attribute).localname
            if called in _REFUSED:
                rule = f"<{tag}> has an attribute that hides, merges or works something out"
                tally.wrong(rule, place=name, printed=called, code="part")
            if called == "formatCode" and not _SHOWN.fullmatch(value):
                rule = "a number is shown with something beside it"
                tally.wrong(rule, place=name, printed=value, code="part")
        for said in (element.text, element.tail):
            if not said or not said.strip():
                continue
            if name in _PROPERTIES:
                if not (name.endswith("app.xml") and _COUNT.fullmatch(said)):
                    found.properties.append(_MIDNIGHT.sub("", said))
            elif name == "xl/sharedStrings.xml":
                found.strings.append(said)
            elif not text and not (cells and tag == "v"):
                tally.wrong(f"<{tag}> holds text", place=name, printed=said[:40], code="part")
    if name == "content.xml":
        found.shown.update(_shown(root))


def _local(element: etree._Element, attribute: str) -> str | None:
    return next(
        (v for k, v in element.attrib.items() if etree.QName(k).localname == attribute), None
    )


def _shown(root: etree._Element) -> Iterator[tuple[str, list[list[tuple[str, str | None]]]]]:
    """Sheet -> rows of (text shown, number behind it or None) of an .ods."""
    for table in root.iter("{*}table"):
        rows = [
            [("".join(map(str, cell.itertext())), _local(cell, "value")) for cell in row]
            for row in table.iter("{*}table-row")
        ]
        yield _local(table, "name") or "", rows
