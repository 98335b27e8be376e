"""Loads chapters and indicators, each whole with what its table and the releases imply."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from jsna.model import derivation, relations
from jsna.model.chapters import Chapter, ChapterFile
from jsna.model.indicators import Indicator
from jsna.model.relations import Relation
from jsna.model.releases import Release
from jsna.settings import follows
from jsna.settings.dimensions import Categories, with_fallbacks
from jsna.settings.reading import Gatherer
from jsna.tables.catalogue import CATALOGUE, period_type

FOLDER: Final = "config/indicators"
#: Keys a table implies, and that an indicator no table counts must say.
_IMPLIED: Final = ("definition", "population", "population_base", "period_type")
_MISSING: Final = "required key is missing"
_UNSAID: Final = "does not follow from what is counted, by its condition or kind: say it in words"


def load_catalogue(
    gather: Gatherer, categories: Categories, releases: Mapping[str, Release]
) -> tuple[dict[str, Indicator], tuple[Relation, ...], dict[str, Chapter]]:
    """Every indicator by id, in the order of files; every relation between their figures; chapters.

    Chapters stand by name, in the order of the report.
    """
    given = {name for release in releases.values() for name in release.gives}
    found: dict[str, Indicator] = {}
    declared: list[tuple[str, Relation]] = []
    chapters: dict[str, ChapterFile] = {}
    for file in sorted((gather.root / FOLDER).glob("*.yaml")):
        path = f"{FOLDER}/{file.name}"
        chapter = gather.load(path, ChapterFile)
        if chapter is None:
            continue
        chapters[file.stem] = chapter
        declared += [(path, relation) for relation in chapter.relations]
        for indicator in chapter.indicators:
            rule = "an indicator of this id is declared already"
            gather.expect(indicator.id not in found, path, "indicators", rule, indicator.id)
            whole = _whole(indicator, file.stem, given, categories)
            for key in _lacks(whole):
                said = key in ("definition", "population") and whole.numerator
                rule = _UNSAID if said else _MISSING
                gather.expect(False, path, f"{whole.id}.{key}", rule)
            found[whole.id] = with_fallbacks(gather, whole, categories)
    _take_over(gather, found)
    if all_read(gather):
        for path, relation in declared:
            for at, rule in relations.faults(relation, found):
                gather.expect(False, path, "relations", rule, at)
        for stem, chapter in chapters.items():
            for name in chapter.key_numbers:
                path = f"config/indicators/{stem}.yaml"
                gather.expect(name in found, path, "key_numbers", "no such indicator", name)
    between = () if gather.problems else tuple(one for _, one in declared)
    return found, between, dict(sorted(chapters.items(), key=lambda one: one[1].order))


def all_read(gather: Gatherer) -> bool:
    """Whether all files of indicators were read: one that is not there may stand in another."""
    return not any(path.startswith(FOLDER) for path in gather.failed)


def _whole(
    indicator: Indicator, chapter: str, given: Collection[str], categories: Categories
) -> Indicator:
    """An indicator with what follows from the table it is counted in, and from the releases.

    Args:
        indicator: as declared.
        chapter: its chapter.
        given: indicators that some release gives.
        categories: names the codes a condition asks for.
    """
    update: dict[str, Any] = {"chapter": chapter}
    side = indicator.numerator
    table = CATALOGUE.get(side.table) if side is not None else None
    if side is not None and table is not None:
        base = indicator.population_base or side.base or table.base
        update["population_base"] = base
        update["population"] = indicator.population or follows.population(indicator, categories)
        update["definition"] = indicator.definition or follows.definition(indicator, categories)
        update["period_type"] = indicator.period_type or period_type(table)
    if "comparators" not in indicator.model_fields_set and indicator.id not in given:
        update["comparators"] = ()
    return indicator.model_copy(update=update)


def _lacks(indicator: Indicator) -> Iterator[str]:
    """Keys that are neither written nor implied. Of a table that there is not, checks tell."""
    if indicator.derived is None and not (indicator.numerator and indicator.population_base == ""):
        yield from (key for key in _IMPLIED if not getattr(indicator, key))
    elif not indicator.definition and indicator.derived is not None:
        yield "definition"


def _take_over(gather: Gatherer, found: dict[str, Indicator]) -> None:
    """Give what is derived what it takes over from the indicators it is of."""
    for indicator in [*found.values()]:
        path = f"config/indicators/{indicator.chapter}.yaml"
        for other in indicator.refers_to:
            there = other in found or not all_read(gather)
            gather.expect(there, path, indicator.id, "refers to no such indicator", other)
        base = found.get(indicator.derived.of) if indicator.derived else None
        if base is not None:
            others = [found[name] for name in indicator.refers_to[1:] if name in found]
            for key, rule in derivation.faults(indicator, base, others):
                gather.expect(False, path, f"{indicator.id}.{key}", rule)
            found[indicator.id] = derivation.taken_over(indicator, base)
