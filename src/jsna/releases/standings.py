"""Where the authority of an edition stands among all: every authority's latest official figure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd

from jsna.io import Paths
from jsna.measures.methods import judging, ranking
from jsna.model import schema, standings
from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator
from jsna.releases import mapping, official, periods, store
from jsna.releases.audit import auditor, cells, effect
from jsna.releases.audit.finding import Finding
from jsna.releases.release import AUTHORITY, LEVEL, TIME, OfficialTable
from jsna.settings import authorities

#: Whole tables by release and table.
Releases = Mapping[tuple[str, str], OfficialTable]


def everyone(config: Configuration, paths: Paths, measures: pd.DataFrame) -> pd.DataFrame:
    """The table of standings of an edition.

    Of each indicator that can be compared, the figures of its whole period and total for the
    latest period in which the home area has one, as `official.audited_measures` reads them: the
    same releases stand first, and what the auditor finds not to be true of any authority is left
    out. An authority with an earlier and a present code is one; one that was divided or merged is
    left out where those that came of it have a figure too. Where fewer than
    `standings.FEWEST` authorities have a figure there is no place among all.

    Args:
        config: the edition.
        paths: its folders.
        measures: its published measures.
    """
    latest = _latest(config, measures)
    if not latest:
        return standings.empty()
    whole, _ = official.read(config, paths)
    located = cells.Places((table.frame for table in whole.values()), config.area)
    every = [*official.mappings(config)]
    # The same for every authority that is looked at in one process.
    key = auditor.stands_on(config, every, located)
    findings = store.kept(
        (*key, "everywhere"), lambda: auditor.audited(config, whole, every, everywhere=True)
    )
    known = _register(paths, config.area.code)
    names = _called(whole) if known is None else {}
    made = []
    for name, when in latest.items():
        indicator = config.indicators[name]
        figures = store.kept(
            (*key, "standings", name, *when),
            partial(_figures, config, whole, located, findings, indicator, when),
        )
        rows = _each_once(_alike(figures, config.area.code), config, known, names)
        if len(rows) >= standings.FEWEST and config.area.code in set(rows["area_code"]):
            made.append(_placed(rows))
    if not made:
        return standings.empty()
    table = pd.concat(made, ignore_index=True).assign(edition=config.edition.edition)
    return standings.check(standings.conform(table), standings.FILE, _releases(config))


def _register(paths: Paths, home: str) -> authorities.Register | None:
    """The register of authorities; None where the home area is none of them, but invented."""
    if not (paths.root / authorities.FILE).is_file():
        return None
    known = authorities.register(paths.root)
    return known if known.of_code(home) is not None else None


def _called(whole: Releases) -> dict[str, str]:
    """Code of an authority -> its name, as the releases have it: of those in no register."""
    named: dict[str, str] = {}
    for table in whole.values():
        if {"new_la_code", "la_name"} <= set(table.frame):
            rows = table.frame.loc[table.frame[LEVEL].eq(AUTHORITY), ["new_la_code", "la_name"]]
            named |= dict(rows.drop_duplicates().itertuples(index=False, name=None))
    return named


def _releases(config: Configuration) -> set[str]:
    return {release.id for release in config.every_release}


def _latest(config: Configuration, measures: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Indicator -> the latest period, with its type, of which the home area has a total."""
    home = measures[
        measures["area_code"].eq(config.area.code)
        & measures["breakdown"].eq(schema.TOTAL)
        & measures["value"].notna()
    ].sort_values("period", kind="stable")
    found = {}
    for name, rows in home.groupby("indicator", sort=False):
        indicator = config.indicators[str(name)]
        if indicator.kind.compared and not indicator.kind.of_one_whole:
            last = rows.iloc[-1]
            found[indicator.id] = str(last["period"]), str(last["period_type"])
    return found


