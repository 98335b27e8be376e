"""The `published` stage: fetched releases become measures and reference tables."""

from __future__ import annotations

import pandas as pd

from jsna import io, records
from jsna.errors import JsnaError, Problem
from jsna.io import Paths, clear_folder, write_json, write_parquet
from jsna.model import standings as contract
from jsna.model.configuration import Configuration
from jsna.releases import lookups, neighbours, reference, standings, store
from jsna.releases.areas import authorities
from jsna.releases.audit import finding, report
from jsna.releases.official import UNUSABLE, audited_measures, misfits, unfetched
from jsna.settings import recoded


def run(config: Configuration, paths: Paths) -> None:
    """Write `restricted/published.parquet` and, where sources give them, reference tables.

    Writes `restricted/standings.parquet` too: the latest figures of every authority, and its place
    among all (`jsna.model.standings`).

    Writes `restricted/reference/lsoa.parquet` (small areas with names and deprivation, a superset
    of the analysis table) and `restricted/reference/population.parquet`, which `derive` takes up
    where an edition has no extract of its own for them; what the auditor found in the releases
    (`restricted/audit.parquet`), with the findings nobody has reviewed (`restricted/audit.yaml`);
    and `restricted/published.json`, which lists the reference tables, and what releases lack the
    authority.

    Raises:
        JsnaError: every problem in the configuration of the area and in the releases.
    """
    problems = unfetched(config, paths) or check_area(config, paths)
    if problems:
        raise JsnaError(problems, title=UNUSABLE)
    # The releases are read for the areas of the edition, and for every authority.
    with store.together():
        measures, findings, lacking = audited_measures(config, paths)
        everyone = standings.everyone(config, paths, measures)
    tables = reference.reference_tables(config, paths)
    clear_folder(paths.restricted / "reference")
    files = {name: paths.restricted / "reference" / f"{name}.parquet" for name in tables}
    for name, table in tables.items():
        write_parquet(files[name], table)
    write_parquet(paths.restricted / "audit.parquet", finding.frame(findings))
    report.write(paths.restricted, findings)
    io.write_measures(paths.restricted / "published.parquet", measures)
    write_parquet(paths.restricted / contract.FILE, everyone)
    lacking += reference.lacking(config, tables)
    receipt = {"files": records.digests(paths.restricted, files.values()), "lacking": lacking}
    write_json(paths.restricted / "published.json", receipt)


def judged(config: Configuration, paths: Paths) -> tuple[list[Problem], list[str]]:
    """Why the releases of an edition cannot be used, and what of them lacks its authority.

    As far as their layout and labels tell: whether their figures are true is for the auditor, and
    no reason to stop.
    """
    if problems := unfetched(config, paths):
        return problems, []
    problems, lacking = misfits(config, paths)
    try:
        problems += check_area(config, paths)
    except JsnaError as error:
        problems += error.problems
    try:
        lacking += reference.lacking(config, reference.reference_tables(config, paths))
    except JsnaError as error:
        problems += error.problems
    return problems, lacking


def check_area(config: Configuration, paths: Paths) -> list[Problem]:
    """Whether the area's neighbours, region and localities are those of the official look-ups."""
    if config.area.unsettled:
        where = paths.area.relative_to(paths.root).as_posix()
        rule = (
            f"the districts or wards and neighbours of {config.area.name} have not been found in "
            f"the releases of this edition; run: python -m jsna fetch {config.edition.edition}"
        )
        return [Problem(where, rule, code="published.unsettled")]
    problems: list[Problem] = []
    if "neighbours" in config.releases:
        source = config.releases["neighbours"][0]
        model = store.once(neighbours.read, paths.published / source.file)
        problems += neighbours.check(config.area, model, source.file)
    if "regions" in config.releases:
        source = config.releases["regions"][0]
        problems += _check_region(
            config, store.once(lookups.regions, paths.published / source.file)
        )
    return problems


def _check_region(config: Configuration, regions: pd.DataFrame) -> list[Problem]:
    area, path = config.area, f"config/areas/{config.area.area}.yaml"
    codes = authorities(area)
    today = regions["authority_code"].map(recoded.latest)
    known = dict(zip(today, regions["old_la_code"], strict=True))
    region_of = dict(zip(today, regions["region_code"], strict=True))
    problems = [
        Problem(
            path, f"the look-up gives the authority {code} the old code "
            f"{known.get(recoded.latest(code), 'none')}",
            column="old_la_code", value=old, code="config.codes",
        )
        for code, old in codes.items()
        if known.get(recoded.latest(code)) != old
    ]  # fmt: skip
    region = region_of.get(recoded.latest(area.code))
    if region not in (None, area.region.code):
        rule = f"the look-up gives the region {region}"
        problems.append(
            Problem(path, rule, column="region", value=area.region.code, code="config.codes")
        )
    return problems
