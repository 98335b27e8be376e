"""Figures of different indicators that cannot both be right, by the declared relations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jsna.model.configuration import Configuration
from jsna.model.relations import Relation
from jsna.releases import official
from jsna.releases.audit.cells import COLUMNS, Table
from jsna.releases.audit.coherence import Sheet, Sheets, contradicted
from jsna.releases.audit.finding import Finding
from jsna.settings import loading
from jsna.settings.dimensions import Categories
from jsna.settings.indicators import load_catalogue
from jsna.settings.reading import Gatherer
from tests.tried import cases, tried
from tests.unit.published_support import (
    Declared,
    configuration,
    csv_text,
    every_finding,
    indicator,
    knowing,
    of_plans,
    paths,
    source,
)
from tests.unit.test_audit import COAST, EAST, ENGLAND, FAR, HOME, MARCHES, SEA, WEST, row
from tests.unit.test_audit import COLUMNS as PLANS

ROOT = Path(__file__).parents[2]
Row = Mapping[str, str]


def proportion(name: str, **changes: object) -> Declared:
    """A proportion of `base` that stands in the columns `<name>` and `<name>_pc`."""
    columns = {"numerator": name, "denominator": "base", "value": f"{name}_pc"}
    given = {"id": name, "phrase": f"children {name}", "published": [{**PLANS, **columns}]}
    return indicator(**{**given, **changes})


def percent(name: str, **changes: object) -> Declared:
    """A proportion given as a percentage alone."""
    return proportion(name, published=[{**PLANS, "value": f"{name}_pc"}], **changes)


WEIGHTS = (proportion("obese"), proportion("excess"))
WITHIN = Relation(
    left=("obese.numerator",), holds="at_most", right=("excess.numerator",), one_base=True,
    because="The former are among the latter.",
)  # fmt: skip
APART = Relation(
    left=("healthy.numerator", "excess.numerator"), holds="at_most",
    right=("excess.denominator",), one_base=True, because="A child is of one weight.",
)  # fmt: skip
PARTS = Relation(
    left=("plan.numerator", "support.numerator"), holds="equal", right=("sen.numerator",),
    one_base=True, because="They make up all SEN.",
)  # fmt: skip


def configured(
    declared: Sequence[Declared], relations: Sequence[Relation], **audit: object
) -> Configuration:
    config = knowing(of_plans(*declared), "plans_1", **audit)
    return replace(config, relations=tuple(relations))


def found(
    tmp_path: Path,
    rows: Sequence[Row],
    declared: Sequence[Declared],
    relations: Sequence[Relation],
    **audit: object,
) -> list[Finding]:
    """What contradicts other indicators, of every area of a release."""
    findings = every_finding(tmp_path, rows, configured(declared, relations, **audit))
    return [f for f in findings if f.kind in ("coherence", "region_sum", "parts")]


def told(findings: Sequence[Finding]) -> set[tuple[str, str, str, str]]:
    return {(f.indicator, f.area_code, f.kind, f.effect) for f in findings}


def counts(area: str, base: int, **numbers: int) -> Row:
    """A row with counts, and the percentages they come to."""
    shares = {f"{name}_pc": f"{100 * n / base:.1f}" for name, n in numbers.items()}
    return row(area, "2024", base=str(base), **{k: str(n) for k, n in numbers.items()}, **shares)


def test_a_part_larger_than_its_whole_leaves_neither_to_be_used(tmp_path: Path) -> None:
    """Of 1,000 measured 230 obese and 210 of excess weight: one of the two is wrong."""
    rows = [counts(HOME, 1000, obese=230, excess=210), counts(EAST, 800, obese=100, excess=100)]
    findings = found(tmp_path, rows, WEIGHTS, [WITHIN])
    assert told(findings) == {
        (name, HOME, "coherence", "not_available") for name in ("obese", "excess")
    }
    assert {f.published for f in findings} == {230, 210}
    assert findings[0].reason == (
        "Published figures that cannot both be right: children obese (230) are more than children "
        "excess (210). The former are among the latter."
    )


def test_healthy_and_excess_weight_come_to_no_more_than_everybody_measured(tmp_path: Path) -> None:
    declared = [proportion("healthy"), proportion("excess")]
    rows = [counts(HOME, 1000, healthy=770, excess=231), counts(EAST, 800, healthy=600, excess=200)]
    findings = found(tmp_path, rows, declared, [APART])
    assert {(f.indicator, f.area_code) for f in findings} == {("healthy", HOME), ("excess", HOME)}
    said = findings[0].reason.replace("1,000", "1000")
    assert "all of whom there are counted for children excess (1000)" in said


@pytest.mark.parametrize(
    ("healthy", "excess", "wrong"),
    [
        # Each is off by up to 0.05, so that two may come to 100.1 and not to 100.2.
        ("77.1", "22.9", False), ("77.1", "23.0", False), ("77.2", "23.1", True),
        # A percentage without decimals is off by up to half of one.
        ("77", "24", False), ("77", "25", True),
        ("c", "23.1", False), ("z", "99.1", False),
    ],
)  # fmt: skip
def test_percentages_are_held_to_their_published_precision(
    tmp_path: Path, healthy: str, excess: str, wrong: bool
) -> None:
    rows = [row(HOME, "2024", healthy_pc=healthy, excess_pc=excess)]
    findings = found(tmp_path, rows, [percent("healthy"), percent("excess")], [APART])
    assert bool(findings) == wrong


@pytest.mark.parametrize(("obese", "wrong"), [("22.1", False), ("22.2", False), ("22.3", True)])
def test_a_share_within_another_may_be_above_it_by_rounding_alone(
    tmp_path: Path, obese: str, wrong: bool
) -> None:
    rows = [row(HOME, "2024", obese_pc=obese, excess_pc="22.1")]
    assert bool(found(tmp_path, rows, [percent("obese"), percent("excess")], [WITHIN])) == wrong


@pytest.mark.parametrize(
    ("plan", "sen", "wrong"),
    [("5.1", "18.2", False), ("5.1", "18.3", False), ("5.1", "18.4", True), ("5.4", "18.3", True)],
)
def test_parts_of_one_base_add_up_to_their_whole_but_for_rounding(
    tmp_path: Path, plan: str, sen: str, wrong: bool
) -> None:
    """13.1 % with SEN support: three figures of one decimal are off by 0.15 together."""
    rows = [row(HOME, "2024", plan_pc=plan, support_pc="13.1", sen_pc=sen)]
    declared = [percent("plan"), percent("support"), percent("sen")]
    assert bool(found(tmp_path, rows, declared, [PARTS])) == wrong


def test_what_makes_up_everybody_holds_of_its_denominator(tmp_path: Path) -> None:
    """Of two who make up all that are counted, and one that two others make up."""
    declared = [proportion(name) for name in ("plan", "support", "sen", "none")]
    all_of_them = Relation(
        left=("none.numerator", "sen.numerator"), holds="equal", right=("sen.denominator",),
        one_base=True, because="The two make up everybody counted.",
    )  # fmt: skip
    right = counts(HOME, 1000, plan=50, support=130, sen=180, none=820)
    assert found(tmp_path, [right], declared, [PARTS, all_of_them]) == []
    wrong = counts(HOME, 1000, plan=50, support=130, sen=190, none=810)
    assert {f.indicator for f in found(tmp_path, [wrong], declared, [PARTS, all_of_them])} == {
        "plan", "support", "sen",
    }  # fmt: skip


def areas(west: int = 1, **home: int) -> list[Row]:
    """Counts of every authority, with regions and the country added up; those of one changed."""
    own = {area: {"base": 900, "obese": 90, "excess": 200} for area in (HOME, EAST, WEST, FAR, SEA)}
    own[WEST] = {name: number * west for name, number in own[WEST].items()}
    inside = {MARCHES: (HOME, EAST, WEST), COAST: (FAR, SEA), ENGLAND: tuple(own)}
    sums = {
        area: {name: sum(own[one][name] for one in parts) for name in own[HOME]}
        for area, parts in inside.items()
    }
    changed = {**own, **sums, HOME: {**own[HOME], **home}}
    return [counts(area, **numbers) for area, numbers in changed.items()]


def test_a_figure_that_its_region_bears_out_is_not_blamed_for_another(tmp_path: Path) -> None:
    """Obesity of authority and region agree; an excess of 60 contradicts the region and obesity."""
    assert found(tmp_path, areas(), WEIGHTS, [WITHIN]) == []
    findings = found(tmp_path, areas(excess=60), WEIGHTS, [WITHIN])
    assert {f.indicator for f in findings} == {"excess"}
    assert {(f.area_code, f.effect) for f in findings} == {(HOME, "not_available")}


@pytest.mark.parametrize("year", cases(["2022", "2023", "2024"], some=1))
@pytest.mark.parametrize(
    ("normal", "wrong", "blamed"),
    [
        # 900 obese between years of 100, or an excess of 90 between years of 300.
        ((100, 300), (900, 300), {"obese"}),
        ((100, 300), (100, 90), {"excess"}),
        # Both are far from the years beside them, or neither is.
        ((100, 300), (400, 90), {"obese", "excess"}),
        ((190, 210), (220, 200), {"obese", "excess"}),
    ],
)
def test_of_two_figures_the_one_that_leaps_out_of_its_years_is_wrong(
    tmp_path: Path,
    year: str,
    normal: tuple[int, int],
    wrong: tuple[int, int],
    blamed: set[str],
) -> None:
    rows = []
    for period in ("2022", "2023", "2024"):
        obese, excess = wrong if period == year else normal
        rows.append({**counts(HOME, 1000, obese=obese, excess=excess), "time_period": period})
    findings = found(tmp_path, rows, WEIGHTS, [WITHIN])
    assert {(f.indicator, f.period) for f in findings} == {(name, year) for name in blamed}


def test_a_sum_that_holds_but_roughly_bears_nobody_out(tmp_path: Path) -> None:
    """Obese 201 of an excess of 200: of 135,180 in the region, 111 more are no contradiction, but
    the sum of excess weight holds to the child."""
    rows = areas(west=1500, obese=201)
    findings = found(tmp_path, rows, WEIGHTS, [WITHIN])
    assert {f.indicator for f in findings} == {"obese"}
    assert (HOME, "not_available") in {(f.area_code, f.effect) for f in findings}


def test_figures_that_the_regions_bear_out_on_both_sides_are_marked_and_stand(
    tmp_path: Path,
) -> None:
    """Definitions that differ may do this everywhere: nothing says which figure is wrong."""
    rows = [
        {**one, "excess": str(int(one["obese"]) // 2), "excess_pc": one["obese_pc"]}
        for one in areas()
    ]
    findings = found(tmp_path, rows, WEIGHTS, [WITHIN])
    assert {f.effect for f in findings} == {"mark"}
    assert {f.area_code for f in findings} >= {HOME, ENGLAND}


def test_counts_rounded_by_their_publisher_may_be_apart_by_as_much(tmp_path: Path) -> None:
    near = [counts(HOME, 1000, obese=215, excess=210)]
    assert found(tmp_path, near, WEIGHTS, [WITHIN], rounding=5) == []
    assert found(tmp_path, near, WEIGHTS, [WITHIN]) != []
    far = [counts(HOME, 1000, obese=220, excess=210)]
    assert found(tmp_path, far, WEIGHTS, [WITHIN], rounding=5) != []


def test_a_whole_added_up_from_columns_of_which_one_is_missing_proves_nothing(
    tmp_path: Path,
) -> None:
    (mapping,) = proportion("excess").published
    added = mapping.model_copy(update={"numerator": "over + very", "value": None})
    declared = [proportion("obese"), proportion("excess", published=[added.model_dump()])]
    one = {**counts(HOME, 1000, obese=150), "over": "100", "very": "x"}
    assert found(tmp_path, [one], declared, [WITHIN]) == []


def test_the_whole_of_a_share_is_the_same_for_each_of_its_parts(tmp_path: Path) -> None:
    """Needs of 300 plans where the caseload has 290: every need is in doubt, and the caseload."""
    same = {"dataset": "plans", "period_type": "calendar_year", "table": "release"}
    plans = indicator(
        id="plans", kind="count", unit="count", method="count",
        published=[{**same, "value": "caseload", "select": {"breakdown_topic": "All"}}],
    )  # fmt: skip
    needs = {"ASD": {"numerator": "asd"}, "SEMH": {"numerator": "semh"}}
    need = indicator(
        id="need", kind="share", over=["primary_need"], breakdowns=[["primary_need"]],
        published=[{**same, "denominator": "listed", "category_columns": {"primary_need": needs},
                    "select": {"breakdown_topic": "All"}}],
    )  # fmt: skip
    relation = Relation(left=("need.denominator",), holds="equal", right=("plans.numerator",),
                        because="Needs are shares of all plans.")  # fmt: skip
    rows = [
        row(HOME, "2024", caseload="290", listed="300", asd="180", semh="120"),
        row(EAST, "2024", caseload="200", listed="200", asd="120", semh="80"),
    ]
    findings = found(tmp_path, rows, [plans, need], [relation])
    assert {(f.indicator, f.area_code) for f in findings} == {("need", HOME), ("plans", HOME)}


def test_a_contradiction_is_not_available_in_the_measures_and_says_why(tmp_path: Path) -> None:
    rows = [
        counts(HOME, 1000, obese=230, excess=210),
        counts(ENGLAND, 9000, obese=900, excess=2000),
    ]
    (paths(tmp_path).published / "release.csv").write_text(csv_text(rows), encoding="utf-8")
    config = configured(WEIGHTS, [WITHIN])
    measures = official.published_measures(config, paths(tmp_path))
    home = measures[(measures["area_code"] == HOME)]
    assert home["status"].tolist() == ["x", "x"]
    assert home["value"].isna().all()
    assert home["note"].str.contains("cannot both be right").all()
    country = measures[measures["area_code"] == ENGLAND]
    assert country["value"].notna().all()


def laid_out(**cells: str) -> Sheets:
    """Percentages of one authority, each in a table of its own."""
    made = {}
    for name, cell in cells.items():
        frame = pd.DataFrame(
            [["value", HOME, "authority", "2024", "total", "total", float(cell), ""]],
            columns=list(COLUMNS),
        )
        table = Table("s", "plans", name, percent(name), {"value": name}, frame, "f")
        made[name, name] = Sheet(table, {})
    return Sheets(made, 1, {HOME})


@given(
    obese=st.integers(0, 300), rest=st.integers(0, 300), healthy=st.integers(0, 300),
    under=st.integers(0, 50), places=st.integers(0, 3),
)  # fmt: skip
@tried(40)
def test_true_figures_raise_no_alarm_however_they_are_rounded(
    obese: int, rest: int, healthy: int, under: int, places: int
) -> None:
    """A property: percentages of true counts, rounded to any number of decimals, are coherent."""
    base = max(obese + rest + healthy + under, 1)
    numbers = {"obese": obese, "excess": obese + rest, "healthy": healthy}
    rounded = {name: f"{100 * n / base:.{places}f}" for name, n in numbers.items()}
    assert contradicted(laid_out(**rounded), [WITHIN, APART]) == []


@given(excess=st.integers(1, 999), more=st.integers(3, 500))
@tried(40)
def test_a_share_further_above_its_whole_than_rounding_is_always_found(
    excess: int, more: int
) -> None:
    """A property, of shares in tenths of a per cent."""
    sheets = laid_out(obese=f"{(excess + more) / 10:.1f}", excess=f"{excess / 10:.1f}")
    decimals = [not (excess + more) % 10, not excess % 10]
    # A figure that shows no decimal is off by half of one.
    if more > 1 + 4.5 * sum(decimals):
        assert len(contradicted(sheets, [WITHIN])) == 1


def faulty(tmp_path: Path, relation: Mapping[str, object]) -> str:
    folder = tmp_path / "config/indicators"
    folder.mkdir(parents=True)
    numbers = {"table": "t", "where": "true"}
    wide = {"kind": "rate", "method": "rate_byar", "unit": "per_1000", "multiplier": 1000}
    declared = [
        proportion("obese"), proportion("excess"), proportion("yearly", period_type="january"),
        indicator(id="plans", kind="count", unit="count", method="count", numerator=numbers),
        proportion("often", per="children", **wide),
    ]  # fmt: skip
    content = {
        "title": "Health",
        "order": 1,
        "indicators": [
            one.model_dump(mode="json", exclude_defaults=True, exclude={"chapter", "published"})
            for one in declared
        ],
        "relations": [{"because": "It is so.", **relation}],
    }  # fmt: skip
    (folder / "health.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    gather = Gatherer(tmp_path)
    load_catalogue(gather, Categories({}), {})
    return "\n".join(str(problem) for problem in gather.problems)


@pytest.mark.parametrize(
    ("left", "right", "one_base", "said"),
    [
        ("obese.numerator", "excess.numerator", True, ""),
        ("obesity.numerator", "excess.numerator", False, "refers to no such indicator"),
        ("obese.numerator", "plans.denominator", False, "a count has no denominator"),
        ("obese.numerator", "yearly.numerator", False, "different period types"),
        ("obese.numerator", "often.numerator", True, "multiplied by the same number"),
        ("obese.value", "excess.numerator", False, "pattern"),
    ],
)
def test_a_relation_that_cannot_hold_is_refused(
    tmp_path: Path, left: str, right: str, one_base: bool, said: str
) -> None:
    relation = {"left": [left], "holds": "at_most", "right": [right], "one_base": one_base}
    problems = faulty(tmp_path, relation)
    assert said in problems
    assert bool(problems) == bool(said)


def test_the_catalogue_declares_what_its_official_figures_imply() -> None:
    """Those that the issue names, each once."""
    relations = loading.load("test-2025", ROOT).relations
    said = {(r.left, r.holds, r.right) for r in relations}
    assert len(said) == len(relations)
    for left, holds, right in [
        (("ncmp_obesity_year_6.numerator",), "at_most", ("ncmp_excess_weight_year_6.numerator",)),
        (("pupils_ehc_plan.numerator", "pupils_sen_support.numerator"), "equal",
         ("pupils_sen.numerator",)),
        (("ehc_plans_20_weeks_excluding_exceptions.numerator",), "at_most",
         ("ehc_plans_20_weeks.numerator",)),
        (("plan_primary_need.denominator",), "equal", ("plans.numerator",)),
    ]:  # fmt: skip
        assert (left, holds, right) in said


def test_only_figures_of_one_source_are_held_up_to_each_other(tmp_path: Path) -> None:
    """Another publisher may count later, or otherwise."""
    (mapping,) = proportion("excess").published
    other = mapping.model_copy(update={"dataset": "more"}).model_dump()
    declared = [proportion("obese"), proportion("excess", published=[other])]
    folder = paths(tmp_path).published
    for name, own in (("release", {"obese": 230}), ("more", {"excess": 210})):
        (folder / f"{name}.csv").write_text(csv_text([counts(HOME, 1000, **own)]), encoding="utf-8")
    sources = {"plans": source("plans", "release.csv"), "more": source("more", "more.csv")}
    config = replace(configuration(sources, declared), relations=(WITHIN,))
    measures = official.published_measures(config, paths(tmp_path))
    assert isinstance(measures, pd.DataFrame)
    assert measures["value"].notna().all()
