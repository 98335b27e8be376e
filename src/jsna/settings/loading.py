"""Everything configured for one edition, loaded and checked together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from jsna.errors import JsnaError, Problem
from jsna.model.configuration import Configuration
from jsna.model.editions import Edition
from jsna.model.indicators import Indicator
from jsna.model.layouts import MappingFile
from jsna.model.profiles import Profile
from jsna.model.releases import Release, published
from jsna.settings import checks as edition_checks
from jsna.settings.areas import load_area
from jsna.settings.dimensions import Categories
from jsna.settings.indicators import load_catalogue
from jsna.settings.mappings import load_mappings
from jsna.settings.questions import load_questions, load_topics
from jsna.settings.reading import Gatherer, Place
from jsna.settings.releases import check_releases, choose, load_releases
from jsna.settings.shared import (
    load_lists,
    load_profiles,
    rolls_of,
    usage_of,
)

#: What is wrong with indicators beside the code lists and dimensions they name.
Judge = Callable[[Mapping[str, Indicator], Categories], Iterable[Problem]]
#: Where a period of an extract stands in an edition.
_PERIOD: Final = ("extracts", "*", "periods", "*")
#: Of each key an edition must have, something that breaks no rule.
_STAND_INS: Mapping[str, Any] = {
    "title": "unknown",
    "kind": "full",
    "area": "unknown",
    "reference_date": date(2000, 1, 1),
    "published": date(9999, 12, 31),
}


def _mended(name: str, content: Any, places: Iterable[Place]) -> tuple[Edition | None, bool]:
    """An edition without what its model refused, so that the rest is checked in the same go.

    Returns:
        the edition, which is not to be built, and whether its area is the one that was given.
    """
    if not isinstance(content, dict):
        return None, False
    refused = _there(content, places)
    while True:
        content = _without(content, refused)
        try:
            mended = Edition.model_validate({**_STAND_INS, "edition": name, **content})
        except ValidationError as error:
            # What is left may lack a key that must be there: then it goes too.
            refused = _there(content, [found["loc"] for found in error.errors()])
            if not refused:
                return None, False
        else:
            return mended, "area" in content


def _there(content: Any, places: Iterable[Place]) -> set[Place]:
    """Places of a file; for one that the file has not, what it would stand in.

    A place within a period stands for the whole of it: without a part it would be told of again.
    """
    return {_as_far_as_there(content, place[: len(_PERIOD)]) for place in places} - {()}


def _as_far_as_there(content: Any, place: Place) -> Place:
    for depth, key in enumerate(place):
        held = dict(enumerate(content)) if isinstance(content, list) else content
        if not isinstance(held, dict) or key not in held:
            return place[:depth]
        content = held[key]
    return place


def _without(content: Any, places: set[Place], here: Place = ()) -> Any:
    """What a file holds without some places."""
    if len(here) == len(_PERIOD) or not isinstance(content, dict | list):
        return content
    parts = content.items() if isinstance(content, dict) else enumerate(content)
    kept = {
        key: _without(part, places, (*here, key))
        for key, part in parts
        if (*here, key) not in places
    }
    return kept if isinstance(content, dict) else list(kept.values())


def editions(root: Path) -> list[str]:
    """Names of the editions configured below `root`."""
    return sorted(path.stem for path in (root / "config/editions").glob("*.yaml"))


def load(
    name: str,
    root: Path,
    *,
    extracts: Callable[[], Mapping[str, Any]] | None = None,
    beside: Judge | None = None,
) -> Configuration:
    """Load and cross-check the configuration of an edition.

    Args:
        name: name of the edition.
        root: folder of the project.
        extracts: gives the declared extracts; the registry where not given.
        beside: what later stages ask of the indicators, told in the same go.

    Raises:
        JsnaError: listing every problem in every file the edition touches.
    """
    if extracts is None:
        from jsna.sources import registry

        extracts = registry
    gather = Gatherer(root)
    path = f"config/editions/{name}.yaml"
    edition = gather.load(path, Edition)
    area_given = edition is not None
    if path in gather.broken:
        edition, area_given = _mended(name, *gather.broken[path])
    categories = load_lists(gather)
    codelists = {name: one.codes for name, one in categories.lists.items()}
    releases = load_releases(gather)
    indicators, relations, chapters = load_catalogue(gather, categories, releases)
    check_releases(gather, releases, indicators, categories)
    questions = load_questions(gather, indicators, chapters, categories.dimensions)
    topics = load_topics(gather, indicators, questions, extracts())
    if beside is not None:
        gather.problems += beside(indicators, categories)
    for stem, chapter in chapters.items():
        for extract in sorted(set(chapter.fed_by) - set(extracts())):
            where = f"config/indicators/{stem}.yaml"
            gather.expect(False, where, "fed_by", "no such extract", extract)
    profiles = load_profiles(gather)
    area = None
    chosen: dict[str, tuple[Release, ...]] = {}
    mappings: dict[str, MappingFile] = {}
    if edition is not None:
        gather.expect(edition.edition == name, path, "edition", f"must be the file's name {name!r}")
        chosen = choose(gather, edition, path, releases)
        if area_given:
            area = load_area(gather, edition, chosen)
        _check_profiles(gather, edition, path, profiles)
        before = _editions_before(root, edition)
        for found in edition_checks.of_edition(edition, extracts(), chapters, before):
            gather.expect(False, path, *found)
        _check_deliveries(gather, edition, path, extracts())
        rolls = rolls_of(categories.lists)
        mappings = load_mappings(
            gather, edition, path, extracts(), codelists, rolls, usage_of(categories.lists)
        )
        for missing in edition_checks.codes_missing(extracts(), codelists):
            where = f"config/codelists/{missing}.yaml"
            if not (root / where).is_file():
                rule = "this list of codes is missing; extracts are checked against it"
                gather.problems.append(Problem(where, rule, code="config.missing"))
    if gather.problems:
        raise JsnaError(gather.problems, title=f"The configuration of {name!r} has problems:")
    assert edition is not None
    assert area is not None
    if not edition.chapters:
        # Without local records, a chapter of which no release gives a figure is left out.
        given = {indicators[n].chapter for of in chosen.values() for r in of for n in r.gives}
        every = edition.kind == "full"
        printed = tuple(n for n, c in chapters.items() if every or c.always or n in given)
        edition = edition.model_copy(update={"chapters": printed})
    return Configuration(
        edition,
        area,
        chosen,
        profiles,
        indicators,
        codelists,
        categories.hierarchies,
        published(chosen, indicators),
        rolls_of(categories.lists),
        usage_of(categories.lists),
        relations,
        categories.dimensions,
        chapters,
        mappings,
        questions,
        topics.topics if topics else {},
        topics.avoid if topics else {},
    )


def _editions_before(root: Path, edition: Edition) -> set[str]:
    """Editions that may be named: of one no longer configured, its publications are enough."""
    there = {name for name in edition.previous if (root / "data/publications" / name).is_dir()}
    return {*editions(root), *there}


def _check_profiles(
    gather: Gatherer, edition: Edition, path: str, profiles: Mapping[str, Profile]
) -> None:
    """Names of profiles that no file has; a faulty file has its name all the same."""
    folder = gather.root / "config/disclosure"
    there = {*profiles, *(file.stem for file in folder.glob("*.yaml"))}
    for key, name in [
        ("profile", edition.profile),
        *((f"profiles.{extract}", name) for extract, name in edition.profiles.items()),
    ]:
        rule = f"no such disclosure profile; there are {', '.join(sorted(there)) or 'none'}"
        gather.expect(name in there, path, key, rule, name)


def _check_deliveries(
    gather: Gatherer, edition: Edition, path: str, declared: Mapping[str, Any]
) -> None:
    for name in dict.fromkeys(supply.extract for supply in edition.extracts):
        rule = f"no such extract; declared are {', '.join(declared)}"
        gather.expect(name in declared, path, f"extracts ({name}).extract", rule, name)
    for delivery in edition.deliveries:
        key = edition_checks.named(delivery)
        extract = declared.get(delivery.extract)
        if extract is None or delivery.status != "received":
            continue
        for rule, found in edition_checks.of_files(delivery, extract):
            gather.expect(False, path, f"{key}.files", rule, found)
        for file in sorted(set(delivery.every_file)):
            # Real records are never taken on trust: what was received is named by its digest.
            gather.expect(
                edition.synthetic or file in delivery.sha256,
                path,
                f"{key}.sha256",
                "no SHA-256 is recorded for the file",
                file,
            )
