"""Every published figure an edition uses, as one measure table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from jsna.errors import JsnaError, Problem
from jsna.io import Paths, sha256
from jsna.model import schema
from jsna.model.areas import Area
from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator
from jsna.model.releases import Published as Mapped
from jsna.model.releases import Release
from jsna.records import DIGESTS, read_digests
from jsna.releases import areas, ees, figures, footnotes, iod, labels, lait, mapping, store
from jsna.releases.audit import auditor, effect
from jsna.releases.audit.finding import Finding
from jsna.releases.release import OfficialTable

#: Dataset of the Local Authority Interactive Tool.
LAIT: Final = "lait"
#: Disclosure profile of official statistics, which their publisher has protected already.
PASSED_THROUGH: Final = "official"
#: Area codes of the statistical neighbours' median, and of what they come to together.
NEIGHBOURS: Final = "neighbours"
TOGETHER: Final = "neighbours_together"
UNUSABLE: Final = "The official statistics cannot be used:"
_SAME: Final = [*schema.SUBJECT[1:]]


class Published(NamedTuple):
    """The measures of an edition's releases, what the auditor found, and what lacks its area."""

    measures: pd.DataFrame
    findings: list[Finding]
    lacking: list[str]


def published_measures(config: Configuration, paths: Paths) -> pd.DataFrame:
    """The measures of `audited_measures`."""
    return audited_measures(config, paths).measures


def audited_measures(config: Configuration, paths: Paths) -> Published:
    """Measures of the home area, its localities, country, region, neighbours and their median.

    Every indicator that a release of the edition gives, for every period there is, less what the
    auditor found not to be true. Where two releases give the same figure that of the one named
    first stands, compilations last, and a different value in the other is said in the note.

    Raises:
        JsnaError: every problem in every release.
    """
    problems = unfetched(config, paths)
    if problems:
        raise JsnaError(problems, title=UNUSABLE)
    whole_releases, problems = read(config, paths)
    findings = auditor.audited(config, whole_releases, mappings(config))
    of_release = {release.id: release for release in config.every_release}
    parts: list[pd.DataFrame] = []
    for rank, indicator, published, release, below in _asked(config, whole_releases):
        known = of_release[published.release]
        part, found = mapping.measures(release, indicator, published, below, known.rounding)
        problems += found
        if not part.empty:
            mine = [f for f in findings if f.source == known.id]
            part = effect.segmented(part, published.table, known)
            parts.append(effect.applied(part, mine, published.table).assign(_rank=rank))
    if problems:
        raise JsnaError(dict.fromkeys(problems), title=UNUSABLE)
    if not parts:
        return Published(schema.empty(), findings, lacking(whole_releases, config.area))
    tables = {rank: published.table for rank, (_, published) in enumerate(mappings(config))}
    every = pd.concat(parts, ignore_index=True)
    every, gaps = effect.no_zero_for_a_gap(every, tables, of_release)
    findings += gaps
    out = _first(every)
    out = pd.concat([out, neighbours_rows(out, config)], ignore_index=True)
    out["edition"] = config.edition.edition
    out["profile"] = [
        config.edition.profiles.get(dataset, PASSED_THROUGH)
        for dataset in out["source"].map({name: one.dataset for name, one in of_release.items()})
    ]
    out = schema.conform(out)
    made = schema.check(out, "published measures")
    return Published(made, findings, lacking(whole_releases, config.area))


def _asked(
    config: Configuration, whole: Mapping[tuple[str, str], OfficialTable]
) -> Iterator[tuple[int, Indicator, Mapped, OfficialTable, OfficialTable | None]]:
    """Each mapping with its rank, its table and that of its denominator, where they are there.

    Args:
        config: the edition.
        whole: release and table -> its rows, from `read`.
    """
    releases = {at: shown(release, config.area) for at, release in whole.items()}
    for rank, (indicator, published) in enumerate(mappings(config)):
        release = releases.get((published.release, published.table))
        other = published.denominator_from
        below = releases.get((published.release, other.table)) if other else None
        if release is not None and (not other or below is not None):
            yield rank, indicator, published, release, below


def misfits(config: Configuration, paths: Paths) -> tuple[list[Problem], list[str]]:
    """What of files and mappings does not fit each other, and what lacks the area.

    No figure is read.
    """
    whole, problems = read(config, paths)
    for _, indicator, published, release, below in _asked(config, whole):
        other = None if below is None else below.frame
        found = figures.chosen(release.frame, published, release.where, other)
        problems += [mapping.of_indicator(indicator, problem) for problem in found.problems]
    return list(dict.fromkeys(problems)), lacking(whole, config.area)


