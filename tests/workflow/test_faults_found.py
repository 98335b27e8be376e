"""Validation finds every fault put into a synthetic edition, and nothing in its clean twin."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from jsna.checking.rows import check
from jsna.generator import faults
from jsna.generator.generate import run as synthesise
from jsna.ingest.run import Ingested, ingest
from jsna.io import Paths
from jsna.model.configuration import Configuration
from jsna.settings import loading
from jsna.sources import permission, registry
from tests.conftest import ROOT, SMALL
from tests.unit.synthetic_support import ONE_WORKER, files

pytestmark = ONE_WORKER


def made(name: str, folder: Path, *, clean: bool) -> tuple[Configuration, Paths]:
    config = loading.load(name, ROOT)
    if name == SMALL:
        return config, files(clean=clean)
    paths = Paths(folder, name)
    synthesise(config, paths, lambda line: None, clean=clean)
    return config, paths


def ledger_of(paths: Paths) -> pd.DataFrame:
    entries = json.loads((paths.raw / "faults.json").read_text(encoding="utf-8"))
    return pd.DataFrame(entries, columns=list(faults.LEDGER))


def set_aside(done: Ingested) -> dict[tuple[str, int], set[str]]:
    """(table and period, row) -> codes, of every row set aside."""
    found = {}
    for key, tables in done.results.items():
        for name, judged in tables.items():
            for row in judged.quarantined[["source_row", "reasons"]].itertuples(index=False):
                table = f"{key[0]}.{name}/{key[1]}"
                found[table, int(row.source_row)] = set(str(row.reasons).split(";"))
    return found


def orphans_of_rows_set_aside(done: Ingested) -> set[tuple[str, int]]:
    """Rows that can be set aside because the row they belong to was, whatever their reasons."""
    found = set()
    for key, tables in done.results.items():
        for name, judged in tables.items():
            if judged.table.parent is None:
                continue
            parent, field = judged.table.parent
            gone = set(tables[parent].quarantined[field])
            staged = judged.staged.frame()
            rows = staged.loc[staged[field].isin(gone), "source_row"]
            found |= {(f"{key[0]}.{name}/{key[1]}", int(row)) for row in rows}
    return found


def warnings(done: Ingested) -> dict[tuple[str, str], tuple[int, int | None]]:
    """(table and period, code) -> rows and first row, of every warning."""
    return {
        (f"{key[0]}.{name}/{key[1]}", found.code): (found.rows, found.first_row)
        for key, tables in done.results.items()
        for name, judged in tables.items()
        for found in judged.found
        if found.severity == "warning"
    }


def filled(done: Ingested, key: str, row: int, header: str) -> bool:
    """Whether a row has a value in a column, named as in the file, after validation."""
    table, period = key.split("/", 1)
    extract, name = table.split(".")
    judged = done.results[extract, period][name]
    field = next(c.field for c in registry()[extract].table(name).columns if c.name == header)
    found = judged.valid.loc[judged.valid["source_row"] == row, field]
    return len(found) == 1 and bool(found.notna().all())


def assert_found(name: str, folder: Path) -> None:
    config, paths = made(name, folder, clean=False)
    ledger = ledger_of(paths)
    done = ingest(config, paths)
    assert not done.problems
    # Every kind was tried, in every file it strikes.
    struck = {(entry.fault, entry.table) for entry in ledger.itertuples()}
    keys = {table for _, table in struck}
    assert all(
        (fault.fault, key) in struck
        for fault in faults.declared().values()
        for key in keys
        if key.split("/")[0] == fault.table
    )
    assert {fault for fault, _ in struck} >= set(faults.declared())

    aside = set_aside(done)
    errors = ledger[ledger["severity"] == "error"]
    for entry in errors.itertuples():
        assert entry.expect in aside.get((entry.table, entry.row), set()), entry
    # What is only written otherwise is read, and says nothing, unless the row goes with another's.
    gone = orphans_of_rows_set_aside(done)
    for entry in ledger[ledger["severity"] == "none"].itertuples():
        if (entry.table, entry.row) in gone:
            continue
        assert (entry.table, entry.row) not in aside, entry
        assert filled(done, entry.table, entry.row, entry.column), entry
    # Nothing else is set aside but what belonged to a row that was.
    expected = {(entry.table, entry.row) for entry in errors.itertuples()}
    assert set(aside) - expected <= gone

    told = warnings(done)
    soft = ledger[ledger["severity"] == "warning"]
    wanted = soft.groupby(["table", "expect"])["row"].agg(["size", "min"])
    also = {(f.fault, f.column): f.also for kind in faults.kinds().values() for f in kind}
    allowed = Counter(
        code
        for entry in ledger.itertuples()
        # A child entered twice has rows of it in other tables.
        for code in also.get((entry.fault, entry.column), faults.kinds()[entry.fault][0].also)
    )
    for (table, code), (count, first) in wanted.iterrows():
        rows, first_row = told[table, code]
        assert rows >= count, (table, code)
        if code not in allowed:
            assert (rows, first_row) == (count, first), (table, code)
    # And no warning but of a fault, or of what a fault leads to elsewhere.
    planned = set(map(tuple, wanted.index))
    for (table, code), (rows, _) in told.items():
        if (table, code) not in planned:
            assert rows <= allowed[code], (table, code, rows)


def assert_clean(name: str, folder: Path) -> None:
    config, paths = made(name, folder, clean=True)
    report = check(config, paths)
    assert report.ok
    # Nothing of any row; that a delivery may not be linked is a warning of the edition's own.
    gaps = len(permission.unlinked(config.edition))
    assert (report.rows_set_aside, report.warnings) == (0, gaps), report.text
    assert ("nothing was found wrong" in report.text) == (gaps == 0 and not report.left)
    # No row and no cell leaves a count: only homes that the files say nothing of have no place.
    assert "What leaves a count" not in report.text
    told = " ".join(report.text.split())
    nowhere = re.findall(r"(?:no code|unknown code|in no one locality) ([0-9,]+)", told)
    assert report.left == sum(int(n.replace(",", "")) for n in nowhere)


def test_every_fault_is_found(tmp_path: Path) -> None:
    assert_found(SMALL, tmp_path)


@pytest.mark.full
def test_nothing_is_found_on_the_clean_twin(tmp_path: Path) -> None:
    assert_clean(SMALL, tmp_path)


@pytest.mark.full
def test_every_fault_is_found_in_a_whole_county(tmp_path: Path) -> None:
    assert_found("demo-2025", tmp_path)


@pytest.mark.full
def test_nothing_is_found_on_the_clean_twin_of_a_whole_county(tmp_path: Path) -> None:
    assert_clean("demo-2025", tmp_path)


@pytest.mark.full
def test_the_faulty_files_differ_from_the_clean_ones_only_where_the_ledger_says(
    tmp_path: Path,
) -> None:
    _, clean = made(SMALL, tmp_path, clean=True)
    config, faulty = made(SMALL, tmp_path, clean=False)
    struck = ledger_of(faulty).groupby("file")["row"].agg(set)
    for delivery in config.edition.received:
        for file in delivery.files.values():
            one, two = (p.raw.joinpath(file).read_bytes().split(b"\n") for p in (clean, faulty))
            lines = max(len(one), len(two))
            changed = {
                number + 1
                for number in range(lines)
                if one[number : number + 1] != two[number : number + 1]
            }
            # The empty end of the shorter file is not a row.
            allowed = struck.get(file, set()) | {len(two)}
            assert changed <= allowed, file
            assert struck.get(file, set()) <= changed, file


def test_every_table_about_people_is_struck() -> None:
    """A new extract about people without a fault of its own would be untested."""
    struck = {fault.table for kind in faults.kinds().values() for fault in kind}
    people = {
        f"{extract.name}.{table.name}"
        for extract in registry().values()
        if extract.person_level
        for table in extract.tables
    }
    assert people <= struck
