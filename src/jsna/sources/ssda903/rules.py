"""Rules of the return of looked-after children across columns and files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from jsna.model.contract import Context, CrossRule, Rule
from jsna.shared import rules
from jsna.shared.checks import age_on, among, equal, given, implies
from jsna.shared.periods import window

if TYPE_CHECKING:
    import pandas as pd

    Frames = Mapping[str, pd.DataFrame]

#: Ages at which the strengths and difficulties questionnaire is asked for.
SDQ_AGES = (4, 16)
#: Ages on 31 March of the young people who are asked about after care: their last birthday is.
LEAVERS = (17, 21)
#: Under this age a child takes no part in a review.
UNDER_REVIEW = 4


def _apart(frame: pd.DataFrame, _: Context) -> pd.Series[bool]:
    """Whether each episode ended before the child's next one began; none where none follows."""
    ordered = frame[["child_id", "start_date", "end_date"]].sort_values(
        ["child_id", "start_date"], kind="stable"
    )
    follows = (ordered["child_id"] == ordered["child_id"].shift(-1)).fillna(False)
    begins = ordered["start_date"].shift(-1)
    # An episode that has not ended lasts into the next.
    apart = (ordered["end_date"] <= begins).fillna(False) & given(ordered["start_date"])
    answer: pd.Series[bool] = (~follows | apart).reindex(frame.index)
    return answer


def _part_by_age(frame: pd.DataFrame, _: Context) -> pd.Series[bool]:
    """Whether the code for children under four stands for them alone."""
    age = age_on(frame["date_of_birth"], frame["review_date"])
    # A review before birth is another rule's.
    return (equal(frame["review_code"], "PN0") == (age < UNDER_REVIEW)) | (age < 0)


def _sdq_given(frame: pd.DataFrame, context: Context) -> pd.Series[bool]:
    age = age_on(frame["date_of_birth"], window(context.period, "financial_year")[1])
    asked = (age >= SDQ_AGES[0]) & (age <= SDQ_AGES[1])
    return implies(asked, given(frame["sdq_score"]) | given(frame["sdq_reason"]))


def _leaver(frame: pd.DataFrame, context: Context) -> pd.Series[bool]:
    age = age_on(frame["date_of_birth"], window(context.period, "financial_year")[1])
    answer: pd.Series[bool] = (age >= LEAVERS[0]) & (age <= LEAVERS[1])
    return answer


def _known(frames: Frames, _: Context) -> pd.Series[bool]:
    """Whether a child has an episode, or is in the return as a care leaver alone."""
    child = frames["header"]["child_id"]
    known = among(child, frames["episodes"]["child_id"])
    return known | among(child, frames["oc3"]["child_id"]) if "oc3" in frames else known


def _left_to_themselves(frames: Frames, _: Context) -> pd.Series[bool]:
    """Whether a care leaver's last episode ended neither by death nor by going elsewhere."""
    last = (
        frames["episodes"]
        .sort_values("start_date", kind="stable")
        .drop_duplicates("child_id", keep="last")
    )
    gone = last.loc[last["end_reason"].isin(["E2", "E3"]), "child_id"]
    answer: pd.Series[bool] = ~among(frames["oc3"]["child_id"], gone)
    return answer


def _births(frames: Frames, table: str) -> pd.Series[Any]:
    """Date of birth, by the header, of the child of each row."""
    header = frames["header"][["child_id", "date_of_birth"]].drop_duplicates("child_id")
    rows = frames[table][["child_id"]].merge(header, "left", "child_id")
    return rows["date_of_birth"].set_axis(frames[table].index)


def _same_birth(table: str, frames: Frames, _: Context) -> pd.Series[bool]:
    return frames[table]["date_of_birth"] == _births(frames, table)


HEADER = (
    rules.by_end(
        "date_of_birth.future", "error", "'DOB' is after the end of the delivery's year",
        "date_of_birth",
    ),
    rules.at_most(25, "the child is over 25 years old at the end of the year"),
    rules.UPN_LETTER,
    Rule(
        "mother.sex", "warning", "a boy is given as a mother", ("sex", "mother"),
        lambda rows, _: implies(equal(rows["sex"], "M"), ~(rows["mother"] == 1).fillna(False)),
    ),
)  # fmt: skip

