"""Typed configuration: editions, areas, sources and disclosure profiles.

One model per kind of file. Unknown keys, missing files and wrong codes are gathered into one error
that lists them all, each with the file and the key in it.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from jsna import edition_checks
from jsna.errors import JsnaError, Problem
from jsna.measures.declaration import ChapterIndicators, Indicator
from jsna.measures.nesting import Nest

_AUTHORITY, _LOCALITY = r"^E(0[6-9]|10)\d{6}$", r"^E(05|07)\d{6}$"
_OLD, _SHA256, _NAME = r"^\d{3}$", r"^[0-9a-f]{64}$", r"^[a-z0-9][a-z0-9_-]*$"
AuthorityCode = Annotated[str, Field(pattern=_AUTHORITY)]
LocalityCode = Annotated[str, Field(pattern=_LOCALITY)]
OldCode = Annotated[str, Field(pattern=_OLD)]
#: In either case of letters: tools of Windows write it in capitals.
Sha256 = Annotated[
    str,
    BeforeValidator(lambda text: text.strip().lower() if isinstance(text, str) else text),
    Field(pattern=_SHA256),
]
Name = Annotated[str, Field(pattern=_NAME)]
Words = Annotated[str, Field(min_length=1)]


class Strict(BaseModel):
    """A model that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Place(Strict):
    """A named place with its Government Statistical Service code."""

    code: str
    name: Words


class Locality(Place):
    """A part of an authority the report breaks down to: a district of a county, or a ward."""

    code: LocalityCode
    #: Column and row of the place in a tile map, from the top left; optional.
    tile: tuple[int, int] | None = None


class LocalityGroup(Strict):
    """Localities shown together where counts of single ones are small."""

    code: Name
    name: Words
    localities: Annotated[tuple[LocalityCode, ...], Field(min_length=1)]
    tile: tuple[int, int] | None = None


class Neighbour(Place):
    """A statistical neighbour, closest first."""

    code: AuthorityCode
    old_la_code: OldCode


class Area(Strict):
    """An upper-tier authority with its localities, region and statistical neighbours."""

    area: Name
    name: Words
    code: AuthorityCode
    old_la_code: OldCode
    #: Earlier three-digit codes, which UPNs of older pupils still carry.
    former_old_la_codes: tuple[OldCode, ...] = ()
    kind: Literal["county", "unitary"]
    country: Place
    region: Place
    localities_are: Literal["district", "ward"]
    localities: tuple[Locality, ...]
    #: Every locality in one group, or no groups; rungs of ladders use them.
    locality_groups: tuple[LocalityGroup, ...] = ()
    neighbours_model: str = ""
    neighbours: tuple[Neighbour, ...] = ()

    @property
    def locality_names(self) -> dict[str, str]:
        """Names of the localities by code."""
        return {place.code: place.name for place in self.localities}


class Delivery(Strict):
    """One extract as it was received for one period, or the statement that it was not."""

    extract: Name
    period: str
    status: Literal["received", "not received"] = "received"
    #: Table of the extract -> file below `data/raw/<edition>/`; one workbook may hold several.
    files: dict[str, str] = {}
    #: File -> SHA-256; may be left out only in a synthetic edition, whose generator lists them.
    sha256: dict[str, Sha256] = {}
    as_at: date | None = None
    owner: str = ""
    legal_basis: str = ""
    assessment: str = ""
    opt_out: str = ""
    reason: str = ""

    @model_validator(mode="after")
    def _received_or_not(self) -> Delivery:
        if self.status == "received" and not self.files:
            raise ValueError("a received extract needs `files`")
        if self.status == "not received" and not self.reason:
            raise ValueError("an extract not received needs a `reason`, printed in the report")
        return self


class Synthesis(Strict):
    """Size of a synthetic edition; effects and fault rates sit in the generator's own file."""

    seed: int
    pupils: int = Field(gt=0)
    plans: int = Field(gt=0)
    lsoas: int = Field(gt=0)


