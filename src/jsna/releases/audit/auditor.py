"""The auditor of an edition's releases: every finding about the areas it shows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from jsna.model.audits import FindingKind, Known
from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator
from jsna.model.releases import Published
from jsna.releases import areas, store
from jsna.releases.audit import cells, finding
from jsna.releases.audit.coherence import Cell, Sheet, Sheets, blamed, contradicted
from jsna.releases.audit.finding import MARKS, Effect, Finding
from jsna.releases.audit.grid import Grid, grid
from jsna.releases.audit.odd import Odd, at_odds, odd
from jsna.releases.audit.returns import missing_returns
from jsna.releases.audit.sums import Blame, contradictions
from jsna.releases.release import OfficialTable

#: Datasets worked out here from a look-up, which have nothing of the publisher's to compare.
OWN: Final = ("iod",)
Mapped = tuple[Indicator, Published]


def audited(
    config: Configuration,
    releases: Mapping[tuple[str, str], OfficialTable],
    mappings: Iterable[Mapped],
    *,
    everywhere: bool = False,
) -> list[Finding]:
    """Every finding about the areas of an edition, reviewed.

    Args:
        config: the edition, with what the team decided of each release.
        releases: whole tables by release and table, as read.
        mappings: the indicators and where the releases give them.
        everywhere: about every area of the releases, not those of the edition alone.
    """
    known = {release.id: release for release in config.every_release}
    own = {name for name, release in known.items() if release.dataset in OWN}
    places = cells.Places(
        (r.frame for (name, _), r in releases.items() if name not in own), config.area
    )
    nation = config.area.country.code
    shown = {nation, config.area.region.code, *areas.authorities(config.area)}
    read = [*mappings]
    key = stands_on(config, read, places)
    every = store.kept(key, lambda: _sheets(config, releases, read, places))
    if everywhere:
        shown = {str(area) for one in every for area in one.table.frame["area_code"].unique()}
    found: list[Finding] = []
    for source in sorted({one.table.source for one in every}):
        mine = [one.own() for one in every if one.table.source == source]
        made = _once(_of_source(config, mine, places, shown))
        found += finding.reviewed(made, known[source])
    return found


def stands_on(
    config: Configuration, mappings: Iterable[Mapped], places: cells.Places
) -> tuple[str, ...]:
    """All that the figures of every authority, and the sums over them, depend on."""
    files = (f"{one.id} {one.file} {one.sha256} {one.rounding}" for one in config.every_release)
    asked = (f"{indicator!r} {mapping!r}" for indicator, mapping in mappings)
    return ("cells", *files, *asked, places.known_as)


def _of_source(
    config: Configuration,
    laid_out: Sequence[Sheet],
    places: cells.Places,
    shown: Collection[str],
) -> Iterator[Finding]:
    """What is found in the tables of one source."""
    tables = [sheet.table for sheet in laid_out]
    audit = next(one for one in config.every_release if one.id == tables[0].source)
    nation = places.area.country.code
    yield from _declared(tables, audit, shown)
    missing = [*missing_returns(tables, audit, shown, nation)]
    yield from (_finding(t, o) for t, o in missing)
    # Nothing is held up to a figure that is known to be wrong.
    gone = {_cell(t, o.side, o.figure.area, o.figure.at) for t, o in missing}
    by_table = {(one.table.table, one.table.indicator.id): one for one in laid_out}
    sheets = Sheets(by_table, audit.rounding, shown)
    broken = contradicted(sheets, config.relations)
    for cell in (cell for one in broken for cell in one.cells):
        if (sums := by_table[cell.table, cell.indicator].grids.get(cell.side)) is not None:
            sums.doubted.add((cell.at, cell.area))
    for table, grids in ((sheet.table, sheet.grids) for sheet in laid_out):
        for side, blame, one in _sums(table, grids, places, shown):
            yield one
            if blame.sure:
                gone.add(_cell(table, side, blame.area, blame.at))
    for found in blamed(broken, sheets, config.indicators, gone):
        yield _made(found.table, found.cell.side, found.cell.area, found.cell.at, "coherence",
                    found.value, found.reason, _effect(found.sure))  # fmt: skip
        if found.sure:
            gone.add(found.cell)
    for table in tables:
        of = (table.table, table.indicator.id)
        wrong = {(c.side, c.area, *c.at) for c in gone if (c.table, c.indicator) == of}
        yield from (_finding(table, o) for o in odd(table, shown, nation, wrong))


def _declared(
    tables: Iterable[cells.Table], audit: Known | None, shown: Collection[str]
) -> Iterator[Finding]:
    """What the team itself knows not to be true."""
    own = [review for review in (audit.findings if audit else ()) if review.kind == "declared"]
    for table in tables if own else ():
        rows = table.frame[
            table.frame["area_code"].isin(list(shown)) & table.frame["value"].notna()
        ]
        # One for each figure, whichever of its sides comes first.
        rows = rows.drop_duplicates(["area_code", "period", "breakdown", "category"])
        names = ["side", "area_code", "period", "breakdown", "category", "value"]
        for side, area, *at, value in rows[names].itertuples(index=False, name=None):
            where = (at[0], at[1], at[2])
            made = _made(table, side, area, where, "declared", value, "", "not_available")
            for review in own:
                if finding.matches(review, made):
                    yield replace(made, reason=review.reason)


def _cell(table: cells.Table, side: str, area: str, at: tuple[str, str, str]) -> Cell:
    return Cell(table.table, table.indicator.id, side, area, at)


def _effect(sure: bool) -> Effect:
    return "not_available" if sure else "mark"


def _tables(
    config: Configuration,
    releases: Mapping[tuple[str, str], OfficialTable],
    mappings: Iterable[Mapped],
    places: cells.Places,
) -> Iterator[cells.Table]:
    for indicator, mapping in mappings:
        release = releases.get((mapping.release, mapping.table))
        by = len(mapping.dimensions) + len(mapping.category_columns)
        if release is None or mapping.dataset in OWN or by > 1:
            continue
        other = mapping.denominator_from
        whole = releases.get((mapping.release, other.table)) if other else None
        if other and whole is None:
            continue
        table = cells.table(release, indicator, mapping, places, whole)
        if table is not None:
            yield table


def _sheets(
    config: Configuration,
    releases: Mapping[tuple[str, str], OfficialTable],
    mappings: Iterable[Mapped],
    places: cells.Places,
) -> list[Sheet]:
    """The figures of every authority, and the sums they stand in, before anything is judged."""
    rounding = {release.id: release.rounding for release in config.every_release}
    tables = cells.together(_tables(config, releases, mappings, places))
    return [Sheet(one, _grids(one, places, rounding[one.source])) for one in tables]


def _grids(table: cells.Table, places: cells.Places, rounding: int) -> dict[str, Grid]:
    """The figures of each side that counts, laid out to be added up."""
    share = table.indicator.kind.of_one_whole
    doubted = {((p, b, c), area) for area, p, b, c in at_odds(table)}
    by_side = {str(side): rows for side, rows in table.frame.groupby("side", sort=True)}
    made = {}
    for side, rows in by_side.items():
        if side == "value" and not table.indicator.kind.adds_up:
            continue
        wholes = by_side.get("denominator") if share and side == "numerator" else None
        made[side] = grid(rows, places.region_of, places.area.country.code, rounding, wholes)
        made[side].doubted = set(doubted)
    return made


def _sums(
    table: cells.Table, grids: Mapping[str, Grid], places: cells.Places, shown: Collection[str]
) -> Iterator[tuple[str, Blame, Finding]]:
    """What does not add up in each side that counts; what is surely wrong leaves the sums."""
    names = {places.area.country.code: places.area.country.name, **places.region_names}
    for side, laid_out in grids.items():
        before = laid_out.values.copy()
        for blame in contradictions(laid_out, names):
            if blame.area not in shown:
                continue
            value = before[laid_out.row[blame.at], laid_out.areas.index(blame.area)]
            made = _made(table, side, blame.area, blame.at, blame.kind, float(value), blame.reason,
                         _effect(blame.sure))  # fmt: skip
            yield side, blame, made


def _finding(table: cells.Table, found: Odd) -> Finding:
    effect: Effect = "mark" if found.kind in MARKS else "not_available"
    return _made(table, found.side, found.figure.area, found.figure.at, found.kind,
                 found.published, found.reason, effect)  # fmt: skip


def _made(
    table: cells.Table,
    side: str,
    area: str,
    at: tuple[str, str, str],
    kind: FindingKind,
    value: float,
    reason: str,
    effect: Effect,
) -> Finding:
    period, breakdown, category = at
    return Finding(
        table.source, table.table, table.indicator.id, table.columns.get(side, side) or side,
        area, period, breakdown, category, kind, value, reason, effect,
    )  # fmt: skip


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """One finding of a kind for each figure: a figure that is not available is not marked too."""
    kept: dict[tuple[str, ...], Finding] = {}
    gone = set()
    ordered = sorted(findings, key=lambda f: f.effect != "not_available")
    for one in ordered:
        figure = (one.table, one.indicator, one.area_code, one.period, one.breakdown, one.category)
        if one.effect == "not_available":
            gone.add(figure)
        elif figure in gone:
            continue
        kept.setdefault((*figure, one.kind), one)
    return list(kept.values())
