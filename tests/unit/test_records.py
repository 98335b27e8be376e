"""Files between stages: one that is not what its stage wrote is read by nobody."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jsna import io, records, zones
from jsna.disclosure.discovery.remembered import recalled
from jsna.errors import JsnaError
from jsna.measures.contributions import tables_of
from jsna.measures.derive import received
from jsna.provenance import register
from jsna.readback import certificate as read_back
from jsna.report.safe_files import SafeFiles
from tests.conftest import SMALL

TABLE = pa.table({"person": [f"p{n}" for n in range(500)], "number": list(range(500))})


@pytest.fixture
def paths(tmp_path: Path) -> io.Paths:
    return io.Paths(tmp_path, SMALL)


def flip(file: Path, place: int, bit: int = 0) -> None:
    """Change one bit, as a failing disk does; later than the file was written."""
    content = bytearray(file.read_bytes())
    content[place % len(content)] ^= 1 << bit
    file.write_bytes(content)
    os.utime(file, ns=(0, file.stat().st_mtime_ns + 1_000_000))


def test_a_file_is_read_as_it_was_written_and_its_record_is_private(paths: io.Paths) -> None:
    file = paths.restricted / "tables" / "plan.parquet"
    io.write_parquet(file, TABLE)
    assert io.read_table(file).equals(TABLE)
    record = records.beside(file)
    assert record.stat().st_mode & 0o777 == 0o600
    # In the form that every system's own program reads.
    check = subprocess.run(
        ["sha256sum", "--check", record.name], cwd=file.parent, capture_output=True, text=True
    )
    assert check.stdout == "plan.parquet: OK\n"
    io.write_json(paths.safe / "certificate.json", {})
    assert records.beside(paths.safe / "certificate.json").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("place", [0, 4, 40, 200, 900, -1, -20, -200])
@pytest.mark.parametrize("bit", [0, 7])
def test_any_one_bit_is_noticed(paths: io.Paths, place: int, bit: int) -> None:
    file = paths.restricted / "measures.parquet"
    io.write_parquet(file, TABLE)
    io.read_table(file)
    flip(file, place, bit)
    with pytest.raises(records.DamagedError) as caught:
        io.read_table(file)
    told = str(caught.value)
    assert f"data/processed/{SMALL}/restricted/measures.parquet: is not as the stage" in told
    assert f"jsna build {SMALL} --force" in told


@pytest.mark.parametrize("name", ["measures.parquet", "figures.json", "a.svg", "a.csv", "a.pdf"])
def test_every_kind_of_file_has_a_record(paths: io.Paths, name: str) -> None:
    file = paths.draft / "charts" / name
    if name.endswith("parquet"):
        io.write_parquet(file, TABLE)
    elif name.endswith("json"):
        io.write_json(file, {"figures": []})
    elif name.endswith("svg"):
        io.write_text(file, "<svg/>")
    else:
        io.write_bytes(file, b"a,b\n1,2\n")
    assert io.verified(file) == file
    flip(file, 5)
    with pytest.raises(records.DamagedError, match=name):
        io.verified(file)


def test_a_record_that_is_lost_or_damaged_is_noticed(paths: io.Paths) -> None:
    file = paths.safe / "certificate.json"
    for damage in (Path.unlink, lambda record: flip(record, 3), lambda r: r.write_text("x")):
        io.write_json(file, {"exact": 0})
        damage(records.beside(file))
        with pytest.raises(records.DamagedError, match=r"safe/certificate\.json"):
            io.read_json(file)


def test_a_file_that_is_gone_is_said_to_be(paths: io.Paths) -> None:
    with pytest.raises(records.DamagedError, match="is missing"):
        io.read_json(paths.restricted / "link.json")


def test_a_file_of_another_stage_run_is_noticed_with_its_record(paths: io.Paths) -> None:
    """A file and its record put back from an older run fit each other, and not the receipt."""
    file = paths.restricted / "linked" / "sen2.person.parquet"
    io.write_parquet(file, TABLE)
    older = file.read_bytes(), records.beside(file).read_bytes()
    io.write_parquet(file, TABLE.slice(1))
    listed = records.digests(paths.restricted, [file])
    io.write_json(paths.restricted / "link.json", {"files": listed})
    assert received(paths) == {"sen2.person": file}
    file.write_bytes(older[0])
    records.beside(file).write_bytes(older[1])
    with pytest.raises(records.DamagedError, match="is not the one its stage listed"):
        received(paths)


def test_every_table_a_receipt_lists_must_be_there(paths: io.Paths) -> None:
    """A table that is gone was taken for one never received, and its figures left out."""
    files = [paths.restricted / "tables" / f"{name}.parquet" for name in ("plan", "pupil", "ncmp")]
    for file in files:
        io.write_parquet(file, TABLE)
    receipt = {"files": records.digests(paths.restricted, files)}
    io.write_json(paths.restricted / "derive.json", receipt)
    assert sorted(tables_of(paths)) == ["ncmp", "plan", "pupil"]
    for file in files[:2]:
        io.remove(file)
    with pytest.raises(records.DamagedError) as caught:
        tables_of(paths)
    assert [Path(problem.where).stem for problem in caught.value.problems] == ["plan", "pupil"]


def test_files_outside_the_zones_have_no_records(tmp_path: Path) -> None:
    for place in ("safe/a.json", "processed/safe/a.json", "reports/a-2025/manifest.json"):
        io.write_json(tmp_path / place, {"a": 1})
        assert io.read_json(tmp_path / place) == {"a": 1}
        assert [file.name for file in (tmp_path / place).parent.iterdir()] == [Path(place).name]


def test_what_a_person_is_to_change_has_none(paths: io.Paths) -> None:
    for file in (paths.identified / "review" / "review.csv", paths.restricted / "audit.yaml"):
        io.write_bytes(file, b"a")
        assert not records.beside(file).exists()
        file.write_bytes(b"changed")
        assert io.verified(file) == file
    # One of that name anywhere else is as any other.
    io.write_bytes(paths.safe / "audit.yaml", b"a")
    assert records.beside(paths.safe / "audit.yaml").exists()


def test_a_file_is_read_through_once(paths: io.Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    file = paths.restricted / "measures.parquet"
    io.write_parquet(file, TABLE)
    hashed: list[Path] = []
    digest = records.sha256

    def counted(path: Path) -> str:
        hashed.append(path)
        return digest(path)

    monkeypatch.setattr(records, "sha256", counted)
    for _ in range(3):
        io.read_table(file)
        io.parquet_metadata(file)
    assert hashed == [file]


def test_the_same_content_gives_the_same_bytes_with_page_checksums(paths: io.Paths) -> None:
    one, two = paths.restricted / "a.parquet", paths.draft / "a.parquet"
    for file in (one, two):
        io.write_parquet(file, TABLE, {"key": "value"})
    assert one.read_bytes() == two.read_bytes()
    # A page is checked by itself too: bytes of a page damaged in memory or on the way.
    content = bytearray(one.read_bytes())
    content[60] ^= 1
    with pytest.raises(OSError, match=r"[Cc][Rr][Cc]|checksum"):
        pq.ParquetFile(pa.BufferReader(bytes(content)), page_checksum_verification=True).read()
    assert duckdb.read_parquet(one.as_posix()).fetchall() == [
        tuple(row.values()) for row in TABLE.to_pylist()
    ]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_fails_while_the_record_is_written_leaves_both_as_they_were(
    paths: io.Paths, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    file = paths.safe / "certificate.json"
    io.write_json(file, {"exact": 0})
    write = Path.write_text

    def full(self: Path, *arguments: str, **options: str) -> int:
        if ".sha256" in self.name:
            raise OSError(number, os.strerror(number))
        return write(self, *arguments, **options)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match=os.strerror(number)):
        io.write_json(file, {"exact": 1})
    assert io.read_json(file) == {"exact": 0}
    assert sorted(path.name for path in file.parent.iterdir()) == [
        ".certificate.json.sha256",
        "certificate.json",
    ]


def test_the_certificate_is_checked_wherever_it_is_read(paths: io.Paths) -> None:
    io.write_parquet(paths.safe / "measures.parquet", TABLE)
    digest = io.sha256(paths.safe / "measures.parquet")
    file = paths.safe / "certificate.json"
    io.write_json(file, {"measures_sha256": digest, "attack": {"exact": 12, "narrow": 0}})
    assert not read_back.read(paths.safe)[1]
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"exact": 12', '"exact": 0'), encoding="utf-8")
    with pytest.raises(records.DamagedError, match="certificate"):
        read_back.read(paths.safe)
    with pytest.raises(records.DamagedError, match="certificate"):
        SafeFiles(paths).text(file)


def test_a_ledger_of_an_earlier_edition_is_never_made_again_for_being_damaged(
    paths: io.Paths,
) -> None:
    file = paths.restricted / "ledger.parquet"
    io.write_parquet(file, TABLE)
    tables = dict.fromkeys(register.TABLES, file)
    entry = register.append(paths.root, "b-2024", "2024-01-30", "r", {"a": "b"}, tables, [])
    assert entry.table(register.LEDGER).read_bytes() == file.read_bytes()
    flip(entry.folder / register.LEDGER, 100)
    with pytest.raises(JsnaError, match="from the archive") as caught:
        entry.table(register.LEDGER)
    assert "--force" not in str(caught.value)


def test_a_look_that_cannot_be_read_is_made_again(tmp_path: Path) -> None:
    file = io.Paths(tmp_path, "_shared").restricted / "discovery" / "a.json"
    found = {"looked": True, "undeclared": 0, "incomplete": {"undeclared": 0}}
    io.write_json(file, found)
    assert recalled(file) == found
    flip(file, 14)
    assert recalled(file) is None


def test_a_zone_a_stage_may_not_read_is_refused_before_anything_is_opened(
    paths: io.Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    io.write_parquet(paths.restricted / "measures.parquet", TABLE)
    monkeypatch.setattr(zones._boundary, "verb", "draw")
    monkeypatch.setattr(zones._boundary, "data", f"{paths.root / 'data'}{os.sep}")
    with pytest.raises(PermissionError, match="may not read"):
        io.verified(paths.restricted / "measures.parquet")
    with pytest.raises(PermissionError, match="may not read"):
        io.read_json(paths.restricted / "measures.parquet")
