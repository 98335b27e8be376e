"""The search for identities nobody declared.

The result depends on declarations and code, not on the edition's records: the records it looks in
are drawn from declarations (see `worlds`), as real ones say nothing more and need not be read. So
what was found once is kept for every edition with the same declarations (see `verdicts`).

**What follows is found.** An identity that follows from declarations or code holds of every person
drawn, and so is a dependence between columns of the matrix of persons by counts. All arithmetic is
exact modulo a prime: the rank found is never above the true one. Counts in which nobody was drawn
are left aside, and an identity with one of them is not found by this stage.

**Nothing ties by chance.** A relation that does not always hold is broken by some persons;
whatever multiples of counts it takes, it is judged person by person, and never on totals. If a
person drawn breaks it with chance q, it holds of n persons by chance with probability (1 - q)^n <
exp(-q n). What is found in the first records and is not declared is held to further ones, drawn
anew and each of twice as many people as those before, until `LASTING` in a row have broken
nothing. Those hold at least 2 + 4 + 8 times the n persons of the last that broke something. So a
relation that was still there when others of its kind fell, with q of about 1 / n, lasts with a
chance below exp(-14), one in a million; and of what one person in 500 breaks, already the smallest
three (42,000 persons) leave one relation in exp(84). What decides is thus the rarest of the
published categories, and these are filled by drawing every code as often as any other.

Editions differ in how complete their records are, and counts that are known to differ by a rest say
less than counts without one. So it is looked in records in which nothing is missing, and in ones in
which all is that may be.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count as numbers
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from jsna.disclosure.discovery import supposed, within, worlds
from jsna.disclosure.discovery.counts import Count
from jsna.disclosure.discovery.declared import Declared, Row, as_columns, beyond, declared
from jsna.disclosure.discovery.followed import unfounded
from jsna.disclosure.discovery.identities import (
    FALSE,
    UNDECLARED,
    Identity,
    identities_of,
    problems,
    rows_of,
    shortened,
)
from jsna.disclosure.discovery.incidence import Incidence, incidence, matrix_of
from jsna.disclosure.discovery.modular import Matrix, held, null_space
from jsna.errors import JsnaError, Problem
from jsna.machine.garbage import uncollected
from jsna.model.configuration import Configuration
from jsna.model.fallbacks import recodings
from jsna.model.hierarchies import THREE_YEARS

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]
    Tables = Mapping[str, pa.Table]

TITLE: Final = "Published counts are tied in ways disclosure control has not been told of:"
#: Further records in a row that must break nothing of what is left.
LASTING: Final = 3


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found.

    Attributes:
        counts: published counts looked at.
        zero: of these, left aside as nobody is in them in any set of records.
        rank: how many of the others are independent.
        declared: independent equations that the declarations imply.
        found: identities that no declaration implies.
        problems: one for each kind of these; where declared equations do not hold, one for each
            kind of those instead.
        unseen: indicators whose tables the records have not.
    """

    counts: int
    zero: int
    rank: int
    declared: int
    found: tuple[Identity, ...] = ()
    problems: tuple[Problem, ...] = ()
    unseen: tuple[str, ...] = ()

    def summary(self) -> dict[str, object]:
        """The counts for the certificate."""
        return {
            "quantities": self.counts,
            "zero": self.zero,
            "rank": self.rank,
            "declared": self.declared,
            "undeclared": len(self.found),
            "unseen": list(self.unseen),
        }


@dataclass(slots=True)
class Further:
    """Further records that what is found is held to.

    Attributes:
        drawn: gives them; nothing is held to any where there are none.
        config: the declarations.
    """

    drawn: Iterator[Tables]
    config: Configuration
    _made: list[Matrix] = field(default_factory=list)

    def lasting(self, rows: list[Row], counts: Sequence[Count]) -> list[Row]:
        """Those combinations of equations that hold in further records."""
        basis = as_columns(rows, len(counts))
        unbroken = 0
        for turn in numbers():
            if not basis.shape[1] or unbroken == LASTING:
                break
            if turn == len(self._made):
                tables = next(self.drawn, None)
                if tables is None:
                    break
                self._made.append(matrix_of(tables, counts, self.config))
            left = held(self._made[turn], basis)
            unbroken = unbroken + 1 if left.shape[1] == basis.shape[1] else 0
            basis = left
        if basis.shape[1] == len(rows):
            return rows
        return rows_of(basis, np.arange(len(counts)))


