"""Small areas: where each lies, and how deprived it is."""

from __future__ import annotations

from jsna.extracts import patterns
from jsna.extracts.base import Column, Extract, Table

COLUMNS = (
    Column(
        "LSOA21CD", "lsoa_code", "string", "Lower layer super output area (2021).",
        pattern=patterns.LSOA_ENGLAND, quantity="lsoa_code",
    ),
    Column("LSOA21NM", "lsoa_name", "string", "Name of the area.", quantity="lsoa_name"),
    Column(
        "WD24CD", "ward_code", "string", "Electoral ward (2024) it lies in, best fit.",
        pattern=patterns.WARD, quantity="ward_code",
    ),
    Column("WD24NM", "ward_name", "string", "Name of the ward.", quantity="ward_name"),
    Column(
        "LAD24CD", "district_code", "string",
        "District (2024) it lies in; in a unitary the authority itself.",
        pattern=patterns.DISTRICT, quantity="district_code",
    ),
    Column("LAD24NM", "district_name", "string", "Name of the district.", quantity="district_name"),
    Column(
        "UTLA24CD", "authority_code", "string", "Upper-tier authority (2024) it lies in.",
        pattern=patterns.AUTHORITY, quantity="authority_code",
    ),
    Column(
        "UTLA24NM", "authority_name", "string", "Name of the upper-tier authority.",
        required=False, nullable=True, quantity="authority_name",
    ),
    Column(
        "IMDRank", "imd_rank", "integer",
        "Rank in England by the Index of Multiple Deprivation 2025, 1 most deprived.",
        minimum=1, maximum=33755, quantity="imd_rank",
    ),
    Column(
        "IMDDecile", "imd_decile", "integer", "Decile of the rank in England, 1 most deprived.",
        minimum=1, maximum=10, quantity="imd_decile",
    ),
    Column(
        "IMDScore", "imd_score", "number", "Score of the Index of Multiple Deprivation 2025.",
        required=False, nullable=True, minimum=0, maximum=100, quantity="imd_score",
    ),
    Column(
        "IDACIRank", "idaci_rank", "integer",
        "Rank in England by income deprivation affecting children, 1 most deprived.",
        minimum=1, maximum=33755, quantity="idaci_rank",
    ),
    Column(
        "IDACIDecile", "idaci_decile", "integer", "Decile of that rank, 1 most deprived.",
        minimum=1, maximum=10, quantity="idaci_decile",
    ),
    Column(
        "IDACIScore", "idaci_score", "number",
        "Share of children in income-deprived families, 0 to 1.",
        required=False, nullable=True, minimum=0, maximum=1, quantity="idaci_score",
    ),
)  # fmt: skip

EXTRACT = Extract(
    name="areas",
    title="Small areas and deprivation",
    description=(
        "Every lower layer super output area (2021) of the authority with its ward and district, "
        "and its place in the Indices of Deprivation 2025."
    ),
    period_type="release",
    population_base="areas",
    tables=(
        Table(
            name="lsoa",
            description="One lower layer super output area of the authority.",
            columns=COLUMNS,
            key=("lsoa_code",),
            counted_as="small area",
        ),
    ),
    person_level=False,
    feeds=("population", "prevalence", "exclusions", "health"),
)
