"""Suspensions and permanent exclusions of an academic year, one row each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from jsna.model.contract import Column, Context, CrossRule, Extract, Rule, Table
from jsna.model.fills import Fill
from jsna.shared import columns, rules
from jsna.shared.checks import among, equal, given, implies, times
from jsna.shared.school_register import ESTAB, LEA, URN_BY_NUMBER
from jsna.sources.exclusions.parts import PARTS
from jsna.sources.exclusions.xml import XML

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    columns.UPN,
    columns.SURNAME,
    columns.FORENAME,
    columns.DATE_OF_BIRTH,
    columns.SEX,
    columns.URN,
    Column(
        "Category", "category", "code", "Suspension or permanent exclusion.",
        codes="exclusion_category", quantity="exclusion_category",
        aliases=("ExclusionCategory",),
    ),
    Column(
        "Reason1", "reason_1", "code", "First reason given.",
        codes="exclusion_reason", quantity="exclusion_reason_1",
        # Until 2019/20 there was one.
        aliases=("ExclusionReason1", "Reason"),
    ),
    columns.code(
        "Reason2", "reason_2", "exclusion_reason", "Second reason given, if any.",
        aliases=("ExclusionReason2",), quantity="exclusion_reason_2",
    ),
    columns.code(
        "Reason3", "reason_3", "exclusion_reason", "Third reason given, if any.",
        aliases=("ExclusionReason3",), quantity="exclusion_reason_3",
    ),
    Column(
        "StartDate", "start_date", "date", "First day of the exclusion.",
        quantity="exclusion_start_date", aliases=("ExclusionStartDate",),
    ),
    Column(
        "Sessions", "sessions", "number",
        "Sessions of school missed, each half a day; empty for a permanent exclusion.",
        nullable=True, minimum=0.5, maximum=90, quantity="exclusion_sessions",
        on_invalid="blank", aliases=("SessionsExcluded", "ActualNumberOfSessions"),
    ),
    columns.code(
        "SENprovision", "sen_provision_at_event", "sen_provision",
        "Provision for special educational needs when excluded; may differ from January's.",
    ),
)  # fmt: skip

#: What tells the events of one pupil apart that began on one day.
_WHAT = ("sessions", "reason_1", "reason_2", "reason_3")
#: Of councils' own files, which may count days.
DAYS = Column(
    "Days", "days", "number",
    "School days missed, to half a day, of a file that counts no sessions; gives 'Sessions'.",
    required=False, nullable=True,
    aliases=("DaysExcluded", "DaysSuspended", "DaysMissed", "NumberOfDays"),
)  # fmt: skip


def _as_sessions(rows: pd.DataFrame, _: date) -> pd.DataFrame:
    """Each number of days with its sessions; what is no number stays, to be judged."""
    import pandas as pd

    said = rows["days"].dropna().drop_duplicates()
    twice = 2 * pd.to_numeric(said, errors="coerce")
    return pd.DataFrame(
        {"key": said, "sessions": twice.map("{:g}".format).where(twice.ge(0), said)}
    )


SESSIONS_BY_DAYS = Fill(
    ("sessions",), ("days",), "exclusions", "'Days' (two sessions each)",
    lambda rows, _: rows["days"], _as_sessions,
)  # fmt: skip


def _like_others(frame: pd.DataFrame) -> tuple[pd.Series[bool], pd.Series[bool]]:
    """Rows beside another event of the pupil, of one kind, school and day; which are not the first.

    The first in order of content, as of rows with one key.
    """
    fields = ["upn", "school_urn", "category", "start_date"]
    several = times(frame["upn"]).gt(1).fillna(False).to_numpy(bool)
    known = frame.loc[several, [*fields, *_WHAT]]
    events = known.drop_duplicates().sort_values([*fields, *_WHAT], kind="stable")
    events = events[events.duplicated(fields, keep=False)]
    events = events.assign(later=events.duplicated(fields))
    like = known.reset_index(names="row").merge(events, on=[*fields, *_WHAT])
    rows = frame.index.to_series()
    return rows.isin(like["row"]), rows.isin(like.loc[like["later"], "row"])


def _excluded_once(frame: pd.DataFrame, _: Context) -> pd.Series[bool]:
    """False for what repeats a permanent exclusion, with another reason."""
    return implies(equal(frame["category"], "PERM"), ~_like_others(frame)[1])


def _one_a_day(frame: pd.DataFrame, _: Context) -> pd.Series[bool]:
    return implies(equal(frame["category"], "SUSP"), ~_like_others(frame)[0])


def _different_reasons(frame: pd.DataFrame, _: Context) -> pd.Series[bool]:
    first, second, third = (frame[f"reason_{n}"].fillna(f"none {n}") for n in (1, 2, 3))
    return (first != second) & (first != third) & (second != third)


def _same_birth(frames: Mapping[str, pd.DataFrame], _: Context) -> pd.Series[bool]:
    """Whether the census has the pupil with this date of birth in any year; none if not in it."""
    events, census = frames["exclusions"], frames["school_census.census"]
    census = census.loc[
        among(census["upn"], events["upn"]).fillna(False).to_numpy(bool), ["upn", "date_of_birth"]
    ]
    known = census.drop_duplicates().assign(same=True)
    found = events[["upn", "date_of_birth"]].merge(known, "left", ["upn", "date_of_birth"])
    same = found["same"].notna().set_axis(events.index)
    return implies(among(events["upn"], census["upn"]), same)


RULES = (
    rules.in_year(
        "start_date.outside", "'StartDate' is not in the academic year of the delivery",
        "start_date", "academic_year",
    ),
    rules.UPN_LETTER,
    rules.by_end(
        "date_of_birth.future", "error", "'DateOfBirth' is after the end of the delivery's period",
        "date_of_birth", "academic_year",
    ),
    rules.pupils_aged(3, 20, year="academic_year"),
    rules.of_code(
        "sessions.absent", "a suspension without 'Sessions'", "category", "sessions", "SUSP",
    ),
    Rule(
        "sessions.unexpected", "warning", "a permanent exclusion with 'Sessions'",
        ("category", "sessions"),
        lambda rows, _: implies(equal(rows["category"], "PERM"), ~given(rows["sessions"])),
    ),
    Rule(
        "sessions.half", "warning",
        "'Sessions' is no whole number; a session is half a day, and the cell is emptied",
        ("sessions",), lambda rows, _: rows["sessions"] == rows["sessions"].round(),
        blanks=("sessions",), fatal_share=0.1,
        fatal_message=(
            "many 'Sessions' end in a half; a session is half a day, so this column may count "
            "days. If it does, say so in a mapping (`days` stands under its header)"
        ),
    ),
    Rule(
        "start_date.twice", "error",
        "another row has the permanent exclusion of the pupil from the school on that day, for "
        "another reason; one of them is kept",
        ("upn", "school_urn", "category", "start_date"), _excluded_once, together=True,
    ),
    Rule(
        "start_date.same_day", "warning",
        "the pupil has another suspension from the school that began on that day, of another "
        "length or for other reasons, and each counts; if one corrects the other, have the wrong "
        "one taken out",
        ("upn", "school_urn", "category", "start_date"), _one_a_day, together=True,
    ),
    Rule(
        "reason_1.repeated", "warning", "the same reason is given twice",
        ("reason_1", "reason_2", "reason_3"), _different_reasons,
    ),
)  # fmt: skip

CROSS_RULES = (
    CrossRule(
        "upn.not_on_roll", "warning",
        "the pupil is in none of the school censuses received, so facts of the roll are not known",
        "exclusions", ("upn",), ("school_census.census",),
        lambda frames, _: among(frames["exclusions"]["upn"], frames["school_census.census"]["upn"]),
    ),
    CrossRule(
        "date_of_birth.differs", "warning",
        "the school census has another date of birth for the pupil",
        "exclusions", ("upn", "date_of_birth"), ("school_census.census",), _same_birth,
    ),
)  # fmt: skip

EXTRACT = Extract(
    name="exclusions",
    title="Suspensions and permanent exclusions",
    short="Suspensions and exclusions",
    description=(
        "Every suspension and permanent exclusion from the area's schools in an academic year, "
        "with up to three reasons, from the termly returns (two terms in arrears)."
    ),
    period_type="academic_year",
    population_base="attending",
    xml=XML,
    parts=PARTS,
    tables=(
        Table(
            name="exclusions",
            description="One suspension or permanent exclusion.",
            columns=COLUMNS,
            # A return numbers no events: two of one day are two if they differ in anything.
            key=("upn", "school_urn", "category", "start_date", *_WHAT),
            rules=RULES,
            counted_as="suspension or exclusion",
            dated_by="start_date",
            helping=(LEA, ESTAB, DAYS),
            fills=(URN_BY_NUMBER, SESSIONS_BY_DAYS),
            # The census of a term has the events of the two terms before it.
            once=(
                "upn",
                "surname",
                "forename",
                "date_of_birth",
                "lea",
                "estab",
                "school_urn",
                "category",
                "start_date",
            ),
        ),
    ),
    cross_rules=CROSS_RULES,
)
