"""Rows are made and written in blocks: which they are does not depend on how many."""

from __future__ import annotations

import io
import weakref
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jsna.generator import views
from jsna.model.contract import Column, Table
from jsna.sources import registry
from jsna.synthetic import fill, formats
from jsna.synthetic.formats import Style
from jsna.synthetic.view import View
from tests.unit.faults_support import encode
from tests.unit.synthetic_support import ONE_WORKER, configuration, people

pytestmark = ONE_WORKER

#: A table of each way rows come about, with a period of the test edition.
SHOWN = (
    "school_census.census/2025", "exclusions.exclusions/2023/24", "mental_health.contacts/2024/25",
    "cin_census.episodes/2024/25", "ssda903.reviews/2024/25", "sen2.senneed/2025",
    "population.syoa/2024", "schools.school/2025",
)  # fmt: skip


@pytest.mark.parametrize("key", SHOWN)
def test_rows_are_the_same_in_blocks_of_any_size_and_order(key: str) -> None:
    """No block is larger than asked for, and what the world knows is the same in any."""
    name, period = key.split("/", 1)
    extract = registry()[name.split(".")[0]]
    table, codes = extract.table(name.split(".")[1]), configuration().codelists
    view = views.of(people(), extract, table, period)
    (whole,) = fill.blocks(extract, table, view, period, codes, 1)
    most = len(whole) // 3 + 1
    assert most > 1
    parts = list(fill.blocks(extract, table, view, period, codes, 1, most))
    assert [len(part) for part in parts] == [most, most, len(whole) - 2 * most]
    together = pa.concat_tables(parts)
    assert together.schema == whole.schema
    known = [c.field for c in table.columns if (c.quantity or c.field) in view.quantities]
    assert known
    assert together.select(known).equals(whole.select(known))
    # A block made alone, after the others, is the one made among them, filled columns too.
    last = view.block(2 * most, len(whole))
    assert fill.fill(extract, table, last, period, codes, 1, 2 * most).equals(parts[2])


def test_the_number_of_a_row_nothing_is_known_of_counts_on_from_block_to_block() -> None:
    table = Table("account", "One.", (Column("Id", "id", "integer", "Its number."),), key=("id",))
    extract = registry()["exclusions"]
    rows = fill.blocks(extract, table, View(7, {}), "2024/25", {}, 1, 3)
    assert [part["id"].to_pylist() for part in rows] == [[1, 2, 3], [4, 5, 6], [7]]


TABLE = Table(
    "t",
    "One.",
    (Column("Name", "name", "string", "Name."), Column("Day", "day", "date", "Day.")),
)
PLAIN, COMMA = "Nuñez", "Nuñez, the elder"


def rows(*names: str) -> pa.Table:
    days = pa.array([15_000] * len(names), type=pa.int32()).cast(pa.date32())
    return pa.table({"name": list(names), "day": days})


@pytest.mark.parametrize(
    ("names", "lines"),
    [
        ((PLAIN, PLAIN, PLAIN), ["Name,Day", *["Nuñez,26/01/2011"] * 3]),
        # A cell of the last block needs quoting: all text is quoted, from the first row on.
        (
            (PLAIN, PLAIN, COMMA),
            ["Name,Day", *['"Nuñez","26/01/2011"'] * 2, '"Nuñez, the elder","26/01/2011"'],
        ),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_file_written_in_blocks_is_the_file_written_at_once(
    names: tuple[str, ...], lines: list[str], encoding: str
) -> None:
    style = Style(encoding, True, "%d/%m/%Y")
    begun: list[int] = []

    def blocks() -> Iterator[pa.Table]:
        for at, name in enumerate(names):
            begun.append(at)
            yield rows(name)

    buffer = io.BytesIO()
    formats.write(buffer, "a.csv", style, TABLE, blocks)
    assert buffer.getvalue() == "".join(f"{line}\r\n" for line in lines).encode(encoding)
    assert buffer.getvalue() == encode("a.csv", style, TABLE, rows(*names))
    assert begun == [0, 1, 2] * (2 if COMMA in names else 1)


def test_workbooks_and_parquet_files_take_block_after_block() -> None:
    for name in ("a.xlsx", "a.parquet"):
        buffer = io.BytesIO()
        formats.write(buffer, name, Style(), TABLE, lambda: [rows(PLAIN, COMMA), rows(PLAIN)])
        if name == "a.xlsx":
            assert buffer.getvalue() == encode(name, Style(), TABLE, rows(PLAIN, COMMA, PLAIN))
        else:
            assert pq.read_table(buffer)["Name"].to_pylist() == [PLAIN, COMMA, PLAIN]


@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.xlsx"])
def test_a_block_is_let_go_of_before_the_next_but_one_is_made(name: str) -> None:
    made: list[weakref.ref[np.ndarray]] = []
    table = Table("t", "One.", (Column("N", "n", "integer", "Number."),))

    def blocks() -> Iterator[pa.Table]:
        for _ in range(5):
            # The one that was written last may still be at hand.
            assert sum(numbers() is not None for numbers in made) <= 1
            numbers = np.arange(1_000)
            made.append(weakref.ref(numbers))
            # The table stands on these very numbers, which live as long as it does.
            yield pa.table({"n": pa.array(numbers)})
            del numbers

    formats.write(io.BytesIO(), name, Style(), table, blocks)
    assert len(made) == 5
