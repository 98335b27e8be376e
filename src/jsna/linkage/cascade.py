"""The cascade: sound numbers, then declared passes, then the model on who is left, one to one.

Pure functions of two standard tables in a DuckDB database. The result depends on the records alone:
not on the order of rows, the number of threads or how often it is run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from jsna.linkage.by_number import link_by_number
from jsna.linkage.candidates import make_candidates, memory_told
from jsna.linkage.model import Model, for_run, prior, without
from jsna.linkage.passes import fits, unique
from jsna.linkage.resolve import best_records, mutual
from jsna.linkage.rest import Rest
from jsna.linkage.scoring import columns_of, rare_columns, weighed
from jsna.linkage.several import join_others
from jsna.linkage.vetoes import clear, judge, make_names
from jsna.model.link_passes import LOOKUPS
from jsna.model.linkage import Pass

if TYPE_CHECKING:
    import duckdb

#: Columns of a table of links, and their order.
LINK: Final = (
    *("left_person", "right_person", "left_record", "right_record"),
    *("method", "pass", "weight", "probability", "levels", "review", "veto"),
)


@dataclass(frozen=True, slots=True)
class Rules:
    """How two sources are linked.

    Attributes:
        passes: deterministic passes in their order.
        model: the trained model.
        overlap: share of the smaller source expected in the other.
        least: probability a link by the model must have, after one-to-one resolution.
        review: probability below which a link by the model is in the review band.
        near: pairs down to this probability are kept as near misses, for review.
        band: most people of the left source the model meets at once; more are taken in bands of
            birth years, so that memory stays bounded.
        more: probability a link must have to somebody who is linked to another of the source.
    """

    passes: Sequence[Pass]
    model: Model
    overlap: float = 0.8
    least: float = 0.05
    review: float = 0.5
    near: float = 0.001
    band: int = 300_000
    more: float = 0.999


@dataclass(slots=True)
class Linked:
    """What linking two sources gave; all are tables of the database.

    Attributes:
        links: one row for each link, columns `LINK`.
        ties: pairs equally good for someone, which were dropped.
        near: pairs the model compared that are no link, from `Rules.near` up.
        steps: one (step, links, left out) for each step: what was left out is a shared number, a
            refusal by the guard, or a pair that fits several people.
        joined: how many people of the right are linked to somebody who had a link (`several`).
        vetoed, held: how many pairs likely enough were kept from being a link, and how many links
            were put into the review band, by what speaks against them (`vetoes`).
    """

    links: str
    ties: str
    near: str
    steps: list[tuple[str, int, int]] = field(default_factory=list)
    joined: int = 0
    vetoed: int = 0
    held: int = 0


@memory_told()
def link(
    database: duckdb.DuckDBPyConnection,
    left: str,
    right: str,
    rules: Rules,
    name: str = "links",
    *,
    sample: str = "",
) -> Linked:
    """Link the people of two standard tables; results are tables named after `name`.

    Nobody of the right is linked to two of the left. Several of the right are linked to one of the
    left where they are next to certainly one person that `dedupe` has not put together.

    Args:
        database: holds the tables.
        left, right: standard tables.
        rules: of the cascade.
        name: of the tables made.
        sample: relation of some people of the right, `right_person`. Where it is given the model
            looks at these and their rivals alone: their links are as if it had looked at everyone,
            and those of others are not to be read.

    Raises:
        JsnaError: there is too little memory.
    """
    result = Linked(f'"{name}"', f'"{name} ties"', f'"{name} near"')
    frequencies = _frequencies(database, left, right, rules.model)
    make_names(database, frequencies["forename"], _GIVEN)
    sizes = [_count(database, f"(SELECT DISTINCT person FROM {table})") for table in (left, right)]
    model = for_run(rules.model, prior(sizes[0], sizes[1], rules.overlap))
    database.execute(
        "CREATE OR REPLACE TEMP TABLE found (left_person BIGINT, right_person BIGINT, "
        "left_record BIGINT, right_record BIGINT, method VARCHAR, pass VARCHAR, "
        "own_weight DOUBLE, own_probability DOUBLE, levels VARCHAR)"
    )
    rest = Rest(database, left, right)
    absent = _absent(rest.both, model)
    weigh = partial(weighed, model=model, frequencies=frequencies, absent=absent)
    single = sizes == [_count(database, table) for table in (left, right)]
    for lookup in LOOKUPS:
        if rest.has("left", lookup[1]) and rest.has("right", lookup[2]):
            before = _count(database, "found")
            out = link_by_number(database, *rest.sides, lookup, weigh, single=single)
            made = _count(database, "found") - before
            result.steps.append((lookup[0], made, sum(out)))
            rest.shrink(made)
    passed = 0
    for one in rules.passes:
        database.execute(
            f"CREATE OR REPLACE TEMP TABLE _fits AS SELECT p.* FROM "
            f"({fits(one, rest.left, rest.right, single=single)}) p "
            f"ANTI JOIN {_PASSED} l ON l.left_person = p.left_person "
            f"ANTI JOIN {_PASSED} r ON r.right_person = p.right_person"
        )
        if "forename" not in one.agree and _count(database, "_fits"):
            # What a nickname or a number leaves open is for the model to weigh.
            judge(database, "_fits", rest.sides, _GIVEN, "_against")
            database.execute(f"CREATE OR REPLACE TEMP TABLE _fits AS FROM _fits {_FREE}")
        before = _count(database, "found")
        database.execute(
            f"INSERT INTO found SELECT *, 'pass', '{one.name}', NULL, NULL, NULL "
            f"FROM ({unique('_fits')})"
        )
        made = _count(database, "found") - before
        passed += made
        result.steps.append((one.name, made, _count(database, "_fits") - made))
    # Those linked by a pass are passed over by the next ones, and left out once, after the last.
    rest.shrink(passed)
    make_candidates(database, *rest.sides, weigh, band=rules.band, least=rules.near, sample=sample)
    _resolve(database, rest.sides, rules)
    _clear(database, (left, right), rules)
    kept = without(model, absent)
    result.joined = join_others(
        database, (left, right), rest.right, kept, frequencies, _GIVEN, rules.more
    )
    _write(database, (left, right), weigh, rules.review, result)
    result.steps.append(("model", _count(database, _BY_MODEL), _count(database, result.ties)))
    result.vetoed, result.held = (
        _count(database, f"(SELECT 1 FROM {table} WHERE {test})")
        for table, test in (("_judged", "out"), ("_top", "NOT tied AND veto <> ''"))
    )
    return result


#: Whom a pass linked; who is linked by a number has left the tables the passes are run on.
_PASSED: Final = "(FROM found WHERE method = 'pass')"
#: Every forename in use, as `vetoes.make_names` makes it.
_GIVEN: Final = "_given"
_FREE: Final = "ANTI JOIN _against USING (left_person, right_person)"
_PEOPLE: Final = "left_person, right_person, left_record, right_record"
_BY_MODEL: Final = "(SELECT 1 FROM _top WHERE NOT tied)"
#: Pairs without a level vector yet, and what they are: the passes' links have no weight either.
_UNTOLD: Final = f"""
    SELECT {_PEOPLE}, method, pass, NULL AS weight, NULL AS probability, '' AS veto, 'links' AS kind
    FROM {_PASSED}
    UNION ALL SELECT {_PEOPLE}, 'model', 'model', weight, probability, veto,
        CASE WHEN tied THEN 'ties' ELSE 'links' END FROM _top
    UNION ALL SELECT {_PEOPLE}, 'model', 'model', weight, probability, veto, 'near' FROM _judged b
    ANTI JOIN _top t ON t.left_person = b.left_person AND t.right_person = b.right_person