class Edition(Strict):
    """One published JSNA."""

    edition: Name
    title: Words
    kind: Literal["full", "open"]
    synthetic: bool = False
    area: Name
    #: The day of the school census and SEN2 return the edition stands on.
    reference_date: date
    #: Printed on the report, and the source of every timestamp in its files.
    published: date
    contact: str = ""
    profile: Name = "default"
    #: Extract or dataset -> disclosure profile, where it differs from `profile`.
    profiles: dict[str, Name] = {}
    #: Dataset (what it is) -> source (which release of it), see `config/sources.yaml`.
    sources: dict[Name, Name] = {}
    extracts: tuple[Delivery, ...] = ()
    #: Code of a validation rule (`census.upn.letter`) -> severity, where not the declared one.
    severities: dict[str, Literal["error", "warning"]] = {}
    chapters: tuple[Name, ...]
    synthesis: Synthesis | None = None

    @model_validator(mode="after")
    def _kind_fits(self) -> Edition:
        if self.kind == "open" and self.extracts:
            raise ValueError("an open edition has no local extracts; make it `kind: full`")
        if self.synthetic != (self.synthesis is not None):
            raise ValueError("`synthesis` is given exactly where `synthetic: true`")
        return self

    @property
    def received(self) -> tuple[Delivery, ...]:
        """Deliveries that arrived."""
        return tuple(d for d in self.extracts if d.status == "received")


class Source(Strict):
    """One release of an official dataset, and where it comes from."""

    #: What it is, whoever issues it: names the reader and is what indicators refer to.
    dataset: Name
    publisher: str
    title: str
    release: str
    #: File name below `data/raw/<edition>/published/`.
    file: str
    #: Path of the file below the folder given to `fetch --from`.
    path: str = ""
    address: str = ""
    page: str = ""
    licence: str
    published: date | None = None
    sha256: Sha256 | None = None
    synthetic: bool = False
    note: str = ""


class Sources(Strict):
    """The source register, `config/sources.yaml`."""

    sources: dict[Name, Source]


class Profile(Strict):
    """A disclosure profile: how small numbers of one kind of source are protected.

    Attributes:
        threshold: counts from 1 to threshold − 1 are primary cells; 0 means none are.
        rounding: published counts are rounded to this base; 1 means not rounded.
        complements: whether those not counted (denominator less numerator) are protected alike.
        secondary: whether further cells are hidden so that no primary can be worked out.
        zeros_shown: whether zeros are always published (the attacker then knows a mark is ≥ 1).
    """

    profile: Name
    title: str
    rule: str
    threshold: int = Field(ge=0)
    rounding: int = Field(default=1, ge=1)
    complements: bool = True
    secondary: bool = True
    zeros_shown: bool = False


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything configured for one edition, checked together."""

    edition: Edition
    area: Area
    #: Dataset -> (source id, source) as the edition chooses them.
    sources: Mapping[str, tuple[str, Source]]
    profiles: Mapping[str, Profile]
    #: Indicator id -> declaration, in the order of chapters and files.
    indicators: Mapping[str, Indicator]
    codelists: Mapping[str, Mapping[str, str]]
    #: Coarser dimension -> the finer one its categories are made of, from the code lists.
    nests: Mapping[str, Nest] = field(default_factory=dict)


M = TypeVar("M", bound=BaseModel)

#: The safe loader in C where PyYAML has it: every stage loads some forty files.
_SAFE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SAFE):  # type: ignore[misc]
    """Refuses a key given twice, of which YAML would silently take the last."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """A mapping with as many keys as are written."""
        written = len(node.value)
        made: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        if len(made) < written:
            seen: set[str] = set()
            for key, _ in node.value:
                if key.value in seen:
                    problem = f"the key {key.value!r} stands twice; keep one"
                    raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
                seen.add(key.value)
        return made


#: Pattern -> how it is told.
_SHAPES = {
    _AUTHORITY: "must be the code of an authority, E06 to E10 and six digits",
    _LOCALITY: "must be the code of a ward (E05) or district (E07) and six digits",
    _OLD: "must be three digits in quotation marks",
    _SHA256: "must be a SHA-256, 64 hexadecimal digits",
    _NAME: "must be small letters, digits, - and _ without spaces",
}

#: What a type of pydantic's errors means to whoever edits a file.
_RULES = {
    "extra_forbidden": "unknown key; check its spelling",
    "missing": "required key is missing",
    "string_type": "must be text; put it in quotation marks",
    "date_type": "must be a date written like 2025-01-16",
    "date_from_datetime_parsing": "must be a day that exists, written like 2025-01-16",
    "date_from_datetime_inexact": "must be a date written like 2025-01-16",
    "date_parsing": "must be a day that exists, written like 2025-01-16",
    "string_too_short": "must not be empty",
    "model_type": "must hold keys and values; is the file empty?",
}


class _Gatherer:
    """Loads files and keeps every problem instead of stopping at the first."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []
        #: File -> what it holds and the places in it that its model refused.
        self.broken: dict[str, tuple[Any, list[tuple[int | str, ...]]]] = {}

    def load(self, path: str, model: type[M]) -> M | None:
        file = self.root / path
        if not file.is_file():
            near = sorted(p.stem for p in file.parent.glob("*.yaml"))
            rule = f"this file does not exist; its folder has: {', '.join(near) or 'nothing'}"
            self.problems.append(Problem(path, rule, code="config.missing"))
            return None
        content, problem = _read(file, path)
        if problem is not None:
            self.problems.append(problem)
            return None
        try:
            return model.model_validate(content)
        except ValidationError as error:
            self.problems += [_in_words(path, found, content) for found in error.errors()]
            self.broken[path] = (content, [found["loc"] for found in error.errors()])
            return None

    def expect(self, ok: bool, path: str, key: str, rule: str, value: str = "") -> None:
        if not ok:
            self.problems.append(
                Problem(path, rule, column=key, value=value, code="config.reference")
            )


