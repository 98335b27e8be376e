"""`jsna check --report`: for each owner of extracts a workbook and a page of what to put right.

They say what, in how many rows, in which (by their numbers in the file, never by a value), what to
do, and since when a check has told it. What is set aside stands whole in a workbook of its own,
with the reasons in words: it is about children and stays in the identified zone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jsna import io
from jsna.checking import owner_files
from jsna.ingest.places import in_place, named, place_of, row_of
from jsna.ingest.run import Ingested
from jsna.model.configuration import Configuration
from jsna.sources import registry

if TYPE_CHECKING:
    from jsna.errors import Problem
    from jsna.ingest.judge import Violation
    from jsna.ingest.stage import Staged

#: Where they are written, below the identified zone, and where it is kept since when.
FOLDER: Final = "check"
SINCE: Final = "since.json"
#: What becomes of the rows -> what the owner is asked to do.
DO: Final[Mapping[str, str]] = {
    "refused": "The whole file is used for nothing. Put this right where the file comes from, "
    "export it again and send it in place of this one.",
    "set aside": "The rows are in no figure. Put them right where they were recorded and send the "
    "file again; if they are right as they are, tell the analyst.",
    "warning": "The rows are used. Look whether they are right, and put right what is not before "
    "the next file is sent.",
    "not checked": "Nothing, before the other file is there.",
}
_ORDER: Final = tuple(DO)
_KINDS: Final = {"error": "set aside", "warning": "warning", "not_run": "not checked"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to put right.

    Attributes:
        extract, period, file: where it is, as the owner calls it.
        kind: what becomes of the rows: a key of `DO`.
        what: the rule, in words; no value of a file.
        rows: how many it is.
        numbers: which, by their numbers in the file, as far as they are known; the first at least.
        key: what it is known by from one check to the next.
        since: the day a check first told it.
        others: other periods whose files have the same.
    """

    extract: str
    period: str
    file: str
    kind: str
    what: str
    rows: int
    numbers: tuple[int, ...]
    key: str
    since: str = ""
    others: tuple[str, ...] = ()

    @property
    def do(self) -> str:
        """What the owner is asked to do."""
        return DO[self.kind]


def write(done: Ingested, config: Configuration, paths: io.Paths, today: date) -> list[Path]:
    """Write what concerns each owner, and what was set aside.

    Args:
        done: the extracts, read and judged.
        config: the edition.
        paths: where it is.
        today: the day of the check.

    Returns:
        the files written; those of an earlier check are gone.
    """
    folder = paths.identified / FOLDER
    kept = io.read_json(folder / SINCE) if (folder / SINCE).is_file() else {}
    found = {owner: _dated(some, kept, today) for owner, some in entries(done).items()}
    if folder.is_dir():
        io.clear_folder(folder)
    io.write_json(folder / SINCE, {e.key: e.since for some in found.values() for e in some})
    written: list[Path] = []
    for name, (owner, some) in _named(found).items():
        book, page = folder / f"{name}.xlsx", folder / f"{name}.html"
        io.write_bytes(book, owner_files.workbook(some))
        io.write_text(page, owner_files.page(owner, config.edition.title, today, some))
        written += [book, page]
    for extract, tables in _set_aside(done).items():
        file = folder / f"set_aside_{extract}.xlsx"
        io.write_bytes(file, owner_files.set_aside(tables))
        written.append(file)
    return written


def told(written: Sequence[Path], paths: io.Paths) -> str:
    """What was written, in words, and which of it may be sent."""
    folder = (paths.identified / FOLDER).relative_to(paths.root).as_posix()
    mine = [file.name for file in written if file.name.startswith("set_aside_")]
    theirs = len({file.stem for file in written} - {Path(name).stem for name in mine})
    owners = "1 owner" if theirs == 1 else f"{theirs:,} owners"
    it = "it" if len(mine) == 1 else "them"
    rows = f"; the rows set aside stand in {', '.join(mine)}: do not send {it}" if mine else ""
    return f"Written to {folder}: a workbook and a page for {owners}, without values{rows}."


def _named(found: Mapping[str, list[Entry]]) -> dict[str, tuple[str, list[Entry]]]:
    """Names of files -> owner and what concerns them; no two are the same."""
    named: dict[str, tuple[str, list[Entry]]] = {}
    for owner, some in sorted(found.items()):
        ascii_ = unicodedata.normalize("NFKD", owner).encode("ascii", "ignore").decode().lower()
        plain = re.sub(r"[^a-z0-9]+", "_", ascii_)[:60].strip("_") or "owner"
        name, number = f"to_{plain}", 2
        while name in named:
            name, number = f"to_{plain}_{number}", number + 1
        named[name] = (owner, some)
    return named


