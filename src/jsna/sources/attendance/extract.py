"""Sessions that pupils could have attended and the reasons recorded, from the termly returns.

A session is half a school day. A return tells of the term before it, that of the autumn of both
halves of the summer term; a year is made up of three.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jsna.model.contract import Column, Context, Extract, Rule, Table
from jsna.shared import columns, rules
from jsna.shared.checks import equal, given
from jsna.shared.school_register import ESTAB, LEA, URN_BY_NUMBER
from jsna.sources.attendance.parts import PARTS
from jsna.sources.attendance.xml import XML

if TYPE_CHECKING:
    import pandas as pd

#: Reasons that are absence, authorised or not. Others are present or no session the pupil could
#: have attended.
ABSENT: Final = (
    "C", "C1", "C2", "E", "G", "H", "I", "J1", "M", "N", "O", "R", "S", "T", "U",
)  # fmt: skip
TERMS: Final = {
    "AUT": "Autumn",
    "SPR": "Spring",
    "SUM": "Summer, to the middle of its term",
    "HT2": "Summer, from the middle of its term",
}
#: Sessions of the longest term: 20 weeks without a day off.
_LONGEST: Final = 200

COLUMNS = (
    columns.UPN,
    columns.SURNAME,
    columns.FORENAME,
    columns.DATE_OF_BIRTH,
    columns.SEX,
    columns.URN,
    columns.listed(
        "Term", labels=TERMS, field="attendance_term",
        what="Term the sessions were in, not that of the return.",
        on_invalid="blank", on_missing="warn", quantity="attendance_term",
    ),
    Column(
        "SessionsPossible", "sessions_possible", "integer",
        "Sessions the pupil could have attended at the school in the term.",
        minimum=0, maximum=_LONGEST, quantity="sessions_possible",
        on_invalid="blank", on_missing="warn",
    ),
    columns.code(
        "AttendanceReason", "attendance_reason", "attendance_reason",
        "Reason recorded for some of the sessions; empty for a pupil who missed none.",
    ),
    Column(
        "Sessions", "sessions", "integer", "Sessions with that reason; empty without one.",
        nullable=True, minimum=0, maximum=_LONGEST, quantity="attendance_sessions",
        on_invalid="blank", aliases=("AbsenceSessions",),
    ),
)  # fmt: skip
#: What rows of one pupil, school and term have in common: a UPN may be missing.
_TERM: Final = ("upn", "surname", "forename", "date_of_birth", "school_urn", "attendance_term")


def _one_possible(frame: pd.DataFrame, _: Context) -> pd.Series[bool]:
    """Whether every row of a pupil's term gives as many possible sessions."""
    said = frame.groupby([*_TERM], dropna=False, sort=False)["sessions_possible"]
    return said.transform("min") == said.transform("max")


def _no_more_than_possible(frame: pd.DataFrame, _: Context) -> pd.Series[bool]:
    """Whether the sessions a pupil missed in a term are no more than could be attended."""
    absent = equal(frame["attendance_reason"], *ABSENT).fillna(False)
    missed = frame["sessions"].where(absent, 0).fillna(0)
    rows = frame.assign(missed=missed).groupby([*_TERM], dropna=False, sort=False)
    return rows["missed"].transform("sum") <= rows["sessions_possible"].transform("max")


RULES = (
    rules.UPN_LETTER,
    rules.by_end(
        "date_of_birth.future", "error", "'DateOfBirth' is after the end of the delivery's period",
        "date_of_birth", "academic_year",
    ),
    rules.pupils_aged(2, 20, year="academic_year"),
    Rule(
        "sessions.reason", "warning",
        "'Sessions' without 'AttendanceReason', or the other way about; how much the pupil missed "
        "is then not known",
        ("attendance_reason", "sessions"),
        lambda rows, _: given(rows["attendance_reason"]) == given(rows["sessions"]),
    ),
    Rule(
        "sessions_possible.differs", "warning",
        "another row of the pupil, school and term has other 'SessionsPossible'; how much the "
        "pupil missed is then not known",
        (*_TERM, "sessions_possible"), _one_possible, together=True,
    ),
    Rule(
        "sessions.exceed", "warning",
        "the pupil missed more sessions of the term than 'SessionsPossible'; how much is then "
        "not known",
        (*_TERM, "sessions_possible", "attendance_reason", "sessions"), _no_more_than_possible,
        together=True,
    ),
)  # fmt: skip

EXTRACT = Extract(
    name="attendance",
    title="Attendance (termly, of the school census)",
    short="Attendance",
    description=(
        "Sessions of the terms of an academic year that pupils of the area's schools could have "
        "attended, and those recorded under each reason, from the returns of the school census, "
        "each of which tells of the term before."
    ),
    period_type="academic_year",
    population_base="attending",
    xml=XML,
    parts=PARTS,
    tables=(
        Table(
            name="attendance",
            description=(
                "One reason recorded for sessions of a pupil at a school in a term, or a pupil's "
                "term without any."
            ),
            columns=COLUMNS,
            key=(*_TERM, "attendance_reason"),
            rules=RULES,
            counted_as="record of attendance",
            helping=(LEA, ESTAB),
            fills=(URN_BY_NUMBER,),
        ),
    ),
)
