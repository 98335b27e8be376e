"""Put a known number of known faults into the bytes of clean synthetic CSV files.

The faults are those real extracts have: those that follow from what each column may hold (`typed`),
and those a source alone knows, in its `faults.yaml`, by table: the rate and the source of faults
that give no other, and for each a change that names its column, and what it writes where it writes
anything. `error` and `warning` give the code of the rule that must report the row, and `error`
means the row is set aside; with neither, the row must be read as if nothing had happened to it. No
open source gives how often real returns hold these faults: every rate is an assumption, small
enough that a report from the rest is sound, large enough that each check is tried. What kinds there
are comes from the published rules of the returns and from public sample files.

Nothing here imports the validators: a fault is a change of text in a column of a given header, so
that whether validation finds it is a test of validation. No row gets two faults, and what was done
where is kept in a ledger without any value of a cell.

Files are edited as bytes, line by line, so that every untouched byte stays what it was, whatever
the encoding and line ends. Only the lines that are struck are held (`Lines`), however long a file.
"""

from __future__ import annotations

import re
import zlib
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, get_args

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from jsna.generator import typed
from jsna.generator.fault import Change, Fault
from jsna.sources import data, parts, registry
from jsna.synthetic.lines import Lines

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

#: Columns of the ledger, one row a fault.
LEDGER = ("fault", "table", "file", "row", "column", "expect", "severity")
_UPN_LENGTH = 13
_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid")

    per_100_000: float
    source: str = ""
    faults: dict[str, dict[str, Any]]


def _fault(told: dict[str, Any]) -> Fault:
    """A fault as `faults.yaml` writes it: `set: {Sex: X}` is change, column and `to` in one."""
    changes = [change for change in get_args(Change) if change in told]
    severities = [severity for severity in ("error", "warning") if severity in told]
    if len(changes) != 1 or len(severities) > 1:
        raise ValueError(f"{told['fault']}: give one change and at most one severity")
    cell = told.pop(changes[0])
    column, to = cell.popitem() if isinstance(cell, dict) else (cell, "")
    severity = severities[0] if severities else "none"
    expect = told.pop(severity, "")
    return Fault(
        **told, change=changes[0], column=column, to=to, severity=severity, expect=expect
    )  # fmt: skip


@cache
def declared() -> dict[str, Fault]:
    """Every kind of fault by name, from `faults.yaml` of each source."""
    found: dict[str, Fault] = {}
    for source, file in data("faults.yaml").items():
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        for table, part in TypeAdapter(dict[str, _Table]).validate_python(content).items():
            given = part.model_dump(exclude={"faults"}) | {"table": f"{source}.{table}"}
            for name, told in part.faults.items():
                assert name not in found, f"two sources have a fault {name!r}"
                found[name] = _fault({"fault": name, **given, **told})
    return found


@cache
def kinds() -> dict[str, tuple[Fault, ...]]:
    """Every kind by name: those a source declares, and those that follow from its columns.

    A kind that follows strikes now one column, now another; none does what one declared does. In
    what is no record of a child none sets a row aside: hundreds of records may stand on one.
    """
    own = declared()
    said = {_what(fault) for fault in own.values()}
    found: dict[str, tuple[Fault, ...]] = {name: (fault,) for name, fault in own.items()}
    every = registry().values()
    for extract, table in ((one, table) for one in every for table in one.tables):
        for name, follows in typed.of_table(extract, table, every).items():
            new = [
                one
                for one in follows
                if _what(one) not in said
                and (extract.person_level or one.severity != "error" or one.change == "duplicate")
            ]
            if new:
                found[name] = tuple(new)
    return found


def _what(fault: Fault) -> tuple[str, str, str, str]:
    return fault.table, fault.column, fault.change, fault.expect


def plan(files: Mapping[str, Lines], at_least: int = 1) -> dict[tuple[str, str], int]:
    """How many faults of each kind each file gets at the declared rates.

    Args:
        files: `extract.table/period` -> its CSV file.
        at_least: fewest of a kind in a file it strikes, so that each is tried at any size.

    Returns:
        (kind, `extract.table/period`) -> count.
    """
    counts: dict[tuple[str, str], int] = {}
    for key in sorted(files):
        rows = files[key].rows
        for kind, (fault, *_) in kinds().items():
            if fault.table == key.split("/")[0] and rows >= fault.fewest:
                wanted = round(rows * fault.per_100_000 / 100_000)
                counts[kind, key] = max(at_least, wanted)
    return counts


