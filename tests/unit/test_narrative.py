"""Sentences say what the intervals bear out, and nothing else."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsna.model.indicators import Indicator
from jsna.model.releases import Figure, Release, ReleaseTable
from jsna.report import (
    breakdowns,
    changes,
    comparing,
    deprivation,
    groups,
    lede,
    messages,
    metadata,
    narrative,
)
from jsna.view import comparison as compare
from jsna.view.gradients import gradient
from jsna.view.groups import Groups
from jsna.view.rows import Measures
from tests.tried import tried
from tests.unit import report_support as made

INDICATORS = made.configured()[0]
PLAN = INDICATORS["pupils_ehc_plan"]
COUNT = INDICATORS["plans"]
TIMELY = INDICATORS["ehc_plans_20_weeks"]
NEEDS = INDICATORS["plan_primary_need"]
ENGLAND = {"area": "E92000001", "geography": "national"}
#: 5.5 % of pupils.
HOME = made.measure(PLAN, 2_200, 40_000)
SIMILAR = {"area": "neighbours", "geography": "neighbours"}


def plain(sentence: narrative.Sentence | None) -> str:
    """The words of a sentence without its marks."""
    assert sentence is not None
    return plain_text(sentence.text)


def plain_text(text: str) -> str:
    """Words without their marks."""
    return re.sub(r"<[^>]+>", "", str(text))


def of(rows: list[dict[str, Any]]) -> Measures:
    return made.view(rows)


def yearly(
    indicator: Indicator, counts: dict[str, int], of_: float = math.nan, **more: Any
) -> list[dict[str, Any]]:
    """Counts of an indicator by period."""
    return [made.measure(indicator, n, of_, period=p, **more) for p, n in counts.items()]


def change(rows: list[dict[str, Any]], indicator: Indicator = PLAN) -> str:
    return plain(changes.change(of(rows), indicator))


def slope(rows: list[dict[str, Any]]) -> narrative.Sentence:
    """What is said of rows by tenth of deprivation."""
    view = of(rows)
    [sentence], _ = deprivation.slope(view, PLAN, "imd_decile", view.rows(PLAN.id))
    return sentence


def national(percent: float) -> dict[str, Any]:
    return made.measure(PLAN, percent * 80_000, 8_000_000, **ENGLAND)


def test_the_level_names_value_period_and_counts() -> None:
    view = of([HOME])
    assert plain(narrative.level(view, PLAN)) == (
        "In Marrowshire, the share of pupils with an EHC plan was 5.5% in January 2025 "
        "(2,200 of 40,000)."
    )


def test_a_count_of_one_is_no_plural() -> None:
    many, one = of([made.measure(COUNT, 12_317)]), of([made.measure(COUNT, 1)])
    assert "there were 12,317 EHC plans in January 2025" in plain(narrative.level(many, COUNT))
    assert "the number of EHC plans was 1 in January 2025" in plain(narrative.level(one, COUNT))


def test_a_rate_of_one_day_names_the_day_and_whom_it_is_divided_by() -> None:
    """402,400 in need on 31 March is not 704,430 in the year."""
    need = INDICATORS["children_in_need"]
    row = made.measure(need, 7_000, 234_000, period="2025")
    said = plain(narrative.level(of([row]), need))
    assert said.endswith("was 299.1 per 10,000 children aged 0 to 17 on 31 March 2025.")
    looked_after = INDICATORS["children_looked_after"]
    assert looked_after.period_type == "31_march"
    assert looked_after.population_base == "responsible"


def test_a_caution_stands_only_under_the_figures_it_is_true_of() -> None:
    suspended = INDICATORS["suspended_pupils"]
    local = made.measure(suspended, 500, 40_000, period="2023/24")
    official = {**local, "source": "official:exclusions_release"}
    said = [metadata.caution(suspended, of(rows)) for rows in ([local], [official])]
    assert "January roll" in said[0]
    assert "Everyone suspended" not in said[0]
    assert "joined after" not in said[1]
    assert "Everyone suspended" in said[1]
    pupils = INDICATORS["pupils_ehc_plan"]
    both = [made.measure(pupils, 2_200, 40_000), national(5.3)]
    beside = pupils.caveats.beside
    assert beside
    assert beside not in metadata.caution(pupils, of(both[:1]))
    both[1]["source"] = "official:sen_census"
    assert beside in metadata.caution(pupils, of(both))


def test_a_caution_of_one_release_is_said_of_its_figures_alone() -> None:
    plans = INDICATORS["plans"]
    table = ReleaseTable(period_type="january", figures={"plans": Figure(value="n")})
    other = table.model_copy(update={"caveat": "Down's syndrome is counted under other needs."})
    words = {"publisher": "P", "title": "Plans", "licence": "OGL", "file": "f", "dataset": "ehcp"}
    older, newer = (
        Release(id=f"ehcp_{year}", release=f"{year}", tables={"needs": one}, **words)
        for year, one in (("2025", other), ("2026", table))
    )
    config = replace(of([]).config, releases={"ehcp": (newer, older)})
    rows = [
        {**made.measure(plans, 900, period=one.release), "source": one.id} for one in (older, newer)
    ]
    said = [
        metadata.caution(plans.model_copy(update={"caveat": ""}), Measures(frame, config))
        for frame in (made.frame(shown) for shown in (rows[:1], rows[1:], rows))
    ]
    assert said == [other.caveat, "", f"Plans, 2025: {other.caveat}"]


def test_every_number_carries_its_measure_key_and_field() -> None:
    view = of([HOME])
    sentence = narrative.level(view, PLAN)
    assert sentence is not None
    key = "pupils_ehc_plan~E10000951~authority~2025~january~total~total~"
    marks = re.findall(
        r'<data value="([^"]+)" data-measure="([^"]+)" data-field="([^"]+)">', str(sentence.text)
    )
    assert marks == [
        ("5.5", key, "value"),
        ("2200", key, "numerator"),
        ("40000", key, "denominator"),
    ]
    # A year is no measure; every other figure of the sentence is inside a mark.
    left = re.sub(r"<data.*?</data>", "", str(sentence.text)).replace("2025", "")
    assert not re.search(r"\d", left)


def test_a_hidden_total_is_said_in_words_and_never_as_a_number() -> None:
    view = of([made.measure(PLAN, 0, status="c")])
    text = plain(narrative.level(view, PLAN))
    assert "hidden to protect confidentiality" in text
    assert not re.search(r"\d", text.replace("2025", ""))


@pytest.mark.parametrize(
    ("england", "word"), [(5.0, "higher than England"), (6.0, "lower than England")]
)
def test_a_clear_difference_is_named(england: float, word: str) -> None:
    sentence = comparing.comparison(of([HOME, national(england)]), PLAN)
    assert word in plain(sentence)
    assert sentence is not None
    assert sentence.clear


def test_a_difference_within_chance_is_similar_however_the_points_lie() -> None:
    # 5.5% of 400 has a 95% interval of about 3.7 to 8.2.
    sentence = comparing.comparison(of([made.measure(PLAN, 22, 400), national(5.0)]), PLAN)
    assert plain(sentence) == "This was similar to England (5.0%)."
    assert sentence is not None
    assert not sentence.clear


def test_without_an_interval_nothing_is_claimed() -> None:
    home = HOME | dict.fromkeys(("lower_95", "upper_95", "lower_998", "upper_998"), math.nan)
    text = plain(comparing.comparison(of([home, national(1.0)]), PLAN))
    assert text == "For comparison, the figure was 1.0% in England."


def test_an_older_comparator_is_compared_in_its_own_period() -> None:
    rows = yearly(PLAN, {"2025": 2_200, "2024": 1_600}, 40_000)
    rows += yearly(PLAN, {"2024": 400_000}, 8_000_000, **ENGLAND)
    text = plain(comparing.comparison(of(rows), PLAN))
    assert text.startswith("In January 2024, the latest with figures elsewhere, it was 4.0%")
    assert "lower than England (5.0%)" in text
    assert "5.5%" not in text


def test_counts_are_never_compared_with_a_larger_place() -> None:
    rows = [made.measure(COUNT, 12_317), made.measure(COUNT, 638_745, **ENGLAND)]
    assert comparing.comparison(of(rows), COUNT) is None


def test_polarity_is_said_only_beside_a_clear_difference() -> None:
    far = yearly(TIMELY, {"2024": 298}, 1_720)
    far += yearly(TIMELY, {"2024": 41_500}, 90_392, **ENGLAND)
    near = [*yearly(TIMELY, {"2024": 9}, 20), far[1]]
    assert plain(comparing.polarity(of(far), TIMELY)) == "On this measure, higher is better."
    assert comparing.polarity(of(near), TIMELY) is None


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (1_600, "It rose from 4.0% in January 2024."),
        (3_000, "It fell from 7.5% in January 2024."),
        # Newcombe's interval of 2,200 less 2,180 of 40,000: -0.27 to 0.37 per cent.
        (
            2_180,
            "There was no clear change from 5.5% in January 2024 (95% interval of the difference "
            "−0.3 to 0.4 percentage points).",
        ),
    ],
)
def test_change_needs_an_interval_of_the_difference_without_nought(before: int, said: str) -> None:
    assert change([*yearly(PLAN, {"2024": before}, 40_000), HOME]) == said


def test_a_slow_rise_is_seen_over_the_whole_series() -> None:
    counts = {str(year): 1_600 + 100 * (year - 2019) for year in range(2019, 2026)}
    assert change(yearly(PLAN, counts, 40_000)) == (
        "It changed little from 5.3% in January 2024, but has risen since January 2019 (4.0%)."
    )


def official(x: int, of_: int, period: str, **changes: str) -> dict[str, Any]:
    """An official figure as the auditor leaves it."""
    return {**made.measure(PLAN, x, of_, period=period, source="lait_2025"), **changes}


def test_nothing_is_said_of_a_change_across_a_break() -> None:
    """As residential placements: 57 by totals in 2022, 0 by records of each child in 2023."""
    before = official(2_000, 10_000, "2024")
    after = official(100, 10_000, "2025", segment="2025")
    view = of([before, after])
    told = "Earlier figures were counted in another way and are not compared."
    assert plain(changes.change(view, PLAN)) == told
    assert changes.latest_change(view, PLAN) is None
    assert compare.differ(*reversed(view.series(PLAN.id))) == "unknown"
    since = official(90, 10_000, "2026", segment="2025")
    assert "20.0%" not in change([before, after, since])


LOCAL = {"segment": "local"}


def test_a_local_figure_counted_otherwise_is_set_beside_no_official_one() -> None:
    """Independent schools are among those of England, and not in the council's own census."""
    here = {**HOME, **LOCAL}
    found = comparing.comparison(of([here, national(4)]), PLAN)
    assert plain(found) == (
        "Counted in another way, and so not to be compared, the published figure was 4.0% in "
        "England."
    )
    assert found is not None and not found.clear
    assert comparing.polarity(of([here, national(4)]), PLAN) is None
    assert messages.against_country(of([here, national(4)]), PLAN) is None
    neighbours = [
        made.measure(PLAN, x, 10_000, area=place.code)
        for x, place in zip((300, 310, 320), made.AREA.neighbours, strict=False)
    ]
    rows = [here, national(4), *neighbours, made.measure(PLAN, 310, 10_000, **SIMILAR)]
    assert "neighbours" not in plain(comparing.comparison(of(rows), PLAN))
    alike = [{**row, "segment": ""} for row in rows]
    assert "neighbours it was" in plain(comparing.comparison(of(alike), PLAN))


