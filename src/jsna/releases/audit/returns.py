"""Zeros that stand for a return that was not made.

A publisher that shows nothing as 0 in one table and as not available in another contradicts itself:
of an authority whose return is missing nothing is known, least of all that there was none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from jsna.model.audits import Known
from jsna.model.schema import TOTAL
from jsna.releases.audit.cells import Table
from jsna.releases.audit.odd import Odd, figures

#: The symbol of a figure that is not available.
_MISSING = "x"


def missing_returns(
    tables: Sequence[Table], audit: Known | None, areas: Collection[str], nation: str
) -> Iterator[tuple[Table, Odd]]:
    """Zeros of totals in the tables of one source, where a table of the same return says `x`.

    Tables of a return are those the audit file names; a table it does not name is a return of its
    own, in which the columns of one row speak for each other.
    """
    named = {t: name for name, ts in (audit.returns if audit else {}).items() for t in ts}
    groups: dict[str, list[Table]] = {}
    for table in tables:
        groups.setdefault(named.get(table.table, table.table), []).append(table)
    for group in groups.values():
        absent = _absent(group, nation)
        for table in group:
            yield from ((table, found) for found in _zeros(table, absent, areas))


def _absent(group: Sequence[Table], nation: str) -> Mapping[tuple[str, str], str]:
    """(area, period) -> the table that says `x` where the country has a figure."""
    found: dict[tuple[str, str], str] = {}
    for table in group:
        totals = table.frame[table.frame["breakdown"] == TOTAL]
        if (totals["side"] == "numerator").any():
            # A share of nobody is not available either, and no return is missing.
            totals = totals[totals["side"] != "value"]
        known = totals[(totals["area_code"] == nation) & totals["value"].notna()]
        known = known[known["value"] > 0]
        there = set(zip(known["side"], known["period"], strict=True))
        gone = totals[(totals["geography"] == "authority") & (totals["status"] == _MISSING)]
        for side, area, period in zip(gone["side"], gone["area_code"], gone["period"], strict=True):
            if (side, period) in there:
                found.setdefault((str(area), str(period)), table.table)
    return found


def _zeros(
    table: Table, absent: Mapping[tuple[str, str], str], areas: Collection[str]
) -> Iterator[Odd]:
    reason = "The published 0 stands for a return that the same release says is missing."
    for figure in figures(table, of={area for area, _ in absent} & {*areas}):
        if (figure.area, figure.period) not in absent:
            continue
        side = "numerator" if figure.numerator == 0 else "value"
        if 0 in (figure.numerator, figure.value):
            yield Odd(figure, side, "missing_return", reason)
