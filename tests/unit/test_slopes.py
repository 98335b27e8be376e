"""Slope and relative index of published rows: what they stand on, how they are said and held."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jsna import io
from jsna.charts.select import figures
from jsna.disclosure.protect import protect
from jsna.errors import JsnaError
from jsna.measures.derived import complete, derive, verify
from jsna.measures.engine import measure
from jsna.measures.ingredients import ABSENT, EMPTY, HIDDEN, ROUNDED
from jsna.measures.methods import slope_index, standard_error
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
from jsna.report.changes import headline
from jsna.settings.dimensions import Categories
from jsna.settings.indicators import load_catalogue
from jsna.settings.reading import Gatherer
from jsna.sources import registry
from jsna.view.rows import Measures
from tests.spec import world
from tests.unit.readback_support import html as page
from tests.unit.worked_support import suspended

WORLD = world.configuration()
BASE = WORLD.indicators["suspended_pupils"].model_copy(
    update={
        "breakdowns": (("imd_decile",), ("imd_decile", "sex"), ("imd_decile", "locality")),
        "charts": (),
        "fallbacks": (),
        "decimals": 1,
    }
)
#: Of pupils by tenth, those suspended: 1,000 pupils in each, the most deprived first.
STEEP = {str(n): (120 - 10 * n, 1_000) for n in range(1, 11)}
FLAT = {str(n): (60 + n % 2 - 2 * (n == 9), 1_000) for n in range(1, 11)}


def declared(**changes: Any) -> Indicator:
    given = {
        "id": "made_gap",
        "title": "Suspended, gap by deprivation",
        "phrase": "the share of pupils suspended",
        "definition": "Height of a straight line at one end less that at the other.",
        "kind": "slope_index",
        "derived": {"of": "suspended_pupils", "along": "imd_decile"},
    } | changes
    made = Indicator.model_validate(given).model_copy(update={"chapter": "exclusions"})
    return taken_over(made, BASE)


def relative(**changes: Any) -> Indicator:
    return declared(id="made_relative", kind="relative_index", decimals=2, **changes)


def config_of(*indicators: Indicator) -> Configuration:
    """An edition of some indicators, with one chapter."""
    made = world.configuration({one.id: one for one in indicators})
    return replace(made, edition=made.edition.model_copy(update={"chapters": ("exclusions",)}))


def config(*indicators: Indicator, base: Indicator = BASE) -> Configuration:
    return config_of(base, *indicators)


def rows(groups: Mapping[str, tuple[float, float]], rest: str = "", **changes: Any) -> pd.DataFrame:
    """Rows of pupils suspended as published, by tenth: of them, out of."""
    return suspended(groups, "imd_decile", rest=rest, **changes)


def one(frame: pd.DataFrame) -> pd.Series[Any]:
    assert len(frame) == 1
    return frame.iloc[0]


def hide(frame: pd.DataFrame, *categories: str, status: str = "c") -> pd.DataFrame:
    made = frame.copy()
    where = made["category"].isin(categories)
    made.loc[where, list(schema.NUMBERS)] = np.nan
    made.loc[where, ["status", "reason"]] = [status, "disclosure_control"]
    return made


# -- rows ------------------------------------------------------------------------------------------


def test_the_line_is_that_of_the_method_turned_to_the_most_deprived() -> None:
    frame = rows(STEEP)
    ordered = frame.assign(group=frame["category"].astype(int)).sort_values("group")
    error = standard_error(ordered["lower_95"], ordered["upper_95"])
    theirs = slope_index(ordered["value"], error, ordered["denominator"]).sii
    found = one(derive(frame, config(declared())))
    assert found["value"] == pytest.approx(10.0)
    assert found["value"] == pytest.approx(-theirs.value[0])
    assert found["lower_95"] == pytest.approx(-theirs.upper[0])
    assert (found["breakdown"], found["category"], found["unit"]) == (
        "total", "total", "percentage_points",
    )  # fmt: skip
    # Heights 11.5 at the one end and 1.5 at the other.
    both = one(derive(frame, config(relative())))
    assert both["value"] == pytest.approx(11.5 / 1.5)
    assert both["lower_95"] < both["value"] < both["upper_95"]


def test_groups_count_by_their_people() -> None:
    """Ten times the people in the middle leave the line of a straight gradient where it was not."""
    uneven = STEEP | {"5": (700, 10_000)}
    by_hand = []
    people = np.array([n for _, n in uneven.values()], dtype=float)
    share = people / people.sum()
    middle = np.cumsum(share) - share / 2
    values = np.array([100 * x / n for x, n in uneven.values()])
    by_hand = np.polyfit(middle, values, 1, w=np.sqrt(share))
    found = one(derive(rows(uneven), config(declared())))
    assert found["value"] == pytest.approx(-by_hand[0])


@pytest.mark.parametrize(("status", "reason"), [("c", HIDDEN), ("x", ABSENT)])
def test_what_stands_on_a_hidden_group_is_hidden(status: str, reason: str) -> None:
    found = derive(hide(rows(STEEP), "7", status=status), config(declared(), relative()))
    assert set(found["status"]) == {status}
    assert set(found["reason"]) == {reason}
    assert found[list(schema.NUMBERS)].isna().all(axis=None)


def test_a_hidden_group_outranks_one_in_doubt() -> None:
    doubtful = rows(STEEP)
    doubtful.loc[doubtful["category"].eq("3"), "mark"] = "zero"
    assert one(derive(doubtful, config(declared())))["reason"] == ABSENT
    jumped = rows(STEEP).assign(mark="jump")
    assert one(derive(jumped, config(declared())))["status"] == ""
    assert one(derive(hide(doubtful, "7"), config(declared())))["status"] == "c"


def test_groups_without_people_are_no_part_and_four_make_no_line() -> None:
    empty = hide(rows(STEEP), "9", "10", status="z")
    eight = one(derive(empty, config(declared())))
    missing = one(derive(rows({g: STEEP[g] for g in list(STEEP)[:8]}), config(declared())))
    assert eight["value"] == pytest.approx(missing["value"])
    few = one(derive(rows({g: STEEP[g] for g in "1234"}), config(declared())))
    assert (few["status"], few["reason"]) == ("z", EMPTY)


def test_figures_without_limits_or_people_make_no_row() -> None:
    bare = rows(STEEP).assign(numerator=np.nan, lower_95=np.nan, upper_95=np.nan)
    assert derive(bare, config(declared())).empty


def test_places_sexes_and_the_country_have_lines_of_their_own() -> None:
    wards = rows(FLAT, area_code=world.WEST, geography="district")
    nation = rows(FLAT, area_code="E92000001", geography="national", profile="official")
    every = pd.concat([rows(STEEP), rows(STEEP, "F"), rows(FLAT, "M"), wards, nation])
    many = declared(breakdowns=[["sex"], ["locality"]])
    found = derive(every, config(many)).set_index(["area_code", "breakdown", "category"])["value"]
    assert found[world.AREA, "sex", "F"] == pytest.approx(10)
    assert abs(found[world.AREA, "sex", "M"]) < 0.2
    assert abs(found[world.WEST, "total", "total"]) < 0.2
    assert abs(found["E92000001", "total", "total"]) < 0.2
    assert len(found) == 5


def test_a_line_along_coarser_groups_stands_where_those_are_shown() -> None:
    fallbacks = [
        {"breakdown": ["imd_decile"], "recodings": [{"collapse": {"imd_decile": "imd_quintile"}}]},
        {"breakdown": ["imd_decile", "locality"], "recodings": [
            {"collapse": {"imd_decile": "imd_quintile"}, "areas": "groups"}]},
    ]  # fmt: skip
    base = Indicator.model_validate({**BASE.model_dump(), "fallbacks": fallbacks})
    fifths = {str(n): (240 - 40 * n, 2_000) for n in range(1, 6)}
    gap = taken_over(declared(breakdowns=[["locality"]]), base)
    coarse = rows(fifths, breakdown="imd_quintile")
    found = one(derive(coarse, config(gap, base=base)))
    assert (found["breakdown"], found["value"]) == ("total", pytest.approx(10))
    # Its own row is no coarser for it; its places are.
    (kept,) = gap.fallbacks
    assert (kept.breakdown, kept.recodings[0].collapse, kept.recodings[0].areas) == (
        ("locality",), {}, "groups",
    )  # fmt: skip


def test_rounded_counts_are_said() -> None:
    name = next(n for n, p in WORLD.profiles.items() if p.rounding == 5)
    assert one(derive(rows(STEEP, profile=name), config(declared())))["note"] == ROUNDED


def test_a_ratio_over_an_end_that_may_be_nought_says_so() -> None:
    nobody = {g: (60 - 12 * n, 100) for n, g in enumerate("12345", 1)}
    found = one(derive(rows(nobody), config(relative())))
    assert found["status"] in ("", "z")
    assert math.isnan(found["upper_95"])
    unsure = {g: (x, 50) for g, x in zip("12345", (12, 10, 8, 5, 4), strict=True)}
    found = one(derive(rows(unsure), config(relative())))
    assert found["note"].endswith("so there are no limits.")
    assert found["status"] == ""


# -- in the pipeline -------------------------------------------------------------------------------


def test_a_hidden_tenth_hides_the_line_and_what_is_published_is_held_to_the_rest() -> None:
    roll = pd.DataFrame(
        [
            {"period": "2024/25", "imd_decile": n, "headline": True, "suspended": at < x}
            for n, x in zip(range(1, 11), (60, 50, 40, 40, 30, 30, 20, 20, 20, 2), strict=True)
            for at in range(400)
        ]
    )
    both = config(declared(), relative(), base=WORLD.indicators["suspended_pupils"])
    tables = {"roll": world.filled("roll", roll.astype(object))}
    measures = measure(tables, both.indicators.values(), both)
    assert set(measures["indicator"]) == {BASE.id}
    safe = complete(protect(measures, both).safe, both)
    found = safe.loc[safe["indicator"].ne(BASE.id) & safe["breakdown"].eq("total")]
    assert verify(safe, both) == len(safe) - len(protect(measures, both).safe)
    tenths = safe.loc[safe["breakdown"].str.startswith("imd_") & safe["status"].eq("c")]
    assert set(found["status"]) == {"c" if len(tenths) else ""}
    safe.loc[found.index[0], "value"] = 3.0
    safe.loc[found.index[0], "status"] = ""
    with pytest.raises(JsnaError, match="is not what the published figures"):
        verify(schema.conform(safe), both)


ENTRY = """
  - id: made
    title: Made
    phrase: the share of pupils suspended
    definition: One end less the other.
    kind: slope_index
    derived: {of: suspended_pupils, along: imd_decile}