def test_the_latest_published_figure_counted_alike_is_compared_instead() -> None:
    earlier = {**national(4), "period": "2024", "source": "lait_2025"}
    rows = [{**HOME, **LOCAL}, national(3), official(2_200, 40_000, "2024"), earlier]
    assert plain(comparing.comparison(of(rows), PLAN)) == (
        "Counted in another way, and so not to be compared, the published figure was 3.0% in "
        "England. In January 2024, the latest counted as elsewhere, the published figure was 5.5%: "
        "higher "
        "than England (4.0%)."
    )


def test_a_jump_is_not_headlined_and_its_level_is() -> None:
    """As 20 weeks in Lancashire: 80.4 % and then 17.3 %, which is true and is the story."""
    rows = [official(8_040, 10_000, "2024"), official(1_730, 10_000, "2025", mark="jump")]
    england = official(4_590, 10_000, "2025", area_code="E92000001", geography="national")
    view = of([*rows, england])
    assert changes.latest_change(view, PLAN) is None
    assert messages.change(view, PLAN) is None
    assert plain(changes.change(view, PLAN)) == (
        "The figure in January 2024 was 80.4%; a change of this size is to be confirmed."
    )
    found = messages.against_country(view, PLAN)
    assert found is not None
    assert "17.3%" in found.text


