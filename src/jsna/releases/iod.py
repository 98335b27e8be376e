"""Readers of the Indices of Deprivation workbooks, and what is drawn from them.

The workbooks' first sheet holds notes; the table's sheet is found by its columns. Areas are 2021
small areas: joining figures of 2011 small areas by code alone would lose those that changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import pandas as pd

from jsna.errors import JsnaError, Problem
from jsna.io import Paths
from jsna.model.configuration import Configuration
from jsna.releases import lookups, periods, store, workbook
from jsna.releases.release import (
    AUTHORITY,
    LEVEL,
    NATIONAL,
    REGIONAL,
    ROW,
    TIME,
    OfficialTable,
    with_geography,
)

IMD: Final = {
    "lsoa_code": "LSOA code (2021)",
    "district_code": "Local Authority District code (2024)",
    "imd_rank": "Index of Multiple Deprivation (IMD) Rank",
    "imd_decile": "Index of Multiple Deprivation (IMD) Decile",
}
IDACI: Final = {
    "lsoa_code": IMD["lsoa_code"],
    "imd_rank": IMD["imd_rank"],
    "idaci_rank": "Income Deprivation Affecting Children Index (IDACI) Rank",
    "idaci_decile": "Income Deprivation Affecting Children Index (IDACI) Decile",
}
#: The table of figures for whole authorities that mappings may name.
AUTHORITIES: Final = "authorities"
#: National deciles that make up the most deprived fifth.
MOST_DEPRIVED: Final = (1, 2)


def imd(path: Path) -> pd.DataFrame:
    """Small areas with `district_code`, `imd_rank` (1 is most deprived) and `imd_decile`."""
    return store.once(_file, path, "imd")


def idaci(path: Path) -> pd.DataFrame:
    """Small areas with `idaci_rank`, `idaci_decile`, and `imd_rank` for a check."""
    return store.once(_file, path, "idaci")


def _file(path: Path, which: str) -> pd.DataFrame:
    return _once(path, path.stat().st_mtime_ns, which).copy()


@lru_cache(maxsize=4)
def _once(path: Path, _: int, which: str) -> pd.DataFrame:
    """A workbook takes seconds to read and several tables need it: it is read once."""
    headers = IMD if which == "imd" else IDACI
    return _ranked(workbook.read(path, headers), f"{which}_rank", f"{which}_decile", path.name)


def _ranked(frame: pd.DataFrame, rank: str, decile: str, where: str) -> pd.DataFrame:
    """The frame with whole numbers, refused where codes repeat or a rank or decile is missing."""
    numbers = [name for name in frame if str(name).endswith(("_rank", "_decile"))]
    out = frame.assign(**{str(n): pd.to_numeric(frame[n], errors="coerce") for n in numbers})
    codes = out["lsoa_code"].astype("str")
    rules = {
        "a small area stands twice": codes.duplicated(),
        "is not the code of a 2021 small area": ~codes.str.fullmatch(r"E01\d{6}"),
        f"{rank} is not a rank": ~(out[rank] >= 1) | (out[rank] % 1 != 0),
        f"{decile} is not a decile": ~out[decile].isin(range(1, 11)),
    }
    problems = []
    for rule, bad in rules.items():
        if bad.any():
            at = int(bad.to_numpy().argmax())
            problems.append(
                Problem(
                    where, rule, row=at + 2, value=codes.iloc[at], code="published.iod",
                    count=int(bad.sum()),
                )
            )  # fmt: skip
    if problems:
        raise JsnaError(problems)
    return out.astype({str(name): "int64" for name in numbers})


def together(by_imd: pd.DataFrame, by_idaci: pd.DataFrame, where: str) -> pd.DataFrame:
    """Both indices by small area; refused where the two files are not of one release."""
    both = by_imd.merge(by_idaci, on="lsoa_code", how="outer", suffixes=("", "_other"))
    apart = both["imd_rank"] != both["imd_rank_other"]
    if apart.any():
        rule = "does not give the same ranks as the other workbook: are they of one release?"
        code = str(both.loc[apart, "lsoa_code"].iloc[0])
        raise JsnaError(
            Problem(where, rule, value=code, code="published.iod", count=int(apart.sum()))
        )
    return both.drop(columns="imd_rank_other")


def authorities(
    config: Configuration, paths: Paths, tables: Sequence[str]
) -> dict[str, OfficialTable]:
    """Small areas, and those of the most deprived fifth, in England, each region and authority.

    Returns:
        The table `authorities` as a release: `lsoas` and `lsoas_most_deprived_fifth` as text.

    Raises:
        JsnaError: another table is asked for, or a look-up it needs is not in the edition.
    """
    source = config.releases["iod"][0]
    needed = ("authority_lookup", "regions")
    problems = [
        Problem(source.file, f"the edition's `sources` need {name}", code="published.lookup")
        for name in needed
        if name not in config.releases
    ] + [
        Problem(source.file, f"has no table {table!r}", code="published.table")
        for table in tables
        if table != AUTHORITIES
    ]
    if problems:
        raise JsnaError(problems)
    files = {name: paths.published / config.releases[name][0].file for name in needed}
    small = imd(paths.published / source.file)
    upper = store.once(lookups.authorities, files["authority_lookup"])
    region = store.once(lookups.regions, files["regions"])
    frame = _by_authority(small, upper, region, config.area.country.code, source.release)
    return {AUTHORITIES: OfficialTable(frame, source.file)}


def _by_authority(
    small: pd.DataFrame, upper: pd.DataFrame, region: pd.DataFrame, country: str, release: str
) -> pd.DataFrame:
    upper_of = upper.drop_duplicates("district_code").set_index("district_code")["authority_code"]
    region_of = region.drop_duplicates("authority_code").set_index("authority_code")
    table = pd.DataFrame(
        {
            "country_code": country,
            "new_la_code": small["district_code"].map(upper_of).fillna(small["district_code"]),
            "lsoas": 1,
            "lsoas_most_deprived_fifth": small["imd_decile"].isin(MOST_DEPRIVED).astype("int64"),
        }
    )
    table["region_code"] = table["new_la_code"].map(region_of["region_code"])
    counts = ["lsoas", "lsoas_most_deprived_fifth"]
    levels = (
        (NATIONAL, ["country_code"]),
        (REGIONAL, ["country_code", "region_code"]),
        (AUTHORITY, ["country_code", "region_code", "new_la_code"]),
    )
    parts = [
        table.groupby(keys, sort=True, dropna=False)[counts].sum().reset_index().assign(
            **{LEVEL: level}
        )
        for level, keys in levels
    ]  # fmt: skip
    out = pd.concat(parts, ignore_index=True)
    out = with_geography(out.fillna("").astype("str")).assign(**{TIME: periods.year(release)})
    for name in ("region_code", "new_la_code"):
        out[name] = out[name].replace("nan", "")
    return out.assign(**{ROW: range(2, len(out) + 2)})
