"""Which blocks are searched: none whose pairs another gives, and no pair is lost by that."""

from __future__ import annotations

import pytest

from jsna.linkage.blocks import Block, chosen, make_pairs
from tests.unit.linkage_support import both, database, world

NAMES = Block(("left(forename, 3)", "left(surname, 3)"))
HOME = Block(("postcode",), wide=True, household=True)


@pytest.mark.parametrize(
    ("one", "other", "families", "within"),
    [
        (Block(("born", "postcode")), Block(("born",)), True, True),
        (Block(("born",)), Block(("born", "postcode")), True, False),
        (Block(("born",)), Block(("born",)), True, False),
        (Block(("forename", "surname")), NAMES, True, True),
        (Block(("forename",)), NAMES, True, False),
        # The same forename or day of birth is something of the child's own; a surname is not.
        (Block(("born", "postcode")), HOME, True, True),
        (Block(("postcode", "surname")), HOME, True, False),
        (Block(("postcode", "surname")), HOME, False, True),
        (Block(("forename = surname", "surname = forename")), Block(("forename",)), True, False),
    ],
)  # fmt: skip
def test_a_block_is_within_another_where_it_asks_for_no_less(
    one: Block, other: Block, families: bool, within: bool
) -> None:
    assert one.within(other, families=families) is within


@pytest.mark.parametrize("without", [(), ("nhs_number",), ("nhs_number", "postcode")])
def test_what_is_left_out_loses_no_pair(
    monkeypatch: pytest.MonkeyPatch, without: tuple[str, ...]
) -> None:
    found = {}
    with database() as db:
        left, right = both(db, world(600, 800), *without)
        for name in ("without", "with_all"):
            rules = chosen(db, left, right)
            make_pairs(db, left, right, name, rules)
            found[name] = (len(rules), set(db.execute(f"FROM {name}").fetchall()))
            monkeypatch.setattr(Block, "within", lambda *_, **__: False)
    assert found["without"][1] == found["with_all"][1]
    assert 0 < found["without"][0] < found["with_all"][0]
