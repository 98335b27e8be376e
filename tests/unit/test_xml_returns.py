"""Returns as XML: children in need, looked-after children and SEN2, each to its own tables."""

from __future__ import annotations

import pandas as pd

from tests.unit.official_support import element, judged, message

LINES = "Made-up records of nobody."


def _plan(start: str, end: str = "", **more: object) -> str:
    ends = {"CPPendDate": end} if end else {}
    return element(
        "ChildProtectionPlans",
        element("Reviews", CPPreviewDate="2024-07-29"),
        CPPstartDate=start,
        **ends,
        InitialCategoryOfAbuse="NEG",
        **more,
    )


def _child(number: int, *episodes: str, disabilities: tuple[str, ...] = (), **who: object) -> str:
    held = [element("Disabilities", *(f"<Disability>{d}</Disability>" for d in disabilities))]
    return element(
        "Child",
        element(
            "ChildIdentifiers",
            LAchildID=f"C{number}",
            **{"UPNunknown": "UN1", "PersonBirthDate": "2012-02-03", "Sex": "F", **who},
        ),
        element("ChildCharacteristics", *held[: bool(disabilities)], Ethnicity="WBRI"),
        *episodes,
    )


def _episode(*held: str, **leaves: object) -> str:
    return element(
        "CINdetails", *held, **{"CINreferralDate": "2024-04-02", "ReferralSource": "2A", **leaves}
    )


IN_NEED = message(
    "CIN",
    element(
        "Children",
        _child(
            1,
            _episode(
                element("Assessments", AssessmentActualStartDate="2024-04-03"),
                element(
                    "Assessments",
                    element(
                        "FactorsIdentifiedAtAssessment",
                        "<AssessmentFactors>5A</AssessmentFactors>",
                        "<AssessmentFactors>16A</AssessmentFactors>",
                    ),
                    AssessmentActualStartDate="2024-06-03",
                    AssessmentAuthorisationDate="2024-07-01",
                ),
                element("CINPlanDates", CINPlanStartDate="2024-11-01"),
                element(
                    "Section47", S47ActualStartDate="2024-04-10", DateOfInitialCPC="2024-04-30"
                ),
                _plan("2024-05-01", "2024-10-30", NumberOfPreviousCPP=0),
                _plan("2025-01-15", NumberOfPreviousCPP=1),
                ReferralNFA="false",
                PrimaryNeedCode="N1",
            ),
            disabilities=("LD", "AUT", "COMM", "MOB", "BEH"),
        ),
        _child(
            2,
            _episode(CINclosureDate="2024-06-01", ReasonForClosure="RC8", ReferralNFA="TRUE"),
            _episode(CINreferralDate="2024-09-01", ReferralNFA=0),
            Sex="U",
        ),
        _child(3, GenderCurrent=1, Sex=""),
    ),
)


def test_each_plan_of_an_episode_of_need_is_a_row() -> None:
    tables, findings = judged("cin_census", IN_NEED)
    episodes = tables["episodes"]
    assert not findings["episodes"].problems
    assert not [w for w in findings["episodes"].warnings if w.code == "column.unknown"]
    rows = episodes.valid[
        ["child_id", "referral_date", "cpp_start_date", "cpp_end_date", "previous_plans"]
    ].astype("string")
    assert rows.fillna("").values.tolist() == [
        ["C1", "2024-04-02", "2024-05-01", "2024-10-30", "0"],
        ["C1", "2024-04-02", "2025-01-15", "", "1"],
        ["C2", "2024-04-02", "", "", ""],
        ["C2", "2024-09-01", "", "", ""],
    ]
    assert episodes.valid["referral_nfa"].tolist() == [False, False, True, False]
    assert episodes.valid["disability_4"].iloc[0] == "MOB"
    # The conference is that of the enquiry, where the episode does not say it.
    assert str(episodes.valid["initial_conference_date"].iloc[0])[:10] == "2024-04-30"
    # A child without an episode is told, and is in no count.
    assert len(episodes.reasons) == 1
    assert "referral_date.missing" in episodes.reasons.iloc[0]
    assert episodes.quarantined["child_id"].tolist() == ["C3"]