def test_a_zero_in_doubt_is_compared_with_nothing() -> None:
    rows = [official(2_000, 10_000, "2024"), official(0, 10_000, "2025", mark="zero")]
    england = official(4_590, 10_000, "2025", area_code="E92000001", geography="national")
    view = of([*rows, england])
    assert messages.against_country(view, PLAN) is None
    assert "fell" not in plain(changes.change(view, PLAN))
    assert not plain(comparing.comparison(view, PLAN)).startswith("This was lower")


def test_counts_of_events_change_by_more_than_chance() -> None:
    asked = INDICATORS["ehc_requests"]
    near, far = (yearly(asked, {"2023": 100, "2024": count}) for count in (110, 140))
    assert "no clear change" in change(near, asked)
    assert "The number rose from 100" in change(far, asked)


def test_how_many_there_are_on_a_day_is_compared_as_it_is_and_an_estimate_not_at_all() -> None:
    rows = yearly(COUNT, {"2024": 100, "2025": 110})
    assert change(rows, COUNT) == "The number rose from 100 in January 2024."
    # What may be chance is not put among the changes that stand out.
    assert changes.latest_change(of(rows), COUNT) is None
    # One pupil fewer is no news.
    few = change(yearly(COUNT, {"2024": 100, "2025": 96}), COUNT)
    assert few == "There was no clear change from 100 in January 2024."
    assert change(yearly(COUNT, {"2024": 100, "2025": 95}), COUNT).startswith("The number fell")
    people = INDICATORS["population_0_17"]
    rows = yearly(people, {"2023": 90_000, "2024": 99_000})
    assert change(rows, people) == "The figure in mid-2023 was 90,000."
    assert changes.latest_change(of(rows), people) is None


def deciles(shares: list[float], size: int = 4_000) -> list[dict[str, Any]]:
    return [
        made.measure(PLAN, round(size * share), size, dims={"imd_decile": str(n)})
        for n, share in enumerate(shares, 1)
    ]


