"""The bundled font inside the HTML, cut down to the characters the page uses."""

from __future__ import annotations

import base64
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

#: Weight -> file of the bundled family.
FACES: Final = {
    400: "SourceSans3-Regular.ttf",
    600: "SourceSans3-Semibold.ttf",
    700: "SourceSans3-Bold.ttf",
}
#: Layout features kept: figures of equal width in tables.
_FEATURES: Final = ["tnum", "lnum"]
#: Kerning on screen is left out: reading the family's tables of pairs takes longer than all else
#: about a page. The PDF is set from the whole fonts and has it.
_LEFT_OUT: Final = ("GPOS", "GDEF")


def css(folder: Path, text: str) -> str:
    """`@font-face` rules that carry the family as WOFF2, with the characters of `text` alone.

    Args:
        folder: holds the font files.
        text: everything the page prints; its set of characters decides the bytes.
    """
    characters = "".join(sorted(set(text) | set(map(chr, range(32, 127)))))
    rules = []
    for weight, name in FACES.items():
        data = base64.b64encode(_subset(folder / name, characters)).decode("ascii")
        rules.append(
            f'@font-face{{font-family:"Source Sans 3";font-weight:{weight};font-style:normal;'
            f"src:url(data:font/woff2;base64,{data}) format('woff2')}}"
        )
    return "\n".join(rules)


@lru_cache(maxsize=30)
def _subset(file: Path, characters: str) -> bytes:
    from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    options = Options()
    options.layout_features = _FEATURES
    options.hinting = False
    options.name_IDs = [1, 2, 4, 6, 13, 14]
    # `recalcTimestamp` would put the time of the build into the font.
    with TTFont(file, recalcTimestamp=False, lazy=True) as font:
        for table in _LEFT_OUT:
            if table in font:
                del font[table]
        subsetter = Subsetter(options)
        subsetter.populate(text=characters)
        subsetter.subset(font)
        font.flavor = "woff2"
        out = BytesIO()
        font.save(out)
        return out.getvalue()
