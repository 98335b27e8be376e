"""Ratios and differences of published rows: by hand, by others' values, and held to it."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats.contingency import relative_risk

from jsna import io
from jsna.charts import heat
from jsna.charts.marks import Mark
from jsna.charts.ratios import scale
from jsna.charts.select import figures, misdeclared
from jsna.disclosure.evidence import gather
from jsna.disclosure.protect import protect
from jsna.errors import JsnaError
from jsna.measures.derived import complete, counted, derive, verify
from jsna.measures.engine import measure
from jsna.measures.ingredients import ABSENT, EMPTY, HIDDEN, ROUNDED
from jsna.measures.methods import (
    ratio_of_proportions,
    ratio_of_rates,
    ratio_to_all,
    standardised_difference,
)
from jsna.measures.methods.comparison import NO_EVENTS, NO_GROUP, NO_OTHERS, NO_VARIATION
from jsna.model import schema
from jsna.model.configuration import Configuration
from jsna.model.derivation import taken_over
from jsna.model.formulas import FORMULAS
from jsna.model.indicators import Indicator
from jsna.readback.allowed import Allowed
from jsna.readback.certificate import Certificate
from jsna.readback.reader import Reader
from jsna.readback.vocabulary import Vocabulary
from jsna.report.breakdowns import sentences as breakdown_sentences
from jsna.report.datatables import further
from jsna.report.ratios import furthest
from jsna.settings.dimensions import Categories
from jsna.settings.indicators import load_catalogue
from jsna.settings.reading import Gatherer
from jsna.sources import registry
from jsna.view.rows import Measures
from tests.spec import world
from tests.unit import charts_support as charts
from tests.unit.readback_support import html as page

Z = 1.959963984540054
WORLD = world.configuration()
BASE = WORLD.indicators["suspended_pupils"]


# -- methods ---------------------------------------------------------------------------------------


def test_a_ratio_to_all_by_hand() -> None:
    # 20 of 100 beside 30 of 300: twice. All others are 10 of 200, to whom the ratio is 4; with a
    # third of all in the group, 4 / (4/3 + 2/3) = 2.
    found = ratio_to_all([20], [100], [30], [300])
    factor = math.exp(Z * math.sqrt(1 / 20 - 1 / 100 + 1 / 10 - 1 / 200))
    carried = [r / (r / 3 + 2 / 3) for r in (4 / factor, 4 * factor)]
    assert found.value[0] == pytest.approx(2)
    assert [found.lower[0], found.upper[0]] == pytest.approx(carried)


def test_a_ratio_of_rates_to_all_by_hand() -> None:
    # 120 suspensions of 100 pupils beside 150 of 300: 2.4 times; to the others, 8 times.
    found = ratio_to_all([120], [100], [150], [300], rates=True)
    factor = math.exp(Z * math.sqrt(1 / 120 + 1 / 30))
    assert found.value[0] == pytest.approx(2.4)
    assert found.upper[0] == pytest.approx(8 * factor / (8 * factor / 3 + 2 / 3))


@given(st.data())
def test_a_ratio_to_all_says_what_the_ratio_to_the_others_says(data: st.DataObject) -> None:
    n, m = data.draw(st.integers(1, 500)), data.draw(st.integers(1, 500))
    x, y = data.draw(st.integers(1, n)), data.draw(st.integers(1, m))
    everyone = ratio_to_all([x], [n], [x + y], [n + m])
    others = ratio_of_proportions([x], [n], [y], [m])
    assert everyone.value[0] == pytest.approx(x * (n + m) / (n * (x + y)))
    assert (everyone.value[0] > 1 + 1e-9) == (others.value[0] > 1 + 1e-9)
    if everyone.reason[0] == "":
        assert everyone.lower[0] <= everyone.value[0] * (1 + 1e-9)
        assert everyone.upper[0] >= everyone.value[0] * (1 - 1e-9)
        assert (everyone.lower[0] > 1) == (others.lower[0] > 1)
        assert (everyone.upper[0] < 1) == (others.upper[0] < 1)


def test_the_interval_of_a_ratio_to_all_covers_as_often_as_it_says() -> None:
    draw = np.random.default_rng(20251127)
    n, m, p, q, runs = 400, 800, 0.25, 0.1, 20_000
    x, y = draw.binomial(n, p, runs), draw.binomial(m, q, runs)
    found = ratio_to_all(x, np.full(runs, n), x + y, np.full(runs, n + m))
    truth = p / ((n * p + m * q) / (n + m))
    covered = np.mean((found.lower <= truth) & (truth <= found.upper))
    assert covered == pytest.approx(0.95, abs=0.006)


def test_ratios_to_all_at_the_edges() -> None:
    found = ratio_to_all([0, 5, 3, 0], [10, 10, 5, 10], [4, 5, 3, 0], [30, 30, 5, 30])
    assert found.value == pytest.approx([0, 3, math.nan, math.nan], nan_ok=True)
    assert np.isnan(found.lower).all()
    assert found.reason[0] == NO_EVENTS
    assert found.reason[2] == NO_OTHERS
    with pytest.raises(ValueError, match="part of everyone"):
        ratio_to_all([6], [10], [5], [30])


def test_a_standardised_difference_by_hand() -> None:
    # 30 % of 200 beside 20 % of 100: 0.1 / √((0.21 + 0.16) / 2) = 0.2325
    found = standardised_difference([60], [200], [20], [100])
    d = 0.1 / math.sqrt(0.185)
    spread = Z * math.sqrt(300 / 20_000 + d * d / 600)
    assert found.value[0] == pytest.approx(0.23250, abs=5e-6)
    assert [found.lower[0], found.upper[0]] == pytest.approx([d - spread, d + spread])
    # .5 and .25: .25 / √((.25 + .1875) / 2) = .25 / .467707
    by_hand = standardised_difference([50], [100], [25], [100])
    assert by_hand.value[0] == pytest.approx(0.534522, abs=1e-6)


def test_a_standardised_difference_turns_round_with_its_groups_and_stays_with_their_size() -> None:
    one = standardised_difference([60, 600], [200, 2_000], [20, 200], [100, 1_000])
    other = standardised_difference([20], [100], [60], [200])
    assert other.value[0] == pytest.approx(-one.value[0])
    assert other.lower[0] == pytest.approx(-one.upper[0])
    assert one.value[1] == pytest.approx(one.value[0])
    assert one.upper[1] - one.lower[1] < one.upper[0] - one.lower[0]


def test_standardised_differences_at_the_edges() -> None:
    found = standardised_difference([0, 5, 0, 3], [0, 5, 9, 9], [1, 2, 0, math.nan], [2, 2, 4, 4])
    assert np.isnan(found.value).all()
    assert list(found.reason[:3]) == [NO_GROUP, NO_VARIATION, NO_VARIATION]


# -- rows ------------------------------------------------------------------------------------------


def declared(**changes: Any) -> Indicator:
    """A ratio of pupils suspended, by SEN provision, to everyone."""
    given = {
        "id": "made_ratio",
        "chapter": "exclusions",
        "title": "Suspended by SEN",
        "phrase": "be suspended at least once",
        "definition": "One percentage over another.",
        "kind": "ratio",
        "derived": {"of": "suspended_pupils"},
        "method": "ratio_katz",
        "breakdowns": [["sen_provision"]],
    } | changes
    given = {k: v for k, v in given.items() if k != "chapter"}
    made = Indicator.model_validate(given).model_copy(update={"chapter": "exclusions"})
    return taken_over(made, BASE)


def difference(**changes: Any) -> Indicator:
    """Standardised differences between pupils suspended and the others."""
    return declared(id="made_difference", kind="difference", method="standardised_difference",
                    decimals=2, **changes)  # fmt: skip


def config(*indicators: Indicator, base: Indicator = BASE, **options: Any) -> Configuration:
    made = world.configuration({i.id: i for i in (base, *indicators)})
    return replace(made, **options)


def rows(*cells: tuple[str, float, float], **changes: Any) -> pd.DataFrame:
    """Rows of pupils suspended as published: (category or breakdown=category, of them, out of)."""
    made = []
    for name, x, n in cells:
        breakdown, _, category = name.rpartition("=")
        breakdown = breakdown or ("total" if category == "total" else "sen_provision")
        made.append(
            {
                "edition": "example-2025",
                "indicator": "suspended_pupils",
                "area_code": world.AREA,
                "geography": "authority",
                "period": "2024/25",
                "period_type": "academic_year",
                "breakdown": breakdown,
                "category": category,
                "population_base": "attending",
                "numerator": x,
                "denominator": n,
                "value": 100 * x / n if n else math.nan,
                "unit": "percent",
                "method": "proportion_wilson",
                "status": "" if n else "z",
                "profile": "default",
                "source": "local:school_census+exclusions",
            }
            | changes
        )
    return schema.conform(pd.DataFrame(made))


PUBLISHED = rows(("total", 60, 1_000), ("N", 30, 800), ("K", 20, 160), ("E", 10, 40))


def by_category(frame: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    return {str(row["category"]): row for _, row in frame.iterrows()}


def hide(frame: pd.DataFrame, *categories: str) -> pd.DataFrame:
    """The rows with some withheld, as protection leaves them."""
    made = frame.copy()
    where = made["category"].isin(categories)
    made.loc[where, list(schema.NUMBERS)] = np.nan
    made.loc[where, ["status", "reason"]] = ["c", "disclosure_control"]
    return made


def test_a_ratio_to_one_category_is_that_of_scipy() -> None:
    made = derive(
        PUBLISHED, config(declared(derived={"of": BASE.id, "against": {"sen_provision": "N"}}))
    )
    found = by_category(made)
    assert sorted(found) == ["E", "K"]
    for code, x, n in (("K", 20, 160), ("E", 10, 40)):
        theirs = relative_risk(x, n, 30, 800)
        for level, names in ((0.95, ("lower_95", "upper_95")), (0.998, ("lower_998", "upper_998"))):
            ends = theirs.confidence_interval(level)
            assert found[code]["value"] == pytest.approx(theirs.relative_risk)
            assert [found[code][n] for n in names] == pytest.approx([ends.low, ends.high])
    assert made["numerator"].isna().all()
    assert made["denominator"].isna().all()
    assert set(made["unit"]) == {"ratio"}


def test_a_ratio_to_everyone_and_to_everyone_else() -> None:
    both = config(declared(), declared(id="made_rest", derived={"of": BASE.id, "against": "rest"}))
    made = derive(PUBLISHED, both)
    everyone = by_category(made[made["indicator"].eq("made_ratio")])
    others = by_category(made[made["indicator"].eq("made_rest")])
    assert everyone["E"]["value"] == pytest.approx((10 / 40) / (60 / 1_000))
    assert others["E"]["value"] == pytest.approx((10 / 40) / (50 / 960))
    expected = ratio_of_proportions([10], [40], [50], [960])
    assert others["E"]["upper_95"] == pytest.approx(expected.upper[0])


def test_a_ratio_of_rates() -> None:
    rate = WORLD.indicators["suspension_rate"]
    made = PUBLISHED.assign(indicator=rate.id, method="rate_byar", unit="per_100")
    made.loc[made["category"].eq("K"), "numerator"] = 200
    one = declared(method="ratio_rates", derived={"of": rate.id, "against": {"sen_provision": "N"}})
    found = by_category(derive(made, config(taken_over(one, rate), base=rate)))
    expected = ratio_of_rates([200], [160], [30], [800])
    assert found["K"]["value"] == pytest.approx(expected.value[0])
    assert found["K"]["lower_95"] == pytest.approx(expected.lower[0])


def test_a_difference_sets_those_counted_beside_those_not() -> None:
    # With a plan are 10 of the 60 suspended, and 30 of the 940 others.
    found = by_category(derive(PUBLISHED, config(difference())))
    expected = standardised_difference([10], [60], [30], [940])
    assert found["E"]["value"] == pytest.approx(expected.value[0])
    assert found["E"]["lower_95"] == pytest.approx(expected.lower[0])
    assert found["N"]["value"] < 0 < found["K"]["value"]


def test_a_difference_within_each_category_of_another_dimension() -> None:
    sides = BASE.model_copy(update={"breakdowns": (("sex",), ("sen_provision", "sex"))})
    one = difference(
        derived={"of": BASE.id, "within": ["sex"]}, breakdowns=[["sen_provision", "sex"]]
    )
    made = rows(("sex=F", 20, 500), ("sex=M", 40, 500), ("sen_provision|sex=E|F", 4, 10),
                ("sen_provision|sex=E|M", 6, 30), ("sen_provision|sex=K|M", 14, 90))  # fmt: skip
    found = by_category(derive(made, config(one, base=sides)))
    assert found["E|F"]["value"] == pytest.approx(
        standardised_difference([4], [20], [6], [480]).value[0]
    )
    assert found["E|M"]["value"] == pytest.approx(
        standardised_difference([6], [40], [24], [460]).value[0]
    )
    assert sorted(found) == ["E|F", "E|M", "K|M"]


def test_localities_are_compared_with_the_area() -> None:
    places = rows(("total", 45, 600), area_code=world.WEST, geography="district")
    found = derive(
        pd.concat([PUBLISHED, places], ignore_index=True),
        config(difference(breakdowns=[["locality"]])),
    )
    assert list(found["area_code"]) == [world.WEST]
    assert found["value"].iloc[0] == pytest.approx(
        standardised_difference([45], [60], [555], [940]).value[0]
    )


@pytest.mark.parametrize("hidden", ["E", "total"])
def test_what_stands_on_a_hidden_figure_is_hidden(hidden: str) -> None:
    found = by_category(derive(hide(PUBLISHED, hidden), config(declared(), difference())))
    row = found["E"]
    assert (row["status"], row["reason"]) == ("c", HIDDEN)
    assert row[list(schema.NUMBERS)].isna().all()
    if hidden == "E":
        assert found["K"]["status"] == ""
    else:
        assert {one["status"] for one in found.values()} == {"c"}


def test_nobody_to_compare_none_counted_and_no_counts() -> None:
    made = rows(("total", 20, 1_000), ("N", 20, 960), ("K", 0, 40), ("E", 0, 0))
    found = by_category(derive(made, config(declared())))
    assert (found["E"]["status"], found["E"]["reason"]) == ("z", EMPTY)
    assert (found["K"]["value"], found["K"]["status"]) == (0, "")
    assert found["K"]["note"] == "None in the group, so the ratio has no limits."
    # A percentage is published and the counts behind it are not: there is nothing to work out.
    bare = made.assign(numerator=np.nan, denominator=np.nan)
    assert derive(bare[bare["category"].ne("E")], config(declared())).empty
    everyone = derive(rows(("total", 20, 960), ("N", 20, 960)), config(declared()))
    assert list(everyone["status"]) == ["z"]


def test_a_hidden_side_outranks_one_that_is_not_available_and_that_one_nobody() -> None:
    """Whoever reads of two sides, of which one is hidden, is told that it is hidden."""
    against = declared(derived={"of": BASE.id, "against": {"sen_provision": "N"}})
    states = {"c": HIDDEN, "x": ABSENT, "z": EMPTY}
    for mine, beside in itertools.product(states, states):
        frame = PUBLISHED.copy()
        for code, status in (("E", mine), ("N", beside)):
            at = frame["category"].eq(code)
            frame.loc[at, list(schema.NUMBERS)] = np.nan
            frame.loc[at, "status"] = status
        row = by_category(derive(frame, config(against)))["E"]
        told = min((mine, beside), key="cxz".index)
        assert (row["status"], row["reason"]) == (told, states[told])


@pytest.mark.parametrize("method", ["ratio_katz", "ratio_rates"])
def test_a_category_of_everyone_has_no_rest_to_be_compared_with(method: str) -> None:
    """All 50 pupils have a plan: nobody is left, and the report goes on."""
    one = declared(method=method, derived={"of": BASE.id, "against": "rest"})
    for x in (0, 20):
        found = by_category(derive(rows(("total", x, 50), ("E", x, 50)), config(one)))
        assert (found["E"]["status"], found["E"]["reason"]) == ("z", EMPTY)


def test_a_difference_of_counts_rounded_apart_is_not_worked_out() -> None:
    """Of 60 suspended 65 have a plan, as each was rounded by itself: nothing is said."""
    odd = rows(("total", 60, 1_000), ("E", 65, 100), ("K", 55, 980), ("N", 30, 400))
    found = by_category(derive(odd, config(difference())))
    assert (found["E"]["status"], found["E"]["reason"]) == ("z", EMPTY)
    # Of 1,000 pupils 940 are not suspended, and of 980 with support 925: no more than all.
    assert found["K"]["status"] == found["N"]["status"] == ""
    # More of the others than there are others, and more counted than there are pupils.
    for odd in (("total", 60, 100), ("E", 10, 55)), (("total", 60, 1_000), ("E", 10, 5)):
        found = by_category(derive(rows(*odd), config(difference())))
        assert found["E"]["status"] == "z"


def test_a_category_to_compare_with_must_be_there() -> None:
    wrong = declared(derived={"of": BASE.id, "against": {"sen_provision": "X"}})
    with pytest.raises(JsnaError, match="no such category of sen_provision"):
        derive(PUBLISHED, config(wrong))


def test_other_areas_have_their_own_ratio() -> None:
    nation = PUBLISHED.assign(area_code="E92000001", geography="national", profile="official")
    nation["numerator"] *= 3
    found = derive(pd.concat([PUBLISHED, nation], ignore_index=True), config(declared()))
    assert sorted(set(found["geography"])) == ["authority", "national"]
    value = found.set_index(["geography", "category"])["value"]
    assert value["national", "E"] == pytest.approx(value["authority", "E"])


def test_a_coarser_recoding_is_compared_as_it_is_shown() -> None:
    fallback = [
        {"breakdown": ["imd_decile"], "recodings": [{"collapse": {"imd_decile": "imd_quintile"}}]}
    ]
    sides = Indicator.model_validate({**BASE.model_dump(), "fallbacks": fallback})
    one = taken_over(declared(breakdowns=[["imd_decile"]]), sides)
    made = rows(("total", 60, 1_000), ("imd_quintile=1", 40, 300), ("imd_quintile=5", 20, 700))
    found = derive(made, config(one, base=sides))
    assert list(found["breakdown"].unique()) == ["imd_quintile"]
    assert by_category(found)["1"]["value"] == pytest.approx((40 / 300) / 0.06)
    assert [tuple(step.breakdown) for step in one.fallbacks] == [("imd_decile",)]


def test_rounded_counts_are_said_and_contradict_nothing() -> None:
    name = next(n for n, p in WORLD.profiles.items() if p.rounding == 5)
    made = rows(("total", 60, 1_000), ("K", 60, 160), ("E", 0, 40), ("N", 5, 800), profile=name)
    found = by_category(derive(made, config(declared(), base=BASE)))
    assert found["K"]["note"].endswith(ROUNDED)
    assert found["K"]["value"] == pytest.approx((60 / 160) / 0.06)
    # Of all others more would be suspended than there are.
    odd = rows(("total", 50, 100), ("K", 5, 95), profile=name)
    assert by_category(derive(odd, config(declared())))["K"]["status"] == "z"


# -- in the pipeline -------------------------------------------------------------------------------


def test_what_is_published_is_worked_out_from_what_is_shown_and_held_to_it() -> None:
    roll = pd.DataFrame(
        [
            {
                "period": "2024/25",
                "sen_provision": code,
                "headline": True,
                "suspended": at < suspended,
            }
            for code, suspended, number in (("N", 30, 400), ("K", 20, 80), ("E", 2, 40))
            for at in range(number)
        ]
    )
    one = config(declared(), declared(id="made_rest", derived={"of": BASE.id, "against": "rest"}))
    tables = {"roll": world.filled("roll", roll.astype(object))}
    measures = measure(tables, one.indicators.values(), one)
    assert set(measures["indicator"]) == {BASE.id}
    made = protect(measures, one)
    safe = complete(made.safe, one)
    found = safe.loc[safe["indicator"].eq("made_ratio")].set_index("category")
    # Two pupils are hidden, and so is another group for their sake; and all that stands on either.
    shown = set(made.safe.loc[made.safe["status"].eq(""), "category"])
    assert found.loc["E", "status"] == "c"
    assert (found["status"].eq("") == found.index.isin(shown)).all()
    assert verify(safe, one) == 6
    assert complete(safe, one).equals(safe)
    # Whoever attacks the edition meets the counted rows alone.
    assert len(gather(counted(safe, one), measures, one).safe) == len(made.safe)
    pd.testing.assert_frame_equal(counted(safe, one), made.safe)


@pytest.mark.parametrize("change", ["value", "upper_95", "shown", "missing", "more"])
def test_anything_else_is_refused_by_name(change: str) -> None:
    one = config(declared())
    safe = complete(hide(PUBLISHED, "E"), one)
    mine = safe["indicator"].eq("made_ratio")
    if change == "shown":
        worked = complete(PUBLISHED, one)
        safe = pd.concat([safe[~mine], worked[worked["indicator"].eq("made_ratio")]])
    elif change == "missing":
        safe = safe[~(mine & safe["category"].eq("K"))]
    elif change == "more":
        extra = safe[mine & safe["category"].eq("K")].assign(period="2020/21")
        safe = pd.concat([safe, extra])
    else:
        safe.loc[mine & safe["category"].eq("K"), change] *= 1.001
    with pytest.raises(JsnaError, match="is not what the published figures") as caught:
        verify(schema.conform(safe), one)
    named = [str(problem.value) for problem in caught.value.problems]
    wanted = {"shown": "E", "more": "2020/21"}.get(change, "K")
    assert len(named) == 1
    assert "made_ratio" in named[0]
    assert wanted in named[0]


# -- declarations ----------------------------------------------------------------------------------

ENTRY = """
  - id: made
    title: Made
    phrase: be so
    definition: One over another.
    kind: ratio
    derived: {of: suspended_pupils}
    method: ratio_katz
    breakdowns: [[sen_provision]]
