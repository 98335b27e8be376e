"""Files of an edition: found, opened, and the ones the edition names."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import IO, Any

import pytest

from jsna.ingest.stage import Staged, stage_deliveries
from jsna.model.contract import Column, Extract, Table
from jsna.model.editions import Delivery
from jsna.records import read_digests
from tests.books import book


def table(name: str) -> Table:
    return Table(
        name,
        "A row.",
        (Column("Code", "code", "string", "Code."), Column("Count", "count", "integer", "Count.")),
    )


EXTRACT = Extract("parts", "Parts", "", "january", "areas", (table("first"), table("second")))
GOOD = b"Code,Count\nA,1\nB,2\n"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def stage(
    folder: Path, files: dict[str, str], sha256: dict[str, str], *, synthetic: bool = False
) -> list[Staged]:
    delivery = Delivery(extract="parts", period="2025", files=files, sha256=sha256)
    return stage_deliveries([delivery], {"parts": EXTRACT}, folder, synthetic=synthetic)


def problems(staged: list[Staged]) -> list[tuple[str, str]]:
    return [(p.where, p.code) for entry in staged for p in entry.findings.problems]


TWO = {"first": "first.csv", "second": "second.csv"}


def put(folder: Path, **contents: bytes) -> dict[str, str]:
    """Write files `name.csv`; returns their digests."""
    for name, content in contents.items():
        (folder / f"{name}.csv").write_bytes(content)
    return {f"{name}.csv": digest(content) for name, content in contents.items()}


def test_good_files_are_staged_in_declared_order(tmp_path: Path) -> None:
    sha256 = put(tmp_path, second=b"Count,Code\n3,C\n", first=GOOD)
    staged = stage(tmp_path, dict(reversed(TWO.items())), sha256)
    assert problems(staged) == []
    assert [entry.table for entry in staged] == ["first", "second"]
    frame = staged[1].frame
    assert frame is not None
    assert frame.to_dict("records") == [{"code": "C", "count": "3", "source_row": 2}]


def test_another_file_is_refused_naming_both_digests_and_still_judged(tmp_path: Path) -> None:
    sha256 = put(tmp_path, first=GOOD, second=b"Code,Counts\nA,1\n")
    staged = stage(tmp_path, TWO, {**sha256, "second.csv": digest(GOOD)})
    assert problems(staged) == [("second.csv", "file.digest"), ("second.csv", "column.missing")]
    rule = staged[1].findings.problems[0].rule
    assert sha256["second.csv"] in rule
    assert digest(GOOD) in rule


def test_a_synthetic_edition_takes_digests_from_its_generators_list(tmp_path: Path) -> None:
    sha256 = put(tmp_path, first=GOOD, second=GOOD)
    listed = "".join(f"{value}  {name}\n" for name, value in sha256.items())
    (tmp_path / "SHA256SUMS").write_text(listed)
    assert problems(stage(tmp_path, TWO, {}, synthetic=True)) == []
    # An edition of real records never does.
    expected = [("first.csv", "file.digest_unknown"), ("second.csv", "file.digest_unknown")]
    assert problems(stage(tmp_path, TWO, {})) == expected
    put(tmp_path, second=GOOD + b"C,3\n")
    assert problems(stage(tmp_path, TWO, {}, synthetic=True)) == [("second.csv", "file.digest")]


def test_the_list_of_digests_as_sha256sum_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "SHA256SUMS"
    assert read_digests(path) == {}
    path.write_text("aa  a.csv\nbb *b c.csv\n\n")
    assert read_digests(path) == {"a.csv": "aa", "b c.csv": "bb"}


def test_a_missing_file_suggests_the_nearest_name(tmp_path: Path) -> None:
    sha256 = put(tmp_path, first=GOOD)
    (tmp_path / "Second (2).csv").write_bytes(GOOD)
    staged = stage(tmp_path, TWO, {**sha256, "second.csv": digest(GOOD)})
    assert problems(staged) == [("second.csv", "file.missing")]
    # Without that name: it may be a child's.
    assert "a file with a name like it is there" in staged[1].findings.problems[0].rule
    assert "(2)" not in staged[1].findings.problems[0].rule
    assert problems(stage(tmp_path / "nowhere", TWO, {}))[0] == ("first.csv", "file.missing")


@pytest.mark.parametrize("lock", ["~${}", ".~lock.{}#"])
def test_a_file_open_in_a_spreadsheet_is_not_read(tmp_path: Path, lock: str) -> None:
    sha256 = put(tmp_path, first=GOOD, second=GOOD)
    (tmp_path / lock.format("first.csv")).touch()
    staged = stage(tmp_path, TWO, sha256)
    assert problems(staged) == [("first.csv", "file.locked")]
    assert "close it" in staged[0].findings.problems[0].rule


def test_a_file_that_may_not_be_opened_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = put(tmp_path, first=GOOD, second=GOOD)
    opened = Path.open

    def refuse(path: Path, *how: str) -> IO[Any]:
        if path.name == "first.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *how)

    monkeypatch.setattr(Path, "open", refuse)
    staged = stage(tmp_path, TWO, sha256)
    assert problems(staged) == [("first.csv", "file.locked")]
    assert str(tmp_path) not in str(staged[0].findings.problems[0])


def test_a_file_of_another_year_is_not_suggested_for_a_missing_one(tmp_path: Path) -> None:
    sha256 = put(tmp_path, roll_2024=GOOD)
    years = {
        year: Delivery(
            extract="one", period=year, files={"first": f"roll_{year}.csv"}, sha256=sha256
        )
        for year in ("2024", "2025")
    }
    one = Extract("one", "One", "", "january", "areas", (table("first"),))
    staged = stage_deliveries(years.values(), {"one": one}, tmp_path, synthetic=False)
    assert problems(staged) == [("roll_2025.csv", "file.missing")]
    assert "rename it" not in str(staged[1].findings.problems[0])


def test_one_workbook_holds_several_tables(tmp_path: Path) -> None:
    path = tmp_path / "parts.xlsx"
    made = book([["Code", "Count"], ["A", 1]], "First", second=[["Code", "Number"], ["B", 2]])
    made.save(path)
    files = dict.fromkeys(TWO, "parts.xlsx")
    staged = stage(tmp_path, files, {"parts.xlsx": digest(path.read_bytes())})
    assert problems(staged) == [("parts.xlsx, sheet 'second'", "column.missing")]
    assert staged[0].frame is not None
    assert list(staged[0].frame["count"]) == ["1"]
