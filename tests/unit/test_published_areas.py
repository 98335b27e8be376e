"""Small areas and their people from the workbooks and look-ups as they are published."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import openpyxl

from jsna.ingest.put_together import put_together
from jsna.ingest.stage import Staged, stage_deliveries
from jsna.ingest.validate import validate_delivery
from jsna.model.editions import Delivery
from jsna.sources import registry
from tests.unit.validation_support import context

_LAD = ["Local Authority District code (2024)", "Local Authority District name (2024)"]
_BEGIN = ["LSOA code (2021)", "LSOA name (2021)", *_LAD]
_IMD = "Index of Multiple Deprivation (IMD)"
_IDACI = "Income Deprivation Affecting Children Index (IDACI)"
_RANK, _TENTH = "Rank (where 1 is most deprived)", "Decile (where 1 is most deprived 10% of LSOA"
#: Small area, district, rank of the one index, of the other.
AREAS = [
    ("E01900001", "E07000901", 1_200, 33_000), ("E01900002", "E07000901", 9_000, 500),
    ("E01999005", "E06999999", 33_755, 20_000),
]  # fmt: skip


def _workbook(sheets: Mapping[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _decile(rank: int) -> int:
    return -(-rank * 10 // 33_755)


def _imd() -> bytes:
    head = [*_BEGIN, f"{_IMD} {_RANK}", f"{_IMD} {_TENTH}"]
    rows = [[a, f"Mossby {a}", d, "Mossby", r, _decile(r)] for a, d, r, _ in AREAS]
    return _workbook({"Notes": [], "IMD25": [head, *rows]})


def _idaci() -> bytes:
    indices = (_IMD, _IDACI)
    head = [*_BEGIN, *(f"{i} {said}" for i in indices for said in (_RANK, f"{_TENTH}s)"))]
    rows = [[a, f"Mossby {a}", d, "Mossby", r, _decile(r), c, _decile(c)] for a, d, r, c in AREAS]
    return _workbook({"Notes": [], "IoD2025 IDACI & IDAOPI": [head, *rows]})


def _people() -> bytes:
    titles = [["Made-up title"], ["Made-up source"], [None]]
    ages = [f"{sex}{age}" for sex in "FM" for age in range(91)]
    head = ["LAD 2023 Code", "LAD 2023 Name", "LSOA 2021 Code", "LSOA 2021 Name", "Total", *ages]
    sheets = {}
    for year in (2023, 2024):
        rows = []
        for number, code in enumerate(("E01900001", "E01900002", "E01999005", "W01999001")):
            people = [year - 2023 + number + at for at in range(182)]
            rows.append(["E07000901", "Mossby", code, "Mossby", sum(people), *people])
        sheets[f"Mid-{year} LSOA 2021"] = [*titles, head, *rows]
    return _workbook({"Cover": [["Made up"]], **sheets})


WARDS = (
    "LSOA21CD,LSOA21NM,WD24CD,WD24NM,LAD24CD,LAD24NM\n"
    "E01900001,Mossby,E05900001,Mossby North,E07000901,Mossby\n"
    "E01900002,Mossby,E05900002,Mossby South,E07000901,Mossby\n"
)
UPPER = "LTLA24CD,LTLA24NM,UTLA24CD,UTLA24NM\nE07000901,Mossby,E10000901,Quillshire\n"


def _staged(folder: Path, given: Mapping[str, Mapping[str, bytes]]) -> dict[str, Staged]:
    deliveries = []
    for extract, files in given.items():
        named = {
            key: f"{key}.{'xlsx' if raw[:2] == b'PK' else 'csv'}" for key, raw in files.items()
        }
        for key, file in named.items():
            (folder / file).write_bytes(files[key])
        digests = {named[key]: hashlib.sha256(raw).hexdigest() for key, raw in files.items()}
        period = {"areas": "2025", "population": "2024"}[extract]
        deliveries.append(Delivery(extract=extract, period=period, files=named, sha256=digests))
    read = stage_deliveries(deliveries, registry(), folder, synthetic=False)
    made = put_together(read, lambda _: date(2025, 1, 16), ("E10000901",))
    return {one.delivery.extract: one for one in made}


def test_areas_and_people_are_put_together_from_what_is_published(tmp_path: Path) -> None:
    areas = {"imd": _imd(), "idaci": _idaci(), "wards": WARDS.encode(),
             "upper_tiers": UPPER.encode()}  # fmt: skip
    found = _staged(tmp_path, {"population": {"mid_year": _people()}, "areas": areas})
    for one in found.values():
        assert not one.findings.problems
    lsoa, people = found["areas"].frame, found["population"].frame
    assert lsoa is not None
    assert people is not None
    (judged,) = validate_delivery(registry()["areas"], {"lsoa": lsoa}, context("areas")).values()
    fields = ["lsoa_code", "ward_code", "district_code", "authority_code", "imd_rank", "imd_decile",
              "idaci_rank", "idaci_decile"]  # fmt: skip
    # Those of another authority are left out.
    assert judged.valid[fields].astype(str).values.tolist() == [
        ["E01900001", "E05900001", "E07000901", "E10000901", "1200", "1", "33000", "10"],
        ["E01900002", "E05900002", "E07000901", "E10000901", "9000", "3", "500", "1"],
    ]
    assert not [one for one in judged.found if one.code.endswith("_decile.rank")]
    (years,) = validate_delivery(
        registry()["population"], {"syoa": people}, context("population")
    ).values()
    assert not len(years.reasons)
    assert len(years.valid) == 2 * 182
    # The second area's girls of 3 are 1 + 1 + 3, its men over 89 are 1 + 1 + 181.
    second = years.valid[years.valid["lsoa_code"] == "E01900002"].set_index(["sex", "age"])
    assert second.loc[("F", 3), "people"] == 5
    assert second.loc[("M", 90), "people"] == 183
    assert set(years.valid["year"]) == {2024}


def test_a_year_the_workbook_has_not_is_asked_for(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(_people()))
    book.remove(book["Mid-2024 LSOA 2021"])
    buffer = io.BytesIO()
    book.save(buffer)
    found = _staged(tmp_path, {"population": {"mid_year": buffer.getvalue()}})
    codes = [problem.code for problem in found["population"].findings.problems]
    assert codes == ["file.sheet_missing"]