def test_a_gradient_is_reported_from_both_ends() -> None:
    assert plain(slope(deciles([0.09 - 0.005 * n for n in range(10)]))) == (
        "The share of pupils with an EHC plan was higher in the most deprived tenth of "
        "neighbourhoods (9.0%) than in the "
        "least deprived tenth (4.5%)."
    )


def test_an_effect_of_zero_leaves_no_claim_and_no_number() -> None:
    sentence = slope(deciles([0.055] * 10))
    assert not sentence.clear
    assert plain(sentence) == (
        "There was no clear gradient by deprivation (99.8% interval of the gap along a straight "
        "line −1.2 to 1.2 percentage points)."
    )
    near = slope(deciles([0.055] * 9 + [0.054]))
    assert plain(near) == (
        "There was no clear gradient by deprivation: 5.5% in the most deprived tenth and 5.4% in "
        "the least deprived tenth (99.8% interval of the gap along a straight line −1.2 to 1.3 "
        "percentage points)."
    )


def test_two_odd_ends_are_no_gradient() -> None:
    # The ends differ clearly, but between them figures run the other way.
    view = of(deciles([0.08, 0.03, 0.035, 0.04, 0.045, 0.05, 0.055, 0.06, 0.065, 0.05]))
    found = gradient(view.rows(PLAN.id), "imd_decile")
    assert found is not None
    assert found.verdict == "similar"


def test_a_missing_end_names_the_group_that_is_there() -> None:
    rows = deciles([0.09 - 0.005 * n for n in range(10)])
    rows[0] = made.measure(PLAN, 0, dims={"imd_decile": "1"}, status="c")
    assert "the second most deprived tenth" in plain(slope(rows))


@tried(40)
@given(st.lists(st.integers(0, 400), min_size=10, max_size=10))
def test_a_gradient_never_contradicts_its_ends(counts: list[int]) -> None:
    view = of(deciles([c / 4_000 for c in counts]))
    found = gradient(view.rows(PLAN.id), "imd_decile")
    assert found is not None
    if found.verdict == "higher":
        assert found.most.value > found.least.value
    elif found.verdict == "lower":
        assert found.most.value < found.least.value


def places(shares: list[float], size: int) -> list[dict[str, Any]]:
    return [
        made.measure(PLAN, round(size * s), size, area=place.code, geography="district")
        for place, s in zip(made.AREA.localities, shares, strict=True)
    ]


def test_localities_stand_out_by_the_stricter_limits() -> None:
    rows = [HOME, *places([0.08, 0.055, 0.055, 0.03], 10_000)]
    view = of(rows)
    [sentence], _ = breakdowns.places(view, PLAN, view.breakdown(PLAN.id, ["locality"]))
    assert plain(sentence) == (
        "Ablecote (8.0%) was clearly above Marrowshire as a whole. Dunmarsh (3.0%) was clearly "
        "below it."
    )


def test_a_locality_outside_95_but_inside_998_does_not_stand_out() -> None:
    # 6.5% of 2,500, from 5.5% of 40,000: 2.1 standard errors by Wilson's limits.
    rows = [HOME, *places([0.065, 0.055, 0.055, 0.055], 2_500)]
    view = of(rows)
    found = view.breakdown(PLAN.id, ["locality"])
    average = view.series(PLAN.id)[0]
    assert compare.against(found[0], average) == "higher"
    [sentence], _ = breakdowns.places(view, PLAN, found)
    assert "No district was clearly above or below" in plain(sentence)


@pytest.mark.parametrize(("number", "verdict"), [(1, "unknown"), (4, "unknown"), (5, "higher")])
def test_of_few_it_is_not_said_that_they_are_more_than_none(number: int, verdict: str) -> None:
    """An interval round one child of 347 leaves out 0, whoever is compared with whom."""
    view = of([made.measure(PLAN, number, 347), *places([0.0, 0.0, 0.0, 0.0], 2_500)])
    none = view.breakdown(PLAN.id, ["locality"])[0]
    assert compare.against(view.series(PLAN.id)[0], none) == verdict


def needs(shares: dict[str, int], total: int = 12_317) -> Measures:
    return of([made.measure(NEEDS, x, total, dims={"primary_need": n}) for n, x in shares.items()])


def test_the_largest_need_is_named_only_where_it_is_clearly_the_largest() -> None:
    view = needs({"ASD": 4_290, "SLCN": 2_592, "SEMH": 2_435, "MLD": 500})
    sentence = breakdowns.largest(view, NEEDS, "primary_need", view.rows(NEEDS.id))
    assert plain(sentence) == (
        "The most common primary need of EHC plans was autistic spectrum disorder (34.8%), "
        "followed by speech, language and communication needs (21.0%), of 12,317 in all."
    )
    tied = needs({"ASD": 4_290, "SLCN": 4_280, "MLD": 500})
    sentence = breakdowns.largest(tied, NEEDS, "primary_need", tied.rows(NEEDS.id))
    assert "with no clear difference between them" in plain(sentence)


