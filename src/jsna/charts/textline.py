"""One line of text as a matplotlib artist that is written without being laid out.

matplotlib's own `Text` measures every string to place blocks of lines. A chart's labels are single
lines anchored on their baseline, which SVG places by itself, and measuring them was a third of
the time a figure took. Imported only when something is drawn, as it needs matplotlib.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from matplotlib.artist import Artist
from matplotlib.colors import to_rgba
from matplotlib.font_manager import FontProperties

from jsna.charts.lettering import FAMILY


@cache
def _font(size: float, weight: int) -> FontProperties:
    return FontProperties(family=[FAMILY], size=size, weight=weight)


class TextLine(Artist):
    """Text on the baseline `y`, anchored at `x` by its left end, middle or right end."""

    def __init__(
        self, x: float, y: float, words: str, *, size: float, weight: int, colour: str, anchor: str
    ) -> None:
        super().__init__()
        self._at, self._words, self._anchor = (x, y), words, anchor
        self._colour, self._prop = to_rgba(colour), _font(size, weight)

    # What the SVG writer asks of a text to anchor it.

    def get_unitless_position(self) -> tuple[float, float]:
        """Where it is anchored, before the transform."""
        return self._at

    def get_ha(self) -> str:
        """By which end it is anchored."""
        return self._anchor

    def get_rotation_mode(self) -> str:
        """Anchored first, then turned (it never is)."""
        return "anchor"

    def draw(self, renderer: Any) -> None:
        """Write the text as it is."""
        x, y = self.get_transform().transform(self._at)
        renderer.open_group("text", self.get_gid())
        style = renderer.new_gc()
        style.set_foreground(self._colour, isRGBA=True)
        below = renderer.get_canvas_width_height()[1] - y
        renderer.draw_text(style, x, below, self._words, self._prop, 0, mtext=self)
        style.restore()
        renderer.close_group("text")
