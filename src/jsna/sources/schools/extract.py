"""Schools and colleges: the register that says what a URN is and which authority it lies in.

Only the register tells whether a placement is in the area, special, or independent; columns are
those of the national register's own download (Get Information about Schools).
"""

from __future__ import annotations

from jsna.model.contract import Column, Extract, Table
from jsna.shared import patterns
from jsna.shared.school_register import CLOSED, NUMBER, OPENED

COLUMNS = (
    Column(
        "URN", "school_urn", "string", "Unique reference number.",
        pattern=patterns.URN, quantity="urn",
    ),
    Column(
        "LA (code)", "old_la_code", "string", "Three-digit code of the authority it lies in.",
        pattern=patterns.OLD_LA_CODE, quantity="school_old_la_code",
    ),
    Column(
        "EstablishmentName", "school_name", "string", "Name.", quantity="school_name",
    ),
    Column(
        "TypeOfEstablishment (code)", "establishment_type", "code", "Type in the register.",
        codes="establishment_type", quantity="establishment_type",
    ),
    Column(
        "PhaseOfEducation (name)", "register_phase", "string", "Phase in the register.",
        required=False, nullable=True, quantity="register_phase",
    ),
    Column(
        "UKPRN", "ukprn", "string", "UK provider reference number.",
        required=False, nullable=True, pattern=patterns.UKPRN, quantity="ukprn", on_invalid="blank",
    ),
)  # fmt: skip

EXTRACT = Extract(
    name="schools",
    title="Register of schools and colleges",
    short="Register of schools",
    description="Every establishment children of the area may attend, with its type and authority.",
    period_type="release",
    population_base="areas",
    tables=(
        Table(
            name="school",
            description="One school or college.",
            columns=COLUMNS,
            key=("school_urn",),
            counted_as="establishment",
            helping=(NUMBER, OPENED, CLOSED),
        ),
    ),
    person_level=False,
    public=True,
)
