"""Quantiles of a whole and of its other parts: what they leave known of a few hidden children."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jsna.disclosure.attacking.brackets import bracketed
from jsna.disclosure.evidence import gather
from jsna.disclosure.protect import protect
from jsna.disclosure.prove import prove
from jsna.errors import JsnaError
from jsna.measures.engine import measure
from jsna.model import schema
from tests.tried import drawn
from tests.unit import whole_path
from tests.unit.test_quantiles import BASE, ENTRY, LIMITS, plans

#: Fifteen girls of each age from 10 to 19.
GIRLS = [10 + at % 10 for at in range(150)]


class Quantiles:
    """Percentiles of ages by sex or setting, protected; without one where it is None."""

    def __init__(
        self, ages: dict[str | None, Sequence[int]], *percentiles: int, by: str = "sex"
    ) -> None:
        rows: list[tuple[Any, ...]] = [
            ("2025", age, *((code, "A") if by == "sex" else ("F", code)), None)
            for code, some in ages.items()
            for age in some
        ]
        made = [
            whole_path.declared(
                ENTRY.replace("plans_median_age", f"p{percentile}"),
                percentile=percentile,
                breakdowns=[[by]],
            )
            for percentile in percentiles
        ]
        self.config = replace(BASE, indicators={one.id: one for one in made})
        self.truth = measure({"plan": plans(rows)}, made, self.config)
        made_ = protect(self.truth, self.config)
        self.safe, self.log = made_.safe, made_.log

    def shown(self) -> set[tuple[str, str]]:
        rows = self.safe.loc[self.safe["status"].ne("c")]
        return set(zip(rows["indicator"], rows["category"], strict=True))

    def prove(self, safe: pd.DataFrame) -> None:
        prove(gather(safe, self.truth, self.config))

    def bare(self, category: str) -> pd.DataFrame:
        """What would be published were only the rows of a category hidden."""
        safe = self.truth[list(schema.columns())].copy()
        mine = safe["category"].eq(category)
        safe.loc[mine, list(schema.NUMBERS)] = np.nan
        safe.loc[mine, ["status", "reason", "note"]] = "c", "disclosure_control", ""
        return safe


def test_nine_boys_who_are_all_nought_are_not_told_by_two_percentiles() -> None:
    """Of all 159 the 9th is 0; of 150 girls the 8th is 10, so that 7 at most are younger.

    Two boys at least are 0 by the values alone, and five with their limits: their hidden median is.
    """
    made = Quantiles({"F": GIRLS, "M": [0] * 9}, 5, 10)
    values = made.truth.set_index(["indicator", "category"])["value"]
    assert (values["p5", "total"], values["p5", "F"], values["p10", "total"]) == (0, 10, 10)
    assert made.shown() == {("p5", "total"), ("p10", "total")}
    told = made.log.set_index("category")[["rule", "kind"]].drop_duplicates()
    assert tuple(told.loc["F"]) == ("bracket", "secondary")
    made.prove(made.safe)
    with pytest.raises(JsnaError) as caught:
        made.prove(made.bare("M"))
    assert {problem.code for problem in caught.value.problems} == {"prove.remainder"}
    # Without limits too.
    values_alone = made.bare("M").assign(**dict.fromkeys(LIMITS, np.nan))
    hidden = values_alone["status"].eq("c").to_numpy()
    (row,) = bracketed(values_alone, hidden, made.config, made.truth)
    assert values_alone.loc[row, "category"] == "total"


def test_children_of_no_category_are_told_like_a_hidden_part() -> None:
    made = Quantiles({"F": GIRLS, None: [0] * 9}, 5, 10)
    assert made.shown() == {("p5", "total"), ("p10", "total")}
    made.prove(made.safe)
    with pytest.raises(JsnaError, match="leaves over beside its parts"):
        made.prove(made.truth[list(schema.columns())])


def test_nine_boys_are_told_beside_nine_others_who_are_hidden() -> None:
    """Of all 332 the 18th is 0 (P10's limit), of 314 girls at most 4 are below 10 (P5's limit).

    So 14 of the 18 who are left are 0, and of nine boys five at least: their hidden median is.
    """
    made = Quantiles({"F": (GIRLS * 3)[:314], "M": [0] * 9, None: [0] * 9}, 5, 10)
    assert {category for _, category in made.shown()} == {"total"}
    made.prove(made.safe)
    with pytest.raises(JsnaError, match="leaves over beside its parts"):
        made.prove(made.bare("M"))
    # Where none of them is in a row of its own, nobody can say who is 0.
    made = Quantiles({"F": (GIRLS * 3)[:314], None: [0] * 18}, 5, 10)
    assert {("p5", "F"), ("p10", "F")} <= made.shown()
    made.prove(made.safe)


def test_two_hidden_parts_are_told_together_where_neither_is() -> None:
    """Of the 18 who are left 14 are 0, ten of them of no setting: of two rows of four, four are 0.

    Of four alone all the others may be 0.
    """
    girls = (GIRLS * 3)[:314]
    pair = {"A": girls, "B": [0] * 4, "C": [0] * 4, None: [0] * 10}
    made = Quantiles(pair, 5, 10, by="setting")
    assert {category for _, category in made.shown()} == {"total"}
    made.prove(made.safe)
    bare = made.bare("B").set_index("category")
    other = made.bare("C").set_index("category")
    bare.loc["C"] = other.loc["C"]
    with pytest.raises(JsnaError, match="leaves over beside its parts"):
        made.prove(bare.reset_index()[made.safe.columns])
    alone = Quantiles({"A": girls, "B": [0] * 4, None: [0] * 14}, 5, 10, by="setting")
    assert {("p5", "A"), ("p10", "A")} <= alone.shown()
    alone.prove(alone.safe)


@pytest.mark.parametrize(
    ("ages", "percentiles"),
    [
        # One percentile of two groups alike gives no two bounds,
        ({"F": GIRLS, "M": [10, 11, 12, 13, 14, 15, 16, 17, 18]}, (50,)),
        # nor does one of groups apart: half of the boys are younger than a girl, who knows by what.
        ({"F": GIRLS, "M": [3, 4, 5, 5, 6, 7, 7, 8, 9]}, (50,)),
        # Ten are as many as a row may be of; one row has as much to say of them.
        ({"F": GIRLS, None: [0] * 10}, (5, 10)),
    ],
)
def test_an_inequality_hides_nothing_else(
    ages: dict[str | None, list[int]], percentiles: tuple[int, ...]
) -> None:
    made = Quantiles(ages, *percentiles)
    hidden = made.safe.loc[made.safe["status"].eq("c"), "category"]
    assert set(hidden) == ({"M"} if "M" in ages else set())
    made.prove(made.safe)


def test_from_both_sides_a_value_is_told_that_is_not_nought() -> None:
    """Older and younger girls leave the nine boys between: 14 is all that is left for them."""
    made = Quantiles({"F": [4] * 10 + [30] * 10, "M": [14] * 9}, 25, 50, 75)
    assert {category for _, category in made.shown()} == {"total"}
    made.prove(made.safe)
    with pytest.raises(JsnaError, match="leaves over beside its parts"):
        made.prove(made.bare("M"))


@pytest.mark.parametrize("seed", drawn(8, 3))
def test_protection_and_attack_agree_on_drawn_ages(seed: int) -> None:
    draw = np.random.default_rng(seed)
    shift = int(draw.integers(0, 25))
    ages: dict[str | None, Sequence[int]] = {
        "F": draw.integers(shift, shift + 10, 120).tolist(),
        "M": draw.integers(0, 3 + seed, int(draw.integers(1, 12))).tolist(),
    }
    made = Quantiles(ages, 5, 10, 25, 50, 90)
    made.prove(made.safe)