"""


def loaded(tmp_path: Path, entry: str) -> tuple[dict[str, Indicator], str]:
    """The project's indicators with one more, and everything wrong with them."""
    folder = tmp_path / "config/indicators"
    folder.mkdir(parents=True)
    source = world.ROOT / "config/indicators/exclusions.yaml"
    (folder / "exclusions.yaml").write_text(source.read_text("utf-8") + entry, "utf-8")
    gather = Gatherer(tmp_path)
    dimensions = Categories({}, dimensions=WORLD.dimensions)
    found, *_ = load_catalogue(gather, dimensions, {})
    return found, "\n".join(str(problem) for problem in gather.problems)


def test_six_lines_declare_a_gap_in_the_unit_of_its_figures(tmp_path: Path) -> None:
    found, problems = loaded(tmp_path, ENTRY)
    assert "(made)" not in problems
    assert "'made." not in problems
    assert found["made"].unit == "percentage_points"
    rate = ENTRY.replace("suspended_pupils", "suspension_rate")
    of_rates, _ = loaded(tmp_path / "other", rate)
    assert (of_rates["made"].unit, of_rates["made"].per) == ("per_100", "pupils")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (", along: imd_decile", "", "says in `along` which dimension of deprivation"),
        ("imd_decile}", "sex}", "name a dimension in that order"),
        ("imd_decile}", "imd_decile, against: rest}", "leave out `within` and `against`"),
        ("imd_decile}", "imd_decile}\n    breakdowns: [imd_decile]", "cannot be broken down by it"),
        ("imd_decile}", "imd_decile}\n    breakdowns: [ethnicity]",
         "is not broken down by ethnicity, imd_decile; add it there"),
        ("suspended_pupils,", "nobody,", "refers to no such indicator"),
        ("suspended_pupils,", "made,", "or from what is derived itself"),
        ("kind: slope_index", "kind: slope_index\n    unit: [days]", "slope_index follow"),
        ("slope_index", "ratio", "a ratio does not run along a dimension"),
    ],
)  # fmt: skip
def test_faults_of_a_declaration_are_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in ENTRY
    assert told in loaded(tmp_path, ENTRY.replace(old, new))[1]


