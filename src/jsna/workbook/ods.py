"""The workbook as .ods, the government's standard for documents that are edited, made by odfdo."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from odfdo import Document, Element
from odfdo.xmlpart import XmlPart

from jsna import __version__
from jsna.view.words import number
from jsna.workbook import book as books
from jsna.workbook.archive import packed
from jsna.workbook.book import Book, Cell, Sheet

#: Parts that are kept of odfdo's template; it has a picture of itself, and settings of a window.
_KEPT: Final = (
    "content.xml", "manifest.rdf", "META-INF/manifest.xml", "meta.xml", "mimetype", "settings.xml",
    "styles.xml",
)  # fmt: skip
_SPACES: Final = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{part}:1.0"'
    for name, part in (
        ("office", "office"), ("style", "style"), ("fo", "xsl-fo-compatible"),
        ("svg", "svg-compatible"), ("table", "table"), ("text", "text"), ("number", "datastyle"),
    )
)  # fmt: skip
#: Styles of the whole document, in place of the template's with its headings of pages.
_STYLES: Final = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-styles {_SPACES} office:version="1.4"><office:font-face-decls>
<style:font-face style:name="Arial" svg:font-family="Arial" style:font-family-generic="swiss"/>
</office:font-face-decls><office:styles><style:default-style style:family="table-cell">
<style:text-properties style:font-name="Arial" fo:font-size="12pt" fo:language="en"
 fo:country="GB"/></style:default-style></office:styles></office:document-styles>
"""
_SETTINGS: Final = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-settings {_SPACES} office:version="1.4"><office:settings/>
</office:document-settings>
"""
_CENTIMETRES: Final = 0.23
_WRAPPED: Final = '<style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top"/>'


def written(book: Book) -> bytes:
    """The bytes of the workbook: they depend on `book` and the versions of the libraries alone."""
    document = Document("spreadsheet")
    for name in document.get_parts():
        if name not in _KEPT:
            document.del_part(name)
    for name in document.manifest.get_paths():
        if name not in ("/", *_KEPT):
            document.manifest.del_full_path(name)
    document.set_part("styles.xml", _STYLES.encode())
    document.set_part("settings.xml", _SETTINGS.encode())
    automatic = _element(document.content, "//office:automatic-styles")
    for style in _styles(book):
        automatic.append(Element.from_tag(style))
    body = document.body
    body.clear()
    contents = book.contents()
    body.append(Element.from_tag(_cover(book)))
    for sheet in (contents, *book.sheets):
        body.append(Element.from_tag(_sheet(sheet, links=sheet is contents)))
    body.append(_ranges((contents, *book.sheets)))
    _properties(document, book)
    made = io.BytesIO()
    document.save(made)
    return packed(made.getvalue())


def _properties(document: Document, book: Book) -> None:
    """Properties of the document: none but what is the same at each making."""
    meta = document.meta
    when = datetime(book.published.year, book.published.month, book.published.day)
    _element(meta, "//office:meta")
    meta.title, meta.subject = book.title, book.subject
    meta.creator = meta.initial_creator = book.author
    meta.creation_date = meta.date = when
    meta.language = "en-GB"
    meta.generator = f"jsna {__version__}"


def _element(part: XmlPart, path: str) -> Element:
    """An element of a part, emptied of what odfdo's template has in it."""
    found = part.get_element(path)
    assert isinstance(found, Element)
    found.clear()
    return found


# -- sheets ------------------------------------------------------------------------------------
# Cells are written as text and parsed a sheet at a time: an object for each of a hundred thousand
# would take half a minute.


def _cover(book: Book) -> str:
    rows = (
        _row([_text(text, "cover-text" if kind == "text" else kind)])
        for kind, text in book.cover_lines()
    )
    return _table(books.COVER, ["cover"], "".join(rows))