def _read(file: Path, path: str) -> tuple[Any, Problem | None]:
    """What a YAML file holds, or why it cannot be read."""
    content = file.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        first = content.count(b"\n", 0, error.start) + 1
        rule = "is not UTF-8 text; save it with the encoding UTF-8"
        return None, Problem(path, rule, row=first, code="config.encoding")
    try:
        return yaml.load(text, Loader=_Loader), None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        row = None if mark is None else mark.line + 1
        rule = f"is not valid YAML: {getattr(error, 'problem', None) or 'cannot be read'}"
        lines = text.split("\n")
        if row is not None and "\t" in lines[min(row, len(lines)) - 1]:
            rule += "; indent with spaces, not tabs"
        return None, Problem(path, rule, row=row, code="config.yaml")


def _in_words(path: str, found: Any, content: Any) -> Problem:
    """One of pydantic's findings as a problem."""
    loc, value = list(found["loc"]), found.get("input")
    key = ".".join(map(str, loc)) or None
    if loc[:1] == ["extracts"] and len(loc) > 1:
        # Which of a dozen entries it is, is not told by its number.
        entry = content["extracts"][loc[1]]
        if isinstance(entry, dict):
            which = ", ".join(str(entry[k]) for k in ("extract", "period") if k in entry)
            key = ".".join([f"extracts ({which})", *map(str, loc[2:])])
    shown = "" if value is None or isinstance(value, dict | list | tuple) else str(value)
    if found["type"] == "missing":
        shown = ""
    rule = _RULES.get(found["type"], found["msg"].removeprefix("Value error, "))
    rule = _SHAPES.get(found.get("ctx", {}).get("pattern"), rule)
    return Problem(path, rule, column=key, value=shown, code="config.value")


#: Of each key an edition must have, something that breaks no rule.
_STAND_INS: Mapping[str, Any] = {
    "title": "unknown",
    "kind": "full",
    "area": "unknown",
    "reference_date": date(2000, 1, 1),
    "published": date(9999, 12, 31),
    "chapters": ("methods",),
}


def _mended(
    name: str, content: Any, places: list[tuple[int | str, ...]]
) -> tuple[Edition | None, bool]:
    """An edition without what its model refused, so that the rest is checked in the same go.

    Returns:
        the edition, which is not to be built, and whether its area is the one that was given.
    """
    if not isinstance(content, dict):
        return None, False
    kept = {key: value for key, value in content.items() if (key,) not in places}
    for top in {place[0] for place in places if len(place) > 1}:
        inner = {place[1] for place in places if place[0] == top and len(place) > 1}
        value = content[top]
        if isinstance(value, dict):
            kept[top] = {key: one for key, one in value.items() if key not in inner}
        elif isinstance(value, list):
            kept[top] = [one for index, one in enumerate(value) if index not in inner]
    try:
        mended = Edition.model_validate({**_STAND_INS, "edition": name, **kept})
    except ValidationError:
        return None, False
    return mended, "area" in kept


def editions(root: Path) -> list[str]:
    """Names of the editions configured below `root`."""
    return sorted(path.stem for path in (root / "config/editions").glob("*.yaml"))


