"""Topics: what their headings and sentences say is true of the figures, and none says it twice."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsna.model.indicators import Indicator
from jsna.model.questions import Needed, Question
from jsna.model.topics import Split, Topic
from jsna.report.sources import Register
from jsna.report.topics import page, saying, unknown
from jsna.report.topics.finding import finding
from jsna.view.answers import Answer
from jsna.view.comparison import against
from jsna.view.rows import Measures
from tests.unit import report_support as made

CONFIG = made.configuration()
PLAN = CONFIG.indicators["pupils_ehc_plan"]
TIMELY = CONFIG.indicators["ehc_plans_20_weeks"]
NEED = CONFIG.indicators["plan_primary_need"]
ENGLAND: dict[str, Any] = {"area": made.AREA.country.code, "geography": "national"}
RELEASE: dict[str, Any] = {"source": "ehcp_2025"}
NO_COUNTS = dict.fromkeys(
    ("numerator", "denominator", "lower_95", "upper_95", "lower_998", "upper_998"), math.nan
)


def of(*rows: dict[str, Any]) -> Measures:
    """A view of some rows."""
    return Measures(made.frame(rows), CONFIG)


def plan(x: float, of_: float, **more: Any) -> dict[str, Any]:
    """So many pupils with a plan of so many."""
    return made.measure(PLAN, x, of_, **more)


def heading(view: Measures, indicator: Indicator) -> str:
    """The heading of an indicator, as read."""
    return str(finding(view, indicator).text.striptags())


def pages(view: Measures) -> dict[str, page.TopicPage]:
    """Every page by the name of its topic."""
    register = Register(CONFIG, {})
    return {one.id: one for one in page.pages(view, {}, register)}


def test_a_duty_missed_is_the_heading_with_how_many_children() -> None:
    view = of(
        made.measure(TIMELY, 298, 1_720, period="2024"),
        made.measure(TIMELY, 100, 1_000, period="2024", **ENGLAND),
    )
    late = "In 2024, 1,422 of 1,720 new plans were issued later than the 20 weeks that the law"
    assert heading(view, TIMELY) == f"{late} allows"


def test_a_clear_difference_from_the_country_is_the_heading() -> None:
    view = of(plan(2_400, 40_000), plan(400_000, 8_000_000, **ENGLAND))
    said = "The share of pupils with an EHC plan was higher than in England: 6.0% against 5.0%"
    assert heading(view, PLAN) == said


def test_the_first_sentence_says_how_many_children_and_of_how_many() -> None:
    view = of(plan(2_400, 40_000))
    said = "In January 2025, there were 2,400 pupils with an EHC plan in Marrowshire: "
    assert saying.many(view, PLAN).striptags() == said + "6.0% of 40,000 pupils."


def test_where_no_number_was_published_that_is_said() -> None:
    row = {**plan(2_400, 40_000, **RELEASE), **NO_COUNTS, "method": "published"}
    told = saying.many(of(row), PLAN).striptags()
    assert told.endswith("6.0% in January 2025; the number behind it was not published.")
    again = saying.many(of(row), PLAN, known=True).striptags()
    assert again == "That was in January 2025; the number behind it was not published."


def test_a_full_count_is_set_beside_the_country_without_a_word_of_chance() -> None:
    """A census of pupils is no sample: who is higher is higher."""
    bare = {**NO_COUNTS, "method": "published"}
    view = of(
        {**plan(5_500, 100_000, **RELEASE), **bare},
        {**plan(5_300, 100_000, **ENGLAND, **RELEASE), **bare},
    )
    (told,) = saying.beside(view, PLAN, PLAN)
    assert told.striptags() == "This was higher than in England (5.3%)."


def test_a_published_rate_of_events_without_counts_is_not_called_higher_for_sure() -> None:
    rate = CONFIG.indicators["permanent_exclusion_rate"]
    bare = {**NO_COUNTS, "method": "published", "source": "ehcp_2025"}
    view = of(
        {**made.measure(rate, 24, 10_000, period="2023/24"), **bare},
        {**made.measure(rate, 13, 10_000, period="2023/24", **ENGLAND), **bare},
    )
    (told,) = saying.beside(view, rate, rate)
    assert "published as higher than in England (0.13 per 100)" in told.striptags()
    assert "higher" not in heading(view, rate)


def test_the_same_published_figure_is_called_the_same() -> None:
    rate = CONFIG.indicators["permanent_exclusion_rate"]
    bare = {**NO_COUNTS, "method": "published", "source": "ehcp_2025"}
    view = of(
        {**made.measure(rate, 13, 10_000, period="2023/24"), **bare},
        {**made.measure(rate, 13, 10_000, period="2023/24", **ENGLAND), **bare},
    )
    assert heading(view, rate).endswith("was 0.13 per 100, the same as in England")


shares = st.integers(200, 3_000)


@settings(deadline=None, max_examples=40)
@given(shares, shares)
def test_a_heading_calls_nothing_higher_or_lower_that_is_not(home: int, country: int) -> None:
    view = of(plan(home, 40_000), plan(country * 200, 8_000_000, **ENGLAND))
    one, other = view.rows(PLAN.id)
    text = heading(view, PLAN)
    for way in ("higher", "lower"):
        if f"was {way} than in England" in text:
            assert against(one, other) == way
    assert ("close to" in text) == (against(one, other) == "similar")


def test_the_most_common_need_is_named_only_where_it_is_clear() -> None:
    def needs(*counts: int) -> Measures:
        codes = ("ASD", "SLCN", "SEMH")
        return of(
            *(
                made.measure(NEED, x, 1_000, dims={"primary_need": code})
                for code, x in zip(codes, counts, strict=True)
            )
        )

    assert heading(needs(500, 200, 100), NEED).startswith("The most common need is autis")
    alike = heading(needs(335, 333, 332), NEED)
    assert "most common" not in alike


def test_a_part_is_told_with_its_number_and_the_countrys_share() -> None:
    asd = {"dims": {"primary_need": "ASD"}}
    slcn = {"dims": {"primary_need": "SLCN"}}
    view = of(
        made.measure(NEED, 500, 1_000, **asd),
        made.measure(NEED, 200, 1_000, **slcn),
        made.measure(NEED, 3_000, 10_000, **asd, **ENGLAND),
    )
    told = saying.many(view, NEED).striptags()
    assert told.startswith("That is 500 of 1,000 ")
    assert told.endswith("; in England the share is 30.0%.")


def test_none_is_a_number_too() -> None:
    told = saying.many(of(plan(0, 3_681)), PLAN).striptags()
    assert "not published" not in told
    assert "(0 of 3,681)" in told


def test_groups_that_nothing_tests_are_set_beside_the_countrys() -> None:
    good = CONFIG.indicators["good_level_of_development"]
    split = Split(measure=good.id, by="sen_provision")
    rows = [
        {**made.measure(good, n, 100, dims={"sen_provision": code}, **more), **NO_COUNTS}
        for code, home, country in (("ehc_plan", 11, 4), ("sen_support", 36, 26))
        for n, more in ((home, {}), (country, ENGLAND))
    ]
    said = saying.each(of(*rows), split)
    assert said is not None
    assert "11.0% (England 4.0%) for " in said.striptags()
    assert "36.0% (England 26.0%) for " in said.striptags()
    assert saying.each(of(*rows[:1]), split) is None


def test_a_newer_figure_leads_where_the_first_is_old() -> None:
    all_, young = (CONFIG.indicators[name] for name in ("population_0_25", "population_0_17"))
    view = of(made.measure(all_, 900, period="2020"), made.measure(young, 700, period="2024"))
    found = pages(view)["where_children_live"]
    assert found.headline.id == "population_0_17"
    assert "700" in found.heading.striptags()


def test_a_later_figure_that_is_hidden_is_told() -> None:
    rows = [plan(900, 10_000, period="2024"), plan(math.nan, math.nan, period="2025", status="c")]
    said = saying.hidden(of(*rows), PLAN)
    assert said is not None
    assert said.striptags() == (
        "The figure for January 2025 is hidden, so that no child can be recognised."
    )
    assert saying.hidden(of(rows[0]), PLAN) is None


def test_what_no_question_takes_is_missing_from_its_own_topic() -> None:
    open_ = Needed(what="requests open now", source="the council", topic="plans_in_time")
    (only,) = unknown.gaps(CONFIG, [], {"plans_in_time"}, [open_])
    assert only.title == CONFIG.topics["plans_in_time"].title
    assert only.missing == (("the council", ("requests open now",)),)


def test_two_inequalities_are_told_and_the_heading_is_of_the_headline(
    every: dict[str, page.TopicPage],
) -> None:
    """Of one measure by SEN and of another by deprivation both stand in the text."""
    told = every["mental_health"]
    text = " ".join(s.striptags() for s in (told.heading, *told.story))
    assert "pupils seen by mental health services" in text
    assert "most deprived tenth" in text


def test_a_figure_that_is_missing_stands_under_its_own_topic() -> None:
    eleven = Needed(what="attainment at 11", source="the department", topic="learning")
    question = Question(asks="Does it cover all?", asked="somebody", takes=("eleven",))
    found = unknown.gaps(CONFIG, [Answer("S5", question, (), (eleven,))], {"learning"})
    assert [one.title for one in found] == [CONFIG.topics["learning"].title]


@pytest.mark.parametrize("headline", [("plans_by_setting", "plans"), ("plans",)])
def test_the_first_headline_with_a_figure_has_the_page(headline: tuple[str, ...]) -> None:
    plans = CONFIG.indicators["plans"]
    topic = Topic(title="Plans", question="How many?", headline=headline)
    view = Measures(
        made.frame([made.measure(plans, 900)]), replace(CONFIG, topics={"plans": topic})
    )
    (only,) = page.pages(view, {}, Register(CONFIG, {}))
    assert only.headline.id == "plans"
    assert "900" in only.heading.striptags()


def test_a_topic_whose_headline_is_hidden_has_no_page() -> None:
    view = of(plan(math.nan, math.nan, status="c"))
    assert "having_a_plan" not in pages(view)


@pytest.fixture(scope="module")
def every() -> dict[str, page.TopicPage]:
    """The pages of an edition that has every indicator."""
    return pages(Measures(made.whole_edition(CONFIG), CONFIG))


def test_every_topic_with_measures_has_its_page_in_order(every: dict[str, page.TopicPage]) -> None:
    assert [*every] == [name for name, one in CONFIG.topics.items() if one.headline]
    assert [one.number for one in every.values()] == [*range(1, len(every) + 1)]


def test_no_page_says_a_sentence_twice_and_no_two_have_one_heading(
    every: dict[str, page.TopicPage],
) -> None:
    headings = [one.heading.striptags() for one in every.values()]
    assert len({*headings}) == len(headings)
    for one in every.values():
        told = [s.striptags() for s in (one.lead, *one.comparison, *one.story, one.places) if s]
        assert len({*told}) == len(told)
        assert one.heading.striptags() + "." not in told


def test_every_page_says_how_many_and_names_its_sources(every: dict[str, page.TopicPage]) -> None:
    for one in every.values():
        assert one.lead or any(letter.isdigit() for letter in one.heading.striptags()), one.id
        assert one.notes.texts, one.id
        assert one.topic.meaning and one.topic.ask, one.id


def test_what_is_missing_is_named_once_by_who_would_have_to_give_it() -> None:
    spend = Needed(what="spending on places", source="the council’s finance team")
    miles = Needed(what="miles from home", source="the council’s finance team")
    question = Question(asks="What is spent?", asked="somebody", takes=("spend", "miles"))
    answer = Answer("L16", question, (), (spend, miles))
    again = Answer("L1", question, (), (spend,))
    found = unknown.gaps(CONFIG, [answer, again], {"where_children_live", "having_a_plan"})
    (only,) = found
    assert only.title == CONFIG.topics["money_and_transport"].title
    assert only.missing == (("the council’s finance team", (spend.what, miles.what)),)
