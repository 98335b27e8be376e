"""Room that the words of a figure take, and whether any collide or are cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jsna.charts import lettering

#: How far capitals and figures reach above their baseline, and letters below it, per type size.
_ABOVE: Final = 0.68
_BELOW: Final = 0.18
#: Points by which boxes may overlap, or leave the figure: kerning is left out of their width.
_HAIR: Final = 1.0


@dataclass(frozen=True, slots=True)
class Text:
    """A text and the box it takes, in points from the top left of the figure."""

    words: str
    left: float
    top: float
    right: float
    bottom: float


def text(x: float, y: float, words: str, size: float, weight: int, anchor: str) -> Text:
    """A text on the baseline `y`, anchored at `x`."""
    room = lettering.width(words, size, weight)
    left = x - {"left": 0.0, "center": 0.5, "right": 1.0}[anchor] * room
    return Text(words, left, y - _ABOVE * size, left + room, y + _BELOW * size)


def faults(
    texts: Sequence[Text], width: float, height: float, hair: float = _HAIR
) -> list[str]:  # fmt: skip
    """What is wrong with the texts of a figure so wide and high, in words.

    Args:
        hair: points by which boxes may overlap, or leave the figure.
    """
    found = [
        f"“{one.words}” is cut at the edge"
        for one in texts
        if min(one.left, one.top) < -hair or one.right > width + hair or one.bottom > height + hair
    ]
    # Downwards, so that only texts near one another are compared.
    order = sorted(texts, key=lambda one: one.top)
    for at, one in enumerate(order):
        for other in order[at + 1 :]:
            if other.top > one.bottom - hair:
                break
            if min(one.right, other.right) - max(one.left, other.left) > hair:
                found.append(f"“{one.words}” and “{other.words}” collide")
    return found
