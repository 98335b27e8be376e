"""A map of places: by their shapes, else by tiles where they lie, else ranked bars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from jsna.charts import bars, findings, maps, tiles
from jsna.charts.finish import finish, period_words, value_table
from jsna.charts.maps import Drawn
from jsna.charts.marks import Drawing, Mark, footnote
from jsna.charts.shown import Shown
from jsna.model.areas import Locality, LocalityGroup
from jsna.model.hierarchies import LOCALITY_GROUP
from jsna.model.indicators import Chart
from jsna.view import words

Drawer: TypeAlias = Callable[[Shown, Sequence[Mark]], Drawn | None]


def draw(shown: Shown, chart: Chart) -> Drawing | None:
    """The figure; None where the table has nothing to show.

    Where the release of boundaries lacks the shape of a place, or nobody has said where any place
    lies, there is no map: the places stand as ranked bars.
    """
    area = shown.config.area
    if area.shapes_from:
        lacking = [place.name for place in area.without_shape]
        if lacking:
            every = len(lacking) == len(area.localities)
            of = f"any of the {area.localities_are}s" if every else words.join(lacking)
            said = f"There is no map, as the boundaries of this edition have no shape of {of}."
            return bars.localities(shown, chart, said)
        return _map(shown, chart, maps.draw)
    grouped = shown.localities == LOCALITY_GROUP
    every_place: Sequence[Locality | LocalityGroup]
    every_place = area.locality_groups if grouped else area.localities
    if not any(place.tile is not None for place in every_place):
        return bars.localities(shown, chart)
    return _map(shown, chart, lambda shown, marks: tiles.draw(shown, marks, every_place))


def _map(shown: Shown, chart: Chart, drawn: Drawer) -> Drawing | None:
    period = shown.latest(chart.by)
    marks = shown.marks_by_area(shown.local_codes, period)
    if not period or not marks:
        return None
    country = shown.national(period)
    home = shown.one(shown.home, period)
    reference = country if country.shown else home
    title = (
        findings.categories(shown, shown.localities, marks)
        if shown.indicator.kind.adds_up
        else findings.places(shown, marks, reference, named=True)
    )
    # A page that cannot hold all their names has bars.
    made = drawn(shown, marks)
    if made is None:
        return bars.localities(shown, chart)
    return finish(
        made.paint,
        shown,
        chart,
        title=title,
        place=f"{shown.places} of {shown.home_name}",
        period=period_words(shown, period),
        kind=f"{made.kind} of {words.small(len(marks))} {shown.places}",
        table=value_table(shown, words.upper_first(shown.places), marks),
        note=(made.note, footnote(marks)),
        sources=made.sources,
    )
