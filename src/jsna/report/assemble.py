"""The chapters of the technical report, and the words around every document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from jsna import __version__
from jsna.model.configuration import Configuration
from jsna.model.documents import REPORT
from jsna.model.editions import Delivery
from jsna.model.indicators import Indicator
from jsna.report import audited, metadata, sources, thresholds
from jsna.report import chapters as chapter_parts
from jsna.report.chapters import Chapter
from jsna.report.figures import Figure
from jsna.report.lede import lede
from jsna.sources import permission
from jsna.view import words
from jsna.view.rows import Measures
from jsna.view.standings import called

CONFIDENCE: Final = "95%"
#: How many years back official figures of an authority are told.
YEARS_TOLD: Final = 10
STRICT: Final = "99.8%"
SYNTHETIC_WORDS: Final = (
    "Synthetic data. Every figure in this report is invented, about a place that does not exist. "
    "It shows how the report works and says nothing about any real child or council."
)
OPEN_LICENCE_WORDS: Final = (
    "Contains public sector information licensed under the Open Government Licence v3.0."
)


def chapters(
    view: Measures,
    figures: Mapping[str, Sequence[Figure]],
    register: sources.Register,
) -> list[Chapter]:
    """Every chapter of the technical report, in its order and numbered."""
    config = view.config
    made: list[Chapter] = []
    for name in config.edition.chapters:
        declared = config.chapters[name]
        if declared.document == REPORT.name:
            continue  # told by topic
        number = len(made) + 1
        own = [i for i in config.indicators.values() if i.chapter == name]
        shown = [i for i in own if view.has(i.id)]
        given = thresholds.thresholds(view, shown)
        sectioned = [i for i in shown if given is None or i not in given.indicators]
        made.append(
            Chapter(
                id=name,
                document=declared.document,
                number=number,
                title=declared.title,
                key_numbers=chapter_parts.key_numbers(view, shown, declared.key_numbers),
                lede=lede(view, shown),
                sections=chapter_parts.sections(view, sectioned, figures, number, register.line),
                lacking=tuple(i for i in own if i not in shown),
                thresholds=given,
            )
        )
    return made


def shown_of(view: Measures) -> list[Indicator]:
    """Every indicator with a figure of the area, in the order of the chapters."""
    config = view.config
    return [
        indicator
        for name in config.edition.chapters
        for indicator in config.indicators.values()
        if indicator.chapter == name and view.has(indicator.id)
    ]


def absent_lines(chapter: Chapter, register: sources.Register) -> list[str]:
    """Why a chapter lacks something: extracts not received or linked, or no source at all."""
    config = register.config
    lines = [_gap(delivery, register) for delivery in sources.missing(config, chapter.id)]
    if not config.chapters[chapter.id].always and not chapter.sections and not lines:
        kind = "official statistics" if config.edition.kind == "open" else "extracts"
        lines.append(
            f"This chapter has no sources in this edition: none of the {kind} it stands on is "
            "among those used here."
        )
    return lines


def _gap(delivery: Delivery, register: sources.Register) -> str:
    """`The extract “…” for 2024/25 was not received: the provider was late.`"""
    extract = register.extracts.get(delivery.extract)
    title = extract.title if extract else delivery.extract
    gap = sentence(permission.gap(delivery))
    return f"The extract “{title}” for {delivery.period} was {gap}"


def deliveries(register: sources.Register) -> list[tuple[str, ...]]:
    """What was received: extract, period, state, date, owner, legal basis."""
    rows: list[tuple[str, ...]] = []
    edition = register.config.edition
    unlinked = permission.unlinked(edition)
    for delivery in edition.deliveries:
        extract = register.extracts.get(delivery.extract)
        rows.append(
            (
                extract.title if extract else delivery.extract,
                delivery.period,
                permission.gap(delivery) if delivery in unlinked else delivery.status,
                sources.day(delivery.as_at) if delivery.as_at else "not stated",
                delivery.owner or "not stated",
                delivery.legal_basis or "not stated",
            )
        )
    return rows


def _new(config: Configuration) -> bool:
    """Whether the authority is younger than what is told of it."""
    began = config.area.began
    return began is not None and config.edition.reference_date.year - began.year <= YEARS_TOLD


def sentence(text: str) -> str:
    """Text with a full stop at its end, once."""
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?")) else text + "."


def context(view: Measures, made: Sequence[Chapter], register: sources.Register) -> dict[str, Any]:
    """Everything the templates may print beside the chapters themselves."""
    config: Configuration = view.config
    edition, area = config.edition, config.area
    citations = register.all()
    place = area.name
    shown = shown_of(view)
    prefix = "synthetic_" if edition.synthetic else ""
    return {
        "chapters": made,
        "title": edition.title,
        "description": (
            f"Children and young people with special educational needs and disabilities in {place}"
        ),
        "publisher": place,
        "version": __version__,
        "edition": edition.edition,
        "published": sources.month(edition.published),
        "published_iso": edition.published.isoformat(),
        "reference": sources.month(edition.reference_date),
        "short_title": f"{place} SEND JSNA {edition.reference_date.year}",
        "foot": ("Synthetic data. " if edition.synthetic else "")
        + f"SEND Joint Strategic Needs Assessment, {sources.month(edition.published)}",
        "contact": edition.contact,
        "synthetic": edition.synthetic,
        "synthetic_words": SYNTHETIC_WORDS,
        "open_licence": OPEN_LICENCE_WORDS if any(c.open for c in citations) else "",
        "place": place,
        "country": area.country.name,
        "region": words.area_phrase(area.region.code, config),
        "began": sources.month(area.began) if _new(config) and area.began else "",
        "came_of": area.came_of,
        "localities": [p.name for p in area.localities],
        "locality_kind": area.localities_are,
        "neighbours": [called(p.name) for p in area.neighbours],
        "neighbours_model": area.neighbours_model,
        "confidence": CONFIDENCE,
        "strict": STRICT,
        "deliveries": deliveries(register),
        "deliveries_caption": "Extracts of this edition",
        "deliveries_header": ("Extract", "Period", "State", "As at", "Owner", "Legal basis"),
        "official": any(not row.local for i in shown for row in view.rows(i.id)),
        "unused": audited.unused(view, {i.id for i in shown}),
        "unused_caption": "Official figures that are not used",
        "unused_header": audited.UNUSED_HEADER,
        "doubted": audited.doubted(view, {i.id for i in shown}),
        "doubted_caption": "Official figures that are printed and in doubt",
        "doubted_header": audited.DOUBTED_HEADER,
        "undelivered": [
            _gap(delivery, register) for delivery in edition.deliveries if permission.gap(delivery)
        ],
        "citations": citations,
        "metadata": [metadata.entry(i, view, register) for i in shown],
        "method_words": metadata.method_lines(view),
        "measures_file": f"{prefix}measures.csv",
    }