"""


#: Pairs held for their forenames alone, and links there is nothing against.
_HELD: Final = "(SELECT * FROM _top WHERE NOT tied AND veto IN ('forename', 'forename alike'))"
_SURE: Final = (
    "(SELECT left_person FROM found "
    "UNION ALL SELECT left_person FROM _top WHERE NOT tied AND veto = '')"
)


def _resolve(database: duckdb.DuckDBPyConnection, sides: tuple[str, str], rules: Rules) -> None:
    """`_judged`: each pair of people once, and what speaks against it; `_top`: the best of both."""
    likely = f"(SELECT * FROM _judged WHERE probability >= {rules.least} AND NOT out)"
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE _best AS {best_records('candidates')};"
        f"CREATE OR REPLACE TEMP TABLE _likely AS FROM _best WHERE probability >= {rules.least}"
    )
    judge(database, "_likely", sides, _GIVEN, "_against")
    database.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE _judged AS
        SELECT b.*, coalesce(veto, '') AS veto, coalesce(out, false) AS out
        FROM _best b LEFT JOIN _against USING (left_person, right_person);
        CREATE OR REPLACE TEMP TABLE _top AS {mutual(likely)};
        """
    )


def _clear(database: duckdb.DuckDBPyConnection, sides: tuple[str, str], rules: Rules) -> None:
    """Let go what a twin settles, and put what is held in the middle of the review band."""
    held = (rules.least + rules.review) / 2
    clear(database, _HELD, _SURE, sides, _GIVEN, "_cleared")
    for table in ("_judged", "_top"):
        database.execute(
            f"""
            UPDATE {table} t SET veto = '' FROM _cleared c
            WHERE c.left_person = t.left_person AND c.right_person = t.right_person;
            UPDATE {table} SET probability = least(probability, {held}) WHERE veto <> ''
            """
        )


