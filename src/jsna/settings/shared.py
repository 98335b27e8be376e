"""What every edition stands on: indicators, code lists and disclosure profiles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from jsna.errors import JsnaError
from jsna.model.chapters import Chapter
from jsna.model.codelists import CodeList, CodeListFile, Usage
from jsna.model.dimensions import Dimension
from jsna.model.hierarchies import Hierarchy
from jsna.model.indicators import Indicator
from jsna.model.profiles import Profile, ProfileFile
from jsna.model.questions import Needed, QuestionsFile
from jsna.model.relations import Relation
from jsna.settings import checks as edition_checks
from jsna.settings import fields, made_lists, reading
from jsna.settings.dimensions import (
    Categories,
    check_dimensions,
    load_dimensions,
)
from jsna.settings.indicators import load_catalogue
from jsna.settings.questions import QUESTIONS
from jsna.settings.reading import Gatherer
from jsna.settings.releases import load_releases

T = TypeVar("T")


def load_profiles(gather: Gatherer) -> dict[str, Profile]:
    """Every disclosure profile by name."""
    found: dict[str, Profile] = {}
    for file in sorted((gather.root / "config/disclosure").glob("*.yaml")):
        path = f"config/disclosure/{file.name}"
        profile = gather.load(path, ProfileFile)
        if profile is None:
            continue
        for finding in edition_checks.of_profile(profile, file.stem):
            gather.expect(False, path, *finding)
        found[file.stem] = profile.model_copy(update={"profile": file.stem})
    return found


def load_lists(gather: Gatherer) -> Categories:
    """Every code list and every dimension by name."""
    found: dict[str, CodeList] = {}
    for file in sorted((gather.root / "config/codelists").glob("*.yaml")):
        given = gather.load(f"config/codelists/{file.name}", CodeListFile)
        if given is not None:
            found[file.stem] = CodeList(**dict(given), codelist=file.stem)
    fields.check(gather)
    made_lists.check_own(gather, found)
    link = found["link"].codes if "link" in found else {}
    found |= {made.codelist: made for made in made_lists.made(gather, link)}
    categories = Categories(found, load_dimensions(gather))
    if categories.dimensions:
        absent = {name for name in categories.dimensions if name not in categories.listed}
        for codelist in found.values():
            if codelist.of in absent:
                continue  # that its code list is not there is told of the dimension
            for finding in edition_checks.of_codelist(codelist, categories.listed):
                gather.expect(False, made_lists.place(codelist.codelist), *finding)
        check_dimensions(gather, categories)
    return categories


def rolls_of(found: Mapping[str, CodeList]) -> dict[str, Mapping[str, str]]:
    """Code list -> optional code -> the code of the list it counts as, of those that have any."""
    return {name: one.rolls_up for name, one in found.items() if one.rolls_up}


def usage_of(found: Mapping[str, CodeList]) -> dict[str, Usage]:
    """Code list -> in which returns its codes stand, of those of which that is said."""
    return {name: usage for name, one in found.items() if (usage := one.usage)}


def _whole(root: Path, load: Callable[[Gatherer], T], what: str) -> T:
    """What is loaded from below `root`, or every problem in it.

    Raises:
        JsnaError: anything is wrong with what was loaded.
    """
    gather = Gatherer(root)
    found = load(gather)
    if gather.problems:
        raise JsnaError(gather.problems, title=f"The {what} have problems:")
    return found


def categories(root: Path) -> Categories:
    """Every code list and dimension below `root`, or every problem in them."""
    return _whole(root, load_lists, "code lists and dimensions")


def codelists(root: Path) -> dict[str, Mapping[str, str]]:
    """Every code list below `root`, code -> label in display order, or every problem in them."""
    return {name: one.codes for name, one in categories(root).lists.items()}


def rolls(root: Path) -> dict[str, Mapping[str, str]]:
    """Optional codes of every code list below `root`, or every problem in the lists."""
    return rolls_of(categories(root).lists)


def dimensions(root: Path) -> dict[str, Dimension]:
    """Every dimension declared below `root`, or every problem in them."""
    return {**categories(root).dimensions}


def hierarchies(root: Path) -> dict[str, Hierarchy]:
    """Every coarser dimension below `root`, or every problem in the code lists."""
    return categories(root).hierarchies


def indicators(root: Path) -> dict[str, Indicator]:
    """Every indicator declared below `root`, in order, or every problem in them."""
    return _whole(root, _catalogue, "indicators")[0]


def chapters(root: Path) -> dict[str, Chapter]:
    """Every chapter declared below `root`, in order, or every problem in them."""
    return _whole(root, _catalogue, "chapters")[2]


def _catalogue(
    gather: Gatherer,
) -> tuple[dict[str, Indicator], tuple[Relation, ...], dict[str, Chapter]]:
    return load_catalogue(gather, load_lists(gather), load_releases(gather))


def figures(root: Path) -> dict[str, Needed]:
    """Every figure that a question takes, or every problem in their file; none where none asks."""
    file = root / QUESTIONS
    return reading.read(file, QuestionsFile).figures if file.is_file() else {}


def profiles(root: Path) -> dict[str, Profile]:
    """Every disclosure profile below `root`, or every problem in them."""
    return _whole(root, load_profiles, "disclosure profiles")