def entries(done: Ingested) -> dict[str, list[Entry]]:
    """Owner -> what is to be put right, what refuses files first and then by the number of rows."""
    found: dict[str, list[Entry]] = {}
    for staged in done.staged:
        owner = staged.delivery.owner or "Owner not recorded"
        found.setdefault(owner, []).extend(_of_file(staged, done))
    for some in found.values():
        same: dict[tuple[str, str], list[str]] = {}
        for one in some:
            same.setdefault((one.extract, one.what), []).append(one.period)
        some[:] = sorted(
            (
                replace(
                    one,
                    others=tuple(
                        dict.fromkeys(p for p in same[one.extract, one.what] if p != one.period)
                    ),
                )
                for one in dict.fromkeys(some)
            ),
            key=lambda one: (_ORDER.index(one.kind), -one.rows, one.key),
        )
    return found


def _dated(some: Sequence[Entry], kept: Mapping[str, str], today: date) -> list[Entry]:
    return [replace(one, since=kept.get(one.key, today.isoformat())) for one in some]


def _of_file(staged: Staged, done: Ingested) -> Iterator[Entry]:
    """What is to be put right in one table of a delivery."""
    delivery = staged.delivery
    judged = done.results.get((delivery.extract, delivery.period), {}).get(staged.table)
    of_rows = judged.problems if judged is not None else ()
    of_rows = tuple(in_place(problem, staged.places) for problem in of_rows)
    for problem in (*staged.findings.problems, *of_rows):
        yield _of_problem(staged, problem, "refused")
    for problem in staged.findings.warnings:
        yield _of_problem(staged, problem, "warning")
    for violation in judged.found if judged is not None else ():
        yield from _of_violation(staged, violation)


def _of_problem(staged: Staged, problem: Problem, kind: str) -> Entry:
    column = f"column {problem.column!r}: " if problem.column else ""
    code = f"{problem.code}.{problem.column or ''}"
    numbers = () if problem.row is None else (problem.row,)
    made = _entry(staged, kind, f"{column}{problem.rule}", problem.count, numbers, code)
    # Of a table of several files or sheets its row is one of that which the problem names.
    alone = staged.table in staged.delivery.files and len(staged.places) < 2
    return made if alone else replace(made, file=problem.where)


def _of_violation(staged: Staged, violation: Violation) -> Iterator[Entry]:
    """One entry, or one for each of the files and sheets in which the rows are."""
    numbers = violation.numbers
    rows = tuple(sorted(map(int, numbers))) if numbers is not None else ()
    kind, told = _KINDS[violation.severity], violation.message
    if len(staged.places) < 2 or not rows:
        yield _entry(staged, kind, told, violation.rows, rows, violation.code)
        return
    for at, some in groupby(rows, key=place_of):
        own = tuple(map(row_of, some))
        made = _entry(staged, kind, told, len(own), own, violation.code)
        yield replace(made, file=staged.places[at], key=f"{made.key}/{staged.places[at]}")


def _entry(
    staged: Staged, kind: str, what: str, rows: int, numbers: tuple[int, ...], code: str
) -> Entry:
    delivery = staged.delivery
    extract = registry()[delivery.extract]
    module = f", {staged.table}" if len(extract.tables) > 1 else ""
    key = f"{delivery.extract}.{staged.table}/{delivery.period}/{code}"
    file = delivery.files_of(staged.table)
    title = f"{extract.title}{module}"
    return Entry(title, delivery.period, file, kind, what, rows, numbers, key)


def _set_aside(done: Ingested) -> dict[str, dict[str, Any]]:
    """Extract -> `table period` -> rows set aside, as text under their headers, with reasons."""
    found: dict[str, dict[str, Any]] = {}
    places = {(s.delivery.extract, s.delivery.period, s.table): s.places for s in done.staged}
    for (extract, period), tables in sorted(done.results.items()):
        for name, judged in sorted(tables.items()):
            if not len(judged.reasons):
                continue
            words = {one.code: one.message for one in judged.found}
            rows = judged.quarantined
            reasons = [
                "; ".join(words.get(code, code) for code in text.split(";"))
                for text in rows["reasons"]
            ]
            headers = {column.field: column.name for column in judged.table.columns}
            rows = rows.drop(columns="reasons").rename(columns=headers)
            numbers = rows.pop("source_row")
            rows.insert(0, "Row in the file", numbers.map(row_of))
            several = places.get((extract, period, name), ())
            if len(several) > 1:
                rows.insert(0, "File", [named(number, several) for number in numbers])
            rows.insert(2 if len(several) > 1 else 1, "Why it is set aside", reasons)
            found.setdefault(extract, {})[f"{name} {period.replace('/', '-')}"] = rows
    return found
