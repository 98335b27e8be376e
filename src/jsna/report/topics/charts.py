"""Which charts a topic prints: that of its headline, of an inequality it tells, and of places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from jsna.model.indicators import LOCALITY, Indicator
from jsna.model.topics import Split, Topic
from jsna.report.figures import Figure
from jsna.view.rows import Measures

#: A chart of fewer figures than this shows nothing.
_FEWEST: Final = 2


def chosen(
    view: Measures,
    drawn: Mapping[str, Sequence[Figure]],
    topic: Topic,
    headline: Indicator,
    told: Sequence[Split],
    where: Indicator | None,
) -> Iterator[Figure]:
    """The main chart, and those of the inequality and of the places of which a sentence tells.

    Args:
        told: the inequalities that are told.
        where: the measure of which some place stands out.
    """
    main = [*drawn.get(headline.id, ()), *(f for i in topic.compared for f in drawn.get(i, ()))]
    # How something has gone says more of it than where it is.
    main.sort(key=lambda figure: _of_places(view, figure))
    by = [figure for split in told for figure in of_split(view, drawn, split)]
    places = [f for f in drawn.get(where.id, ()) if _of_places(view, f)] if where else []
    places.sort(key=lambda figure: figure.type != "map")
    given: list[Figure] = []
    for found in (main, by, places):
        one = next((f for f in found if f not in given and _tells(view, f)), None)
        again = found is places and any(_of_places(view, f) for f in given)
        if one is not None and not again:
            given.append(one)
            yield one


def of_split(view: Measures, drawn: Mapping[str, Sequence[Figure]], split: Split) -> list[Figure]:
    """The charts of a measure by a dimension alone, or as a pyramid, that tell something."""
    every = drawn.get(split.measure, ())
    by = [one for one in every if _by(view, one, split.by) or _sides(view, one, split.by)]
    return [one for one in by if _tells(view, one)]


def _of_places(view: Measures, figure: Figure) -> bool:
    """Whether a chart is of the area's own places."""
    return figure.type == "map" or _by(view, figure, LOCALITY)


def _by(view: Measures, figure: Figure, dimension: str) -> bool:
    """Whether a chart is by a dimension alone, or by what it was put together to."""
    coarser = ""
    if dimension in view.config.dimensions:
        coarser = view.config.dimension(dimension).coarser
    home = view.config.area.code
    splits = {
        view.by_key[key].split for key in figure.keys
        if key in view.by_key and (view.by_key[key].split or view.by_key[key].area_code == home)
    }  # fmt: skip
    splits.discard(())
    return splits in ({(dimension,)}, {(coarser,)})


def _sides(view: Measures, figure: Figure, dimension: str) -> bool:
    """Whether a chart is a pyramid whose two sides are of a dimension."""
    rows = [view.by_key[key] for key in figure.keys if key in view.by_key]
    return figure.type == "pyramid" and all(dimension in row.split for row in rows)


def _tells(view: Measures, figure: Figure) -> bool:
    """Whether a chart shows two figures or more, and no fewer than it hides."""
    rows = [view.by_key[key] for key in figure.keys if key in view.by_key]
    shown = sum(row.shown for row in rows)
    return shown >= _FEWEST and shown >= sum(row.hidden for row in rows)
