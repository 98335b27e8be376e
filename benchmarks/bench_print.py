"""What printing takes beside the printer alone, on the same pages: CPU seconds of whole processes.

Run `python benchmarks/bench_print.py [edition] [rounds]` after a build. Ours and plain WeasyPrint
take turns, and of each the least of the rounds counts, since other work only adds to it. Plain
is the web page with the print style sheet as it is, tagged; ours does more with it (PDF/A-3a,
attachments, whole elements, links that say where they lead) and leaves out what paper has not.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
#: The most that ours may take of what the printer alone takes.
LIMIT: Final = 0.9
_PUBLISHED: Final = datetime(2025, 11, 27, tzinfo=UTC)


def ours(page: str, style: str, data: Mapping[str, bytes]) -> None:
    """Print a page as the pipeline does."""
    from jsna.report import pdf

    pdf.print_page(page, style, _PUBLISHED, "bench.pdf", data)


def plain(page: str, style: str, _: Mapping[str, bytes]) -> None:
    """Print a page with WeasyPrint alone."""
    from weasyprint import CSS, HTML

    HTML(string=page).write_pdf(stylesheets=[CSS(string=style)], pdf_variant="pdf/ua-1")


def child(way: str, folder: Path) -> None:
    """Print every document of a published folder."""
    from jsna.machine import libraries as system
    from jsna.model.documents import DOCUMENTS

    system.isolate_fonts(ROOT)
    style = (ROOT / "reports/templates/css/print.css").read_text(encoding="utf-8")
    # The data of every figure in every document: rather more than each has.
    files = sorted((folder / "data" / "figures").glob("*.csv"))
    data = {f"data/figures/{file.name}": file.read_bytes() for file in files}
    for document in DOCUMENTS:
        page = (folder / document.page).read_text(encoding="utf-8")
        {"ours": ours, "plain": plain}[way](page, style, data)


def main(edition: str, rounds: int) -> int:
    """Measure both, and say whether ours keeps to the limit."""
    from benchmarks.measuring import timed

    given = Path(edition)
    folder = given if given.is_dir() else ROOT / "reports" / edition
    least = dict.fromkeys(("ours", "plain"), float("inf"))
    for _ in range(rounds):
        for way in least:
            spent = timed(ROOT, [sys.executable, __file__, "--child", way, str(folder)])
            if not spent.well:
                return 1
            least[way] = min(least[way], spent.seconds)
    share = least["ours"] / least["plain"]
    print(
        f"print: {least['ours']:.2f} CPU s, plain WeasyPrint {least['plain']:.2f}, "
        f"{share:.2f} times (at most {LIMIT})"
    )
    return int(share > LIMIT)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], Path(sys.argv[3]))
    else:
        given = [*sys.argv[1:], "demo-2025", "3"]
        sys.exit(main(given[0], int(given[-1] if len(sys.argv) < 3 else sys.argv[2])))
