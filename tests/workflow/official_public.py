"""What anyone may have, as its publishers issue it, by code of the tests' own.

The Indices of Deprivation (File 1 and File 3 of 2025) and the estimates of population are workbooks
with further sheets, other areas and other years; look-ups and the register of schools are text.
Rows come as text by field.
"""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl import Workbook

from tests.books import book_bytes
from tests.workflow.official_shapes import Row, as_csv

_PLACE = [
    "LSOA code (2021)", "LSOA name (2021)", "Local Authority District code (2024)",
    "Local Authority District name (2024)",
]  # fmt: skip
_RANK, _TENTH = "Rank (where 1 is most deprived)", "Decile (where 1 is most deprived 10% of LSOA"
_IMD = "Index of Multiple Deprivation (IMD)"
_OTHERS = (
    "Income Deprivation Affecting {} Index (IDACI)",
    "Income Deprivation Affecting {} (IDAOPI)",
)
#: A small area of another authority, which the published files hold as well.
_ELSEWHERE: Row = {
    "lsoa_code": "E01999999", "lsoa_name": "Elsewhere 001A", "district_code": "E07000999",
    "district_name": "Elsewhere", "ward_code": "E05999999", "ward_name": "Far",
    "authority_code": "E10000999", "authority_name": "Farshire", "imd_rank": "1",
    "imd_decile": "1", "idaci_rank": "1", "idaci_decile": "1",
}  # fmt: skip


def _sheets(**sheets: Sequence[Sequence[object]]) -> bytes:
    made = Workbook()
    del made["Sheet"]
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    return book_bytes(made)


def areas(rows: Sequence[Row]) -> dict[str, bytes]:
    """Small areas as two workbooks of the Indices of Deprivation and two look-ups."""
    every = sorted([*rows, _ELSEWHERE], key=lambda row: row["lsoa_code"])
    place = [[row[f] for f in ("lsoa_code", "lsoa_name", "district_code", "district_name")]
             for row in every]  # fmt: skip
    imd = [[int(row["imd_rank"]), int(row["imd_decile"])] for row in every]
    idaci = [[int(row["idaci_rank"]), int(row["idaci_decile"])] for row in every]
    children, older = (
        one.format(who) for one, who in zip(_OTHERS, ("Children", "Older People"), strict=True)
    )
    further = [f"{index} {what}" for index in (_IMD, children, older)
               for what in (_RANK, f"{_TENTH}s)")]  # fmt: skip
    # fmt: off
    wards = {"LSOA21CD": "lsoa_code", "LSOA21NM": "lsoa_name", "WD24CD": "ward_code",
             "WD24NM": "ward_name", "LAD24CD": "district_code", "LAD24NM": "district_name"}
    tiers = {"LTLA24CD": "district_code", "LTLA24NM": "district_name",
             "UTLA24CD": "authority_code", "UTLA24NM": "authority_name"}
    # fmt: on
    return {
        "imd": _sheets(
            Notes=[["", "The Indices of Deprivation"], ["", "Rows are small areas"]],
            # The heading of the decile is cut short in the file as issued.
            IMD25=[
                [*_PLACE, f"{_IMD} {_RANK}", f"{_IMD} {_TENTH}"],
                *([*at, *own] for at, own in zip(place, imd, strict=True)),
            ],
        ),
        "idaci": _sheets(
            Notes=[["Supplementary indices"]],
            **{
                "IoD2025 IDACI & IDAOPI": [
                    [*_PLACE, *further],
                    *(
                        [*at, *own, *child, 33_755 - n, 10]
                        for n, (at, own, child) in enumerate(zip(place, imd, idaci, strict=True))
                    ),
                ]
            },
        ),
        "wards": as_csv(
            [
                {**{name: row[field] for name, field in wards.items()}, "ObjectId": str(n)}
                for n, row in enumerate(every, start=1)
            ]
        ),
        "upper_tiers": as_csv(
            [
                {name: row[field] for name, field in tiers.items()}
                for row in {row["district_code"]: row for row in every}.values()
            ]
        ),
    }  # fmt: skip


def population(rows: Sequence[Row]) -> dict[str, bytes]:
    """Residents as the workbook by single year of age: a sheet a year, under lines of title."""
    year = int(rows[0]["year"])
    people = {(row["lsoa_code"], row["sex"], int(row["age"])): int(row["people"]) for row in rows}
    own = sorted({row["lsoa_code"] for row in rows})
    ages = [(sex, age) for sex in "FM" for age in range(91)]

    def sheet(of: int, more: int) -> list[list[object]]:
        made: list[list[object]] = [
            [f"Mid-{of}: small area population estimates"], ["Areas of 2021"], [],
            ["LAD 2023 Code", "LAD 2023 Name", "LSOA 2021 Code", "LSOA 2021 Name", "Total",
             *(f"{sex}{age}" for sex, age in ages)],
        ]  # fmt: skip
        for area in [*own, "W01999999", "E01999999"]:
            counts = [people.get((area, sex, age), 7) + more for sex, age in ages]
            made.append(["E07000999", "Somewhere", area, f"{area} name", sum(counts), *counts])
        return made

    return {
        "mid_year": _sheets(
            **{
                "Cover sheet": [["Small area population estimates"], ["Published by an office"]],
                "Contents": [["Worksheet", "About"]],
                # Of the year before there is somebody more of every age.
                f"Mid-{year - 1} LSOA 2021": sheet(year - 1, 1),
                f"Mid-{year} LSOA 2021": sheet(year, 0),
            }
        )
    }


