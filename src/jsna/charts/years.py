"""Titles of trends: how the home area's figure went over its years, and where it stands now."""

from __future__ import annotations

from collections.abc import Sequence

from jsna.charts import findings
from jsna.charts.marks import Mark, rows_of
from jsna.charts.shown import Shown
from jsna.model.hierarchies import THREE_YEARS
from jsna.view import series


def title(shown: Shown, home: Sequence[Mark], country: Mark) -> str:
    """How the home area's figure went over its years, and where it stands now.

    Args:
        home: marks in time order.
        country: the country's mark of the home area's last period.
    """
    if (said := findings.nothing_shown(shown, home)) is not None:
        return said
    rows = [row for row in rows_of(home) if row.shown]
    told = [mark for mark in home if mark.shown]
    last, name = told[-1], shown.home_name
    alike = series.sound(rows)
    until = len(alike) < 2 and rows[-1].local
    went = series.course(series.official(rows) if until else alike)
    stands = findings.stands(last, country)
    moved = _moved(went, name, until=until) if went else []
    if not moved and not stands:
        who = f"{name} and {country.label}" if country.shown else name
        first, latest = series.span_words(rows[0], rows[-1])
        return findings.titled(shown, f"{who}, {first} to {latest}" if len(rows) > 1 else who)
    if not moved:
        return findings.titled(shown, f"{name} is {stands}")
    if not stands:
        return findings.titled(shown, *moved)
    return findings.titled(shown, *(f"{said}, and {stands}" for said in moved), moved[0], moved[-1])


def _moved(went: series.Course, name: str, *, until: bool) -> list[str]:
    """What is said of a course, the longest first; nothing where nothing can be told."""
    moved = {"higher": "up", "lower": "down"}
    since, to = series.span_words(went.first, went.last)
    several = until or went.last.period_type == THREE_YEARS
    span = f"from {since} to {to}" if several else f"since {since}"
    if went.long in moved:
        said = moved[went.long]
        back = moved.get(went.short, said)
        if back != said and went.before is not went.first:
            at, _ = series.span_words(went.before, went.last)
            return [
                f"{said} in {name} {span}, but {back} since {at}",
                f"{said} {span}, {back} since {at}",
            ]
        return [f"{said} in {name} {span}", f"{said} {span}"]
    if went.turn is not None:
        at, _ = series.span_words(went.turn, went.last)
        way = moved[went.up_to_turn]
        back = "down" if way == "up" else "up"
        return [f"{way} in {name} to {at}, {back} since", f"{way} to {at}, {back} since"]
    if went.short in moved:
        at, _ = series.span_words(went.before, went.last)
        return [f"{moved[went.short]} in {name} since {at}", f"{moved[went.short]} since {at}"]
    if went.long == "unknown":
        return []
    return [f"no clear change in {name} {span}", f"no clear change {span}"]
