"""School census: every pupil on the roll of the area's schools on a January census day."""

from __future__ import annotations

from jsna.extracts import patterns
from jsna.extracts.base import Column, Extract, Table

COLUMNS = (
    Column(
        "UPN", "upn", "string",
        "Unique pupil number; a temporary one ends in a letter.",
        nullable=True, identifier="upn", quantity="upn", on_invalid="blank",
        pattern=patterns.UPN,
    ),
    Column(
        "FormerUPN", "former_upn", "string",
        "An earlier unique pupil number of the same pupil.",
        required=False, nullable=True, identifier="former_upn", quantity="former_upn",
        on_invalid="blank", pattern=patterns.UPN,
    ),
    Column(
        "Surname", "surname", "string", "Legal surname.",
        identifier="surname", quantity="surname",
    ),
    Column(
        "Forename", "forename", "string", "Legal forename.",
        identifier="forename", quantity="forename",
    ),
    Column(
        "DateOfBirth", "date_of_birth", "date", "Date of birth.",
        identifier="date_of_birth", quantity="date_of_birth", aliases=("DoB", "PersonBirthDate"),
    ),
    Column(
        "Sex", "sex", "code", "Sex as registered.",
        codes="sex", quantity="sex", aliases=("Gender",),
    ),
    Column(
        "Ethnicity", "ethnicity", "code", "Ethnic group, main code.",
        codes="ethnicity", quantity="ethnicity",
    ),
    Column(
        "FSMEligible", "fsm", "code", "Eligible for free school meals on census day.",
        codes="fsm", quantity="fsm",
    ),
    Column(
        "Language", "language", "string", "First language, code of the Department for Education.",
        required=False, nullable=True, quantity="language", pattern=patterns.LANGUAGE,
        on_invalid="blank",
    ),
    Column(
        "Postcode", "postcode", "string", "Postcode of the home address.",
        nullable=True, identifier="postcode", quantity="postcode", on_invalid="blank",
        pattern=patterns.POSTCODE,
    ),
    Column(
        "LSOA", "lsoa_code", "string", "Lower layer super output area (2021) of the home address.",
        nullable=True, quantity="lsoa_code", on_invalid="blank", pattern=patterns.LSOA,
        aliases=("LSOA21", "LSOA21CD"), personal=True,
    ),
    Column(
        "URN", "school_urn", "string", "Unique reference number of the school.",
        quantity="urn", pattern=patterns.URN,
    ),
    Column(
        "Phase", "phase", "code", "Phase of the school.",
        codes="phase", quantity="phase",
    ),
    Column(
        "SchoolType", "school_type", "code", "Kind of school, by who runs and funds it.",
        codes="school_type", quantity="school_type",
    ),
    Column(
        "EnrolStatus", "enrol_status", "code",
        "Kind of registration; sole (C) and dual main (M) make up the roll.",
        codes="enrol_status", quantity="enrol_status",
    ),
    Column(
        "NCYearActual", "year_group", "code", "Year group the pupil is taught in.",
        codes="year_group", quantity="year_group",
    ),
    Column(
        "SENprovision", "sen_provision", "code", "Provision for special educational needs.",
        codes="sen_provision", quantity="sen_provision",
    ),
    Column(
        "SENtype1", "primary_need", "code", "Need of rank 1.",
        nullable=True, codes="sen_type", quantity="primary_need", on_invalid="blank",
    ),
    Column(
        "SENtype2", "secondary_need", "code", "Need of rank 2.",
        nullable=True, codes="sen_type", quantity="secondary_need", on_invalid="blank",
    ),
    Column(
        "SENunitIndicator", "sen_unit", "boolean", "Member of a SEN unit of the school.",
        required=False, nullable=True, quantity="sen_unit", on_invalid="blank",
    ),
    Column(
        "ResourcedProvisionIndicator", "resourced_provision", "boolean",
        "Receives resourced provision of the school.",
        required=False, nullable=True, quantity="resourced_provision", on_invalid="blank",
    ),
)  # fmt: skip

EXTRACT = Extract(
    name="school_census",
    title="School census (January)",
    description=(
        "Pupils on the roll of state-funded schools in the area on census day, from the schools' "
        "January return, with the home area added by the council from the postcode."
    ),
    period_type="january",
    population_base="attending",
    tables=(
        Table(
            name="census",
            description="One registration of a pupil at a school on census day.",
            columns=COLUMNS,
            key=("upn", "school_urn", "enrol_status"),
            counted_as="pupil registration",
        ),
    ),
    feeds=("prevalence", "exclusions"),
)