def load(
    name: str, root: Path, *, extracts: Callable[[], Mapping[str, Any]] | None = None
) -> Configuration:
    """Load and cross-check the configuration of an edition.

    Args:
        name: name of the edition.
        root: folder of the project.
        extracts: gives the declared extracts; the registry where not given.

    Raises:
        JsnaError: listing every problem in every file the edition touches.
    """
    if extracts is None:
        from jsna.extracts import registry

        extracts = registry
    gather = _Gatherer(root)
    path = f"config/editions/{name}.yaml"
    edition = gather.load(path, Edition)
    area_given = edition is not None
    if path in gather.broken:
        edition, area_given = _mended(name, *gather.broken[path])
    register = gather.load("config/sources.yaml", Sources)
    lists = _load_codelist_files(gather)
    codelists = {name: one.codes for name, one in lists.items()}
    indicators = _load_indicators(gather)
    profiles = _load_profiles(gather)
    area = None
    chosen: dict[str, tuple[str, Source]] = {}
    if edition is not None:
        if area_given:
            area = _load_area(gather, edition)
        gather.expect(edition.edition == name, path, "edition", f"must be the file's name {name!r}")
        chosen = _choose_sources(gather, edition, path, register)
        for key in (edition.profile, *edition.profiles.values()):
            gather.expect(key in profiles, path, "profile", "no such disclosure profile", key)
        for found in edition_checks.of_edition(edition, extracts(), _chapters(root, indicators)):
            gather.expect(False, path, *found)
        _check_deliveries(gather, edition, path, extracts())
        for missing in edition_checks.codes_missing(extracts(), codelists):
            where = f"config/codelists/{missing}.yaml"
            if not (root / where).is_file():
                rule = "this list of codes is missing; columns of extracts refer to it"
                gather.problems.append(Problem(where, rule, code="config.missing"))
    if gather.problems:
        raise JsnaError(gather.problems, title=f"The configuration of {name!r} has problems:")
    assert edition is not None
    assert area is not None
    return Configuration(edition, area, chosen, profiles, indicators, codelists, _nests(lists))


def _load_area(gather: _Gatherer, edition: Edition) -> Area | None:
    path = f"config/areas/{edition.area}.yaml"
    area = gather.load(path, Area)
    if area is not None:
        for found in edition_checks.of_area(area):
            gather.expect(False, path, *found)
    return area


def _chapters(root: Path, indicators: Mapping[str, Indicator]) -> set[str]:
    """Every chapter there is; none where the templates are elsewhere, and nothing is judged."""
    ending = ".html.j2"
    templates = (root / "reports/templates/chapters").glob(f"*{ending}")
    written = {file.name.removesuffix(ending) for file in templates}
    return written | {i.chapter for i in indicators.values()} if written else set()