def test_of_two_groups_that_do_not_differ_it_is_said_that_they_do_not() -> None:
    view = of(
        [made.measure(COUNT, n, dims={"sex": sex}) for sex, n in (("M", 2_559), ("F", 2_436))]
    )
    sentence = breakdowns.largest(view, COUNT, "sex", view.rows(COUNT.id))
    assert plain(sentence) == (
        "There was no clear difference between boys and young men (2,559) and girls and young "
        "women (2,436)."
    )


def test_hidden_figures_of_a_breakdown_are_counted_in_words() -> None:
    rows = deciles([0.05] * 10)
    rows[3] = made.measure(PLAN, 0, dims={"imd_decile": "4"}, status="c")
    text = plain(breakdowns.hidden(of(rows), PLAN))
    assert text == (
        "Hidden to protect confidentiality: one of the ten figures by deprivation tenth."
    )


def test_every_declared_indicator_gets_its_sentences() -> None:
    config, frame = made.whole()
    view = Measures(frame, config)
    silent = [
        i.id
        for i in config.indicators.values()
        if not changes.headline(view, i) and not breakdowns.sentences(view, i)
    ]
    assert silent == []


def test_prose_never_counts_one_of_many_or_leaves_a_gap() -> None:
    config, frame = made.whole()
    view = Measures(frame, config)
    for indicator in config.indicators.values():
        for sentence in changes.headline(view, indicator) + breakdowns.sentences(view, indicator):
            text = plain(sentence)
            assert text.endswith("."), text
            assert "  " not in text, text
            assert "nan" not in text.lower().split(), text
            assert not re.search(r"(?<![.\d])1 \w+s\b", text), text
            assert not re.search(r"[{}]|\.\.", text), text


def test_a_new_indicator_needs_no_template() -> None:
    new = Indicator.model_validate(
        {**PLAN.model_dump(), "id": "pupils_brand_new", "phrase": "pupils with something new"}
    )
    view = made.view([made.measure(new, 100, 1_000)], made.configuration(indicators={new.id: new}))
    assert "pupils with something new was 10.0%" in plain(narrative.level(view, new))


def test_a_mean_is_told_as_an_average_with_no_counts_behind_it() -> None:
    age = {"kind": "mean", "method": "mean_t", "unit": "mean", "multiplier": 1.0, "decimals": 1}
    mean = Indicator.model_validate(
        {**PLAN.model_dump(), **age, "id": "mean_age", "phrase": "age of pupils with an EHC plan"}
    )
    row = made.measure(PLAN, 36, 100)
    row |= {"indicator": mean.id, "unit": "mean", "method": "mean_t", "numerator": 1_086}
    rows = [{**row, "value": 10.86, "lower_95": 9.5, "upper_95": 12.2}]
    view = made.view(rows, made.configuration(indicators={mean.id: mean}))
    text = plain(narrative.level(view, mean))
    assert "the average for age of pupils with an EHC plan was 10.9 in January 2025." in text
    assert narrative.noun(mean) == "the average for age of pupils with an EHC plan"


def test_a_local_count_is_not_compared_with_an_official_one() -> None:
    rows = yearly(COUNT, {"2023": 9_000}, source="ehcp_2025") + yearly(COUNT, {"2025": 12_317})
    assert changes.change(of(rows), COUNT) is None
    rows += yearly(COUNT, {"2024": 11_000})
    assert change(rows, COUNT) == "The number rose from 11,000 in January 2024."


def test_a_handful_of_pupils_is_not_called_the_highest_group() -> None:
    rows = [
        made.measure(PLAN, x, n, dims={"year_group": year})
        for year, x, n in (("1", 40, 1_000), ("2", 90, 1_000), ("14", 5, 5))
    ]
    view = of(rows)
    [sentence], _ = groups.groups(view, PLAN, "year_group", view.rows(PLAN.id))
    assert "Year 14" not in plain(sentence)
    assert "Year 2 (9.0%)" in plain(sentence)


def test_two_groups_are_compared_as_two() -> None:
    rows = [made.measure(COUNT, n, dims={"sex": s}) for s, n in (("F", 3_459), ("M", 8_858))]
    view = of(rows)
    sentence = breakdowns.largest(view, COUNT, "sex", view.rows(COUNT.id))
    assert plain(sentence) == (
        "There were more for boys and young men (8,858) than for girls and young women (3,459)."
    )


def test_the_lede_says_what_is_clear_and_says_when_nothing_is() -> None:
    clear = of([HOME, national(5.0), *deciles([0.09 - 0.005 * n for n in range(10)])])
    text = plain_text(lede.lede(clear, [PLAN]))
    assert text == (
        "In Marrowshire, the share of pupils with an EHC plan was 5.5% in January 2025, higher "
        "than England (5.0%). The share of pupils with an EHC plan was higher in the most deprived "
        "tenth of neighbourhoods (9.0%) than in the least deprived tenth (4.5%)."
    )
    flat = of([HOME, national(5.45), *deciles([0.055] * 10)])
    text = plain_text(lede.lede(flat, [PLAN]))
    assert text.endswith("No overall figure in this chapter differs clearly from that of England.")
    assert "higher" not in text


