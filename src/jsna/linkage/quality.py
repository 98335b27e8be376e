"""How good the links are, as GUILD asks it to be said: counts and ranges, never posteriors.

The missed-match and false-match rates come from a blind hold-out: people linked by a sound number
are linked again with every number hidden, and the number is the answer. The model's own
probabilities are not calibrated and are never shown as an error rate.
"""

from __future__ import annotations

from dataclasses import dataclass
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
#: Normal quantile of a 95 % interval.
_Z: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Estimate:
    """A rate with its range.

    Attributes:
        low, mid, high: `low` is the lower end of the interval of the hold-out as it is, `mid` the
            rate weighted to the records it stands for, `high` the upper end of its interval.
        events, trials: what was counted in the hold-out.
    """

    low: float
    mid: float
    high: float
    events: int
    trials: int


@dataclass(frozen=True, slots=True)
class HoldOut:
    """Error rates of linking without numbers, from people whose number is known.

    Attributes:
        missed: share of true pairs that are not found.
        false: share of links found that are wrong.
    """

    missed: Estimate
    false: Estimate


def has_answers(database: duckdb.DuckDBPyConnection, links: str) -> bool:
    """Whether any link was made by number, so that a hold-out can be judged."""
    query = f"SELECT 1 FROM {links} WHERE method = 'number' LIMIT 1"
    return bool(database.execute(query).fetchall())


def held_out(
    database: duckdb.DuckDBPyConnection, left: str, right: str, links: str, rules: Rules, name: str
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
    """
    for side, table in (("left", left), ("right", right)):
        columns = ", ".join(
            f"NULL::VARCHAR AS {column}" if column in _NUMBERS else column
            for column in COLUMNS.split(", ")
        )
        database.execute(
            f"CREATE OR REPLACE TEMP TABLE _blind_{side} AS SELECT person, {columns} FROM {table}"
        )
    blind = link(database, "_blind_left", "_blind_right", rules, "blind")
    database.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE _answers AS
        SELECT left_person, right_person FROM {links} WHERE method = 'number';
        CREATE OR REPLACE TEMP TABLE {name} AS
        SELECT 'pair' AS of, right_person,
            b.left_person IS NULL OR b.left_person <> a.left_person AS wrong
        FROM _answers a LEFT JOIN {blind.links} b USING (right_person)
        UNION ALL
        -- A link is known to be wrong where either of its people has another by number.
        SELECT 'link', right_person, coalesce(a.left_person <> b.left_person, true)
        FROM {blind.links} b LEFT JOIN _answers a USING (right_person)
        WHERE a.left_person IS NOT NULL OR b.left_person IN (SELECT left_person FROM _answers)
        """
    )