# -- in the report ---------------------------------------------------------------------------------


def view_of(frame: pd.DataFrame, *indicators: Indicator) -> Measures:
    both = config(*indicators)
    return Measures(complete(frame, both), both)


def plain(text: str) -> str:
    return re.sub(r"<[^>]+>", "", text)


def said(view: Measures, indicator: Indicator) -> list[str]:
    own = view.config.indicators[indicator.id]
    return [plain(s.text) for s in (*headline(view, own), *breakdown_sentences(view, own))]


def test_a_gap_is_said_with_its_interval_and_groups_by_their_verdicts() -> None:
    many = declared(breakdowns=[["sex"]])
    view = view_of(pd.concat([rows(STEEP), rows(STEEP, "F"), rows(FLAT, "M")]), many)
    assert said(view, many) == [
        "In Example, the gap in the share of pupils suspended between the two ends of a straight "
        "line from the most to the least deprived was 10.0 percentage points in the 2024/25 school "
        "year (95% interval 8.3 to 11.7 percentage points).",
        "By sex, the more deprived clearly have more among girls and young women (10.0 percentage "
        "points); there is no clear gradient among boys and young men (0.1 percentage points).",
    ]  # fmt: skip


def test_no_clear_gradient_has_the_interval_it_was_judged_by() -> None:
    view = view_of(rows(FLAT), declared(), relative())
    (gap,) = said(view, declared())
    assert gap.endswith(
        "was 0.1 percentage points in the 2024/25 school year (99.8% interval −2.5 to 2.7 "
        "percentage points), which is no clear gradient."
    )
    (ratio,) = said(view, relative())
    assert ratio.startswith("In Example, the share of pupils suspended was 1.02 times as high at")
    assert ratio.endswith("which is no clear gradient.")


