"""Typed configuration: editions, areas, sources and disclosure profiles.

One model per kind of file. Unknown keys, missing files and wrong codes are gathered into one error
that lists them all, each with the file and the key in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from jsna.errors import JsnaError, Problem
from jsna.measures.declaration import ChapterIndicators, Indicator

AuthorityCode = Annotated[str, Field(pattern=r"^E(0[6-9]|10)\d{6}$")]
LocalityCode = Annotated[str, Field(pattern=r"^E(05|07)\d{6}$")]
RegionCode = Annotated[str, Field(pattern=r"^E12\d{6}$")]
OldCode = Annotated[str, Field(pattern=r"^\d{3}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]


class Strict(BaseModel):
    """A model that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Place(Strict):
    """A named place with its Government Statistical Service code."""

    code: str
    name: str


class Locality(Place):
    """A part of an authority the report breaks down to: a district of a county, or a ward."""

    code: LocalityCode
    #: Column and row of the place in a tile map, from the top left; optional.
    tile: tuple[int, int] | None = None


class Neighbour(Place):
    """A statistical neighbour, closest first."""

    code: AuthorityCode
    old_la_code: OldCode


class Area(Strict):
    """An upper-tier authority with its localities, region and statistical neighbours."""

    area: Name
    name: str
    code: AuthorityCode
    old_la_code: OldCode
    #: Earlier three-digit codes, which UPNs of older pupils still carry.
    former_old_la_codes: tuple[OldCode, ...] = ()
    kind: Literal["county", "unitary"]
    country: Place
    region: Place
    localities_are: Literal["district", "ward"]
    localities: tuple[Locality, ...]
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
    title: str
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


M = TypeVar("M", bound=BaseModel)

#: The safe loader in C where PyYAML has it: every stage loads some forty files.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Gatherer:
    """Loads files and keeps every problem instead of stopping at the first."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []

    def load(self, path: str, model: type[M]) -> M | None:
        file = self.root / path
        if not file.is_file():
            near = sorted(p.stem for p in file.parent.glob("*.yaml"))
            rule = f"this file does not exist; its folder has: {', '.join(near) or 'nothing'}"
            self.problems.append(Problem(path, rule, code="config.missing"))
            return None
        try:
            content = yaml.load(file.read_text(encoding="utf-8"), Loader=LOADER)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            row = None if mark is None else mark.line + 1
            rule = f"is not valid YAML: {getattr(error, 'problem', None) or 'cannot be read'}"
            self.problems.append(Problem(path, rule, row=row, code="config.yaml"))
            return None
        try:
            return model.model_validate(content)
        except ValidationError as error:
            for found in error.errors():
                key = ".".join(map(str, found["loc"])) or None
                value = found.get("input")
                shown = "" if isinstance(value, dict | list | tuple) else str(value)
                rule = {
                    "extra_forbidden": "unknown key; check its spelling",
                    "missing": "required key is missing",
                }.get(found["type"], found["msg"].removeprefix("Value error, "))
                if found["type"] == "missing":
                    shown = ""
                self.problems.append(
                    Problem(path, rule, column=key, value=shown, code="config.value")
                )
            return None

    def expect(self, ok: bool, path: str, key: str, rule: str, value: str = "") -> None:
        if not ok:
            self.problems.append(
                Problem(path, rule, column=key, value=value, code="config.reference")
            )


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
    gather = _Gatherer(root)
    path = f"config/editions/{name}.yaml"
    edition = gather.load(path, Edition)
    register = gather.load("config/sources.yaml", Sources)
    codelists = load_codelists(gather)
    indicators = _load_indicators(gather)
    profiles = _load_profiles(gather)
    area = gather.load(f"config/areas/{edition.area}.yaml", Area) if edition else None
    chosen: dict[str, tuple[str, Source]] = {}
    if edition is not None:
        gather.expect(edition.edition == name, path, "edition", f"must be the file's name {name!r}")
        for dataset, source_id in edition.sources.items():
            source = register.sources.get(source_id) if register else None
            gather.expect(
                register is None or source is not None,
                path,
                f"sources.{dataset}",
                "no such source in config/sources.yaml",
                source_id,
            )
            if source is not None:
                chosen[dataset] = (source_id, source)
                gather.expect(
                    source.dataset == dataset,
                    path,
                    f"sources.{dataset}",
                    f"this source is of dataset {source.dataset!r}",
                    source_id,
                )
        for key in (edition.profile, *edition.profiles.values()):
            gather.expect(key in profiles, path, "profile", "no such disclosure profile", key)
        _check_deliveries(gather, edition, path, extracts)
    if gather.problems:
        raise JsnaError(gather.problems, title=f"The configuration of {name!r} has problems:")
    assert edition is not None
    assert area is not None
    return Configuration(edition, area, chosen, profiles, indicators, codelists)


def _check_deliveries(
    gather: _Gatherer,
    edition: Edition,
    path: str,
    extracts: Callable[[], Mapping[str, Any]] | None,
) -> None:
    if extracts is None:
        from jsna.extracts import registry

        extracts = registry
    declared = extracts()
    for index, delivery in enumerate(edition.extracts):
        key = f"extracts.{index}"
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


def load_codelists(gather: _Gatherer) -> dict[str, Mapping[str, str]]:
    """Every code list by name: code -> label in display order."""
    found: dict[str, Mapping[str, str]] = {}
    for file in sorted((gather.root / "config/codelists").glob("*.yaml")):
        codelist = gather.load(f"config/codelists/{file.name}", CodeList)
        if codelist is not None:
            found[codelist.codelist] = codelist.codes
    return found


def codelists(root: Path) -> dict[str, Mapping[str, str]]:
    """Every code list below `root`, or every problem in them."""
    gather = _Gatherer(root)
    found = load_codelists(gather)
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
