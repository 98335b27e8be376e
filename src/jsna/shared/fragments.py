"""Pieces of SQL that the queries of several tables share."""

from __future__ import annotations

from collections.abc import Iterable

from jsna.shared.periods import window


def age_group(age: str = "age") -> str:
    """SQL of the age group of an age; none past 25."""
    return (
        f"case when {age} between 0 and 4 then '0-4' when {age} between 5 and 10 then '5-10' "
        f"when {age} between 11 and 15 then '11-15' when {age} between 16 and 19 then '16-19' "
        f"when {age} between 20 and 25 then '20-25' end"
    )


#: Geography columns, of a row joined to `place`; all null outside the area.
PLACE = "place.lsoa_code, place.locality_code, place.imd_decile, place.imd_quintile"

#: SQL of whether a `{row}` joined to `place` lives here: somebody whose home is not known is taken
#: to, and somebody known to live elsewhere is not.
RESIDENT = "({row}.lsoa_code is null or place.lsoa_code is not null)"

#: SQL of the year in which the financial year of a `{row}` ends: that of its 31 March.
MARCH = "cast(cast(left({row}.period, 4) as integer) + 1 as varchar)"

#: SQL of the period a year after that of a `{row}`: `2025` of 2024, `2025/26` of 2024/25.
YEAR_LATER = (
    "cast(cast(left({row}.period, 4) as integer) + 1 as varchar) || case when {row}.period like "
    "'%/%' then '/' || lpad(cast((cast(right({row}.period, 2) as integer) + 1) % 100 as varchar), "
    "2, '0') else '' end"
)

#: The January roll of an academic year: the census of the calendar year it ends in.
ACADEMIC_YEAR = "(cast(period as integer) - 1) || '/' || right(period, 2)"


def first_and_last(row: str, period_type: str) -> tuple[str, str]:
    """SQL of the first and the last day that events of a row's delivery fall on, as `window` says.

    Args:
        row: what the row is called.
        period_type: of the delivery.
    """
    year = 2001  # any will do: the days are the same in every year
    written = f"{year}/{(year + 1) % 100:02d}" if period_type.endswith("_year") else str(year)
    first, last = (
        f"make_date(cast(left({row}.period, 4) as integer) + {day.year - year}, {day.month}, "
        f"{day.day})"
        for day in window(written, period_type)
    )
    return first, last


def listed(values: Iterable[str]) -> str:
    """SQL of values as a list: `'a', 'b'`."""
    return ", ".join(f"'{value}'" for value in values)


def numbered(table: str, *order: str, of: str = "period, person_key") -> str:
    """SQL of a table with `record_number`: which row it is of those of one child in a delivery.

    It is numbered before anything is joined, so that a join that repeats a row repeats the number,
    and the key of the table tells it.

    Args:
        table: a linked table.
        order: columns that order the rows of one child.
        of: columns whose rows are numbered from 1.
    """
    return (
        f"(select *, row_number() over (partition by {of} order by {', '.join(order)}) "
        f'as record_number from "{table}")'
    )
