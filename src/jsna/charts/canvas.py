"""A sheet in points, drawn on with a matplotlib `Figure`, and written as a small tidy SVG.

Positions are points from the top left corner, so that layouts read as the page does. Axes are not
used: each kind of figure lays out its own few marks, which keeps every label under its control
and a figure at a few milliseconds.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from jsna.charts import extents, lettering, palette
from jsna.charts.svg import Label, tidy

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Anchor = Literal["left", "center", "right"]
Point = tuple[float, float]
#: Left, top, width, height.
Box = tuple[float, float, float, float]


class Canvas:
    """One figure being drawn. Things drawn later lie on top."""

    def __init__(self, height: float, width: float) -> None:
        lettering.register()
        from matplotlib.figure import Figure
        from matplotlib.transforms import Affine2D

        self.width, self.height = width, float(round(height, 1))
        #: Height at which the right edge has room for the word of a synthetic edition.
        self.stamp = self.height - 2.5
        self._figure: Figure = Figure(figsize=(self.width / 72, self.height / 72), dpi=72)
        self._figure.patch.set_visible(False)
        self._page: Any = Affine2D().scale(1, -1).translate(0, self.height)
        self._labels: list[Label] = []
        self._texts: list[extents.Text] = []
        self._order = 0

    def shape(
        self,
        points: Sequence[Point],
        *,
        fill: str | None = None,
        stroke: str | None = None,
        weight: float = 1.0,
        dashes: Sequence[float] = (),
        closed: bool = False,
        round_cap: bool = False,
    ) -> None:
        """A line through `points`, or the area they enclose."""
        from matplotlib.path import Path

        self._add(Path(list(points), closed=False), fill, stroke, weight, dashes, round_cap, closed)

    def area(
        self, rings: Sequence[Sequence[Point]], fill: str | None, stroke: str, weight: float
    ) -> None:
        """What closed rings enclose, as one element; those that run the other way are holes."""
        from matplotlib.path import Path

        if rings:
            paths = [Path(list(ring), closed=True) for ring in rings]
            whole = Path.make_compound_path(*paths)
            self._add(whole, fill, stroke, weight, (), False, False)

    def strokes(self, lines: Sequence[tuple[Point, Point]], stroke: str, weight: float) -> None:
        """Separate straight lines, as one element."""
        from matplotlib.path import Path

        if lines:
            ends = [point for line in lines for point in line]
            codes = [Path.MOVETO, Path.LINETO] * len(lines)
            self._add(Path(ends, codes), None, stroke, weight, (), False, False)

    def dot(self, x: float, y: float, radius: float, fill: str, edge: str | None = None) -> None:
        """A round marker."""
        from matplotlib.path import Path

        self._add(Path.circle((x, y), radius), fill, edge, 1.0, (), False, False)

    def rectangle(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        """A filled rectangle from its top left corner."""
        self.rectangles([(x, y, width, height)], fill)

    def rectangles(self, boxes: Sequence[Box], fill: str | None, stroke: str | None = None) -> None:
        """Rectangles that look alike, as one element."""
        from matplotlib.path import Path

        if boxes:
            edges = [Path([(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)], closed=True)
                     for x, y, w, h in boxes]  # fmt: skip
            self._add(Path.make_compound_path(*edges), fill, stroke, 0.6, (), False, False)

    def hatched(self, boxes: Sequence[Box], step: float = 4.0) -> None:
        """Hatched boxes: what they stand for is hidden, and looks like no number at all."""
        lines: list[tuple[Point, Point]] = []
        for x, y, width, height in boxes:
            offset = step
            while offset < width + height:
                start = (x + min(offset, width), y + max(0.0, offset - width))
                lines.append((start, (x + max(0.0, offset - height), y + min(offset, height))))
                offset += step
        self.strokes(lines, palette.HATCH, 0.6)
        self.rectangles(boxes, None, palette.HATCH)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = palette.LABEL,
        weight: int = 400,
        colour: str = palette.SOFT,
        anchor: Anchor = "left",
        measure: str = "",
        field: str = "value",
        over: str = "",
        backing: bool = False,
    ) -> None:
        """One line of text on the baseline `y`.

        Args:
            measure: key of the measure the text prints, for the audit that reads it back.
            field: column of the measure it prints.
            over: key of a second measure, where the text prints a ratio of the two.
            backing: lay a white ground under it, where lines may pass.
        """
        if not words:
            return
        if backing:
            room = lettering.width(words, size, weight)
            left = x - {"left": 0.0, "center": room / 2, "right": room}[anchor]
            self.rectangle(left - 2, y - size * 0.78, room + 4, size * 1.02, palette.WHITE)
        self._texts.append(extents.text(x, y, words, size, weight, anchor))
        identity = ""
        if measure:
            identity = f"m{len(self._labels)}"
            self._labels.append(Label(identity, measure, field, over))
        from jsna.charts.artists import TextLine, text_style

        self._order += 1
        style = text_style(size, weight, colour, anchor)
        self._figure.add_artist(TextLine(self._page, self._order, (x, y), words, style, identity))

    def lines(
        self, x: float, middle: float, lines: Sequence[str], *, size: float, **how: Any
    ) -> None:
        """Lines of text centred in height on `middle`."""
        step = size * lettering.LEADING
        first = middle - step * (len(lines) - 1) / 2 + size * 0.33
        for index, line in enumerate(lines):
            self.text(x, first + index * step, line, size=size, **how)

    def free(self, text: extents.Text) -> bool:
        """Whether a text would collide with none that stands, and is not cut."""
        return not extents.faults([*self._texts, text], self.width, self.height, hair=0.0)

    def faults(self) -> list[str]:
        """Texts that collide or are cut, in words."""
        return extents.faults(self._texts, self.width, self.height)

    def svg(self, figure_id: str, alt: str) -> str:
        """The drawing as SVG whose ids all start with `figure_id`."""
        from matplotlib.backends.backend_svg import FigureCanvasSVG

        written = io.StringIO()
        FigureCanvasSVG(self._figure).print_svg(written, metadata={"Date": None})  # type: ignore[no-untyped-call]
        return tidy(written.getvalue(), figure_id, alt, self._labels)

    def _add(
        self,
        path: Any,
        fill: str | None,
        stroke: str | None,
        weight: float,
        dashes: Sequence[float],
        round_cap: bool,
        closed: bool,
    ) -> None:
        from matplotlib.path import Path

        from jsna.charts.artists import Outline

        if closed:
            path = Path(
                [*path.vertices, path.vertices[0]],
                [Path.MOVETO, *[Path.LINETO] * (len(path.vertices) - 1), Path.CLOSEPOLY],
            )
        self._order += 1
        self._figure.add_artist(
            Outline(
                self._page,
                self._order,
                path,
                fill=fill,
                stroke=stroke,
                weight=weight,
                dashes=dashes,
                round_cap=round_cap,
            )
        )
