"""What `jsna check --rows` says: file by file what was found, and whether it can be built."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jsna.errors import JsnaError, Problem
from jsna.ingest.places import named, row_of
from jsna.ingest.stage import Staged
from jsna.model.configuration import Configuration
from jsna.sources import permission, registry

if TYPE_CHECKING:
    from jsna.ingest.judge import Validated, Violation
    from jsna.ingest.validate import Results

_WIDTH = 100
_LEFT = "What leaves a count or changes it (the report says so beside the indicators it touches):"
_HOMES = "Where homes lie (those without a place are in no figure by area or deprivation):"
#: Order in which findings of a file are told, and their words.
_HEADS = (
    ("error", "Rows set aside (not counted in the report):"),
    ("warning", "Warnings (the rows stay):"),
    ("not_run", "Not checked:"),
)


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a check.

    Attributes:
        ok: the edition can be built.
        text: the outcome in words, for a terminal.
        problems: what must be put right first.
        rows_set_aside: rows left out if it is built.
        warnings: warnings counted, rows times rules.
        left: rows, cells and homes that leave a count or change one.
    """

    ok: bool
    text: str
    problems: tuple[Problem, ...]
    rows_set_aside: int
    warnings: int
    left: int = 0


def describe(
    staged: Sequence[Staged],
    results: Results,
    problems: tuple[Problem, ...],
    config: Configuration,
    left: Sequence[str] = (),
    homes: Sequence[str] = (),
    lost: int = 0,
) -> Report:
    """Put the outcome of reading and judging into words.

    Args:
        staged: every table read or not, in the order it is told.
        results: the judged tables.
        problems: what refuses files.
        config: the edition.
        left, homes: what leaves counts, and where homes lie, in words.
        lost: how many rows, cells and homes leave a count or change one.
    """
    lines = [f"Edition {config.edition.edition}", ""]
    aside = warned = 0
    for entry in staged:
        judged = results.get((entry.delivery.extract, entry.delivery.period), {}).get(entry.table)
        lines += _of_file(entry, judged)
        warned += sum(warning.count for warning in entry.findings.warnings)
        if judged is not None:
            aside += len(judged.reasons)
            warned += sum(v.rows for v in judged.found if v.severity == "warning")
    # What may not be linked is no fault of a row, and somebody must look all the same.
    warned += len(permission.unlinked(config.edition))
    lines += _gaps(config)
    for head, told in ((_LEFT, left), (_HOMES, homes)):
        if told:
            lines += [head, *(line for text in told for line in _bullet(text)), ""]
    lines += _verdict(problems, aside, warned, lost, bool(staged))
    return Report(not problems, "\n".join(lines), problems, aside, warned, lost)


def _of_file(entry: Staged, judged: Validated | None) -> list[str]:
    delivery = entry.delivery
    extract = registry()[delivery.extract]
    module = f", {entry.table}" if len(extract.tables) > 1 else ""
    lines = [f"{delivery.files_of(entry.table)} – {extract.title}{module}, {delivery.period}"]
    if judged is None:
        lines.append("  could not be read: see the problems below")
    else:
        received, valid = len(judged.staged), len(judged.valid)
        table = extract.table(entry.table)
        aside = f"{received - valid:,} set aside"
        # Of a look-up that is left behind a note says how many rows were read.
        if not table.used_up:
            lines.append(f"  {received:,} rows ({table.counted_as}): {valid:,} valid, {aside}")
        refused = len(entry.findings.problems) + len(judged.problems)
        if refused:
            lines.append("  refused as a whole: see the problems below")
    lines += [f"  note: {remark}" for remark in entry.findings.remarks]
    found = sorted(judged.found, key=lambda v: (-v.rows, v.code)) if judged is not None else []
    for severity, head in _HEADS:
        told = [_in_words(v, judged, entry.places) for v in found if v.severity == severity]
        if severity == "warning":
            several = entry.table not in delivery.files
            told += [_of_problem(warning, several) for warning in entry.findings.warnings]
        if told:
            lines.append(f"  {head}")
            lines += [line for text in told for line in _bullet(text)]
    return [*lines, ""]


def _in_words(violation: Violation, judged: Validated | None, places: Sequence[str]) -> str:
    if violation.severity == "not_run" or judged is None:
        return f"{violation.message} [{violation.code}]"
    rows = "1 row" if violation.rows == 1 else f"{violation.rows:,} rows"
    first = ""
    if violation.first_row is not None:
        place = named(violation.first_row, places)
        first = f", the first is row {row_of(violation.first_row):,}{f' of {place}' * bool(place)}"
    if violation.rows == 1:
        first = first.replace("the first is ", "")
    found = f" (found {violation.example!r})" if violation.example else ""
    return f"{rows}{first}: {violation.message}{found} [{violation.code}]"


def _of_problem(problem: Problem, several: bool) -> str:
    """A warning about a file, with its name only where `several` stand above it."""
    file = f"{problem.where}: " if several else ""
    place = "" if problem.row is None else f"row {problem.row:,}: "
    column = "" if problem.column is None else f"column {problem.column!r}: "
    return f"{file}{place}{column}{problem.rule} [{problem.code}]"


def _bullet(text: str) -> Iterable[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="    - ", subsequent_indent="      ")


def _gaps(config: Configuration) -> list[str]:
    lines = [
        f"{'Warning: ' if delivery in permission.unlinked(config.edition) else ''}"
        f"{registry()[delivery.extract].title}, {delivery.period} – {gap}"
        for delivery in config.edition.deliveries
        if (gap := permission.gap(delivery))
    ]
    return [*lines, ""] if lines else []


def _verdict(
    problems: tuple[Problem, ...], aside: int, warned: int, lost: int, any_files: bool
) -> list[str]:
    if problems:
        many = "1 problem has" if len(problems) == 1 else f"{len(problems):,} problems have"
        title = f"The edition cannot be built until {many} been put right:"
        return [JsnaError(problems, title=title).report(None)]
    if not any_files:
        return ["This edition has no extracts to check; it stands on official statistics alone."]
    if not aside and not warned and not lost:
        return ["The edition can be built: nothing was found wrong."]
    return [
        f"The edition can be built: {aside:,} rows are set aside, {warned:,} warnings counted, and "
        f"{lost:,} rows, cells and homes leave a count or change one. The report says so too; send "
        "the lists above to the owners of the extracts."
    ]
