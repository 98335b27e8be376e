"""The text of charts set line by line.

The printer lays out the text of an SVG letter by letter, so that letters may be turned and moved
one by one, and puts every text that is not anchored at its start into an image of its own. Charts
here ask for neither. Setting each text as the one line it is takes a fifth of the printing time
away, lets the typeface kern, and leaves whole words for a reader who copies them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from typing import Any, Final

#: Share of a line's width that lies left of its anchor.
_ANCHORS: Final = {"start": 0.0, "middle": 0.5, "end": 1.0}


@contextmanager
def lines() -> Iterator[None]:
    """Inside the block the printer sets every text of an image as one line."""
    from weasyprint import svg

    usual, svg.TAGS["text"] = svg.TAGS["text"], _Setter()
    try:
        yield
    finally:
        svg.TAGS["text"] = usual


class _Setter:
    """Draws one text; styles are kept, since few sizes and weights return all the time."""

    def __init__(self) -> None:
        self._styles: dict[tuple[str, int, float], Any] = {}

    def __call__(self, image: Any, node: Any, size: float) -> None:
        from weasyprint.draw.text import draw_first_line
        from weasyprint.matrix import Matrix
        from weasyprint.svg.bounding_box import EMPTY_BOUNDING_BOX
        from weasyprint.svg.text import TextBox
        from weasyprint.text.line_break import split_first_line

        if not node.text:
            return
        style = self._style(image, node, size)
        layout, _, _, width, _, _ = split_first_line(node.text, style, image.context, inf, 0)
        left = float(node.get("x", 0)) - width * _ANCHORS[node.get("text-anchor", "start")]
        node.text_bounding_box = EMPTY_BOUNDING_BOX
        stream = image.stream
        stream.push_state()
        fill, stroke = image.set_graphical_state(node, size)
        stream.begin_text()
        layout.reactivate(style)
        image.fill_stroke(fill, stroke, text=True)
        at = Matrix(d=-1, e=left, f=float(node.get("y", 0)))
        draw_first_line(stream, TextBox(layout, style), "none", "none", at)
        stream.end_text()
        stream.pop_state()

    def _style(self, image: Any, node: Any, size: float) -> Any:
        from weasyprint.css.properties import INITIAL_VALUES
        from weasyprint.svg.text import Style

        family, weight = node.get("font-family", "sans-serif"), int(node.get("font-weight", 400))
        key = (family, weight, size)
        if key not in self._styles:
            style = Style(INITIAL_VALUES)
            style.font_config = image.font_config
            style["font_family"] = [name.strip().strip("\"'") for name in family.split(",")]
            style["font_weight"], style["font_size"] = weight, size
            self._styles[key] = style
        return self._styles[key]