def _choose_sources(
    gather: _Gatherer, edition: Edition, path: str, register: Sources | None
) -> dict[str, tuple[str, Source]]:
    """Dataset -> the release of it that the edition uses."""
    chosen: dict[str, tuple[str, Source]] = {}
    if register is None:
        return chosen
    for dataset, source_id in edition.sources.items():
        key = f"sources.{dataset}"
        source = register.sources.get(source_id)
        if source is None:
            near = difflib.get_close_matches(source_id, list(register.sources), n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            rule = f"no such source in config/sources.yaml{hint}"
            gather.expect(False, path, key, rule, source_id)
            continue
        chosen[dataset] = (source_id, source)
        of = f"this source is of dataset {source.dataset!r}"
        gather.expect(source.dataset == dataset, path, key, of, source_id)
        real = "this source is invented; only a synthetic edition may use it"
        gather.expect(edition.synthetic or not source.synthetic, path, key, real, source_id)
    return chosen


def _check_deliveries(
    gather: _Gatherer, edition: Edition, path: str, declared: Mapping[str, Any]
) -> None:
    for delivery in edition.extracts:
        key = edition_checks.named(delivery)
        extract = declared.get(delivery.extract)
        gather.expect(
            extract is not None,
            path,
            f"{key}.extract",
            f"no such extract; declared are {', '.join(declared)}",
            delivery.extract,
        )
        if extract is None or delivery.status != "received":
            continue
        names = {table.name for table in extract.tables}
        for table in sorted(names - set(delivery.files)):
            gather.expect(False, path, f"{key}.files", f"no file is given for table {table!r}")
        for table in sorted(set(delivery.files) - names):
            rule = f"the extract has no such table; it has {', '.join(sorted(names))}"
            gather.expect(False, path, f"{key}.files", rule, table)
        for file in sorted(set(delivery.files.values())):
            # Real records are never taken on trust: what was received is named by its digest.
            gather.expect(
                edition.synthetic or file in delivery.sha256,
                path,
                f"{key}.sha256",
                "no SHA-256 is recorded for the file",
                file,
            )


def _load_indicators(gather: _Gatherer) -> dict[str, Indicator]:
    found: dict[str, Indicator] = {}
    for file in sorted((gather.root / "config/indicators").glob("*.yaml")):
        path = f"config/indicators/{file.name}"
        chapter = gather.load(path, ChapterIndicators)
        if chapter is None:
            continue
        for indicator in chapter.indicators:
            rule = "an indicator of this id is declared already"
            gather.expect(indicator.id not in found, path, "indicators", rule, indicator.id)
            found[indicator.id] = indicator.model_copy(update={"chapter": chapter.chapter})
    for indicator in found.values():
        path = f"config/indicators/{indicator.chapter}.yaml"
        for other in indicator.refers_to:
            gather.expect(other in found, path, indicator.id, "refers to no such indicator", other)
    return found


def _load_profiles(gather: _Gatherer) -> dict[str, Profile]:
    found: dict[str, Profile] = {}
    for file in sorted((gather.root / "config/disclosure").glob("*.yaml")):
        profile = gather.load(f"config/disclosure/{file.name}", Profile)
        if profile is not None:
            found[profile.profile] = profile
    return found


class CodeList(Strict):
    """A versioned list of codes: `config/codelists/<name>.yaml`."""

    codelist: Name
    title: str
    source: str
    version: str
    #: Code -> label, in the order they are shown.
    codes: dict[str, str]
    #: The finer dimension, where this list is a coarser version of it …
    of: str = ""
    #: … and for each code the finer codes it stands for, each of them in one place.
    finer: dict[str, tuple[str, ...]] = {}


def _load_codelist_files(gather: _Gatherer) -> dict[str, CodeList]:
    found: dict[str, CodeList] = {}
    for file in sorted((gather.root / "config/codelists").glob("*.yaml")):
        codelist = gather.load(f"config/codelists/{file.name}", CodeList)
        if codelist is not None:
            found[codelist.codelist] = codelist
    for codelist in found.values():
        for finding in edition_checks.of_codelist(codelist, found):
            gather.expect(False, f"config/codelists/{codelist.codelist}.yaml", *finding)
    return found


def load_codelists(gather: _Gatherer) -> dict[str, Mapping[str, str]]:
    """Every code list by name: code -> label in display order."""
    return {name: found.codes for name, found in _load_codelist_files(gather).items()}


def _nests(found: Mapping[str, CodeList]) -> dict[str, Nest]:
    return {
        name: Nest(one.of, {code: frozenset(parts) for code, parts in one.finer.items()})
        for name, one in found.items()
        if one.of
    }


def codelists(root: Path) -> dict[str, Mapping[str, str]]:
    """Every code list below `root`, or every problem in them."""
    gather = _Gatherer(root)
    found = load_codelists(gather)
    if gather.problems:
        raise JsnaError(gather.problems, title="The code lists have problems:")
    return found


def nests(root: Path) -> dict[str, Nest]:
    """Every coarser dimension below `root`, or every problem in the code lists."""
    gather = _Gatherer(root)
    found = _nests(_load_codelist_files(gather))
    if gather.problems:
        raise JsnaError(gather.problems, title="The code lists have problems:")
    return found


def indicators(root: Path) -> dict[str, Indicator]:
    """Every indicator declared below `root`, in order, or every problem in them."""
    gather = _Gatherer(root)
    found = _load_indicators(gather)
    if gather.problems:
        raise JsnaError(gather.problems, title="The indicators have problems:")
    return found


def profiles(root: Path) -> dict[str, Profile]:
    """Every disclosure profile below `root`, or every problem in them."""
    gather = _Gatherer(root)
    found = _load_profiles(gather)
    if gather.problems:
        raise JsnaError(gather.problems, title="The disclosure profiles have problems:")
    return found
