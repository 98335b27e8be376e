"""Figures of different indicators that cannot both be right, by the declared relations.

Counts are compared as they stand, less what their publisher's rounding allows. Where a release
gives percentages alone, shares of one base are compared, less half of the last decimal of each. A
figure that was added up from several columns may lack one of them, so it proves nothing by being
small.

Which figure is to blame follows from the other sums it stands in: one that regions and authorities
bear out stands. Where nothing tells, none of those that contradict each other is used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import pandas as pd

from jsna.model import schema
from jsna.model.indicators import Indicator
from jsna.model.relations import Relation, Term
from jsna.releases.audit.cells import Table
from jsna.releases.audit.grid import HOLDS, Grid
from jsna.releases.audit.sums import far
from jsna.releases.figures import PLUS

#: Where a figure of any indicator stands.
AT: Final = ["area_code", "period", "breakdown", "category"]
_MOST_DECIMALS: Final = 6
Place = tuple[str, str, str, str]


class Cell(NamedTuple):
    """A cell of a release: the table and indicator, the side, and where it stands."""

    table: str
    indicator: str
    side: str
    area: str
    at: tuple[str, str, str]


class Incoherent(NamedTuple):
    """A figure to blame; `sure` where it must not be used."""

    table: Table
    cell: Cell
    value: float
    reason: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table, and the sums over areas that each of its sides stands in."""

    table: Table
    grids: Mapping[str, Grid]

    def own(self) -> Sheet:
        """The same with sums that may be judged: what is found to be wrong leaves them."""
        return Sheet(self.table, {side: grid.own() for side, grid in self.grids.items()})


@dataclass(frozen=True, slots=True)
class Sheets:
    """The tables of one source, for some areas.

    Attributes:
        sheets: by table and indicator.
        rounding: base counts are rounded to; 1 for none.
        areas: whose figures are compared.
    """

    sheets: Mapping[tuple[str, str], Sheet]
    rounding: int
    areas: Collection[str]

    def of(self, indicator: str) -> list[Sheet]:
        """The sheets of an indicator."""
        return [sheet for (_, name), sheet in self.sheets.items() if name == indicator]


class _Figure(NamedTuple):
    """What a term comes to at a place, how far off it may be, and the cell it stands in."""

    value: float
    near: float
    cell: Cell
    partial: bool


_Terms = Mapping[Term, _Figure]


class Broken(NamedTuple):
    """A relation that does not hold somewhere, and the figures of its terms there."""

    relation: Relation
    terms: _Terms

    @property
    def cells(self) -> set[Cell]:
        """The cells of the figures."""
        return {figure.cell for figure in self.terms.values()}


def contradicted(sheets: Sheets, relations: Sequence[Relation]) -> list[Broken]:
    """Where figures of one source contradict each other."""
    return [
        Broken(relation, terms)
        for relation in relations
        if all(sheets.of(term.indicator) for term in relation.terms)
        for terms in _broken(relation, sheets)
    ]


def blamed(
    broken: Sequence[Broken],
    sheets: Sheets,
    indicators: Mapping[str, Indicator],
    wrong: Collection[Cell] = frozenset(),
) -> list[Incoherent]:
    """Every figure to blame, once for each relation it breaks.

    Args:
        wrong: cells known not to be true; nothing is held up to them.
    """
    left = [one for one in broken if not one.cells & set(wrong)]
    against = Counter(cell for one in left for cell in one.cells)
    return [
        found
        for relation, terms in left
        for found in _blamed(relation, terms, _words(relation, terms, indicators), sheets, against)
    ]


def _broken(relation: Relation, sheets: Sheets) -> Iterator[_Terms]:
    """The figures of the terms wherever the relation does not hold."""
    judged: set[Place] = set()
    for share in (False, True)[: 1 + relation.one_base]:
        figures = {term: _figures(term, sheets, share) for term in relation.terms}
        places = set.intersection(*(set(one) for one in figures.values())) - judged
        # Where counts tell, percentages are not asked.
        judged |= places
        for place in sorted(places):
            terms = {term: figures[term][place] for term in relation.terms}
            if not _holds(relation, terms):
                yield terms


def _holds(relation: Relation, terms: _Terms) -> bool:
    left, right = relation.sides
    excess = _excess(relation, terms)
    near = sum(one.near for one in terms.values()) + 1e-9
    # What may lack a part is at least as large as it is shown.
    over = excess > near and not any(terms[t].partial for t in right)
    under = excess < -near and not any(terms[t].partial for t in left)
    return not (over or (under and relation.holds == "equal"))


def _excess(relation: Relation, terms: _Terms) -> float:
    """How far the left is above the right."""
    left, right = relation.sides
    return sum(terms[t].value for t in left) - sum(terms[t].value for t in right)


