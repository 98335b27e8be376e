"""Splink, kept behind two functions: train a model without labels, score pairs with a saved one.

Splink is told what to compare by the model alone. Its own clustering is not used: one-to-one
resolution is ours (`resolve`). Every result is read to the end, since an unfinished one blocks the
connection, and what it would log is silenced: its messages could hold values.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from jsna.errors import JsnaError, Problem
from jsna.linkage.blocks import make_pairs
from jsna.linkage.comparisons import COMPARISONS, NUMBER_BLOCKS, TRAIT_BLOCKS, settings
from jsna.linkage.model import Model, tidied, with_numbers
from jsna.linkage.passes import missing, reaches
from jsna.linkage.scoring import columns_of, probability
from jsna.linkage.standardise import COLUMNS as STANDARD

if TYPE_CHECKING:
    import duckdb

#: Pairs drawn to learn how often strangers agree; enough by the measured recommendation.
_PAIRS: Final = 2e6
#: Pairs that share a number from which on they are learnt from.
_ENOUGH: Final = 1000
_SEED: Final = 20250116
#: What Splink calls the two sources.
_LEFT, _RIGHT = "left", "right"
#: Columns of a standard table that Splink reads, and the residual keeps.
COLUMNS: Final = ", ".join(("record", *(name for name in STANDARD if name != "local_id")))


@contextmanager
def _linker(
    database: duckdb.DuckDBPyConnection, left: str, right: str, model: Model
) -> Iterator[Any]:
    """A Splink linker of two standard tables, whose own tables are gone afterwards.

    Raises:
        JsnaError: Splink refuses the model, or there is too little memory.
    """
    from duckdb import OutOfMemoryException
    from splink import DuckDBAPI, Linker
    from splink.internals.exceptions import SplinkException

    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI(connection=database)
    # Splink takes plain names only, and reads every column it is given.
    columns = {"record"}.union(*(columns_of(comparison) for comparison in model["comparisons"]))
    shown = ", ".join(sorted(columns))
    inputs = []
    for side, table in ((_LEFT, left), (_RIGHT, right)):
        view = f"_splink_{side}"
        database.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS SELECT {shown} FROM {table}")
        inputs.append(api.register(view, dataset_display_name=side))
    # Its check of the settings parses every condition, to log what it finds, which is silenced.
    linker = Linker(inputs, copy.deepcopy(dict(model)), log_level="ERROR", validate_settings=False)
    try:
        yield linker
    except SplinkException as error:
        # Its message holds the whole query and what the database says of it: not for a log.
        if isinstance(error.__cause__, OutOfMemoryException):
            raise _little_memory() from None
        rule = "Splink could not compare records by this model; train it again"
        raise JsnaError(Problem("linkage model", rule, code="model.refused")) from None
    finally:
        tables: Any = linker.table_management
        tables.delete_tables_created_by_splink_from_db()


def _little_memory() -> JsnaError:
    rule = "there is too little memory; close other programs, or make 'band' smaller"
    return JsnaError(Problem("linkage.yaml", rule, code="link.memory"))


def train(database: duckdb.DuckDBPyConnection, left: str, right: str) -> dict[str, Any]:
    """A model learnt from two standard tables without labels.

    How often strangers agree comes from random pairs, how often one person's records do from
    expectation maximisation over two blocks. A level the data never show keeps its declared value.
    """
    for side, table in (("l", left), ("r", right)):
        database.execute(
            f"CREATE OR REPLACE TEMP TABLE _train_{side} AS "
            f"SELECT {COLUMNS} FROM {table} ORDER BY record"
        )
    with _linker(database, "_train_l", "_train_r", settings()) as linker:
        linker.training.estimate_u_using_random_sampling(max_pairs=_PAIRS, seed=_SEED)
        for block in _training_blocks(database):
            linker.training.estimate_parameters_using_expectation_maximisation(
                block, estimate_without_term_frequencies=True
            )
        learnt: dict[str, Any] = linker.misc.save_model_to_json()
    return with_numbers(tidied(learnt), _number_shares(database))


def _number_shares(database: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """Of the pairs that agree in all traits and have numbers to compare, how many agree, and all.

    Expectation maximisation cannot tell, where it takes the shared number for the sign of a match.
    """
    found = database.execute(
        f"""
        SELECT count(*) FILTER ({reaches("number", ("same",))}), count(*)
        FROM _train_l a JOIN _train_r b
            ON a.forename = b.forename AND a.surname = b.surname AND a.born = b.born
            AND a.postcode = b.postcode
        WHERE NOT ({missing("number")})
        """
    ).fetchall()
    return int(found[0][0]), int(found[0][1])


def _training_blocks(database: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """The number most shared, where enough records share one; else blocks of traits.

    Records that share a number are of one person whatever else they say. Among those that share
    date of birth and postcode are twins, who make forenames look as if they often changed.
    """
    shared = {}
    for kind, rule in NUMBER_BLOCKS.items():
        found = database.execute(
            f"SELECT count(*) FROM _train_l l JOIN _train_r r ON {rule}"
        ).fetchall()
        shared[kind] = int(found[0][0])
    best = max(shared, key=lambda kind: shared[kind])
    return (NUMBER_BLOCKS[best],) if shared[best] >= _ENOUGH else TRAIT_BLOCKS


def _more_than_a_number() -> str:
    """SQL of whether a pair has anything in common but a number, which the guard has refused."""
    # The last level of a comparison is that nothing agrees.
    agrees = (
        reaches(comparison.name, tuple(level.name for level in comparison.levels[:-1]))
        for comparison in COMPARISONS
        if comparison.name not in ("sex", "number")
    )
    return " OR ".join((f"NOT {reaches('number', ('same',))}", *agrees))


def predicted(
    database: duckdb.DuckDBPyConnection,
    left: str,
    right: str,
    model: Model,
    frequencies: Mapping[str, str],
    least: float,
) -> None:
    """Add to the table `candidates` the pairs of two standard tables that score at least `least`.

    Args:
        database: holds the tables.
        left, right: standard tables with `person`.
        model: a model with the prior of the run.
        frequencies: column -> relation of how frequent each value is among all records.
        least: probability below which a pair is not kept.
    """
    from duckdb import OutOfMemoryException

    try:
        if not make_pairs(database, left, right, "_pairs"):
            return
    except OutOfMemoryException:
        raise _little_memory() from None
    # Splink's own search for pairs would compare every block with all before it.
    database.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE _pairs AS
        SELECT '0' AS match_key, '{_LEFT}-__-' || left_record AS join_key_l,
            '{_RIGHT}-__-' || right_record AS join_key_r FROM _pairs
        """
    )
    with _linker(database, left, right, model) as linker:
        blocked = linker._db_api.register("_pairs")
        linker.table_management.register_blocked_pairs_for_predict(blocked)
        for column, relation in sorted(frequencies.items()):
            table = linker._db_api.register(relation, table_name=f"frequency_{column}")
            linker.table_management.register_term_frequency_lookup(table, column)
        found = linker.inference.predict(threshold_match_probability=least, warning_mode="never")
        database.execute(
            f"""
            INSERT INTO candidates
            SELECT a.person, b.person, a.record, b.record, round(p.match_weight, 6),
                {probability("p.match_weight")}
            FROM {found.physical_name} p JOIN {left} a ON a.record = p.record_l
            JOIN {right} b ON b.record = p.record_r
            WHERE {_more_than_a_number()}
            """
        )
