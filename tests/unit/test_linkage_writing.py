"""What the database gives is written piece by piece, with the bytes that all at once would have."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from jsna import io
from jsna.linkage import writing

QUERY = "SELECT i, CASE WHEN i % 3 > 0 THEN 'n' || i % 7 END AS text FROM range({}) t(i) ORDER BY i"


@pytest.mark.parametrize("rows", [0, 1, 3000])
def test_the_bytes_are_those_of_a_whole_table(tmp_path: Path, rows: int) -> None:
    query = QUERY.format(rows)
    with duckdb.connect() as database:
        io.write_parquet(tmp_path / "whole.parquet", database.sql(query).to_arrow_table())
        assert writing.write(database, query, tmp_path / "pieces.parquet") == rows
    whole, pieces = ((tmp_path / f"{name}.parquet").read_bytes() for name in ("whole", "pieces"))
    assert pieces == whole


def test_row_groups_are_full_but_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "_ROWS", 4)
    file = tmp_path / "pieces.parquet"
    with duckdb.connect() as database:
        assert writing.write(database, QUERY.format(10), file) == 10
        given = database.sql(QUERY.format(10)).to_arrow_table()
    said = pq.read_metadata(file)
    assert [said.row_group(at).num_rows for at in range(said.num_row_groups)] == [4, 4, 2]
    assert io.read_table(file).equals(given)