def test_a_hidden_gap_says_that_it_is_hidden() -> None:
    view = view_of(hide(rows(STEEP), "4"), declared())
    assert said(view, declared()) == [
        "The figure for the share of pupils suspended in Example in the 2024/25 school year is "
        "hidden to protect confidentiality."
    ]


def _problems(
    frame: pd.DataFrame, made: Configuration, files: dict[str, str], at: Path
) -> list[str]:
    allowed = Allowed(Vocabulary(made, frame, registry()))
    reader = Reader(frame, made, allowed, Certificate({}))
    for name, text in sorted(files.items()):
        io.write_text(at / name, text)
        reader.read(name, at / name)
    return [str(p) for tally in reader._tallies for p in tally.problems]


def test_sentences_charts_and_formulas_of_lines_are_read_back(tmp_path: Path) -> None:
    gap = declared(breakdowns=[["sex"]], charts=["bars sex"])
    ratio = relative(breakdowns=[["sex"]], charts=["ratios sex", "trend"])
    made = config(gap, ratio)
    earlier = rows(FLAT, period="2023/24")
    every = [rows(STEEP), earlier, rows(STEEP, "F"), rows(FLAT, "M")]
    safe = complete(pd.concat(every, ignore_index=True), made)
    drawn = {d.id: d for d in figures(made, safe)}
    assert {d.type for d in drawn.values()} >= {"bars", "ratios"}
    view = Measures(safe, made)
    text = "".join(
        f"<p>{s.text}</p>" for i in (gap, ratio)
        for s in (*headline(view, i), *breakdown_sentences(view, i))
    )  # fmt: skip
    formulas = "".join(f"<li>{one}</li>" for one in FORMULAS.values())
    files = {f"{name}.svg": d.svg for name, d in drawn.items()}
    files["report.html"] = page(f"<ul>{formulas}</ul>{text}")
    assert _problems(safe, made, files, tmp_path) == []
    files["report.html"] = files["report.html"].replace(">10.0 percentage", ">10.1 percentage", 1)
    assert len(_problems(safe, made, files, tmp_path)) == 1


def test_the_interval_of_a_line_that_is_not_clear_is_worked_out_again(tmp_path: Path) -> None:
    """Readback lays the line itself through every group there is, whoever left one out."""
    made = config()
    frame = rows(FLAT | {"10": (64, 1_000)})
    view = Measures(frame, made)
    own = BASE.model_copy(update={"breakdowns": (("imd_decile",),)})
    (sentence,) = breakdown_sentences(view, own)
    assert plain(sentence.text) == (
        "There was no clear gradient by deprivation: 6.1% in the most deprived tenth and 6.4% in "
        "the least deprived tenth (99.8% interval of the gap along a straight line −2.7 to 2.5 "
        "percentage points)."
    )
    draft = {"report.html": page(f"<p>{sentence.text}</p>")}
    assert _problems(frame, made, draft, tmp_path) == []
    for changed in ("−2.7", "2.5"):
        wrong = {"report.html": draft["report.html"].replace(f">{changed}<", ">1.0<")}
        assert len(_problems(frame, made, wrong, tmp_path)) == 1
    other = frame.copy()
    other.loc[other["category"].eq("5"), "denominator"] *= 4
    assert _problems(other, made, draft, tmp_path)
    # The least deprived end alone is in doubt: the line is laid without it, there and here.
    doubtful = frame.assign(mark=np.where(frame["category"].eq("10"), "doubt", ""))
    assert _problems(doubtful, made, draft, tmp_path)
