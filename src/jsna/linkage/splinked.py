"""Splink, kept behind one function: train a model without labels.

Splink is told what to compare by the model alone. Pairs are weighed by the model it leaves, in our
own SQL (`scoring`), and one-to-one resolution is ours too (`resolve`). Every result is read to the
end, since an unfinished one blocks the connection, and what it would log is silenced: its messages
could hold values.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from jsna.errors import JsnaError, Problem
from jsna.linkage.candidates import little_memory
from jsna.linkage.comparisons import NUMBER_BLOCKS, TRAIT_BLOCKS, settings
from jsna.linkage.model import Model, tidied, with_numbers
from jsna.linkage.passes import missing, reaches
from jsna.linkage.standardise import COLUMNS as STANDARD

if TYPE_CHECKING:
    import duckdb

#: Pairs drawn to learn how often strangers agree; enough by the measured recommendation.
_PAIRS: Final = 2e6
#: Pairs that share a number from which on they are learnt from.
_ENOUGH: Final = 1000
_SEED: Final = 20250116
#: Columns of a standard table that are compared, and kept of who is left.
COLUMNS: Final = ", ".join(("record", *(name for name in STANDARD if name != "local_id")))


@contextmanager
def _linker(
    database: duckdb.DuckDBPyConnection, left: str, right: str, model: Model
) -> Iterator[Any]:
    """A Splink linker of two standard tables, whose own tables are gone afterwards.

    Raises:
        JsnaError: Splink cannot learn from the records, or there is too little memory.
    """
    from duckdb import OutOfMemoryException
    from splink import DuckDBAPI, Linker
    from splink.internals.exceptions import SplinkException

    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI(connection=database)
    inputs = []
    for side, table in (("left", left), ("right", right)):
        # Splink takes plain names only, and reads every column it is given.
        view = f"_splink_{side}"
        database.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS SELECT {COLUMNS} FROM {table}")
        inputs.append(api.register(view, dataset_display_name=side))
    # Its check of the settings parses every condition, to log what it finds, which is silenced.
    linker = Linker(inputs, copy.deepcopy(dict(model)), log_level="ERROR", validate_settings=False)
    try:
        yield linker
    except SplinkException as error:
        # Its message holds the whole query and what the database says of it: not for a log.
        if isinstance(error.__cause__, OutOfMemoryException):
            raise little_memory() from None
        rule = "Splink could not learn a model from these records"
        raise JsnaError(Problem("linkage model", rule, code="model.refused")) from None
    finally:
        tables: Any = linker.table_management
        tables.delete_tables_created_by_splink_from_db()


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
