"""Which suspensions are one event and which are several, and how long each lasted."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from jsna.ingest.fills import fill
from jsna.ingest.put_together import put_together
from jsna.ingest.stage import Staged, stage_deliveries
from jsna.ingest.validate import validate_delivery
from jsna.model.editions import Delivery
from jsna.sources import registry
from tests.unit.test_tables import given, made, pupil
from tests.unit.validation_support import OTHER_UPN, codes, context, judge

EVENTS = "exclusions.exclusions"
_SAME_DAY = ("warning", "exclusions.start_date.same_day")


@pytest.mark.parametrize(
    ("second", "counted", "said"),
    [
        # The same again, whatever the record says of SEN by then, is one event.
        ({}, 1, {("error", "exclusions.key.duplicate")}),
        ({"sen_provision_at_event": "E"}, 1, {("error", "exclusions.key.duplicate")}),
        # Of another length, or for another reason, it is a second one of that day.
        ({"sessions": "1"}, 2, {_SAME_DAY}),
        ({"reason_2": "DA"}, 2, {_SAME_DAY}),
        # Other days and schools are nothing to be told of.
        ({"start_date": "04/10/2024"}, 2, set()),
        ({"school_urn": "900002"}, 2, set()),
        ({"upn": OTHER_UPN}, 2, set()),
    ],
)
def test_two_suspensions_of_one_day_are_two_where_they_differ(
    second: Mapping[str, str], counted: int, said: set[tuple[str, str]]
) -> None:
    judged = judge(EVENTS, {}, second)
    assert len(judged.valid) == counted
    assert codes(judged) == said


def test_nobody_is_excluded_for_good_twice_on_a_day() -> None:
    first = {"category": "PERM", "sessions": "", "reason_1": "PP"}
    judged = judge(EVENTS, {**first, "reason_1": "DA", "reason_2": ""}, first)
    assert judged.valid["reason_1"].tolist() == ["DA"]
    assert codes(judged) == {("error", "exclusions.start_date.twice")}
    # A suspension of that day ended in it: both are events.
    assert len(judge(EVENTS, {}, first).valid) == 2


def test_a_column_of_halves_is_asked_about_and_one_half_is_emptied() -> None:
    whole = [{"start_date": f"{day:02}/10/2024"} for day in range(1, 12)]
    judged = judge(EVENTS, {"sessions": "2.5"}, *whole)
    assert judged.valid["sessions"].isna().sum() == 1
    assert not judged.problems
    days = [{**row, "sessions": f"{n}.5"} for n, row in enumerate(whole)]
    (problem,) = judge(EVENTS, *days).problems
    assert "may count days" in problem.rule


_HEADER = (
    "UPN,Surname,Forename,DateOfBirth,Sex,URN,Category,Reason1,Reason2,Reason3,StartDate,{},"
    "SENprovision\n"
)
_WHO = "A950000178301,Quill,Zora,2010-02-03,F,990001"


def _staged(folder: Path, files: Mapping[str, str]) -> pd.DataFrame:
    """Rows of several files of one delivery, judged."""
    named, digests = {}, {}
    for key, content in files.items():
        file = f"{key}.csv"
        (folder / file).write_text(content, encoding="utf-8")
        named[key], digests[file] = file, hashlib.sha256(content.encode()).hexdigest()
    delivery = Delivery(extract="exclusions", period="2024/25", files=named, sha256=digests)
    staged = stage_deliveries([delivery], registry(), folder, synthetic=False)
    day = date(2025, 7, 31)
    one: Staged
    (one,) = fill(put_together(staged, lambda _: day), lambda _: day, "999")
    assert not one.findings.problems
    assert one.frame is not None
    frames = {"exclusions": one.frame}
    judged = validate_delivery(registry()["exclusions"], frames, context("exclusions"))
    return judged["exclusions"].valid


def test_an_event_in_the_censuses_of_two_terms_is_one_and_the_later_stands(tmp_path: Path) -> None:
    header = _HEADER.format("Sessions")
    first = ["SUSP,DB,,,2024-10-01,4,N", "SUSP,PP,,,2024-10-09,2,N"]
    # The first has been put right, and has one of the same day beside it.
    then = ["SUSP,DB,,,01/10/2024,6,N", "SUSP,VA,,,01/10/2024,1,N", "SUSP,DA,,,03/02/2025,3,N"]
    files = {
        f"exclusions.{n}": header + "".join(f"{_WHO},{row}\n" for row in rows)
        for n, rows in enumerate((first, then), start=1)
    }
    rows = _staged(tmp_path, files)
    found = sorted(zip(rows["start_date"].astype(str), rows["sessions"], strict=True))
    assert found == [
        ("2024-10-01", 1), ("2024-10-01", 6), ("2024-10-09", 2), ("2025-02-03", 3),
    ]  # fmt: skip


def test_days_of_a_councils_file_are_sessions_two_each(tmp_path: Path) -> None:
    rows = [f"{_WHO},SUSP,DB,,,2024-10-{n:02},{days},N" for n, days in enumerate(
        ("2.5", "12.5", "1", "0.5", "", "some"), start=1
    )]  # fmt: skip
    content = _HEADER.format("DaysExcluded") + "\n".join(rows) + "\n"
    found = _staged(tmp_path, {"exclusions": content})["sessions"]
    assert found.fillna(-1).tolist() == [5, 25, 2, 1, -1, -1]


def test_days_of_the_year_are_known_where_each_length_is() -> None:
    events = [
        {"period": "2024/25", "person_key": person, "category": "SUSP", "sex": "F",
         "reason_1": "DB", "start_date": date(2024, 10, n + 1), "sessions": sessions,
         "school_urn": "900001"}
        for n, (person, sessions) in enumerate(
            [("ann", 3), ("ann", 22), ("ben", 1), ("cas", 4), ("cas", None)]
        )
    ]  # fmt: skip
    census = [pupil(name) for name in ("ann", "ben", "cas", "dot")]
    roll = made(given(school_census__census=census, exclusions__exclusions=events), "roll")
    found = roll.set_index("person_key")["days_suspended"].fillna(-1).to_dict()
    assert found == {"ann": 12.5, "ben": 0.5, "cas": -1, "dot": -1}
