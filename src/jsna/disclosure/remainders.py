"""What is left of sums of amounts when published parts are taken away: few people's, or one's.

Of a sum for the authority and its sums by district the reader has what was spent on those of no
known district, though no row prints it. Two rules that hold for each row by itself, fewest
contributors and p %, are asked here of everything that a published sum leaves over once published
parts of it are taken away. What breaks them is a quantity of the linked tables, tied to the sums it
follows from; the solver hides what keeps it uncertain. Of the sum behind a mean of anything but
money the first rule alone is asked, as of its row, by how many values are left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from jsna.disclosure.contribution import shortfall
from jsna.disclosure.ledger.families import nested
from jsna.disclosure.ledger.linked_tables import NONE, LinkedTables
from jsna.disclosure.system import Flags, Floats
from jsna.measures.contributions import amount
from jsna.model.configuration import Configuration

#: Part of a sum, in pounds, that is a matter of floating point alone.
_NOISE = 1e-6


class Remainders:
    """The sums of amounts of an edition, and what they leave over of each other.

    Args:
        rows: measures that are protected, with their cells; k rows.
        made: their linked tables; gets the remainders that must stay uncertain.
        config: declarations and profiles.
        contributions: who is behind each sum, see `measures.contributions`.
    """

    def __init__(
        self,
        rows: pd.DataFrame,
        made: LinkedTables,
        config: Configuration,
        contributions: pd.DataFrame | None,
    ) -> None:
        self._made = made
        #: Rows of a level: sums split and placed alike, which do not overlap.
        self._levels: dict[tuple[str, ...], list[int]] = {}
        #: Fewest contributors and p of the p % rule, the strictest of the rows of each cell.
        self._rules: dict[int, tuple[int, float]] = {}
        self._done: set[tuple[int, frozenset[int]]] = set()
        #: How many values each sum behind a mean is of.
        self._counts: dict[int, float] = {}
        declared = config.indicators.items()
        means = {name for name, one in declared if one.kind.amounts}
        amounts = {name for name, one in declared if amount(one) is not None} | means
        columns = ("indicator", "geography", "breakdown", "period_type", "profile", "denominator")
        keys = zip(*(rows[name].tolist() for name in columns), strict=True)
        for row, (*level, profile, count) in enumerate(keys):
            cell = made.numerators[row]
            if cell == NONE or level[0] not in amounts:
                continue
            if level[0] in means:
                self._counts[cell] = count
            self._levels.setdefault(tuple(level), []).append(row)
            rule = config.profile(profile)
            fewest, share = self._rules.get(cell, (0, 0.0))
            strictest = max(fewest, rule.minimum_contributors), max(share, rule.dominance)
            self._rules[cell] = strictest
        self._parts = self._vectors(contributions) if self._rules else {}

    def _vectors(self, contributions: pd.DataFrame | None) -> dict[int, sparse.csr_array]:
        """What each contributor has in each cell, as a row over the contributors.

        Of a sum whose contributors nobody knows there is none: no row may print it.
        """
        if contributions is None:
            return {}
        size = int(contributions["who"].max()) + 1 if len(contributions) else 0
        nobody = sparse.csr_array((1, size))
        of_cell = dict(list(contributions.groupby("cell", sort=False)))
        found = {}
        for cell in self._rules:
            mine = of_cell.get(self._made.cells[cell].text())
            if mine is not None:
                at = np.zeros(len(mine), dtype=np.int64), mine["who"].to_numpy()
                found[cell] = sparse.csr_array((mine["amount"].to_numpy(), at), shape=(1, size))
            elif self._made.value[cell] == 0:
                found[cell] = nobody
        return found

    def protect(self, shown: Flags) -> bool:
        """Add what the rows shown leave over of each other and may not be known.

        Args:
            shown: rows that are printed, shape (k,).

        Returns:
            Whether anything was added that was not there before.
        """
        before = len(self._done)
        for whole, parts in self._families(shown):
            if (key := (whole, frozenset(parts))) in self._done:
                continue
            if self._tells(whole, parts):
                self._done.add(key)
                self._add(whole, parts)
        return len(self._done) > before

    def _tells(self, whole: int, parts: Sequence[int]) -> bool:
        """Whether what parts leave of a whole is of few, or nearly all of it one's."""
        fewest, share = self._rules[whole]
        cells = {whole, *parts}
        if cells <= self._counts.keys() and 0 < self._count(whole, parts) < fewest:
            return True
        if not cells <= self._parts.keys():
            return False
        left = self._parts[whole].toarray()[0]
        for part in parts:
            left = left - self._parts[part].toarray()[0]
        return _gives_away(left, fewest, share / 100)

    def _value(self, whole: int, parts: Sequence[int]) -> float:
        value = self._made.value[whole] - sum(self._made.value[part] for part in parts)
        return 0.0 if abs(value) < _NOISE else value

    def _count(self, whole: int, parts: Sequence[int]) -> float:
        """How many values parts leave of a whole that is behind a mean."""
        return self._counts[whole] - sum(self._counts[part] for part in parts)

    def _families(self, shown: Flags) -> Iterator[tuple[int, list[int]]]:
        """Each sum that is shown with the sums of a level that are shown and are parts of it."""
        levels = [
            list(dict.fromkeys(self._made.numerators[row] for row in rows if shown[row]))
            for rows in self._levels.values()
        ]
        for whole in sorted({cell for cells in levels for cell in cells}):
            outer = self._made.cells[whole]
            for cells in levels:
                parts = [c for c in cells if c != whole and nested(self._made.cells[c], outer)]
                if parts:
                    yield whole, parts

    def _add(self, whole: int, parts: Sequence[int]) -> None:
        """A remainder as a cell that must stay uncertain, tied to what it follows from."""
        made, value = self._made, self._value(whole, parts)
        labels = "; ".join(made.labels[part] for part in parts[:2])
        more = f" and {len(parts) - 2} more" if len(parts) > 2 else ""
        left = made.add(
            made.cells[whole],
            f"{made.labels[whole]}; less {labels}{more}",
            value,
            derived=True,
            signed=value < 0,
        )
        room = abs(value)
        if value == 0 and {whole, *parts} <= self._counts.keys():
            # Nothing is one value for each of them: what as many others have must be possible.
            room = made.value[whole] * self._count(whole, parts) / self._counts[whole]
        made.exposed[left] = made.magnitude[whole] / 100 * room
        made.equations.append((whole, *sorted(parts), left))


def _gives_away(left: Floats, fewest: int, share: float) -> bool:
    """Whether parts of a sum are too few, or nearly all of it one's."""
    parts = np.sort(np.abs(left[np.abs(left) > _NOISE]))[::-1]
    if not len(parts):
        return False
    largest, second = parts[:1], parts[1:2].sum(keepdims=True)
    short = shortfall(np.array([share]), parts.sum(keepdims=True), largest, second)
    return bool(len(parts) < fewest or short[0] > _NOISE)
