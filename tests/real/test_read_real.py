"""The reader on real files: official releases of every encoding, and public person-level samples.

Each file's declaration is made from its own header, so that what is tested is the reading. Reads
`shared/published` beside the repository and fails where it is absent.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pandas as pd
import pytest

from jsna.ingest.read import read_table
from jsna.model.contract import Column, Table

pytestmark = pytest.mark.real

PUBLISHED = Path(__file__).parents[3] / "shared" / "published"
LARGEST = 3_000_000
#: A code list whose first row stands for the total and is otherwise almost empty.
WITH_TOTALS = {"dfe_sen.csv"}


def said(cell: str) -> str | None:
    """What a cell says: some official files write NULL, a dash or not available for nothing.

    Spaces that do not break are spaces, as an analyst sees them.
    """
    text = re.sub("[\u00a0\u202f]", " ", cell).strip()
    return None if text.casefold() in {"", "null", "n/a", "-", "–"} else text


def declared(header: list[str]) -> Table:
    columns = tuple(
        Column(name or f"unnamed {n}", f"c{n}", "string", "As published.", nullable=True)
        for n, name in enumerate(header)
    )
    return Table("table", "A row.", columns)


def csv_files() -> list[Path]:
    assert PUBLISHED.is_dir(), f"{PUBLISHED} is not there: these tests read the real files"
    return sorted(p for p in PUBLISHED.rglob("*.csv") if p.stat().st_size < LARGEST)


def test_every_regular_file_is_read_cell_by_cell_and_every_other_is_refused() -> None:
    read, refused = 0, []
    for path in csv_files():
        content = path.read_bytes()
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252")
        rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
        header = rows[0]
        reading = read_table(content, path.name, declared(header))
        plain = ["".join(c for c in name.casefold() if c.isalnum()) for name in header]
        regular = len(set(plain)) == len(plain) and all(len(row) == len(header) for row in rows)
        if not regular or len(rows) == 1:
            assert reading.findings.problems, path.name
            refused.append(path.name)
            continue
        if path.name in WITH_TOTALS:
            assert [(w.code, w.row) for w in reading.findings.warnings] == [("row.total", 2)]
            del rows[1]
        assert not reading.findings.problems, reading.findings.problems
        assert reading.frame is not None
        expected = [[said(cell) for cell in row] for row in rows[1:]]
        expected = [row for row in expected if any(row)]
        found = reading.frame.drop(columns="source_row").astype(object)
        found = found.where(reading.frame.drop(columns="source_row").notna(), None)
        assert found.to_numpy().tolist() == expected, path.name
        read += 1
    assert read >= 40
    # The tribunal's file has a title, blank lines and headers of two rows.
    assert refused, "the irregular files are gone"


def test_a_real_person_level_file_under_its_own_declaration() -> None:
    """SSDA903 header file: names of the columns in capitals, dates day first, blanks."""
    table = Table(
        "header",
        "A looked-after child.",
        (
            Column("CHILD", "child_id", "string", "Number.", personal=True),
            Column("SEX", "sex", "string", "Sex."),
            Column("DOB", "date_of_birth", "date", "Day.", identifier="date_of_birth"),
            Column("ETHNIC", "ethnicity", "string", "Group."),
            Column("UPN", "upn", "string", "Number.", identifier="upn", nullable=True),
            Column("MC_DOB", "child_born", "date", "Day.", nullable=True, personal=True),
        ),
    )
    content = (PUBLISHED / "g_person_level/ssda903/header.csv").read_bytes()
    reading = read_table(content, "header.csv", table)
    assert not reading.findings.problems
    assert reading.frame is not None
    assert len(reading.frame) == 2675
    # Its MOTHER column is not declared: said, and not used.
    assert [w.code for w in reading.findings.warnings] == ["column.unknown"]


def test_a_real_workbook_of_several_lists() -> None:
    """Annex A: two visible sheets of the same kind, so the sheet must be named."""
    table = Table(
        "List_2",
        "A child.",
        (
            Column("Unique ID", "child_id", "string", "Number.", personal=True),
            Column("UPN", "upn", "string", "Number.", identifier="upn"),
            Column("Date of birth", "date_of_birth", "date", "Day.", identifier="date_of_birth"),
            Column("SEN primary need", "primary_need", "string", "Need."),
        ),
    )
    content = (PUBLISHED / "g_person_level/annex_a_sen/fake_sen.xlsx").read_bytes()
    reading = read_table(content, "fake_sen.xlsx", table)
    assert not reading.findings.problems
    frame = reading.frame
    assert frame is not None
    assert "1993-12-05" in set(frame["date_of_birth"])
    assert pd.api.types.is_string_dtype(frame["upn"])
    unnamed = Table("nothing", "A child.", table.columns)
    refused = read_table(content, "fake_sen.xlsx", unnamed)
    assert [p.code for p in refused.findings.problems] == ["file.sheet_missing"]
