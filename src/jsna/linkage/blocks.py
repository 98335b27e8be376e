"""Which pairs of records are compared at all: those that share everything one block names.

Narrow blocks are always used. Wide ones find records with several errors, at the price of many more
pairs: each is used only where it gives few pairs for each record, which is counted first. So a
small or mostly linked population is searched widely, and a large one within its means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import duckdb

#: Most pairs a wide block may give for each record of both sources.
MOST_PAIRS: Final = 3.0


@dataclass(frozen=True, slots=True)
class Block:
    """Pairs of records that agree in every key.

    Attributes:
        keys: columns of standard tables, or SQL of one; `a = b` compares column a of the left
            record with column b of the right.
        wide: used only where it gives few pairs.
    """

    keys: tuple[str, ...]
    wide: bool = False

    def side(self, right: bool) -> list[str]:
        """The keys of one side."""
        return [key.split(" = ")[-1 if right else 0] for key in self.keys]

    @property
    def rule(self) -> str:
        """The block as a Splink blocking rule."""
        pairs = zip(self.side(False), self.side(True), strict=True)
        return " AND ".join(f"{_of(left, 'l')} = {_of(right, 'r')}" for left, right in pairs)


def _of(key: str, alias: str) -> str:
    """A key as one of a record: `left(born, 4)` gives `left(l.born, 4)`."""
    function, bracket, inside = key.partition("(")
    return f"{function}({alias}.{inside}" if bracket else f"{alias}.{key}"


BLOCKS: Final = (
    Block(("born", "postcode")),
    Block(("born", "surname")),
    Block(("born", "forename")),
    Block(("forename", "surname", "postcode")),
    Block(("postcode", "forename", "sex")),
    Block(("forename", "surname", "left(born, 4)")),
    Block(("turned = born", "surname")),
    Block(("born", "forename = surname", "surname = forename")),
    Block(("upn",)),
    Block(("nhs_number",)),
    Block(("uln",)),
    Block(("number",)),
    Block(("unproved",)),
    Block(("postcode", "surname"), wide=True),
    Block(("postcode", "forename"), wide=True),
    Block(("house", "street"), wide=True),
    Block(("forename", "surname"), wide=True),
    Block(("born",), wide=True),
    Block(("left(forename, 3)", "left(surname, 3)"), wide=True),
    Block(("postcode",), wide=True),
)


def affordable(
    database: duckdb.DuckDBPyConnection, left: str, right: str, most: float = MOST_PAIRS
) -> list[Block]:
    """The narrow blocks, and the wide ones that give at most `most` pairs for each record."""
    sizes = database.execute(
        f"SELECT (SELECT count(*) FROM {left}) + (SELECT count(*) FROM {right})"
    ).fetchall()
    limit = most * sizes[0][0]
    return [b for b in BLOCKS if not b.wide or _pairs(database, left, right, b) <= limit]


def _pairs(database: duckdb.DuckDBPyConnection, left: str, right: str, block: Block) -> int:
    """How many pairs a block gives."""
    counted = []
    for table, is_right in ((left, False), (right, True)):
        keys = block.side(is_right)
        named = ", ".join(f"{key} AS k{i}" for i, key in enumerate(keys))
        known = " AND ".join(f"{key} IS NOT NULL" for key in keys)
        counted.append(f"SELECT {named}, count(*) AS n FROM {table} WHERE {known} GROUP BY ALL")
    using = ", ".join(f"k{i}" for i in range(len(block.keys)))
    found = database.execute(
        f"SELECT coalesce(sum(a.n * b.n), 0) FROM ({counted[0]}) a "
        f"JOIN ({counted[1]}) b USING ({using})"
    ).fetchall()
    return int(found[0][0])
