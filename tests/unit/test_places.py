"""Of which file, and of which sheet of it, a row is, where several make up one table."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from jsna.checking import owners
from jsna.ingest.fills import fill
from jsna.ingest.judge import Validated
from jsna.ingest.put_together import put_together
from jsna.ingest.read import read_table
from jsna.ingest.report import _of_file
from jsna.ingest.run import Ingested, _problems
from jsna.ingest.stage import Staged, stage_deliveries
from jsna.ingest.validate import validate_delivery
from jsna.model.editions import Delivery
from jsna.sources import registry
from tests.books import book, book_bytes
from tests.unit.validation_support import context

HEADER = (
    "UPN,Surname,Forename,DateOfBirth,Sex,URN,Category,Reason1,Reason2,Reason3,StartDate,Sessions,"
    "SENprovision"
)
WHO = "A950000178301,Quill,Zora,2010-02-03,F,990001"
DAY = date(2025, 7, 31)


def suspended(*days: str, category: str = "SUSP") -> list[list[str]]:
    """Rows of one pupil's suspensions, below a header."""
    rows = [f"{WHO},{category},DB,,,{day},4,N" for day in days]
    return [line.split(",") for line in (HEADER, *rows)]


def text(rows: list[list[str]]) -> bytes:
    return "".join(",".join(row) + "\n" for row in rows).encode()


def given(folder: Path, files: Mapping[str, tuple[str, bytes]]) -> tuple[Staged, Validated]:
    """What comes of files of suspensions, by their keys in the edition."""
    for name, content in files.values():
        (folder / name).write_bytes(content)
    delivery = Delivery(
        extract="exclusions",
        period="2024/25",
        files={key: name for key, (name, _) in files.items()},
        sha256={name: hashlib.sha256(content).hexdigest() for name, content in files.values()},
    )
    staged = stage_deliveries([delivery], registry(), folder, synthetic=False)
    (one,) = fill(put_together(staged, lambda _: DAY), lambda _: DAY, "999")
    assert one.frame is not None, [problem.rule for problem in one.findings.problems]
    frames = {"exclusions": one.frame}
    return one, validate_delivery(registry()["exclusions"], frames, context("exclusions"))[
        "exclusions"
    ]


def told(staged: Staged, judged: Validated) -> tuple[str, list[owners.Entry]]:
    """What the check says, and what stands in the workbooks of the owners."""
    results = {("exclusions", "2024/25"): {"exclusions": judged}}
    done = Ingested([staged], results, tuple(_problems(staged, {**results})))
    found = [one for some in owners.entries(done).values() for one in some]
    return " ".join("\n".join(_of_file(staged, judged)).split()), found


def test_a_row_of_several_files_is_said_to_be_of_its_own(tmp_path: Path) -> None:
    autumn = suspended("2024-10-01", "2024-10-02")
    spring = suspended("2025-02-03", "2025-02-04", "2025-02-05")
    autumn[2][6] = spring[2][6] = spring[3][6] = "NONE OF THEM"
    files = {"exclusions.1": ("one.csv", text(autumn)), "exclusions.2": ("two.csv", text(spring))}
    staged, judged = given(tmp_path, files)
    said, entries = told(staged, judged)
    assert "3 rows, the first is row 3 of one.csv" in said
    found = {(one.file, one.numbers, one.rows) for one in entries if one.kind == "set aside"}
    assert found == {("one.csv", (3,), 1), ("two.csv", (3, 4), 2)}
    assert len({one.key for one in entries}) == len(entries)
    # Rows set aside stand with the file they are of.
    done = Ingested([staged], {("exclusions", "2024/25"): {"exclusions": judged}}, ())
    (rows,) = owners._set_aside(done)["exclusions"].values()
    pairs = list(zip(rows["File"], rows["Row in the file"], strict=True))
    assert pairs == [("one.csv", 3), ("two.csv", 3), ("two.csv", 4)]


def test_a_row_of_one_file_is_said_without_it(tmp_path: Path) -> None:
    rows = suspended("2024-10-01", "2024-10-02", "2024-10-03")
    rows[3][6] = "NONE OF THEM"
    staged, judged = given(tmp_path, {"exclusions": ("one.csv", text(rows))})
    said, entries = told(staged, judged)
    assert "1 row, row 4: " in said
    assert {(e.file, e.numbers) for e in entries if e.kind == "set aside"} == {("one.csv", (4,))}
    # Numbers as in the file, whatever carries them.
    assert staged.frame is not None
    assert staged.frame["source_row"].tolist() == [2, 3, 4]


