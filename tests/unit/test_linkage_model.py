"""The linkage model as it is kept: what was learnt, what was declared, and numbers from counts."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from jsna.linkage.comparisons import settings
from jsna.linkage.model import tidied, with_numbers


def levels(model: dict[str, Any], name: str) -> dict[str, dict[str, Any]]:
    """The levels of a comparison that say something, by name."""
    (found,) = (c for c in model["comparisons"] if c["output_column_name"] == name)
    return {v["label_for_charts"]: v for v in found["comparison_levels"]}


@pytest.mark.parametrize(
    ("agreeing", "same", "other"),
    [
        # 99 and a half of 101.
        ((99, 100), 0.985149, 0.0148515),
        ((0, 1), 0.25, 0.75),
        # No register is taken to be right more often than 998 times of 1,000.
        ((10_000, 10_000), 0.998, 0.002),
        # Nobody compared says nothing.
        ((0, 0), 0.99, 0.01),
    ],
)
def test_numbers_agree_as_often_as_among_certain_pairs(
    agreeing: tuple[int, int], same: float, other: float
) -> None:
    plain = settings()
    made = with_numbers(copy.deepcopy(plain), agreeing)
    found = levels(made, "number")
    assert (found["same"]["m_probability"], found["other"]["m_probability"]) == (same, other)
    assert "m_probability" not in found["missing"]
    for name in ("sex", "surname"):
        assert levels(made, name) == levels(plain, name)
    assert found["same"]["u_probability"] == levels(plain, "number")["same"]["u_probability"]


def test_what_was_learnt_is_kept_in_sum_1_and_what_was_not_as_declared() -> None:
    learnt, declared = settings(), settings()
    learnt["comparisons"] = [
        c for c in learnt["comparisons"] if c["output_column_name"] in ("sex", "postcode")
    ]
    sexes = levels(learnt, "sex")
    sexes["same"]["m_probability"], sexes["other"]["m_probability"] = 0.6, 0.2
    # As good as never, and a level that was never seen.
    codes = levels(learnt, "postcode")
    codes["exact"]["u_probability"] = 0.0
    codes["one edit"]["u_probability"] = 1e-12
    del codes["sector"]["u_probability"]
    made = tidied(learnt)
    found = levels(made, "sex")
    assert (found["same"]["m_probability"], found["other"]["m_probability"]) == (0.75, 0.25)
    found = levels(made, "postcode")
    # Declared: 0.0002 exact, 0.005 of one sector, 0.994 others; at least one in a million.
    whole = 0.0002 + 0.005 + 1e-6 + 0.994
    for name, value in (("exact", 0.0002), ("sector", 0.005), ("one edit", 1e-6), ("other", 0.994)):
        assert found[name]["u_probability"] == pytest.approx(value / whole, rel=1e-5)
    assert levels(made, "surname") == levels(declared, "surname")
    for comparison in made["comparisons"]:
        for letter in ("m_probability", "u_probability"):
            told = [v[letter] for v in comparison["comparison_levels"] if letter in v]
            assert sum(told) == pytest.approx(1, abs=1e-5)
