"""Which quantities are hidden: the small ones, and as many more as keep them from being solved.

This is the first pass: in every sum at least two quantities are hidden or none. It does not yet
prove that what is left is vague enough; the interface will not change when a solver does.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field

from jsna.disclosure.quantities import Ledger


@dataclass(slots=True)
class Hidden:
    """Hidden quantities and why: number -> rule.

    Rules: `small_count`, `small_complement`, `small_denominator` (primary), `sum` (secondary).
    """

    rules: dict[int, str] = field(default_factory=dict)

    def add(self, quantity: int, rule: str) -> None:
        """Hide a quantity; the first rule that asks for it is the one recorded."""
        self.rules.setdefault(quantity, rule)


def close(ledger: Ledger, hidden: Hidden) -> None:
    """Hide more quantities until no equation has exactly one hidden, in place.

    In an equation with one hidden, the next to go is: not a zero and not the total if it can be
    helped; then the one that leaves the fewest other equations with a single hidden quantity; then
    the smallest; then by key. Deterministic whatever the order of the rows.
    """
    within: list[list[int]] = [[] for _ in ledger.keys]
    for number, members in enumerate(ledger.equations):
        for quantity in members:
            within[quantity].append(number)
    count = [sum(q in hidden.rules for q in members) for members in ledger.equations]
    waiting = [number for number, hiding in enumerate(count) if hiding == 1]
    heapq.heapify(waiting)
    while waiting:
        number = heapq.heappop(waiting)
        if count[number] != 1:
            continue
        chosen = _next(ledger, ledger.equations[number], hidden, within, count)
        if chosen is None:
            continue
        hidden.add(chosen, "sum")
        for other in within[chosen]:
            count[other] += 1
            if count[other] == 1:
                heapq.heappush(waiting, other)


def _next(
    ledger: Ledger,
    members: Sequence[int],
    hidden: Hidden,
    within: Sequence[Sequence[int]],
    count: Sequence[int],
) -> int | None:
    """The quantity of an equation to hide next; None where all are hidden."""
    total = members[0]
    shown = [q for q in members if q not in hidden.rules]
    return min(
        shown,
        key=lambda q: (
            ledger.values[q] == 0,
            q == total,
            sum(count[other] == 0 for other in within[q]),
            ledger.values[q],
            ledger.keys[q],
        ),
        default=None,
    )
