"""The bundled typeface: registering it alone with matplotlib, and measuring text set in it.

Only the files in `reports/templates/fonts` are known to matplotlib afterwards, so a figure can
never fall back to a font of the machine it is drawn on.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from matplotlib.path import Path as Outline

FAMILY: Final = "Source Sans 3"
FONTS: Final = Path(__file__).resolve().parents[3] / "reports" / "templates" / "fonts"
FILES: Final = {400: "SourceSans3-Regular.ttf", 600: "SourceSans3-Semibold.ttf"}
#: Space between baselines as a multiple of the type size.
LEADING: Final = 1.2
#: What is never broken: a word, a range of numbers ("11 to 15"), a number with the word before it.
_PIECES: Final = re.compile(r"\d+ to \d+\S*|[^\W\d]+ \d+(?!\S)|\S+")


@lru_cache(maxsize=1)
def register() -> None:
    """Make the bundled family the only one matplotlib knows, and set how SVG is written."""
    import matplotlib as mpl
    from matplotlib import font_manager

    font_manager.fontManager.ttflist = [
        font_manager.FontEntry(
            fname=str(FONTS / file),
            name=FAMILY,
            style="normal",
            variant="normal",
            weight=weight,
            stretch="normal",
            size="scalable",
        )
        for weight, file in FILES.items()
    ]
    mpl.rcParams.update(
        {
            "font.family": [FAMILY],
            "svg.fonttype": "none",
            "svg.hashsalt": "jsna",
            "text.parse_math": False,
            "path.simplify": False,
        }
    )


@cache
def _advance(character: str, weight: int) -> float:
    """Advance width of one character as a share of the type size."""
    font = _face(weight)
    return float(font.load_char(ord(character)).linearHoriAdvance) / 65536 / 100


@cache
def _face(weight: int):  # type: ignore[no-untyped-def]  # noqa: ANN202
    from matplotlib.ft2font import FT2Font

    face = FT2Font(str(FONTS / FILES[weight]))
    face.set_size(100, 72)
    return face


def width(text: str, size: float, weight: int = 400) -> float:
    """Width of a line of text in points, kerning left out (so never too small)."""
    return size * sum(_advance(character, weight) for character in text)


@cache
def outline(text: str, size: float, weight: int = 400) -> Outline:
    """The letters of a line of text as one matplotlib path, set as `width` measures them."""
    from matplotlib.ft2font import LoadFlags
    from matplotlib.path import Path as Outline

    face, made, along = _face(weight), [], 0.0
    for character in text:
        face.load_char(ord(character), flags=LoadFlags.NO_HINTING)
        vertices, codes = face.get_path()
        if len(vertices):
            made.append(Outline(vertices * size / 100 + (along, 0.0), codes))
        along += size * _advance(character, weight)
    return Outline.make_compound_path(*made)


@cache
def wrap(text: str, size: float, room: float, weight: int = 400) -> tuple[str, ...]:
    """Break text at spaces into lines no wider than `room` points where the words allow it.

    Of the ways that need no more lines, the one whose longest line is shortest: no word is left
    alone on the last line.
    """
    lines = _filled(text, size, room, weight)
    if len(lines) > 1:
        narrower = room - 4
        while narrower > 0:
            tried = _filled(text, size, narrower, weight)
            if len(tried) > len(lines) or _widest(tried, size, weight) > narrower:
                break
            lines, narrower = tried, narrower - 4
    return lines


def _filled(text: str, size: float, room: float, weight: int) -> tuple[str, ...]:
    """Words put on each line while they fit."""
    lines: list[str] = []
    for word in _PIECES.findall(text):
        if lines and width(f"{lines[-1]} {word}", size, weight) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return tuple(lines) or ("",)


def _widest(lines: tuple[str, ...], size: float, weight: int) -> float:
    return max(width(line, size, weight) for line in lines)