def inject(
    files: Mapping[str, Lines],
    tables: Mapping[str, str],
    counts: Mapping[tuple[str, str], int],
    seed: int,
    of: Mapping[str, Sequence[Fault]] | None = None,
) -> pd.DataFrame:
    """Spoil the files as planned: `Lines.content` is then what they hold.

    Args:
        files: `extract.table/period` -> clean CSV file without line breaks inside cells.
        tables: `extract.table/period` -> file name.
        counts: (kind, `extract.table/period`) -> how many, as `plan` gives it.
        seed: the same seed strikes the same rows.
        of: the kinds by name; `kinds` where not given.

    Returns:
        The ledger: one row a fault, sorted by file and row, with the columns of `LEDGER`; `row` as
        the user sees it (the header is row 1).

    Raises:
        ValueError: a file has too few rows a kind can strike.
    """
    import pandas as pd

    of = of or kinds()
    ledger: list[tuple[str, str, str, int, str, str, str]] = []
    # What strikes several files strikes rows without a fault in any of them, and so comes first.
    for (kind, key), count in sorted(counts.items()):
        fault, *_ = of[kind]
        if fault.change != "again":
            continue
        source, period = fault.table.split(".")[0], key.split("/", 1)[1]
        again = parts("faults")[source].AGAIN
        places = {name: f"{source}.{name}/{period}" for name in again.tables}
        own = {name: files[at] for name, at in places.items()}
        for table, row, column, code in again.enter(own, count, _generator(seed, kind, key)):
            at = places[table]
            severity = fault.severity if code == fault.expect else "error"
            ledger.append((kind, at, tables[at], row, column, code, severity))
    for key, lines in sorted(files.items()):
        name = tables[key]
        for kind, count in sorted((k, n) for (k, at), n in counts.items() if at == key):
            faults = of[kind]
            if faults[0].change == "again":
                continue
            struck = _strike(lines, faults, count, _generator(seed, kind, key), key)
            for row, fault in struck:
                where = (kind, key, name, row, fault.column, fault.expect, fault.severity)
                ledger.append(where)
    ledger.sort(key=lambda entry: (entry[2], entry[3]))
    return pd.DataFrame(ledger, columns=list(LEDGER))


def _generator(seed: int, kind: str, key: str) -> np.random.Generator:
    """Random numbers of one kind in one file, whatever else is planned."""
    import numpy as np

    return np.random.default_rng([seed, zlib.crc32(f"{kind}/{key}".encode())])


def _strike(
    lines: Lines, faults: Sequence[Fault], count: int, generator: np.random.Generator, key: str
) -> Iterator[tuple[int, Fault]]:
    """Put `count` faults of one kind into rows no fault has struck, one after another of `faults`.

    Yields their row numbers, and which it is. Of what follows from columns there may be fewer, as
    in some files nothing stands where it could strike.
    """
    done = 0
    turn = deque(faults)
    if len(faults) > 1:
        turn.rotate(int(generator.integers(len(faults))))
    for index in map(int, generator.permutation(lines.rows) + 1):
        if done == count:
            return
        if index in lines.struck:
            continue
        cells = lines.cells(index)
        fault = next((one for one in turn if _fits(one, cells)), None)
        if fault is None:
            continue
        turn.remove(fault)
        turn.append(fault)
        lines.struck.add(index)
        done += 1
        if fault.change == "duplicate":
            yield lines.repeat(index) + 1, fault
            continue
        lines.replace(index, {**cells, fault.column: _changed(fault, cells)})
        yield index + 1, fault
    if done < count and faults[0].source != typed.SOURCE:
        name = faults[0].fault
        raise ValueError(f"{key}: only {done} of {count} rows can get the fault {name!r}")


def _fits(fault: Fault, cells: Mapping[str, str]) -> bool:
    if fault.column not in cells:
        return False
    needed = fault.filled if fault.change == "set" else (fault.column, *fault.filled)
    if fault.change == "before":
        needed = (fault.to, *fault.filled)
    # Reasons why a number is not known can stand in its place.
    if fault.change == "wrong_letter" and len(cells[fault.column]) != _UPN_LENGTH:
        return False
    given = all(cells[name] for name in needed) and all(
        cells[name] in values for name, values in fault.where.items()
    )
    return given and not (fault.sound and _still_sound(fault, cells))


def _still_sound(fault: Fault, cells: Mapping[str, str]) -> bool:
    """Whether nothing would be wrong with the changed cell: it is empty, or of the right shape."""
    text = _changed(fault, cells).strip()
    return not text or re.fullmatch(fault.sound, text) is not None


def _changed(fault: Fault, cells: Mapping[str, str]) -> str:
    """The cell with its fault."""
    text = cells[fault.column]
    if fault.change == "set":
        return fault.to
    if fault.change == "cut":
        return text[:-3]
    if fault.change == "wrong_letter":
        return _UPN_LETTERS[(_UPN_LETTERS.index(text[0]) + 1) % len(_UPN_LETTERS)] + text[1:]
    if fault.change == "wrong_digit":
        return text[:-1] + str((int(text[-1]) + 1) % 10)
    if fault.change == "impossible_date":
        return _thirty_first_of_february(text)
    if fault.change == "year":
        return re.sub(r"\d{4}", fault.to, text, count=1)
    if fault.change == "before":
        # Four years, so that 29 February stays a day.
        return re.sub(r"\d{4}", lambda year: str(int(year[0]) - 4), cells[fault.to], count=1)
    if fault.change == "nobody":
        return f"9999{text}"
    if fault.change == "time":
        return f"{text.split(' ')[0]} 14:35:00"
    if fault.change == "form":
        return _day(text).strftime(fault.to)
    return ""


def _day(text: str) -> date:
    """The day a date of a clean file names."""
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%Y-%b-%d 00:00:00"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise ValueError("a date in no form of a clean file cannot be written in another")


def _thirty_first_of_february(text: str) -> str:
    year = re.search(r"\d{4}", text)
    if year is None:
        raise ValueError("a date without a year cannot be made impossible")
    if "/" in text:
        return f"31/02/{year[0]}"
    if re.search(r"[A-Za-z]", text):
        return f"{year[0]}-Feb-31{text[11:]}"
    return f"{year[0]}-02-31{text[10:]}"
