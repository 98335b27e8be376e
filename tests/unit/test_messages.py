"""Messages: what they say is true, and none falls for a reason that should raise it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jsna.model.indicators import Indicator
from jsna.report import messages
from jsna.report.scoring import Score
from jsna.view.rows import Measures
from tests.unit import report_support as made

CONFIG = made.configuration()
TIMELY = CONFIG.indicators["ehc_plans_20_weeks"]
EXCLUDED = CONFIG.indicators["permanent_exclusion_rate"]
ENGLAND: dict[str, Any] = {"area": made.AREA.country.code, "geography": "national"}
YEAR = CONFIG.edition.reference_date.year
NO_COUNTS = dict.fromkeys(
    ("numerator", "denominator", "lower_95", "upper_95", "lower_998", "upper_998"), math.nan
)


def of(rows: list[dict[str, Any]]) -> Measures:
    """A view of some rows."""
    return Measures(made.frame(rows), CONFIG)


def told(rows: list[dict[str, Any]], *indicators: Indicator) -> list[messages.Message]:
    """The messages of a summary."""
    return messages.chosen(of(rows), indicators)


def timely(kept: float, of_: float, year: int = YEAR - 1, **more: Any) -> dict[str, Any]:
    """So many plans in time of so many."""
    return made.measure(TIMELY, kept, of_, period=str(year), **more)


#: Lancashire's plans of 2024, and England's.
LATE = [timely(298, 1_720), timely(41_490, 90_392, **ENGLAND)]

scores = st.builds(
    Score,
    missed=st.floats(0, 1),
    children=st.floats(0, 1e5),
    apart=st.floats(1, 20),
    lasting=st.integers(0, 4),
    behind=st.booleans(),
    certain=st.floats(0.1, 1),
    weight=st.floats(0.1, 1),
    age=st.integers(-1, 4),
)


@given(scores, scores)
def test_no_reason_to_tell_lowers_a_score(one: Score, other: Score) -> None:
    higher = {
        name: max(getattr(one, name), getattr(other, name))
        for name in ("missed", "children", "apart", "lasting", "behind", "certain", "weight")
    }
    assert replace(one, **higher).total >= one.total
    assert replace(one, age=one.age + 1).total <= one.total
    assert replace(one, age=3).total == 0


@pytest.mark.parametrize(
    ("more", "less"),
    [
        # A duty missed in most cases leads over any number of children in a change.
        (Score(missed=0.83, children=1_422), Score(children=50_000, weight=0.7, lasting=3)),
        # Five children at nine times the rate come after many at a fifth more.
        (Score(children=500, apart=1.2), Score(children=5, apart=9.0)),
        (Score(children=100, lasting=3), Score(children=100, lasting=1)),
        (Score(children=100), Score(children=100, certain=0.6)),
        (Score(children=100), Score(children=100, age=2)),
    ],
)
def test_what_an_officer_would_lead_with_leads(more: Score, less: Score) -> None:
    assert more.total > less.total


def test_late_plans_lead_with_how_many_children_waited() -> None:
    (first,) = told(LATE, TIMELY)
    text = first.text.striptags()
    assert first.kind == "duty"
    assert text.startswith(
        f"In {YEAR - 1}, 1,422 of 1,720 new plans were issued later than the 20 weeks that the law "
        "allows (17.3% were in time; England 45.9%)."
    )
    assert first.score.missed == pytest.approx(1_422 / 1_720)
    assert first.score.children == 1_422


def test_what_misses_a_duty_is_never_done_better() -> None:
    """However others do: 60 % in time is not doing well where the law asks it of all."""
    rows = [timely(600, 1_000), timely(20_000, 90_000, **ENGLAND)]
    (only,) = messages.findings(of(rows), [TIMELY])
    assert only.kind == "duty"
    kept = [timely(1_000, 1_000), timely(20_000, 90_000, **ENGLAND)]
    assert [one.kind for one in messages.findings(of(kept), [TIMELY])] == []


def test_what_the_auditor_marked_leads_by_its_level_and_not_by_its_change() -> None:
    rows = [timely(1_400, 1_720, YEAR - 2), LATE[0] | {"mark": "jump"}, LATE[1]]
    found = messages.findings(of(rows), [TIMELY])
    assert [one.kind for one in found] == ["duty"]
    said = found[0].text.striptags()
    assert said.endswith("So sharp a change may be one of recording: it is to be confirmed.")
    assert told([LATE[0] | {"mark": "zero"}, LATE[1]], TIMELY) == []


def test_a_duty_that_was_kept_in_all_but_a_few_cases_is_no_message() -> None:
    """Hackney's decisions of 2024: three of 594 were late."""
    few = [timely(591, 594), timely(41_490, 90_392, **ENGLAND)]
    assert told(few, TIMELY) == []
    assert [one.kind for one in messages.findings(of(few), [TIMELY])] == ["duty"]


