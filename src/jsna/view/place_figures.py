"""The figures of each place of an area: a district, a ward or a group of them, beside the whole.

Nothing is measured for them: they are the rows of breakdowns by place that the report has anyway,
of the measures its topics name, each of its latest period.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from jsna.model.configuration import Configuration
from jsna.model.hierarchies import LOCALITY_GROUP
from jsna.model.indicators import LOCALITY, Indicator
from jsna.view.comparison import Verdict, places
from jsna.view.rows import Measures, Row

#: What stands for chapter and indicator in the list of figures, and what ids of figures begin with.
CHAPTER: Final = "places"
PREFIX: Final = "fig-place"
#: A place with fewer figures has no page of its own.
FEWEST: Final = 6
#: Most figures of one page, as topics have them in order.
MOST: Final = 14
#: Of more places than this none has a page, unless they are in groups, which then have.
MOST_PLACES: Final = 30


@dataclass(frozen=True, slots=True)
class Place:
    """A part of the area that may have a page.

    Attributes:
        code, name: as declared.
        dimension: what its figures are broken down by, `locality` or `locality_group`.
        parts: codes of the localities it is made of.
    """

    code: str
    name: str
    dimension: str
    parts: tuple[str, ...]

    @property
    def slug(self) -> str:
        """What ids of what is its own end in."""
        return self.code.lower().replace("_", "-")


@dataclass(frozen=True, slots=True)
class PlaceFigure:
    """One measure of a place.

    Attributes:
        indicator: the measure.
        row: the place's figure, shown or hidden.
        others: figures of every place of its kind, its own among them.
        whole, country: figures of the area and of the country; None where there is none of the
            period, or none to be set beside it.
        beside, beside_country: where it stands to them, by the rule for many places.
    """

    indicator: Indicator
    row: Row
    others: tuple[Row, ...]
    whole: Row | None
    country: Row | None
    beside: Verdict
    beside_country: Verdict


def declared(config: Configuration) -> list[Place]:
    """The places that may have pages: localities, or their groups where there are too many."""
    area = config.area
    if len(area.localities) <= MOST_PLACES:
        return [Place(one.code, one.name, LOCALITY, (one.code,)) for one in area.localities]
    return [
        Place(one.code, one.name, LOCALITY_GROUP, one.localities) for one in area.locality_groups
    ]


def figure_id(place: Place) -> str:
    """Id of the figure of a place."""
    return f"{PREFIX}-{place.slug}"


def figures(view: Measures) -> dict[str, list[PlaceFigure]]:
    """Code of a place -> its figures, those of the first topics first; every place has an entry."""
    every = declared(view.config)
    codes = [place.code for place in every]
    return _figures(view, codes, every[0].dimension) if every else {}


def of_localities(view: Measures) -> dict[str, list[PlaceFigure]]:
    """The same of every single locality, however many there are."""
    return _figures(view, [one.code for one in view.config.area.localities], LOCALITY)


def _figures(view: Measures, codes: Sequence[str], dimension: str) -> dict[str, list[PlaceFigure]]:
    found: dict[str, list[PlaceFigure]] = {code: [] for code in codes}
    for indicator in _measures(view):
        rows = [
            row
            for row in view.breakdown(indicator.id, (dimension,))
            if row.area_code in found and (row.shown or row.hidden)
        ]
        for figure in _beside(view, indicator, rows):
            if len(found[figure.row.area_code]) < MOST:
                found[figure.row.area_code].append(figure)
    return found


def with_page(
    config: Configuration, found: dict[str, list[PlaceFigure]]
) -> tuple[list[Place], list[Place]]:
    """The places that have figures enough for a page, and those that have not."""
    every = declared(config)
    enough = [sum(one.row.shown for one in found[place.code]) >= FEWEST for place in every]
    pairs = [*zip(every, enough, strict=True)]
    return [place for place, good in pairs if good], [place for place, good in pairs if not good]


def _measures(view: Measures) -> Iterator[Indicator]:
    """The measures of the topics that are one figure of a place each, once, in reading order."""
    names = dict.fromkeys(n for topic in view.config.topics.values() for n in topic.measures)
    for name in names:
        indicator = view.declared(name)
        if indicator is not None and not (indicator.kind.of_one_whole or indicator.derived):
            yield indicator


def _beside(view: Measures, indicator: Indicator, rows: Sequence[Row]) -> Iterator[PlaceFigure]:
    """The figures of all places of one measure, judged together."""
    if not rows:
        return
    area = view.config.area
    compared = indicator.kind.compared
    national = compared and "national" in indicator.comparators
    whole = view.at(indicator.id, area.code, rows[0])
    country = view.at(indicator.id, area.country.code, rows[0]) if national else None
    unknown: list[Verdict] = ["unknown"] * len(rows)
    beside, beside_country = (
        places(rows, one) if compared and one is not None else unknown for one in (whole, country)
    )
    for row, side, other in zip(rows, beside, beside_country, strict=True):
        yield PlaceFigure(indicator, row, tuple(rows), whole, country, side, other)
