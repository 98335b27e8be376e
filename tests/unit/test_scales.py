"""Shares of answers on a scale: in its order, and with how many answered."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tests.spec import world
from tests.unit import whole_path

#: Ages in bands stand for answers in order, as no source of answers is declared.
ENTRY = """
id: plans_by_age
title: Children with a plan by age
phrase: children with a plan
definition: Children with a plan of each age group over all whose age is known.
population: Children with a plan whose age is known.
population_base: maintained
period_type: january
kind: share
over: [age_group]
numerator: {table: plan, where: age_group is not null}
breakdowns: [age_group, [age_group, sex]]
charts: [bars age_group, heat age_group sex]
"""
ANSWERS = {"0-4": 94, "5-10": 254, "11-15": 322, "16-19": 180, "20-25": 50}


def test_shares_of_a_scale_go_to_the_page_with_their_base(tmp_path: Path) -> None:
    one = whole_path.declared(ENTRY)
    said = [
        ("2025", code, "FM"[n % 2])
        for code, count in ANSWERS.items()
        for n in range(count)
    ] + [("2025", None, "F")] * 7  # fmt: skip
    rows = world.filled(
        "plan", pd.DataFrame(said, columns=["period", "age_group", "sex"], dtype=object)
    )
    rows["person_key"] = [f"p{n}" for n in range(len(rows))]
    found = whole_path.walked(tmp_path, {"plan": rows}, [one])
    assert found.read.problems == ()
    whole = found.safe.loc[found.safe["breakdown"].eq("age_group")].set_index("category")
    assert whole["denominator"].eq(900).all()
    assert whole["numerator"].to_dict() == ANSWERS
    assert "ages 11 to 15 are the largest group" in found.page
    assert "11 to 1535.8" in found.page
    bars, heat = found.figures
    # The scale in its own order, not by size.
    labels = ["0 to 4", "5 to 10", "11 to 15", "16 to 19", "20 to 25"]
    assert [label for label, _ in bars["rows"]] == [label for label, _ in heat["rows"]] == labels
