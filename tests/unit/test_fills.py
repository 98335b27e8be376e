"""What a file does not have and another gives: schools by number, small areas by postcode."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from jsna.ingest.cross import Tables
from jsna.ingest.fills import fill
from jsna.ingest.grid import Findings
from jsna.ingest.kept import Kept
from jsna.ingest.read import read_table
from jsna.ingest.stage import Staged
from jsna.ingest.validate import validate_delivery
from jsna.model.editions import Delivery
from jsna.sources import registry
from tests.unit.validation_support import PERIODS, context

CENSUS_DAY = date(2025, 1, 16)
#: A list of a council's own system: the establishment's number, no URN, no phase and no area.
CENSUS = b"""UPN,Surname,Forename,DoB,Gender,Ethnicity,Language,Estab,EnrolStatus,NCyearActual,\
SENprovision,SENneed1,SENneed2,FSME on Census Day,Postcode
A950000178301,Quill,Zora,14/03/2015,F,WENG,ENG,2001,C,5,K,SLCN,,1,ZZ1 1AA
H243278544154,Rook,Yan,15/03/2015,M,WBRI,ENG,7001,C,5,E,ASD,,0,ZZ11AB
A950000178302,Stone,Wren,16/03/2015,F,WBRI,ENG,4001,C,5,N,,,0,ZZ2 2BB
A950000178303,Teal,Vera,17/03/2015,F,WBRI,ENG,9999,C,5,N,,,0,
"""
#: The register: a primary, a special school, and an academy with the school it was.
SCHOOLS = b""""URN","LA (code)","EstablishmentNumber","EstablishmentName",\
"TypeOfEstablishment (code)",\
"PhaseOfEducation (name)","OpenDate","CloseDate","UKPRN"\r
"900001","961","2001","Mossby","01","Primary","","",""\r
"900002","961","7001","Hollow Lane","07","Not applicable","01-09-1970","",""\r
"900003","961","4001","Old Mill","01","Secondary","","31-08-2024",""\r
"900004","961","4001","Old Mill Academy","34","Secondary","01-09-2024","",""\r
"900005","962","2001","Elsewhere","01","Primary","","",""\r
"900006","961","","College","18","16 plus","","","10000001"\r
"""
LOOKUP = b""""pcd7","pcd8","pcds","dointr","doterm","usertype","oa21cd","lsoa21cd"
"ZZ1 1AA","ZZ1  1AA","ZZ1 1AA","198001","","0","E00999001","E01900001"
"ZZ1 1AB","ZZ1  1AB","ZZ1 1AB","199501","202012","0","E00999002","E01900002"
"ZZ999ZZ","ZZ99 9ZZ","ZZ99 9ZZ","201003","","1","E00999003","E01900005"
"""


def _staged(extract: str, table: str, content: bytes, period: str = "") -> Staged:
    delivery = Delivery(
        extract=extract, period=period or PERIODS[extract], files={table: f"{extract}.csv"}
    )
    reading = read_table(content, f"{extract}.csv", registry()[extract].table(table))
    assert reading.frame is not None
    return Staged(delivery, table, Kept.of(reading.frame), reading.findings)


def _judged(*files: tuple[str, str, bytes]) -> tuple[dict[str, Tables], Mapping[str, Findings]]:
    filled = fill([_staged(*file) for file in files], lambda _: CENSUS_DAY, "961")
    judged = {
        one.delivery.extract: validate_delivery(
            registry()[one.delivery.extract],
            {one.table: one.rows},
            context(one.delivery.extract),
        )
        for one in filled
        if one.rows is not None
    }
    return judged, {one.delivery.extract: one.findings for one in filled}


def test_a_list_without_urn_phase_and_area_is_filled_from_the_register_and_the_look_up() -> None:
    judged, findings = _judged(
        ("school_census", "census", CENSUS),
        ("schools", "school", SCHOOLS),
        ("postcodes", "postcode", LOOKUP),
    )
    assert not findings["school_census"].problems
    census = judged["school_census"]["census"]
    rows = census.valid[["school_urn", "phase", "school_type", "lsoa_code"]].fillna("")
    assert rows.values.tolist() == [
        ["900001", "primary", "maintained", "E01900001"],
        ["900002", "special", "maintained", "E01900002"],
        # The academy, and not the school it was, was open on census day; its postcode is unknown.
        ["900004", "secondary", "academy", ""],
    ]
    assert census.valid["fsm"].tolist() == ["Y", "N", "N"]
    assert census.valid["primary_need"].fillna("").tolist() == ["SLCN", "ASD", ""]
    # A number the register has not is told, and its row is set aside for want of a school.
    assert census.quarantined["surname"].tolist() == ["Teal"]
    told = [(w.code, w.count) for w in findings["school_census"].warnings]
    assert ("column.unfilled", 1) in told
    # What helped to find a school goes no further. Nothing of the look-up does: what of it was
    # asked for tells where children live.
    assert "estab" not in census.valid
    assert len(judged["postcodes"]["postcode"].staged) == 0
    assert findings["postcodes"].remarks[-1] == "3 rows were read to look up by; none is kept"


def test_what_nothing_gives_is_asked_for() -> None:
    _, findings = _judged(("school_census", "census", CENSUS))
    said = [problem.rule for problem in findings["school_census"].problems]
    assert len(said) == 3
    assert "'URN'" in said[0]
    assert "the register of schools" in said[0]
    assert "'Phase' and 'SchoolType'" in said[1]
    assert "'LSOA'" in said[2]
    assert "the look-up of postcodes" in said[2]


def test_what_a_file_has_is_never_filled() -> None:
    own = CENSUS.replace(b"Estab,", b"URN,").replace(b",2001,", b",900009,")
    filled = fill(
        [_staged("school_census", "census", own), _staged("schools", "school", SCHOOLS)],
        lambda _: CENSUS_DAY,
        "961",
    )
    assert filled[0].rows is not None
    assert filled[0].rows.frame()["school_urn"].tolist()[0] == "900009"


def test_the_authority_of_a_number_is_its_own_where_the_file_says_it() -> None:
    for header, number in ((b"LEA,Estab", b"962,2001"), (b"DfE number", b"9622001"),
                           (b"LAEstab", b"962/2001")):  # fmt: skip
        content = CENSUS.replace(b"Estab", header).replace(b",2001,", b"," + number + b",")
        first = b"\n".join(content.split(b"\n")[:2]) + b"\n"
        filled = fill(
            [_staged("school_census", "census", first), _staged("schools", "school", SCHOOLS)],
            lambda _: CENSUS_DAY,
            "961",
        )
        assert filled[0].rows is not None
        assert filled[0].rows.frame()["school_urn"].tolist() == ["900005"]


def test_a_return_of_2023_says_with_the_plan_what_is_residential() -> None:
    plans = (
        b"activeplanstableid,requeststableid,transferla,res,wbp,lastreview\n"
        b"51,21,,A,0,\n52,22,,,1,\n"
    )
    placed = (
        b"placementdetailtableid,activeplanstableid,urn,ukprn,sensetting,placementrank,entrydate,"
        b"leavingdate,attendancepattern\n"
        b"61,52,900001,,,1,2020-Sep-07 00:00:00,,F\n62,51,900001,,,1,2020-Sep-07 00:00:00,,F\n"
    )
    filled = fill(
        [_staged("sen2", "activeplans", plans), _staged("sen2", "placementdetail", placed)],
        lambda _: CENSUS_DAY,
        "961",
    )
    assert not filled[0].findings.problems
    assert filled[1].rows is not None
    assert filled[1].rows.frame()["residential"].fillna("").tolist() == ["", "A"]
    assert filled[1].rows.frame()["work_based"].fillna("").tolist() == ["1", "0"]