"""


def loaded(tmp_path: Path, entry: str) -> tuple[dict[str, Indicator], str]:
    """The project's indicators with one more, and everything wrong with them."""
    folder = tmp_path / "config/indicators"
    folder.mkdir(parents=True)
    source = world.ROOT / "config/indicators/exclusions.yaml"
    text = source.read_text(encoding="utf-8") + entry
    (folder / "exclusions.yaml").write_text(text, encoding="utf-8")
    gather = Gatherer(tmp_path)
    found, *_ = load_catalogue(gather, Categories({}), {})
    return found, "\n".join(str(problem) for problem in gather.problems)


def test_a_ratio_takes_over_what_follows_from_its_indicator(tmp_path: Path) -> None:
    found, problems = loaded(tmp_path, ENTRY)
    assert not problems
    made, base = found["made"], found["suspended_pupils"]
    assert (made.unit, made.multiplier) == ("ratio", 1)
    for name in ("population", "population_base", "period_type", "comparators"):
        assert getattr(made, name) == getattr(base, name)
    assert made.refers_to == ("suspended_pupils",)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("kind: ratio", "kind: proportion", "what is derived is of kind ratio or difference"),
        ("    derived: {of: suspended_pupils}\n", "", "a ratio needs `derived`"),
        ("ratio_katz", "rate_byar", "the method of a ratio is ratio_katz or ratio_rates"),
        ("ratio_katz", "ratio_rates", "is of proportion_wilson"),
        ("[[sen_provision]]", "[]", "give it `breakdowns`"),
        ("[[sen_provision]]", "[[sen_provision, sex]]", "and one more"),
        ("[[sen_provision]]", "[[ethnicity]]", "is not broken down by ethnicity; add it there"),
        ("suspended_pupils}", "nobody}", "refers to no such indicator"),
        ("suspended_pupils}", "suspended_pupils_ratio}", "or from what is derived itself"),
        ("suspended_pupils}", "suspended_pupils, against: {sex: F}}", "is not by sex"),
        ("kind: ratio", "kind: ratio\n    unit: percent", "unit of a ratio follow from"),
        ("kind: ratio", "kind: ratio\n    numerator: {table: roll}", "cannot have numerator"),
    ],
)
def test_faults_of_a_declaration_are_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in ENTRY
    assert told in loaded(tmp_path, ENTRY.replace(old, new))[1]