def test_official_figures_before_a_lone_local_one_are_compared_among_themselves() -> None:
    rows = yearly(COUNT, {"2019": 7_000, "2023": 9_000}, source="ehcp_2025")
    text = change([*rows, made.measure(COUNT, 12_317)], COUNT)
    assert text == "Published figures rose from 7,000 in January 2019 to 9,000 in January 2023."


def test_findings_are_ranked_and_only_clear_ones_are_claimed() -> None:
    late = INDICATORS["good_level_of_development"]
    rows = [HOME, national(5.0), *yearly(late, {"2024": 300}, 1_700)]
    rows += yearly(late, {"2024": 450}, 1_000, **ENGLAND)
    found = messages.findings(of(rows), [PLAN, late])
    assert [(f.kind, f.indicator.id) for f in found] == [
        ("worse", "good_level_of_development"),
        ("differs", "pupils_ehc_plan"),
    ]
    assert found[0].score.total > found[1].score.total
    assert "was 17.6% in " in plain_text(found[0].sentence)
    assert plain_text(found[0].sentence).endswith(", lower than England (45.0%).")
    # 17.6 % of 1,700 are 300; at England's 45 % it were 765.
    assert "(300 of 1,700)" in plain_text(found[0].text)
    assert "about 465 fewer than at England’s rate" in plain_text(found[0].text)
    # Figures published without counts are listed as unlike, never as higher or lower.
    none = dict.fromkeys(("lower_95", "upper_95", "lower_998", "upper_998"), math.nan)
    untested = messages.findings(of([row | none for row in rows]), [PLAN, late])
    assert [f.kind for f in untested] == ["untested", "untested"]
    assert all("er than" not in plain_text(f.sentence) for f in untested)


def test_a_clear_difference_of_next_to_nothing_stands_out_in_no_list() -> None:
    """6.6 % to 6.7 % of very many is clear, and no news; 97 % to 99 % is, by those left out."""
    sizes = (66_000, 67_000), (970_000, 990_000), (50_000, 53_000)
    for (before, after), told in zip(sizes, (False, True, True), strict=True):
        view = of(yearly(PLAN, {"2024": before, "2025": after}, 1_000_000))
        assert changes.latest_change(view, PLAN) is not None
        assert (messages.change(view, PLAN) is not None) == told


def test_two_ways_of_counting_one_thing_are_listed_once() -> None:
    every = TIMELY
    some = INDICATORS["ehc_plans_20_weeks_excluding_exceptions"]
    rows = [row for i in (every, some) for row in yearly(i, {"2024": 200}, 1_000)]
    rows += [row for i in (every, some) for row in yearly(i, {"2024": 500}, 1_000, **ENGLAND)]
    found = messages.findings(of(rows), [every, some])
    assert [(f.kind, f.indicator.id) for f in found] == [("duty", every.id)]


BY_NEED = INDICATORS["plans_residential"]


def said(indicator: Indicator, rows: list[dict[str, Any]], **more: Any) -> str:
    """Everything said of an indicator's breakdowns."""
    view = of(rows)
    shown = view.config.indicators[indicator.id]
    return " ".join(plain(s) for s in breakdowns.sentences(view, shown, **more))


def by(
    indicator: Indicator, dimension: str, counts: dict[str, tuple[int, int] | None]
) -> list[dict[str, Any]]:
    """Rows of one breakdown beside a total; None is hidden."""
    rows = [measured(indicator, pair, {dimension: code}) for code, pair in counts.items()]
    return [made.measure(indicator, 2_000, 40_000), *rows]


def measured(
    indicator: Indicator, pair: tuple[int, int] | None, dims: dict[str, str]
) -> dict[str, Any]:
    if pair is None:
        return made.measure(indicator, 0, dims=dims, status="c")
    return made.measure(indicator, *pair, dims=dims)


def test_no_clear_difference_is_said_of_those_shown_alone() -> None:
    alike: dict[str, tuple[int, int] | None] = {"N": (50, 1_000), "K": (52, 1_000)}
    rate = INDICATORS["permanent_exclusion_rate"]
    whole = said(rate, by(rate, "sen_provision", {**alike, "E": (51, 1_000)}))
    assert whole == "There was no clear difference by SEN provision."
    part = said(rate, by(rate, "sen_provision", {**alike, "E": None}))
    assert part.startswith("Of those shown, there was no clear difference by SEN provision.")
    lone = said(rate, by(rate, "sen_provision", {"N": (50, 1_000), "K": None, "E": None}))
    assert lone.startswith("Too few figures by SEN provision can be shown to compare them.")
    assert "no clear difference" not in lone


def test_of_two_groups_shown_beside_a_hidden_one_it_is_said_that_they_are_those_shown() -> None:
    rate = INDICATORS["permanent_exclusion_rate"]
    text = said(rate, by(rate, "sen_provision", {"N": (10, 1_000), "K": (90, 1_000), "E": None}))
    assert text.startswith("Of those shown, it was higher for pupils with SEN support (9.00 per")


