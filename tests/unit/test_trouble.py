"""What the machine did is said in words of its own, and never called a fault of jsna."""

from __future__ import annotations

import errno
import os
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jsna import cli, io
from jsna.errors import JsnaError
from jsna.machine import trouble


def full(number: int, name: str = "data/processed/a-2025/restricted/x") -> OSError:
    return OSError(number, os.strerror(number), name)


def wrapped(error: BaseException) -> BaseException:
    """The error as it comes up out of a library that raised its own over it."""
    try:
        try:
            raise error
        except BaseException as first:
            raise RuntimeError("rows of Qophilia Zwyxthorpe could not be written") from first
    except RuntimeError as second:
        return second


def below_python(act: Callable[[], object]) -> BaseException:
    """What a library says whose code is not Python."""
    with pytest.raises(Exception) as caught:
        act()
    return caught.value


def out_of_memory() -> object:
    database = duckdb.connect(config={"memory_limit": "2MB", "temp_directory": ""})
    return database.sql("select list(i) from range(20000000) t(i) group by i % 7").fetchall()


def damaged_parquet() -> object:
    written = BytesIO()
    pq.write_table(pa.table({"a": list(range(999))}), written, write_page_checksum=True)
    content = bytearray(written.getvalue())
    content[60] ^= 4
    return pq.ParquetFile(pa.BufferReader(bytes(content)), page_checksum_verification=True).read()


CASES: list[tuple[str, Callable[[], BaseException], str]] = [
    ("full", lambda: full(errno.ENOSPC), "disk is full"),
    ("full", lambda: full(errno.EDQUOT), "your share of it"),
    ("full", lambda: wrapped(full(errno.ENOSPC)), "disk is full"),
    ("full", lambda: pa.ArrowException("write failed [errno 28] No space left"), "disk is full"),
    ("full", lambda: duckdb.IOException("Could not write: No space left on device"), "full"),
    ("size", lambda: full(errno.EFBIG), "ulimit -f"),
    ("disk", lambda: full(errno.EIO), "may be failing"),
    ("disk", lambda: duckdb.IOException("Could not read from file"), "may be failing"),
    ("read_only", lambda: full(errno.EROFS), "read only"),
    ("rights", lambda: full(errno.EACCES), "no right"),
    ("rights", lambda: full(errno.EPERM), "no right"),
    ("files", lambda: full(errno.EMFILE), "ulimit -n"),
    ("memory", lambda: MemoryError(), "not enough memory"),
    ("memory", lambda: full(errno.ENOMEM), "not enough memory"),
    ("memory", lambda: below_python(out_of_memory), "--cores 1"),
    ("memory", lambda: pa.ArrowMemoryError("malloc of size 99 failed"), "not enough memory"),
    ("damaged", lambda: below_python(damaged_parquet), "is damaged"),
    ("damaged", lambda: zipfile.BadZipFile("bad magic number"), "is damaged"),
]


@pytest.mark.parametrize(("code", "make", "words"), CASES)
def test_each_kind_is_told_apart(
    tmp_path: Path, code: str, make: Callable[[], BaseException], words: str
) -> None:
    found = trouble.told(make(), tmp_path)
    assert found is not None
    (problem,) = found.problems
    assert problem.code == f"machine.{code}"
    assert words in problem.rule
    assert "previous report is still in place" in problem.rule
    assert "Qophilia" not in str(found)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("x"), KeyError("x"), FileNotFoundError(errno.ENOENT, "x", "y"),
        # The trust boundary has words of its own for what is wrong in the code.
        PermissionError("the stage 'draw' may not read from the zone 'restricted'"),
        pa.ArrowInvalid("Could not convert 'Qophilia' with type str: tried to convert to int64"),
        wrapped(ValueError("x")),
    ],
)  # fmt: skip
def test_a_fault_of_the_program_stays_one(tmp_path: Path, error: BaseException) -> None:
    assert trouble.told(error, tmp_path) is None


def test_the_folder_is_named_from_the_project_and_no_other_place_is(tmp_path: Path) -> None:
    inside = tmp_path / "data" / "processed" / "a-2025" / "restricted" / ".x.abc"
    found = trouble.told(full(errno.ENOSPC, str(inside)), tmp_path)
    assert found is not None
    assert found.problems[0].where == "data/processed/a-2025/restricted"
    found = trouble.told(full(errno.ENOSPC, "/somewhere/else/x"), tmp_path)
    assert found is not None
    assert found.problems[0].where == "this machine"
    assert str(tmp_path) not in str(found)


@pytest.mark.parametrize("error", [full(errno.ENOSPC), MemoryError(), full(errno.EIO)])
def test_no_command_calls_it_a_fault_of_jsna(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    def stopped(_: object) -> int:
        raise error

    monkeypatch.delenv("JSNA_DEBUG", raising=False)
    monkeypatch.setitem(cli.VERBS, "editions", ("", stopped, False))
    assert cli.main(["editions"]) == 1
    told = capsys.readouterr().err
    assert "[machine." in told
    assert "fault of jsna" not in told
    assert "Traceback" not in told


def test_a_disk_that_fails_is_not_taken_for_a_damaged_extract() -> None:
    for error in (full(errno.EIO), MemoryError(), full(errno.ENOSPC)):
        with pytest.raises(type(error)):
            trouble.pass_on(error)
    trouble.pass_on(zipfile.BadZipFile("x"))
    trouble.pass_on(pa.ArrowInvalid("magic bytes not found"))


def test_nothing_is_lost_when_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = io.Paths(tmp_path, "a-2025")
    io.write_json(paths.restricted / "a.json", {"a": 1})

    def no_room(_: Path, __: bytes) -> int:
        raise full(errno.ENOSPC)

    monkeypatch.setattr(Path, "write_bytes", no_room)
    with pytest.raises(OSError, match="No space") as caught:
        io.write_json(paths.restricted / "a.json", {"a": 2})
    assert isinstance(trouble.told(caught.value, tmp_path), JsnaError)
    assert io.read_json(paths.restricted / "a.json") == {"a": 1}
