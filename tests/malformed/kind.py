"""What a kind of malformed file is, and what is said of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from jsna.errors import Problem
from jsna.ingest.cross import Tables
from jsna.ingest.grid import Findings
from jsna.ingest.read import read_table
from jsna.ingest.validate import validate_delivery
from jsna.model.contract import Column, Extract, Table
from jsna.shared import patterns
from tests.unit.validation_support import context

Content = str | bytes
#: Personal values of the good file, none of which may be said.
PERSONAL = ("Zwyx", "thorpe", "A9500001", "05/2014", "9990000", "Quillington")

TABLE = Table(
    name="register",
    description="A child on an invented register.",
    columns=(
        Column("UPN", "upn", "string", "Number.", identifier="upn", nullable=True,
               pattern=patterns.UPN, on_invalid="blank"),
        Column("Surname", "surname", "string", "Name.", identifier="surname"),
        Column("BirthDate", "date_of_birth", "date", "Day.", identifier="date_of_birth"),
        Column("SENprovision", "sen_provision", "code", "Provision.", codes="sen_provision",
               aliases=("SEN status",)),
        Column("Sessions", "sessions", "integer", "Sessions.", nullable=True, minimum=0,
               maximum=380, on_invalid="blank"),
        Column("NHSNumber", "nhs_number", "string", "Number.", identifier="nhs_number",
               required=False, nullable=True, pattern=patterns.TEN_DIGITS, on_invalid="blank"),
        Column("CeaseDate", "cease_date", "date", "Day.", required=False, nullable=True,
               on_invalid="blank"),
        Column("Cost", "cost", "number", "Pounds.", required=False, nullable=True, marked=True,
               on_invalid="blank"),
        Column("Note", "note", "string", "Words.", required=False, nullable=True),
    ),
    key=("upn",),
)  # fmt: skip
EXTRACT = Extract("school_census", "Register", "", "january", "pupils", (TABLE,))
HEADER = ["UPN", "Surname", "BirthDate", "SENprovision", "Sessions"]
ROWS = [
    [f"A9500001{n:05d}", f"Zwyx{n}thorpe", f"{n % 28 + 1:02d}/05/2014", "K", str(n)]
    for n in range(30)
]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of malformed file.

    Attributes:
        content: the file, or what makes it.
        word: stands in what is said of it; `said.yaml` has all that is.
        ending: of the file's name.
        valid: rows that stand; None where nothing of the file could be read.
        same: whether the rows are those of the good file.
        extract: of an XML, the return it is given for.
    """

    content: Content | Callable[[], Content]
    word: str = ""
    ending: str = "csv"
    valid: int | None = 30
    same: bool = False
    extract: str = ""

    @property
    def bytes(self) -> bytes:
        """What stands in the file."""
        made = self.content() if callable(self.content) else self.content
        return made.encode() if isinstance(made, str) else made


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was said of a file, in short and in words, and its rows that stand."""

    says: str
    words: tuple[str, ...]
    frame: pd.DataFrame | None
    valid: int | None


def looked_at(kind: Kind) -> Outcome:
    """Read and judge a file."""
    if kind.extract:
        from tests.unit.official_support import judged

        tables, findings = judged(kind.extract, kind.bytes)
        # What is wrong with the whole file is told with its first table.
        first = next(iter(findings))
        kept = {first: tables[first]} if first in tables else {}
        return _outcome(kept, {first: findings[first]}, None)
    reading = read_table(kind.bytes, f"register.{kind.ending}", TABLE)
    tables: Tables = {}
    if reading.frame is not None:
        tables = validate_delivery(
            EXTRACT, {TABLE.name: reading.frame}, context("school_census"), {TABLE.name: "register"}
        )
    return _outcome(tables, {TABLE.name: reading.findings}, reading.frame)


def _outcome(
    tables: Tables, findings: Mapping[str, Findings], frame: pd.DataFrame | None
) -> Outcome:
    said: list[str] = []
    words: list[str] = []
    for name, found in findings.items():
        judged = tables.get(name)
        told = {problem.column for problem in found.problems}
        of_rows = judged.problems if judged is not None else ()
        # As the build has it: a column that is refused for its form is not refused again.
        of_rows = tuple(one for one in of_rows if one.column is None or one.column not in told)
        for problem in (*found.problems, *of_rows, *found.warnings):
            said.append(_short(problem))
            words.append(str(problem))
        words += found.remarks
        for rule in judged.found if judged is not None else ():
            said.append(f"{rule.code}@{rule.first_row}")
            words.append(f"{rule.message} {rule.example}")
    valid = sum(len(one.valid) for one in tables.values()) if tables else None
    return Outcome(" ".join(dict.fromkeys(said)), tuple(words), frame, valid)


def _short(problem: Problem) -> str:
    row = "" if problem.row is None else f"@{problem.row}"
    return f"{problem.code}{row}" + (f"/{problem.column}" if problem.column else "")


def csv_of(rows: list[list[str]]) -> str:
    """Rows as a text."""
    return "".join(",".join(row) + "\n" for row in rows)


GOOD = csv_of([HEADER, *ROWS])
LINES = GOOD.splitlines()


def joined(*lines: str, end: str = "\n") -> str:
    """Lines as a text."""
    return "".join(line + end for line in lines)


def line(number: int, old: str, new: str) -> str:
    """The good file with one of its lines changed; the header is line 0."""
    assert old in LINES[number]
    return joined(*LINES[:number], LINES[number].replace(old, new), *LINES[number + 1 :])


def every(change: Callable[[list[str]], list[str]]) -> str:
    """The good file with every row changed."""
    return csv_of([HEADER, *(change([*row]) for row in ROWS)])


def cell(column: str, *values: str, row: int = 6) -> str:
    """The good file with a column in which the cells from a row on are these."""
    rows = [[*one] for one in ROWS]
    header = [*HEADER]
    if column not in header:
        header.append(column)
        good = {"NHSNumber": "999{:07d}", "CeaseDate": "{:02d}/06/2024", "Cost": "{}.5"}
        rows = [
            [*one, good.get(column, "").format(n + 1 if n < 28 else 9)]
            for n, one in enumerate(rows)
        ]
    for at, value in enumerate(values):
        rows[row - 2 + at][header.index(column)] = value
    return csv_of([header, *rows])


def column(name: str, change: Callable[[int], str]) -> str:
    """The good file with every cell of a column changed, by the number of the row from 0."""
    return cell(name, *(change(n) for n in range(len(ROWS))), row=2)