def workbook(**sheets: list[list[str]]) -> bytes:
    title, *_ = sheets
    return book_bytes(book(sheets.pop(title), title, **sheets))


def test_sheets_of_terms_are_read_together_and_a_row_is_said_to_be_of_its_own(
    tmp_path: Path,
) -> None:
    autumn = suspended("2024-10-01", "2024-10-02", "2024-10-03")
    spring = suspended("2025-02-03", "2025-02-04")
    spring[2][6] = "NONE OF THEM"
    # The same columns in another order, and a sheet of notes, change nothing.
    spring = [row[::-1] for row in spring]
    content = workbook(Autumn=autumn, Notes=[["About this file"]], Spring=spring)
    staged, judged = given(tmp_path, {"exclusions": ("all.xlsx", content)})
    assert judged.valid["start_date"].astype(str).tolist() == [
        "2024-10-01", "2024-10-02", "2024-10-03", "2025-02-03",
    ]  # fmt: skip
    said, entries = told(staged, judged)
    assert "together, sheet 1 'Autumn' (3) and sheet 3 'Spring' (2)" in said
    assert "1 row, row 3 of all.xlsx, sheet 3 'Spring'" in said
    found = [(one.file, one.numbers) for one in entries if one.kind == "set aside"]
    assert found == [("all.xlsx, sheet 3 'Spring'", (3,))]


def test_no_title_of_a_sheet_is_said_that_may_name_a_child(tmp_path: Path) -> None:
    sheets = {"Zora Quill": suspended("2024-10-01"), "2010-02-03": suspended("2025-02-03")}
    content = workbook(**sheets)
    staged, judged = given(tmp_path, {"exclusions": ("all.xlsx", content)})
    assert len(judged.valid) == 2
    said, _ = told(staged, judged)
    assert "together, sheet 1 (1) and sheet 2 (1)" in said
    assert "Quill" not in said


def problems(folder: Path, content: bytes) -> set[str]:
    (folder / "all.xlsx").write_bytes(content)
    table = registry()["exclusions"].table("exclusions")
    reading = read_table(content, "all.xlsx", table)
    return {one.code for one in reading.findings.problems}


def test_a_row_that_stands_on_two_sheets_counts_once_and_one_that_differs_refuses(
    tmp_path: Path,
) -> None:
    one, other = suspended("2024-10-01", "2024-10-02"), suspended("2024-10-02", "2025-02-03")
    staged, judged = given(tmp_path, {"exclusions": ("all.xlsx", workbook(One=one, Two=other))})
    assert len(judged.valid) == len(judged.staged) == 3
    (again,) = [w for w in staged.findings.warnings if w.code == "row.sheets_repeat"]
    assert (again.where, again.row, again.count) == ("all.xlsx, sheet 2", 2, 1)
    other[1][12] = "E"
    reading = read_table(
        workbook(One=one, Two=other), "all.xlsx", registry()["exclusions"].table("exclusions")
    )
    (problem,) = reading.findings.problems
    assert (problem.code, problem.where) == ("file.sheets_contradict", "all.xlsx, sheet 1 'One'")
    assert (problem.row, problem.count) == (3, 2)


def test_sheets_that_may_not_be_meant_are_not_read_together(tmp_path: Path) -> None:
    one, other = suspended("2024-10-01"), suspended("2025-02-03")
    fewer = [row[:-1] for row in other]
    assert problems(tmp_path, workbook(Autumn=one, Spring=other)) == set()
    assert problems(tmp_path, workbook(Autumn=one, Spring=fewer)) == {"file.sheets_alike"}
    for titles in (
        ("2023-24", "2024-25"),
        ("Autumn", "Autumn old"),
        ("Autumn", "Copy of it"),
        ("23-24", "24-25"),
    ):
        sheets = dict(zip(titles, (one, other), strict=True))
        assert problems(tmp_path, workbook(**sheets)) == {"file.sheet_missing"}
    named = workbook(Exclusions=one, Spring=other)
    assert problems(tmp_path, named) == {"file.sheets_alike"}