# -- in the report ---------------------------------------------------------------------------------


def shown(*frames: pd.DataFrame, indicators: tuple[Indicator, ...] = ()) -> Measures:
    """The example's rows, and what is worked out from them, as the report reads them."""
    one = config(*indicators)
    return Measures(complete(pd.concat(frames, ignore_index=True), one), one)


def said(view: Measures, indicator: Indicator) -> list[str]:
    found = breakdown_sentences(view, view.config.indicators[indicator.id])
    return [re.sub(r"<[^>]+>", "", sentence.text) for sentence in found]


def test_a_ratio_is_said_with_its_interval() -> None:
    one = declared(derived={"of": BASE.id, "against": {"sen_provision": "N"}})
    assert said(shown(PUBLISHED, indicators=(one,)), one) == [
        "In the 2024/25 school year, pupils with SEN support were 3.3 times (1.9 to 5.7) as likely "
        "to be suspended at least once as pupils without SEN.",
        "Pupils with an EHC plan were 6.7 times (3.5 to 12.7) as likely to be suspended at least "
        "once as pupils without SEN.",
    ]
    hidden = said(shown(hide(PUBLISHED, "E"), indicators=(one,)), one)
    assert len(hidden) == 2
    assert "EHC plan" not in " ".join(hidden)
    assert hidden[1] == (
        "Hidden to protect confidentiality: one of the two figures by SEN provision."
    )


