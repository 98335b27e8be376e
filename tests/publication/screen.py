"""Web pages on a screen: axe at four widths, charts in their boxes, the W3C's checker."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections import Counter
from html import unescape
from pathlib import Path
from typing import Final

from tests.publication import browser
from tests.publication.tools import Tools

#: Screens in CSS pixels: a telephone, 1,280 at 200 % zoom, a tablet, a large screen.
WIDTHS: Final = (320, 640, 768, 1280)
_TOLD: Final = re.compile(r'<pre id="told">(.+?)</pre>', re.DOTALL)
_TABLE: Final = re.compile(r"<table\b.*?</table>", re.DOTALL)
_CELL: Final = re.compile(r"<td\b[^>]*>(.*?)</td>", re.DOTALL)
#: What stands below tables and charts, neighbouring paragraphs together.
_NOTES: Final = re.compile(r'(?:<p class="source">.*?</p>\s*)+', re.DOTALL)
#: What a browser fetches by itself.
_FETCHED: Final = re.compile(
    r"""(?:\bsrc(?:set)?=|<link\b[^>]*\bhref=|url\(|@import\s)["']?(https?:|//)[^"'\s)>]*""", re.I
)

#: CSS pixels of the width of A4 between margins of 20 mm.
_PAPER: Final = 642
#: Charts keep their colours, on a white ground; all else is set in the reader's.
_COLOURS: Final = """
matchMedia("(forced-colors: active)").matches ? [
  ...[...document.querySelectorAll("figure svg")]
    .filter((one) => one.getClientRects().length)
    .filter((one) => getComputedStyle(one).forcedColorAdjust !== "none"
      || getComputedStyle(one).backgroundColor !== "rgb(255, 255, 255)")
    .map((one) => `${one.id}: a chart is not on a ground of its own`),
  ...[...document.querySelectorAll("main, main p, main a, main h2, main td, main th, main data")]
    .filter((one) => !one.closest("svg") && getComputedStyle(one).forcedColorAdjust === "none")
    .map((one) => `${one.tagName}: keeps its own colours`),
] : ["the browser does not force colours"]"""
#: What only serves a screen is gone, and nothing is wider than the sheet.
_PRINTED: Final = """
[
  ...[...document.querySelectorAll(".screen-only, .skip")]
    .filter((one) => one.getClientRects().length)
    .map((one) => `${one.tagName} ${one.id || one.className}: is for a screen alone`),
  ...[...document.querySelectorAll("main table, main svg, main p")]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5)
    .map((one) => `${one.tagName} ${one.id}: is wider than the sheet`),
]"""


def browsed(page: str, tools: Tools) -> list[str]:
    """What axe finds in a page, and which charts are wider than their boxes, at every width."""
    template = (Path(__file__).parent / "measure.html").read_text(encoding="utf-8")
    parts = {"WIDTHS": WIDTHS, "PAGE": page, "AXE": tools.axe.read_text(encoding="utf-8")}
    for key, value in parts.items():
        template = re.sub(
            rf"\b{key}\b", lambda _, v=value: json.dumps(v).replace("</", "<\\/"), template, count=1
        )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "measure.html"
        file.write_text(template, encoding="utf-8")
        told = subprocess.run(
            [tools.browser, "--headless", "--hide-scrollbars", "--no-sandbox", "--disable-gpu",
             "--virtual-time-budget=240000", f"--user-data-dir={folder}/profile", "--dump-dom",
             file.as_uri()],
            capture_output=True, text=True, timeout=550, check=True,
        ).stdout  # fmt: skip
    found = _TOLD.search(told)
    rows = json.loads(unescape(found[1])) if found else []
    problems = [f"at {w} px: {rule}: {words} {where}".rstrip() for w, rule, words, where in rows]
    ended = [line for line in problems if line == "at 0 px: done:"]
    kept = [line for line in problems if line not in ended]
    return kept if ended else [*kept, "the browser did not come to the end of the page"]


def in_other_media(file: Path, tools: Tools) -> list[str]:
    """What is wrong with a page in forced colours, and printed from the browser."""
    found = []
    with browser.opened(tools.browser) as page:
        page.open(file.as_uri(), WIDTHS[-1], forced_colors="active", prefers_color_scheme="dark")
        found += [f"in forced colours: {line}" for line in page.value(_COLOURS)]
        page.open(file.as_uri(), _PAPER, "print")
        found += [f"printed: {line}" for line in page.value(_PRINTED)]
    return found


def checked(pages: list[Path], tools: Tools) -> list[str]:
    """What the W3C's checker says of pages, errors and warnings alike."""
    told = subprocess.run(
        [tools.java, "-jar", str(tools.vnu), "--format", "json", "--exit-zero-always",
         *map(str, pages)],
        capture_output=True, text=True, timeout=550, check=True,
    )  # fmt: skip
    problems = []
    for one in json.loads(told.stderr or told.stdout)["messages"]:
        name = Path(one.get("url", "")).name
        problems.append(f"{name}: line {one.get('lastLine')}: {one['message']}")
    return problems


def tables(page: str) -> list[str]:
    """Tables of one cell with a figure, or of none."""
    found = []
    for number, table in enumerate(_TABLE.findall(page), 1):
        cells = [re.sub(r"<[^>]+>", "", cell) for cell in _CELL.findall(table)]
        if cells and sum(bool(re.search(r"\d|\[\w\]|\w", cell)) for cell in cells) < 2:
            found.append(f"table {number} has one figure or none")
    return found


def noted(page: str) -> list[str]:
    """Sentences that the notes below one table or chart say twice."""
    found = []
    for number, notes in enumerate(_NOTES.findall(page), 1):
        said = Counter(one for one in re.split(r"(?<=\.)\s+", re.sub(r"<[^>]+>", "", notes)) if one)
        found += [
            f"note {number} says twice: {line[:60]}" for line, times in said.items() if times > 1
        ]
    return found


def requests(page: str) -> list[str]:
    """Addresses outside the page that a browser would ask for by itself."""
    return [f"asks for {one[0][:80]}" for one in _FETCHED.finditer(page)]
