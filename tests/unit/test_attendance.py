"""Sessions possible and missed: how a year is put together, and who missed a tenth of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from jsna.settings.shared import codelists
from jsna.sources.attendance.extract import ABSENT
from tests.conftest import ROOT
from tests.unit.official_support import element, message
from tests.unit.test_census_export import _staged
from tests.unit.test_tables import given, made, pupil
from tests.unit.validation_support import codes, judge

TABLE = "attendance.attendance"
_FIELDS = ["surname", "school_urn", "attendance_term", "sessions_possible", "attendance_reason",
           "sessions"]  # fmt: skip
_RETURNS = "schoolcensustableid,lea,estab,term\n1,999,9001,{}\n"
_PUPILS = (
    "{0}tableid,schoolcensustableid,upn,surname,forename,dob,sex,termlysessionspossible,"
    "summerhalfterm2sessionspossible\n"
)
_QUILL = "1,1,A950000178301,Quill,Zora,2010-Feb-03 00:00:00,F,"
_ROOK = "2,1,H243278544154,Rook,Yan,2009-Nov-20 00:00:00,M,"
_ON = _PUPILS.format("pupilonroll")
_REASONS = "pupilonrolltableid,sessions,attendancereason\n"


def _found(folder: Path, files: Mapping[str, str | bytes]) -> list[list[str]]:
    frame = _staged(folder, "attendance", files).frame
    assert frame is not None
    rows: list[list[str]] = frame[_FIELDS].fillna("").values.tolist()
    return sorted(rows)


def test_each_return_tells_of_the_term_before_it(tmp_path: Path) -> None:
    files = {
        "schoolcensus.spring": _RETURNS.format("SPR"),
        "pupilonroll.spring": _ON + f"{_QUILL}140.0,\n{_ROOK}138,\n",
        "termlysessiondetailsonroll.spring": _REASONS + "1,6.0,I\n1,1,M\n",
        "schoolcensus.autumn": _RETURNS.format("AUT"),
        "pupilonroll.autumn": _ON + f"{_ROOK}56,66\n",
        # As called in the earlier returns.
        "termlysessiondetailsonroll.autumn": "pupilonrolltableid,absencesessions,attendancereason\n"
        "2,3,O\n",
        "summerhalfterm2sessiondetailsonroll.autumn": _REASONS + "2,4,N\n",
        "pupilnolongeronroll.autumn": _PUPILS.format("pupilnolongeronroll") + f"{_QUILL}20,\n",
        "termlysessiondetailsoffroll.autumn": "pupilnolongeronrolltableid,sessions,"
        "attendancereason\n1,5,E\n",
    }
    assert _found(tmp_path, files) == [
        ["Quill", "990001", "AUT", "140", "I", "6"],
        ["Quill", "990001", "AUT", "140", "M", "1"],
        # Gone by the autumn: nothing is said of the second half of the term.
        ["Quill", "990001", "SUM", "20", "E", "5"],
        # Nothing missed is a row as well.
        ["Rook", "990001", "AUT", "138", "", ""],
        ["Rook", "990001", "HT2", "66", "N", "4"],
        ["Rook", "990001", "SUM", "56", "O", "3"],
    ]


def test_reasons_without_a_number_of_possible_sessions_are_not_lost(tmp_path: Path) -> None:
    files = {
        "schoolcensus": _RETURNS.format("SUM"),
        "pupilonroll": _ON + f"{_QUILL},\n{_ROOK},\n",
        "termlysessiondetailsonroll": _REASONS + "1,6,I\n",
    }
    assert _found(tmp_path, files) == [["Quill", "990001", "SPR", "", "I", "6"]]


def test_a_schools_xml_has_pupils_there_and_gone(tmp_path: Path) -> None:
    def one(kind: str, surname: str, *held: str) -> str:
        who = element(
            "PupilIdentifiers", UPN="A950000178301", Surname=surname, Forename="Zora",
            DOB="2010-02-03", Sex="F",
        )  # fmt: skip
        return element(kind, who, element("Attendance", *held))

    def details(*reasons: tuple[str, int], called: str = "AbsenceSessions") -> str:
        each = [
            element("SessionDetail", AttendanceReason=reason, **{called: sessions})
            for reason, sessions in reasons
        ]
        return element("SessionDetails", *each)

    content = message(
        "SC",
        element(
            "Pupils",
            element(
                "PupilsOnRoll",
                one(
                    "PupilOnRoll", "Quill",
                    element("TermlyAttendance", details(("I", 6), ("M", 1)), SessionsPossible=56),
                    element(
                        "SummerHalfTerm2Attendance", details(("O", 2), called="Sessions"),
                        SessionsPossible=66,
                    ),
                ),
            ),
            element(
                "PupilsNoLongerOnRoll",
                one(
                    "PupilNoLongerOnRoll", "Teal", element("TermlyAttendance", SessionsPossible=12)
                ),
            ),
        ),
    )  # fmt: skip
    content = content.replace(b"<LEA>999</LEA>", b"<LEA>999</LEA><Estab>9001</Estab>")
    content = content.replace(b"</Collection>", b"</Collection><Term>AUT</Term>")
    assert _found(tmp_path, {"attendance": content}) == [
        ["Quill", "990001", "HT2", "66", "O", "2"],
        ["Quill", "990001", "SUM", "56", "I", "6"],
        ["Quill", "990001", "SUM", "56", "M", "1"],
        ["Teal", "990001", "SUM", "12", "", ""],
    ]


def test_sessions_missed_are_added_up_over_the_reasons_of_a_term() -> None:
    exceeds = {("warning", "attendance.sessions.exceed")}
    most = {"attendance_reason": "O", "sessions": "134"}
    assert codes(judge(TABLE, {}, most)) == set()
    assert codes(judge(TABLE, {}, {**most, "sessions": "135"})) == exceeds
    # Sessions attended, and sessions of another term or school, are none of these.
    for other in ({"attendance_reason": "/"}, {"attendance_term": "SPR"}, {"school_urn": "900002"}):
        assert codes(judge(TABLE, {}, {**most, "sessions": "135", **other})) == set()


def test_a_term_has_one_number_of_possible_sessions() -> None:
    other = {"attendance_reason": "M", "sessions": "1", "sessions_possible": "139"}
    judged = judge(TABLE, {}, other)
    assert codes(judged) == {("warning", "attendance.sessions_possible.differs")}
    assert len(judged.valid) == 2


def _term(person: str, reason: str | None, sessions: int | None, possible: int | None = 100,
          term: str = "AUT", school: str = "900001") -> dict[str, object]:  # fmt: skip
    return {
        "period": "2024/25", "person_key": person, "school_urn": school, "sex": "F",
        "attendance_term": term, "sessions_possible": possible, "attendance_reason": reason,
        "sessions": sessions,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        # attended, persistent, severe
        ([_term("a", None, None)], (True, False, False)),
        ([_term("a", "I", 9)], (True, False, False)),
        ([_term("a", "I", 9), _term("a", "M", 1)], (True, True, False)),
        ([_term("a", "I", 50)], (True, True, True)),
        # Present, or no session that could have been attended.
        ([_term("a", "/", 90), _term("a", "Y4", 10)], (True, False, False)),
        # Over all terms and schools.
        ([_term("a", "I", 19), _term("a", None, None, term="SPR")], (True, False, False)),
        ([_term("a", "I", 20), _term("a", None, None, school="900002")], (True, True, False)),
        # Nothing to attend, or not known how much.
        ([_term("a", None, None, 0)], (False, False, False)),
        ([_term("a", "I", 60, None)], (False, False, False)),
        ([_term("a", None, 60)], (False, False, False)),
        ([_term("a", "I", None), _term("a", "M", 60)], (False, False, False)),
        ([_term("a", "I", 101)], (False, False, False)),
        ([_term("a", "I", 60), _term("a", "M", 1, 99)], (False, False, False)),
        ([_term("a", "I", 60), _term("a", "I", 101, term="SPR")], (False, False, False)),
    ],
)
def test_who_missed_a_tenth_or_half_of_the_sessions_of_the_year(
    terms: list[dict[str, object]], expected: tuple[bool, bool, bool]
) -> None:
    tables = given(school_census__census=[pupil("a")], attendance__attendance=terms)
    found: pd.DataFrame = made(tables, "roll_attendance")
    (row,) = found[["attended", "persistent", "severe"]].itertuples(index=False, name=None)
    assert row == expected


def test_reasons_of_absence_are_codes_of_the_return() -> None:
    assert set(ABSENT) <= set(codelists(ROOT)["attendance_reason"])
