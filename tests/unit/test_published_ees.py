"""The reader of Explore Education Statistics files."""

import zipfile
from pathlib import Path

import pytest

from jsna.errors import JsnaError
from jsna.releases import ees
from tests.unit.published_support import EAST, HOME, NATION, csv_text

ROWS = [{**NATION, "plans": "12"}, {**HOME, "la_name": "Norland, County of", "plans": "3"}]


def write(tmp_path: Path, content: bytes, name: str = "file.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings_and_line_ends_read_alike(tmp_path: Path, end: str, encoding: str) -> None:
    rows = [{**HOME, "la_name": "Môrland, County of", "plans": "3"}]
    found = ees.read(write(tmp_path, csv_text(rows, end).encode(encoding)), "file").frame
    assert list(found["la_name"]) == ["Môrland, County of"]
    assert list(found["plans"]) == ["3"]
    assert list(found["_row"]) == [2]


def test_columns_are_found_by_name_whatever_their_order(tmp_path: Path) -> None:
    text = "plans,geographic_level,country_code,time_identifier,time_period\n7,National,E92000001,"
    found = ees.read(write(tmp_path, f"{text}Calendar year,2024\n".encode()), "file").frame
    assert found["plans"][0] == "7"
    assert found["new_la_code"][0] == ""


def test_identical_columns_of_one_name_are_one(tmp_path: Path) -> None:
    text = csv_text([{**row, "again": row["plans"]} for row in ROWS]).replace("again", "plans")
    found = ees.read(write(tmp_path, text.encode()), "file").frame
    assert list(found.columns).count("plans") == 1
    assert list(found["plans"]) == ["12", "3"]


def test_different_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    text = csv_text([{**row, "plans": "1", "other": "2"} for row in ROWS]).replace("other", "plans")
    with pytest.raises(JsnaError, match=r"column 'plans'.*have this name and differ"):
        ees.read(write(tmp_path, text.encode()), "file")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (csv_text(ROWS).split("\r\n")[0].encode() + b"\r\n", "a header and no rows"),
        (csv_text(ROWS).replace(",", "\t").encode(), "separated by tabs"),
        (csv_text(ROWS).replace(",", ";").encode(), "separated by semicolons"),
        (csv_text(ROWS).replace("time_period", "year").encode(), "no column 'time_period'"),
        (b"Title of the table\r\n\r\n" + csv_text(ROWS).encode(), "first row must be the header"),
        (csv_text(ROWS).encode()[:-25], "has 8 cells where the header has 11; row 3"),
        (csv_text(ROWS).encode("utf-16"), "not text in UTF-8"),
        (csv_text([{**NATION, "geographic_level": "Planet"}]).encode(), "found 'Planet'"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    with pytest.raises(JsnaError, match=reason):
        ees.read(write(tmp_path, content), "file")


def test_a_ragged_row_is_refused(tmp_path: Path) -> None:
    text = csv_text(ROWS) + "2024,Calendar year,E92000001\r\n"
    with pytest.raises(JsnaError, match=r"a row has 3 cells where the header has 11"):
        ees.read(write(tmp_path, text.encode()), "file")


def zipped(tmp_path: Path, **files: str) -> Path:
    path = tmp_path / "release.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/").replace("_csv", ".csv"), text)
        archive.writestr(
            "data-guidance/data-guidance.txt",
            "Filename: plans.csv\r\n\r\nFootnotes:\r\n\r\n1. Counts are  unrounded.\r\n\r\n"
            "Filename: other.csv\r\nFootnotes:\r\n\r\n1. Of the other file.\r\n",
        )
    return path


def test_a_table_of_a_zip_comes_with_its_own_footnotes(tmp_path: Path) -> None:
    path = zipped(tmp_path, data__plans_csv=csv_text(ROWS), data__other_csv=csv_text(ROWS[:1]))
    found = ees.read(path, "plans")
    assert len(found.frame) == 2
    assert found.footnotes == ("Counts are unrounded.",)
    assert found.where == "release.zip, plans.csv"


def test_a_zip_without_the_table_says_what_it_has(tmp_path: Path) -> None:
    with pytest.raises(JsnaError, match=r"no file named requests.csv; it has other, plans"):
        ees.read(
            zipped(tmp_path, data__plans_csv=csv_text(ROWS), data__other_csv=csv_text(ROWS)),
            "requests",
        )


def test_a_zip_cut_short_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, data__plans_csv=csv_text(ROWS))
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(JsnaError, match="not a whole zip file"):
        ees.read(path, "plans")


@pytest.mark.parametrize("swapped", [False, True])
def test_kinds_and_values_of_characteristics_are_told_by_content(
    tmp_path: Path, swapped: bool
) -> None:
    pairs = [("Total", "Total"), ("SEN provision", "EHC plan"), ("SEN provision", "SEN support")]
    kind, value = "characteristic_type", "characteristic"
    if swapped:
        kind, value = value, kind
    rows = [{**area, kind: k, value: v} for area in (HOME, EAST) for k, v in pairs]
    found = ees.read(write(tmp_path, csv_text(rows).encode()), "file").frame
    assert list(found["characteristic_kind"][:3]) == [k for k, _ in pairs]
    assert list(found["characteristic_value"][:3]) == [v for _, v in pairs]