def test_a_ratio_that_may_be_one_is_no_difference() -> None:
    made = rows(("total", 61, 1_000), ("N", 49, 800), ("K", 10, 160), ("E", 2, 40))
    view = shown(made, indicators=(declared(),))
    text = said(view, declared())[1]
    assert text.startswith("Pupils with SEN support were 1.0 times (0.6 to 1.7) as likely to")
    assert text.endswith("as all pupils, which is no clear difference.")
    assert furthest(view, declared()) is None
    clear = furthest(shown(PUBLISHED, indicators=(declared(),)), declared())
    assert clear is not None
    assert "an EHC plan" in clear.text


def test_a_ratio_of_rates_speaks_of_events() -> None:
    rate = WORLD.indicators["suspension_rate"]
    made = PUBLISHED.assign(indicator=rate.id, method="rate_byar", unit="per_100")
    given = declared(method="ratio_rates", phrase="suspensions", derived={"of": rate.id})
    one = taken_over(given, rate)
    both = config(one, base=rate)
    view = Measures(complete(made, both), both)
    text = said(view, one)[2]
    assert text.startswith("Suspensions were 4.2 times (")
    assert text.endswith(") as frequent among pupils with an EHC plan as among all pupils.")


def test_differences_that_matter_are_named_and_others_are_not() -> None:
    one = difference(phrase="pupils suspended")
    (text,) = said(shown(PUBLISHED, indicators=(one,)), one)
    assert text == (
        "Compared with all others, pupils suspended were more often “Education, health and care "
        "plan” (0.46) and “SEN support” (0.44) and less often “No special educational need” "
        "(−0.72)."
    )
    alike = rows(("total", 60, 1_000), ("N", 48, 800), ("K", 10, 160), ("E", 2, 40))
    (text,) = said(shown(alike, indicators=(one,)), one)
    assert text.startswith("Between pupils suspended and all others no difference was clearly as")


