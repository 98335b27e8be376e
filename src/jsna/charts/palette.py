"""Colours and sizes of every figure, and the contrast rule they are tested against.

The palette is the Government Analysis Function's, in its order. Turquoise and orange of that
palette are too pale for text, so text in those colours has a darker twin.
"""

from __future__ import annotations

from typing import Final

NAVY: Final = "#12436D"
TURQUOISE: Final = "#28A197"
GREY: Final = "#BFBFBF"
DARK: Final = "#3D3D3D"
INK: Final = "#0B0C0C"
#: Quiet text: ticks, names of places that are not the home area, notes.
SOFT: Final = "#4A4F54"
WHITE: Final = "#FFFFFF"
GRID: Final = "#DCDFE1"
BAND: Final = "#DEE4EA"
HATCH: Final = "#8A9096"
TURQUOISE_TEXT: Final = "#146B63"
ORANGE_TEXT: Final = "#A63D0A"

#: Five classes of a map, low to high, and four of a heat table (a tint comes first).
MAP_CLASSES: Final = ("#D9E9F8", "#8FBCE6", "#4B8CCB", "#25639F", NAVY)
HEAT_CLASSES: Final = ("#D9E9F8", "#6BACE6", "#2073BC", NAVY)

#: The two widths every figure is drawn at, in points: the text column of an A4 page with 20 mm
#: sides (170 mm), and that of a telephone 320 pixels wide (288 of them).
WIDE: Final = 482.0
NARROW: Final = 216.0
#: Type sizes in points; the smaller is 12 pixels.
LABEL: Final = 9.5
SMALL: Final = 9.0

#: Least contrast of text on its ground, and of a mark against what it stands on (WCAG 2.2 AA).
TEXT_CONTRAST: Final = 4.5
MARK_CONTRAST: Final = 3.0


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 to 1 (WCAG 2.2)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ink_on(ground: str) -> str:
    """Black or white, whichever reads better on `ground`."""
    return max((INK, WHITE), key=lambda ink: contrast(ink, ground))
