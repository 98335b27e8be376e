"""Links by a sound number, guarded: the rest of what is known must not speak against it.

A number that stands for two people of one source is not used at all, and counted. Of date of
birth, initial, surname and postcode two must agree; where fewer than two can be compared (a return
may carry no names), all that can. What the guard refuses is left to the later steps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from jsna.linkage.passes import missing, reaches, unique
from jsna.model.link_passes import LITTLE

if TYPE_CHECKING:
    import duckdb

#: Comparison -> levels that count as agreement for the guard.
_AGREES: Final = {
    "date_of_birth": ("exact", "changed over", "one edit"),
    "forename": ("exact", "nickname", "close", "similar", "initial"),
    "surname": ("exact", "close", "part"),
    "postcode": ("exact",),
}
#: Agreements the guard asks for, or all where fewer can be compared.
ENOUGH: Final = 2


def link_by_number(
    database: duckdb.DuckDBPyConnection,
    left: str,
    right: str,
    lookup: tuple[str, str, str],
    weighed: Callable[[str, str], str],
    *,
    single: bool,
) -> tuple[int, int]:
    """Add to the table `found` the people of two standard tables who share a sound number.

    Args:
        database: holds the tables.
        left, right: standard tables.
        lookup: one of `lookups.LOOKUPS`.
        weighed: `scoring.weighed` for this run: both records are at hand here, and need not be
            brought together again for the weight of the link.
        single: nobody in either table has two records, so no pair of people comes up twice.

    Returns:
        How many numbers were not used because they stand for two people of one source, and how
        many pairs of people the guard refused.
    """
    name, one, other = lookup
    agreed, known = guard()
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE _shared AS "
        f"{_shared(left, one)} UNION ALL {_shared(right, other)}"
    )
    numbered = weighed(
        f"a.person AS left_person, b.person AS right_person, a.record AS left_record, "
        f"b.record AS right_record, {agreed} AS agreed, {known} AS known",
        f"{left} a JOIN {right} b ON b.{other} = a.{one} ANTI JOIN _shared s ON s.number = a.{one}",
    )
    if not single:
        numbered = f"""
            SELECT left_person, right_person, -best[2] AS left_record, -best[3] AS right_record,
                agreed, known, best[4] AS own_weight, best[5] AS own_probability, best[6] AS levels
            FROM (
                SELECT left_person, right_person, max(agreed) AS agreed, max(known) AS known,
                    max((agreed, -left_record, -right_record,
                        own_weight, own_probability, levels)) AS best
                FROM ({numbered}) GROUP BY left_person, right_person
            )
        """
    database.execute(f"CREATE OR REPLACE TEMP TABLE _guarded AS {numbered}")
    passes = f"agreed >= least({ENOUGH}, known)"
    accepted = f"(SELECT * FROM _guarded WHERE {passes})"
    # A person with one record has one number of a kind, and who shares it is one person.
    chosen = accepted if single else f"({unique(accepted)})"
    database.execute(
        f"""
        INSERT INTO found
        SELECT left_person, right_person, left_record, right_record, 'number',
            CASE WHEN known < {ENOUGH} THEN '{name}{LITTLE}' ELSE '{name}' END,
            own_weight, own_probability, levels
        FROM {chosen}
        """
    )
    counts = database.execute(
        f"SELECT (SELECT count(*) FROM _shared), "
        f"(SELECT count(*) FROM _guarded WHERE NOT ({passes}))"
    ).fetchall()
    return int(counts[0][0]), int(counts[0][1])


def guard() -> tuple[str, str]:
    """SQL of how many traits of two records agree, and how many can be compared.

    The guard holds where two agree, or all where fewer can be compared.
    """
    agreed = " + ".join(f"({reaches(c, levels)})::INT" for c, levels in _AGREES.items())
    known = " + ".join(f"(NOT ({missing(c)}))::INT" for c in _AGREES)
    return f"({agreed})", f"({known})"


def _shared(table: str, column: str) -> str:
    """SQL of the numbers that stand for two people of one source or more."""
    return (
        f"SELECT {column} AS number FROM {table} WHERE {column} IS NOT NULL "
        "GROUP BY ALL HAVING min(person) <> max(person)"
    )
