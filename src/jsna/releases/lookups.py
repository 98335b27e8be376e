"""Readers of look-ups: small areas to wards and districts, districts to authorities, regions.

All are CSV (perhaps gzipped) found by column names, of which the year part may change
(`lsoa21_code`, `ward24_code`). Every reader returns text columns under our own names.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pandas as pd

from jsna.errors import JsnaError, Problem
from jsna.machine import limits, trouble

LSOA: Final = {
    "lsoa_code": r"lsoa\d\d_?(code|cd)",
    "lsoa_name": r"lsoa\d\d_?(name|nm)",
    "ward_code": r"(ward|wd)\d\d_?(code|cd)",
    "ward_name": r"(ward|wd)\d\d_?(name|nm)",
    "district_code": r"(ltla|lad)\d\d_?(code|cd)",
    "district_name": r"(ltla|lad)\d\d_?(name|nm)",
}
LSOA_2011: Final = {
    "lsoa_2011": r"lsoa11_?(code|cd)",
    "lsoa_code": r"lsoa21_?(code|cd)",
}
AUTHORITY: Final = {
    "district_code": r"(ltla|lad)\d\d_?(code|cd)",
    "authority_code": r"utla\d\d_?(code|cd)",
    "authority_name": r"utla\d\d_?(name|nm)",
}
REGION: Final = {
    "region_code": "region_code",
    "region_name": "region_name",
    "old_la_code": "old_la_code",
    "authority_code": "new_la_code",
}
_AGE: Final = re.compile(r"(\d+)\+?")


def _read(path: Path, columns: Mapping[str, str]) -> pd.DataFrame:
    """Columns whose names match, as text. The file is refused where one is missing or doubled."""
    frame = _csv(path)
    found = {
        ours: [name for name in frame if re.fullmatch(pattern, str(name).strip().lower())]
        for ours, pattern in columns.items()
    }
    wrong = [ours for ours, names in found.items() if len(names) != 1]
    if wrong:
        rule = f"has no column (or several) for {', '.join(wrong)}; it is not this look-up"
        raise JsnaError(Problem(path.name, rule, row=1, code="published.columns"))
    return pd.DataFrame({ours: frame[names[0]].str.strip() for ours, names in found.items()})


def _csv(path: Path) -> pd.DataFrame:
    content = path.read_bytes()
    try:
        if path.suffix == ".gz":
            content = limits.gunzipped(content)
        text = content.decode("utf-8-sig")
        return pd.read_csv(io.StringIO(text), dtype="str", keep_default_na=False)
    except limits.TooLargeError as large:
        raise JsnaError(Problem(path.name, str(large), code="published.large")) from None
    except (
        OSError, EOFError, zlib.error, UnicodeDecodeError, pd.errors.ParserError, ValueError
    ) as error:  # fmt: skip
        trouble.pass_on(error)
        rule = "is not a (gzipped) CSV file in UTF-8 that can be read; fetch it again"
        raise JsnaError(Problem(path.name, rule, code="published.csv")) from error


def lsoas(path: Path) -> pd.DataFrame:
    """Small areas with their ward and district, in England; one row each.

    Raises:
        JsnaError: not this look-up, or a small area stands in it twice.
    """
    frame = _read(path, LSOA)
    frame = frame[frame["lsoa_code"].str.startswith("E")].reset_index(drop=True)
    twice = frame.duplicated("lsoa_code")
    if twice.any():
        first = str(frame.loc[twice, "lsoa_code"].iloc[0])
        rule = "a small area stands in the look-up more than once"
        raise JsnaError(Problem(path.name, rule, value=first, code="published.duplicate"))
    return frame


def lsoas_2011(path: Path) -> pd.DataFrame:
    """Small areas of 2011 with those of 2021 they became: `lsoa_2011`, `lsoa_code`, `parts`.

    One row for each pair, in England and Wales; `parts` is how many of 2021 the one of 2011 became.
    A code of 2011 with one part, unchanged or merged with others, says where a home is today.

    Raises:
        JsnaError: not this look-up.
    """
    frame = _read(path, LSOA_2011).drop_duplicates().sort_values(list(LSOA_2011))
    parts = frame.groupby("lsoa_2011")["lsoa_code"].transform("size").astype("int64")
    return frame.assign(parts=parts).reset_index(drop=True)


def authorities(path: Path) -> pd.DataFrame:
    """Districts with the upper-tier authority they belong to."""
    return _read(path, AUTHORITY)


def districts(path: Path) -> pd.DataFrame:
    """The same with the names of the districts."""
    return _read(path, {**AUTHORITY, "district_name": r"(ltla|lad)\d\d_?(name|nm)"})


def regions(path: Path) -> pd.DataFrame:
    """Authorities with their region. Rows of no region ("z") or no old code ("x") are left out."""
    frame = _read(path, REGION)
    real = frame["region_code"].str.startswith("E") & frame["old_la_code"].str.fullmatch(r"\d{3}")
    return frame[real].drop_duplicates().reset_index(drop=True)


def ages(path: Path) -> pd.DataFrame:
    """Residents by single year of age: `area_code`, `age` (the last is open), `people`.

    Raises:
        JsnaError: the file has no area codes or no columns of ages.
    """
    frame = _csv(path)
    codes = [c for c in frame if re.fullmatch(r"[a-z]+\d\d_code", str(c))]
    years = {c: int(m.group(1)) for c in frame if (m := _AGE.fullmatch(str(c).strip()))}
    if len(codes) != 1 or len(years) < 26:
        rule = "needs one column of area codes and one for each single year of age"
        raise JsnaError(Problem(path.name, rule, row=1, code="published.columns"))
    long = frame.melt(codes, list(years), "age", "people")
    long["age"] = long["age"].map(years).astype("int64")
    long["people"] = pd.to_numeric(long["people"], errors="coerce")
    if long["people"].isna().any():
        rule = "has cells that are not numbers"
        raise JsnaError(Problem(path.name, rule, code="published.symbol"))
    return (
        long.rename(columns={codes[0]: "area_code"})
        .sort_values(["area_code", "age"], kind="stable")
        .reset_index(drop=True)
    )
