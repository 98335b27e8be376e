"""The stage: look for identities nobody declared, and stop the build where there is one.

The result depends on declarations and code, not on the edition's records: the records it looks in
are invented (see `worlds`), as real ones say nothing more and need not be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from jsna import io
from jsna.disclosure.discovery import worlds
from jsna.disclosure.discovery.declared import Declared, declared
from jsna.disclosure.discovery.identities import Identity, falsehoods, identities, problems
from jsna.disclosure.discovery.incidence import Incidence, incidence
from jsna.disclosure.discovery.modular import null_space
from jsna.edition import Configuration
from jsna.errors import JsnaError, Problem

if TYPE_CHECKING:
    import pyarrow as pa

#: Size of each set of records. At half of it some rare counts are the same by chance; at twice
#: it the same identities are found.
PUPILS, PLANS, LSOAS = 12_000, 6_000, 400
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
        problems: one for each kind of these, and for each declared equation that does not hold.
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
    from jsna.disclosure.book import book
    from jsna.measures.engine import measure

    local = [i for i in config.indicators.values() if i.numerator is not None]
    rows = measure(tables, local, config)
    evaluated = incidence(tables, rows, config)
    made = book(rows, config)
    equations = [
        {equation[0]: -1.0, **dict.fromkeys(equation[1:], 1.0)} for equation in made.equations
    ]
    implied = declared(evaluated, made.numerators, made.denominators, equations)
    unseen = tuple(sorted({i.id for i in local} - set(rows["indicator"])))
    return compare(evaluated, implied, unseen)


def compare(found: Incidence, implied: Declared, unseen: tuple[str, ...] = ()) -> Discovery:
    """What holds in the micro-data against what is declared."""
    there = np.flatnonzero(np.diff(found.matrix.indptr))
    # What follows from other counts by the declarations says nothing new.
    kept = np.setdiff1d(there, np.array(implied.follows, dtype=np.int64))
    basis = null_space(found.matrix[:, kept])
    new = identities(basis, kept, implied.equations)
    return Discovery(
        counts=len(found.counts),
        zero=len(found.counts) - len(there),
        rank=len(kept) - len(new),
        declared=len(implied.equations),
        found=tuple(new),
        problems=(*falsehoods(implied.false, found.counts), *problems(new, found.counts)),
        unseen=unseen,
    )


def run(config: Configuration, paths: io.Paths) -> None:
    """Look for undeclared identities; writes `restricted/discovery.json`.

    Raises:
        JsnaError: naming each kind of identity that the declarations do not imply.
    """
    target = paths.restricted / "discovery.json"
    if config.edition.kind == "open":
        reason = "an open edition publishes official figures alone: nothing is counted here"
        io.write_json(target, {"looked": False, "reason": reason})
        return
    world = worlds.configuration(paths.root)
    found = discover(worlds.made(world, PUPILS, PLANS, LSOAS), world)
    if found.problems:
        raise JsnaError(found.problems, title=TITLE)
    io.write_json(target, {"looked": True, **found.summary()})
