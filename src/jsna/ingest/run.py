"""The `ingest` stage: read, validate and, if nothing is refused, write (docs/data-flow.md).

It looks at everything before it says anything. Where one file is refused nothing is written, so
the result of the previous run stays whole. `jsna.checking.rows` tells the same without writing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from jsna import io, records
from jsna.errors import JsnaError, Problem
from jsna.ingest import named_after
from jsna.ingest.cells import DAMAGE
from jsna.ingest.kept import Kept
from jsna.ingest.places import in_place, rows_of
from jsna.ingest.stage import Staged, stage_deliveries
from jsna.model.configuration import Configuration
from jsna.model.editions import Delivery

if TYPE_CHECKING:
    import pandas as pd

    from jsna.ingest.validate import Results

#: A file with less than this share of another year's rows is warned of, if that has many.
SHORT, FEW_ROWS = 0.5, 40
#: Title of the error.
REFUSED = "The extracts of {edition!r} cannot be used until this is put right:"


@dataclass(frozen=True, slots=True)
class Ingested:
    """Everything received for an edition, read and judged.

    Attributes:
        staged: one entry a table of a delivery, in the order of the edition.
        results: delivery -> judged tables, of the tables that could be read.
        problems: why files are refused; none where the edition can be built.
    """

    staged: Sequence[Staged]
    results: Results
    problems: tuple[Problem, ...]


def ingest(config: Configuration, paths: io.Paths) -> Ingested:
    """Read and judge every extract of an edition; writes nothing."""
    from jsna.ingest import rights
    from jsna.ingest.fills import fill
    from jsna.ingest.put_together import put_together
    from jsna.ingest.validate import context_for, validate_edition
    from jsna.sources import registry

    _check_days(config)
    staged = stage_deliveries(
        config.edition.received, registry(), paths.raw, synthetic=config.edition.synthetic,
        layouts=config.layout,
    )  # fmt: skip
    _warn_of_short(staged)

    def day(delivery: Delivery) -> date:
        return context_for(config, delivery).reference_date

    staged = fill(put_together(staged, day, config.area.codes), day, config.area.old_la_code)
    rows: dict[tuple[str, str], dict[str, Kept]] = {}
    for entry in staged:
        if entry.rows is not None:
            key = (entry.delivery.extract, entry.delivery.period)
            rows.setdefault(key, {})[entry.table] = entry.rows
    results = validate_edition(rows, config)
    _warn_of_part(staged, results)
    problems = rights.judge(config, paths)
    problems += [problem for entry in staged for problem in _problems(entry, results)]
    # Tables of one workbook share what is wrong with the whole of it.
    return Ingested(staged, results, tuple(dict.fromkeys(problems)))


def headings(config: Configuration, paths: io.Paths) -> list[Problem]:
    """Why files of an edition are refused, as far as their headers tell; reads no row."""
    from jsna.ingest import rights
    from jsna.ingest.read import read_heading
    from jsna.sources import registry

    _check_days(config)
    staged = stage_deliveries(
        config.edition.received, registry(), paths.raw, synthetic=config.edition.synthetic,
        read=read_heading, layouts=config.layout,
    )  # fmt: skip
    problems = rights.judge(config, paths)
    problems += [problem for entry in staged for problem in entry.findings.problems]
    return list(dict.fromkeys(problems))


def _check_days(config: Configuration) -> None:
    """Refuse names of files that hold a day on which a child may have been born.

    Raises:
        JsnaError: telling whose they are, without the names.
    """
    day = config.edition.reference_date
    problems = [
        Problem(
            f"config/editions/{config.edition.edition}.yaml",
            f"of a file of {one.extract}, {one.period}, {named_after.BORN}",
            column="files",
            code="file.named",
        )
        for one in config.edition.received
        if any(named_after.by_its_day(file, day) for file in one.every_file)
    ]
    if problems:
        raise JsnaError(problems, title=REFUSED.format(edition=config.edition.edition))


def _warn_of_part(staged: Sequence[Staged], results: Results) -> None:
    """Warn of events of which months have none: the file may be one of a term."""
    from jsna.shared.whole_year import empty_months, is_of_events
    from jsna.sources import registry

    for entry in staged:
        delivery = entry.delivery
        judged = results.get((delivery.extract, delivery.period), {}).get(entry.table)
        if judged is None or not is_of_events(judged.table):
            continue
        days = judged.valid[judged.table.dated_by].dropna()
        if months := empty_months(days, delivery.period, registry()[delivery.extract].period_type):
            rule = (
                f"no row is from {months}: the file may be a part of the year; ask its owner, and "
                "give all parts"
            )
            entry.findings.warn("file.part_of_year", rule)


def _warn_of_short(staged: Sequence[Staged]) -> None:
    """Warn of files with far fewer rows than another year's: cut at the end of a line, perhaps."""
    rows = {
        (entry.delivery.extract, entry.table, entry.delivery.period): len(entry.rows)
        for entry in staged
        if entry.rows is not None
    }
    for entry in staged:
        if entry.rows is None:
            continue
        name = (entry.delivery.extract, entry.table)
        most, period = max((many, key[2]) for key, many in rows.items() if key[:2] == name)
        few = len(entry.rows)
        if most >= FEW_ROWS and few < SHORT * most:
            entry.findings.warn(
                "file.short",
                f"the file has {few:,} rows where that of {period} has {most:,}: it may have been "
                "cut short at the end of a row; ask its owner how many there should be",
            )


