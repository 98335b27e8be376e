"""Child protection plans: many to an episode, each counted, and a child once."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pyarrow as pa

from jsna.measures.derive import derive
from tests.spec import world
from tests.unit.fault_support import FAULTS, received
from tests.unit.validation_support import codes, judge, judge_together

CIN = "cin_census.episodes"
SECOND = {"cpp_start_date": "2024-11-15", "cpp_end_date": ""}


def on_a_plan(episodes: pd.DataFrame) -> pd.Series:
    """Whether each child is on a plan on 31 March, by the number the authority gives them."""
    rows = episodes.assign(
        period="2024/25", person_key=episodes["child_id"], link="spine", age=12, lsoa_code=None
    )
    table = pa.Table.from_pandas(rows, preserve_index=False)
    found = derive({CIN: table}, world.configuration())["child_in_need"].to_pandas()
    return found.set_index("person_key")["protection_plan"]


def test_a_second_plan_of_an_episode_is_counted() -> None:
    content = (FAULTS / "cin-two-plans-one-episode" / "cin.csv").read_bytes()
    judged, findings = received("cin_census", {"episodes": content})
    episodes = judged["episodes"]
    assert not findings["episodes"].problems
    assert len(episodes.reasons) == 0
    child = episodes.valid[episodes.valid["child_id"] == "C00060"]
    assert list(child["cpp_start_date"]) == [date(2024, 5, 1), date(2024, 12, 1)]
    found = on_a_plan(episodes.valid)
    assert found["C00060"]
    assert found.index.is_unique


def test_plans_of_one_episode_are_no_duplicates_and_the_same_plan_twice_is() -> None:
    judged = judge(CIN, {"closure_date": "", "closure_reason": ""},
                   SECOND | {"closure_date": "", "closure_reason": ""})  # fmt: skip
    assert codes(judged) == set()
    assert len(judged.valid) == 2
    assert judge(CIN, {}, {}).quarantined["reasons"].tolist() == ["episodes.key.duplicate"]
    bare = {"cpp_start_date": "", "cpp_end_date": "", "abuse_category": ""}
    assert len(judge(CIN, bare, bare).valid) == 1


def test_an_assessment_that_found_nothing_found_nothing_else() -> None:
    table = "cin_census.assessments"
    nothing, other = {"factor": "21"}, {"factor": "16A"}
    told = ("warning", "assessments.factor.none_beside")
    assert told in codes(judge(table, nothing, other))
    assert told not in codes(judge(table, nothing))
    assert told not in codes(judge(table, nothing, other | {"assessment_start": "2024-05-03"}))


def test_what_begins_after_its_episode_was_closed_is_warned_of() -> None:
    late = {"enquiry_start": "2024-12-02", "conference_date": ""}
    told = ("warning", "section47.referral_date.no_episode")
    for change, found in (({}, False), (late, True)):
        judged = judge_together({"cin_census.section47": [change]})["cin_census.section47"]
        assert (told in codes(judged)) == found
        assert len(judged.valid) == 1


def test_plans_that_overlap_and_episodes_closed_in_one_row_only_are_warned_of() -> None:
    early = SECOND | {"cpp_start_date": "2024-08-01"}
    assert ("warning", "episodes.cpp_start_date.overlap") in codes(judge(CIN, {}, early))
    assert ("warning", "episodes.cpp_start_date.overlap") not in codes(judge(CIN, {}, SECOND))
    still_open = SECOND | {"closure_date": "", "closure_reason": ""}
    assert ("warning", "episodes.closure_date.differs") in codes(judge(CIN, {}, still_open))
    assert ("warning", "episodes.closure_date.differs") not in codes(judge(CIN, {}, SECOND))
