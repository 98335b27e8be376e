"""The groups of one breakdown, judged together: who is highest, lowest, and apart from whom.

All pairs of groups are judged at once, and of the differences found those are told that false
discovery control leaves, so that a breakdown of many groups says no more false things than one of
two. Groups of a handful are set apart first, and so are figures in doubt.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import combinations

from jsna.measures.methods import judging
from jsna.model.indicators import Indicator
from jsna.view.comparison import HIGHER, PEOPLE, TURNED, Verdict, apart, odd, side
from jsna.view.rows import Row


def apart_from_few(rows: Sequence[Row], indicator: Indicator) -> tuple[list[Row], list[Row]]:
    """Rows in their order: those that are compared, and those of a handful."""
    people = indicator.population_base in PEOPLE and not indicator.kind.categories_are_parts
    few = odd([r.denominator for r in rows]) if people else [False] * len(rows)
    pairs = list(zip(rows, few, strict=True))
    return [r for r, out in pairs if not out], [r for r, out in pairs if out]


class Groups:
    """The groups of a breakdown with a figure, highest first.

    Args:
        rows: one row a group, with a figure or without.
        indicator: what they are figures of.
        every: groups of a handful are compared as well.

    Attributes:
        shown: groups that are compared, highest first.
        small: groups of a handful with a figure, highest first.
        hidden: whether a figure is withheld, which may be higher or lower than any shown.
    """

    def __init__(self, rows: Sequence[Row], indicator: Indicator, *, every: bool = False) -> None:
        kept, few = ([*rows], []) if every else apart_from_few(rows, indicator)
        self.shown, self.small = _ranked(kept), _ranked(few)
        self.hidden = any(row.hidden for row in rows)
        self._parts = indicator.kind.of_one_whole
        self._dispersion = indicator.dispersed(rows[0].split if rows else ())

    @cached_property
    def _judged(self) -> dict[tuple[str, str], tuple[Verdict, float]]:
        """Keys of a group and of one after it -> the verdict about the first, and its deviate."""
        pairs = list(combinations(self.shown, 2))
        firsts, seconds = [one for one, _ in pairs], [other for _, other in pairs]
        found = apart(firsts, seconds, parts=self._parts, dispersion=self._dispersion)
        kept = judging.discoveries(judging.probability(found))
        return {
            (one.key, other.key): (HIGHER[z > 0] if good else side(z, float("inf")), z)
            for (one, other), z, good in zip(pairs, found, kept, strict=True)
        }

    def differ(self, one: Row, other: Row) -> Verdict:
        """Whether `one` is higher or lower than `other`, both of those shown."""
        if one is other:
            return "similar"
        if (found := self._judged.get((one.key, other.key))) is not None:
            return found[0]
        verdict, _ = self._judged[other.key, one.key]
        return TURNED.get(verdict, verdict)

    @property
    def unknown(self) -> bool:
        """Whether some pair cannot be judged: then nothing is said of highest and lowest."""
        return any(verdict == "unknown" for verdict, _ in self._judged.values())

    @property
    def furthest(self) -> tuple[Row, Row] | None:
        """Two groups that differ clearly, the higher first; None where no two do.

        The highest and the lowest, unless they are so uncertain that they do not differ where
        others do; then the two that differ most surely.
        """
        if len(self.shown) < 2 or self.unknown:
            return None
        ends = self.shown[0], self.shown[-1]
        if self.differ(*ends) == "higher":
            return ends
        clear = [
            (one, other)
            for one, other in combinations(self.shown, 2)
            if self.differ(one, other) == "higher"
        ]
        return max(clear, key=lambda p: self._judged[p[0].key, p[1].key][1], default=None)

    @property
    def leaders(self) -> list[Row]:
        """The highest group, and those that cannot be told from it; highest first.

        One means that there is a clear highest. Empty where nothing can be said.
        """
        if not self.shown:
            return []
        top, rest = self.shown[0], self.shown[1:]
        verdicts = [self.differ(top, row) for row in rest]
        if "unknown" in verdicts:
            return []
        return [top, *(r for r, v in zip(rest, verdicts, strict=True) if v == "similar")]

    def clear_of_most(self, named: Sequence[Row], verdict: Verdict) -> bool:
        """Whether each of some groups is clearly higher, or lower, than half or more of the others.

        A figure of few may be so uncertain that it is told neither from the highest nor from most
        of the rest: then it is not named among the highest.
        """
        rest = [row for row in self.shown if row not in named]
        return all(
            2 * sum(self.differ(row, other) == verdict for other in rest) >= len(rest)
            for row in named
        )

    @property
    def lowest(self) -> list[Row]:
        """The lowest group, and those that cannot be told from it; lowest first."""
        low = self.shown[-1]
        return [r for r in reversed(self.shown) if r is low or self.differ(r, low) != "higher"]

    @property
    def followers(self) -> list[Row]:
        """Of those below a clear highest, the highest and those not to be told from it."""
        rest = self.shown[1:]
        return [r for r in rest if r is rest[0] or self.differ(rest[0], r) == "similar"]


def _ranked(rows: Sequence[Row]) -> list[Row]:
    told = [row for row in rows if row.shown and not row.doubted]
    return sorted(told, key=lambda r: (-r.value, r.key))