def test_differences_too_small_to_matter_are_pale_whatever_stands_beside_them() -> None:
    sizes = (0.0, -0.09, 0.1, -0.25, 1.4)
    marks = [Mark("key", "code", "label", text=f"{size:.2f}", value=size) for size in sizes]
    assert heat._sizes([*marks, Mark("", "", "")]) == [0, 0, 1, 2, 3, -1]


def test_a_chart_of_ratios_prints_each_with_its_limits_in_proportion() -> None:
    one = declared(charts=[{"type": "ratios", "by": ["sen_provision"]}])
    made = config(one)
    made = replace(made, edition=made.edition.model_copy(update={"chapters": ("exclusions",)}))
    drawn = figures(made, complete(hide(PUBLISHED, "N"), made))
    (drawing,) = (each for each in drawn if each.type == "ratios")
    printed = [(text, a.get("data-field", "value")) for text, a in charts.texts(drawing.svg)
               if "data-measure" in a]  # fmt: skip
    assert printed == [
        ("hidden", "value"),
        ("2.1", "value"), ("1.4", "lower_95"), ("2.8", "upper_95"),
        ("4.2", "value"), ("2.5", "lower_95"), ("6.7", "upper_95"),
    ]  # fmt: skip
    assert drawing.title == "Suspended by SEN: higher for two groups of those shown"
    assert not charts.collisions(drawing.svg)
    assert not charts.outside(drawing.svg)
    half, whole, twice = (scale([], 0, 100)(value) for value in (0.5, 1, 2))
    assert twice - whole == pytest.approx(whole - half)


