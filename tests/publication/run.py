"""Hold a publication to its rules: `python -m tests.publication.run EDITION`.

Every check is made of every page and PDF; what breaks one is told, all at once, and the end is 1.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from jsna.model.documents import BRIEF, DOCUMENTS
from jsna.settings import loading
from tests.publication import readers, screen, sheets
from tests.publication.tools import MissingError, fetched

ROOT = Path(__file__).parents[2]


def problems(folder: Path, cache: Path) -> list[str]:
    """What is wrong with a published folder, a line each.

    Raises:
        MissingError: a tool is not to be had.
    """
    pages = sorted(folder.rglob("*.html"))
    printed = {folder / one.pdf: folder / one.page for one in DOCUMENTS}
    gone = [file.name for pair in printed.items() for file in pair if not file.is_file()]
    if gone:
        return [f"{name}: is not there; build the edition first" for name in gone]
    tools = fetched(cache)
    found = screen.checked(pages, tools) + sheets.validated([*printed], tools)
    for file in pages:
        page = file.read_text(encoding="utf-8")
        said = screen.browsed(page, tools) + screen.in_other_media(file, tools)
        said += screen.tables(page) + screen.noted(page) + screen.requests(page)
        found += [f"{file.name}: {line}" for line in said]
    if folder.name in readers.EDITIONS.values():
        texts = {file.name: file.read_text(encoding="utf-8") for file in pages}
        needed = loading.load(folder.name, ROOT).questions.figures
        found += readers.answered(folder.name, texts, needed)
    for file, source in printed.items():
        said = sheets.whole(file, source.read_text(encoding="utf-8")) + sheets.filled(file)
        said += sheets.brought(file)
        if file.name != BRIEF.pdf:
            said += sheets.bookmarked(file)
        found += [f"{file.name}: {line}" for line in said]
    return found


def main(edition: str) -> int:
    """Tell what is wrong, and how it ends."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "jsna-publication"
    try:
        found = problems(ROOT / "reports" / edition, cache)
    except MissingError as error:
        found = [str(error)]
    print("\n".join(found) if found else f"{edition}: every check of the publication holds")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
