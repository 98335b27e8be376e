"""What a message says and scores of a figure beside the country's and similar areas'."""

from __future__ import annotations

import math
from collections.abc import Iterable

from markupsafe import Markup

from jsna.model.indicators import Indicator
from jsna.model.schema import MULTIPLIERS
from jsna.report.comparing import MEDIAN
from jsna.report.narrative import say, value
from jsna.report.scoring import PERIODS
from jsna.view import series
from jsna.view.comparison import estimate
from jsna.view.rows import Measures, Row


def more_than(home: Row, country: Row) -> float:
    """How many more or fewer are counted than at the country's rate; 0 where it is not known."""
    many = abs(estimate(home) - estimate(country)) * home.denominator / MULTIPLIERS[home.unit]
    known = home.unit in ("percent", "per_100", "per_1000", "per_10000") and math.isfinite(many)
    return many if known else 0.0


def lasting(view: Measures, indicator: Indicator, home: Row) -> int:
    """In how many of the last periods counted alike the area was on the same side of the country.

    Without interruption, from that of `home` back.
    """
    country = view.config.area.country.code
    sides = []
    for row in reversed(series.comparable(view.series(indicator.id))):
        own = view.published(row) or row
        other = view.at(indicator.id, country, own)
        if own.period > home.period:
            continue
        if other is None or not other.shown or other.segment != home.segment:
            break
        sides.append(own.value > other.value)
    times = 1 + sum(all(one == sides[0] for one in sides[: n + 1]) for n in range(1, len(sides)))
    return min(times, PERIODS)


def similar(rows: Iterable[tuple[str, Row, str]], indicator: Indicator) -> Markup:
    """`; the median of similar areas 23.0%`; nothing where there is none."""
    median = next((row for code, row, _ in rows if code == MEDIAN), None)
    if median is None:
        return Markup("")
    return say("; the median of similar areas {}", value(median, indicator))


def nation(view: Measures, home: Row, indicator: Indicator) -> Markup:
    """`; England 25.2%`: the country's figure of the same period, where it is counted alike."""
    country = view.config.area.country
    row = view.at(indicator.id, country.code, view.published(home) or home)
    if home.unit == "count" or row is None or not row.shown or row.doubted:
        return Markup("")
    alike = row.segment == home.segment
    return say("; {} {}", country.name, value(row, indicator)) if alike else Markup("")