def _figures(term: Term, sheets: Sheets, share: bool) -> dict[Place, _Figure]:
    """A term's figures by place: counts, or of shares the percentages they stand for."""
    found: dict[Place, _Figure] = {}
    for sheet in sheets.of(term.indicator):
        table = sheet.table
        indicator = table.indicator
        side = "value" if share or not indicator.kind.divides else term.side
        # All that are counted are the whole of a share.
        whole = indicator.multiplier if share and term.side == "denominator" else 0.0
        scale = table.scale if share else 1.0
        partial = PLUS in table.columns.get(side, "")
        rows = table.frame[(table.frame["side"] == side) & table.frame["value"].notna()]
        near = _half_of_last(rows) * scale if share else pd.Series(_near(sheets), rows.index)
        mine = rows["area_code"].isin([*sheets.areas])
        columns = [rows.loc[mine, name].tolist() for name in (*AT, "value")]
        columns.append(near[mine].tolist())
        for area, period, breakdown, category, value, off in zip(*columns, strict=True):
            cell = Cell(table.table, indicator.id, side, area, (period, breakdown, category))
            place = _place(indicator, term.side, (area, *cell.at))
            number, exact = whole or float(value) * scale, bool(whole)
            found.setdefault(place, _Figure(number, 0.0 if exact else float(off), cell, partial))
    return found


def _near(sheets: Sheets) -> float:
    """How far a rounded count may be off."""
    return sheets.rounding / 2 if sheets.rounding > 1 else 0.0


def _place(indicator: Indicator, side: str, at: Sequence[str]) -> Place:
    """Where a figure stands; the whole of a share is the same for each of its parts."""
    area, period, breakdown, category = at
    if side == "denominator" and indicator.over:
        dims = schema.dimensions(breakdown, category)
        kept = {name: code for name, code in dims.items() if name not in indicator.over}
        breakdown, category = schema.canonical(kept)
    return area, period, breakdown, category


def _half_of_last(cells: pd.DataFrame) -> pd.Series[float]:
    """Half of the last decimal that the publisher gives, by period and kind of area."""
    decimals = cells["value"].map(_decimals)
    most = decimals.groupby([cells["period"], cells["geography"]], sort=False).transform("max")
    return 0.5 * 10.0 ** -most.astype("float64")


def _decimals(value: float) -> int:
    for places in range(_MOST_DECIMALS):
        if abs(value - round(value, places)) < 1e-9:
            return places
    return _MOST_DECIMALS


# -- who is to blame -------------------------------------------------------------------------------


def _blamed(
    relation: Relation, terms: _Terms, reason: str, sheets: Sheets, against: Mapping[Cell, int]
) -> Iterator[Incoherent]:
    """The figures with most against them: that break other relations too, or leap out of their
    years, and that no sum over areas bears out."""
    scores: dict[Cell, int] = {}
    for cell in {figure.cell: None for figure in terms.values()}:
        grid = sheets.sheets[cell.table, cell.indicator].grids.get(cell.side)
        scores[cell] = against[cell] - 1
        if grid is not None:
            out = abs(_excess(relation, terms))
            scores[cell] += _leaps(grid, cell) - 2 * _borne_out(grid, cell, out)
    most = max(scores.values())
    for cell, score in scores.items():
        if score == most:
            table = sheets.sheets[cell.table, cell.indicator].table
            yield Incoherent(table, cell, _published(table, cell), reason, sure=most >= 0)


def _published(table: Table, cell: Cell) -> float:
    rows = table.frame[table.frame["side"] == cell.side]
    for name, code in zip(AT, (cell.area, *cell.at), strict=True):
        rows = rows[rows[name] == code]
    return float(rows["value"].iloc[0])


def _borne_out(grid: Grid, cell: Cell, out: float) -> bool:
    """Whether a sum over areas would hold less well, were the figure mended by as much as is out.

    A sum over many areas may be judged to hold though it is off by more than that.
    """
    area = grid.areas.index(cell.area)
    sums = [s for s in grid.sums(grid.row[cell.at]) if area in (s.whole, *s.parts)]
    return any(
        s.state == HOLDS and abs(s.excess) <= max(out / 2, grid.rounded(len(s.parts))) for s in sums
    )


def _leaps(grid: Grid, cell: Cell) -> bool:
    """Whether the figure is several times those of the years beside it."""
    periods, values = grid.series(cell.at, grid.areas.index(cell.area))
    pairs = [pair for pair in pairwise(zip(periods, values, strict=True))
             if cell.at[0] in (pair[0][0], pair[1][0])]  # fmt: skip
    return bool(pairs) and all(far(float(one), float(other)) for (_, one), (_, other) in pairs)


def _words(relation: Relation, terms: _Terms, indicators: Mapping[str, Indicator]) -> str:
    left, right = relation.sides
    verb = "are not" if relation.holds == "equal" else "are more than"
    said = f"{_side(left, terms, indicators)} {verb} {_side(right, terms, indicators)}"
    return f"Published figures that cannot both be right: {said}. {relation.because}"


def _side(side: Sequence[Term], terms: _Terms, indicators: Mapping[str, Indicator]) -> str:
    return " and ".join(_said(indicators[term.indicator], term, terms[term]) for term in side)


def _said(indicator: Indicator, term: Term, figure: _Figure) -> str:
    share = figure.cell.side == "value" and indicator.kind.divides
    unit = "%" if share and indicator.unit == "percent" else ""
    of = "all of whom there are counted for " if term.side == "denominator" else ""
    return f"{of}{indicator.phrase} ({figure.value:,.10g}{unit})"