def hold_out(
    database: duckdb.DuckDBPyConnection, left: str, right: str, links: str, rules: Rules
) -> HoldOut:
    """Error rates of linking without numbers, from the blind hold-out (see `held_out`).

    The rate of the records without a number is what is wanted, so strata (which traits are known,
    and the year of birth in fives) are weighted to them.
    """
    held_out(database, left, right, links, rules, "_held")
    database.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE _strata AS
        SELECT person, any_value(concat_ws('|', surname IS NULL, forename IS NULL, postcode IS NULL,
            TRY_CAST(left(born, 4) AS INT) // 5)) AS stratum,
            bool_or({" OR ".join(f"{kind} IS NOT NULL" for kind in _NUMBERS[:5])}) AS numbered
        FROM {right} GROUP BY person
        """
    )
    missed, wrong = (
        "SELECT s.stratum, count(*) FILTER (h.wrong) AS events, count(*) AS trials FROM _held h "
        f"JOIN _strata s ON s.person = h.right_person WHERE h.of = '{of}' GROUP BY ALL"
        for of in ("pair", "link")
    )
    wanted = "SELECT stratum, count(*) AS people FROM _strata WHERE NOT numbered GROUP BY ALL"
    return HoldOut(
        missed=_estimate(database, missed, wanted), false=_estimate(database, wrong, wanted)
    )


def _estimate(database: duckdb.DuckDBPyConnection, counts: str, wanted: str) -> Estimate:
    """A rate from counts by stratum, weighted to the people wanted where their strata were seen."""
    rows = database.execute(
        f"SELECT events, trials, coalesce(people, 0) FROM ({counts}) LEFT JOIN ({wanted}) "
        "USING (stratum) ORDER BY stratum"
    ).fetchall()
    events, trials = sum(row[0] for row in rows), sum(row[1] for row in rows)
    if not trials:
        return Estimate(0.0, 0.0, 1.0, 0, 0)
    weight = sum(row[2] for row in rows)
    raw = events / trials
    mid = sum(row[2] * row[0] / row[1] for row in rows) / weight if weight else raw
    # Weighting costs precision: as many trials as would give the same variance (Kish).
    effective = float(trials)
    if weight:
        effective = weight**2 / sum(row[2] ** 2 / row[1] for row in rows)
    low, high = wilson(raw, trials)[0], wilson(mid, effective)[1]
    return Estimate(min(low, mid), mid, max(high, mid), events, trials)


def wilson(rate: float, trials: float) -> tuple[float, float]:
    """95 % interval of a proportion (Wilson, 1927)."""
    if trials <= 0:
        return 0.0, 1.0
    spread = _Z**2 / trials
    centre, half = rate + spread / 2, _Z * sqrt(rate * (1 - rate) / trials + spread / (4 * trials))
    return max((centre - half) / (1 + spread), 0.0), min((centre + half) / (1 + spread), 1.0)


def differences(
    database: duckdb.DuckDBPyConnection, relation: str, linked: str, traits: tuple[str, ...]
) -> list[tuple[str, str, int, int, float]]:
    """How those linked differ from those who are not: a standardised difference for each category.

    d = (p₁ - p₀) / √((p₁(1 - p₁) + p₀(1 - p₀)) / 2) (Austin, 2009); beyond .1 either way is usually
    called a difference that matters.

    Args:
        database: holds the relation.
        relation: one row for each person.
        linked: its column of true or false.
        traits: its columns of categories.

    Returns:
        (trait, category, linked, not linked, d), sorted; d is 0 where all or none are of it.
    """
    totals = database.execute(
        f"SELECT count(*) FILTER ({linked}), count(*) FILTER (NOT {linked}) FROM {relation}"
    ).fetchall()[0]
    found = []
    for trait in traits:
        rows = database.execute(
            f"SELECT coalesce(CAST({trait} AS VARCHAR), ''), count(*) FILTER ({linked}), "
            f"count(*) FILTER (NOT {linked}) FROM {relation} GROUP BY 1 ORDER BY 1"
        ).fetchall()
        for category, one, other in rows:
            found.append(
                (trait, category, one, other, standardised(one, totals[0], other, totals[1]))
            )
    return found


def standardised(one: int, all_one: int, other: int, all_other: int) -> float:
    """Standardised difference of two proportions; 0 where there is nothing to compare."""
    if not all_one or not all_other:
        return 0.0
    p, q = one / all_one, other / all_other
    pooled = sqrt((p * (1 - p) + q * (1 - q)) / 2)
    return (p - q) / pooled if pooled else 0.0


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


def implausible(
    database: duckdb.DuckDBPyConnection, left: str, right: str, links: str
) -> dict[str, int]:
    """How many links look wrong on their face, in each way (see `mark_implausible`).

    `two to one`: somebody linked to two people of the left, which resolution rules out; counted
    to show that it does.
    """
    mark_implausible(database, left, right, links, "_odd")
    sums = ", ".join(f"count(*) FILTER (c{i})" for i in range(len(_IMPLAUSIBLE)))
    row = database.execute(f"SELECT {sums} FROM _odd").fetchall()[0]
    twice = database.execute(
        f"SELECT count(*) - count(DISTINCT right_person) FROM {links}"
    ).fetchall()[0][0]
    return {**dict(zip(_IMPLAUSIBLE, map(int, row), strict=True)), "two to one": int(twice)}