def unfetched(config: Configuration, paths: Paths) -> list[Problem]:
    """Sources of the edition that are not there, or are not the file the register names."""
    problems = []
    listed = read_digests(paths.raw / DIGESTS)
    for source in config.every_release:
        file = paths.published / source.file
        made = listed.get(file.relative_to(paths.raw).as_posix(), "")
        if not file.is_file():
            done, verb = ("made", "synthesise") if source.synthetic else ("fetched", "fetch")
            run = f"python -m jsna {verb} {config.edition.edition}"
            rule = f"{source.file} has not been {done}; run: {run}"
            problems.append(Problem(source.id, rule, code="published.missing"))
        elif source.sha256 is not None and (found := sha256(file)) != source.sha256:
            rule = (
                f"{source.file} is not the file the register names: its SHA-256 is {found}, "
                f"the register's {source.sha256}"
            )
            problems.append(Problem(source.id, rule, code="published.hash"))
        elif source.synthetic and listed and sha256(file) != made:
            rule = (
                f"{source.file} is not the file that was invented (by {DIGESTS}); make it again: "
                f"jsna synthesise {config.edition.edition}"
            )
            problems.append(Problem(source.id, rule, code="published.hash"))
    return problems


def mappings(config: Configuration) -> Iterator[tuple[Indicator, Mapped]]:
    """Every indicator with each place in a release that gives it."""
    for indicator in config.indicators.values():
        for published in config.published.get(indicator.id, ()):
            yield indicator, published


def read(
    config: Configuration, paths: Paths
) -> tuple[dict[tuple[str, str], OfficialTable], list[Problem]]:
    """Every table the mappings name, read once, and what is wrong with files and mappings."""
    wanted: dict[str, set[str]] = {}
    asked: dict[tuple[str, str], list[Mapped]] = defaultdict(list)
    for _, published in mappings(config):
        asked[published.release, published.table].append(published)
        tables = wanted.setdefault(published.release, set())
        tables.add(published.table)
        if published.denominator_from:
            tables.add(published.denominator_from.table)
    releases: dict[tuple[str, str], OfficialTable] = {}
    problems: list[Problem] = []
    of_release = {release.id: release for release in config.every_release}
    for name, tables in sorted(wanted.items()):
        try:
            for table, read in _read(config, paths, of_release[name], sorted(tables)).items():
                if not config.area.registered:
                    problems += areas.absent(read.frame, config.area, read.where)
                for one in asked[name, table]:
                    problems += labels.unused(read.frame, one, read.where)
                releases[name, table] = read
        except JsnaError as error:
            problems += error.problems
    return releases, [*dict.fromkeys(problems), *_year_types(config, paths)]


def lacking(whole: Mapping[tuple[str, str], OfficialTable], area: Area) -> list[str]:
    """What has rows of other authorities and none of the area's, which truly lacks it.

    That is known of an authority found in the register by its code. Of one somebody typed, it is a
    problem (`read`).
    """
    if not area.registered:
        return []
    without: dict[str, list[str]] = defaultdict(list)
    for (release, table), read in sorted(whole.items()):
        if areas.absent(read.frame, area, read.where):
            without[release].append(table)
    return [
        f"{release} has no figures of {area.name} in {', '.join(tables)}"
        for release, tables in without.items()
    ]


def shown(release: OfficialTable, area: Area) -> OfficialTable:
    """The release with the rows of the edition's areas, and its footnotes narrowed."""
    return OfficialTable(
        areas.located(release.frame, area),
        release.where,
        release.footnotes,
        footnotes.scopes(release),
    )


def _read(
    config: Configuration, paths: Paths, release: Release, tables: list[str]
) -> Mapping[str, OfficialTable]:
    file = paths.published / release.file
    if release.layout == "lait":
        return store.once(lait.read, file, tables)
    if release.layout == "iod":
        return iod.authorities(config, paths, tables)
    found: dict[str, OfficialTable] = {}
    problems: list[Problem] = []
    for table in tables:
        try:
            found[table] = store.once(ees.read, file, table)
        except JsnaError as error:
            problems += error.problems
    if problems:
        raise JsnaError(problems)
    return found


