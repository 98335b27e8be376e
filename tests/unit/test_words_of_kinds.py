"""What is said of each kind where its entry says no more than it must: read it as a councillor."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest
import yaml

from jsna import trying
from jsna.measures.checks import faults
from jsna.model.asked import Asked, asked, recorded
from jsna.model.indicators import Indicator
from jsna.model.tables import AnalysisTable, Column
from jsna.readback.blocks import Cell
from jsna.readback.printed import Measure, accepted
from jsna.report import chapters, narrative
from jsna.settings import follows, indicators, shared
from jsna.shared.table_columns import declared
from jsna.tables.catalogue import CATALOGUE
from jsna.view import words
from tests.conftest import ROOT
from tests.unit import report_support as made
from tests.unit.test_narrative import plain, plain_text

BREAK = AnalysisTable(
    name="break",
    row="a short break of a child the council knows",
    base="responsible",
    columns=declared(
        "person_key period sen_provision",
        Column("hours", "number", "Hours a week"),
        Column("cost", "number", "Weekly cost, in pounds"),
        Column("weeks", "number", "Length of the wait, in weeks"),
        Column("ended", "boolean", "Whether the wait has ended"),
        Column("direct", "boolean", "Direct payment"),
    ),
    sql='select * from "sen2.persons"',
)
#: Entry -> figure -> the sentence about it.
LEVELS = {
    "{title: Short breaks, kind: count}": (
        1_234, "In Marrowshire, there were 1,234 short breaks in the 2024/25 financial year.",
    ),
    "{title: Short break taken up, phrase: short breaks, kind: count}": (
        1, "In Marrowshire, the number of short breaks was 1 in the 2024/25 financial year.",
    ),
    "{title: Number of short breaks, kind: count}": (
        2, "In Marrowshire, there were 2 short breaks in the 2024/25 financial year.",
    ),
    "{title: Mean hours of a short break, kind: mean, unit: hours}": (
        20.25,
        "In Marrowshire, the average for hours of a short break was 20.3 hours in the 2024/25 "
        "financial year.",
    ),
    "{title: Wait for a first appointment, kind: wait, unit: weeks, values: weeks, ended: ended}": (
        1,
        "In Marrowshire, the median of waits for a first appointment was 1 week in the 2024/25 "
        "financial year.",
    ),
    "{title: Median miles a day, kind: quantile, unit: miles, values: hours}": (
        23,
        "In Marrowshire, the median of miles a day was 23 miles in the 2024/25 financial year.",
    ),
    "{title: Upper quartile of hours, kind: quantile, unit: hours, values: hours, "
    "percentile: 75}": (
        9, "In Marrowshire, the upper quartile of hours was 9 hours in the 2024/25 financial year.",
    ),
    "{title: Total of direct payments, kind: money}": (
        1_234_567,
        "In Marrowshire, direct payments came to 1,234,567 pounds in the 2024/25 financial year.",
    ),
    "{title: Spending on short breaks, kind: money, rounded_to: 1000}": (
        381_000,
        "In Marrowshire, spending on short breaks came to 381,000 pounds, rounded to the nearest "
        "thousand, in the 2024/25 financial year.",
    ),
    "{title: Spending on respite, kind: money, rounded_to: 1000}": (
        0,
        "In Marrowshire, spending on respite came to 0 pounds, rounded to the nearest thousand, in "
        "the 2024/25 financial year.",
    ),
    "{title: Spending on clubs, kind: money, rounded_to: 250}": (
        750,
        "In Marrowshire, spending on clubs came to 750 pounds, rounded, in the 2024/25 financial "
        "year.",
    ),
}  # fmt: skip
PACKAGE = "short break of a child the council knows"
#: Entry -> who is counted, and its definition.
SAID = {
    "{kind: count, numerator: {table: break}}": (
        f"Every {PACKAGE}.", f"How many there are, counting every {PACKAGE}.",
    ),
    "{kind: count, numerator: {table: break, where: direct and sen_provision = 'E'}}": (
        f"Every {PACKAGE} for which “direct payment” is yes and “sen provision” is “Education, "
        "health and care plan”.",
        f"How many there are, counting every {PACKAGE} for which “direct payment” is yes and “sen "
        "provision” is “Education, health and care plan”.",
    ),
    "{kind: count, numerator: {table: break, where: not direct, count: persons}}": (
        f"Every {PACKAGE} for which “direct payment” is no, each child once.", "",
    ),
    "{kind: mean, numerator: {table: break, where: hours is not null, count: hours}}": (
        f"Every {PACKAGE} for which “hours a week” is recorded.",
        f"The mean of “hours a week” over every {PACKAGE} for which it is recorded.",
    ),
    "{kind: money, numerator: {table: break, where: cost is not null, count: cost}}": (
        f"Every {PACKAGE} for which “weekly cost, in pounds” is recorded.",
        f"The sum of “weekly cost, in pounds” over every {PACKAGE} for which it is recorded.",
    ),
    "{kind: quantile, unit: hours, values: hours, "
    "numerator: {table: break, where: hours is not null}}": (
        f"Every {PACKAGE} for which “hours a week” is recorded.",
        f"The median of “hours a week” over every {PACKAGE} for which it is recorded.",
    ),
    "{kind: wait, unit: weeks, values: weeks, ended: ended, "
    "numerator: {table: break, where: weeks is not null}}": (
        f"Every {PACKAGE} for which “length of the wait, in weeks” is recorded.",
        f"The time after which half of the waits had ended, of every {PACKAGE} for which “length "
        "of the wait, in weeks” is recorded. Those still waiting are counted for as long as "
        "they have waited.",
    ),
    "{kind: proportion, numerator: {table: break, where: direct}, denominator: {table: break}}": (
        f"Every {PACKAGE}.",
        f"Those for which “direct payment” is yes, out of every {PACKAGE}.",
    ),
    "{kind: proportion, numerator: {table: break, where: direct and hours is not null}, "
    "denominator: {table: break, where: hours is not null}}": (
        f"Every {PACKAGE} for which “hours a week” is recorded.",
        f"Those for which “direct payment” is yes, out of every {PACKAGE} for which “hours a week” "
        "is recorded.",
    ),
    "{kind: share, over: [sen_provision], numerator: {table: break}}": (
        f"Every {PACKAGE}.", f"Those in each category, out of every {PACKAGE}.",
    ),
    "{kind: count, numerator: {table: break, where: hours > 5}}": ("", ""),
    "{kind: count, numerator: {table: break, where: direct or ended}}": ("", ""),
}  # fmt: skip


def entry(text: str, **more: Any) -> Indicator:
    return Indicator.model_validate({"id": "made", "title": "Made", **yaml.safe_load(text), **more})


#: Entry -> column added up -> the key that is refused, and a word of why.
REFUSED = {
    "{title: Attendance, kind: mean, unit: percent}": ("hours", "unit", "the unit of its values"),
    "{title: Attendance, kind: mean, unit: per_1000}": ("hours", "unit", "the unit of its values"),
    "{title: Attendance, kind: mean}": ("hours", "", ""),
    "{title: Attendance, kind: quantile, unit: percent, values: hours}": ("rows", "", ""),
    "{title: Attendance, kind: quantile, unit: percent, values: hours, multiplier: 100}": (
        "rows", "multiplier", "needs the multiplier 1"
    ),
    "{title: Spending on short breaks, kind: money}": ("cost", "phrase", "in one week"),
    "{title: Spending on short breaks in one week, kind: money}": ("cost", "", ""),
    "{title: Hours in one week, kind: money, unit: hours}": ("hours", "unit", "is in pounds"),
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_values_and_sums_are_in_their_own_unit_and_of_their_own_time(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setitem(CATALOGUE, BREAK.name, BREAK)
    count, key, why = REFUSED[text]
    where = f"{'hours' if count == 'rows' else count} is not null"
    numerator = {"table": "break", "count": count, "where": where}
    one = entry(text, numerator=numerator, population_base="responsible", definition="As it is.",
                period_type="financial_year")  # fmt: skip
    found = [(problem.column, problem.rule) for problem in faults([one], lambda _: ())]
    assert [column for column, _ in found] == ([f"made.{key}"] if key else [])
    assert all(why in rule for _, rule in found)
    if one.kind.of_values and not key:
        assert one.multiplier == 1


def test_one_fewer_is_one_day_and_two_are_days() -> None:
    said = [words.value_text(value, "days", 0) for value in (-2, -1, 0, 1, 2)]
    assert said == ["−2 days", "−1 day", "0 days", "1 day", "2 days"]
    for value, text in zip((-2, -1, 1), said[:2] + said[3:4], strict=True):
        numbers = (math.nan, math.nan, float(value), *[math.nan] * 4)
        measure = Measure(numbers, "days", "", 0)
        assert text in accepted(measure, Cell("made"), "text")


@pytest.mark.parametrize("text", LEVELS)
def test_the_latest_figure_of_each_kind(text: str) -> None:
    value, sentence = LEVELS[text]
    count = {"table": "break", "count": "hours" if "mean" in text or "money" in text else "rows"}
    one = entry(text, numerator=count, population_base="responsible", period_type="financial_year")
    row = made.measure(one, 0, status="x", period="2024/25")
    shown = {**row, "status": "", "value": value, "numerator": value if one.kind.is_count else 50}
    view = made.view([shown], made.configuration(indicators={one.id: one}))
    assert plain(narrative.level(view, one)) == sentence


@pytest.mark.parametrize("text", SAID)
def test_who_is_counted_and_the_definition_follow_from_the_condition(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """Never “every” without what is asked of each: where that cannot be said, it is asked for."""
    monkeypatch.setitem(CATALOGUE, "break", BREAK)
    categories = shared.categories(ROOT)
    one = entry(text)
    assert (follows.population(one, categories), follows.definition(one, categories)) == SAID[text]
    whole = indicators._whole(one, "health", (), categories)
    assert [*indicators._lacks(whole)] == [
        key for key, said in zip(("definition", "population"), SAID[text][::-1], strict=True)
        if not said
    ]  # fmt: skip
    by_hand = entry(text, population="Breaks.", definition="Of breaks.")
    whole = indicators._whole(by_hand, "health", (), categories)
    assert (whole.population, whole.definition) == ("Breaks.", "Of breaks.")


def test_what_a_plain_condition_asks() -> None:
    assert asked("true") == ()
    assert asked("hours is not null AND kind = 'A b' and not open") == (
        Asked("hours", "recorded"), Asked("kind", "code", "A b"), Asked("open", "no"),
    )  # fmt: skip
    assert [*recorded("hours is not null and kind = 'A' and cost IS NOT NULL")] == ["hours", "cost"]
    for where in (
        "hours > 5", "a or b", "kind in ('A')", "kind <> 'A'", "a is null", "null", "not true",
        "(a and b)", "kind = 'A' or kind = 'B'", "coalesce(a, b)", "a = b", "",
    ):  # fmt: skip
        assert asked(where) is None, where
    # A code that holds a word of the language is not taken apart wrongly.
    assert asked("kind = 'Sit and play'") in (None, (Asked("kind", "code", "Sit and play"),))


@pytest.mark.parametrize(
    ("text", "value", "said"),
    [
        ("{title: Wait for a plan, kind: wait, unit: weeks, values: weeks, ended: ended}", 17,
         "17 weeks median of waits for a plan, 2024/25"),
        ("{title: Hours of a short break, kind: mean, unit: hours}", 5.12,
         "5.1 hours average for hours of a short break, 2024/25"),
        ("{title: Spending on short breaks, kind: money}", 259_700,
         "259,700 pounds spending on short breaks, 2024/25"),
        ("{title: Short breaks, kind: count}", 40, "40 short breaks, 2024/25"),
    ],
)  # fmt: skip
def test_a_number_in_large_print_says_what_it_is(text: str, value: float, said: str) -> None:
    count = {"table": "break", "count": "hours" if "mean" in text or "money" in text else "rows"}
    one = entry(text, numerator=count, population_base="responsible", period_type="financial_year")
    row = made.measure(one, 0, status="x", period="2024/25")
    shown = {**row, "status": "", "value": value, "numerator": value if one.kind.is_count else 50}
    view = made.view([shown], made.configuration(indicators={one.id: one}))
    number = chapters.key_number(view, one)
    assert number is not None
    assert f"{plain_text(number.number)} {plain_text(number.text)}" == said


def test_a_try_says_of_no_sum_that_it_is_rounded_where_it_is_not() -> None:
    money = entry("{title: Spending, kind: money, rounded_to: 100, id: money}",
                  numerator={"table": "break", "count": "cost"})  # fmt: skip
    count = entry("{title: Breaks, kind: count, id: count}", numerator={"table": "break"})
    config = made.configuration(indicators={one.id: one for one in (money, count)})
    values = {"indicator": ["money", "money", "count"], "numerator": [259_650.0, 49.0, 49.0]}
    rows = pd.DataFrame({**values, "value": values["numerator"]})
    found = trying._rounded(rows, config)
    assert found["value"].tolist() == found["numerator"].tolist() == [259_700.0, 0.0, 49.0]
    assert rows["value"].tolist() == values["numerator"]