def discover(
    records: Sequence[Tables], config: Configuration, further: Iterator[Tables] | None = None
) -> Discovery:
    """Look for identities between the published counts of micro-data.

    Args:
        records: sets of analysis tables; an identity is one if it holds for each unit of them all.
        config: the declarations.
        further: gives further sets, which what is found and not declared must hold in too.
    """
    from jsna.disclosure.ledger.entries import linked_tables
    from jsna.measures.engine import measure

    local = [i for i in config.indicators.values() if i.numerator is not None]
    rows = measure(together(records), local, config)
    whole = incidence(records, rows, config)
    more = Further(further or iter(()), config)
    found: dict[tuple[tuple[int, int], ...], Identity] = {}
    false: dict[tuple[tuple[int, int], ...], Identity] = {}
    wrong: dict[str, Problem] = {}
    looked: Discovery | None = None
    true: Sequence[Row] = ()
    for chosen in selections(rows, config):
        part = whole.of(chosen)
        made = linked_tables(rows.loc[chosen].reset_index(drop=True), config)
        equations = [{e[0]: -1.0, **dict.fromkeys(e[1:], 1.0)} for e in made.equations]
        implied = declared(part, made.numerators, made.denominators, equations)
        wrong.update((problem.rule, problem) for problem in unfounded(part, made))
        if looked is None:
            true = implied.equations
            rest = undeclared(part, implied)
        else:
            # All that holds between all counts is declared: so it is known what holds of some.
            rest = beyond(true, implied, part.shown.tolist())
        new = identities_of(shortened(more.lasting(rest, whole.counts), implied.equations))
        looked = looked or _looked(part, implied, new)
        found.update((one.key, one) for one in new)
        false.update((one.key, one) for one in identities_of(implied.false))
        if looked.found:
            break
    assert looked is not None
    chapters = {i.id: i.chapter for i in local}
    return replace(
        looked,
        found=tuple(found.values()),
        # What is not so has to be put right first: much else follows from it.
        problems=tuple(
            [
                *problems(list(false.values()), whole.counts, whole.units, FALSE, chapters),
                *wrong.values(),
            ]
            or problems(list(found.values()), whole.counts, whole.units, UNDECLARED, chapters)
        ),
        unseen=tuple(sorted({i.id for i in local} - set(rows["indicator"]))),
    )


def together(records: Sequence[Tables]) -> dict[str, pa.Table]:
    """The rows of several sets of tables; no two sets share a person."""
    import pyarrow as pa

    names = sorted({name for tables in records for name in tables})
    return {
        name: pa.concat_tables([tables[name] for tables in records if name in tables])
        for name in names
    }


def undeclared(found: Incidence, implied: Declared) -> list[Row]:
    """What holds between the counts shown, less what follows from the declarations."""
    shown = found.shown
    there = shown[found.units[shown] > 0]
    # What follows from other counts by the declarations says nothing new.
    kept = np.setdiff1d(there, np.array(implied.follows, dtype=np.int64))
    return rows_of(null_space(found.matrix[:, kept], first=found.first), kept)


def _looked(found: Incidence, implied: Declared, new: Sequence[Identity]) -> Discovery:
    shown = found.shown
    there = int((found.units[shown] > 0).sum())
    independent = there - len(implied.follows) - len(new)
    return Discovery(
        counts=len(shown),
        zero=len(shown) - there,
        rank=independent,
        declared=len(implied.equations),
        found=tuple(new),
    )


def selections(rows: pd.DataFrame, config: Configuration) -> list[Flags]:
    """Which rows may be published together: all, then as declared, then each step of the fallbacks.

    What ties two counts may be a count of another recoding, which an edition does not show; so what
    all recodings imply together need not be implied by those of one step.
    """
    steps: dict[Hashable, set[int]] = {}
    paths = [
        (indicator, [grouping for grouping, _ in recodings(indicator, breakdown, config)])
        for indicator in config.indicators.values()
        for breakdown in ((), *indicator.breakdowns)
    ]
    deepest = max((len(groupings) for _, groupings in paths), default=1)
    for indicator, groupings in paths:
        for at in range(deepest):
            # The last recoding of a short fallback stands beside the further recodings of longer
            # ones.
            grouping = groupings[min(at, len(groupings) - 1)]
            kind = indicator.period_type if grouping.years == 1 else THREE_YEARS
            key = (indicator.id, grouping.geography(config.area), grouping.breakdown, kind)
            steps.setdefault(key, set()).add(at)
    keys = ["indicator", "geography", "breakdown", "period_type"]
    chosen = [np.ones(len(rows), dtype=bool)]
    for at in range(deepest if deepest > 1 else 0):
        mine = np.zeros(len(rows), dtype=bool)
        for step, places in rows.groupby(keys, sort=True).indices.items():
            mine[places] = at in steps[step]
        chosen.append(mine)
    return chosen


def look(config: Configuration, root: Path) -> dict[str, object]:
    """What is found in drawn records, as a verdict has it.

    Args:
        config: of a full edition.
        root: of the project, where it says what the spine of linkage is.

    Raises:
        JsnaError: naming each kind of identity that the declarations do not imply.
    """
    of = supposed.configuration(config)
    said: dict[str, object] = {"looked": True}
    for name, filled in (("", True), ("incomplete", False)):
        drawing = worlds.Drawing(of, supposed.spine(root), filled)
        with uncollected():
            records = drawing.first()
            found = discover(records, of, drawing.further())
            # What all that validation lets pass leaves so: a rule that only warns may be broken.
            hidden = [] if filled else within.faults(records, of)
        if told := [*found.problems, *hidden]:
            raise JsnaError(told, title=TITLE)
        summary = {**found.summary(), "passed_over": sorted(drawing.passed_over)}
        said |= {name: summary} if name else summary
    return said
