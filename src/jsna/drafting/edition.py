"""`jsna new edition`: the edition of an authority, from its name and the registered releases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final, Literal

import yaml

from jsna import io
from jsna.drafting import districts
from jsna.errors import JsnaError, Problem
from jsna.model.areas import AreaFile
from jsna.model.releases import Release
from jsna.settings import authorities
from jsna.settings.authorities import Authority
from jsna.settings.reading import Gatherer
from jsna.settings.releases import load_releases

Kind = Literal["open", "full"]
#: Disclosure profile an edition of each kind starts with.
_PROFILES: Final[dict[Kind, str]] = {"open": "official", "full": "default"}
_YEAR: Final = re.compile(r"\b(?:19|20)\d\d\b")
_THURSDAY: Final = 3
_EXTRACTS: Final = """\
# Each extract with its owner, what allows its use, and the periods it came for; see the user guide.
extracts: []
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for.

    Attributes:
        authority: its name, slug, code or number.
        year: of the edition; 0 for the latest there are official releases for.
        kind: `open` stands on official statistics alone.
        today: day the edition is dated.
    """

    authority: str
    year: int
    kind: Kind
    today: date


@dataclass(frozen=True, slots=True)
class New:
    """An edition to be written.

    Attributes:
        name: of the edition.
        text: its file.
    """

    name: str
    text: str

    @property
    def file(self) -> str:
        """Its file, below the project's folder."""
        return f"config/editions/{self.name}.yaml"


@dataclass(frozen=True, slots=True)
class Draft(New):
    """That of an authority.

    Attributes:
        authority: whose it is.
        missing: datasets with no release as early as the edition.
    """

    authority: Authority
    missing: tuple[str, ...]


def draft(wanted: Wanted, root: Path) -> Draft:
    """The edition somebody asks for.

    Raises:
        JsnaError: no authority is called so, no release is as early, or files of the
            configuration are wrong.
    """
    gather = Gatherer(root)
    real = [one for one in load_releases(gather).values() if not one.synthetic]
    try:
        authority = authorities.register(root).find(wanted.authority)
    except JsnaError as error:
        raise districts.told(error, wanted.authority, root, real) from None
    area = _area(authority, gather)
    if gather.problems:
        raise JsnaError(gather.problems)
    year = wanted.year or max(map(_year, real), default=wanted.today.year)
    asked = [
        one
        for one in real
        if (wanted.kind == "full" or not one.for_records)
        and (not one.covers or authority.code in one.covers)
    ]
    chosen = _newest(asked, year)
    if not chosen:
        rule = "no official release is registered that is as early"
        raise JsnaError(Problem("--year", rule, value=str(year), code="new.year"))
    missing = {one.dataset for one in asked} - {*chosen}
    name = f"{authority.slug}-{wanted.kind}-{year}"
    counted = census_day(year)
    return Draft(
        name,
        _text(
            name, wanted.kind, area, _title(authority, year, wanted.kind), counted,
            max(wanted.today, counted), chosen,
        ),
        authority,
        tuple(sorted(missing)),
    )  # fmt: skip


def write(made: New, root: Path) -> None:
    """Put it in its place.

    Raises:
        JsnaError: an edition of this name is there.
    """
    file = root / made.file
    if file.exists():
        rule = "this edition is there already, and stays as it is; open it, or give another --year"
        raise JsnaError(Problem(made.file, rule, code="new.exists"))
    io.write_text(file, made.text)


def told(made: Draft) -> Iterator[str]:
    """What was written, and what comes next."""
    one = made.authority
    kind = one.kind.replace("_", " ")
    yield f"{made.file}: {one.name} ({one.code}, {one.number}), {kind}, {one.region.name}"
    for dataset in made.missing:
        yield f"  {dataset}: no release is registered that is as early as this edition"
    yield "Read it, and put its dates and contact right. Then:"
    for verb in ("fetch", "check", "build"):
        yield f"  jsna {verb} {made.name}"


def census_day(year: int) -> date:
    """The day of the school census of spring: the third Thursday of January."""
    first = date(year, 1, 1)
    return first + timedelta(days=(_THURSDAY - first.weekday()) % 7 + 14)


def _area(authority: Authority, gather: Gatherer) -> str:
    """Name of the file that declares something of its area already, or what it goes by."""
    for file in sorted((gather.root / "config/areas").glob("*.yaml")):
        given = gather.load(f"config/areas/{file.name}", AreaFile)
        if given is not None and given.code == authority.code:
            return file.stem
    return authority.slug


def _year(release: Release) -> int:
    """The year a release is of, by what its publisher calls it."""
    return max((int(found) for found in _YEAR.findall(release.release)), default=0)


def _newest(releases: Iterable[Release], year: int) -> dict[str, str]:
    """Dataset -> newest release of it that is no later; compilations last."""
    fit = [one for one in releases if one.form_of is None and _year(one) <= year]
    ordered = sorted(fit, key=lambda one: (_year(one), one.id))
    found = {one.dataset: one for one in ordered}
    return {
        one.dataset: one.id for one in sorted(found.values(), key=lambda o: (o.compiled, o.dataset))
    }


def _title(authority: Authority, year: int, kind: Kind) -> str:
    """What the report is called; `Avonby, City of` is turned round."""
    head, _, style = authority.name.partition(", ")
    name = f"{style} {head}" if style.endswith(" of") else authority.name
    of = ", from official statistics" if kind == "open" else ""
    return f"{name} SEND joint strategic needs assessment {year}{of}"


def _text(
    name: str, kind: Kind, area: str, title: str, counted: date, published: date,
    releases: dict[str, str],
) -> str:  # fmt: skip
    head = {
        "edition": name,
        "title": title,
        "kind": kind,
        "area": area,
        "reference_date": counted,
        "published": published,
        "profile": _PROFILES[kind],
    }
    schema = "# yaml-language-server: $schema=../schemas/edition.json\n"
    parts = [
        yaml.safe_dump(part, sort_keys=False, allow_unicode=True, width=1000)
        for part in (head, {"releases": releases})
    ]
    return "".join([schema, *parts, _EXTRACTS if kind == "full" else ""])
