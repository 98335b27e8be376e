"""The questions that were asked, as the report and the open data give them: what answers each."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from jsna.formulas import guarded_line
from jsna.model.configuration import Configuration
from jsna.report.chapters import Chapter
from jsna.view.answers import STATES, Answer, Given, tally

#: Column of the open data -> what it holds.
COLUMNS: Final[Mapping[str, str]] = {
    "question": "Number of the question.",
    "asks": "The question, in our own words.",
    "asked_by": "Who asked it.",
    "asked_when": "When it was asked.",
    "brief": "What it was asked in.",
    "topics": "Topics of the report that take it up, by name; none where it is about the data.",
    "answer": (
        "“Answered” where every figure that it takes is given for this authority, “Partly answered”"
        " where one or more are, and “Not answered” where none is."
    ),
    "given": "The figures that are given, of those it takes.",
    "given_by": "Indicators that give them, by the names they have in the file of measures.",
    "missing": "The figures that are missing, each with who would have to give it.",
}
_NOTICE: Final = "Synthetic"
HEADER: Final = ("Question", "Answer", "Given here", "Missing, and from whom")


def context(
    config: Configuration,
    found: Sequence[Answer],
    made: Sequence[Chapter],
    topics: Mapping[str, str],
) -> Any:
    """What the template prints: rows of the table, and how many questions are answered.

    Args:
        made: chapters of the technical report.
        topics: indicator -> id of the topic that has it.
    """
    if not found:
        return {"rows": ()}
    number = tally(found)
    return {
        "rows": _rows(found, made, topics),
        "header": HEADER,
        "caption": "Questions asked, and what answers them",
        "counted": (
            f"Of {len(found)} questions: {number['answered']} answered, {number['partly']} partly, "
            f"{number['not']} not."
        ),
        "asked": [
            f"{one.by}, {one.when} ({one.brief}): {_span(config, key)}."
            for key, one in config.questions.asked.items()
        ],
    }


def _span(config: Configuration, asked: str) -> str:
    """`L1 to L31, L35`: the numbers of those who asked."""
    numbers = [number for number, one in config.questions.questions.items() if one.asked == asked]
    runs: list[list[str]] = []
    for number in numbers:
        if runs and number == _next(runs[-1][-1]):
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)


def _next(number: str) -> str:
    return f"{number[0]}{int(number[1:]) + 1}"


def _rows(
    found: Sequence[Answer], made: Sequence[Chapter], topics: Mapping[str, str]
) -> list[tuple[str | Markup, ...]]:
    anchors = {section.indicator.id: section.id for c in made for section in c.sections}
    by_rule = [c.thresholds for c in made if c.thresholds is not None]
    anchors |= {i.id: one.anchor for one in by_rule for i in one.indicators}
    anchors |= topics
    anchors |= {f"chapter {chapter.id}": chapter.anchor for chapter in made}
    return [
        (
            f"{one.number}. {one.question.asks}",
            STATES[one.state],
            Markup("; ").join(_linked(given, anchors) for given in one.given),
            "; ".join(missing(one)),
        )
        for one in found
    ]


def _linked(given: Given, anchors: Mapping[str, str]) -> Markup:
    """What is given, leading to the first section that has it."""
    places = (*given.indicators, f"chapter {given.figure.told_in}")
    anchor = next((anchors[place] for place in places if place in anchors), "")
    text = Markup.escape(given.figure.what)
    return Markup('<a href="#{}">{}</a>').format(anchor, text) if anchor else text


def missing(one: Answer) -> list[str]:
    """`spending on places out of area (the council’s finance team, …)`, of each that is missing."""
    return [f"{figure.what} ({figure.source})" for figure in one.missing]


def files(config: Configuration, found: Sequence[Answer]) -> dict[str, str]:
    """File name -> content: every question with what answers it (`COLUMNS`)."""
    if not found:
        return {}
    prefix = "synthetic_" if config.edition.synthetic else ""
    rows = [record(config, one) for one in found]
    return {f"{prefix}questions.csv": _csv(config, rows)}


def record(config: Configuration, one: Answer) -> dict[str, str]:
    """Column of the open data -> its cell, of one question."""
    asked = config.questions.asked[one.question.asked]
    by = dict.fromkeys(name for given in one.given for name in given.indicators)
    return {
        "question": one.number,
        "asks": one.question.asks,
        "asked_by": asked.by,
        "asked_when": asked.when,
        "brief": asked.brief,
        "topics": " ".join(n for n, t in config.topics.items() if one.number in t.questions),
        "answer": STATES[one.state],
        "given": "; ".join(given.figure.what for given in one.given),
        "given_by": " ".join(by),
        "missing": "; ".join(missing(one)),
    }


def _csv(config: Configuration, rows: Sequence[Mapping[str, str]]) -> str:
    """Rows as CSV text, marked where they are of a synthetic edition."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    marked = [{"data": _NOTICE, **row} if config.edition.synthetic else row for row in rows]
    writer.writerow(marked[0])
    writer.writerows([guarded_line(cell) for cell in row.values()] for row in marked)
    return text.getvalue()