def test_what_hangs_on_an_episode_is_a_row_for_each() -> None:
    tables, findings = judged("cin_census", IN_NEED)
    warned = [w.rule for one in findings.values() for w in one.warnings]
    assert warned == []
    rows = {name: one.valid.astype("string").fillna("") for name, one in tables.items()}
    fields = ["child_id", "referral_date", "assessment_start", "assessment_end", "factor"]
    assert rows["assessments"][fields].values.tolist() == [
        # One without a factor is a row all the same, and an episode without one is none.
        ["C1", "2024-04-02", "2024-04-03", "", ""],
        ["C1", "2024-04-02", "2024-06-03", "2024-07-01", "5A"],
        ["C1", "2024-04-02", "2024-06-03", "2024-07-01", "16A"],
    ]
    enquiry = rows["section47"][["child_id", "enquiry_start", "conference_date"]]
    assert enquiry.values.tolist() == [["C1", "2024-04-10", "2024-04-30"]]
    plans = rows["plans"][["child_id", "referral_date", "plan_start", "plan_end"]]
    assert plans.values.tolist() == [["C1", "2024-04-02", "2024-11-01", ""]]
    told = [one for one in findings["episodes"].remarks if "left unread" in one]
    assert told == ["left unread, as nothing is made of it: Reviews (2)"]


def test_rows_are_told_by_lines_of_the_file() -> None:
    tables, _ = judged("cin_census", IN_NEED)
    lines = IN_NEED.decode().splitlines()
    for row in tables["episodes"].valid["source_row"]:
        assert lines[row - 1] in ("<ChildProtectionPlans>", "<CINdetails>")


def _care(number: int, *held: str, below: tuple[str, ...] = (), **who: object) -> str:
    given = {"CHILDID": f"L{number}", "SEX": "M", "DOB": "03/02/2010", "ETHNIC": "WBRI"}
    return element("CHILD", element("HEADER", *below, **{**given, **who}), *held)


def _spell(start: str, end: str = "", **more: object) -> str:
    given = {"DECOM": start, "RNE": "S", "LS": "C1", "CIN": "N1", "PL": "U6", "DEC": end}
    return element("EPISODE", **{**given, **more})


LOOKED_AFTER = element(
    "EXPSSDA903",
    _care(
        1,
        _spell("01/05/2024", "15/08/2024", REC="X1"),
        _spell("15/08/2024", RNE="P", PL="K3"),
        below=(
            element("AREVIEW", REVIEW="14/06/2024", REVIEW_CODE="PN1"),
            element("AREVIEW", REVIEW="02/12/2024", REVIEW_CODE="PN3"),
            element("AMISSING", MISSING="M", MIS_START="28/03/2025", MIS_END=""),
            element("OC2", SDQ_SCORE=17, CONVICTED=0, HEALTH_ASSESSMENT=1),
        ),
    ),
    _care(2, SEX="U", UPN="UN4"),
).encode()


def test_looked_after_children_are_read_to_the_five_tables() -> None:
    tables, findings = judged("ssda903", LOOKED_AFTER)
    assert not [problem for one in findings.values() for problem in one.problems]
    valid = {name: one.valid for name, one in tables.items()}
    assert valid["header"]["child_id"].tolist() == ["L1", "L2"]
    assert valid["header"]["sex"].fillna("").tolist() == ["M", ""]
    assert valid["episodes"]["child_id"].tolist() == ["L1", "L1"]
    assert valid["episodes"]["placement"].tolist() == ["U6", "K3"]
    assert valid["reviews"]["review_code"].tolist() == ["PN1", "PN3"]
    assert valid["missing"]["missing_end"].isna().tolist() == [True]
    assert valid["oc2"]["sdq_score"].tolist() == [17]
    assert pd.isna(valid["oc2"]["immunisations"].iloc[0])


def test_what_became_of_care_leavers_stands_in_the_header_of_whom_it_is_said() -> None:
    left = _care(3, DOB="03/02/2007", IN_TOUCH="YES", ACTIV="F4", ACCOM="U1")
    # A system may write the elements of every child, and nothing in those of most.
    empty = _care(4, IN_TOUCH="", ACTIV="", ACCOM="")
    content = element("EXPSSDA903", _care(1, _spell("01/05/2024")), left, empty).encode()
    tables, findings = judged("ssda903", content)
    assert not [problem for one in findings.values() for problem in one.problems]
    rows = tables["oc3"].valid[["child_id", "in_touch", "activity", "accommodation"]]
    assert rows.values.tolist() == [["L3", "YES", "F4", "U1"]]
    assert str(tables["oc3"].valid["date_of_birth"].iloc[0])[:10] == "2007-02-03"
    # Nothing is amiss with a header without an episode where the care leaver is the reason.
    (idle,) = [one for one in tables["header"].found if "no_episode" in one.code]
    assert idle.rows == 1


