"""The area of an edition: what its releases say of its authority, and what is declared over that.

A file of `config/areas/` that declares all an area must have stands by itself: an invented place,
or one an analyst has put together. For any other the authority is found in the register by the
area's name (or the file's `code`), its localities and neighbours are those `jsna.releases.home`
derived from the releases of the edition, and the file, where there is one, says what differs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from pydantic import Field, ValidationError

from jsna.io import Paths
from jsna.model.areas import Area, AreaFile, Locality, Neighbour, Shape, Tile
from jsna.model.base import Strict
from jsna.model.editions import Edition
from jsna.model.releases import Release
from jsna.settings import authorities, recoded
from jsna.settings import checks as edition_checks
from jsna.settings.authorities import Authority
from jsna.settings.reading import Gatherer

#: Dataset of the shapes of places.
BOUNDARIES: Final = "boundaries"
#: Datasets an area is derived from.
LOOKUPS: Final = ("authority_lookup", "lsoa_lookup", "neighbours", BOUNDARIES)
Chosen = Mapping[str, tuple[Release, ...]]


class Derived(Strict):
    """What was found of an authority in releases.

    Attributes:
        number: of the authority.
        stands_on: release -> SHA-256 of its file, of every release it was found in.
    """

    number: str
    stands_on: dict[str, str]
    localities: tuple[Locality, ...] = ()
    neighbours_model: str = ""
    neighbours: tuple[Neighbour, ...] = ()
    shapes_from: str = ""
    shapes: dict[str, Shape] = Field(default_factory=dict)


def stands_on(chosen: Chosen) -> dict[str, str]:
    """Release -> digest, of those of an edition that its area is derived from."""
    every = (release for name in LOOKUPS for release in chosen.get(name, ()))
    return {release.id: release.sha256 or "" for release in every}


def declared(gather: Gatherer, edition: Edition) -> tuple[AreaFile | None, Authority | None]:
    """What the file of an area declares, and the authority it is to be derived of.

    There is no authority where the file is whole, or no register knows it.
    """
    path = f"config/areas/{edition.area}.yaml"
    given = gather.load(path, AreaFile) if (gather.root / path).is_file() else None
    if path in gather.failed or (given is not None and given.whole):
        return given, None
    listed = authorities.load(gather)
    if listed is None:
        return given, None
    code = given.code if given is not None else None
    return given, listed.of_code(code) if code else listed.of_slug(edition.area)


def load_area(gather: Gatherer, edition: Edition, chosen: Chosen) -> Area | None:
    """The area of an edition; None, and the problems kept, where it has none."""
    path = f"config/areas/{edition.area}.yaml"
    given, authority = declared(gather, edition)
    if authority is None:
        # Told as what it is held to: every key that is missing.
        area = gather.load(path, Area) if path not in gather.failed else None
        if area is not None and chosen.get(BOUNDARIES):
            area = _with_shapes(area, kept(gather, edition, area.old_la_code, chosen))
    else:
        area = _of(authority, edition, given or AreaFile(area=edition.area), gather, chosen)
    if area is None:
        return None
    for found in edition_checks.of_area(area):
        gather.expect(False, path, *found)
    _, *others = recoded.every(area.code)
    codes = dict.fromkeys((*area.other_codes, *others))
    return area.model_copy(update={"other_codes": tuple(codes)})


def _of(
    authority: Authority, edition: Edition, given: AreaFile, gather: Gatherer, chosen: Chosen
) -> Area:
    found = kept(gather, edition, authority.number, chosen)
    base: dict[str, Any] = {
        "name": authority.name,
        "code": authority.code,
        "old_la_code": authority.number,
        "kind": authority.tier,
        "country": authority.country,
        "region": authority.region,
        "began": authority.began,
        "came_of": authority.came_of,
        "localities_are": "district" if authority.tier == "county" else "ward",
        "localities": (),
    }
    over = given.given
    if found is None:
        # They are of localities that are not known yet.
        over.pop("locality_groups", None)
    else:
        base |= {name: getattr(found, name) for name in found.model_fields_set & over_area()}
    area = Area.model_validate({**base, **over, "registered": True, "unsettled": found is None})
    if found is None or not given.tiles:
        return area
    return area.model_copy(update={"localities": _set_out(area, given.tiles, gather)})


def _with_shapes(area: Area, found: Derived | None) -> Area:
    """An area that is declared whole, with the shapes of its places."""
    if found is None:
        return area.model_copy(update={"unsettled": True})
    shapes = {"shapes_from": found.shapes_from, "shapes": found.shapes}
    return area.model_copy(update=shapes)


def over_area() -> set[str]:
    """What is derived of an area, by its name there."""
    return {*Area.model_fields} & {*Derived.model_fields}


def _set_out(area: Area, tiles: Mapping[str, Tile], gather: Gatherer) -> tuple[Locality, ...]:
    """The localities with the tiles that a file gives them by name or code."""
    names = {one.name for one in area.localities} | {one.code for one in area.localities}
    for name in tiles:
        where = f"config/areas/{area.area}.yaml"
        rule = f"the area has no such {area.localities_are}"
        gather.expect(name in names, where, f"tiles.{name}", rule, name)
    return tuple(
        one.model_copy(update={"tile": tiles.get(one.name, tiles.get(one.code, one.tile))})
        for one in area.localities
    )


def kept(gather: Gatherer, edition: Edition, number: str, chosen: Chosen) -> Derived | None:
    """What was derived of an authority for an edition, unless its releases are others by now."""
    file = Paths(gather.root, edition.edition).area
    try:
        found = Derived.model_validate(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError):
        return None
    current = found.number == number and found.stands_on == stands_on(chosen)
    return found if current else None
