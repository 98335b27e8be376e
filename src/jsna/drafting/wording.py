"""First words of an indicator, from what is declared of its table: to be written better by hand."""

from __future__ import annotations

import re

from jsna.model.indicators import Indicator
from jsna.model.kinds import Kind
from jsna.model.tables import AnalysisTable


def of_id(name: str) -> str:
    """A title of the words of an id, without numbers, which would be taken for figures."""
    words = " ".join(re.sub(r"\d+", " ", name).replace("_", " ").split()) or name
    return f"{words[:1].upper()}{words[1:]}"


def lower(title: str) -> str:
    """A title as it stands within a sentence."""
    return f"{title[:1].lower()}{title[1:]}"


def of_column(table: AnalysisTable, name: str) -> str:
    """What a column says: its description, or else the words of its name."""
    column = table.columns.get(name)
    said = column.description if column is not None and column.description else ""
    return lower(said or of_id(name))


def counted(kind: Kind, table: AnalysisTable, said: str) -> str:
    """What an indicator of a kind counts in a table.

    Args:
        kind, table: of it.
        said: what is counted of a row, in words; "" for the row itself.
    """
    if kind.of_waits:
        return f"How long until half had ended, in {said}; each of them is {table.row}."
    if kind.amounts or kind.of_values:
        return f"The {kind} over rows of {said}; each of them is {table.row}."
    if kind.inside and said:
        return f"Rows {said}, over all rows; each of them is {table.row}."
    if kind.of_one_whole:
        return f"Rows of each category over all rows; each of them is {table.row}."
    if kind.per:
        return f"Number of rows over those it is divided by; each of them is {table.row}."
    return f"Number of rows; each of them is {table.row}."


def derived(kind: Kind, base: Indicator) -> str:
    """What is worked out of another indicator."""
    name = str(kind).replace("_", " ")
    return f"The {name} of groups in {lower(base.title)}."
