"""Every published figure an edition uses, as one measure table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from jsna.errors import JsnaError, Problem
from jsna.io import Paths, sha256
from jsna.model import indicators as declaration
from jsna.model import schema
from jsna.model.areas import Area
from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator
from jsna.records import DIGESTS, read_digests
from jsna.releases import areas, ees, footnotes, iod, lait, mapping
from jsna.releases.audit import auditor, effect
from jsna.releases.audit.finding import Finding
from jsna.releases.release import Release

#: Datasets with a layout of their own; all others are Explore Education Statistics files.
LAIT: Final = "lait"
IOD: Final = "iod"
#: Disclosure profile of official statistics, which their publisher has protected already.
PASSED_THROUGH: Final = "official"
#: Area code of the statistical neighbours' mean.
NEIGHBOURS: Final = "neighbours"
_SAME: Final = ["indicator", "area_code", "geography", "period", "period_type", "breakdown",
                "category"]  # fmt: skip


class Published(NamedTuple):
    """The measures of an edition's releases, and what the auditor found in them."""

    measures: pd.DataFrame
    findings: list[Finding]


def published_measures(config: Configuration, paths: Paths) -> pd.DataFrame:
    """The measures of `audited_measures`."""
    return audited_measures(config, paths).measures


def audited_measures(config: Configuration, paths: Paths) -> Published:
    """Measures of the home area, its localities, country, region, neighbours and their mean.

    Every indicator with a mapping whose dataset the edition has, for every period the releases
    give, less what the auditor found not to be true. Where two mappings give the same figure the
    first declared with a value stands, and a different value in the other is said in the note.

    Raises:
        JsnaError: every problem in every release.
    """
    problems = unfetched(config, paths)
    if problems:
        raise JsnaError(problems, title="The official statistics cannot be used:")
    whole_releases, problems = _releases(config, paths)
    findings = auditor.audited(config, whole_releases, _mappings(config))
    releases = {at: shown(release, config.area) for at, release in whole_releases.items()}
    parts: list[pd.DataFrame] = []
    for rank, (indicator, published) in enumerate(_mappings(config)):
        release = releases.get((published.dataset, published.table))
        if release is None:
            continue
        source = config.sources[published.dataset][0]
        other = published.denominator_from
        whole = releases.get((published.dataset, other.table)) if other else None
        if other and whole is None:
            continue
        audit = config.audits.get(source)
        part, found = mapping.measures(
            release, indicator, published, source, whole, audit.rounding if audit else 1
        )
        problems += found
        if not part.empty:
            mine = [f for f in findings if f.source == source]
            part = effect.segmented(part, published.table, audit)
            parts.append(effect.applied(part, mine, published.table).assign(_rank=rank))
    if problems:
        raise JsnaError(dict.fromkeys(problems), title="The official statistics cannot be used:")
    if not parts:
        return Published(schema.empty(), findings)
    names = {source: one.title for source, one in config.sources.values()}
    tables = {rank: published.table for rank, (_, published) in enumerate(_mappings(config))}
    every = pd.concat(parts, ignore_index=True)
    every, gaps = effect.no_zero_for_a_gap(every, names, tables, config.audits)
    findings += gaps
    out = _first(every)
    out = pd.concat([out, neighbours_mean(out, config)], ignore_index=True)
    out["edition"] = config.edition.edition
    out["profile"] = [
        config.edition.profiles.get(dataset, PASSED_THROUGH)
        for dataset in out["source"].map({s: d for d, (s, _) in config.sources.items()})
    ]
    out = schema.conform(out)
    return Published(schema.check(out, "published measures"), findings)


