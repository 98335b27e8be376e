"""How good the links are, as GUILD asks it to be said: counts, never posteriors.

The missed-match and false-match rates come from a blind hold-out: people linked by a sound number
are linked again with every number hidden, and the number is the answer. The model's own
probabilities are not calibrated and are never shown as an error rate.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Final

from jsna.linkage.cascade import Rules, link
from jsna.linkage.splinked import COLUMNS
from jsna.model.link_passes import LOOKUPS

if TYPE_CHECKING:
    import duckdb

_NUMBERS: Final = ("nhs_number", "upn", "former_upn", "uln", "number", "unproved")
#: Steps of the cascade that look a number up.
NUMBER_STEPS: Final = frozenset(name for name, _, _ in LOOKUPS)
#: Draws the people of the hold-out.
_SEED: Final = 20250116
#: Normal quantile of a 95 % interval.
_Z: Final = 1.959964


def has_answers(database: duckdb.DuckDBPyConnection, links: str) -> bool:
    """Whether any link was made by number, so that a hold-out can be judged."""
    query = f"SELECT 1 FROM {links} WHERE method = 'number' LIMIT 1"
    return bool(database.execute(query).fetchall())


def held_out(
    database: duckdb.DuckDBPyConnection,
    left: str,
    right: str,
    links: str,
    rules: Rules,
    name: str,
    most: int,
) -> None:
    """Hide the numbers, link again, and compare with the links made by number.

    Only records linked by a guarded number are the answer; but everyone takes part, so that the
    competition for each record is what it is.

    Args:
        database: holds the tables.
        left, right: standard tables.
        links: the table of links made with numbers.
        rules: the same as those were made with.
        name: of the table made: `of` (`pair`: a true pair; `link`: a link found, of which one side
            is known), `right_person`, `wrong` (the pair was missed, the link is false).
        most: about how many true pairs are tried. Of more, chance draws the people of the right
            who are looked at; which hangs on nothing but their numbers in the table.
    """
    for side, table in (("left", left), ("right", right)):
        columns = ", ".join(
            f"NULL::VARCHAR AS {column}" if column in _NUMBERS else column
            for column in COLUMNS.split(", ")
        )
        database.execute(
            f"CREATE OR REPLACE TEMP TABLE _blind_{side} AS SELECT person, {columns} FROM {table}"
        )
    database.execute(
        "CREATE OR REPLACE TEMP TABLE _answers AS "
        f"SELECT left_person, right_person FROM {links} WHERE method = 'number'"
    )
    sample = _sample(database, most)
    blind = link(database, "_blind_left", "_blind_right", rules, "blind", sample=sample)
    drawn = f"SEMI JOIN {sample} USING (right_person)" if sample else ""
    database.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {name} AS
        SELECT 'pair' AS of, right_person,
            b.left_person IS NULL OR b.left_person <> a.left_person AS wrong
        FROM (FROM _answers {drawn}) a LEFT JOIN {blind.links} b USING (right_person)
        UNION ALL
        -- A link is known to be wrong where either of its people has another by number.
        SELECT 'link', right_person, coalesce(a.left_person <> b.left_person, true)
        FROM (FROM {blind.links} {drawn}) b LEFT JOIN _answers a USING (right_person)
        WHERE a.left_person IS NOT NULL OR b.left_person IN (SELECT left_person FROM _answers)
        """
    )


def _sample(database: duckdb.DuckDBPyConnection, most: int) -> str:
    """The people of the right who are looked at, as a table; "" for everyone.

    So many that about `most` of those in `_answers` are among them.
    """
    answers, people = database.execute(
        "SELECT (SELECT count(*) FROM _answers), count(DISTINCT person) FROM _blind_right"
    ).fetchall()[0]
    if answers <= most:
        return ""
    database.execute(
        "CREATE OR REPLACE TEMP TABLE _looked_at AS SELECT right_person FROM "
        "(SELECT DISTINCT person AS right_person FROM _blind_right) "
        f"ORDER BY md5('{_SEED}|' || right_person), right_person LIMIT {people * most // answers}"
    )
    return "_looked_at"


def wilson(rate: float, trials: float) -> tuple[float, float]:
    """95 % interval of a proportion (Wilson, 1927)."""
    if trials <= 0:
        return 0.0, 1.0
    spread = _Z**2 / trials
    centre, half = rate + spread / 2, _Z * sqrt(rate * (1 - rate) / trials + spread / (4 * trials))
    return max((centre - half) / (1 + spread), 0.0), min((centre + half) / (1 + spread), 1.0)


_IMPLAUSIBLE: Final = {
    "dates of birth": ("date_of_birth", ("other", "two parts")),
    "sexes": ("sex", ("other",)),
    "numbers": ("number", ("other",)),
}


def mark_implausible(
    database: duckdb.DuckDBPyConnection, left: str, right: str, links: str, name: str
) -> None:
    """The table `name`: links that look wrong on their face, one row each, and in which way.

    `c0` dates of birth: no date of one is within one edit of one of the other's. `c1` sexes: none
    the same. `c2` numbers: sound numbers of one kind that differ.
    """
    from jsna.linkage.passes import missing, reaches

    columns = ", ".join(
        f"bool_and({reaches(trait, levels)} AND NOT ({missing(trait)})) AS c{i}"
        for i, (trait, levels) in enumerate(_IMPLAUSIBLE.values())
    )
    anything = " OR ".join(f"c{i}" for i in range(len(_IMPLAUSIBLE)))
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM ("
        f"SELECT k.left_person, k.right_person, {columns} FROM {links} k "
        f"JOIN {left} a ON a.person = k.left_person JOIN {right} b ON b.person = k.right_person "
        f"GROUP BY ALL) WHERE {anything}"
    )
