"""How an analysis table is made: a query over linked tables, and which of them it needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """A query that makes one table.

    Attributes:
        name: the table made, or a view others read if it is not in the catalogue.
        needs: tables that must be there; without them the table is not made.
        sql: the query, ending in the order of the rows.
    """

    name: str
    needs: tuple[str, ...]
    sql: str


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


def listed(values: Iterable[str]) -> str:
    """SQL of values as a list: `'a', 'b'`."""
    return ", ".join(f"'{value}'" for value in values)
