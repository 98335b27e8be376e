"""An area: an authority with its localities, their groups, its region and its neighbours."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from jsna.configuration.base import AuthorityCode, LocalityCode, Name, OldCode, Strict, Words


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
