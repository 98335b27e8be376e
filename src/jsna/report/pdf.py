"""The `print` stage: web pages as tagged PDFs (PDF/UA-1 and PDF/A-3a), with the bundled font alone.

The figures' data are attached to the PDF, so that who keeps it keeps them.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, time
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jsna import io
from jsna.errors import JsnaError, Problem
from jsna.machine import libraries as system
from jsna.machine.garbage import uncollected
from jsna.model.configuration import Configuration
from jsna.model.documents import DOCUMENTS
from jsna.report.safe_files import SafeFiles

if TYPE_CHECKING:
    from weasyprint import Document

#: What the printer makes; `pdftags.finish` adds that it is PDF/UA-1 too, which it is.
VARIANT: Final = "pdf/a-3a"
#: A file of the open data that a page links to below a figure.
_DATA: Final = re.compile(r'<a href="(data/figures/[\w-]+\.csv)">')


def run(config: Configuration, paths: io.Paths, *, templates: Path | None = None) -> None:
    """Print the web page of every document of the draft.

    Raises:
        JsnaError: a page is missing, asks for anything outside itself, or the printer warns.
    """
    safe_files = SafeFiles(paths, templates)
    style = safe_files.text(safe_files.templates / "css" / "print.css")
    published = datetime.combine(config.edition.published, time(), UTC)
    if "FONTCONFIG_FILE" not in os.environ:
        system.isolate_fonts(safe_files.templates.parents[1])
    for document in DOCUMENTS:
        page = safe_files.text(paths.draft / document.page)
        names = dict.fromkeys(_DATA.findall(page))
        data = {name: safe_files.bytes(paths.draft / name) for name in names}
        content = print_page(page, style, published, document.pdf, data)
        io.write_bytes(paths.draft / document.pdf, content)


def print_page(
    page: str,
    style: str,
    published: datetime,
    name: str,
    data: Mapping[str, bytes] | None = None,
) -> bytes:
    """The PDF of a page.

    Args:
        page: the self-contained web page.
        style: style sheet for paper.
        published: stands for the time of making, so that the bytes do not depend on it.
        name: file it will be, for messages.
        data: files to attach, by their paths beside it.

    Raises:
        JsnaError: the printer warns.
    """
    from jsna.report import pdffit, pdfjoin, pdftext
    from jsna.report.pdftags import finish, link_words

    with (
        _epoch(published),
        uncollected(),
        pdftext.lines(),
        pdfjoin.marked(),
        _warnings() as warnings,
    ):
        from weasyprint import CSS, DEFAULT_OPTIONS, HTML, Attachment
        from weasyprint.text.fonts import FontConfiguration

        from jsna.report.pdfpage import Images, prepare

        paper, images = prepare(page)
        fonts, fetcher = FontConfiguration(), Images(images)
        sheet = CSS(string=style, font_config=fonts, url_fetcher=fetcher)
        options = {
            **DEFAULT_OPTIONS,
            "stylesheets": [sheet],
            "pdf_variant": VARIANT,
            "attachments": [
                Attachment(
                    file_obj=BytesIO(content),
                    name=Path(file).name,
                    relationship="Data",
                    description="Data of a figure",
                    created=published,
                    modified=published,
                )
                for file, content in sorted((data or {}).items())
            ],
            "pdf_identifier": b"jsna",
            "uncompressed_pdf": True,  # `finish` compresses it, in less time
        }

        def laid_out(paper: str) -> Document:
            return HTML(string=paper, url_fetcher=fetcher).render(font_config=fonts, **options)

        content = pdffit.fitted(paper, laid_out).write_pdf(**options)
    if warnings:
        problems = [Problem(name, text, code="pdf.warning") for text in dict.fromkeys(warnings)]
        raise JsnaError(problems, title="The PDF was not printed as it should be:")
    assert isinstance(content, bytes)
    return finish(content, link_words(page))


@contextmanager
def _epoch(published: datetime) -> Iterator[None]:
    """The time the font subsets are stamped with."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(int(published.timestamp()))
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


class _Keeper(logging.Handler):
    """Keeps what a library warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.kept: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(record.getMessage())


@contextmanager
def _warnings() -> Iterator[list[str]]:
    """What WeasyPrint warns of inside the block; kept from its usual output."""
    import weasyprint  # noqa: F401 - its import sets up the logger

    logger, keeper = logging.getLogger("weasyprint"), _Keeper()
    handlers, level = logger.handlers[:], logger.level
    logger.handlers, logger.propagate = [keeper], False
    logger.setLevel(logging.WARNING)
    try:
        yield keeper.kept
    finally:
        logger.handlers, logger.propagate = handlers, True
        logger.setLevel(level)
