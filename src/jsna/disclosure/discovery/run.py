"""The stage: look for identities nobody declared, and stop the build where there is one.

The result depends on declarations and code, not on the edition's records: the records it looks in
are invented (see `worlds`), as real ones say nothing more and need not be read. So what was found
once is kept for every edition with the same declarations (see `remembered`).
"""

from __future__ import annotations

import sys
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from jsna import io
from jsna.disclosure.discovery import county, remembered, worlds
from jsna.disclosure.discovery.declared import Declared, Row, beyond, declared
from jsna.disclosure.discovery.identities import (
    FALSE,
    UNDECLARED,
    Identity,
    identities,
    identities_of,
    problems,
    shortened,
)
from jsna.disclosure.discovery.incidence import Incidence, incidence
from jsna.disclosure.discovery.modular import null_space
from jsna.errors import JsnaError, Problem
from jsna.model.configuration import Configuration
from jsna.model.fallbacks import recodings
from jsna.model.hierarchies import THREE_YEARS

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]

#: Size of each set of records. With 1,500 pupils 73 counts are tied by chance, with 3,000 three,
#: and with 4,000 to 12,000 none.
PUPILS, PLANS, LSOAS = 6_000, 3_000, 60
TITLE: Final = "Published counts are tied in ways disclosure control has not been told of:"


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
        unseen: indicators whose tables the invented county has not.
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
            "seeds": list(worlds.SEEDS),
        }


def discover(tables: Mapping[str, pa.Table], config: Configuration) -> Discovery:
    """Look for identities between the published counts of micro-data.

    Args:
        tables: analysis tables; an identity is one if it holds for each unit of them.
        config: the declarations.
    """
    from jsna.disclosure.ledger.entries import linked_tables
    from jsna.measures.engine import measure

    local = [i for i in config.indicators.values() if i.numerator is not None]
    rows = measure(tables, local, config)
    whole = incidence(tables, rows, config)
    found: dict[tuple[tuple[int, int], ...], Identity] = {}
    false: dict[tuple[tuple[int, int], ...], Identity] = {}
    looked: Discovery | None = None
    true: Sequence[Row] = ()
    for chosen in selections(rows, config):
        part = whole.of(chosen)
        made = linked_tables(rows.loc[chosen].reset_index(drop=True), config)
        equations = [{e[0]: -1.0, **dict.fromkeys(e[1:], 1.0)} for e in made.equations]
        implied = declared(part, made.numerators, made.denominators, equations)
        if looked is None:
            looked, true = compare(part, implied), implied.equations
            new: Sequence[Identity] = looked.found
        else:
            # All that holds between all counts is declared: so it is known what holds of some.
            rest = beyond(true, implied, part.shown.tolist())
            new = identities_of(shortened(rest, implied.equations))
        found.update((one.key, one) for one in new)
        false.update((one.key, one) for one in identities_of(implied.false))
        if looked.found:
            break
    assert looked is not None
    return replace(
        looked,
        found=tuple(found.values()),
        # What is not so has to be put right first: much else follows from it.
        problems=tuple(
            problems(list(false.values()), whole.counts, whole.units, FALSE)
            or problems(list(found.values()), whole.counts, whole.units, UNDECLARED)
        ),
        unseen=tuple(sorted({i.id for i in local} - set(rows["indicator"]))),
    )


def compare(found: Incidence, implied: Declared) -> Discovery:
    """What holds in the micro-data against what is declared; `problems` is left empty."""
    shown = found.shown
    there = shown[found.units[shown] > 0]
    # What follows from other counts by the declarations says nothing new.
    kept = np.setdiff1d(there, np.array(implied.follows, dtype=np.int64))
    new = identities(null_space(found.matrix[:, kept]), kept, implied.equations)
    return Discovery(
        counts=len(shown),
        zero=len(shown) - len(there),
        rank=len(kept) - len(new),
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


def run(config: Configuration, paths: io.Paths) -> None:
    """Look for undeclared identities; writes `restricted/discovery.json`.

    Where the same declarations were looked through before by the same code, that result is taken.

    Raises:
        JsnaError: naming each kind of identity that the declarations do not imply.
    """
    target = paths.restricted / "discovery.json"
    if config.edition.kind == "open":
        reason = "an open edition publishes official figures alone: nothing is counted here"
        io.write_json(target, {"looked": False, "reason": reason})
        return
    place = remembered.place(config, paths.root)
    result = remembered.recalled(place)
    if result is None:
        result = look(config, paths.root)
        if place is not None:
            io.write_json(place, result)
    else:
        # To the log: an auditor can tell a look from a result that was taken over.
        print(f"the same declarations were looked through before: {place}", file=sys.stderr)
    io.write_json(target, result)


def look(config: Configuration, root: Path) -> dict[str, object]:
    """What is found in invented records, for `restricted/discovery.json`.

    Args:
        config: of a full edition.
        root: of the project, where the rules of linkage are.

    Raises:
        JsnaError: naming each kind of identity that the declarations do not imply.
    """
    world = county.configuration(config)
    found = discover(worlds.made(world, PUPILS, PLANS, LSOAS, root=root), world)
    if found.problems:
        raise JsnaError(found.problems, title=TITLE)
    return {"looked": True, **found.summary()}
