"""What stands in a figure's text alternative beside its title: highest, lowest, home, hidden.

Names alone: the numbers stand in the data table that goes with every figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jsna.charts.marks import Cell
from jsna.charts.shown import Shown
from jsna.view import words
from jsna.view.rows import Row

#: As many names as are said; of more it is said how many there are.
_MOST: Final = 2
_MOST_HIDDEN: Final = 3
#: Rows of a figure's data table.
Rows = Sequence[tuple[str, Sequence[Cell]]]


def said(shown: Shown, rows: Rows, *, by_time: bool, of: int = 0) -> str:
    """Which of what a figure shows is the highest and the lowest, and where the home area lies.

    Args:
        rows: its data table.
        by_time: rows are periods, and the first cell of each is the home area's.
        of: which cell of each row it is about, where rows have one figure apiece.
    """
    if by_time:
        return _over_time(shown, rows)
    two_way = bool(shown.by[1:]) and not shown.indicator.derived
    named = [
        (_label(shown, row, label), row)
        for label, cells in rows
        for cell in (cells if two_way else cells[of : of + 1])
        if cell.field == "value" and (row := shown.row(cell.key)) is not None
    ]
    apart = {shown.home_name, shown.country_name}
    parts = [
        (label, row)
        for label, row in named
        if label not in apart and row.area_code != shown.config.area.country.code
    ]
    home = next((row for label, row in named if label == shown.home_name), None)
    found = [*_ends(shown, parts)]
    if found and home is not None and home.shown:
        values = [row.value for _, row in parts if row.shown]
        where = "lies between them"
        if home.value > max(values):
            where = "is higher than all"
        elif home.value < min(values):
            where = "is lower than all"
        found.append(f"{shown.home_name} {where}.")
    return " ".join([*found, *_hidden(_withheld(shown, rows, two_way=two_way))])


def _withheld(shown: Shown, rows: Rows, *, two_way: bool) -> list[str]:
    """Labels of what is hidden: of each cell of a two-way table, else of rows with any."""
    country = shown.config.area.country.code
    found = [
        _label(shown, row, label)
        for label, cells in rows
        for cell in cells
        if (row := shown.row(cell.key)) is not None
        and cell.field == "value"
        and row.hidden
        and row.area_code != country
        and label != shown.home_name
    ]
    return found if two_way else list(dict.fromkeys(found))


def _label(shown: Shown, row: Row, label: str) -> str:
    """What a row is of, as titles call it; a place, or a whole, as the table does."""
    parts = [
        words.title_label(name, row.code(name), shown.label(name, row.code(name)), shown.config)
        for name in shown.by
        if name in row.split
    ]
    return ", ".join(parts) or label


def _over_time(shown: Shown, rows: Rows) -> str:
    own = [(label, row) for label, cells in rows if (row := shown.row(cells[0].key)) is not None]
    seen = [(label, row) for label, row in own if row.shown and not row.doubted]
    hidden = [f"in {label}" for label, row in own if row.hidden]
    if len(seen) < 2 or len({row.segment for _, row in seen}) > 1:
        return " ".join(_hidden(hidden))
    most, least = _furthest(shown, seen)
    if most == least:
        return " ".join(_hidden(hidden))
    ends = f"{shown.home_name}: highest {_when(most)}, lowest {_when(least)}."
    return " ".join([ends, *_hidden(hidden)])


def _when(labels: Sequence[str]) -> str:
    return ", ".join(f"in {label}" for label in labels[:_MOST])


def _ends(shown: Shown, parts: Sequence[tuple[str, Row]]) -> Sequence[str]:
    seen = [(label, row) for label, row in parts if row.shown and not row.doubted]
    if len(seen) < 2:
        return ()
    most, least = _furthest(shown, seen)
    if most == least:
        return ("All are alike.",)
    return (f"Highest: {_named(most)}. Lowest: {_named(least)}.",)


def _furthest(shown: Shown, seen: Sequence[tuple[str, Row]]) -> tuple[Sequence[str], Sequence[str]]:
    """Labels of the highest and of the lowest figures, those that print alike together."""
    decimals = 0 if shown.indicator.unit == "count" else shown.indicator.decimals
    printed = [(label, words.number(row.value, decimals)) for label, row in seen]
    ordered = sorted(seen, key=lambda one: one[1].value)
    least, most = (words.number(row.value, decimals) for _, row in (ordered[0], ordered[-1]))
    return (
        [label for label, text in printed if text == most],
        [label for label, text in printed if text == least],
    )


def _named(labels: Sequence[str]) -> str:
    if len(labels) <= _MOST:
        return words.join(labels)
    return f"{labels[0]} and {_many(len(labels) - 1)} others"


def _hidden(labels: Sequence[str]) -> Sequence[str]:
    """That some are hidden to protect confidentiality, by name where they are few."""
    if not labels:
        return ()
    if len(labels) <= _MOST_HIDDEN:
        return (f"Hidden: {', '.join(labels)}.",)
    return (f"Hidden: {_many(len(labels))} of them.",)


def _many(count: int) -> str:
    """How many in words, without digits, which a text alternative has none of."""
    said = words.small(count)
    return "many" if said.isdigit() else said
