"""Several records of one source that are one person of the spine, where they do not agree in all.

A register may hold a child twice under different spellings, which `dedupe` does not dare to put
together. One to one, such records are rivals for the child of the spine, and all but one are left
without. Where the people of the spine are unique, each may be linked to the same one instead: if it
is next to certain of that one, fits nobody else as well, nothing speaks against it (`vetoes`), and
nothing speaks against its being the same child as the others that are linked there. Nobody is ever
linked to two people of the spine.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from jsna.linkage.blocks import BLOCKS
from jsna.linkage.model import Model
from jsna.linkage.resolve import best_records
from jsna.linkage.scoring import scored
from jsna.linkage.vetoes import judge

if TYPE_CHECKING:
    import duckdb

#: Blocks that are looked at again: what else is as sure as is asked for agrees in one of these.
_AGAIN: Final = tuple(
    block.rule()
    for block in BLOCKS
    if block.keys
    in (("born", "postcode"), ("born", "surname"), ("forename", "surname", "postcode"))
)
#: Of pairs `p`, those whose right person has no link by the model.
_ALONE: Final = "ANTI JOIN (FROM _top WHERE NOT tied) t ON t.right_person = p.right_person"
#: What speaks against two records of one source being one child.
_APART: Final = "('numbers', 'sex', 'forename')"


def join_others(
    database: duckdb.DuckDBPyConnection,
    sides: tuple[str, str],
    rest: str,
    model: Model,
    frequencies: Mapping[str, str],
    names: str,
    least: float,
) -> int:
    """Link more people of the right source to people of the left who have a link already.

    Reads `found` (links before the model), `_judged` (pairs by the model) and `_top` (the best of
    both), and adds to `_top`.

    Args:
        database: holds the tables.
        sides: standard tables of both sources.
        rest: of the right one, those without a link before the model.
        model: with the prior of the run, without what cannot be compared.
        frequencies: column -> relation of how frequent each value is.
        names: what `vetoes.make_names` made.
        least: least probability of such a link.

    Returns:
        How many were added.
    """
    _candidates(database, (sides[0], rest), model, frequencies, names, least)
    if not _others(database):
        return 0
    # The others at the same person of the left: linked there, or about to be.
    database.execute(
        """
        CREATE OR REPLACE TEMP TABLE _met AS
        SELECT left_person, right_person FROM found
        UNION ALL SELECT left_person, right_person FROM _top WHERE NOT tied
        UNION ALL SELECT left_person, right_person FROM _others;
        CREATE OR REPLACE TEMP TABLE _beside AS
        SELECT o.right_person AS left_person, m.right_person
        FROM _others o JOIN _met m USING (left_person) WHERE m.right_person <> o.right_person
        """
    )
    judge(database, "_beside", (sides[1], sides[1]), names, "_apart")
    database.execute(
        f"""
        DELETE FROM _others o WHERE NOT EXISTS (FROM _beside b WHERE b.left_person = o.right_person)
            OR EXISTS (FROM _apart a WHERE a.left_person = o.right_person AND a.veto IN {_APART});
        DELETE FROM _top t WHERE tied AND EXISTS (
            FROM _others o WHERE o.right_person = t.right_person
        );
        INSERT INTO _top BY NAME SELECT *, false AS tied FROM _others
        """
    )
    return _others(database)


def _others(database: duckdb.DuckDBPyConnection) -> int:
    return int(database.execute("SELECT count(*) FROM _others").fetchall()[0][0])


def _candidates(
    database: duckdb.DuckDBPyConnection,
    sides: tuple[str, str],
    model: Model,
    frequencies: Mapping[str, str],
    names: str,
    least: float,
) -> None:
    """`_others`: the best pair of each person of the right without a link, where it is sure."""
    # Found by joins first, since few of these pairs are of somebody linked and somebody left.
    pairs = " UNION ".join(
        "SELECT l.person AS left_person, r.person AS right_person, l.record AS left_record, "
        f"r.record AS right_record FROM {sides[0]} l JOIN {sides[1]} r ON {rule}"
        for rule in _AGAIN
    )
    database.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE _again AS FROM ({pairs}) p
        SEMI JOIN found f ON f.left_person = p.left_person {_ALONE};
        """
    )
    weighed = (
        "SELECT left_person, right_person, left_record, right_record, own_weight AS weight, "
        f"own_probability AS probability FROM ({scored('_again', *sides, model, frequencies)})"
    )
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE _weighed AS {best_records(f'({weighed})')}; "
        f"DELETE FROM _weighed WHERE probability < {least}"
    )
    judge(database, "_weighed", sides, names, "_doubted")
    database.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE _others AS
        SELECT * EXCLUDE (best) FROM (
            SELECT *, max(weight) OVER (PARTITION BY right_person) AS best FROM (
                SELECT w.*, coalesce(d.veto, '') AS veto, coalesce(d.out, false) AS out
                FROM _weighed w LEFT JOIN _doubted d USING (left_person, right_person)
                UNION ALL BY NAME FROM _judged p {_ALONE}
            )
        )
        QUALIFY weight = best AND count(*) FILTER (weight = best)
            OVER (PARTITION BY right_person) = 1
        """
    )
    database.execute(f"DELETE FROM _others WHERE veto <> '' OR out OR probability < {least}")