def unfetched(config: Configuration, paths: Paths) -> list[Problem]:
    """Sources of the edition that are not there, or are not the file the register names."""
    problems = []
    listed = read_digests(paths.raw / DIGESTS)
    for source_id, source in config.sources.values():
        file = paths.published / source.file
        made = listed.get(file.relative_to(paths.raw).as_posix(), "")
        if not file.is_file():
            rule = (
                f"{source.file} has not been fetched; run: "
                f"python -m jsna fetch {config.edition.edition}"
            )
            problems.append(Problem(source_id, rule, code="published.missing"))
        elif source.sha256 is not None and (found := sha256(file)) != source.sha256:
            rule = (
                f"{source.file} is not the file the register names: its SHA-256 is {found}, "
                f"the register's {source.sha256}"
            )
            problems.append(Problem(source_id, rule, code="published.hash"))
        elif source.synthetic and listed and sha256(file) != made:
            rule = (
                f"{source.file} is not the file that was invented (by {DIGESTS}); make it again: "
                f"jsna synthesise {config.edition.edition}"
            )
            problems.append(Problem(source_id, rule, code="published.hash"))
    return problems


def _mappings(config: Configuration) -> Iterator[tuple[Indicator, declaration.Published]]:
    for indicator in config.indicators.values():
        for published in indicator.published:
            if published.dataset in config.sources:
                yield indicator, published


def _releases(
    config: Configuration, paths: Paths
) -> tuple[dict[tuple[str, str], Release], list[Problem]]:
    """Every table the mappings name, read once."""
    wanted: dict[str, set[str]] = {}
    for _, published in _mappings(config):
        tables = wanted.setdefault(published.dataset, set())
        tables.add(published.table)
        if published.denominator_from:
            tables.add(published.denominator_from.table)
    releases: dict[tuple[str, str], Release] = {}
    problems: list[Problem] = []
    for dataset, tables in sorted(wanted.items()):
        try:
            for table, release in _read(config, paths, dataset, sorted(tables)).items():
                problems += areas.absent(release.frame, config.area, release.where)
                releases[dataset, table] = release
        except JsnaError as error:
            problems += error.problems
    return releases, problems + _year_types(config, paths)


def shown(release: Release, area: Area) -> Release:
    """The release with the rows of the edition's areas, and its footnotes narrowed."""
    return Release(
        areas.located(release.frame, area),
        release.where,
        release.footnotes,
        footnotes.scopes(release),
    )


def _read(
    config: Configuration, paths: Paths, dataset: str, tables: list[str]
) -> Mapping[str, Release]:
    _, source = config.sources[dataset]
    file = paths.published / source.file
    if dataset == LAIT:
        return lait.read(file, tables)
    if dataset == IOD:
        return iod.authorities(config, paths, tables)
    found: dict[str, Release] = {}
    problems: list[Problem] = []
    for table in tables:
        try:
            found[table] = ees.read(file, table)
        except JsnaError as error:
            problems += error.problems
    if problems:
        raise JsnaError(problems)
    return found


def _year_types(config: Configuration, paths: Paths) -> list[Problem]:
    """Mappings whose period type is not the one the tool's data dictionary gives the measure."""
    if LAIT not in config.sources or "lait_dictionary" not in config.sources:
        return []
    kinds = lait.year_types(paths.published / config.sources["lait_dictionary"][1].file)
    problems = []
    for indicator, published in _mappings(config):
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


def neighbours_mean(rows: pd.DataFrame, config: Configuration) -> pd.DataFrame:
    """The unweighted mean over the statistical neighbours that have a value.

    Counts have none: a mean of them would say how large the neighbours are. It has no limits.
    """
    codes = [place.code for place in config.area.neighbours]
    counts = {i.id for i in config.indicators.values() if not i.kind.compared}
    theirs = rows[
        (rows["geography"] == "authority")
        & rows["area_code"].isin(codes)
        & ~rows["indicator"].isin(counts)
    ]
    if theirs.empty:
        return theirs
    keys = ["indicator", "period", "period_type", "breakdown", "category"]
    same = ["population_base", "unit", "source", "segment"]
    groups = theirs.groupby(keys, sort=True)
    out = groups.agg(
        value=("value", "mean"),
        available=("value", "count"),
        **{name: (name, "first") for name in same},
    ).reset_index()
    out["note"] = [
        f"Unweighted mean of the {n} of {len(codes)} statistical neighbours with a figure."
        for n in out["available"]
    ]
    out["status"] = np.where(out["available"] == 0, "x", "")
    return out.drop(columns="available").assign(
        area_code=NEIGHBOURS, geography="neighbours", method="mean_of_areas"
    )
