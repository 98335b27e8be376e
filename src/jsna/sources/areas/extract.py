"""Small areas: where each lies, and how deprived it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jsna.model.contract import Column, Context, CrossRule, Extract, Rule, Table
from jsna.shared import patterns
from jsna.shared.checks import among, equal
from jsna.sources.areas.parts import PARTS

if TYPE_CHECKING:
    import pandas as pd

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
        minimum=1, maximum=33_755, quantity="imd_rank",
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
        minimum=1, maximum=33_755, quantity="idaci_rank",
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

#: Lower layer super output areas in England that are ranked.
RANKED = 33_755


def _decile(rank: pd.Series[int], decile: pd.Series[int]) -> pd.Series[bool]:
    """Whether a decile is that of the rank, give or take where the line falls."""
    exact = rank * 10.0 / RANKED
    return (decile >= exact - 0.001) & (decile <= exact + 1.001)


def _locality_known(rows: pd.DataFrame, context: Context) -> pd.Series[bool]:
    """Whether a small area of the authority lies in a locality the edition's area has."""
    known = equal(rows[f"{context.localities_are}_code"], *sorted(context.localities))
    elsewhere = ~equal(rows["authority_code"], context.authority_code)
    return known | elsewhere | (not context.localities)


RULES = (
    Rule(
        "authority_code.other", "error",
        "the small area lies in another authority; keep only those of the edition's own area",
        ("authority_code",),
        lambda rows, context: equal(rows["authority_code"], context.authority_code),
    ),
    Rule(
        # Refused, not counted: the total less all localities would be figures of the one left out.
        "locality.unknown", "warning",
        "small areas lie in a district or ward that the edition's area does not list",
        ("district_code", "ward_code"), _locality_known, fatal_share=0.0,
        fatal_message=(
            "small areas lie in a district or ward that the edition's area does not list: check "
            "`localities` in config/areas, and of which year the codes of this file are"
        ),
    ),
    Rule(
        "imd_decile.rank", "warning", "'IMDDecile' is not the decile of 'IMDRank'",
        ("imd_rank", "imd_decile"), lambda rows, _: _decile(rows["imd_rank"], rows["imd_decile"]),
    ),
    Rule(
        "idaci_decile.rank", "warning", "'IDACIDecile' is not the decile of 'IDACIRank'",
        ("idaci_rank", "idaci_decile"),
        lambda rows, _: _decile(rows["idaci_rank"], rows["idaci_decile"]),
    ),
)  # fmt: skip

CROSS_RULES = (
    CrossRule(
        "lsoa_code.no_population", "warning", "the population file has no residents of the area",
        "lsoa", ("lsoa_code",), ("population.syoa",),
        lambda frames, _: among(
            frames["lsoa"]["lsoa_code"], frames["population.syoa"]["lsoa_code"]
        ),
    ),
)  # fmt: skip

EXTRACT = Extract(
    name="areas",
    title="Small areas and deprivation",
    short="Small areas",
    description=(
        "Every lower layer super output area (2021) of the authority with its ward and district, "
        "and its place in the Indices of Deprivation 2025."
    ),
    period_type="release",
    population_base="areas",
    parts=PARTS,
    tables=(
        Table(
            name="lsoa",
            description="One lower layer super output area of the authority.",
            columns=COLUMNS,
            key=("lsoa_code",),
            rules=RULES,
            counted_as="small area",
        ),
    ),
    cross_rules=CROSS_RULES,
    person_level=False,
    public=True,
)
