"""Reader of the statistical neighbours model, by old three-digit codes, closest first.

It comes as the Local Authority Interactive Tool's workbook, with two rows of letters and numbers
above its header and neighbours from older models below the table, or as a wide CSV.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Final

import pandas as pd

from jsna.errors import JsnaError, Problem
from jsna.model.areas import Area
from jsna.releases import workbook

RANKS: Final = range(1, 11)
_CODE: Final = re.compile(r"(\d{3})(\.0)?")


def read(path: Path) -> pd.DataFrame:
    """Neighbours: `old_la_code`, `rank` (1 is closest), `neighbour` (old code).

    Raises:
        JsnaError: not this model, or an authority stands in it twice.
    """
    if path.suffix.lower() == ".xlsx":
        wide = workbook.read(path, {"la": "LA num", **{f"n{rank}": f"SN{rank}" for rank in RANKS}})
    else:
        wide = _csv(path)
    wide = wide.apply(lambda column: column.map(_code))
    wide = wide[wide["la"].notna()]
    long: pd.DataFrame = wide.melt(
        "la", [f"n{rank}" for rank in RANKS], "rank", "neighbour"
    ).dropna()
    long["rank"] = long["rank"].str[1:].astype("int64")
    if wide["la"].duplicated().any() or long.empty:
        rule = "is empty or names an authority twice"
        raise JsnaError(Problem(path.name, rule, code="published.duplicate"))
    long = long.rename(columns={"la": "old_la_code"})
    long = long.sort_values(["old_la_code", "rank"], kind="stable")
    return long.reset_index(drop=True)


def _code(cell: object) -> str | None:
    match = _CODE.fullmatch(str(cell).strip())
    return match.group(1) if match else None


def _csv(path: Path) -> pd.DataFrame:
    rows = csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines())
    names = {"la": "old_la_code", **{f"n{rank}": f"SN_{rank}" for rank in RANKS}}
    missing = [name for name in names.values() if name not in (rows.fieldnames or ())]
    if missing:
        rule = f"has no column {', '.join(map(repr, missing))}; it is not a neighbours model"
        raise JsnaError(Problem(path.name, rule, row=1, code="published.columns"))
    return pd.DataFrame(
        [[row[name] for name in names.values()] for row in rows], columns=list(names)
    )


def check(area: Area, model: pd.DataFrame, where: str) -> list[Problem]:
    """Whether the area's configured neighbours are the model's, in its order."""
    theirs = model.loc[model["old_la_code"] == area.old_la_code, "neighbour"].tolist()
    ours = [place.old_la_code for place in area.neighbours]
    if ours == theirs:
        return []
    path = f"config/areas/{area.area}.yaml"
    rule = f"must be those of {where}, closest first: {', '.join(theirs) or 'none'}"
    return [
        Problem(path, rule, column="neighbours", value=", ".join(ours), code="config.neighbours")
    ]
