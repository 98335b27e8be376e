"""Estimates of population of small areas as the Office for National Statistics issues them.

A workbook of a sheet for each year, `Mid-2024 LSOA 2021`, under three lines of title: a row for
each small area of England and Wales, and a column for each sex and age, F0 to F90 and M0 to M90, of
which the last is 90 and over (readers of `sapelsoasyoa20222024.xlsx`). Cut to the areas of the
edition, or to England.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from jsna.model.contract import Column, Table
from jsna.model.layouts import Shape
from jsna.model.parts import About, Parts
from jsna.shared import patterns

if TYPE_CHECKING:
    import pandas as pd

AGES: Final = [f"{sex}{age}" for sex in "FM" for age in range(91)]
WIDE: Final = Table(
    "mid_year",
    "One small area.",
    (
        Column(
            "LSOA 2021 Code", "lsoa_code", "string", "Lower layer super output area (2021).",
            pattern=patterns.LSOA, aliases=("LSOA21CD",),
        ),
        *(
            Column(name, name.lower(), "integer", "People of a sex and age.", minimum=0)
            for name in AGES
        ),
    ),
    key=("lsoa_code",),
)  # fmt: skip


def _sheet(_: str, period: str) -> Shape:
    return Shape(sheet=f"Mid-{period} LSOA 2021")


def _put_together(parts: Mapping[str, pd.DataFrame], about: About) -> Mapping[str, pd.DataFrame]:
    import pandas as pd

    wide = parts[WIDE.name]
    areas = about.others.get("areas.lsoa")
    if areas is None:
        wide = wide[wide["lsoa_code"].str.startswith("E", na=False)]
    else:
        wide = wide[wide["lsoa_code"].isin(set(areas["lsoa_code"]))]
    long = wide.melt(
        ["lsoa_code", "source_row"], [name.lower() for name in AGES], "column", "people"
    )
    return {
        "syoa": pd.DataFrame(
            {
                "lsoa_code": long["lsoa_code"],
                "year": about.period,
                "sex": long["column"].str[:1].str.upper(),
                "age": long["column"].str[1:],
                "people": long["people"],
                "source_row": long["source_row"],
            }
        )
    }


PARTS: Final = Parts((WIDE,), (), _put_together, _sheet)
