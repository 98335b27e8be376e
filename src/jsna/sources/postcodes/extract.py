"""Postcodes and the small areas they lie in: a look-up of the Office for National Statistics.

Its names change with the edition: `pcd7` and `lsoa21cd` in the look-up of output areas and in the
directories since 2025, `pcd` and `lsoa21` before (readers of PCD_OA21_LSOA21_MSOA21_LAD, NSPL and
ONSPD). Only areas of 2021 are read: those of 2011 are other places under like codes. Postcodes that
ended are in it, as homes of earlier years have them.
"""

from __future__ import annotations

from jsna.model.contract import Column, Extract, Table
from jsna.shared import patterns

COLUMNS = (
    Column(
        "pcd7", "postcode_unit", "string", "Postcode, in any of the forms the look-up writes.",
        aliases=("pcd", "postcode"), pattern=patterns.POSTCODE_UNIT,
    ),
    # A postcode that lies nowhere small: overseas, the islands, or a pseudo code of nines.
    Column(
        "lsoa21cd", "lsoa_code", "string", "Lower layer super output area (2021) it lies in.",
        nullable=True, on_invalid="blank", pattern=patterns.LSOA,
        aliases=("lsoa21",),
    ),
)  # fmt: skip

EXTRACT = Extract(
    name="postcodes",
    title="Postcodes and small areas",
    short="Postcodes",
    description=(
        "The small area each postcode lies in, by which homes are placed where a file has "
        "postcodes and no areas. One of the look-ups of the Office for National Statistics; "
        "nothing of it is kept."
    ),
    period_type="release",
    population_base="areas",
    tables=(
        Table(
            name="postcode",
            description="One postcode.",
            columns=COLUMNS,
            key=("postcode_unit",),
            counted_as="postcode",
            may_be_empty=True,
            used_up=True,
        ),
    ),
    person_level=False,
    public=True,
)