def test_what_is_read_past_is_told_by_name() -> None:
    placed = element("AD_PLACED", DATE_PLACED="01/06/2024")
    content = element("EXPSSDA903", _care(1, below=(placed, placed), UASC=1, DUC="")).encode()
    _, findings = judged("ssda903", content)
    told = [one for one in findings["header"].remarks if "left unread" in one]
    assert told == ["left unread, as nothing is made of it: UASC (1), AD_PLACED (2)"]


def test_every_disability_is_kept_and_more_than_there_are_codes_are_told() -> None:
    def read(many: int) -> tuple[pd.DataFrame, list[str]]:
        child = _child(1, _episode(ReferralNFA=0), disabilities=("AUT",) * many)
        tables, findings = judged("cin_census", message("CIN", element("Children", child)))
        warned = [one.rule for one in findings["episodes"].warnings]
        return tables["episodes"].valid.filter(like="disability_"), warned

    kept, warned = read(12)
    assert kept.iloc[0].tolist() == ["AUT"] * 12
    assert warned == []
    _, warned = read(13)
    assert len(warned) == 1
    assert "'disability' stands more often than there are columns" in warned[0]


def _person(name: str, *requests: str, **who: object) -> str:
    given = {
        "Surname": name, "Forename": "Zora", "PersonBirthDate": "2010-02-03", "Sex": "F",
        "Ethnicity": "WBRI", "PostCode": "ZZ1 1AA", "UPNunknown": "UN1",
    }  # fmt: skip
    return element("Person", *requests, **{**given, **who})


def _active(urn: int, *needs: tuple[str, int], **more: object) -> str:
    return element(
        "ActivePlans",
        element("PlacementDetail", URN=urn, PlacementRank=1, EntryDate="2020-09-07", WPB=0),
        *(element("SENneed", SENtype=need, SENtypeRank=rank) for need, rank in needs),
        **more,
    )


SEN2 = message(
    "SEN2",
    element(
        "Persons",
        _person(
            "Quill",
            element("Requests", ReceivedDate="2024-05-07", RequestOutcome="N"),
            element(
                "Requests",
                element(
                    "Assessment",
                    element(
                        "NamedPlan",
                        element("PlanDetail", URN=900001, PlacementRank=1),
                        element("PlanDetail", SENsetting="OLA", PlacementRank=2),
                        StartDate="2024-08-12",
                        PlanWPB=0,
                    ),
                    AssessmentOutcome="Y",
                ),
                _active(900001, ("SLCN", 2), ("ASD", 1), RES="B"),
                ReceivedDate="2024-03-04",
                RequestOutcome="Y",
            ),
        ),
        _person(
            "Rook",
            element("Requests", _active(900002, ("MLD", 1)), RequestOutcome="H"),
            Sex="",
            GenderCurrent=1,
        ),
    ),
)


def test_tables_of_sen2_are_joined_by_where_elements_stand() -> None:
    tables, findings = judged("sen2", SEN2)
    assert not [problem for one in findings.values() for problem in one.problems]
    valid = {name: one.valid for name, one in tables.items()}
    assert valid["person"]["surname"].tolist() == ["Quill", "Rook"]
    assert valid["person"]["sex"].tolist() == ["F", "M"]
    assert valid["requests"][["requests_table_id", "person_table_id"]].values.tolist() == [
        ["1", "1"], ["2", "1"], ["3", "2"],
    ]  # fmt: skip
    assert valid["assessment"]["requests_table_id"].tolist() == ["2"]
    assert valid["namedplan"]["plan_work_based"].tolist() == [False]
    assert valid["plandetail"]["sen_setting"].fillna("").tolist() == ["", "OLA"]
    assert valid["activeplans"]["requests_table_id"].tolist() == ["2", "3"]
    # In the return of 2023 the plan says what is residential, later its placement.
    assert valid["placementdetail"]["residential"].fillna("").tolist() == ["B", ""]
    assert valid["senneed"][["activeplans_table_id", "sen_type"]].values.tolist() == [
        ["1", "SLCN"], ["1", "ASD"], ["2", "MLD"],
    ]  # fmt: skip
