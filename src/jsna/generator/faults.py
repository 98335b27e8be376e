"""Put a known number of known faults into the bytes of clean synthetic CSV files.

The faults are those real extracts have, as each source says in its `faults.yaml`, by table: the
rate and the source of faults that give no other, and for each a change that names its column, and
what it writes where it writes anything. `error` and `warning` give the code of the rule that must
report the row, and `error` means the row is set aside; with neither, the row must be read as if
nothing had happened to it. No open source gives how often real returns hold these faults: every
rate is an assumption, small enough that a report from the rest is sound, large enough that each
check is tried. What kinds there are comes from the published rules of the returns and from public
sample files.

Nothing here imports the validators or the declarations: a fault is a change of text in a column of
a given header, so that whether validation finds it is a test of validation. No row gets two faults,
and what was done where is kept in a ledger without any value of a cell.

Files are edited as bytes, line by line, so that every untouched byte stays what it was, whatever
the encoding and line ends.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from jsna.sources import data, parts
from jsna.synthetic.lines import Lines

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Change = Literal[
    "set", "blank", "cut", "wrong_letter", "wrong_digit", "impossible_date", "year", "before",
    "duplicate", "time", "form", "again",
]  # fmt: skip
#: Columns of the ledger, one row a fault.
LEDGER = ("fault", "table", "file", "row", "column", "expect", "severity")
_UPN_LENGTH = 13
_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


class Fault(BaseModel):
    """One kind of fault: where it strikes, what it does and what validation must say.

    Attributes:
        fault: name of the kind.
        table: `extract.table` whose files it strikes.
        column: header of the column changed, as in the file.
        change: `set` writes `to`; `blank` empties; `cut` drops the last three characters;
            `wrong_letter` gives a UPN another check letter and `wrong_digit` a number another
            last digit; `impossible_date` makes it 31 February, written as it was; `year` makes
            the year `to`; `before` writes the date of the column `to`, four years earlier;
            `duplicate` adds the row a second time at the end of the file; `time` gives a date a
            time of day, and `form` writes it as `to` says (as `strftime`); `again` enters the
            child a second time in every table of the source, as its module `faults` does it
            (`AGAIN`, see `jsna.synthetic.lines`).
        where: only rows whose cell of each header is one of these.
        filled: only rows in which these columns are filled, beside `column` itself.
        expect: code of the rule validation must report for the row.
        severity: `error` where the row must be set aside; `warning`; or `none` where it must be
            read as if nothing had happened to it, and no code is expected.
        also: codes other rows may be reported under because of this one, such as a suspension
            whose pupil is no longer found on the roll.
        per_100_000: faults in 100,000 rows.
        source: where the rate comes from.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    fault: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    table: Annotated[str, Field(pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$")]
    column: str
    change: Change
    to: str = ""
    where: dict[str, tuple[str, ...]] = {}
    filled: tuple[str, ...] = ()
    expect: str = ""
    severity: Literal["error", "warning", "none"]
    also: tuple[str, ...] = ()
    per_100_000: float = Field(gt=0)
    source: str

    @model_validator(mode="after")
    def _to_fits(self) -> Fault:
        if (self.change in ("set", "year", "before", "form")) != bool(self.to):
            raise ValueError("`to` is given exactly for the changes set, year, before and form")
        if (self.severity == "none") == bool(self.expect):
            raise ValueError("`expect` is given exactly where something is to be reported")
        return self


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


def plan(
    files: Mapping[str, bytes], tables: Mapping[str, str], at_least: int = 1
) -> dict[tuple[str, str], int]:
    """How many faults of each kind each file gets at the declared rates.

    Args:
        files: file name -> bytes.
        tables: `extract.table/period` -> file name.
        at_least: fewest of a kind in a file it strikes, so that each is tried at any size.

    Returns:
        (kind, `extract.table/period`) -> count, for the CSV files among `files`.
    """
    counts: dict[tuple[str, str], int] = {}
    for key in sorted(tables):
        name = tables[key]
        if not name.lower().endswith(".csv"):
            continue
        rows = files[name].count(b"\n") - 1
        for fault in declared().values():
            if fault.table == key.split("/")[0]:
                wanted = round(rows * fault.per_100_000 / 100_000)
                counts[fault.fault, key] = max(at_least, wanted)
    return counts


def inject(
    files: Mapping[str, bytes],
    tables: Mapping[str, str],
    counts: Mapping[tuple[str, str], int],
    seed: int,
) -> tuple[dict[str, bytes], pd.DataFrame]:
    """Spoil the files as planned.

    Args:
        files: file name -> bytes of clean CSV files without line breaks inside cells; any other
            file passes untouched.
        tables: `extract.table/period` -> file name.
        counts: (kind, `extract.table/period`) -> how many, as `plan` gives it.
        seed: the same seed strikes the same rows.

    Returns:
        The files, and the ledger: one row a fault, sorted by file and row, with the columns of
        `LEDGER`; `row` as the user sees it (the header is row 1).

    Raises:
        ValueError: a file has too few rows a kind can strike.
    """
    import pandas as pd

    spoilt = dict(files)
    ledger: list[tuple[str, str, str, int, str, str, str]] = []
    opened = {key: Lines(files[tables[key]]) for key in sorted({key for _, key in counts})}
    # What strikes several files strikes rows without a fault in any of them, and so comes first.
    for (kind, key), count in sorted(counts.items()):
        fault = declared()[kind]
        if fault.change != "again":
            continue
        source, period = fault.table.split(".")[0], key.split("/", 1)[1]
        again = parts("faults")[source].AGAIN
        places = {name: f"{source}.{name}/{period}" for name in again.tables}
        for at in places.values():
            opened.setdefault(at, Lines(files[tables[at]]))
        own = {name: opened[at] for name, at in places.items()}
        for table, row, column, code in again.enter(own, count, _generator(seed, kind, key)):
            at = places[table]
            severity = fault.severity if code == fault.expect else "error"
            ledger.append((kind, at, tables[at], row, column, code, severity))
    for key, lines in sorted(opened.items()):
        name = tables[key]
        for kind, count in sorted((k, n) for (k, at), n in counts.items() if at == key):
            fault = declared()[kind]
            if fault.change == "again":
                continue
            for row in _strike(lines, fault, count, _generator(seed, kind, key), key):
                where = (kind, key, name, row, fault.column, fault.expect, fault.severity)
                ledger.append(where)
        spoilt[name] = lines.content()
    ledger.sort(key=lambda entry: (entry[2], entry[3]))
    return spoilt, pd.DataFrame(ledger, columns=list(LEDGER))


def _generator(seed: int, kind: str, key: str) -> np.random.Generator:
    """Random numbers of one kind in one file, whatever else is planned."""
    import numpy as np

    return np.random.default_rng([seed, zlib.crc32(f"{kind}/{key}".encode())])


def _strike(
    lines: Lines, fault: Fault, count: int, generator: np.random.Generator, key: str
) -> Iterator[int]:
    """Put `count` faults of one kind into rows no fault has struck; yields their row numbers."""
    done = 0
    for index in map(int, generator.permutation(lines.rows) + 1):
        if done == count:
            return
        if index in lines.struck:
            continue
        cells = lines.cells(index)
        if not _fits(fault, cells):
            continue
        lines.struck.add(index)
        done += 1
        if fault.change == "duplicate":
            yield lines.repeat(index) + 1
            continue
        lines.replace(index, {**cells, fault.column: _changed(fault, cells)})
        yield index + 1
    if done < count:
        raise ValueError(f"{key}: only {done} of {count} rows can get the fault {fault.fault!r}")


def _fits(fault: Fault, cells: Mapping[str, str]) -> bool:
    needed = fault.filled if fault.change == "set" else (fault.column, *fault.filled)
    if fault.change == "before":
        needed = (fault.to, *fault.filled)
    # Reasons why a number is not known can stand in its place.
    if fault.change == "wrong_letter" and len(cells[fault.column]) != _UPN_LENGTH:
        return False
    return all(cells[name] for name in needed) and all(
        cells[name] in values for name, values in fault.where.items()
    )


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
