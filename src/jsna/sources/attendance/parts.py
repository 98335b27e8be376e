"""Attendance as COLLECT exports it, put together from each termly return.

Possible sessions stand with the pupil; reasons in tables of their own, those of the second half of
the summer term apart, of pupils on roll and of those who have left since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from jsna.model.contract import Column, Table
from jsna.model.parts import About, Parts
from jsna.shared.census_export import SCHOOLS, number, pupils, with_schools

if TYPE_CHECKING:
    import pandas as pd

#: Table of pupils -> how the tables of their sessions end.
_OF: Final = {"pupilonroll": "onroll", "pupilnolongeronroll": "offroll"}
#: Term of a return -> the term whose attendance it has.
_TOLD: Final = {"SPR": "AUT", "SUM": "SPR", "AUT": "SUM"}
#: Beginning of the tables of sessions -> the pupil's field of possible ones.
_POSSIBLE: Final = {"termly": "possible", "summerhalfterm2": "possible_half_term_2"}
_TERM: Final = Column(
    "Term", "return_term", "string", "Term of the return.", required=False, nullable=True
)
_RETURNS: Final = replace(SCHOOLS, columns=(*SCHOOLS.columns, _TERM))


def _sessions(name: str, field: str, what: str, *aliases: str) -> Column:
    return Column(name, field, "string", what, required=False, nullable=True, aliases=aliases)


def _pupils(name: str) -> Table:
    more = (
        _sessions(f"{kind}sessionspossible", field, "Sessions the pupil could have attended.")
        for kind, field in _POSSIBLE.items()
    )
    return pupils(name, f"{name}tableid", _TERM, *more)


def _details(kind: str, of: str) -> Table:
    return Table(
        f"{kind}sessiondetails{_OF[of]}",
        "One reason recorded for sessions of a pupil.",
        (
            number(f"{of}tableid", "pupil_id"),
            replace(_sessions("AttendanceReason", "attendance_reason", "Reason."), required=True),
            # Called so until the returns that have codes for the sessions attended as well.
            replace(
                _sessions("Sessions", "sessions", "Sessions.", "AbsenceSessions"), required=True
            ),
        ),
        may_be_empty=True,
    )


def _whole(sessions: pd.Series[str]) -> pd.Series[str]:
    """Numbers as the export writes them, `12.0`, without what adds nothing."""
    return sessions.str.replace(r"\.0+$", "", regex=True)


def _put_together(parts: Mapping[str, pd.DataFrame], _: About) -> Mapping[str, pd.DataFrame]:
    import pandas as pd

    made = []
    for of, ending in _OF.items():
        if of not in parts:
            continue
        who = with_schools(parts[of], parts)
        if (returns := parts.get(_RETURNS.name)) is not None:
            terms = returns.drop_duplicates("census_id").set_index("census_id")["return_term"]
            who = who.assign(return_term=who["census_id"].map(terms))
        who = who.drop_duplicates("pupil_id")
        for kind, field in _POSSIBLE.items():
            details = parts.get(f"{kind}sessiondetails{ending}")
            if details is None:
                details = pd.DataFrame(
                    columns=["pupil_id", "attendance_reason", "sessions", "source_row"], dtype="str"
                )
            term = who["return_term"].str.upper().map(_TOLD)
            if kind != "termly":
                term = term.where(term.ne("SUM"), "HT2")
            rows = who.assign(attendance_term=term, sessions_possible=_whole(who[field]))
            # Of whom neither is said, nothing is: most returns have no second half of the summer.
            told = rows["sessions_possible"].notna() | rows["pupil_id"].isin(details["pupil_id"])
            rows = rows[told].merge(details, on="pupil_id", how="outer", suffixes=("_of", ""))
            made.append(
                rows.assign(
                    source_row=rows["source_row"].fillna(rows["source_row_of"]),
                    sessions=_whole(rows["sessions"]),
                )
            )
    every = pd.concat(made, ignore_index=True)
    return {"attendance": every.drop(columns=["pupil_id", "census_id", "source_row_of"])}


PARTS: Final = Parts(
    (
        *(_pupils(of) for of in _OF),
        *(_details(kind, of) for kind in _POSSIBLE for of in _OF),
        _RETURNS,
    ),
    (
        "pupilnolongeronroll",
        "termlysessiondetailsoffroll",
        "summerhalfterm2sessiondetailsonroll",
        "summerhalfterm2sessiondetailsoffroll",
        _RETURNS.name,
    ),
    _put_together,
)