def test_a_change_is_told_with_its_numbers_and_the_country() -> None:
    rows = [timely(400, 1_000, YEAR - 2), timely(700, 1_000), timely(41_490, 90_392, **ENGLAND)]
    change = messages.change(of(rows), TIMELY)
    assert change is not None
    assert change.text.striptags() == (
        f"rose from 40.0% in {YEAR - 2} to 70.0% in {YEAR - 1} (700 of 1,000); England 45.9%."
    )


def test_what_weighs_less_comes_later() -> None:
    rows = [
        made.measure(indicator, number, 10_000, period=f"{YEAR - 1}", **more)
        for indicator in (TIMELY, EXCLUDED)
        for number, more in ((400, {}), (100, ENGLAND))
    ]
    light = messages.chosen(
        of(rows), [TIMELY, EXCLUDED], weight=lambda one: 0.01 if one is TIMELY else 1.0
    )
    assert [one.indicator.id for one in told(rows, TIMELY, EXCLUDED)] == [TIMELY.id, EXCLUDED.id]
    assert [one.indicator.id for one in light] == [EXCLUDED.id, TIMELY.id]


def test_nothing_that_is_older_than_two_years_is_a_message() -> None:
    def aged(year: int) -> list[messages.Message]:
        return told([timely(298, 1_720, year), timely(41_490, 90_392, year, **ENGLAND)], TIMELY)

    assert len(aged(YEAR - 2)) == 1
    assert aged(YEAR - 3) == []


def test_a_subject_has_one_message_and_a_summary_five() -> None:
    every = [i for i in CONFIG.indicators.values() if i.kind.compared and not i.derived]
    rows = []
    for indicator in every:
        period = f"{YEAR - 1}"
        if indicator.kind.divides and not indicator.kind.of_one_whole:
            rows.append(made.measure(indicator, 200, 1_000, period=period))
            rows.append(made.measure(indicator, 4_000, 10_000, period=period, **ENGLAND))
    found = told(rows, *every)
    assert len(found) == messages.MOST
    assert len({one.indicator.title.split(" (")[0] for one in found}) == len(found)
    assert [one.score.total for one in found] == sorted(
        (one.score.total for one in found), reverse=True
    )


def test_without_counts_it_is_said_that_the_number_of_children_is_not_known() -> None:
    period = f"{YEAR - 2}/{(YEAR - 1) % 100:02d}"
    rows = [
        made.measure(EXCLUDED, 24, 10_000, period=period) | NO_COUNTS,
        made.measure(EXCLUDED, 1_300, 1_000_000, period=period, **ENGLAND) | NO_COUNTS,
    ]
    (only,) = told(rows, EXCLUDED)
    assert only.kind == "untested"
    assert "The number of children behind it was not published." in only.text.striptags()
    assert "than England" not in only.sentence.striptags()


@given(
    st.integers(0, 2_000), st.integers(1, 2_000), st.integers(1, 90_000), st.integers(100, 90_000)
)
@settings(max_examples=60, deadline=None)
def test_a_message_is_true(kept: int, plans: int, theirs: int, all_: int) -> None:
    kept, theirs = min(kept, plans), min(theirs, all_)
    rows = [timely(kept, plans), timely(theirs, all_, **ENGLAND)]
    found = told(rows, TIMELY)
    # There is one where the duty was missed in more than a few cases, and only there.
    assume(kept * 21 != plans * 20)
    assert bool(found) == (kept * 21 < plans * 20)
    for one in found:
        text = one.text.striptags()
        assert f"{plans - kept:,} of {plans:,} new plans were issued later" in text
        assert "better" not in text
        assert one.score.children == plans - kept


def test_a_rate_above_the_countrys_says_how_many_more_that_is() -> None:
    plan = CONFIG.indicators["suspended_pupils"]
    period = f"{YEAR - 2}/{(YEAR - 1) % 100:02d}"
    rows = [
        made.measure(plan, 600, 10_000, period=period),
        made.measure(plan, 40_000, 1_000_000, period=period, **ENGLAND),
    ]
    (only,) = told(rows, plan)
    # 6 % of 10,000 are 600; at England's 4 % they were 400.
    assert "That is about 200 more than at England’s rate." in only.text.striptags()
    assert only.score.children == pytest.approx(200)
