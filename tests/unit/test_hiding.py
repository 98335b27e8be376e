"""What is hidden of linked tables: what cannot be hidden is asked of nobody, and counted."""

from __future__ import annotations

import numpy as np
import pytest

from jsna.disclosure import suppression
from jsna.disclosure.clock import CHOICE, COLUMN, NODES, ROOT, START, STEP, Limit, Work
from jsna.disclosure.ledger.linked_tables import LinkedTables
from jsna.disclosure.suppression import hide
from jsna.model.cells import make

YEAR = {"period": frozenset("5")}
NAMES = ("all", "girls", "boys", "others")


def linked(counts: tuple[float, ...], public: tuple[str, ...]) -> LinkedTables:
    """A total and its parts, each in a row of its own; some are official."""
    made = LinkedTables()
    for name, count in zip(NAMES, counts, strict=True):
        cell = make("pupil", "rows", YEAR | ({} if name == "all" else {"sex": frozenset({name})}))
        number = made.add(cell, name, count, threshold=5, contributor=1.0)
        if name in public:
            made.public[number] = "official"
    made.equations = [(0, 1, 2, 3)]
    made.numerators, made.denominators = list(range(made.size)), [-1] * made.size
    return made


@pytest.mark.parametrize(
    ("public", "beyond", "hidden"),
    [
        # 3 others follow from nothing if the boys, who are fewer than the girls, are hidden too.
        ((), False, {"others", "boys"}),
        (("all",), False, {"others", "boys"}),
        # The girls are the only ones left to hide.
        (("all", "boys"), False, {"others", "girls"}),
        # Everybody has 3 by subtraction, whatever is hidden.
        (("all", "boys", "girls"), True, {"others"}),
    ],
)
@pytest.mark.parametrize("asked", [suppression.ASKED, 0])
def test_what_everybody_can_work_out_is_asked_of_no_other_figure(
    public: tuple[str, ...],
    beyond: bool,
    hidden: set[str],
    asked: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # In large parts it is the search that tells of it, and not a question beforehand.
    monkeypatch.setattr(suppression, "ASKED", asked)
    made = hide(linked((60.0, 40.0, 17.0, 3.0), public), np.zeros(4, dtype=np.bool_))
    assert made.solution.missed == ()
    assert made.beyond.tolist() == [False, False, False, beyond]
    assert {NAMES[cell] for cell in np.flatnonzero(made.solution.hidden)} == hidden
    # What is beyond reach need not be uncertain at all.
    need = made.system.need_high[3] - made.system.need_low[3]
    assert need == pytest.approx(0, abs=1e-6) if beyond else need >= 1


def test_counted_work_by_hand() -> None:
    limit = Limit(10.0, counted=True)
    Work.simplex(1000, 500)
    # 1,000 steps, each over 500 columns.
    spent = START + 1000 * STEP + 500_000 * COLUMN
    assert limit.left() == pytest.approx(10.0 - spent)
    Work.integers(200, 30, 2 * NODES)
    # The root of 6,000 choices, and twice as much again for the nodes.
    spent += ROOT + 3 * 6000 * CHOICE
    assert limit.left() == pytest.approx(10.0 - spent)
    assert limit.left(0.5) == pytest.approx(5.0 - spent)
    part = limit.part(0.25)
    assert part.left() == pytest.approx((10.0 - spent) / 4)
    Work.integers(10**6, 10**4, 0)
    assert (limit.left(), part.left()) == (0.0, 0.0)


@pytest.mark.parametrize("cells", [1, 300, 20_000])
@pytest.mark.parametrize("work", [0.0, 0.05, 1.0, 25.0])
def test_the_nodes_that_work_allows_take_no_more_of_it(cells: int, work: float) -> None:
    nodes, before = Work.nodes(cells, 40, work), Work.done
    Work.integers(cells, 40, nodes)
    root = ROOT + CHOICE * cells * 40
    assert nodes >= 1
    assert Work.done - before <= max(work, root) + root / NODES + 1e-9
