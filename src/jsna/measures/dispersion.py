"""Events that one person may have several of: whether they vary by no more than is declared.

A pupil is suspended three times more often than three pupils once, so suspensions vary by several
times as much as events that befall anyone but once, whose variance is their number (Poisson). The
variance of a number of events is then the sum, over persons, of the square of how many each had.

That sum is not published, nor anything worked out from it: from the limits of a small group it
would give away the child with many. A whole number is declared for each indicator instead
(`Indicator.dispersion`), the same for every row of a breakdown, and all limits are widened by it.
Here it is held against the records, restricted as they are, in groups large enough for the ratio
to be known and to be nobody's own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from jsna import io
from jsna.errors import JsnaError, Problem
from jsna.model.indicators import Indicator, Side
from jsna.tables.catalogue import CATALOGUE, column_of, mentioned

#: Groups of fewer persons with an event, or fewer events, over all years are not looked at.
FEWEST_PERSONS: Final = 200
FEWEST_EVENTS: Final = 1_000
#: How much more than declared the records may vary: chance, and what is left of repeats.
MARGIN: Final = 1.1
#: By how much more than single events those may vary of which nothing is declared.
UNDECLARED: Final = 1.25


def check(tables: Mapping[str, Path], indicators: Iterable[Indicator]) -> None:
    """Raise where the events of an indicator vary by more than it declares.

    Args:
        tables: name of an analysis table -> its file; those not received are not there.
        indicators: declarations of the edition.

    Raises:
        JsnaError: naming every indicator and dimension, with the whole number that would do.
    """
    problems = [
        _problem(indicator, dimension, found)
        for indicator in indicators
        if (side := events(indicator)) is not None and side.table in tables
        for dimension, found in _found(indicator, side, tables[side.table])
    ]
    if problems:
        raise JsnaError(problems, title="Events vary by more than their limits allow for:")


def events(indicator: Indicator) -> Side | None:
    """What is counted where it is events of persons; None of anything else.

    Rates count events, and whatever declares a dispersion. Of a share all events are the whole:
    they are taken together with those of other categories.
    """
    if not (indicator.kind.per or indicator.dispersion):
        return None
    side = indicator.denominator if indicator.kind.of_one_whole else indicator.numerator
    if side is None or side.count != "rows" or not indicator.kind.limits_of_counts:
        return None
    table = CATALOGUE.get(side.table)
    return side if table is not None and "person_key" in table.columns else None


def largest(side: Side, file: Path, dimension: str) -> float:
    """The largest variance over number of events of the groups of a dimension, "" for all.

    Of each person and year, all years taken together; 1 where no group is large enough.
    """
    by = f'"{column_of(dimension)}"' if dimension else "1"
    query = f"""
        select max(square / number) from (
            select sum(n * n) as square, sum(n) as number, count(*) as persons from (
                select {by} as "group", person_key, period, count(*) as n from events
                where ({side.where}) and person_key is not null and {by} is not null
                group by all)
            group by "group")
        where persons >= {FEWEST_PERSONS} and number >= {FEWEST_EVENTS}"""
    with io.asked() as connection:
        connection.register("events", io.read_table(file, mentioned(side.table, query)))
        found = connection.execute(query).fetchall()[0][0]
    return 1.0 if found is None else float(found)


def _found(indicator: Indicator, side: Side, file: Path) -> Iterator[tuple[str, float]]:
    """Dimensions whose groups vary by more than is declared, and by how much."""
    named = {d for dims in indicator.breakdowns for d in dims} - set(indicator.over)
    held = CATALOGUE[side.table].columns
    for dimension in ("", *sorted(d for d in named if column_of(d) in held)):
        most = indicator.dispersed([dimension])
        limit = most * MARGIN if indicator.dispersion else UNDECLARED
        if (found := largest(side, file, dimension)) > limit:
            yield dimension, found


def _problem(indicator: Indicator, dimension: str, found: float) -> Problem:
    name = dimension or "total"
    rule = f"the records vary more; declare {name}: {math.ceil(found)} under `dispersion`"
    where = f"config/indicators/{indicator.chapter}.yaml"
    return Problem(where, rule, column=f"{indicator.id}.dispersion", code="indicator.dispersion")
