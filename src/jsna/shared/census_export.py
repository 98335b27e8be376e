"""The school census as COLLECT exports it: tables that several sources are put together from.

Names of columns are those of SocialFinanceDigitalLabs/liia-tools-pipeline, schemas of the school
census 2015 to 2026 (4aff918); all are in small letters there, which does not matter here. Numbers
of rows are of one export only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from jsna.model.contract import Column, Table
from jsna.shared import columns
from jsna.shared.school_register import ESTAB, LEA

if TYPE_CHECKING:
    import pandas as pd


def number(name: str, field: str) -> Column:
    """A number of a row of the export, by which its tables hang on each other."""
    return Column(name, field, "string", "Number of a row of the export.", personal=True)


PUPIL_ID: Final = number("pupilonrolltableid", "pupil_id")
CENSUS_ID: Final = number("schoolcensustableid", "census_id")
#: Whose school it is stands in the table of returns; in an XML, in its header.
_WHERE: Final = (LEA, ESTAB, replace(columns.URN, required=False, nullable=True))
IDENTITY: Final = (
    columns.UPN,
    replace(columns.SURNAME, nullable=True),
    replace(columns.FORENAME, nullable=True),
    replace(columns.DATE_OF_BIRTH, name="DOB", aliases=("DateOfBirth", "PersonBirthDate")),
    columns.SEX,
)
SCHOOLS: Final = Table(
    "schoolcensus", "One school's return.", (CENSUS_ID, *_WHERE), key=("census_id",)
)


def pupils(name: str, table_id: str, *more: Column) -> Table:
    """Pupils of the export, on roll or gone since the term before."""
    return Table(
        name,
        "One pupil of one school.",
        (
            number(table_id, "pupil_id"),
            replace(CENSUS_ID, required=False, nullable=True),
            *IDENTITY,
            *_WHERE,
            *more,
        ),
        key=("pupil_id",),
        may_be_empty=True,
    )


def with_schools(rows: pd.DataFrame, parts: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Pupils with the numbers of their school, from the table of returns where there is one."""
    schools = parts.get(SCHOOLS.name)
    if schools is None:
        return rows
    fields = ["lea", "estab", "school_urn"]
    there = schools.drop_duplicates("census_id").set_index("census_id")[fields]
    return rows.assign(**{field: rows["census_id"].map(there[field]) for field in fields})
