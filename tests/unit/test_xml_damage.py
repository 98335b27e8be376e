"""XML as it comes: what is read of it, and what is told; `tests.malformed.returns` has more."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from jsna.ingest import xml_file
from jsna.ingest.read import read_heading, read_table
from jsna.ingest.stage import stage_deliveries
from jsna.ingest.xml_file import is_xml
from jsna.ingest.xml_year import stated_years
from jsna.model.editions import Delivery
from jsna.receiving.looks import Known, look
from jsna.sources import registry
from tests.unit.official_support import read
from tests.unit.test_xml_returns import IN_NEED

SECRET = "Quillington"


def test_damage_is_told_with_its_line() -> None:
    at = IN_NEED.index(b"<Assessments>")
    broken = IN_NEED[:at] + b"<Assessments</x>" + IN_NEED[at:]
    reading = read("cin_census", broken)["episodes"]
    assert reading.findings.problems[0].row == IN_NEED.count(b"\n", 0, at) + 1


def test_the_rest_of_a_file_with_strange_elements_is_read() -> None:
    strange = IN_NEED.replace(
        b"<Ethnicity>", b"Quillington<FavouriteColour>Quillington</FavouriteColour><Ethnicity>"
    ).replace(
        b"<ReferralSource>", b"<CINreferralDate>2024-04-09</CINreferralDate><ReferralSource>", 1
    )
    reading = read("cin_census", strange)["episodes"]
    assert reading.frame is not None
    assert len(reading.frame) == 5
    assert reading.frame["referral_date"].iloc[0] == "2024-04-02"
    told = {warning.code: warning for warning in reading.findings.warnings}
    assert set(told) == {"column.unknown", "file.stray", "file.several"}
    assert "FavouriteColour" in told["column.unknown"].rule
    assert (told["column.unknown"].count, told["file.stray"].count) == (3, 3)
    assert not [one for one in reading.findings.warnings if SECRET in str(one)]


def test_names_of_elements_count_without_case_and_namespace_in_any_named_encoding() -> None:
    plain = IN_NEED.decode()
    other = plain.replace("<Message>", '<Message xmlns="urn:made-up">').replace(
        "LAchildID", "LACHILDID"
    )
    encoded = other.replace("UTF-8", "UTF-16").encode("utf-16")
    for content in (
        other.encode(),
        encoded,
        b"\xef\xbb\xbf" + IN_NEED,
        IN_NEED.replace(b"\n", b""),
    ):
        assert is_xml(content)
        reading = read("cin_census", content)["episodes"]
        assert not reading.findings.problems
        assert reading.frame is not None
        assert reading.frame["child_id"].tolist() == ["C1", "C1", "C2", "C2", "C3"]
    # On one line rows are told by their number.
    assert reading.frame["source_row"].tolist() == [1, 2, 3, 4, 5]


def test_a_return_of_another_year_than_its_header_says_is_refused(tmp_path: Path) -> None:
    other = IN_NEED.replace(b"<Year>2025<", b"<Year>2013<")
    dated = IN_NEED.replace(b"</Year>", b"</Year><ReferenceDate>2024-03-31</ReferenceDate>")
    wide = other.decode().replace("UTF-8", "UTF-16").encode("utf-16")
    bare = IN_NEED.replace(b"<Year>2025</Year>", b"")
    # Content, its years, what doctor takes it for, and whether an edition's 2024/25 refuses it.
    for content, said, period, refused in (
        (IN_NEED, (2025,), "2024/25", False),
        (other, (2013,), "2012/13", True),
        (wide, (2013,), "2012/13", True),
        (dated, (2024, 2025), "", True),
        # Its days say it then.
        (bare, (), "2024/25", False),
        (b"<!DOCTYPE M [<!ENTITY y '2013'>]><M><CollectionDetails><Year>&y;</Year>", (), "", False),
    ):
        assert stated_years(content) == said
        file = tmp_path / "return.xml"
        file.write_bytes(content)
        assert look(file, Known({})).period == period
        delivery = Delivery(
            extract="cin_census", period="2024/25", files={"episodes": file.name},
            sha256={file.name: hashlib.sha256(content).hexdigest()},
        )  # fmt: skip
        # Without its rows too.
        for reading in (read_table, read_heading):
            staged = stage_deliveries(
                [delivery], registry(), tmp_path, synthetic=False, read=reading
            )
            codes = [one.code for one in staged[0].findings.problems]
            assert ("file.other_year" in codes) == refused
    # An event stands in a census two terms after it, so that its year tells nothing.
    assert [name for name, one in registry().items() if one.xml and one.xml.year] == [
        name for name in registry() if name in ("school_census", "sen2", "cin_census")
    ]


def test_what_is_xml_is_seen_by_what_stands_in_it() -> None:
    reading = read("cin_census", IN_NEED, "export.csv")["episodes"]
    assert reading.frame is not None
    assert not is_xml(b"<!DOCTYPE html><html></html>")
    assert not is_xml(b"UPN,Surname\n1,<b>\n")
    page = read("cin_census", b"<html><body>Log in</body></html>", "export.xml")["episodes"]
    assert [problem.code for problem in page.findings.problems] == ["file.format"]
    for table in read("ncmp", IN_NEED, "measured.xml").values():
        assert [problem.code for problem in table.findings.problems] == ["file.format"]


def test_a_record_that_was_read_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    child = IN_NEED[IN_NEED.index(b"<Child>") : IN_NEED.index(b"</Children>")]
    content = b"<Message><Children>" + child * 300 + b"</Children></Message>"
    roots: list[Any] = []
    right = xml_file._Reader._right_root

    def kept(reader: Any, element: Any, root: str) -> bool:
        roots.append(element)
        return right(reader, element, root)

    monkeypatch.setattr(xml_file._Reader, "_right_root", kept)
    reading = read("cin_census", content)["episodes"]
    assert reading.frame is not None
    assert len(reading.frame) == 1_500
    assert len(list(roots[0].iter())) <= 3
