"""Every source gets the faults its columns can have, and validation says each of them."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pandas as pd
import pytest

from jsna.generator import typed, views
from jsna.generator.fault import Fault
from jsna.generator.found import synthetic
from jsna.ingest.judge import Validated
from jsna.ingest.read import read_table
from jsna.ingest.validate import validate_delivery
from jsna.model.areas import authorities
from jsna.model.contract import Column, Extract, Table
from jsna.shared.periods import reference_date
from jsna.sources import registry
from jsna.synthetic.fill import fill
from jsna.synthetic.lines import Lines
from tests.unit.faults_support import encode, inject
from tests.unit.synthetic_support import ONE_WORKER, configuration, people
from tests.unit.validation_support import CODELISTS, PERIODS, context

pytestmark = ONE_WORKER

EVERY = [*registry().values()]
TABLES = [(extract, table) for extract in EVERY for table in extract.tables]
NAMES = [f"{extract.name}.{table.name}" for extract, table in TABLES]


def allowed(column: Column) -> Iterator[str]:
    """What can be wrong with one cell of a column."""
    if column.pattern is not None:
        yield "shape"
    if column.codes is not None:
        yield "code"
    if column.type in ("integer", "number", "boolean"):
        yield "type"
    if column.type == "date" and not column.nullable:
        yield "type"
    if column.minimum is not None or column.maximum is not None:
        yield "range"
    if column.required and not column.nullable:
        yield "missing"


@pytest.mark.parametrize(("extract", "table"), TABLES, ids=NAMES)
def test_every_column_gets_each_fault_its_type_allows(extract: Extract, table: Table) -> None:
    made = typed.of_table(extract, table, EVERY)
    expected = {fault.expect for kind in made.values() for fault in kind}
    # A number that rows of another table hold is left alone: these would be nobody's.
    held = {one.parent[1] for one in extract.tables if one.parent and one.parent[0] == table.name}
    columns = [column for column in table.columns if column.field not in held]
    assert expected >= {f"{table.name}.{c.field}.{what}" for c in columns for what in allowed(c)}
    assert not table.key or f"{table.name}.key.duplicate" in expected
    if table.parent is not None and table.parent[1] not in held:
        assert f"{table.name}.{table.parent[1]}.orphan" in expected
    # Days: a rule that asks for those of the year has one on each side of it.
    asked = {rule.code: rule.days for rule in table.rules if rule.counted and rule.days}
    years = {(f.expect, f.to) for kind in made.values() for f in kind if f.change == "year"}
    for code, days in asked.items():
        wanted = {"to": {"2092"}, "from": {"1992"}, "within": {"1992", "2092"}}[days]
        assert {to for expect, to in years if expect == f"{table.name}.{code}"} == wanted


#: Table -> bytes of its file.
Files = dict[str, bytes]


def clean(extract: Extract) -> Files:
    """Table -> a CSV file in which nothing is wrong."""
    period, listed = PERIODS[extract.name], {n: sorted(c) for n, c in CODELISTS.items()}
    return {
        table.name: encode(
            f"{table.name}.csv",
            synthetic(extract.name).style,
            table,
            fill(extract, table, views.of(people(), extract, table, period), period, listed, 1),
        )
        for table in extract.tables
    }


def judged(extract: Extract, files: Files) -> dict[str, Validated]:
    """The tables of a delivery, read and judged; no file is refused."""
    area, period = configuration().area, PERIODS[extract.name]
    delivery = context(
        extract.name,
        reference_date=reference_date(period, extract.period_type, people().reference),
        authority_code=area.code,
        authorities=authorities(configuration()),
        localities=frozenset(place.code for place in area.localities),
        localities_are=area.localities_are,
    )
    frames = {}
    for table in extract.tables:
        reading = read_table(files[table.name], f"{table.name}.csv", table)
        assert reading.frame is not None, reading.findings.problems
        assert not reading.findings.problems
        frames[table.name] = reading.frame
    done = validate_delivery(extract, frames, delivery)
    assert not [problem for one in done.values() for problem in one.problems]
    return done


Counts = dict[tuple[str, str], int]


def rounds(extract: Extract, kinds: dict[str, tuple[Fault, ...]], files: Files) -> list[Counts]:
    """Each fault of each kind once, in so many rounds that a file stays a good one."""
    done: list[Counts] = [{}]
    struck: dict[str, int] = {}
    for kind, (fault, *others) in kinds.items():
        rows = files[fault.table.split(".")[1]].count(b"\n") - 1
        count = 1 + len(others)
        if fault.fewest:
            count = min(count, rows // fault.fewest)
        if struck.get(fault.table, 0) + count > rows / 3:
            done.append({})
            struck = {}
        struck[fault.table] = struck.get(fault.table, 0) + count
        done[-1][kind, f"{fault.table}/{PERIODS[extract.name]}"] = count
    return done


#: Sources tried in `make test`: one file of one, of several, with places and with health numbers.
SHORT = ("exclusions", "mental_health", "population")


@pytest.mark.parametrize(
    "extract",
    [pytest.param(one, marks=[] if one.name in SHORT else [pytest.mark.full]) for one in EVERY],
    ids=lambda extract: extract.name,
)
def test_validation_names_each_of_them(extract: Extract) -> None:
    files, period = clean(extract), PERIODS[extract.name]
    found = judged(extract, files)
    assert {name: one.found for name, one in found.items()} == dict.fromkeys(found, ())
    kinds = {
        kind: tuple(made)
        for table in extract.tables
        for kind, made in typed.of_table(extract, table, EVERY).items()
    }
    names = {f"{extract.name}.{table}/{period}": f"{table}.csv" for table in files}
    by_name = {f"{table}.csv": content for table, content in files.items()}
    struck: set[str] = set()
    for counts in rounds(extract, kinds, files):
        spoilt, ledger = inject(by_name, names, counts, seed=4, of=kinds)
        done = judged(extract, {name.removesuffix(".csv"): text for name, text in spoilt.items()})
        assert_told(ledger, done)
        struck |= set(ledger["fault"])
    # Nothing is left out but where no cell is filled, or what is left of a code is one.
    lines = {table: Lines(io.BytesIO(content)) for table, content in files.items()}
    for kind in set(kinds) - struck:
        of = lines[kinds[kind][0].table.split(".")[1]]
        rows = [of.cells(at + 1) for at in range(of.rows)]
        assert len(rows) < kinds[kind][0].fewest or not any(
            cells[fault.column] for fault in kinds[kind] if fault.change != "cut" for cells in rows
        ), kind


def assert_told(ledger: pd.DataFrame, done: dict[str, Validated]) -> None:
    """Each fault of the ledger is told by its file, row, column and rule."""
    told = {(name, v.code): v for name, one in done.items() for v in one.found}
    for entry in ledger.itertuples():
        table = str(entry.file).removesuffix(".csv")
        violation, one = told[table, str(entry.expect)], done[table]
        assert violation.severity == entry.severity
        if entry.severity == "error":
            aside = one.quarantined.set_index("source_row")["reasons"]
            assert entry.expect in str(aside.get(entry.row, "")).split(";"), entry
        headers = {column.name: column.field for column in one.table.columns}
        assert headers[str(entry.column)] in violation.fields
    for (file, code), rows in ledger.groupby(["file", "expect"])["row"]:
        violation = told[str(file).removesuffix(".csv"), str(code)]
        assert violation.rows >= len(rows), code
        assert violation.first_row is not None
        assert violation.first_row <= rows.min()
