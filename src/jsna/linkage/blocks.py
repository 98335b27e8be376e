"""Which pairs of records are compared at all: those that share everything one block names.

Narrow blocks are always used. Wide ones find records with several errors, at the price of many more
pairs: each is used only where it gives few pairs for each record, which is counted first. So a
small or mostly linked population is searched widely, and a large one within its means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import duckdb

#: Most pairs a wide block may give for each record of both sources. At county scale three times as
#: many found 20 in a million pairs more, for half as much time again.
MOST_PAIRS: Final = 1.0


_INITIALS = (
    "left(l.{}, 1) = left(r.{}, 1)".format(*pair)
    for pair in (("forename", "forename"), ("forename", "surname"), ("surname", "forename"))
)
_PARTS = (
    "left(l.born, 7) = left(r.born, 7)",
    "right(l.born, 5) = right(r.born, 5)",
    "left(l.born, 4) = left(r.born, 4) AND right(l.born, 2) = right(r.born, 2)",
)
_LACKING = (f"{side}.{trait} IS NULL" for side in "lr" for trait in ("forename", "born"))
_OWN: Final = " OR ".join((*_INITIALS, *_PARTS, *_LACKING))
#: Pairs that cost too little to do without, however few the records.
_ALWAYS: Final = 50_000
#: Share of records with another of the same household in the same source from which on a source
#: holds families.
_FAMILIES: Final = 0.05


@dataclass(frozen=True, slots=True)
class Block:
    """Pairs of records that agree in every key.

    Attributes:
        keys: columns of standard tables, or SQL of one; `a = b` compares column a of the left
            record with column b of the right.
        wide: used only where it gives few pairs.
        household: the keys are those of a household. Where the sources hold families, something of
            the child's own must agree too (an initial, or two parts of the date of birth) or be
            missing; else brothers and sisters fill the block.
    """

    keys: tuple[str, ...]
    wide: bool = False
    household: bool = False

    def side(self, right: bool) -> list[str]:
        """The keys of one side."""
        return [key.split(" = ")[-1 if right else 0] for key in self.keys]

    def rule(self, *, families: bool = True) -> str:
        """The block as a Splink blocking rule; `families`: the sources hold such households."""
        pairs = zip(self.side(False), self.side(True), strict=True)
        rule = " AND ".join(f"{_of(left, 'l')} = {_of(right, 'r')}" for left, right in pairs)
        return f"{rule} AND ({_OWN})" if self.household and families else rule

    def within(self, other: Block, *, families: bool = True) -> bool:
        """Whether every pair of this block is one of another's; `families`: as that is used."""
        same = {*self.keys, *(f"left({key}, {n})" for key in self.keys for n in (3, 4))}
        # Who has the same forename or date of birth has something of their own in common.
        own = not (other.household and families) or bool({"forename", "born"} & {*self.keys})
        return self != other and own and same.issuperset(other.keys)


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
    Block(("forename = surname", "surname = forename")),
    Block(("upn",)),
    Block(("nhs_number",)),
    Block(("uln",)),
    Block(("number",)),
    Block(("unproved",)),
    Block(("postcode", "surname"), wide=True, household=True),
    Block(("postcode", "forename"), wide=True),
    Block(("house", "street"), wide=True, household=True),
    Block(("forename", "surname"), wide=True),
    Block(("born",), wide=True),
    Block(("left(forename, 3)", "left(surname, 3)"), wide=True),
    Block(("postcode",), wide=True, household=True),
)


def make_pairs(
    database: duckdb.DuckDBPyConnection, left: str, right: str, name: str, blocks: Sequence[str]
) -> int:
    """Make the table `name` of the pairs of records that share a block, each once.

    Args:
        database: holds the tables.
        left, right: standard tables.
        name: of the table made: `left_record`, `right_record`.
        blocks: what `chosen` gave.

    Returns:
        How many pairs there are.
    """
    pairs = " UNION ALL ".join(
        f"SELECT l.record AS left_record, r.record AS right_record "
        f"FROM {left} l JOIN {right} r ON {rule}"
        for rule in blocks
    )
    nothing = "SELECT NULL::BIGINT AS left_record, NULL::BIGINT AS right_record LIMIT 0"
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT DISTINCT * FROM ({pairs or nothing})"
    )
    return int(database.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0])


def chosen(
    database: duckdb.DuckDBPyConnection, left: str, right: str, most: float = MOST_PAIRS
) -> list[str]:
    """The narrow blocks as conditions, and the wide ones that give few pairs.

    Left out are blocks of which a key is nowhere filled, and those whose pairs another gives too.

    Args:
        database: holds the tables.
        left, right: standard tables.
        most: most pairs a wide block may give for each record.
    """
    sizes, filled = [], []
    for table, is_right in ((left, False), (right, True)):
        keys = sorted({key for block in BLOCKS for key in block.side(is_right)})
        known = ", ".join(f"count({key})" for key in keys)
        size, *counts = database.execute(f"SELECT count(*), {known} FROM {table}").fetchall()[0]
        sizes.append(int(size))
        filled.append({key for key, count in zip(keys, counts, strict=True) if count})
    limit = max(most * sum(sizes), _ALWAYS)
    found: dict[Block, bool] = {}
    for block in BLOCKS:
        if not all(filled[side].issuperset(block.side(bool(side))) for side in (0, 1)):
            continue
        if block.wide and _pairs(database, left, right, block) > limit:
            continue
        found[block] = block.household and any(
            # Every record meets itself once.
            _alike(database, table, block) - size > _FAMILIES * size
            # The smaller table first: mostly it says.
            for size, table in sorted(zip(sizes, (left, right), strict=True))
        )
    # What another gives as well is not looked for twice.
    return [
        block.rule(families=families)
        for block, families in found.items()
        if not any(block.within(other, families=also) for other, also in found.items())
    ]


def _alike(database: duckdb.DuckDBPyConnection, table: str, block: Block) -> int:
    """How many pairs a block gives of a table with itself, each record with itself among them."""
    keys = ", ".join(block.side(False))
    known = " AND ".join(f"{key} IS NOT NULL" for key in block.side(False))
    found = database.execute(
        f"SELECT coalesce(sum(n * n), 0) FROM "
        f"(SELECT count(*) AS n FROM {table} WHERE {known} GROUP BY {keys})"
    ).fetchall()
    return int(found[0][0])


def _pairs(database: duckdb.DuckDBPyConnection, left: str, right: str, block: Block) -> int:
    """How many pairs a block gives: for each record of the left, those of the right like it."""
    using = ", ".join(f"k{i}" for i in range(len(block.keys)))
    sides = []
    for is_right in (False, True):
        keys = block.side(is_right)
        named = ", ".join(f"{key} AS k{i}" for i, key in enumerate(keys))
        known = " AND ".join(f"{key} IS NOT NULL" for key in keys)
        sides.append(f"SELECT {named} FROM {right if is_right else left} WHERE {known}")
    found = database.execute(
        f"SELECT coalesce(sum(n), 0) FROM ({sides[0]}) a "
        f"JOIN (SELECT {using}, count(*) AS n FROM ({sides[1]}) GROUP BY ALL) b USING ({using})"
    ).fetchall()
    return int(found[0][0])
