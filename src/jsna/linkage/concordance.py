"""What sources that share a number with each other, and none with the spine, say of each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from jsna.linkage.by_number import ENOUGH, guard

if TYPE_CHECKING:
    import duckdb

#: Numbers that name a person, and of which only sound ones stand in a standard table.
_SOUND: Final = ("nhs_number", "upn", "uln")


def concordant(
    database: duckdb.DuckDBPyConnection,
    mine: tuple[str, str],
    others: Mapping[str, tuple[str, str]],
    name: str,
) -> None:
    """Compare the links of a source with those of others that hold the same number of a person.

    For sources that share no number with the spine, but one with each other: two records of one
    number (guarded, see `by_number`) are one person's, and were linked to the spine without it.
    Where they meet different people, or only one of them meets anyone, one link is wrong or missed.
    It is an estimate with two flaws: the other's error counts as one's own, and what misleads both
    alike, such as a changed surname, is not seen.

    Args:
        database: holds the tables.
        mine: standard table of the source and the table of its links.
        others: the same of each other source, by name.
        name: of the table made: `of` (`pair`: the other was linked; `link`: this one was too),
            `left_person` (whom the other met), `wrong` (not met; met someone else).
    """
    agreed, known = guard()
    met = [
        f"SELECT '{other}' AS other, a.person AS right_person, k.left_person FROM {mine[0]} a "
        f"JOIN {standard} b ON b.{kind} = a.{kind} "
        f"JOIN {links} k ON k.right_person = b.person "
        f"WHERE {agreed} >= least({ENOUGH}, {known})"
        for other, (standard, links) in sorted(others.items())
        for kind in _SOUND
    ] or ["SELECT '' AS other, 0::BIGINT AS right_person, 0::BIGINT AS left_person WHERE false"]
    database.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE _met AS
        SELECT right_person, min((other, left_person))[2] AS left_person
        FROM ({" UNION ALL ".join(met)}) GROUP BY ALL;
        CREATE OR REPLACE TEMP TABLE {name} AS
        SELECT 'pair' AS of, m.left_person,
            k.left_person IS NULL OR k.left_person <> m.left_person AS wrong
        FROM _met m LEFT JOIN {mine[1]} k USING (right_person)
        UNION ALL
        SELECT 'link', m.left_person, k.left_person <> m.left_person
        FROM _met m JOIN {mine[1]} k USING (right_person)
        """
    )
