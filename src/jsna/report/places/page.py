"""The document of places: a page for each that has figures enough, and a table of all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Final

from markupsafe import Markup

from jsna.model.areas import Locality
from jsna.report.figures import Figure, NumberedFigure
from jsna.report.marks import cell
from jsna.report.places import saying
from jsna.report.sources import Register
from jsna.report.topics.related import named
from jsna.view import words
from jsna.view.place_figures import (
    CHAPTER,
    FEWEST,
    Place,
    PlaceFigure,
    declared,
    figure_id,
    figures,
    of_localities,
    with_page,
)
from jsna.view.rows import Measures

#: Questions of one page, and where the council says something itself, so that it stays one page.
_QUESTIONS: Final = 4
_BESIDE_WORDS: Final = 2
#: Further sentences of a page, and most measures of a table of all places.
_ALSO: Final = 2
_COLUMNS: Final = 7
#: Cell of what there is none of.
_NONE: Final = "–"
Rows = tuple[tuple[Markup | str, ...], ...]


@dataclass(frozen=True, slots=True)
class PlacePage:
    """One page.

    Attributes:
        number: in the order of the pages; it opens the heading and numbers the figure.
        place: whose it is.
        heading: what stands out there.
        lead: how many children; "" where it is not known.
        also: what else stands out.
        near: the places it borders, in words; "" without shapes.
        header, rows: its figures beside the area's and the country's.
        figure: where it lies and where it stands; None where it cannot be drawn.
        questions: what to ask.
        commentary: the council's own words on it.
        source: what its figures stand on.
    """

    number: int
    place: Place
    heading: Markup
    lead: Markup
    also: tuple[Markup, ...]
    near: str
    header: tuple[str, ...]
    rows: Rows
    figure: NumberedFigure | None
    questions: tuple[str, ...]
    commentary: Markup
    source: str

    @property
    def anchor(self) -> str:
        """Id of its section."""
        return f"place-{self.place.slug}"


@dataclass(frozen=True, slots=True)
class Listing:
    """A table of all places by some measures."""

    caption: str
    header: tuple[str, ...]
    rows: Rows


@dataclass(frozen=True, slots=True)
class Places:
    """What the template of the document prints.

    Attributes:
        pages: in the order of the places.
        listings: tables of every place, by some measures each.
        without: what is said of places that have no page.
        source: what the tables stand on.
        many: what places are, in the plural.
        compared: whether a page sets a place beside the area.
    """

    pages: tuple[PlacePage, ...]
    listings: tuple[Listing, ...]
    without: str
    source: str
    many: str
    compared: bool


def made(
    view: Measures,
    drawn: Mapping[str, Sequence[Figure]],
    register: Register,
    commentary: Mapping[str, Markup],
) -> Places:
    """Every page, and the table of all places.

    Args:
        view: safe measures.
        drawn: figures by indicator, those of places among them.
        register: citations.
        commentary: code of a place -> the council's words on it.
    """
    config = view.config
    every = declared(config)
    # Localities that are too many for pages stand in the tables one by one all the same.
    found = figures(view) if every else of_localities(view)
    with_one, without = with_page(config, found)
    own = {one.id: one for one in drawn.get(CHAPTER, ())}
    pages = tuple(
        _page(view, number, place, found[place.code], own, register, commentary)
        for number, place in enumerate(with_one, 1)
    )
    shown = [one for own_figures in found.values() for one in own_figures]
    return Places(
        pages=pages,
        listings=_listings(view, every or config.area.localities, found),
        without=_without(view, every, without),
        source=register.line(view.sources([one.row for one in shown])) if shown else "",
        many=_many(view, every),
        compared=any(o.beside != "unknown" for place in with_one for o in found[place.code]),
    )


def _page(
    view: Measures,
    number: int,
    place: Place,
    own: Sequence[PlaceFigure],
    drawn: Mapping[str, Figure],
    register: Register,
    commentary: Mapping[str, Markup],
) -> PlacePage:
    config = view.config
    figure = drawn.get(figure_id(place))
    rows = [row for one in own for row in (one.row, one.whole, one.country) if row is not None]
    header, body = _table(view, place, own)
    said = commentary.get(place.code, Markup(""))
    return PlacePage(
        number=number,
        place=place,
        heading=saying.heading(place, own, config),
        lead=saying.how_many(place, own),
        also=tuple(saying.also(own, config)[:_ALSO]),
        near=_near(view, place),
        header=header,
        rows=body,
        figure=None
        if figure is None
        else NumberedFigure(
            f"{number}.1",
            f"figure-of-{place.slug}",
            figure,
            _drawn_of(view, figure, register),
        ),
        questions=tuple(saying.questions(own, config, _BESIDE_WORDS if said else _QUESTIONS)),
        commentary=said,
        source=register.line(view.sources(rows)),
    )


def _drawn_of(view: Measures, figure: Figure, register: Register) -> str:
    """The sources of a figure that its table has not named: those of boundaries."""
    shapes, own = view.config.area.shapes_from, "numbers as in the table above"
    return f"{register.line([shapes])}; {own}" if shapes in figure.sources else own


def _table(
    view: Measures, place: Place, own: Sequence[PlaceFigure]
) -> tuple[tuple[str, ...], Rows]:
    """Its figures beside the area's and the country's, columns without any left out."""
    area = view.config.area
    header = (
        "Measure", "When", place.name, area.name, area.country.name,
        f"Beside {area.name}", f"Beside {area.country.name}",
    )  # fmt: skip
    rows = [_line(one) for one in own]
    kept = [at for at in range(len(header)) if at < 3 or any(row[at] != _NONE for row in rows)]
    return (
        tuple(header[at] for at in kept),
        tuple(tuple(row[at] for at in kept) for row in rows),
    )


def _line(one: PlaceFigure) -> tuple[Markup | str, ...]:
    indicator = one.indicator
    cells = [
        _NONE if row is None else cell(row, indicator.decimals) for row in (one.whole, one.country)
    ]
    if indicator.unit == "count":
        cells[1] = _NONE  # a country has more of everything
    sides = [
        _NONE
        if row is None or not row.shown or not one.row.shown or indicator.unit == "count"
        else saying.verdict_words(one.row, row, verdict, indicator)
        for row, verdict in ((one.whole, one.beside), (one.country, one.beside_country))
    ]
    return (
        named(indicator),
        words.period_label(one.row.period, one.row.period_type),
        cell(one.row, indicator.decimals),
        *cells,
        *sides,
    )


def _listings(
    view: Measures,
    every: Sequence[Place | Locality],
    found: Mapping[str, Sequence[PlaceFigure]],
) -> tuple[Listing, ...]:
    """Every place by every measure that any has, about as many measures in each table."""
    measures = {one.indicator.id: one for place in every for one in found[place.code]}
    chosen = [*measures.values()]
    wide = ceil(len(chosen) / ceil(len(chosen) / _COLUMNS)) if chosen else _COLUMNS
    parts = [chosen[at : at + wide] for at in range(0, len(chosen), wide)]
    rows = [(place.code, place.name) for place in every]
    return tuple(
        _listing(view, part, rows, (number, len(parts))) for number, part in enumerate(parts, 1)
    )


def _listing(
    view: Measures,
    part: Sequence[PlaceFigure],
    rows: Sequence[tuple[str, str]],
    at: tuple[int, int],
) -> Listing:
    area = view.config.area
    body: list[tuple[Markup | str, ...]] = []
    by_code = [{row.area_code: row for row in one.others} for one in part]
    for code, name in rows:
        cells = [
            cell(own[code], one.indicator.decimals) if code in own else "[x]"
            for one, own in zip(part, by_code, strict=True)
        ]
        body.append((name, *cells))
    wholes = [
        _NONE if one.whole is None else cell(one.whole, one.indicator.decimals) for one in part
    ]
    body.append((area.name, *wholes))
    number, of = at
    many = words.upper_first(_many(view, declared(view.config)))
    caption = f"{many} of {area.name}" + (f" (part {number} of {of})" if of > 1 else "")
    header = (
        many,
        *(
            f"{named(one.indicator)}, {words.period_label(one.row.period, one.row.period_type)}"
            for one in part
        ),
    )
    return Listing(caption, header, tuple(body))


def _without(view: Measures, every: Sequence[Place], without: Sequence[Place]) -> str:
    """Why some places, or all, have no page."""
    area, many = view.config.area, _many(view, every)
    if not area.localities:
        return f"{area.name} is not divided into places in this edition."
    if not every:
        return (
            f"The {many} of {area.name} are too many for a page each, and are not put into "
            "groups. They stand in one table."
        )
    if not without:
        return ""
    few = f"fewer than {words.small(FEWEST)} figures"
    if len(without) == len(every):
        return f"None of the {many} of {area.name} has a page, as each has {few}."
    names = words.join([place.name for place in without])
    has = "has" if len(without) == 1 else "have"
    return f"{names} {has} no page, for want of figures: there are {few}."


def _many(view: Measures, every: Sequence[Place]) -> str:
    dimension = every[0].dimension if every else "locality"
    return view.config.dimension(dimension).many


def _near(view: Measures, place: Place) -> str:
    """The places it borders, where shapes say so."""
    area = view.config.area
    if area.without_shape or not area.shapes:
        return ""
    edges = {
        one.code: {
            edge for code in one.parts for ring in area.shapes[code] for edge in pairwise(ring)
        }
        for one in declared(view.config)
    }
    back = {(b, a) for a, b in edges[place.code]}
    beside = [one.name for one in declared(view.config) if edges[one.code] & back]
    return words.join([name for name in beside if name != place.name])
