"""The whole workbook of an edition: cover, notes, indicators, sources, and tables by chapter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jsna.model.indicators import Indicator
from jsna.report import asked, metadata
from jsna.report.assemble import OPEN_LICENCE_WORDS, SYNTHETIC_WORDS
from jsna.report.sources import Register, month
from jsna.view import words
from jsna.view.answers import Answer, answers
from jsna.view.rows import Measures
from jsna.workbook import book as books
from jsna.workbook.book import Book, Cell, Sheet
from jsna.workbook.notes import NONE, Notes
from jsna.workbook.tables import Tables

_HOW: Final = (
    "Each worksheet has one table, which begins in column A. The worksheet Contents lists them.",
    "Figures are rounded as they are printed in the report. The folder data beside this workbook "
    "has them with more digits, of every period and place.",
    "Where there is no number, shorthand in square brackets says why.",
    "A figure is hidden where it, with others, could tell something about one child. It stands "
    "nowhere in this workbook.",
    "Limits are those of the 95% confidence interval.",
)
_SAME: Final = (
    "The same tables are published as workbook.ods and as workbook.xlsx. What they say is told in "
    "the report beside them."
)


def made(view: Measures, register: Register) -> Book:
    """The workbook.

    Args:
        view: safe measures of the edition, with what is stated beside them.
        register: citations of its sources.
    """
    config = view.config
    notes = Notes(view)
    tables = Tables(view, register, notes)
    sheets: list[Sheet] = []
    shown: list[Indicator] = []
    for number, name in enumerate(config.edition.chapters, 1):
        own = [i for i in config.indicators.values() if i.chapter == name and view.has(i.id)]
        shown += own
        sheets += tables.chapter(number, config.chapters[name].title, own)
    first = [notes.sheet(), _indicators(view, register, shown), _sources(register)]
    # An edition may have no figure yet, and a table without rows is none.
    first = [sheet for sheet in first if sheet.rows]
    if found := answers(view):
        first.append(_questions(view, found))
    place = config.area.name
    return Book(
        title=config.edition.title + _marked(view) + ": tables",
        author=place,
        subject=f"Special educational needs and disabilities in {place}",
        published=config.edition.published,
        cover=_cover(view, register),
        sheets=(*first, *sheets),
    )


def _marked(view: Measures) -> str:
    return " (synthetic data)" if view.config.edition.synthetic else ""


def _cover(view: Measures, register: Register) -> tuple[tuple[str, tuple[str, ...]], ...]:
    edition, place = view.config.edition, view.config.area.name
    intro = [
        f"Children and young people with special educational needs and disabilities in {place}",
        f"Published {month(edition.published)}. Figures as at {month(edition.reference_date)} or "
        "the latest available.",
        _SAME,
    ]
    if edition.synthetic:
        intro.insert(0, SYNTHETIC_WORDS)
    about = [*_HOW]
    about += [f"{mark} {text}" for mark, text in _shorthand()]
    if any(citation.open for citation in register.all()):
        about.append(OPEN_LICENCE_WORDS)
    contact = edition.contact or place
    return ((books.INTRO, tuple(intro)), (books.ABOUT, tuple(about)), (books.CONTACT, (contact,)))


def _shorthand() -> list[tuple[str, str]]:
    return [(mark, words.status_words(status)) for status, mark in words.SYMBOLS.items()]


def _indicators(view: Measures, register: Register, shown: Sequence[Indicator]) -> Sheet:
    """What each indicator means: a row an indicator, the terms of the report as columns."""
    entries = [metadata.entry(indicator, view, register) for indicator in shown]
    terms = list(dict.fromkeys(term for entry in entries for term, _ in entry.parts))
    rows: list[tuple[Cell, ...]] = []
    for entry in entries:
        said = dict(entry.parts)
        rows.append(
            (entry.title, *(" ".join(said.get(term, NONE).split()) for term in terms), entry.id)
        )
    return Sheet(
        name="Indicators",
        table="indicators",
        title="What each indicator means",
        header=("Indicator", *terms, "Code in the open data"),
        rows=tuple(rows),
    )


def _questions(view: Measures, found: Sequence[Answer]) -> Sheet:
    """A row for each question that was asked: what answers it, and what is missing from whom."""
    rows = [asked.record(view.config, one).values() for one in found]
    return Sheet(
        name="Questions",
        table="questions",
        title="Questions asked, and what answers them",
        header=tuple(name.replace("_", " ").capitalize() for name in asked.COLUMNS),
        rows=tuple(tuple(cell or NONE for cell in row) for row in rows),
    )


def _sources(register: Register) -> Sheet:
    rows = [
        tuple(
            text or NONE
            for text in (one.title, one.publisher, one.release, one.licence, one.address, one.note)
        )
        for one in register.all()
    ]
    return Sheet(
        name="Sources",
        table="sources",
        title="Where figures come from",
        header=("Source", "Publisher", "Release", "Licence", "Address", "Note"),
        rows=tuple(rows),
    )