#: What empties a date comes last: the others judge it as it was given.
EPISODES = (
    rules.by_end(
        "start_date.after_year", "error", "'DECOM' is after the end of the delivery's year",
        "start_date",
    ),
    rules.from_start(
        "end_date.before_year", "error", "the episode ended before the delivery's year began",
        "end_date",
    ),
    rules.in_order(
        "end_date.before_start", "error", "'DEC' is before 'DECOM'", "start_date", "end_date",
    ),
    rules.needs(
        "end_reason.absent", "warning", "an episode has ended and no 'REC' says why",
        ("end_date", "end_reason"), "end_date",
    ),
    rules.needs(
        "end_reason.unexpected", "warning", "there is a 'REC' and no 'DEC'",
        ("end_date", "end_reason"), "end_reason",
    ),
    Rule(
        "end_date.overlap", "warning", "the child's next episode begins before this one has ended",
        ("child_id", "start_date", "end_date"), _apart, together=True,
    ),
    rules.by_end(
        "end_date.after_year", "warning",
        "'DEC' is after the end of the delivery's year, when the episode lasted; emptied",
        "end_date", blanks=("end_date",),
    ),
)  # fmt: skip

REVIEWS = (
    rules.by_end(
        "review_date.after_year", "warning", "'REVIEW' is after the end of the delivery's year",
        "review_date",
    ),
    rules.in_order(
        "review_date.before_birth", "error", "'REVIEW' is before 'DOB'", "date_of_birth",
        "review_date",
    ),
    Rule(
        "review_code.age", "warning",
        "PN0, for children under four, stands for an older child, or another code for a younger",
        ("date_of_birth", "review_date", "review_code"), _part_by_age,
    ),
)  # fmt: skip

OC2 = (
    Rule(
        "sdq_score.absent", "warning",
        "a child of 4 to 16 years has neither 'SDQ_SCORE' nor 'SDQ_REASON'",
        ("sdq_score", "sdq_reason"), _sdq_given,
    ),
    Rule(
        "sdq_reason.unexpected", "warning", "there is a 'SDQ_SCORE' and a 'SDQ_REASON' for none",
        ("sdq_score", "sdq_reason"),
        lambda rows, _: ~(given(rows["sdq_score"]) & given(rows["sdq_reason"])),
    ),
)  # fmt: skip

MISSING = (
    rules.by_end(
        "missing_start.after_year", "error", "'MIS_START' is after the end of the delivery's year",
        "missing_start",
    ),
    rules.from_start(
        "missing_end.before_year", "error", "it ended before the delivery's year began",
        "missing_end",
    ),
    rules.in_order(
        "missing_end.before_start", "error", "'MIS_END' is before 'MIS_START'", "missing_start",
        "missing_end",
    ),
)  # fmt: skip

OC3 = (
    Rule(
        "date_of_birth.oc3", "warning",
        "the care leaver did not turn 17 to 21 in the delivery's year", ("date_of_birth",),
        _leaver,
    ),
    rules.of_code(
        "activity.absent", "there is contact and no 'ACTIV'", "in_touch", "activity", "YES"
    ),
)  # fmt: skip

CROSS_RULES = (
    CrossRule(
        "start_date.before_birth", "error", "'DECOM' is before the child was born",
        "episodes", ("start_date",), ("header",),
        lambda frames, _: _births(frames, "episodes") <= frames["episodes"]["start_date"],
    ),
    CrossRule(
        "child_id.no_episode", "warning", "the child has no episode of care in the file of them",
        "header", ("child_id",), ("episodes",),
        _known,
    ),
    CrossRule(
        "child_id.died_or_moved", "warning",
        "the last episode of care ended by death or with another authority taking over, after "
        "which nothing is asked of care leavers",
        "oc3", ("child_id",), ("episodes",), _left_to_themselves,
    ),
    *(
        CrossRule(
            "date_of_birth.differs", "warning", "the header file has another 'DOB' for the child",
            table, ("child_id", "date_of_birth"), ("header",), partial(_same_birth, table),
        )
        for table in ("reviews", "oc2", "missing", "oc3")
    ),
)  # fmt: skip
