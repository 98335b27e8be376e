"""Titles of trends: how the home area's figure went over its years, and where it stands now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jsna.charts import findings
from jsna.charts.marks import Mark, rows_of
from jsna.charts.shown import Shown
from jsna.model.hierarchies import THREE_YEARS
from jsna.view import series
from jsna.view.comparison import ESTIMATED, TURNED
from jsna.view.rows import Row

#: What is said of a move, and of where it ends, by which way it went.
MOVED: Final = {"higher": "up", "lower": "down"}
#: By less than this share an estimate of people may be revised.
REVISED: Final = 0.02
EXTREME: Final = {"higher": "highest", "lower": "lowest"}


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
    told_of = series.official(rows) if until else alike
    stands = findings.stands(last, country)
    moved = _moved(told_of, [row for row in rows if row.shown], name, until=until)
    if not moved and not stands:
        who = f"{name} and {country.label}" if country.shown else name
        first, latest = series.span_words(rows[0], rows[-1])
        if ends := _ends(told_of, name):
            return findings.titled(shown, *ends)
        return findings.titled(shown, f"{who}, {first} to {latest}" if len(rows) > 1 else who)
    if not moved:
        return findings.titled(shown, f"{name} is {stands}")
    if not stands:
        return findings.titled(shown, *moved)
    return findings.titled(shown, *(f"{said}, and {stands}" for said in moved), moved[0], moved[-1])


def _moved(rows: Sequence[Row], drawn: Sequence[Row], name: str, *, until: bool) -> list[str]:
    """What is said of a path, the longest first; nothing where nothing can be told.

    Every wording is true of each figure drawn since the year it names.

    Args:
        rows: between which a change may be said.
        drawn: all that are drawn, of which some may be in doubt.
    """
    went = series.course(rows)
    if went is None:
        return []
    path, last = series.path(rows), rows[-1]

    def since(row: Row) -> str:
        first, latest = series.span_words(row, last)
        several = until or last.period_type == THREE_YEARS
        return f"from {first} to {latest}" if several else f"since {first}"

    whole = since(went.first)
    if path is None or (path.since is rows[0] and went.long == "similar"):
        if went.long == "unknown":
            return _published(rows, drawn, name, whole)
        rises = last.value > went.first.value
        if went.long in MOVED and (went.long == "higher") == rises:
            return _both(MOVED[went.long], name, whole)
        return _both("no clear change", name, whole)
    way, back = MOVED[path.way], MOVED[TURNED[path.way]]
    alike = _alike(drawn, rows)
    at, _ = series.span_words(path.since, last)
    if path.since is not rows[0] and path.record:
        beyond = max if path.way == "higher" else min
        if last.value == beyond(row.value for row in alike):
            end = f"to its {EXTREME[path.way]} {since(rows[0])}"
            return [f"{way} in {name} since {at}, {end}", *_both(way, name, since(path.since))]
    every = [row.value for row in drawn if (row.local, row.segment) == (last.local, last.segment)]
    turned = (min if path.way == "higher" else max)(every)
    if path.before == TURNED[path.way] and path.since.value == turned != every[0]:
        return [f"{back} in {name} to {at}, {way} since", f"{back} to {at}, {way} since"]
    return _both(way, name, since(path.since))


def _alike(drawn: Sequence[Row], rows: Sequence[Row]) -> list[Row]:
    """Those drawn that are counted like the latest, from the first on that may be compared."""
    first, last = rows[0], rows[-1]
    return [
        row
        for row in drawn
        if row.local == last.local and row.segment == last.segment and row.period >= first.period
    ]


def _published(rows: Sequence[Row], drawn: Sequence[Row], name: str, whole: str) -> list[str]:
    """Of figures published without counts, by which no change can be judged: that one stands out.

    An estimate of population is revised by more than it moves, and nothing is said of it.
    """
    *earlier, last = (row.value for row in _alike(drawn, rows))
    if rows[-1].unit == "count" or len(earlier) + 1 < series.FEWEST:
        return []
    if last > max(earlier):
        return [f"at its highest in {name} {whole}", f"highest {whole}"]
    if last < min(earlier):
        return [f"at its lowest in {name} {whole}", f"lowest {whole}"]
    return []


def _ends(rows: Sequence[Row], name: str) -> list[str]:
    """Of estimates of people, which are revised by more than they move in a year, the two ends."""
    if len(rows) < 2 or rows[-1].unit != "count" or rows[-1].period_type not in ESTIMATED:
        return []
    first, last = series.span_words(rows[0], rows[-1])
    grown = rows[-1].value / rows[0].value - 1 if rows[0].value else 0.0
    if abs(grown) < REVISED:
        return [f"about as many in {last} as in {first}"]
    way = "more" if grown > 0 else "fewer"
    ends = f"in {last} than in {first}"
    return [f"{way} in {name} {ends}", f"{way} {ends}"]


def _both(said: str, name: str, span: str) -> list[str]:
    return [f"{said} in {name} {span}", f"{said} {span}"]