def test_only_ratios_are_drawn_as_ratios() -> None:
    chart = [{"type": "ratios", "by": ["sen_provision"]}]
    wrong = Indicator.model_validate({**BASE.model_dump(), "charts": chart})
    (problem,) = misdeclared({wrong.id: wrong}, {})
    assert "a chart of ratios is of an indicator of that kind" in str(problem)


def test_a_difference_by_two_dimensions_has_a_table() -> None:
    sides = BASE.model_copy(update={"breakdowns": (("sex",), ("sen_provision", "sex"))})
    one = difference(
        derived={"of": BASE.id, "within": ["sex"]}, breakdowns=[["sen_provision", "sex"]]
    )
    made = rows(("sex=F", 20, 500), ("sex=M", 40, 500), ("sen_provision|sex=E|F", 4, 10),
                ("sen_provision|sex=K|F", 4, 60), ("sen_provision|sex=K|M", 14, 90))  # fmt: skip
    both = config(one, base=sides)
    view = Measures(complete(made, both), both)
    (table,) = further(view, view.config.indicators[one.id], set())
    assert table.header == ("SEN provision", "Female", "Male")
    cells = [[re.sub(r"<[^>]+>", "", cell) for cell in row] for _, row in table.rows]
    assert [label for label, _ in table.rows] == [
        "SEN support", "Education, health and care plan",
    ]  # fmt: skip
    # 14 of the 40 boys suspended beside 76 of the 460 others: 0.1848 / 0.4274
    assert cells[0][1] == "0.43"
    assert cells[1][1] == "[x]"