def _sheet(sheet: Sheet, *, links: bool) -> str:
    title, *lines = sheet.head
    made = [_row([_text(title, "title")]), *(_row([_text(line, "line")]) for line in lines)]
    header = _row([_text(head, "head") for head in sheet.header])
    made.append(f"<table:table-header-rows>{header}</table:table-header-rows>")
    for at, row in enumerate(sheet.rows):
        cells = [_cell(value, sheet.places(at, column)) for column, value in enumerate(row)]
        if links:
            cells[0] = _link(str(row[0]))
        made.append(_row(cells))
    return _table(sheet.name, [_width(width) for width in sheet.widths], "".join(made))


def _table(name: str, columns: list[str], rows: str) -> str:
    made = (f'<table:table-column table:style-name="{style}"/>' for style in columns)
    return f"<table:table table:name={quoteattr(name)}>{''.join(made)}{rows}</table:table>"


def _row(cells: list[str]) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def _cell(value: Cell, decimals: int) -> str:
    if isinstance(value, str):
        return _text(value, "text")
    return (
        f'<table:table-cell table:style-name="number-{decimals}" office:value-type="float" '
        f'office:value="{value!r}"><text:p>{number(value, decimals)}</text:p></table:table-cell>'
    )


def _text(text: str, style: str) -> str:
    return _string(style, escape(text))


def _link(name: str) -> str:
    where = quoteattr(f"#{name}.A1")
    link = f'<text:a xlink:type="simple" xlink:href={where}>{escape(name)}</text:a>'
    return _string("text", link)


def _string(style: str, content: str) -> str:
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="string">'
        f"<text:p>{content}</text:p></table:table-cell>"
    )


def _ranges(sheets: tuple[Sheet, ...]) -> Element:
    """The tables marked as such: a range each, whose first row heads its columns."""
    ranges = Element.from_tag("<table:database-ranges/>")
    for sheet in sheets:
        top = len(sheet.head) + 1
        last = f"{_letters(len(sheet.header))}{top + len(sheet.rows)}"
        where = quoteattr(f"'{sheet.name}'.A{top}:'{sheet.name}'.{last}")
        ranges.append(
            Element.from_tag(
                f"<table:database-range table:name={quoteattr(sheet.table)} "
                f'table:target-range-address={where} table:contains-header="true" '
                'table:display-filter-buttons="false"/>'
            )
        )
    return ranges


def _letters(column: int) -> str:
    """Name of a column, from 1: A, B, … Z, AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


# -- styles ------------------------------------------------------------------------------------


def _width(characters: int) -> str:
    return f"width-{characters}"


def _styles(book: Book) -> list[str]:
    """Styles of cells and columns, and how numbers of each count of decimals are shown."""
    sheets = (book.contents(), *book.sheets)
    widths = sorted({width for sheet in sheets for width in sheet.widths})
    decimals = sorted({0, *(places for sheet in sheets for places in sheet.decimals)})
    bold = '<style:text-properties fo:font-weight="bold" fo:font-size="{}pt"/>'
    made = [_column("cover", 85), *(_column(_width(width), width) for width in widths)]
    made += [
        _style("title", bold.format(16)),
        _style("heading", bold.format(14)),
        _style("line", ""),
        _style("cover-text", _WRAPPED),
        _style("text", _WRAPPED),
        _style("head", _WRAPPED + bold.format(12)),
    ]
    for places in decimals:
        made.append(
            f'<number:number-style style:name="shown-{places}"><number:number '
            f'number:decimal-places="{places}" number:min-decimal-places="{places}" '
            'number:min-integer-digits="1" number:grouping="true"/></number:number-style>'
        )
        made.append(
            f'<style:style style:name="number-{places}" style:family="table-cell" '
            f'style:data-style-name="shown-{places}"><style:table-cell-properties '
            'style:vertical-align="top"/><style:paragraph-properties fo:text-align="end"/>'
            "</style:style>"
        )
    return made


def _style(name: str, properties: str) -> str:
    return f'<style:style style:name="{name}" style:family="table-cell">{properties}</style:style>'


def _column(name: str, characters: int) -> str:
    wide = f"{characters * _CENTIMETRES:.2f}cm"
    return (
        f'<style:style style:name="{name}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{wide}"/></style:style>'
    )