#: Columns of the full download of the register, in its order; most say nothing here.
_REGISTER = """URN|LA (code)|LA (name)|EstablishmentNumber|EstablishmentName|\
TypeOfEstablishment (code)|TypeOfEstablishment (name)|EstablishmentTypeGroup (code)|\
EstablishmentTypeGroup (name)|EstablishmentStatus (code)|EstablishmentStatus (name)|\
ReasonEstablishmentOpened (code)|ReasonEstablishmentOpened (name)|OpenDate|\
ReasonEstablishmentClosed (code)|ReasonEstablishmentClosed (name)|CloseDate|\
PhaseOfEducation (code)|PhaseOfEducation (name)|StatutoryLowAge|StatutoryHighAge|Boarders (code)|\
Boarders (name)|NurseryProvision (name)|OfficialSixthForm (code)|OfficialSixthForm (name)|\
Gender (code)|Gender (name)|ReligiousCharacter (code)|ReligiousCharacter (name)|\
ReligiousEthos (name)|Diocese (code)|Diocese (name)|AdmissionsPolicy (code)|\
AdmissionsPolicy (name)|SchoolCapacity|SpecialClasses (code)|SpecialClasses (name)|CensusDate|\
NumberOfPupils|NumberOfBoys|NumberOfGirls|PercentageFSM|TrustSchoolFlag (code)|\
TrustSchoolFlag (name)|Trusts (code)|Trusts (name)|SchoolSponsorFlag (name)|SchoolSponsors (name)|\
FederationFlag (name)|Federations (code)|Federations (name)|UKPRN|FEHEIdentifier|\
FurtherEducationType (name)|LastChangedDate|Street|Locality|Address3|Town|County (name)|Postcode|\
SchoolWebsite|TelephoneNum|HeadTitle (name)|HeadFirstName|HeadLastName|HeadPreferredJobTitle|\
BSOInspectorateName (name)|InspectorateReport|DateOfLastInspectionVisit|NextInspectionVisit|\
TeenMoth (name)|TeenMothPlaces|CCF (name)|SENPRU (name)|EBD (name)|PlacesPRU|FTProv (name)|\
EdByOther (name)|Section41Approved (name)|SEN1 (name)|SEN2 (name)|SEN3 (name)|\
TypeOfResourcedProvision (name)|ResourcedProvisionOnRoll|ResourcedProvisionCapacity|SenUnitOnRoll|\
SenUnitCapacity|GOR (code)|GOR (name)|DistrictAdministrative (code)|DistrictAdministrative (name)|\
AdministrativeWard (code)|AdministrativeWard (name)|ParliamentaryConstituency (code)|\
ParliamentaryConstituency (name)|UrbanRural (code)|UrbanRural (name)|GSSLACode (name)|Easting|\
Northing|MSOA (name)|LSOA (name)|InspectorateName (name)|SENStat|SENNoStat|\
BoardingEstablishment (name)|PropsName|PreviousLA (code)|PreviousLA (name)|\
PreviousEstablishmentNumber|Country (name)|UPRN|SiteName|QABName (code)|QABName (name)|\
EstablishmentAccredited (code)|EstablishmentAccredited (name)|QABReport|CHNumber|MSOA (code)|\
LSOA (code)|FSM|AccreditationExpiryDate"""


#: What the first digit of a school that closed is here, of which another has the number.
_CLOSED = "8"


def with_closed(rows: Sequence[Row]) -> list[Row]:
    """Schools, and some of which they took over the number."""
    gone = [
        {**row, "school_urn": _CLOSED + row["school_urn"][1:], "ukprn": ""} for row in rows[::9]
    ]
    return [*rows, *gone]


def register(rows: Sequence[Row]) -> tuple[dict[str, bytes], dict[str, tuple[str, str]]]:
    """The register's full download, and URN -> numbers of the authority and the establishment."""
    made: list[Row] = []
    numbers: dict[str, tuple[str, str]] = {}
    for at, row in enumerate(rows):
        closed = row["school_urn"].startswith(_CLOSED)
        other = "9" + row["school_urn"][1:]
        numbers[row["school_urn"]] = numbers.get(other, (row["old_la_code"], f"{1001 + at}"))
        said = {
            "URN": row["school_urn"],
            "LA (code)": row["old_la_code"],
            "LA (name)": "An authority",
            "EstablishmentNumber": numbers[row["school_urn"]][1],
            "EstablishmentName": row["school_name"],
            "TypeOfEstablishment (code)": row["establishment_type"],
            "TypeOfEstablishment (name)": "A type",
            "EstablishmentStatus (name)": "Closed" if closed else "Open",
            "OpenDate": "" if closed else "01-09-2012",
            "CloseDate": "31-08-2012" if closed else "",
            "PhaseOfEducation (name)": row["register_phase"],
            "UKPRN": row["ukprn"],
            "Town": "Hesketon — West",
        }
        made.append({name: said.get(name, "") for name in _REGISTER.split("|")})
    return {"school": as_csv(made).decode().encode("cp1252")}, numbers