def _problems(entry: Staged, results: Results) -> list[Problem]:
    """What refuses one file, first as a file, then for its rows."""
    judged = results.get((entry.delivery.extract, entry.delivery.period), {}).get(entry.table)
    found = list(entry.findings.problems)
    if judged is None:
        return found
    # A column refused for how it is written is not refused again because it cannot be read.
    told = {problem.column for problem in found if problem.code in DAMAGE}
    rows = (problem for problem in judged.problems if problem.column not in told)
    return [*found, *(in_place(problem, entry.places) for problem in rows)]


def run(config: Configuration, paths: io.Paths) -> None:
    """Ingest an edition and write the result.

    Raises:
        JsnaError: listing every problem of every file; nothing was written.
    """
    from jsna.ingest.attrition import attrition
    from jsna.ingest.quality import quality_rows

    done = ingest(config, paths)
    if done.problems:
        raise JsnaError(done.problems, title=REFUSED.format(edition=config.edition.edition))
    written = _write_rows(done, paths)
    io.write_parquet(paths.restricted / "quality.parquet", quality_rows(done.results, config))
    io.write_parquet(paths.restricted / "violations.parquet", violations(done))
    io.write_parquet(paths.restricted / "attrition.parquet", attrition(done.results, config))
    receipt = {
        "tables": {
            f"{key[0]}.{name}/{key[1]}": {
                "rows_received": len(judged.staged),
                "rows_valid": len(judged.valid),
                "rows_quarantined": len(judged.reasons),
            }
            for key, tables in done.results.items()
            for name, judged in tables.items()
        },
        # How each file was read, where there were other ways to write it.
        "read_as": {
            f"{one.delivery.extract}.{one.table}/{one.delivery.period}": one.findings.remarks
            for one in done.staged
            if one.findings.remarks
        },
        # Later stages run again exactly where the rows they read are others.
        "valid": records.digests(paths.identified, (paths.identified / file for file in written)),
    }
    io.write_json(paths.identified / "ingest.json", receipt)


def _write_rows(done: Ingested, paths: io.Paths) -> list[str]:
    """Write rows that stand and rows that do not; returns the files of valid rows."""
    written: dict[str, list[str]] = {"valid": [], "quarantine": []}
    for entry in done.staged:
        delivery, table = entry.delivery, entry.table
        judged = done.results[delivery.extract, delivery.period][table]
        frames = {
            "valid": judged.valid.reset_index(drop=True),
            "quarantine": judged.quarantined,
        }
        for kind, rows in frames.items():
            rows = rows.assign(source_row=rows_of(rows["source_row"].to_numpy()))
            name = f"{kind}/{delivery.extract}/{table}/{io.period_file(delivery.period)}"
            io.write_parquet(paths.identified / name, rows)
            written[kind].append(name)
    for kind, names in written.items():
        _remove_stale(paths, kind, set(names))
    return sorted(written["valid"])


def _remove_stale(paths: io.Paths, kind: str, kept: set[str]) -> None:
    """Remove rows of deliveries the edition no longer has, so that nobody reads them as its own."""
    for file in sorted((paths.identified / kind).rglob("*.parquet")):
        if file.relative_to(paths.identified).as_posix() not in kept:
            io.remove(file)


def violations(done: Ingested) -> pd.DataFrame:
    """Rules broken, as `restricted/violations.parquet` holds them.

    Without the number and cell of a first row, which are for the analyst who puts it right: the
    same rows in another order must give the same table.
    """
    import pandas as pd

    from jsna.ingest.quality import violation_rows

    columns = ["extract", "table", "period", "code", "severity", "message", "fields", "rows"]
    rows = violation_rows(done.results)[columns]
    of_files = pd.DataFrame(
        [
            (entry.delivery.extract, entry.table, entry.delivery.period,
             f"{entry.table}.{warning.code}", "warning", warning.rule, warning.column or "",
             warning.count)
            for entry in done.staged
            for warning in entry.findings.warnings
        ],
        columns=columns,
    ).astype(rows.dtypes.to_dict())  # fmt: skip
    together = pd.concat([rows, of_files], ignore_index=True)
    return together.sort_values(columns, kind="stable", ignore_index=True)
