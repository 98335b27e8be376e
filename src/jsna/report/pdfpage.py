"""The web page made ready for paper: what only a browser or an audit needs is taken out.

Half of the printer's time would go into elements that leave no trace on paper: the `<data>`
marks, and every node of every chart, which it would style one by one. The marks are unwrapped, the
charts for narrow screens and the folded tables dropped, links to other files made plain words, and
the other charts handed over as images that it reads with a fast parser.
"""

from __future__ import annotations

import base64
import re
from html import unescape
from typing import Any, Final

from weasyprint.urls import URLFetcher, URLFetcherResponse

#: The fonts of the page come from files here, and its style from print.css.
_SCREEN: Final = re.compile(r'<style id="(?:fonts|screen)">.*?</style>', re.DOTALL)
_MARK: Final = re.compile(r"</?data\b[^>]*>")
_HIDDEN: Final = re.compile(r'<span data-measure="[^"]*" data-status="[^"]*">([^<]*)</span>')
_NARROW: Final = re.compile(r'<div class="figure-image narrow[^"]*">.*?</div>', re.DOTALL)
_FOLDED: Final = re.compile(r'<details class="screen-only[^"]*">.*?</details>', re.DOTALL)
#: A link to another document: on paper there is no file beside it.
_ELSEWHERE: Final = re.compile(r'<a href="[\w./-]+\.html(?:#[\w-]+)?">(.*?)</a>', re.DOTALL)
_SEARCH: Final = re.compile(r'<form class="screen-only.*?</form>|<script .*?</script>', re.DOTALL)
_KEY: Final = re.compile(r' data-(?:measure|field)="[^"]*"')
_IMAGE: Final = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_TITLE: Final = re.compile(r"<title\b[^>]*>(.*?)</title>", re.DOTALL)
#: The council's own picture, which stands in the page whole; `readback` holds it to its file.
_LOGO: Final = re.compile(r'(<img class="logo" src=")data:(image/[a-z+]+);base64,([\w+/=]+)"')
_SCHEME: Final = "figure:"
_DRAWN: Final = "image/svg+xml"


def prepare(page: str) -> tuple[str, dict[str, tuple[str, str | bytes]]]:
    """The page for paper, and the type and content of its images by the address it names."""
    images: dict[str, tuple[str, str | bytes]] = {}

    def lift(found: re.Match[str]) -> str:
        address = f"{_SCHEME}{len(images)}"
        images[address] = _DRAWN, _KEY.sub("", found[0])
        title = _TITLE.search(found[0])
        # The title is escaped already, as the text of an element; quotes are what is left to do.
        alt = (title[1] if title else "").replace('"', "&quot;")
        return f'<img src="{address}" alt="{alt}">'

    def carry(found: re.Match[str]) -> str:
        address = f"{_SCHEME}logo"
        images[address] = found[2], base64.b64decode(found[3])
        return f'{found[1]}{address}"'

    page = _LOGO.sub(carry, page)
    for left_out in (_SCREEN, _NARROW, _FOLDED, _SEARCH, _MARK):
        page = left_out.sub("", page)
    page = _ELSEWHERE.sub(r"\1", _HIDDEN.sub(r"\1", page))
    return _IMAGE.sub(lift, page), images


class Images(URLFetcher):  # type: ignore[misc]
    """Gives the printer the page's own images and refuses every other address."""

    def __init__(self, images: dict[str, tuple[str, str | bytes]]) -> None:
        super().__init__(allowed_protocols=())
        self._images = images

    def fetch(self, url: str, headers: Any = None) -> Any:
        """The image of an address.

        Raises:
            ValueError: anything else; the printer turns it into a warning, which fails the build.
        """
        if url not in self._images:
            raise ValueError(f"the report asks for something outside itself: {unescape(url[:80])}")
        media, content = self._images[url]
        return URLFetcherResponse(url, content, {"Content-Type": media})
