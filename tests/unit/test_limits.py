"""Files of a few kilobytes that unpack to more than any machine holds are refused before."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jsna.disclosure.tabular.codes import Problems
from jsna.disclosure.tabular.workbook import read_sheet
from jsna.errors import JsnaError
from jsna.ingest.grid import Findings
from jsna.ingest.parquet_file import read_parquet
from jsna.ingest.stage import load
from jsna.ingest.typed_files import read_xlsx
from jsna.machine import limits
from jsna.releases import ees, lookups, workbook
from jsna.sources import registry
from tests import books

TABLE = registry()["school_census"].table("census")
HEADER = [column.name for column in TABLE.columns]


def book(rows: list[list[object]], far: tuple[int, int] | None = None) -> bytes:
    made = books.book(rows)
    if far:
        made.worksheets[0].cell(*far, "x")
    return books.book_bytes(made)


def padded(content: bytes, megabytes: int) -> bytes:
    """The workbook with a part that unpacks to so much and takes up almost nothing."""
    written = io.BytesIO(content)
    with zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.bin", b"\0" * (megabytes * limits.MEGABYTE))
    return written.getvalue()


def refused(findings: Findings) -> str:
    (problem,) = findings.problems
    assert problem.code == "file.large"
    return problem.rule


def test_a_workbook_that_unpacks_to_too_much_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = padded(book([HEADER]), 6)
    assert len(bomb) < 20_000
    monkeypatch.setenv("JSNA_LIMIT_FILE_MB", "5")
    findings = Findings("census.xlsx")
    assert read_xlsx(bomb, TABLE, True, findings) is None
    told = refused(findings)
    assert "unpacks to 6 megabytes, more than the limit of 5 megabytes" in told
    assert "JSNA_LIMIT_FILE_MB" in told
    file = tmp_path / "iod.xlsx"
    file.write_bytes(bomb)
    with pytest.raises(JsnaError, match="JSNA_LIMIT_FILE_MB"):
        workbook.read(file, {"a": "A"})
    # With the limit raised it is read as any other.
    monkeypatch.setenv("JSNA_LIMIT_FILE_MB", "7")
    findings = Findings("census.xlsx")
    read_xlsx(bomb, TABLE, True, findings)
    assert "file.large" not in {problem.code for problem in findings.problems}


@pytest.mark.parametrize("far", [(400_000, 1), (20, 16_000)])
def test_one_cell_far_away_does_not_make_a_table_of_millions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, far: tuple[int, int]
) -> None:
    monkeypatch.setenv("JSNA_LIMIT_CELLS", "10000")
    content = book([HEADER], far)
    findings = Findings("census.xlsx")
    assert read_xlsx(content, TABLE, True, findings) is None
    assert "limit of 10,000 cells (set JSNA_LIMIT_CELLS" in refused(findings)
    file = tmp_path / "iod.xlsx"
    file.write_bytes(book([["A"], ["x"]] + [["y"]] * 20_000))
    with pytest.raises(JsnaError, match="JSNA_LIMIT_CELLS"):
        workbook.read(file, {"a": "A"})


def test_parquet_of_too_many_values_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    pq.write_table(pa.table({name: ["x"] * 1000 for name in HEADER}), written)
    monkeypatch.setenv("JSNA_LIMIT_CELLS", "5000")
    findings = Findings("census.parquet")
    assert read_parquet(written.getvalue(), TABLE, findings) is None
    assert "JSNA_LIMIT_CELLS" in refused(findings)


def test_a_table_of_ones_own_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[list[object]] = [["ward", "count"], ["North", 12]]
    for content, variable in (
        (padded(book(rows), 3), "JSNA_LIMIT_TABLE_MB"),
        (book(rows, (1_000_000, 16_000)), "JSNA_LIMIT_CELLS"),
    ):
        monkeypatch.setenv("JSNA_LIMIT_TABLE_MB", "2")
        problems = Problems()
        assert read_sheet(content, "table.xlsx", "", problems) == ([], [])
        (problem,) = problems.found
        assert variable in problem.rule
    assert read_sheet(book(rows), "table.xlsx", "", Problems())[0] == [
        ["ward", "count"],
        ["North", "12"],
    ]


def test_a_file_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "census.csv").write_bytes(b"x" * 2_000_000)
    monkeypatch.setenv("JSNA_LIMIT_FILE_MB", "1.5")
    findings = Findings("census.csv")
    assert load(tmp_path, "census.csv", {}, findings) is None
    assert "has 2 megabytes, more than the limit of 1.5 megabytes" in refused(findings)


def test_packed_releases_are_bounded_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JSNA_LIMIT_FILE_MB", "1")
    packed = tmp_path / "lookup.csv.gz"
    packed.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 500_000))
    with pytest.raises(JsnaError, match="JSNA_LIMIT_FILE_MB"):
        lookups._csv(packed)
    archive = tmp_path / "release.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("data/plans.csv", "a,b\n" * 500_000)
        made.writestr("data/small.csv", "a,b\n")
    with pytest.raises(JsnaError, match="JSNA_LIMIT_FILE_MB"):
        ees._from_zip(archive, "plans")
    # Others of the same archive are none of what is read.
    assert ees._from_zip(archive, "small")[0] == b"a,b\n"


@pytest.mark.parametrize("text", ["", "many", "0", "-3", "nan", "inf"])
def test_a_limit_that_is_no_number_is_told(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("JSNA_LIMIT_FILE_MB", text)
    with pytest.raises(JsnaError, match="JSNA_LIMIT_FILE_MB"):
        limits.check_size(1)
