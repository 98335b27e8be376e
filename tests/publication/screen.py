"""Web pages on a screen: axe at four widths, charts in their boxes, the W3C's checker."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from html import unescape
from pathlib import Path
from typing import Final

from tests.publication.tools import Tools

#: Screens in CSS pixels: a telephone, 1,280 at 200 % zoom, a tablet, a large screen.
WIDTHS: Final = (320, 640, 768, 1280)
_TOLD: Final = re.compile(r'<pre id="told">(.+?)</pre>', re.DOTALL)
_TABLE: Final = re.compile(r"<table\b.*?</table>", re.DOTALL)
_CELL: Final = re.compile(r"<td\b[^>]*>(.*?)</td>", re.DOTALL)
#: What a browser fetches by itself.
_FETCHED: Final = re.compile(
    r"""(?:\bsrc(?:set)?=|<link\b[^>]*\bhref=|url\(|@import\s)["']?(https?:|//)[^"'\s)>]*""", re.I
)


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


def requests(page: str) -> list[str]:
    """Addresses outside the page that a browser would ask for by itself."""
    return [f"asks for {one[0][:80]}" for one in _FETCHED.finditer(page)]