def test_noughts_too_uncertain_to_differ_do_not_stand_for_those_that_do() -> None:
    # 0 of 245 reaches to 1.5%; 0 of 2,659 to 0.14%, below the lower limit of 15 of 2,698, 0.34%.
    known = {"SEMH": (15, 2_698), "ASD": (15, 3_954), "SLCN": (0, 2_659)}
    text = said(BY_NEED, by(BY_NEED, "primary_need", {**known, "SPLD": (0, 245)}))
    assert text == (
        "By primary need, it was clearly higher for social, emotional and mental health (0.56%) "
        "than for speech, language and communication needs (0.00%)."
    )


@tried(60)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(60, 4_000)), min_size=2, max_size=6),
)
def test_no_pair_differs_where_none_is_said_to(counts: list[tuple[int, int]]) -> None:
    rows = of(
        [
            made.measure(BY_NEED, x, n, dims={"primary_need": code})
            for code, (x, n) in zip(
                ("ASD", "SLCN", "SEMH", "MLD", "HI", "VI"), counts, strict=False
            )
        ]
    ).rows(BY_NEED.id)
    found = Groups(rows, BY_NEED, every=True)
    clear = [(a, b) for a in rows for b in rows if found.differ(a, b) == "higher"]
    assert (found.furthest in clear) if clear else found.furthest is None
    # One by one more may differ, but none that the breakdown says would not.
    assert all(compare.differ(a, b) == "higher" for a, b in clear)


def test_a_very_small_group_that_would_be_the_highest_is_owned_up_to() -> None:
    years: dict[str, tuple[int, int] | None] = {"1": (40, 1_000), "2": (90, 1_000)}
    with_few = said(PLAN, by(PLAN, "year_group", {**years, "3": (10, 1_000), "14": (5, 5)}))
    assert with_few.startswith("By year group, leaving out very small groups, it was highest for")
    middling = said(PLAN, by(PLAN, "year_group", {**years, "3": (10, 1_000), "14": (1, 20)}))
    assert middling.startswith("By year group, it was highest for Year 2")
    flat: dict[str, tuple[int, int] | None] = {"1": (40, 1_000), "2": (41, 1_000), "14": (5, 5)}
    assert said(PLAN, by(PLAN, "year_group", flat)) == (
        "Leaving out very small groups, there was no clear difference by year group."
    )


def test_groups_that_cannot_be_told_from_the_lowest_are_named_with_it() -> None:
    years: dict[str, tuple[int, int] | None] = {"1": (200, 1_000), "2": (40, 1_000)}
    text = said(PLAN, by(PLAN, "year_group", {**years, "3": (36, 1_000), "4": (120, 1_000)}))
    assert text == (
        "By year group, it was highest for Year 1 (20.0%) and lowest for Year 3 (3.6%) and "
        "Year 2 (4.0%)."
    )
    many = {str(year): (36 + year, 1_000) for year in range(2, 7)}
    text = said(PLAN, by(PLAN, "year_group", {"1": (200, 1_000), **many}))
    assert text == "By year group, it was highest for Year 1 (20.0%)."


def test_a_figure_of_few_is_not_named_among_the_highest_for_want_of_certainty() -> None:
    """Year 2 is told neither from Year 1 nor from the others."""
    years: dict[str, tuple[int, int] | None] = {
        "1": (200, 1_000), "2": (15, 100), "3": (100, 1_000), "4": (100, 1_000), "5": (90, 1_000),
    }  # fmt: skip
    assert said(PLAN, by(PLAN, "year_group", years)) == (
        "By year group, it ranged from 9.0% (Year 5) to 20.0% (Year 1)."
    )
    clear = {**years, "2": (170, 1_000)}
    assert "highest for Year 1 (20.0%) and Year 2 (17.0%)" in said(
        PLAN, by(PLAN, "year_group", clear)
    )


def test_an_error_rate_of_linkage_has_its_interval() -> None:
    missed = INDICATORS["linkage_missed"]
    view = of([made.measure(missed, 100, 45_325)])
    assert "was 0.22% " in plain(narrative.level(view, missed))
    assert "(100 of 45,325; 95% interval 0.18% to 0.27%)." in plain(narrative.level(view, missed))


def test_the_middle_group_is_neither_most_nor_least_deprived() -> None:
    view = of([])
    named = [deprivation.group_words("imd_quintile", str(n), view) for n in range(1, 6)]
    assert named == [
        "the most deprived fifth",
        "the second most deprived fifth",
        "the middle fifth",
        "the second least deprived fifth",
        "the least deprived fifth",
    ]


def test_parts_of_a_later_period_than_the_whole_are_dated() -> None:
    parts = {"1": (200, 1_000), "2": (100, 1_000), "3": (20, 1_000)}
    rows = [made.measure(PLAN, *pair, dims={"year_group": y}) for y, pair in parts.items()]
    whole = made.measure(PLAN, 2_000, 40_000, period="2024")
    assert said(PLAN, [whole, made.measure(PLAN, 0, status="c"), *rows]) == (
        "In January 2025, by year group, it was highest for Year 1 (20.0%) and lowest for Year 3 "
        "(2.0%)."
    )