def test_charts_tables_and_formulas_of_what_is_worked_out_are_read_back(tmp_path: Path) -> None:
    sides = BASE.model_copy(update={"breakdowns": (*BASE.breakdowns, ("sen_provision", "sex"))})
    across = [["sen_provision", "sex"]]
    two = difference(
        derived={"of": BASE.id, "within": ["sex"]},
        breakdowns=across,
        charts=[{"type": "heat", "by": across[0]}],
    )
    one = declared(charts=[{"type": "ratios", "by": ["sen_provision"]}])
    parts = rows(
        ("sex=F", 20, 500), ("sex=M", 40, 500), ("sen_provision|sex=E|F", 4, 10),
        ("sen_provision|sex=N|F", 10, 400), ("sen_provision|sex=N|M", 20, 400),
    )  # fmt: skip
    made = config(one, two, base=sides)
    made = replace(made, edition=made.edition.model_copy(update={"chapters": ("exclusions",)}))
    safe = complete(pd.concat([PUBLISHED, parts], ignore_index=True), made)
    drawn = {drawing.type: drawing for drawing in figures(made, safe)}
    assert drawn["heat"].title == "Suspended by SEN: some differences are large enough to matter"
    view = Measures(safe, made)
    cells = "".join(
        f"<tr><th>{label}</th>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>"
        for table in further(view, two, set())
        for label, row in table.rows
    )
    formulas = "".join(f"<li>{text}</li>" for text in FORMULAS.values())
    said = "".join(f"<p>{s.text}</p>" for i in (one, two) for s in breakdown_sentences(view, i))
    files = {f"{d.id}.svg": d.svg for d in drawn.values()}
    files["report.html"] = page(f"<table>{cells}</table><ul>{formulas}</ul>{said}")
    allowed = Allowed(Vocabulary(made, safe, registry()))
    for lost in ("", "−"):  # a minus lost in one place of each file is found there
        reader = Reader(safe, made, allowed, Certificate({}))
        for name, text in sorted(files.items()):
            io.write_text(tmp_path / name, text.replace(lost, "", 1) if lost else text)
            reader.read(name, tmp_path / name)
        problems = [str(p) for tally in reader._tallies for p in tally.problems]
        assert bool(problems) == bool(lost), problems
