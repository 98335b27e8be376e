"""What a reading back comes to: how much was compared, what else was allowed, and what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from jsna.errors import Problem

#: What a number is counted as that carries the key of a measure.
MEASURE: Final = "measure"
#: The same where the measure has no number, and a symbol or a word stands for it.
HIDDEN: Final = "measure without a number"


@dataclass(slots=True)
class Tally:
    """One output: its numbers by type, and the problems found in it."""

    output: str
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    def wrong(
        self, rule: str, *, place: str = "", printed: str = "", code: str, row: int | None = None
    ) -> None:
        """Note a problem.

        Args:
            rule: what is wrong, with the key and what was expected.
            place: where in the output.
            printed: what stands there.
            code: short code of the rule, without its family.
            row: row of a file of data.
        """
        self.problems.append(
            Problem(
                self.output,
                rule,
                row=row,
                column=place or None,
                value=printed,
                code=f"readback.{code}",
            )
        )


@dataclass(frozen=True, slots=True)
class Readback:
    """The whole draft.

    Attributes:
        counts: output -> type of number -> how many were read.
        problems: every number that is not what it should be.
    """

    counts: dict[str, dict[str, int]]
    problems: tuple[Problem, ...]

    @classmethod
    def of(cls, tallies: Iterable[Tally]) -> Readback:
        """The tallies of all outputs together."""
        made = list(tallies)
        return cls(
            {t.output: {k: n for k, n in sorted(t.counts.items()) if n} for t in made},
            tuple(problem for tally in made for problem in tally.problems),
        )

    @property
    def ok(self) -> bool:
        """Whether every number is accounted for."""
        return not self.problems

    @property
    def totals(self) -> dict[str, int]:
        """Type of number -> how many were read in all outputs."""
        total: Counter[str] = Counter()
        for counts in self.counts.values():
            total.update(counts)
        return dict(sorted(total.items()))

    def as_json(self) -> dict[str, Any]:
        """Counts alone, for publication: no number of any measure."""
        return {"outputs": self.counts, "totals": self.totals, "problems": len(self.problems)}
