"""The `print` stage: the web page as a tagged PDF (PDF/UA-1), with the bundled font alone."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, Final

from jsna import io, system
from jsna.edition import Configuration
from jsna.errors import JsnaError, Problem
from jsna.report.opener import Opener
from jsna.report.write import HTML

PDF = "jsna.pdf"
VARIANT: Final = "pdf/ua-1"
#: Styles of the web page the PDF does not take: its fonts come from files, its page from print.css.
_SCREEN = re.compile(r'<style id="(?:fonts|screen)">.*?</style>', re.DOTALL)


def run(config: Configuration, paths: io.Paths, *, templates: Path | None = None) -> None:
    """Print the draft's web page to `jsna.pdf`.

    Raises:
        JsnaError: the page is missing, asks for anything outside itself, or the printer warns.
    """
    opener = Opener(paths, templates)
    page = opener.text(paths.draft / HTML)
    style = opener.text(opener.templates / "css" / "print.css")
    published = datetime.combine(config.edition.published, time(), UTC)
    if "FONTCONFIG_FILE" not in os.environ:
        system.isolate_fonts(opener.templates.parents[1])
    io.write_bytes(paths.draft / PDF, print_page(page, style, published))


def print_page(page: str, style: str, published: datetime) -> bytes:
    """The PDF of a page.

    Args:
        page: the self-contained web page.
        style: style sheet for paper.
        published: stands for the time of making, so that the bytes do not depend on it.
    """
    from jsna.report.pdftags import finish

    with _epoch(published), _warnings() as warnings:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration

        fonts = FontConfiguration()
        sheet = CSS(string=style, font_config=fonts, url_fetcher=_refuse)
        document = HTML(string=_SCREEN.sub("", page), url_fetcher=_refuse)
        content = document.write_pdf(
            stylesheets=[sheet], font_config=fonts, pdf_variant=VARIANT, pdf_identifier=b"jsna"
        )
    if warnings:
        problems = [
            Problem("jsna.pdf", text, code="pdf.warning") for text in dict.fromkeys(warnings)
        ]
        raise JsnaError(problems, title="The PDF was not printed as it should be:")
    assert isinstance(content, bytes)
    return finish(content)


def _refuse(url: str, *_: Any, **__: Any) -> Any:
    """Nothing outside the page is fetched."""
    raise ValueError(f"the report asks for something outside itself: {url[:80]}")


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
