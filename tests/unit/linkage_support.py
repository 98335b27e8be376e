"""Small registers and the committed rules of linkage, for its tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from jsna.linkage.cascade import Linked, link
from jsna.linkage.kinds import Source
from jsna.linkage.ruleset import Ruleset, read_ruleset
from jsna.linkage.standardise import Standard, standardise
from jsna.synthetic.corruption import Faults
from jsna.synthetic.registers import Registers, registers

CONFIG = Path(__file__).parents[2] / "config/linkage"
KINDS = ("forename", "surname", "date_of_birth", "sex", "postcode")


@cache
def ruleset() -> Ruleset:
    return read_ruleset(CONFIG)


def database(threads: int = 2) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": threads})


def table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows of text with a number each; a column a row lacks is empty."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    filled = {c: pa.array([row.get(c) for row in rows], pa.string()) for c in columns}
    numbers = pa.array(range(len(rows)), pa.int64())
    return pa.table({"record": numbers, **{c: v for c, v in filled.items() if c != "record"}})


def standard(
    db: duckdb.DuckDBPyConnection, name: str, rows: pa.Table, *, synthetic: bool = True
) -> Standard:
    """A table whose columns are called after the kinds of identifier, made comparable."""
    db.register(f"given_{name}", rows)
    carries = {c: c for c in rows.column_names if c not in ("record", "child", "fifth")}
    source = Source(name, f"given_{name}", carries, synthetic=synthetic)
    return standardise(db, source, ruleset().names)


@dataclass(frozen=True)
class Joined:
    """Two files that were linked.

    Attributes:
        db: where everything lies.
        sides: both files, made comparable.
        found: the links and what was left out.
    """

    db: duckdb.DuckDBPyConnection
    sides: tuple[str, str]
    found: Linked

    def rows(self, words: str) -> list[tuple[Any, ...]]:
        """Rows of a query, in which `{links}`, `{ties}` and `{near}` stand for those relations."""
        named = {name: getattr(self.found, name) for name in ("links", "ties", "near")}
        return self.db.execute(words.format(**named)).fetchall()


def joined(
    left: Sequence[Mapping[str, Any]],
    right: Sequence[Mapping[str, Any]],
    others: Sequence[Mapping[str, Any]] = (),
) -> Joined:
    """Two files, with the same others in both, linked by the committed rules."""
    db = database(1)
    one, two = (
        standard(db, name, table([*rows, *others])).relation
        for name, rows in (("left", left), ("right", right))
    )
    return Joined(db, (one, two), link(db, one, two, ruleset().rules))


@cache
def world(school: int = 4000, health: int = 5000, seed: int = 1) -> Registers:
    short = {k: list(v) for k, v in (ruleset().names.nicknames or {}).items()}
    return registers(school, health, seed=seed, faults=Faults(), nicknames=short)


def both(db: duckdb.DuckDBPyConnection, made: Registers, *without: str) -> tuple[str, str]:
    """Two registers made comparable, without some columns."""
    one, two = (
        standard(db, name, getattr(made, name).drop_columns([*without])).relation
        for name in ("school", "health")
    )
    return one, two


def accuracy(
    db: duckdb.DuckDBPyConnection, links: str, made: Registers, where: str = "true"
) -> tuple[float, float, float]:
    """Precision, recall and F1 of a table of links between two registers."""
    db.register("truth_l", made.school)
    db.register("truth_r", made.health)
    right, found, true = db.execute(
        f"""
        SELECT count(*) FILTER (l.child = r.child), count(*),
            (SELECT count(*) FROM truth_l JOIN truth_r USING (child))
        FROM {links} k JOIN truth_l l ON l.record = k.left_record
        JOIN truth_r r ON r.record = k.right_record WHERE {where}
        """
    ).fetchall()[0]
    return right / max(found, 1), right / true, 2 * right / (found + true)
