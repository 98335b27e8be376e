"""Numbers that are part of fixed words: titles, definitions, labels, sources and dates.

Configuration is the same whatever the data say, so a number inside a phrase of it tells nothing.
The whole phrase must stand in the output, not the number alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

import pandas as pd

from jsna import __version__
from jsna.measures.sources import profile_of
from jsna.model import open_data
from jsna.model.commentary import SILENT, Council
from jsna.model.configuration import Configuration
from jsna.model.contract import Extract
from jsna.model.formulas import FORMULAS
from jsna.model.schema import NUMBERS, TOTAL, audit_reason, dimensions
from jsna.readback import own_words
from jsna.readback.asked import Asked
from jsna.readback.blocks import NUMBER

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
#: Order of a dimension -> what numbers in names of its categories are called.
_BANDS: Final = {"age": "age band", "school": "year group", "deprivation": "deprivation group"}


class Vocabulary:
    """Fixed phrases with numbers in them, by those numbers; periods, years and dates.

    Args:
        config: the edition and what it stands on.
        frame: its safe measures, for their periods, categories and notes.
        extracts: declared extracts by name.
        tried: what the certificate says was tried before hiding.
        council: what the council says itself.
    """

    def __init__(
        self,
        config: Configuration,
        frame: pd.DataFrame,
        extracts: Mapping[str, Extract],
        tried: Iterable[str] = (),
        council: Council = SILENT,
    ) -> None:
        self._by_number: dict[str, list[tuple[str, int, str]]] = {}
        categories = _categories(frame)
        for kind, phrase in (
            *_indicators(config),
            *_labels(config, categories),
            *_sources(config, extracts),
            *_edition(config),
            *own_words.phrases(council),
            *_topics(config),
            *(("measure note", note) for note in frame["note"].unique()),
            # Of notes that stand together a sentence is printed once.
            *(("measure note", one) for note in frame["note"].unique() for one in note.split(". ")),
            *(("measure note", audit_reason(note)) for note in frame["note"].unique()),
            *(("review", review.reason) for one in config.every_release for review in one.findings),
            *(
                ("release", said)
                for one in config.every_release
                for each in one.breaks
                for said in (each.reason, f"From {each.starts}: {each.label}")
            ),
            *(("period", period) for period in frame["period"].unique()),
            *(("fallback", one) for one in tried),
            *(("question", one) for one in Asked(frame, config).phrases),
            *(("formula", one) for one in FORMULAS.values()),
            ("version", f"version {__version__} of the program"),
            ("version", f"jsna {__version__}"),
            ("version", "Web Content Accessibility Guidelines, version 2.2"),
            ("version", open_data.LICENCE),
            ("address", open_data.LICENCE_ADDRESS),
            *(("identifier", name) for name in NUMBERS),
            *(("dictionary", said) for meaning in open_data.MEANINGS.values() for said in meaning),
        ):
            self._learn(kind, phrase)
        dates = [*_dates(config), *_positions(frame), *own_words.days(council)]
        self.dates = {_written(day) for day in dates} | {day.isoformat() for day in dates}
        periods = {*frame["period"].unique(), *(d.period for d in config.edition.deliveries)}
        periods |= {part for period in periods for part in period.split(" to ")}
        self.periods = periods | {p[:4] for p in periods} | {str(day.year) for day in dates}
        # An area may lack some of the groups all are numbered in.
        graded = {name: one for name, one in config.dimensions.items() if one.step}
        self.graded = frozenset(graded)
        self.groups = {code for name, code in categories if name in graded}
        if self.groups:
            lists = (config.codelists.get(one.codes, {}) for one in graded.values())
            self.groups |= {code for codes in lists for code in codes}
        self.places = max(len(config.area.localities), len(config.area.neighbours))

    def _learn(self, kind: str, phrase: str) -> None:
        text = " ".join(phrase.lower().split())
        if not any(letter.isalpha() for letter in text) and kind != "age band":
            return  # a bare number would be allowed anywhere
        for found in NUMBER.finditer(text):
            entry = (text, found.start(), kind)
            known = self._by_number.setdefault(found[0], [])
            if entry not in known:
                known.append(entry)

    def kind(self, text: str, start: int, number: str, *, part: bool = False) -> str:
        """Which fixed phrase a number stands in; empty for none.

        Args:
            text: the whole text in small letters.
            start: where the number starts.
            number: the number as printed.
            part: whether the text may be one line of a phrase set on several.
        """
        for phrase, offset, kind in self._by_number.get(number, ()):
            at = start - offset
            end = at + len(phrase)
            if at >= 0 and text.startswith(phrase, at) and _apart(text, at, end):
                return kind
            if part and any(letter.isalpha() for letter in text):
                place = f" {phrase} ".find(f" {text} ")
                if place >= 0 and place + start == offset:
                    return kind
        return ""


def _apart(text: str, start: int, end: int) -> bool:
    """Whether a phrase begins and ends where words do."""
    starts = start == 0 or not (text[start - 1].isalnum() and text[start].isalnum())
    return starts and (end == len(text) or not (text[end - 1].isalnum() and text[end].isalnum()))


def _categories(frame: pd.DataFrame) -> set[tuple[str, str]]:
    """Every dimension and category the measures have."""
    pairs = frame[["breakdown", "category"]].drop_duplicates()
    split = (dimensions(b, c) for b, c in pairs.itertuples(index=False, name=None) if b != TOTAL)
    return {pair for named in split for pair in named.items()}


def _indicators(config: Configuration) -> Iterator[tuple[str, str]]:
    for one in config.indicators.values():
        words = (
            one.title,
            one.title.split(" (")[0],
            one.short,
            one.phrase,
            one.among,
            one.definition,
            one.population,
        )
        subtitles = (chart.subtitle for chart in one.charts)
        cautions = one.caveats.model_dump().values()
        for phrase in (
            *words,
            *cautions,
            one.per,
            one.caveat,
            one.official,
            *(one.duty.model_dump().values() if one.duty else ()),
            *subtitles,
        ):
            yield "indicator", phrase
        yield "identifier", one.id
        for release in config.every_release:
            yield from (("release", caution) for caution in release.cautions(one.id))


def _labels(
    config: Configuration, categories: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    orders = {one.codes: one.order for one in config.dimensions.values()}
    for name, codes in config.codelists.items():
        for label in codes.values():
            yield _BANDS.get(orders.get(name, ""), "category"), label
    for name, code in sorted(categories):
        order = config.dimension(name).order
        if order == "age":
            yield "age band", code.replace("-", " to ")
        elif not code.isdigit():
            yield _BANDS.get(order, "category"), code.replace("_", " ")


def _sources(config: Configuration, extracts: Mapping[str, Extract]) -> Iterator[tuple[str, str]]:
    for source in config.every_release:
        said = (source.publisher, source.title, source.release, source.licence, source.note)
        for phrase in (*said, source.attribution):
            yield "source", phrase
        for address in (source.page, source.address):
            yield "address", address
    for extract in extracts.values():
        yield "source", extract.title
        yield "source", extract.description
        for table in extract.tables:
            yield from (("source", column.called) for column in table.columns)


def _edition(config: Configuration) -> Iterator[tuple[str, str]]:
    edition, area = config.edition, config.area
    yield "edition", edition.title
    yield "edition", edition.contact
    yield "identifier", edition.edition
    for delivery in edition.deliveries:
        for phrase in (delivery.owner, delivery.reason):
            yield "delivery", phrase
        yield "legal basis", delivery.legal_basis
    linked = {profile_of(indicator, config) for indicator in config.indicators.values()}
    for name in sorted(linked.union(config.profiles)):
        profile = config.profile(name)
        yield "disclosure rule", profile.title
        yield "disclosure rule", profile.rule
    yield "place", area.neighbours_model
    places = (area.country, area.region, *area.localities, *area.neighbours)
    groups = (group.name for group in area.locality_groups)
    for name in (area.name, *(place.name for place in places), *groups):
        yield "place", name


def _topics(config: Configuration) -> Iterator[tuple[str, str]]:
    for one in config.topics.values():
        for phrase in (one.title, one.question, one.meaning, *one.context, *one.ask):
            yield "topic", phrase


def _dates(config: Configuration) -> Iterator[date]:
    yield config.edition.reference_date
    if config.area.began is not None:
        yield config.area.began
    yield config.edition.published
    for delivery in config.edition.deliveries:
        if delivery.as_at is not None:
            yield delivery.as_at
    for source in config.every_release:
        if source.published is not None:
            yield source.published


def _positions(frame: pd.DataFrame) -> Iterator[date]:
    """Days that positions are of, which their periods name by the year alone."""
    for period in frame.loc[frame["period_type"].eq("31_march"), "period"].unique():
        yield date(int(period), 3, 31)


def _written(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