RATES_BY_NEED = INDICATORS["pupils_sen_rate_by_need"]


def needs_by_tenth(**ends: tuple[float | None, float | None]) -> list[dict[str, Any]]:
    """Rows by need and tenth, falling evenly between two ends; None is hidden."""
    rows = []
    for need, (most, least) in ends.items():
        for n in range(1, 11):
            start, stop = (0.05 if x is None else x for x in (most, least))
            share = start + (stop - start) * (n - 1) / 9
            end = {1: most, 10: least}.get(n, 0.0)
            pair = None if end is None else (round(4_000 * share), 4_000)
            rows.append(measured(RATES_BY_NEED, pair, {"primary_need": need, "imd_decile": str(n)}))
    return rows


def test_a_category_hidden_at_an_end_has_no_gradient() -> None:
    rows = needs_by_tenth(ASD=(0.09, 0.04), SLCN=(0.05, 0.05), DS=(None, 0.01), MLD=(0.02, None))
    text = said(RATES_BY_NEED, rows)
    assert text.startswith(
        "In the most deprived tenth of neighbourhoods, the share of pupils with SEN of each "
        "primary need was higher for autistic spectrum disorder than in the least deprived tenth. "
        "There was no clear difference for speech, language and communication needs. "
    )
    # In the order of the code list.
    assert "Moderate learning difficulty and Down syndrome cannot be compared." in text


def test_gradients_of_three_categories_are_told_and_of_two_are_those_of_the_whole() -> None:
    ends = {"ASD": (0.09, 0.04), "SLCN": (0.05, 0.05), "MLD": (0.05, 0.05)}
    told = "In the most deprived tenth of neighbourhoods, the share of pupils with SEN"
    assert said(RATES_BY_NEED, needs_by_tenth(**ends)).startswith(told)
    del ends["MLD"]
    assert told not in said(RATES_BY_NEED, needs_by_tenth(**ends))


def test_what_neither_chart_nor_table_shows_is_in_the_data_files() -> None:
    rows = needs_by_tenth(ASD=(0.09, 0.04), DS=(None, 0.01))
    by_both = "one of the twenty figures by deprivation tenth and primary need"
    hidden = next(r for r in of(rows).rows(RATES_BY_NEED.id) if r.hidden)
    assert f"{by_both} (in the data files)." in said(RATES_BY_NEED, rows, charted=())
    assert f"{by_both}." in said(RATES_BY_NEED, rows, charted={hidden.key})


def test_reasons_are_not_reasons_of_reasons() -> None:
    reasons = INDICATORS["suspension_reasons"]
    codes = list(made.configured()[1]["exclusion_reason"])[:2]
    rows = [
        made.measure(reasons, x, 1_000, dims={"reason": code})
        for code, x in zip(codes, (700, 300), strict=True)
    ]
    assert said(reasons, rows).startswith("The most common of the reasons given for suspensions")


@pytest.mark.parametrize("name", ["pupils_ehc_plan", "ehc_plans_20_weeks", "plans"])
def test_a_clear_change_of_anything_but_a_share_is_among_the_findings(name: str) -> None:
    indicator = INDICATORS[name]
    whole = math.nan if indicator.kind.name == "count" else 40_000
    rows = yearly(indicator, {"2024": 2_000, "2025": 3_000}, whole)
    text = changes.latest_change(of(rows), indicator)
    assert text is not None
    assert plain_text(text).startswith("rose from ")
    found = messages.change(of(rows), indicator)
    assert found is not None
    assert found.score.apart == pytest.approx(1.5)
    assert found.score.children == 1_000
    same = yearly(indicator, {"2024": 2_000, "2025": 2_000}, whole)
    assert changes.latest_change(of(same), indicator) is None


def test_a_change_of_a_share_is_never_among_the_findings() -> None:
    """A need may be more of all plans because others are fewer."""
    rows = yearly(NEEDS, {"2024": 2_000, "2025": 3_000}, 40_000)
    assert changes.latest_change(of(rows), NEEDS) is None
    assert messages.change(of(rows), NEEDS) is None


def test_figures_of_others_without_one_of_the_country_are_no_finding() -> None:
    rows = [HOME, made.measure(PLAN, 4_000, 40_000, **SIMILAR)]
    view = of(rows)
    assert comparing.compared(view, PLAN) is not None
    assert messages.against_country(view, PLAN) is None


def test_a_figure_that_has_not_moved_is_said_to_be_the_same() -> None:
    """A series that moved as a whole, though not in the year to the last."""
    text = change(yearly(PLAN, {"2023": 1_000, "2024": 2_200, "2025": 2_200}, 40_000))
    assert "was the same in January 2024" in text
    assert "has risen since January 2023" in text
    assert "changed little" not in text
