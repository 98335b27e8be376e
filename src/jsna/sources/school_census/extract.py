"""School census: every pupil on the roll of the area's schools on a January census day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from jsna.model.contract import Column, Context, CrossRule, Extract, Rule, Table
from jsna.shared import columns, patterns, rules
from jsna.shared.checks import age_on, among, equal, given, implies, lookup, times
from jsna.shared.identifiers import upn_authority_ok
from jsna.shared.postcode_lookup import LSOA_BY_POSTCODE
from jsna.shared.school_register import ESTAB, LEA, PHASE_BY_URN, URN_BY_NUMBER
from jsna.sources.school_census.parts import PARTS
from jsna.sources.school_census.xml import XML

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    columns.UPN,
    Column(
        "FormerUPN", "former_upn", "string",
        "An earlier unique pupil number of the same pupil.",
        required=False, nullable=True, identifier="former_upn", quantity="former_upn",
        on_invalid="blank", pattern=patterns.UPN,
    ),
    columns.SURNAME,
    columns.FORENAME,
    columns.DATE_OF_BIRTH,
    columns.SEX,
    columns.ETHNICITY,
    Column(
        "FSMEligible", "fsm", "code", "Eligible for free school meals on census day.",
        codes="fsm", quantity="fsm", on_invalid="blank", on_missing="warn",
        aliases=("FSM", "FSME on Census Day"),
    ),
    Column(
        "Language", "language", "string", "First language, code of the Department for Education.",
        required=False, nullable=True, quantity="language", pattern=patterns.LANGUAGE,
        on_invalid="blank",
    ),
    columns.POSTCODE,
    columns.LSOA,
    columns.URN,
    Column(
        "Phase", "phase", "code", "Phase of the school.",
        codes="phase", quantity="phase", on_invalid="blank", on_missing="warn",
    ),
    Column(
        "SchoolType", "school_type", "code", "Kind of school, by who runs and funds it.",
        codes="school_type", quantity="school_type", on_invalid="blank", on_missing="warn",
    ),
    Column(
        "EnrolStatus", "enrol_status", "code",
        "Kind of registration; sole (C) and dual main (M) make up the roll.",
        codes="enrol_status", quantity="enrol_status",
    ),
    Column(
        "NCYearActual", "year_group", "code", "Year group the pupil is taught in.",
        codes="year_group", quantity="year_group", on_invalid="blank", on_missing="warn",
    ),
    Column(
        "SENprovision", "sen_provision", "code", "Provision for special educational needs.",
        codes="sen_provision", quantity="sen_provision",
    ),
    columns.code(
        "SENtype1", "primary_need", "sen_type", "Primary need: that of rank 1.",
        aliases=("SENneed1",),
    ),
    columns.code(
        "SENtype2", "secondary_need", "sen_type", "Secondary need: that of rank 2.",
        aliases=("SENneed2",),
    ),
    columns.flag("SENunitIndicator", "sen_unit", "Member of a SEN unit of the school."),
    columns.flag(
        "ResourcedProvisionIndicator", "resourced_provision",
        "Receives resourced provision of the school.",
    ),
)  # fmt: skip

#: Age in whole years on 31 August that goes with each year group.
USUAL_AGE = {"N1": 2, "N2": 3, "R": 4} | {str(year): year + 4 for year in range(1, 15)}
#: Registrations that make up the roll.
ON_ROLL = ("C", "M")


def _years_out(frame: pd.DataFrame, context: Context) -> pd.Series[int]:
    """Years a pupil is older than their year group."""
    before_school_year = date(int(context.period[:4]) - 1, 8, 31)
    age = age_on(frame["date_of_birth"], before_school_year)
    return age - lookup(frame["year_group"], USUAL_AGE)


def _unborn(frame: pd.DataFrame, context: Context) -> pd.Series[bool]:
    """Whether the date of birth is after census day, which another rule reports."""
    return frame["date_of_birth"] > context.reference_date


def _one_roll(frame: pd.DataFrame, _: Context) -> pd.Series[bool]:
    """Whether a pupil is on the roll of one school, as sole or main registration."""
    on_roll = equal(frame["enrol_status"], *ON_ROLL)
    # Only of the few pupils with several registrations need the schools be told apart.
    several = ((times(frame["upn"], on_roll) > 1) & on_roll).fillna(False).to_numpy(bool)
    schools = frame.loc[several, ["upn", "school_urn"]].drop_duplicates()
    twice = schools["upn"][times(schools["upn"]).gt(1).to_numpy(bool)]
    return ~(on_roll & among(frame["upn"], twice))


def _known_places(frames: Mapping[str, pd.DataFrame], _: Context) -> pd.Series[bool]:
    """All rows pass unless most homes lie outside the areas file; then those fail.

    Some pupils live in other authorities, so a single one is no fault.
    """
    inside = among(frames["census"]["lsoa_code"], frames["areas.lsoa"]["lsoa_code"])
    return inside | (2 * int(inside.sum()) >= int(inside.count()))


RULES = (
    rules.UPN_LETTER,
    Rule(
        "upn.authority", "warning",
        "characters 2 to 4 of 'UPN' are the number of no authority, past or present",
        ("upn",), lambda rows, context: upn_authority_ok(rows["upn"], context.authorities),
    ),
    Rule(
        "upn.two_rolls", "warning",
        "the pupil is on the roll of two schools as sole or main registration",
        ("upn", "school_urn", "enrol_status"), _one_roll, together=True,
    ),
    rules.by_reference(
        "date_of_birth.future", "error", "'DateOfBirth' is after census day", "date_of_birth",
    ),
    rules.pupils_aged(2, 20, message="the pupil is under 2 or over 20 years old on census day"),
    Rule(
        "year_group.age", "warning",
        "the pupil is more than a year older or younger than 'NCYearActual' usually is",
        ("date_of_birth", "year_group"),
        lambda rows, context: _years_out(rows, context).abs().le(1) | _unborn(rows, context),
    ),
    Rule(
        "year_group.period", "warning", "ages do not go with year groups",
        ("date_of_birth", "year_group"),
        lambda rows, context: _years_out(rows, context) == 0,
        fatal_share=0.5, counted=False,
        fatal_message=(
            "most pupils are older or younger than their year group: this looks like the census "
            "of another year; check which file stands for this period in the edition"
        ),
    ),
    rules.of_code(
        "primary_need.absent", "a pupil with SEN support or a plan has no 'SENtype1'",
        "sen_provision", "primary_need", "K", "E",
    ),
    Rule(
        "primary_need.unexpected", "warning", "a pupil without SEN provision has a 'SENtype1'",
        ("sen_provision", "primary_need"),
        lambda rows, _: implies(equal(rows["sen_provision"], "N"), ~given(rows["primary_need"])),
    ),
    Rule(
        "primary_need.assessed", "warning",
        "'SENtype1' says no assessment of need (NSA), which is for SEN support only",
        ("sen_provision", "primary_need"),
        lambda rows, _: implies(
            equal(rows["primary_need"], "NSA"), equal(rows["sen_provision"], "K")
        ),
    ),
    Rule(
        "secondary_need.repeated", "warning", "'SENtype2' is the same as 'SENtype1'",
        ("primary_need", "secondary_need"),
        lambda rows, _: rows["primary_need"] != rows["secondary_need"].fillna(""),
    ),
    Rule(
        "sen_unit.both", "warning", "the pupil is in a SEN unit and in resourced provision",
        ("sen_unit", "resourced_provision"),
        lambda rows, _: ~(rows["sen_unit"] & rows["resourced_provision"]),
    ),
)  # fmt: skip

CROSS_RULES = (
    CrossRule(
        "lsoa_code.coverage", "warning",
        "most pupils live outside the areas file, which may be of another authority or have the "
        "codes of another year",
        "census", ("lsoa_code",), ("areas.lsoa",), _known_places,
    ),
    CrossRule(
        "school_urn.unknown", "warning", "'URN' is not in the register of schools",
        "census", ("school_urn",), ("schools.school",),
        lambda frames, _: among(
            frames["census"]["school_urn"], frames["schools.school"]["school_urn"]
        ),
    ),
)  # fmt: skip

EXTRACT = Extract(
    name="school_census",
    title="School census (January)",
    short="School census",
    description=(
        "Pupils on the roll of state-funded schools in the area on census day, from the schools' "
        "January return, with the home area added by the council from the postcode."
    ),
    period_type="january",
    population_base="attending",
    xml=XML,
    parts=PARTS,
    tables=(
        Table(
            name="census",
            description="One registration of a pupil at a school on census day.",
            columns=COLUMNS,
            key=("upn", "school_urn", "enrol_status"),
            rules=RULES,
            counted_as="pupil registration",
            helping=(LEA, ESTAB),
            fills=(URN_BY_NUMBER, PHASE_BY_URN, LSOA_BY_POSTCODE),
            decided_by={"phase": "school_urn", "school_type": "school_urn"},
        ),
    ),
    cross_rules=CROSS_RULES,
)
