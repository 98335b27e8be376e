"""An area: an authority with its localities, their groups, its region and its neighbours."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias

from pydantic import Field

from jsna.model.base import AuthorityCode, LocalityCode, Name, OldCode, Strict, Words

if TYPE_CHECKING:
    from jsna.model.configuration import Configuration

#: Code list of the numbers authorities have or had, which unique pupil numbers carry.
AUTHORITY_NUMBERS: Final = "authority_number"
#: One with districts below it, or one without: metropolitan districts and London boroughs too.
Tier: TypeAlias = Literal["county", "unitary"]
Tile: TypeAlias = tuple[int, int]
#: Metres east and north on the British National Grid.
Point: TypeAlias = tuple[int, int]
#: Closed: its last point is its first.
Ring: TypeAlias = tuple[Point, ...]
#: Rings of a place, outer ones against the clock and holes with it.
Shape: TypeAlias = tuple[Ring, ...]


class Place(Strict):
    """A named place with its Government Statistical Service code."""

    code: str
    name: Words


class Locality(Place):
    """A part of an authority the report breaks down to: a district of a county, or a ward."""

    code: LocalityCode
    #: Column and row of the place in a tile map, from the top left; optional.
    tile: Tile | None = None


class LocalityGroup(Strict):
    """Localities shown together where counts of single ones are small."""

    code: Name
    name: Words
    localities: Annotated[tuple[LocalityCode, ...], Field(min_length=1)]
    tile: Tile | None = None


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
    #: Other codes of the same place; those of `config/recoded.yaml` are filled in.
    other_codes: tuple[AuthorityCode, ...] = ()
    kind: Tier
    country: Place
    region: Place
    localities_are: Literal["district", "ward"]
    localities: tuple[Locality, ...]
    #: Every locality in one group, or no groups; recodings of fallbacks use them.
    locality_groups: tuple[LocalityGroup, ...] = ()
    neighbours_model: str = ""
    neighbours: tuple[Neighbour, ...] = ()
    #: Release of boundaries that gave `shapes`: code of a locality -> its shape, for maps.
    shapes_from: str = ""
    shapes: dict[str, Shape] = Field(default_factory=dict)
    #: Its first day, and the authorities it came of, where those were merged or divided.
    began: date | None = None
    came_of: tuple[Words, ...] = ()
    #: Whether it was found in the register of authorities, so that a release without it lacks it.
    registered: bool = False
    #: Whether its localities and neighbours are still to be found in the releases.
    unsettled: bool = False

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code of the authority, its own first."""
        return (self.code, *self.other_codes)

    @property
    def without_shape(self) -> tuple[Locality, ...]:
        """Localities the release of boundaries has no shape of; none where there is no release."""
        every = self.localities if self.shapes_from else ()
        return tuple(place for place in every if place.code not in self.shapes)

    @property
    def locality_names(self) -> dict[str, str]:
        """Names of the localities by code."""
        return {place.code: place.name for place in self.localities}


class AreaFile(Strict):
    """What is declared of an area: all of it, or only what is not derived from releases.

    Attributes:
        area: name of this file.
        code: of the authority, where the file is not called by its name.
        former_old_la_codes: earlier numbers of it, which unique pupil numbers still carry.
        tiles: name or code of a locality -> column and row of its tile, from the top left.
        locality_groups: localities shown together where counts of single ones are small.
        neighbours: statistical neighbours, closest first; for an edition without a release of them.
    """

    area: Name
    name: Words | None = None
    code: AuthorityCode | None = None
    old_la_code: OldCode | None = None
    former_old_la_codes: tuple[OldCode, ...] | None = None
    other_codes: tuple[AuthorityCode, ...] | None = None
    kind: Tier | None = None
    country: Place | None = None
    region: Place | None = None
    localities_are: Literal["district", "ward"] | None = None
    localities: tuple[Locality, ...] | None = None
    locality_groups: tuple[LocalityGroup, ...] | None = None
    neighbours_model: str | None = None
    neighbours: tuple[Neighbour, ...] | None = None
    tiles: dict[str, Tile] = Field(default_factory=dict)

    @property
    def given(self) -> dict[str, object]:
        """What it declares of an area, `tiles` apart."""
        return {
            name: value
            for name in type(self).model_fields
            if name != "tiles" and (value := getattr(self, name)) is not None
        }

    @property
    def whole(self) -> bool:
        """Whether it declares all an area must have, so that nothing is derived."""
        return all(
            name in self.given for name, field in Area.model_fields.items() if field.is_required()
        )


def authorities(config: Configuration) -> frozenset[str]:
    """Numbers of authorities that a unique pupil number may carry: three digits each.

    Those of the code list, and those of the edition's own area, under any number it has or had,
    and of its neighbours: in a synthetic edition they are invented.
    """
    area = config.area
    own = {area.old_la_code, *area.former_old_la_codes}
    near = {place.old_la_code for place in area.neighbours}
    return frozenset({*config.codelists[AUTHORITY_NUMBERS], *own, *near})
