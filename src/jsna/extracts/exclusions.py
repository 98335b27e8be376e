"""Suspensions and permanent exclusions of an academic year, one row each."""

from __future__ import annotations

from jsna.extracts import patterns
from jsna.extracts.base import Column, Extract, Table

COLUMNS = (
    Column(
        "UPN", "upn", "string", "Unique pupil number.",
        nullable=True, identifier="upn", quantity="upn", on_invalid="blank",
        pattern=patterns.UPN,
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
        "URN", "school_urn", "string", "Unique reference number of the excluding school.",
        quantity="urn", pattern=patterns.URN,
    ),
    Column(
        "Category", "category", "code", "Suspension or permanent exclusion.",
        codes="exclusion_category", quantity="exclusion_category",
        aliases=("ExclusionCategory",),
    ),
    Column(
        "Reason1", "reason_1", "code", "First reason given.",
        codes="exclusion_reason", quantity="exclusion_reason_1", aliases=("ExclusionReason1",),
    ),
    Column(
        "Reason2", "reason_2", "code", "Second reason given, if any.",
        nullable=True, codes="exclusion_reason", quantity="exclusion_reason_2",
        aliases=("ExclusionReason2",),
    ),
    Column(
        "Reason3", "reason_3", "code", "Third reason given, if any.",
        nullable=True, codes="exclusion_reason", quantity="exclusion_reason_3",
        aliases=("ExclusionReason3",),
    ),
    Column(
        "StartDate", "start_date", "date", "First day of the exclusion.",
        quantity="exclusion_start_date", aliases=("ExclusionStartDate",),
    ),
    Column(
        "Sessions", "sessions", "integer",
        "Sessions of school missed, two a day; empty for a permanent exclusion.",
        nullable=True, minimum=1, maximum=90, quantity="exclusion_sessions",
        aliases=("SessionsExcluded", "ActualNumberOfSessions"),
    ),
    Column(
        "SENprovision", "sen_provision_at_event", "code",
        "Provision for special educational needs when excluded; may differ from January's.",
        nullable=True, codes="sen_provision", quantity="sen_provision_at_event",
    ),
)  # fmt: skip

EXTRACT = Extract(
    name="exclusions",
    title="Suspensions and permanent exclusions",
    description=(
        "Every suspension and permanent exclusion from the area's schools in an academic year, "
        "with up to three reasons, from the termly returns (two terms in arrears)."
    ),
    period_type="academic_year",
    population_base="attending",
    tables=(
        Table(
            name="exclusions",
            description="One suspension or permanent exclusion.",
            columns=COLUMNS,
            key=("upn", "school_urn", "category", "start_date"),
            counted_as="suspension or exclusion",
            dated_by="start_date",
        ),
    ),
    feeds=("exclusions",),
)
