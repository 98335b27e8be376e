"""The school census as COLLECT exports it and as a school's XML: the same rows from both."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from jsna.ingest.fills import fill
from jsna.ingest.put_together import put_together
from jsna.ingest.stage import Staged, stage_deliveries
from jsna.ingest.validate import validate_delivery
from jsna.model.editions import Delivery
from jsna.settings.checks import of_files
from jsna.sources import registry
from tests.unit.official_support import element, message
from tests.unit.validation_support import PERIODS, context

CENSUS_DAY = date(2025, 1, 16)
REGISTER = (
    "URN,LA (code),EstablishmentNumber,EstablishmentName,TypeOfEstablishment (code),"
    "PhaseOfEducation (name),OpenDate,CloseDate\n"
    "990001,999,9001,Mossby,01,Primary,,\n990002,999,9002,Hollow Lane,44,Not applicable,,\n"
)
LOOKUP = "pcd7,lsoa21cd\nZZ1 1AA,E01900001\nZZ1 1AB,E01900002\n"
#: A pupil at two schools, needs out of order, a period of free meals that ended, one that begins
#: after census day, and two addresses of which the second comes first in the file.
EXPORT = {
    "schoolcensus": """schoolcensustableid,NativeId,lea,estab,urn
1,SCH1,999,9001,990001
2,SCH2,999,9002,990002
""",
    "pupilonroll": """pupilonrolltableid,NativeId,schoolcensustableid,dob,surname,forename,upn,\
formerupn,sex,ethnicity,language,enrolstatus,ncyearactual,senprovision,senunitindicator,\
resourcedprovisionindicator
1,SCH1,1,2010-Feb-03 00:00:00,Quill,Zora,A950000178301,,F,WENG,ENG,C,10,K,False,True
2,SCH1,1,2009-Nov-20 00:00:00,Rook,Yan,H243278544154,,M,AMPK,,M,10,E,,
3,SCH2,2,2009-Nov-20 00:00:00,Rook,Yan,H243278544154,,M,AMPK,,S,10,E,1,0
4,SCH2,2,2019-Aug-31 00:00:00,Stone,Wren,,,F,BWEL,,C,1,N,,
""",
    "senneeds": """pupilonrolltableid,senneedstableid,sentyperank,sentype
1,1,1,NSA
2,2,2,SLCN
2,3,1,ASD
2,4,3,SEMH
3,5,1,ASD
""",
    "fsmperiod": """pupilonrolltableid,fsmperiodtableid,fsmstartdate,fsmenddate,ukcountry
1,1,2021-Oct-04 00:00:00,,ENG
2,2,2019-Sep-02 00:00:00,2022-Jul-20 00:00:00,ENG
4,3,2025-Feb-01 00:00:00,,ENG
""",
    "addresses": """pupilonrolltableid,addressestableid,addressesorderseqcolumn,postcode,town
