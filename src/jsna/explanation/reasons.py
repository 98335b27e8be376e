"""Why a figure is hidden, in words: what is small, or what would be given away if it were shown.

Why a figure was hidden beside the small ones is not recorded by the search, which chooses all of
them at once. It is found by trying: the figure is shown, everything else stays as it is, and the
attack is asked what it can then work out. The answer names the counts it protects and the sums
that would betray them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from jsna.disclosure.attacking.attack import Interval
from jsna.disclosure.evidence import Evidence
from jsna.disclosure.ledger.linked_tables import NONE
from jsna.disclosure.revision import SECONDARY
from jsna.disclosure.system import TOLERANCE
from jsna.explanation.nearby import Nearby
from jsna.model import schema
from jsna.model.cells import Cell, Codes
from jsna.model.configuration import Configuration
from jsna.view import words

#: Rules that hide a row for what it is itself, whatever its counts are, in words.
OWN_RULES: Final[Mapping[str, str]] = {
    "minimum_contributors": "fewer children stand behind it than its profile asks of its kind",
    "contributors_unknown": "nothing says how many children stand behind it",
    "dominance": "one child makes up so much of this sum that others could work it out",
    "extreme": "the least or the greatest of a group is one child's own figure",
    "revision": "it has changed by little since it was published",
    "revision_far": "it is far from the sum that was published, and few may be behind the change",
    "bracket": "shown, it would bound values of few hidden children closely from both sides",
    "group": "shown, it would tell a count of one of its groups that is hidden elsewhere",
    "below_authority": "figures of this kind are never published below the whole authority",
}
#: Sums and counts named at once; what is beyond is counted.
_MOST: Final = 4


@dataclass(slots=True)
class Reasons:
    """Explains the rows of an edition that is protected, one after another.

    Attributes:
        evidence: true rows and what an attacker knows of the counts behind them.
        rules: the rule that hid each row; "" where it is shown.
        fallbacks: decisions on fallbacks, with columns `indicator`, `breakdown`, `used`.
        config: profiles, and names of what is shown.
    """

    evidence: Evidence
    rules: Sequence[str]
    fallbacks: pd.DataFrame
    config: Configuration
    _near: Nearby = field(init=False)

    def __post_init__(self) -> None:
        self._near = Nearby(self.evidence)

    def hidden(self, row: int) -> bool:
        """Whether a row is hidden."""
        return bool(self.rules[row])

    def fallback(self, indicator: str) -> Iterator[str]:
        """What the fallbacks did to an indicator, in words."""
        own = self.fallbacks[self.fallbacks["indicator"].eq(indicator)]
        for breakdown, used in zip(own["breakdown"].astype(str), own["used"], strict=True):
            declared = words.split_words(breakdown, self.config)
            how = "shown so; no coarser step was used"
            if used:
                how = f"shown {words.split_words(str(used), self.config)} instead"
            yield f"Fallback of figures {declared}: {how}."

    def lines(self, row: int) -> list[str]:
        """The row named, then why it is hidden, a point a line."""
        top, bottom = self._cells(row)
        said = [self._head(row)]
        stands = self.evidence.stands[row]
        said += ["- Stands as published before; its own counts are not shown."] * int(stands)
        alone = len(said)
        said += [f"- {text}" for text in self._of_itself(row, top, bottom)]
        if len(said) == alone:
            said += [f"- {text}" for text in self._protects(row, top, bottom)]
        said += [f"- {text}" for text in self._known_now(top, bottom)]
        return said

    def _cells(self, row: int) -> tuple[int, int]:
        linked = self.evidence.linked
        return linked.numerators[row], linked.denominators[row]

    def _head(self, row: int) -> str:
        one = self.evidence.rows.loc[row]
        when = words.period_label(str(one["period"]), str(one["period_type"]))
        where = words.area_label(str(one["area_code"]), self.config)
        what = words.breakdown_label(str(one["breakdown"]), str(one["category"]), self.config)
        counts = " of ".join(
            f"{one[side]:,.0f}" for side in ("numerator", "denominator") if not np.isnan(one[side])
        )
        codes = "" if one["category"] == "total" else f" [{one['category']}]"
        return f"{when}, {where}, {what}{codes}: {counts or 'no count'}"

    def _of_itself(self, row: int, top: int, bottom: int) -> Iterator[str]:
        """What is small of the row itself: by a rule of its own, its counts, or the difference."""
        rule, system = self.rules[row], self.evidence.system
        if rule in OWN_RULES:
            how = "Secondary" if rule in SECONDARY else "Primary"
            yield f"{how} ({rule}): {OWN_RULES[rule]}."
        for cell, name in ((top, "count"), (bottom, "number it is out of")):
            if cell != NONE and system.primary[cell]:
                yield (
                    f"Primary: its {name}, {system.value[cell]:g}, is small ({self._small(cell)})."
                )
        for cell in self._rests(top, bottom):
            yield (
                f"Primary: those not counted, {system.value[cell]:g}, are few "
                f"({self._small(cell)}): [{system.label(cell)}]."
            )

    def _small(self, cell: int) -> str:
        limit = self.evidence.linked.threshold[cell]
        return f"1 to {limit - 1:g} is protected here"

    def _rests(self, top: int, bottom: int) -> list[int]:
        """Small cells that are the difference of the two counts of a row."""
        if NONE in (top, bottom):
            return []
        primary = self.evidence.system.primary
        return [
            cell
            for equation in self.evidence.linked.equations
            if len(equation) == 3 and equation[0] == bottom and top in equation[1:]
            for cell in equation[1:]
            if cell != top and primary[cell]
        ]

    def _protects(self, row: int, top: int, bottom: int) -> Iterator[str]:
        """What the attack would work out if the row were shown."""
        system = self.evidence.system
        found = self._attacked(row, top, bottom)
        if not found:
            yield from self._together(row, top, bottom)
            return
        cells = {one.cell for one in found}
        noun = "a count" if len(cells) == 1 else f"{len(cells)} counts"
        yield f"Secondary: it is not small, but shown it would give away {noun} that must not be:"
        for one in found[:_MOST]:
            who = ""
            if one.contributor >= 0:
                who = f", to the family of a child in [{system.label(one.contributor)}]"
            yield (
                f"- [{system.label(one.cell)}], which is {system.value[one.cell]:g}: would be "
                f"known {_range(one.low, one.high)}{who}, and must stay open "
                f"{self._need(one)}.{self._sums(one)}"
            )
        if len(found) > _MOST:
            yield f"- and {len(found) - _MOST} more."

    def _sums(self, one: Interval) -> str:
        """The sums that prove an interval, in words."""
        rows = list(dict.fromkeys(row for row, _ in one.because))
        if not rows:
            return ""
        more = f"; and {len(rows) - _MOST} more" if len(rows) > _MOST else ""
        return f" From: {'; '.join(map(self._sum, rows[:_MOST]))}{more}."

    def _sum(self, row: int) -> str:
        """An equation in words; what all its counts have in common is said once."""
        linked, system = self.evidence.linked, self.evidence.system
        if row >= len(linked.equations):
            return system.describe(row)
        cells = linked.equations[row]
        boxes = [set(linked.cells[cell].box) for cell in cells]
        common = set.intersection(*boxes)
        of = linked.cells[cells[0]]
        among = Cell(of.table, of.what, tuple(pair for pair in of.box if pair in common))
        named = [self._apart(cell, common) for cell in cells]
        return f"among {among.label()}, {named[0]} = {' + '.join(named[1:])}"

    def _apart(self, number: int, common: set[tuple[str, Codes]]) -> str:
        """What tells a count from others that have so much in common with it."""
        linked = self.evidence.linked
        cell, label = linked.cells[number], linked.labels[number]
        if not label.startswith(cell.label()):
            return f"[{label}]"
        own = Cell("", "", tuple(pair for pair in cell.box if pair not in common))
        words_ = own.label().partition(": ")[2] if own.box else "all"
        return f"[{words_}{label.removeprefix(cell.label())}]"

    def _need(self, one: Interval) -> str:
        """What must be left of a count, to anyone or to a family that knows its own child."""
        system, cell = self.evidence.system, one.cell
        low, high = system.need_low[cell], system.need_high[cell]
        if one.contributor >= 0:
            return f"over a width of {system.contributor[cell]:g}"
        if np.isnan(low):
            return f"over a width of {system.need_width[cell]:g}"
        return f"from {low:g} to {high:g}"

    def _together(self, row: int, top: int, bottom: int) -> Iterator[str]:
        """Where showing one row gives nothing away: with which others it is hidden."""
        linked, rows = self.evidence.linked, self.evidence.rows
        mine = {cell for cell in (top, bottom) if cell != NONE and self._near.unknown[cell]}
        same = [
            other
            for other in range(len(rows))
            if other != row
            and self.hidden(other)
            and mine & {linked.numerators[other], linked.denominators[other]}
        ]
        rule = self.rules[row]
        if same:
            names = rows["indicator"].astype(str).tolist()
            named = "; ".join(f"{names[i]}, {self._head(i)}" for i in same[:_MOST])
            more = f"; and {len(same) - _MOST} more" if len(same) > _MOST else ""
            yield f"Hidden ({rule}) with figures that show the same counts: {named}{more}."
        profile = self.config.profile(str(rows["profile"].iloc[row]))
        if profile.rounding > 1:
            yield (
                "Shown by itself, rounded, it would give nothing away as things stand: what to "
                "hide is chosen as if nothing were rounded."
            )
        else:
            yield (
                "Shown by itself it would give nothing away as things stand; it is hidden by the "
                "choice that was made for all figures together."
            )

    def _known_now(self, top: int, bottom: int) -> Iterator[str]:
        """What an outsider can tell of the row's counts with everything hidden that is."""
        for cell, name in ((top, "count"), (bottom, "number it is out of")):
            if cell == NONE or not self._near.unknown[cell]:
                continue
            one = self._near.attack([cell], np.array([cell]), intervals=True)[0]
            yield f"As published, an outsider knows its {name} {_range(one.low, one.high)}."

    def _attacked(self, row: int, top: int, bottom: int) -> list[Interval]:
        """Cells that less would be uncertain of, were the row shown, than has to be."""
        shown = [c for c in (top, bottom) if c != NONE and self._near.unknown[c]]
        if not shown:
            return []
        profile = self.config.profile(str(self.evidence.rows["profile"].iloc[row]))
        off = profile.rounding - 1 if profile.rounding_method == "controlled" else 0
        off = max(off, profile.rounding // 2)
        # What anybody can tell comes first, and is enough; a family can tell the same and more.
        for families in (False, True):
            found = self._near.attack(shown, None, off=off, families=families)
            failed = [one for one in found if one.verdict != "safe"]
            if failed:
                # What is uncertain of less already, for other reasons, is not this row's doing.
                told = self._near.attack(shown, None, off=None, families=families)
                before = {(one.cell, one.contributor): one for one in told}
                failed = [o for o in failed if _worse(o, before.get((o.cell, o.contributor)))]
            if failed:
                return failed
        return []


def _worse(one: Interval, before: Interval | None) -> bool:
    """Whether an interval is narrower than it was."""
    if before is None:
        return True
    return bool(one.low > before.low + TOLERANCE or one.high < before.high - TOLERANCE)


def _range(low: float, high: float) -> str:
    """`to be 3`, `to lie between 0 and 9`, `to be 4 or more`."""
    # Adding nothing turns the minus nought that rounding may leave into a plain one.
    least, most = float(np.ceil(low - 1e-4)) + 0.0, float(np.floor(high + 1e-4)) + 0.0
    if np.isinf(most):
        return f"to be {least:,.0f} or more"
    if most <= least:
        return f"to be {least:,.0f}, exactly"
    return f"to lie between {least:,.0f} and {most:,.0f}"


def rules_of(rows: pd.DataFrame, log: pd.DataFrame) -> list[str]:
    """The rule that hid each row, from the record of protection; "" where it is shown."""
    key = list(schema.KEY)
    found = rows[key].merge(log[[*key, "rule"]], on=key, how="left", validate="one_to_one")
    return found["rule"].fillna("").astype(str).tolist()