def _figures(
    config: Configuration,
    whole: Releases,
    located: cells.Places,
    findings: list[Finding],
    indicator: Indicator,
    when: tuple[str, str],
) -> pd.DataFrame:
    """Measure rows of every authority in one period; none where no release gives them."""
    period, period_type = when
    parts = []
    of_release = {release.id: release for release in config.every_release}
    for rank, published in enumerate(config.published.get(indicator.id, ())):
        split = published.dimensions or published.category_columns
        table = whole.get((published.release, published.table))
        if split or table is None or published.period_type != period_type:
            continue
        release = of_release[published.release]
        other = published.denominator_from
        below = whole.get((published.release, other.table)) if other else None
        if other and below is None:
            continue
        rows = _of_period(table, located, period, period_type)
        beside = None if below is None else _of_period(below, located, period, period_type)
        if rows.frame.empty:
            continue
        # What is wrong with a file was said where the home area's figures were read.
        made, problems = mapping.measures(rows, indicator, published, beside, release.rounding)
        if problems or made.empty:
            continue
        made = effect.segmented(made, published.table, release)
        mine = [one for one in findings if one.source == release.id]
        parts.append(effect.applied(made, mine, published.table).assign(_rank=rank))
    if not parts:
        return pd.DataFrame()
    every = pd.concat(parts, ignore_index=True)
    every = every[every["breakdown"].eq(schema.TOTAL) & every["value"].notna()]
    doubted = every["mark"].map(lambda mark: bool({"zero", "doubt"} & set(mark.split("+"))))
    return every[~doubted.astype("bool")].sort_values("_rank", kind="stable")


def _alike(figures: pd.DataFrame, home: str) -> pd.DataFrame:
    """Each authority's first figure counted as the home area's: no order holds between two ways."""
    own = figures.loc[figures["area_code"].eq(home), "segment"] if len(figures) else figures
    if own.empty:
        return figures.iloc[:0]
    return figures[figures["segment"].eq(own.iloc[0])].drop_duplicates("area_code")


def _of_period(
    table: OfficialTable, located: cells.Places, period: str, period_type: str
) -> OfficialTable:
    """The rows of every authority in one period, found as the auditor finds them."""
    frame = table.frame
    times = [t for t in frame[TIME].unique() if periods.period(t, period_type) == period]
    kept = frame[frame[LEVEL].eq(AUTHORITY) & frame[TIME].isin(times)]
    return OfficialTable(cells.everywhere(kept, located), table.where)


def _each_once(
    rows: pd.DataFrame,
    config: Configuration,
    known: authorities.Register | None,
    called: Mapping[str, str],
) -> pd.DataFrame:
    """The rows with codes and names of authorities as they are today, each once."""
    if rows.empty:
        return rows
    area = config.area
    names = {**called, **{place.code: place.name for place in area.neighbours}}
    names[area.code] = area.name
    codes = {code: code for code in rows["area_code"]}
    gone: set[str] = set()
    if known is not None:
        there = {
            one.code for code in codes if (one := known.of_code(code) or known.by_number.get(code))
        }
        for code in codes:
            one = known.of_code(code) or known.by_number.get(code)
            if one is not None:
                codes[code], names[one.code] = one.code, names.get(one.code, one.name)
            elif (former := known.former(code)) is not None:
                names[code] = former.name
                if {known.by_number[number].code for number in former.now} & there:
                    gone.add(code)
            else:
                # Neither one of England's authorities nor one that was: not counted among them.
                gone.add(code)
    kept = rows[~rows["area_code"].isin(gone)]
    kept = kept.assign(area_code=kept["area_code"].map(codes))
    kept = kept.drop_duplicates("area_code")
    return kept.assign(area_name=[names.get(code, code) for code in kept["area_code"]])


def _placed(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the place of each."""
    value = rows["value"].to_numpy(np.float64)
    # Behind a complete count stands no chance: it is its own limits.
    exact = rows["method"].eq("proportion").to_numpy()
    limits = (np.where(exact, value, rows[name].to_numpy(np.float64)) for name in mapping.LIMITS)
    found = ranking.places(judging.Bounds(value, *limits))
    return rows.assign(
        of=len(rows),
        **found._asdict(),
        quarter=ranking.quarter(found.above, found.below),
    )
