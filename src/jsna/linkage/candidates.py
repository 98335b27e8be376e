"""Pairs of people that the model finds likely enough: those that share a block, weighed.

The model is one that Splink trained; the weights are Splink's too, to which a test holds them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from jsna.errors import JsnaError, Problem
from jsna.linkage.blocks import chosen, make_pairs
from jsna.linkage.comparisons import COMPARISONS

if TYPE_CHECKING:
    import duckdb

_PAIRS: Final = "_pairs"
_EMPTY: Final = (
    "CREATE OR REPLACE TEMP TABLE candidates (left_person BIGINT, right_person BIGINT, "
    "left_record BIGINT, right_record BIGINT, weight DOUBLE, probability DOUBLE)"
)


def make_candidates(
    database: duckdb.DuckDBPyConnection,
    left: str,
    right: str,
    weigh: Callable[[str, str], str],
    *,
    band: int,
    least: float,
    sample: str = "",
) -> None:
    """Make the table `candidates` of the pairs of records that are likely enough.

    Its columns are `left_person`, `right_person`, `left_record`, `right_record`, `weight`,
    `probability`.

    Args:
        database: holds the tables.
        left, right: standard tables.
        weigh: `scoring.weighed` for this run.
        band: most people of the left one the model meets at once, so that memory stays bounded.
        least: probability below which a pair is not kept.
        sample: relation of `right_person`: where given, all pairs of these alone, and all of
            whoever of the left is among them, which are their rivals.
    """
    database.execute(_EMPTY)
    ranges = bands(database, left, band)
    # The other source is met whole: a wrong year of birth must not keep two records apart.
    parts = [
        f"(FROM {left} WHERE coalesce(left(born, 4), '') BETWEEN '{low}' AND '{high}')"
        for low, high in ranges
    ]
    parts = parts if len(parts) > 1 else [left]

    def meet(others: str, among: str = "") -> None:
        """Add the pairs of each part, or of those `among` it, with others."""
        for part, rules in blocks.items():
            met = f"(FROM {part} {among})" if among else part
            if make_pairs(database, met, others, _PAIRS, rules):
                _weigh(database, left, right, weigh, least)

    blocks = {part: chosen(database, part, right) for part in parts}
    if not sample:
        meet(right)
        return
    meet(f"(FROM {right} t SEMI JOIN {sample} s ON s.right_person = t.person)")
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE _rivals AS SELECT DISTINCT left_person FROM candidates; "
        f"{_EMPTY}"
    )
    meet(right, "t SEMI JOIN _rivals v ON v.left_person = t.person")


@contextmanager
def memory_told() -> Iterator[None]:
    """Tell in words where memory does not hold what is linked.

    Raises:
        JsnaError: there is too little memory.
    """
    from duckdb import OutOfMemoryException

    try:
        yield
    except OutOfMemoryException:
        raise little_memory() from None


def little_memory() -> JsnaError:
    """What is told where memory does not hold the pairs."""
    rule = "there is too little memory; close other programs, or make 'band' smaller"
    return JsnaError(Problem("linkage.yaml", rule, code="link.memory"))


def bands(database: duckdb.DuckDBPyConnection, table: str, most: int) -> list[tuple[str, str]]:
    """Ranges of years of birth that split a standard table into bands of about `most` records."""
    years = database.execute(
        f"SELECT coalesce(left(born, 4), '') AS year, count(*) FROM {table} GROUP BY 1 ORDER BY 1"
    ).fetchall()
    found: list[tuple[str, str]] = []
    size = 0
    for year, records in years:
        if found and size + records <= most:
            found[-1] = (found[-1][0], year)
            size += records
        else:
            found.append((year, year))
            size = records
    return found


def _weigh(
    database: duckdb.DuckDBPyConnection,
    left: str,
    right: str,
    weigh: Callable[[str, str], str],
    least: float,
) -> None:
    """Add to `candidates` the pairs of `_PAIRS` that are likely enough."""
    both = (
        f"{_PAIRS} p JOIN {left} a ON a.record = p.left_record "
        f"JOIN {right} b ON b.record = p.right_record"
    )
    weighed = weigh("a.person AS left_person, b.person AS right_person, p.*", both)
    bits = math.log2(least / (1 - least)) if least < 1 else math.inf
    database.execute(
        f"""
        INSERT INTO candidates
        SELECT left_person, right_person, left_record, right_record, own_weight, own_probability
        FROM ({weighed})
        WHERE own_weight >= CAST('{bits!r}' AS DOUBLE) AND ({_MORE_THAN_A_NUMBER})
        """
    )


def _agrees(name: str) -> str:
    """SQL of whether a level vector says that a comparison agrees in anything."""
    at = [comparison.name for comparison in COMPARISONS].index(name) + 1
    return f"substr(levels, {at}, 1) > '1'"


#: SQL of whether a pair has anything in common but a number, which the guard has refused.
_MORE_THAN_A_NUMBER: Final = " OR ".join(
    (
        f"NOT {_agrees('number')}",
        *(_agrees(one.name) for one in COMPARISONS if one.name not in ("sex", "number")),
    )
)
