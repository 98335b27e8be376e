"""Reader of the Local Authority Interactive Tool: one long table of about 640,000 rows.

Values are text with the noise of a spreadsheet's floats ("4.4000000000000004") and "-" where there
is none. Areas are numbered: authorities by their old code, England and the regions above them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pandas as pd

from jsna.errors import JsnaError, Problem
from jsna.machine import trouble
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

#: How the layout numbers areas that are not authorities.
NATION_NUMBER: Final = 970
REGION_NUMBERS: Final = range(980, 991)
MEASURE: Final = "Short Desc"
COLUMNS: Final = (MEASURE, "Years", "LA and Regions", "Values", "LA Number")
#: What the dictionary calls the kinds of year -> period types of the measure table.
YEAR_TYPES: Final = {
    "academic year": ("academic_year", "january"),
    "calendar year": ("calendar_year", "january"),
    "annual - january": ("january",),
    "annual": ("january", "calendar_year", "mid_year"),
    "financial year": ("financial_year",),
    "three years": ("three_years",),
}


def read(path: Path, measures: Iterable[str]) -> dict[str, OfficialTable]:
    """Rows of the measures named, each as a release of its own.

    Args:
        path: the parquet file.
        measures: values of the "Short Desc" column.

    Raises:
        JsnaError: the file cannot be read, or has no rows of some of the measures.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import parquet as pq

    from jsna.io import text_type

    wanted = sorted(set(measures))
    try:
        missing = [c for c in COLUMNS if c not in pq.read_schema(path).names]
        if missing:
            rule = f"has no column {', '.join(map(repr, missing))}; it is not this tool's table"
            raise JsnaError(Problem(path.name, rule, code="published.columns"))
        table = pq.read_table(path, columns=list(COLUMNS), use_threads=False)
    except (pa.ArrowInvalid, OSError) as error:
        trouble.pass_on(error)
        rule = "is not a parquet file that can be read; fetch it again"
        raise JsnaError(Problem(path.name, rule, code="published.parquet")) from error
    named = pc.utf8_trim_whitespace(table[MEASURE])
    position = pa.array(range(1, table.num_rows + 1))
    table = table.set_column(0, MEASURE, named).append_column(ROW, position)
    table = table.filter(pc.is_in(named, value_set=pa.array(wanted)))
    frame: pd.DataFrame = table.to_pandas(types_mapper=text_type)
    absent = sorted(set(wanted) - set(frame[MEASURE].unique()))
    if absent:
        raise JsnaError(
            Problem(
                path.name, "has no measure of this name", column=MEASURE, value=name,
                code="published.measure",
            )
            for name in absent
        )  # fmt: skip
    frame = _geography(frame, path.name)
    return {
        str(name): OfficialTable(rows.reset_index(drop=True), f"{path.name}, {name}")
        for name, rows in frame.groupby(MEASURE, sort=True)
    }


def _geography(frame: pd.DataFrame, where: str) -> pd.DataFrame:
    number = frame["LA Number"].astype("float64")
    name = frame["LA and Regions"].fillna("").str.strip()
    nation, region = number.eq(NATION_NUMBER), number.isin(REGION_NUMBERS)
    if number.isna().any():
        row = int(frame.loc[number.isna(), ROW].iloc[0])
        rule = "has rows without an area number"
        raise JsnaError(Problem(where, rule, row=row, column="LA Number", code="published.area"))
    level = pd.Series(AUTHORITY, index=frame.index).mask(region, REGIONAL).mask(nation, NATIONAL)
    return with_geography(
        frame.assign(
            **{
                TIME: frame["Years"].fillna(""),
                LEVEL: level,
                "country_name": name.where(nation, ""),
                "region_name": name.where(region, ""),
                "old_la_code": number.astype("int64").astype("str").where(~nation & ~region, ""),
                "Values": frame["Values"].fillna(""),
            }
        ).drop(columns=["LA Number", "LA and Regions", "Years"])
    )


def year_types(path: Path) -> dict[str, str]:
    """Measure -> the kind of year its figures are by, from the tool's data dictionary.

    Raises:
        JsnaError: the file has not the dictionary's columns.
    """
    text = path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    rows = csv.DictReader(text.splitlines(keepends=True))
    missing = sorted({"Measure_short", "Year_Type"} - set(rows.fieldnames or ()))
    if missing:
        rule = f"has no column {', '.join(map(repr, missing))}; it is not this tool's dictionary"
        raise JsnaError(Problem(path.name, rule, code="published.columns"))
    return {row["Measure_short"].strip(): row["Year_Type"].strip().lower() for row in rows}