def _write(
    database: duckdb.DuckDBPyConnection,
    sides: tuple[str, str],
    weigh: Callable[[str, str], str],
    review: float,
    result: Linked,
) -> None:
    """Write links, ties and near misses, each sorted, with the columns of `LINK`."""
    joined = (
        f"({_UNTOLD}) p JOIN {sides[0]} a ON a.record = p.left_record "
        f"JOIN {sides[1]} b ON b.record = p.right_record"
    )
    database.execute(f"CREATE OR REPLACE TEMP TABLE _told AS {weigh('p.*', joined)}")
    told = (
        "(FROM _told UNION ALL BY NAME "
        "SELECT *, '' AS veto, 'links' AS kind FROM found WHERE method = 'number')"
    )
    for kind in ("links", "ties", "near"):
        database.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE {getattr(result, kind)} AS
            SELECT {_PEOPLE}, method, pass, coalesce(weight, own_weight) AS weight,
                coalesce(probability, own_probability) AS probability, levels,
                method = 'model' AND coalesce(probability, own_probability) < {review} AS review,
                veto
            FROM {told} WHERE kind = '{kind}' ORDER BY left_person, right_person
            """
        )


def _absent(filled: Collection[str], model: Model) -> frozenset[str]:
    """Comparisons that need a column one of the tables has nothing in; `filled` are the others."""
    needed = {c["output_column_name"]: columns_of(c, missing=True) for c in model["comparisons"]}
    # Of several numbers one is enough.
    return frozenset(name for name, reads in needed.items() if not reads & {*filled})


def _frequencies(
    database: duckdb.DuckDBPyConnection, left: str, right: str, model: Model
) -> dict[str, str]:
    """How frequent each name is among all records of both sources, one table for each column."""
    made = {}
    for column in rare_columns(model):
        table = f"_frequency_{column}"
        database.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE {table} AS
            WITH everyone AS (SELECT {column} FROM {left} UNION ALL SELECT {column} FROM {right})
            SELECT {column}, count(*) AS bearers,
                count(*) / (SELECT count({column}) FROM everyone) AS tf_{column}
            FROM everyone WHERE {column} IS NOT NULL GROUP BY ALL
            """
        )
        made[column] = table
    return made


def _count(database: duckdb.DuckDBPyConnection, relation: str) -> int:
    # Read to the end: an unfinished result blocks the connection.
    return int(database.execute(f"SELECT count(*) FROM {relation}").fetchall()[0][0])
