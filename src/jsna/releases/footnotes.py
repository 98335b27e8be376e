"""Which of a release's footnotes go with which figures.

A footnote stands for the whole table unless its own words narrow it: one that names years goes
with those years, one that names authorities with them and with the totals that include them, and
one about age with figures by age.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import pandas as pd

from jsna.releases.release import AUTHORITY, LEVEL, OfficialTable, Scope

_YEAR: Final = re.compile(r"\b(20\d\d)(?:/(\d\d))?\b")


def scopes(release: OfficialTable) -> tuple[Scope, ...]:
    """The scope of every footnote of a table, from its words and the table's own authorities."""
    if not release.footnotes:
        return ()
    columns = ["la_name", "new_la_code", "region_code"]
    if not set(columns) <= set(release.frame):
        known = pd.DataFrame(columns=columns)
    else:
        known = release.frame.loc[release.frame[LEVEL] == AUTHORITY, columns].drop_duplicates()
    found = []
    for text in release.footnotes:
        named = {
            name for name in known["la_name"].unique() if re.search(rf"\b{re.escape(name)}\b", text)
        }
        rows = known[known["la_name"].isin(named)]
        years = {
            int(first) // 100 * 100 + int(second) if second else int(first)
            for first, second in _YEAR.findall(text)
        }
        found.append(
            Scope(
                text,
                frozenset(years),
                frozenset(rows["new_la_code"]),
                frozenset(rows["region_code"]),
                bool(re.match(r"Age\b", text)),
            )
        )
    return tuple(found)


def of(figures: pd.DataFrame, narrowed: Sequence[Scope]) -> pd.Series[str]:
    """The footnotes of each figure, joined.

    Args:
        figures: rows with `area_code`, `geography`, `period` and `breakdown`.
        narrowed: the footnotes of the table they come from.

    A year no figure has (the one a figure was collected in, say) stands for the latest.
    """
    said = pd.Series("", index=figures.index, dtype="str")
    if not narrowed:
        return said
    years = figures["period"].str[:2].astype("int64") * 100 + figures["period"].str[-2:].astype(
        "int64"
    )
    for scope in narrowed:
        applies = pd.Series(True, index=figures.index)
        if scope.years:
            present = scope.years & set(years.unique())
            applies &= years.isin(present or {years.max()})
        if scope.authorities:
            by_region = figures["geography"].eq("region") & figures["area_code"].isin(scope.regions)
            national = figures["geography"].eq("national")
            applies &= figures["area_code"].isin(scope.authorities) | by_region | national
        if scope.age:
            applies &= figures["breakdown"].str.contains("age_group", regex=False)
        said = said.where(~applies, (said + " " + scope.text).str.strip())
    return said