def _year_types(config: Configuration, paths: Paths) -> list[Problem]:
    """Mappings whose period type is not the one the tool's data dictionary gives the measure."""
    if LAIT not in config.releases or "lait_dictionary" not in config.releases:
        return []
    dictionary = paths.published / config.releases["lait_dictionary"][0].file
    kinds = store.once(lait.year_types, dictionary)
    problems = []
    for indicator, published in mappings(config):
        kind = kinds.get(published.table, "") if published.dataset == LAIT else ""
        allowed = lait.YEAR_TYPES.get(kind, ())
        if allowed and published.period_type not in allowed:
            rule = (
                f"the tool's dictionary gives {published.table!r} by {kind}, and the mapping of "
                f"{indicator.id} says {published.period_type!r}"
            )
            problems.append(Problem("lait_dictionary", rule, code="published.period_type"))
    return problems


def _first(rows: pd.DataFrame) -> pd.DataFrame:
    """One row for each figure: the first mapping with a value; others are compared with it."""
    ordered = rows.assign(_none=rows["value"].isna()).sort_values(
        [*_SAME, "_none", "_rank"], kind="stable"
    )
    kept = ordered.drop_duplicates(_SAME)
    others = ordered[ordered.duplicated(_SAME) & ordered["value"].notna()]
    if not others.empty:
        both = others.merge(kept[[*_SAME, "value"]], on=_SAME, suffixes=("", "_kept"))
        # Half of the last decimal of percentages published to one.
        apart = (both["value"] - both["value_kept"]).abs() > 0.05 + 1e-6
        said = both[apart].assign(
            said=lambda b: [
                f"{source} gives {value:.10g}."
                for source, value in zip(b["source"], b["value"], strict=True)
            ]
        )
        kept = kept.merge(said[[*_SAME, "said"]].drop_duplicates(_SAME), on=_SAME, how="left")
        also = kept["said"].astype("object").fillna("").astype("str")
        kept["note"] = (kept["note"] + " " + also).str.strip()
    return kept.drop(columns=["_none", "_rank", "said", effect.PUBLISHED], errors="ignore")


def neighbours_rows(rows: pd.DataFrame, config: Configuration) -> pd.DataFrame:
    """The median of the statistical neighbours that have a value, and all of them together.

    Counts have neither: they would say how large the neighbours are. The median has no counts and
    no limits. Together they stand where each that has a value has its counts; no limits either, as
    neighbours differ by more than chance.
    """
    codes = [place.code for place in config.area.neighbours]
    compared = {i.id: i for i in config.indicators.values() if i.kind.compared}
    theirs = rows[
        (rows["geography"] == "authority")
        & rows["area_code"].isin(codes)
        & rows["indicator"].isin(list(compared))
    ]
    if theirs.empty:
        return theirs
    keys = ["indicator", "period", "period_type", "breakdown", "category"]
    same = ["population_base", "unit", "source", "segment"]
    told = theirs["value"].notna()
    counts = theirs[["numerator", "denominator"]].notna().all(axis=1)
    groups = theirs.assign(
        numerator=theirs["numerator"].where(told),
        denominator=theirs["denominator"].where(told),
        uncounted=told & ~counts,
    ).groupby(keys, sort=True)
    out = groups.agg(
        value=("value", "median"),
        available=("value", "count"),
        numerator=("numerator", "sum"),
        denominator=("denominator", "sum"),
        uncounted=("uncounted", "any"),
        **{name: (name, "first") for name in same},
    ).reset_index()
    return pd.concat(
        [_median(out, len(codes)), _together(out, compared)], ignore_index=True
    ).assign(geography="neighbours")


_TALLY: Final = ["available", "uncounted", "numerator", "denominator"]


def _median(found: pd.DataFrame, of: int) -> pd.DataFrame:
    note = [f"Median of the {n} of {of} statistical neighbours with a figure."
            for n in found["available"]]  # fmt: skip
    status = np.where(found["available"] == 0, "x", "")
    return found.drop(columns=_TALLY).assign(
        note=note, status=status, area_code=NEIGHBOURS, method="median_of_areas"
    )


def _together(found: pd.DataFrame, declared: Mapping[str, Indicator]) -> pd.DataFrame:
    divided = {name for name, one in declared.items() if one.kind.limits_of_counts}
    kept = found.loc[
        found["indicator"].isin(list(divided))
        & (found["available"] > 1)
        & ~found["uncounted"]
        & (found["denominator"] > 0)
    ]
    multiplier = np.array([schema.MULTIPLIERS[unit] for unit in kept["unit"]], dtype=np.float64)
    note = [f"The {n} statistical neighbours with a figure, their counts added up."
            for n in kept["available"]]  # fmt: skip
    return kept.drop(columns=["available", "uncounted"]).assign(
        value=kept["numerator"] / kept["denominator"] * multiplier,
        note=note, status="", area_code=TOGETHER, method="pooled_areas",
    )  # fmt: skip
