"""National Child Measurement Programme: children measured in Reception and Year 6.

Headers, codes and categories are read as the national system exports them (its in-year code, NHS
England, 2021/22; its user guide, part 6, appendix B) and as councils write them out again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jsna.model.contract import Column, Context, Extract, Rule, Table
from jsna.shared import columns, rules
from jsna.shared.checks import age_on, equal, implies
from jsna.shared.patients import NHS_NUMBER
from jsna.shared.postcode_lookup import LSOA_BY_POSTCODE

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    # The extract never carries a UPN.
    NHS_NUMBER,
    replace(columns.SURNAME, aliases=("LastName",)),
    replace(columns.FORENAME, aliases=("FirstName",)),
    columns.DATE_OF_BIRTH,
    columns.SEX,
    replace(columns.POSTCODE, aliases=("PupilPostcode", "PostcodeOfPupil")),
    replace(
        columns.LSOA,
        aliases=(
            *columns.LSOA.aliases, "PupilLowerSuperOutputArea2021", "PupilLowerSuperOutputArea2011",
        ),
    ),
    replace(
        columns.URN, name="SchoolURN", nullable=True, on_invalid="blank", aliases=("URN", "DoH_URN")
    ),
    Column(
        "SchoolYear", "school_year", "code", "Reception (R) or Year 6 (6).",
        codes="school_year", quantity="ncmp_school_year", aliases=("NCYear", "YearGroup"),
    ),
    Column(
        "MeasurementDate", "measurement_date", "date", "Day the child was measured.",
        quantity="ncmp_measurement_date", aliases=("DateOfMeasurement",),
    ),
    Column(
        "Height", "height_cm", "number", "Height in centimetres.",
        minimum=60, maximum=220, quantity="height_cm", personal=True,
    ),
    Column(
        "Weight", "weight_kg", "number", "Weight in kilograms.",
        minimum=7, maximum=180, quantity="weight_kg", personal=True,
    ),
    Column(
        "BMIPScore", "bmi_p_score", "number",
        "Share of the UK 1990 reference population of that age and sex with a lower BMI, 0 to 1.",
        minimum=0, maximum=1, quantity="bmi_p_score", personal=True,
    ),
    Column(
        "WeightCategory", "weight_category", "code",
        "Underweight (2nd centile or below), healthy, overweight (85th to below 95th), "
        "obese (95th or above): population monitoring cut-offs.",
        codes="weight_category", quantity="weight_category",
        aliases=("BMICategory", "BmiPopulationCategory", "PopulationBMIcategory"),
    ),
)  # fmt: skip

#: Population monitoring cut-offs on the UK 1990 reference.
UNDERWEIGHT, OVERWEIGHT, OBESE = 0.02, 0.85, 0.95


def _usual_age(frame: pd.DataFrame, _: Context) -> pd.Series[bool]:
    age = age_on(frame["date_of_birth"], frame["measurement_date"])
    reception, year_6 = equal(frame["school_year"], "R"), equal(frame["school_year"], "6")
    fits = (reception & (age >= 3) & (age <= 6)) | (year_6 & (age >= 9) & (age <= 12))
    return fits | (age < 0)


def _category_of_score(frame: pd.DataFrame, _: Context) -> pd.Series[bool]:
    score, category = frame["bmi_p_score"], frame["weight_category"]
    under, over = score <= UNDERWEIGHT, (score >= OVERWEIGHT) & (score < OBESE)
    return (
        implies(equal(category, "underweight"), under)
        & implies(equal(category, "healthy"), (score > UNDERWEIGHT) & (score < OVERWEIGHT))
        & implies(equal(category, "overweight"), over)
        & implies(equal(category, "obese", "severely_obese"), score >= OBESE)
    )


RULES = (
    rules.NHS_NUMBER,
    rules.in_year(
        "measurement_date.outside", "'MeasurementDate' is not in the school year of the delivery",
        "measurement_date", "academic_year",
    ),
    rules.in_order(
        "date_of_birth.future", "error", "'DateOfBirth' is after the child was measured",
        "date_of_birth", "measurement_date",
    ),
    Rule(
        "school_year.age", "warning", "the child's age does not go with 'SchoolYear'",
        ("date_of_birth", "school_year", "measurement_date"), _usual_age,
    ),
    Rule(
        "weight_category.score", "warning", "'WeightCategory' does not go with 'BMIPScore'",
        ("bmi_p_score", "weight_category"), _category_of_score,
    ),
)  # fmt: skip

EXTRACT = Extract(
    name="ncmp",
    title="National Child Measurement Programme",
    description=(
        "Children measured in Reception and Year 6 of state-funded mainstream schools in a school "
        "year. Special and independent schools are mostly not in it."
    ),
    period_type="academic_year",
    population_base="resident",
    tables=(
        Table(
            name="measurements",
            description="One child measured.",
            columns=COLUMNS,
            key=("nhs_number", "school_year"),
            rules=RULES,
            counted_as="child measured",
            dated_by="measurement_date",
            fills=(LSOA_BY_POSTCODE,),
            made_of=("height_cm", "weight_kg", "bmi_p_score", "weight_category"),
            other_rows="pupils on the list who were not measured",
        ),
    ),
)
