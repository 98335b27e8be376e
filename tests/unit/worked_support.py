"""Published rows of pupils suspended, from which kinds that are worked out are made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from jsna.measures.methods import proportion_wilson
from jsna.model import schema
from tests.spec import world


def suspended(
    groups: Mapping[str, tuple[float, float]],
    by: str,
    period: str = "2024/25",
    rest: str = "",
    **changes: Any,
) -> pd.DataFrame:
    """Rows of groups as published, "" for everyone: of them suspended, out of.

    Args:
        groups: category of `by` -> those suspended, and all.
        by: the dimension.
        rest: the sex all are of; everyone's where it is "".
        changes: what else the rows say.
    """
    made = []
    for group, (x, n) in groups.items():
        found = proportion_wilson([x], [n], multiplier=100, confidence=(0.95, 0.998))
        named = {by: group} if group else {}
        breakdown, category = schema.canonical(named | ({"sex": rest} if rest else {}))
        made.append(
            {
                "edition": "example-2025", "indicator": "suspended_pupils",
                "area_code": world.AREA, "geography": "authority", "period": period,
                "period_type": "academic_year", "breakdown": breakdown, "category": category,
                "population_base": "attending", "numerator": x, "denominator": n,
                "value": found.value[0], "lower_95": found.lower[0][0],
                "upper_95": found.upper[0][0], "lower_998": found.lower[1][0],
                "upper_998": found.upper[1][0], "unit": "percent", "method": "proportion_wilson",
                "status": "", "profile": "default", "source": "local:school_census+exclusions",
            } | changes
        )  # fmt: skip
    return schema.conform(pd.DataFrame(made))
