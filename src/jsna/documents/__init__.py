"""Pages and parts of pages that are made from declarations: `jsna render` writes them.

A test fails where one is not as it would be written now.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from jsna import io
from jsna.documents import analysis, dictionary, pipeline
from jsna.settings.schemas import schemas


def render(root: Path) -> list[str]:
    """Write every page that is not as it should be; returns their paths below `root`."""
    written = []
    for name, text in rendered(root).items():
        if not (root / name).is_file() or (root / name).read_text(encoding="utf-8") != text:
            io.write_text(root / name, text)
            written.append(name)
    return written


def rendered(root: Path) -> dict[str, str]:
    """Path below `root` -> text, of every page that has something made from declarations."""
    pages: dict[str, str] = {}
    for (name, part), make in PARTS.items():
        text = pages.get(name) or (root / name).read_text(encoding="utf-8")
        pages[name] = _replaced(text, part, make())
    return pages | {name: make(root) for name, make in PAGES.items()} | schemas()


def _replaced(text: str, part: str, made: str) -> str:
    """A page with what stands between the marks of a part replaced."""
    start, end = f"<!-- rendered: {part} -->", f"<!-- /rendered: {part} -->"
    marks = re.compile(rf"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
    found, times = marks.subn(lambda _: f"{start}\n{made}\n{end}", text)
    if times != 1:
        raise ValueError(f"a page must have {start} … {end} once, and has it {times} times")
    return found


#: Page and part of it -> what makes it.
PARTS: Final[Mapping[tuple[str, str], Callable[[], str]]] = {
    ("docs/data-flow.md", "stages"): pipeline.stages,
    ("docs/data-flow.md", "analysis tables"): analysis.overview,
}
#: Page made whole -> what makes it of the declarations below a root.
PAGES: Final[Mapping[str, Callable[[Path], str]]] = {"docs/data-dictionary.md": dictionary.page}