1,1,2,ZZ9 9ZZ,Nowhere
1,2,1,ZZ1 1AA,Nowhere
2,3,1,ZZ1 1AB,
""",
}


def _pupil(upn: str, surname: str, forename: str, born: str, *held: str, **who: object) -> str:
    numbers = {"UPN": upn} if upn else {}
    return element(
        "PupilOnRoll",
        element(
            "PupilIdentifiers", **numbers, Surname=surname, Forename=forename, DOB=born,
            **{name: who.pop(name) for name in ("Sex", "Gender") if name in who},
        ),
        *held,
        **who,
    )  # fmt: skip


def _sen(provision: str, *needs: tuple[int, str], **more: object) -> str:
    each = [element("SENneed", SENtypeRank=rank, SENtype=need) for rank, need in needs]
    held = [element("SENneeds", *each)] if each else []
    return element("SpecialEducationalNeeds", *held, SENprovision=provision, **more)


def _meals(*periods: Mapping[str, str], **more: object) -> str:
    each = [element("FSMperiod", **period, UKcountry="ENG") for period in periods]
    return element("PupilCharacteristics", element("FSMperiods", *each), **more)


def _status(enrolled: str, year: str) -> str:
    return element("PupilStatus", EnrolStatus=enrolled, NCyearActual=year)


def _home(*postcodes: str) -> str:
    return element("HomeInformation", *(element("Address", PostCode=one) for one in postcodes))


def _school(estab: int, *pupils: str) -> bytes:
    content = message("SC", element("Pupils", element("PupilsOnRoll", *pupils)))
    return content.replace(b"<LEA>999</LEA>", b"<LEA>999</LEA><Estab>%d</Estab>" % estab)


_YAN = ("H243278544154", "Rook", "Yan", "2009-11-20")
SCHOOLS = {
    "census.first": _school(
        9001,
        _pupil(
            "A950000178301", "Quill", "Zora", "2010-02-03",
            _meals({"FSMstartDate": "2021-10-04"}, Ethnicity="WENG", Language="ENG"),
            _status("C", "10"),
            _sen("K", (1, "NSA"), SENunitIndicator=0, ResourcedProvisionIndicator="true"),
            element("Exclusions", element("TermlyExclusion", Category="SUSP")),
            _home("ZZ1 1AA", "ZZ9 9ZZ"),
            Sex="F",
        ),
        _pupil(
            *_YAN,
            _meals({"FSMstartDate": "2019-09-02", "FSMendDate": "2022-07-20"}, Ethnicity="AMPK"),
            _status("M", "10"), _sen("E", (2, "SLCN"), (1, "ASD"), (3, "SEMH")), _home("ZZ1 1AB"),
            Gender="M",
        ),
    ),
    "census.second": _school(
        9002,
        _pupil(
            *_YAN, _meals(Ethnicity="AMPK"), _status("S", "10"),
            _sen("E", (1, "ASD"), SENunitIndicator=1, ResourcedProvisionIndicator=0), Sex="M",
        ),
        _pupil(
            "", "Stone", "Wren", "2019-08-31",
            _meals({"FSMstartDate": "2025-02-01"}, Ethnicity="BWEL"), _status("C", "1"), _sen("N"),
            Sex="F",
        ),
    ),
}  # fmt: skip


def _staged(folder: Path, extract: str, files: Mapping[str, str | bytes]) -> Staged:
    """The one table of an extract, from files as an edition names them."""
    beside = {"schools": {"school": REGISTER}, "postcodes": {"postcode": LOOKUP}}
    deliveries = []
    for name, given in {extract: files, **beside}.items():
        named, digests = {}, {}
        for key, content in given.items():
            raw = content.encode() if isinstance(content, str) else content
            file = f"{name}_{key}.{'xml' if raw.startswith(b'<') else 'csv'}"
            (folder / file).write_bytes(raw)
            named[key], digests[file] = file, hashlib.sha256(raw).hexdigest()
        deliveries.append(Delivery(extract=name, period=PERIODS[name], files=named, sha256=digests))
        assert not list(of_files(deliveries[-1], registry()[name]))
    read = stage_deliveries(deliveries, registry(), folder, synthetic=False)
    filled = fill(put_together(read, lambda _: CENSUS_DAY), lambda _: CENSUS_DAY, "999")
    (found,) = [one for one in filled if one.delivery.extract == extract]
    assert not found.findings.problems
    return found


ROWS = [
    ["Quill", "990001", "C", "10", "WBRI", "K", "NSA", "", "Y", "E01900001", "primary"],
    ["Rook", "990001", "M", "10", "APKN", "E", "ASD", "SLCN", "N", "E01900002", "primary"],
    ["Rook", "990002", "S", "10", "APKN", "E", "ASD", "", "N", "", "special"],
    ["Stone", "990002", "C", "1", "BOTH", "N", "", "", "N", "", "special"],
]


@pytest.mark.parametrize("files", [EXPORT, SCHOOLS], ids=["export", "xml"])
def test_a_census_is_put_together(tmp_path: Path, files: Mapping[str, str | bytes]) -> None:
    staged = _staged(tmp_path, "school_census", files)
    assert staged.frame is not None
    (census,) = validate_delivery(
        registry()["school_census"], {"census": staged.frame}, context("school_census")
    ).values()
    assert not len(census.reasons)
    fields = (
        "surname", "school_urn", "enrol_status", "year_group", "ethnicity", "sen_provision",
        "primary_need", "secondary_need", "fsm", "lsoa_code", "phase",
    )  # fmt: skip
    assert census.valid[list(fields)].fillna("").values.tolist() == ROWS
    assert census.valid["resourced_provision"].fillna(False).tolist() == [True, False, False, False]
    assert [str(day)[:10] for day in census.valid["date_of_birth"]][::3] == [
        "2010-02-03", "2019-08-31",
    ]  # fmt: skip


def test_types_of_the_return_are_read_where_the_export_has_them(tmp_path: Path) -> None:
    school = "schoolcensustableid,phase,type\n1,PS,01\n2,SP,52\n"
    staged = _staged(tmp_path, "school_census", {**EXPORT, "school": school})
    assert staged.frame is not None
    (census,) = validate_delivery(
        registry()["school_census"], {"census": staged.frame}, context("school_census")
    ).values()
    assert census.valid["school_type"].tolist() == ["maintained"] * 2 + ["academy"] * 2


ON_ROLL = """pupilonrolltableid,termlyexclusionsonrolltableid,startdate,sessions,reason1,reason2,\
reason3,category,senprovision
1,1,2024-Oct-10 00:00:00,4.0,DB,VA,,SUSP,N
2,2,2024-Oct-11 00:00:00,1.0,PP,BU,LG,FIXD,E
"""
OFF_ROLL = """pupilnolongeronrolltableid,termlyexclusionsoffrolltableid,startdate,sessions,\
reason1,reason2,reason3,category,senprovision
1,1,2024-Dec-18 00:00:00,,OW,DA,,PERM,K
"""
GONE = """pupilnolongeronrolltableid,schoolcensustableid,dob,surname,forename,upn,sex
1,2,2010-May-01 00:00:00,Teal,Vera,A950000178302,F
"""


def test_events_of_several_terms_hang_on_their_pupils(tmp_path: Path) -> None:
    term = {key: EXPORT[key] for key in ("pupilonroll", "schoolcensus")}
    files = {
        **{f"{key}.spring": text for key, text in term.items()},
        "termlyexclusionsonroll.spring": ON_ROLL,
        **{f"{key}.summer": text for key, text in term.items()},
        "termlyexclusionsonroll.summer": ON_ROLL.splitlines(True)[0]
        + "4,1,2025-Jan-10 00:00:00,2,DB,,,SUSP,\n",
        "termlyexclusionsoffroll.summer": OFF_ROLL,
        "pupilnolongeronroll.summer": GONE,
    }
    staged = _staged(tmp_path, "exclusions", files)
    assert staged.frame is not None
    (events,) = validate_delivery(
        registry()["exclusions"], {"exclusions": staged.frame}, context("exclusions")
    ).values()
    fields = ["surname", "school_urn", "category", "reason_1", "reason_2"]
    assert events.valid[fields].fillna("").values.tolist() == [
        ["Quill", "990001", "SUSP", "DB", "VA"],
        ["Rook", "990001", "SUSP", "PP", "BU"],
        ["Stone", "990002", "SUSP", "DB", ""],
        ["Teal", "990002", "PERM", "OW", "DA"],
    ]
    assert events.valid["sessions"].fillna(0).tolist() == [4, 1, 2, 0]


def test_events_of_a_schools_xml_are_of_pupils_there_and_gone(tmp_path: Path) -> None:
    def pupil(kind: str, surname: str, upn: str, **event: object) -> str:
        who = element(
            "PupilIdentifiers", UPN=upn, Surname=surname, Forename="Zora", DOB="2010-02-03", Sex="F"
        )
        return element(kind, who, element("Exclusions", element("TermlyExclusion", **event)))

    content = message(
        "SC",
        element(
            "Pupils",
            element(
                "PupilsOnRoll",
                pupil(
                    "PupilOnRoll", "Quill", "A950000178301", Category="SUSP", Reason1="DB",
                    StartDate="2024-10-10", ActualNumberOfSessions=4, SENprovision="N",
                ),
            ),
            element(
                "PupilsNoLongerOnRoll",
                pupil(
                    "PupilNoLongerOnRoll", "Teal", "A950000178302", Category="PERM", Reason1="OW",
                    StartDate="2024-12-18",
                ),
            ),
        ),
    )  # fmt: skip
    content = content.replace(b"<LEA>999</LEA>", b"<LEA>999</LEA><Estab>9001</Estab>")
    staged = _staged(tmp_path, "exclusions", {"exclusions": content})
    assert staged.frame is not None
    fields = ["surname", "school_urn", "category", "reason_1", "sessions"]
    assert staged.frame[fields].fillna("").values.tolist() == [
        ["Quill", "990001", "SUSP", "DB", "4"],
        ["Teal", "990001", "PERM", "OW", ""],
    ]


def test_parts_that_are_lacking_or_strange_are_named() -> None:
    extract = registry()["exclusions"]
    files = {"pupilonroll.spring": "a.csv", "termlyexclusionsonroll.summer": "b.csv", "x": "c.csv"}
    delivery = Delivery(extract="exclusions", period="2024/25", files=files)
    said = [f"{rule} {name}".strip() for rule, name in of_files(delivery, extract)]
    assert "no file is given for table 'pupilonroll.summer'" in said
    assert "no file is given for table 'termlyexclusionsonroll.spring'" in said
    assert [one for one in said if one.endswith(" x")]
