"""The range that is usual among neighbours: by hand, as the judge takes it, and read back."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
from scipy.stats import t

from jsna.measures.methods import judging
from jsna.readback import usual
from jsna.readback.printed import measures
from jsna.report import comparing
from tests.unit import report_support as made

PLAN = made.configured()[0]["pupils_ehc_plan"]
NEIGHBOURS = {"E10000971": 300, "E10000972": 420, "E10000973": 500}
MEDIAN: dict[str, Any] = {"area": "neighbours", "geography": "neighbours"}


def rows(x: int) -> list[dict[str, Any]]:
    return [
        made.measure(PLAN, x, 10_000),
        *(made.measure(PLAN, n, 10_000, area=code) for code, n in NEIGHBOURS.items()),
        made.measure(PLAN, 420, 10_000, **MEDIAN),
    ]


def said(given: list[dict[str, Any]]) -> dict[str, str]:
    found = comparing.comparison(made.view(given), PLAN)
    assert found is not None
    return dict(re.findall(r'data-field="(usual_\w+)">([\d.,−]+)</span>', str(found.text)))


def logit(percent: float) -> float:
    return math.log(percent / (100 - percent))


def test_the_range_is_student_t_of_one_more_neighbour_on_the_scale_of_logits() -> None:
    given = rows(800)
    every = [logit(row["value"]) for row in given[:4]]
    errors = [
        max(value - logit(row["lower_95"]), logit(row["upper_95"]) - value) / 1.959964
        for value, row in zip(every, given, strict=False)
    ]
    others = np.array(every[1:])
    variance = others.var(ddof=1)
    between = variance - np.mean(np.square(errors[1:]))
    reach = t.ppf(0.975, 2) * math.sqrt(between + errors[0] ** 2 + variance / 3)
    ends = [100 / (1 + math.exp(-(others.mean() + side * reach))) for side in (-1, 1)]
    assert said(given) == {"usual_low": f"{ends[0]:.1f}", "usual_high": f"{ends[1]:.1f}"}
    assert 0 < ends[0] < 3.0 < 5.0 < ends[1] < 15


@pytest.mark.parametrize("x", [0, 1, 420, 800, 5_000])
def test_what_is_printed_is_worked_out_again(x: int) -> None:
    given = rows(x)
    known = measures(made.frame(given), {PLAN.id: PLAN.decimals})
    key = made.first(made.view(given[:1]), PLAN.id).key
    printed = said(given)
    assert len(printed) == 2
    for field, text in printed.items():
        assert usual.printed(known, key, field) == text


def test_nothing_is_usual_among_two_or_across_ways_of_counting() -> None:
    given = rows(800)
    known = measures(made.frame(given[:3]), {PLAN.id: 1})
    key = made.first(made.view(given[:1]), PLAN.id).key
    assert usual.printed(known, key, "usual_low") == ""
    apart = [given[0], *({**row, "segment": "2024"} for row in given[1:4])]
    assert usual.printed(measures(made.frame(apart), {PLAN.id: 1}), key, "usual_low") == ""


@pytest.mark.parametrize("error", [0.0, 0.4])
def test_at_the_ends_of_the_range_an_area_is_just_unlike_the_others(error: float) -> None:
    others, errors = [1.0, 1.5, 2.5, 2.0], [0.1, 0.0, 0.2, 0.1]
    for end in judging.usual(error, others, errors):
        assert judging.among(end, error, others, errors) == pytest.approx(judging.FALSE)
