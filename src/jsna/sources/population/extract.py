"""Residents by small area, sex and single year of age."""

from __future__ import annotations

from jsna.model.contract import Column, CrossRule, Extract, Rule, Table
from jsna.shared import patterns
from jsna.shared.checks import among
from jsna.sources.population.parts import PARTS

COLUMNS = (
    Column(
        "LSOA21CD", "lsoa_code", "string", "Lower layer super output area (2021).",
        pattern=patterns.LSOA_ENGLAND, quantity="lsoa_code", aliases=("LSOA 2021 Code",),
    ),
    Column(
        "Year", "year", "integer", "Mid-year the estimate is for.",
        minimum=2001, maximum=2100, quantity="population_year",
    ),
    Column("Sex", "sex", "code", "Sex.", codes="sex", quantity="sex"),
    Column(
        "Age", "age", "integer", "Single year of age; 90 is 90 and over.",
        minimum=0, maximum=90, quantity="age",
    ),
    Column(
        "People", "people", "integer", "Usual residents.",
        minimum=0, quantity="people", aliases=("Population",),
    ),
)  # fmt: skip

RULES = (
    Rule(
        "year.other", "error", "'Year' is not the year of the delivery", ("year",),
        lambda rows, context: rows["year"] == int(context.period[:4]),
        fatal_share=0.5,
        fatal_message=(
            "most rows are of another year; check which file stands for this period in the edition"
        ),
    ),
)  # fmt: skip

CROSS_RULES = (
    CrossRule(
        "lsoa_code.unknown", "error", "the small area is not in the areas file", "syoa",
        ("lsoa_code",), ("areas.lsoa",),
        lambda frames, _: among(frames["syoa"]["lsoa_code"], frames["areas.lsoa"]["lsoa_code"]),
    ),
)  # fmt: skip

EXTRACT = Extract(
    name="population",
    title="Mid-year population estimates",
    short="Population estimates",
    description="Residents of each small area by sex and single year of age.",
    period_type="mid_year",
    population_base="resident",
    parts=PARTS,
    tables=(
        Table(
            name="syoa",
            description="Residents of one small area, of one sex and one year of age.",
            columns=COLUMNS,
            key=("lsoa_code", "year", "sex", "age"),
            rules=RULES,
            counted_as="population estimate",
        ),
    ),
    cross_rules=CROSS_RULES,
    person_level=False,
    public=True,
)
