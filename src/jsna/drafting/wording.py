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


def rate(table: AnalysisTable) -> str:
    """What a rate counts in a table; what it is divided by is said in its entry."""
    return f"How many there are, each {table.row}, over those it is divided by."


def derived(kind: Kind, base: Indicator) -> str:
    """What is worked out of another indicator."""
    name = str(kind).replace("_", " ")
    return f"The {name} of groups in {lower(base.title)}."
