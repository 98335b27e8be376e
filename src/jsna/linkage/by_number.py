"""Links by a sound number, guarded: the rest of what is known must not speak against it.

A number that stands for two people of one source is not used at all, and counted. Of date of
birth, initial, surname and postcode two must agree; where fewer than two can be compared (a return
may carry no names), all that can. What the guard refuses is left to the later steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jsna.linkage.passes import missing, reaches, unique

if TYPE_CHECKING:
    import duckdb

#: What is looked up: the name of the pass, the number on the left, the number on the right.
LOOKUPS: Final = (
    ("NHS number", "nhs_number", "nhs_number"),
    ("UPN", "upn", "upn"),
    ("UPN, former on the left", "former_upn", "upn"),
    ("UPN, former on the right", "upn", "former_upn"),
    ("ULN", "uln", "uln"),
    ("other number", "number", "number"),
)
#: Comparison -> levels that count as agreement for the guard.
_AGREES: Final = {
    "date_of_birth": ("exact", "changed over", "one slip"),
    "forename": ("exact", "nickname", "close", "similar", "initial"),
    "surname": ("exact", "close", "part"),
    "postcode": ("exact",),
}
_ENOUGH: Final = 2


def link_by_number(
    database: duckdb.DuckDBPyConnection, left: str, right: str, lookup: tuple[str, str, str]
) -> tuple[int, int]:
    """Add to the table `found` the people of two standard tables who share a sound number.

    Returns:
        How many numbers were not used because they stand for two people of one source, and how
        many pairs of people the guard refused.
    """
    name, one, other = lookup
    agreed, known = guard()
    database.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE _numbered AS
        WITH a_one AS ({_single(left, one)}), b_one AS ({_single(right, other)})
        SELECT a.person AS left_person, b.person AS right_person, a.record AS left_record,
            b.record AS right_record, {agreed} AS agreed, {known} AS known
        FROM {left} a JOIN a_one ON a_one.number = a.{one} AND a_one.people = 1
        JOIN b_one ON b_one.number = a.{one} AND b_one.people = 1
        JOIN {right} b ON b.{other} = a.{one}
        """
    )
    database.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE _guarded AS
        SELECT left_person, right_person, max(agreed) >= least({_ENOUGH}, max(known)) AS passes,
            max(known) AS known, arg_max((left_record, right_record), (agreed, -left_record,
            -right_record)) AS records
        FROM _numbered GROUP BY left_person, right_person
        """
    )
    accepted = f"({unique('(SELECT * FROM _guarded WHERE passes)')})"
    database.execute(
        f"""
        INSERT INTO found
        SELECT left_person, right_person, records[1], records[2], 'number',
            CASE WHEN known < {_ENOUGH} THEN '{name}, little else known' ELSE '{name}' END
        FROM {accepted}
        """
    )
    counts = database.execute(
        f"""
        SELECT (SELECT count(*) FROM ({_single(left, one)}) WHERE people > 1)
            + (SELECT count(*) FROM ({_single(right, other)}) WHERE people > 1),
            (SELECT count(*) FROM _guarded WHERE NOT passes)
        """
    ).fetchall()
    return int(counts[0][0]), int(counts[0][1])


def guard() -> tuple[str, str]:
    """SQL of how many traits of two records agree, and how many can be compared.

    The guard holds where two agree, or all where fewer can be compared.
    """
    agreed = " + ".join(f"({reaches(c, levels)})::INT" for c, levels in _AGREES.items())
    known = " + ".join(f"(NOT ({missing(c)}))::INT" for c in _AGREES)
    return f"({agreed})", f"({known})"


def _single(table: str, column: str) -> str:
    """SQL of each number with how many people bear it."""
    return (
        f"SELECT {column} AS number, count(DISTINCT person) AS people FROM {table} "
        f"WHERE {column} IS NOT NULL GROUP BY ALL"
    )
