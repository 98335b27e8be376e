"""What a figure is made of, as matplotlib artists that are written without being laid out.

matplotlib's own `Text` measures every string to place blocks of lines, and its patches look after
styles, units and listeners that a figure drawn once has no use for. A chart's labels are single
lines anchored on their baseline, which SVG places by itself, and its shapes are paths of one look.
Imported only when something is drawn, as it needs matplotlib.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from matplotlib.artist import Artist
from matplotlib.colors import to_rgba

#: How SVG calls the ends a text is anchored by.
_ANCHORS: Final = {"left": "start", "center": "middle", "right": "end"}


class _Drawn(Artist):
    """Placed on the page by one transform."""

    def __init__(self, page: Any, order: int) -> None:
        super().__init__()
        self._page = page
        self.zorder = order

    def get_transform(self) -> Any:
        """From points of the page to those of the sheet."""
        return self._page

    def is_transform_set(self) -> bool:
        """It is, always."""
        return True


class TextLine(_Drawn):
    """Text on the baseline `y`, anchored at `x` by its left end, middle or right end."""

    def __init__(
        self, page: Any, order: int, at: tuple[float, float], words: str, style: str, identity: str
    ) -> None:
        super().__init__(page, order)
        self._at, self._words, self._style, self._identity = at, words, style, identity

    def draw(self, renderer: Any) -> None:
        """Write the text as it is."""
        x, y = self._page.transform(self._at)
        below = renderer.get_canvas_width_height()[1] - y
        renderer.open_group("text", self._identity or None)
        place = {"style": self._style, "x": f"{x:.6f}", "y": f"{below:.6f}"}
        renderer.writer.element("text", self._words, attrib=place)
        renderer.close_group("text")


@cache
def text_style(size: float, weight: int, colour: str, anchor: str) -> str:
    """The look of a text, as SVG has it; what is usual is left out."""
    parts = [f"font-size: {size:.6g}px"]
    parts += [f"font-weight: {weight}"] if weight != 400 else []
    parts += [f"text-anchor: {_ANCHORS[anchor]}"] if anchor != "left" else []
    return "; ".join([*parts, f"fill: {colour.lower()}"])


class Outline(_Drawn):
    """A path with its ground and its line, either of which may be missing."""

    def __init__(
        self,
        page: Any,
        order: int,
        path: Any,
        *,
        fill: str | None,
        stroke: str | None,
        weight: float,
        dashes: Sequence[float],
        round_cap: bool,
    ) -> None:
        super().__init__(page, order)
        self._path, self._fill, self._stroke = path, fill, stroke
        self._weight, self._dashes, self._round = weight, dashes, round_cap

    def draw(self, renderer: Any) -> None:
        """Write the path."""
        style = renderer.new_gc()
        style.set_foreground(_rgba(self._stroke or "none"), isRGBA=True)
        style.set_linewidth(self._weight if self._stroke else 0)
        style.set_dashes(0, list(self._dashes) or None)
        style.set_capstyle("round" if self._round else "butt")
        style.set_joinstyle("round")
        renderer.draw_path(style, self._path, self._page, _rgba(self._fill) if self._fill else None)
        style.restore()


@cache
def _rgba(colour: str) -> tuple[float, float, float, float]:
    return to_rgba(colour)
