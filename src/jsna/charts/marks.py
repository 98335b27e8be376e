"""What a figure is made of: marks with labels, limits and keys, and the finished drawing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jsna.model.indicators import Chart, Indicator
from jsna.view import words
from jsna.view.rows import Row

#: What stands in place of a number, by status.
ABSENT: Final = {"c": "hidden", "z": "not applicable", "x": "not available", "low": "rounds to 0"}
#: What stands for a number in a cell too small for words, as in tables, by status.
SHORT: Final = {"c": "[c]", "x": "[x]", "z": "[z]"}
NAN: Final = float("nan")


@dataclass(frozen=True, slots=True)
class Mark:
    """One value to be drawn, or the statement that there is none.

    Attributes:
        key: measure key; empty where the table has no such row.
        code: area or category it stands for.
        label: its name.
        value, low, high: value with its 95% limits; NaN where none.
        status: as in the measure table.
        text: the number as printed, or why there is none.
        exact: a complete count, which is its own limits.
        row: what it is drawn from, and judged by; None where the table has no such row.
    """

    key: str
    code: str
    label: str
    value: float = NAN
    low: float = NAN
    high: float = NAN
    status: str = "x"
    text: str = "not available"
    exact: bool = False
    row: Row | None = None

    @property
    def shown(self) -> bool:
        """Whether there is a number."""
        return math.isfinite(self.value)

    @property
    def rounded(self) -> float:
        """The number as printed, so that equal prints are equal; NaN where there is none."""
        if not self.shown:
            return NAN
        text = self.text.split(" [")[0].lstrip("<").rstrip("%")
        return float(text.replace(",", "").replace("−", "-"))

    @property
    def has_limits(self) -> bool:
        """Whether 95% limits are known."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def segment(self) -> str:
        """Since when the figure is counted as it is."""
        return self.row.segment if self.row else ""

    @property
    def hidden(self) -> bool:
        """Whether the number is withheld to protect confidentiality."""
        return self.status == "c"


#: What stands where the table has no row.
NOTHING: Final = Mark("", "", "")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a figure's data table: a measure key, or none."""

    key: str = ""
    field: str = "value"


@dataclass(frozen=True)
class Drawing:
    """A finished figure: the image and what stands around it in HTML.

    Attributes:
        id: element id, and name of the file.
        svg, narrow: the image as it is on paper and wide screens, and as it is on a telephone.
        title: the finding. subtitle: measure, place and period.
        alt: text alternative, also the SVG's own title.
        note: how to read it (intervals, shorthand used), for the source line.
        header: headings of the data table, the first over the row labels.
        rows: (row label, cells) of the data table in the order drawn.
        keys: keys of the measures shown, in the order drawn.
        sources: ids of the sources they stand on.
    """

    id: str
    indicator: str
    chapter: str
    type: str
    svg: str
    narrow: str
    title: str
    subtitle: str
    alt: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    keys: tuple[str, ...]
    sources: tuple[str, ...]


def printed(value: float, status: str, unit: str, decimals: int) -> str:
    """A number as a figure prints it: with a per cent sign, other units being in the subtitle."""
    if not math.isfinite(value):
        return ABSENT.get(status, ABSENT["x"])
    decimals = 0 if unit == "count" else decimals
    text = words.number(value, decimals)
    if words.vanishes(value, decimals) and status != "low":
        text = f"<{words.least(decimals)}"
    text += "%" if unit == "percent" else ""
    return f"{text} {words.SYMBOLS[status]}" if status in ("low", "u") else text


def figure_id(indicator: Indicator, chart: Chart) -> str:
    """Id of a figure, the same in every edition."""
    return "-".join(("fig", indicator.id, chart.type, *chart.by)).replace("_", "-")


def narrow_id(figure: str) -> str:
    """Id of the same figure as it is on a telephone."""
    return f"{figure}--narrow"


def footnote(marks: Sequence[Mark]) -> str:
    """The shorthand used among the marks, explained."""
    used = [mark.status for mark in marks if mark.shown and mark.status in ("low", "u")]
    return words.symbol_note(used)


def rows_of(marks: Sequence[Mark]) -> list[Row]:
    """The rows marks are drawn from, in their order."""
    return [mark.row for mark in marks if mark.row is not None]


def otherwise(marks: Sequence[Mark], others: str) -> str:
    """That figures of others are not to be set beside those of the area."""
    ways = {mark.segment for mark in marks if mark.shown}
    return f"{others}: counted in another way." if len(ways) > 1 else ""
