"""The proof: an attack on what is about to be published, and the certificate of its result.

It shares with the protection only the linked tables, that is, what is published and what adds up to
what.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from jsna import io
from jsna.disclosure import bands, revision, standings
from jsna.disclosure.attacking.attack import Interval, Report, attack
from jsna.disclosure.attacking.intruder import Intruder
from jsna.disclosure.evidence import Evidence, read
from jsna.disclosure.ledger.linked_tables import NONE, WEIGHT, LinkedTables
from jsna.disclosure.suppression import attainable
from jsna.disclosure.system import TOLERANCE, Flags
from jsna.disclosure.tabular.protection import explain
from jsna.errors import JsnaError, Problem
from jsna.machine.garbage import uncollected
from jsna.measures.attrition import FILE as ATTRITION
from jsna.measures.derived import counted, verify
from jsna.model import schema
from jsna.model.configuration import Configuration
from jsna.records import CERTIFICATE, CHOICE, DISCOVERY, INTERVALS

#: What the certificate says of a profile.
_TOLD: Final = ("title", "rule", "source", "threshold", "rounding", "zeros_shown")
#: What the number of changed figures that stand as before is rounded up to.
_TENS: Final = 10

TITLE: Final = (
    "What is to be published gives small numbers away (docs/disclosure.md says what to do):"
)


@dataclass(frozen=True, slots=True)
class Proof:
    """What the attack made of an edition.

    Attributes:
        evidence: what was attacked.
        report: the attack.
        beyond: cells of which less is uncertain than the profile asks whatever is hidden.
    """

    evidence: Evidence
    report: Report
    beyond: tuple[int, ...]


def prove(evidence: Evidence) -> Proof:
    """Attack an edition.

    Raises:
        JsnaError: naming for every cell that can be worked out, or is left narrower than its
            profile requires, the indicators that show it, the cell and the equations.
    """
    system, known = evidence.system, evidence.known
    open_ = np.asarray(known.high - known.low > TOLERANCE)
    start = _start(evidence)
    alone = replace(system, contributor=np.zeros(system.size))
    intruder = Intruder(system, known.low, known.high, start)
    if (system.contributor > 0).any():
        # What is seen to be possible for anyone mostly is for contributors, and need not be sought.
        intruder.keep(np.flatnonzero(system.primary & open_))
    first = attack(alone, open_, known, start=start, intruder=intruder)
    failing = [found.cell for found in first.failures]
    cells = np.array(sorted(set(failing)), dtype=np.int64)
    if len(cells):
        # More than is left when all that may be hidden is hidden can be asked of nobody.
        system = attainable(system, cells)
    known_anyway = system.need_high - system.need_low < 1
    report = attack(system, open_, known, start=start, intruder=intruder)
    problems = [
        Problem(
            "safe measures",
            explain(system, found),
            column=_indicators(evidence, found.cell),
            code="prove.cell",
        )
        for found in _once(report.failures)
        if not (found.verdict == "exact" and known_anyway[found.cell])
    ]
    # A small number that stands in the open is not hidden, and so not among the intervals.
    problems += [
        Problem(
            "safe measures",
            f"the small count [{system.label(int(cell))}] can be read or follows at once",
            column=_indicators(evidence, int(cell)),
            code="prove.shown",
        )
        for cell in np.flatnonzero(system.primary & ~open_)
    ]
    problems += [
        Problem(
            "safe measures",
            "what this leaves over beside its parts is of too few people, or nearly all one's",
            column=str(evidence.rows["indicator"].iloc[row]),
            value="; ".join(str(evidence.rows[name].iloc[row]) for name in schema.KEY),
            code="prove.remainder",
        )
        for row in evidence.left
    ]
    if problems:
        raise JsnaError(problems, title=TITLE)
    return Proof(replace(evidence, system=system), report, tuple(map(int, cells)))


def _once(failures: Sequence[Interval]) -> list[Interval]:
    """One failure of each cell: what anyone can work out before what a contributor can."""
    ordered = sorted(failures, key=lambda found: (found.contributor >= 0, found.cell))
    return list({found.cell: found for found in reversed(ordered)}.values())[::-1]


def _start(evidence: Evidence) -> np.ndarray[Any, np.dtype[np.float64]] | None:
    """The truth, from which proofs of safety may begin where it fits what is printed."""
    value, known = evidence.system.value, evidence.known
    fits = (value >= known.low - TOLERANCE).all() and (value <= known.high + TOLERANCE).all()
    return value if fits else None


def _indicators(evidence: Evidence, cell: int) -> str:
    """Indicators whose rows a cell stands behind, or the nearest: those of its equations."""
    made: LinkedTables = evidence.linked
    near = {cell}
    for equation in made.equations:
        if cell in equation:
            near.update(equation)
    sides = np.array(made.numerators), np.array(made.denominators)
    for among in ({cell}, near):
        rows = np.isin(sides[0], list(among)) | np.isin(sides[1], list(among))
        names = sorted(set(evidence.rows.loc[rows, "indicator"]))
        if names:
            return ", ".join(names)
    return ""


@uncollected()
def run(config: Configuration, paths: io.Paths) -> None:
    """Prove an edition; writes `safe/certificate.json` and `restricted/intervals.parquet`.

    Raises:
        JsnaError: a small number can be worked out, a ratio or difference is not that of the
            figures shown, a share stated beside an indicator says too much, or nobody has looked
            for undeclared sums.
    """
    _expect_discovery(config, paths)
    safe = paths.safe / "measures.parquet"
    published = io.read_measures(safe)
    worked_out = verify(published, config)
    bands.verify(config, paths)
    standings.verify(config, paths)
    proof = prove(read(config, paths))
    choice = io.read_json(paths.restricted / CHOICE)
    made = certificate(proof, counted(published, config), config, choice)
    made["published"]["worked_out"] = worked_out
    made["measures_sha256"] = io.sha256(safe)
    made["beside_sha256"] = io.sha256(paths.safe / ATTRITION)
    io.write_parquet(paths.restricted / INTERVALS, intervals(proof))
    text = json.dumps(made, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    io.write_text(paths.safe / CERTIFICATE, text)


def _expect_discovery(config: Configuration, paths: io.Paths) -> None:
    """An attack on equations is worth no more than the equations: none may be known to be missing.

    An open edition counts nobody, so there are no sums to look for.

    Raises:
        JsnaError: identities have not been looked for, or some are undeclared.
    """
    file = paths.restricted / DISCOVERY
    found = io.read_json(file) if file.is_file() else {}
    undeclared = found.get("undeclared")
    nothing_counted = config.edition.kind == "open" and found.get("looked") is False
    if undeclared == 0 or nothing_counted:
        return
    rule = "sums between counts that nobody declared have not been looked for; run: jsna verdict"
    if undeclared:
        rule = "there are sums between counts that nobody declared; jsna discover names them"
    raise JsnaError(Problem(f"restricted/{DISCOVERY}", rule, code="prove.discovery"))


def intervals(proof: Proof) -> pd.DataFrame:
    """What an attacker is left with of every protected cell (restricted).

    Returns:
        cell, label, low, high, need_low, need_high, verdict; `low` and `high` are whole intervals
        as far as the attack had to look, so the true ones are at least as wide.
    """
    system = proof.evidence.system
    outsiders = [found for found in proof.report.intervals if found.contributor < 0]
    cells = np.array([found.cell for found in outsiders], dtype=np.int64)
    return pd.DataFrame(
        {
            "cell": cells,
            "label": [system.label(int(cell)) for cell in cells],
            "low": np.array([found.low for found in outsiders], dtype=np.float64),
            "high": np.array([found.high for found in outsiders], dtype=np.float64),
            "need_low": system.need_low[cells],
            "need_high": system.need_high[cells],
            "verdict": pd.Series([found.verdict for found in outsiders], dtype="str"),
        }
    )


def certificate(
    proof: Proof, safe: pd.DataFrame, config: Configuration, choice: dict[str, Any]
) -> dict[str, Any]:
    """What may be said to everyone of how an edition is protected: counts of figures alone.

    No sum over hidden counts is among them, such as the loss: it would be one more equation.

    Args:
        proof: the attack.
        safe: every measure published.
        config: declarations and profiles.
        choice: what protection said of its choice and of the fallbacks.
    """
    evidence = proof.evidence
    made, known = evidence.linked, evidence.known
    unknown = np.asarray(known.high - known.low > TOLERANCE)
    sides = {*made.numerators, *made.denominators} - {NONE}
    public = [source for source in made.public if source]
    return {
        "edition": config.edition.edition,
        "profiles": {
            name: _profile(name, safe, config) for name in sorted(safe["profile"].unique())
        },
        "published": {
            "rows": len(safe),
            "numbers": int(safe[list(schema.NUMBERS)].notna().to_numpy().sum()),
            "quantities": len(sides),
            "derived": int(sum(made.derived)),
            "equations": len(made.equations) + 2 * len(made.ratios),
        },
        "hidden": {
            "rows": int((evidence.hidden & ~evidence.stands).sum()),
            "by_chapter": _by_chapter(safe, config, choice["withheld"]),
        },
        "fallbacks": choice["fallbacks"],
        "attack": {
            # All that is unknown, so that nobody learns how many counts are small.
            "cells": int(unknown.sum()),
            "exact": 0,
            "narrow": 0,
            "beyond": len(proof.beyond),
            "contributors": int((unknown & (known.low < 1)).sum()),
            "programs": proof.report.programs,
            "public": len(public),
        },
        "optimality": {"weight": WEIGHT, **choice["optimality"]},
        "revisions": _revisions(evidence),
        "publications": list(evidence.earlier),
        "previous": list(config.edition.previous),
    }


def _revisions(evidence: Evidence) -> dict[str, int]:
    """How many figures that were published before are printed anew, and how many stand.

    Of those that have changed and stand no more is told than at most how many, in tens: the number
    of figures one child is in tells of the child.
    """
    stands = int(evidence.stands.sum())
    anew = revision.printed(evidence.past) & ~revision.same(evidence.safe, evidence.past)
    return {
        "revised": int((anew & ~evidence.hidden).sum()),
        "withheld_at_most": -(-stands // _TENS) * _TENS,
    }


def _profile(name: str, safe: pd.DataFrame, config: Configuration) -> dict[str, Any]:
    profile = config.profile(name)
    mine = safe["profile"].eq(name)
    return {
        **{name: getattr(profile, name) for name in _TOLD},
        "rows": int(mine.sum()),
        "hidden": int((mine & _hidden(safe)).sum()),
    }


def _hidden(safe: pd.DataFrame) -> pd.Series[bool]:
    return safe["status"].eq("c") & safe["reason"].eq("disclosure_control")


def _by_chapter(
    safe: pd.DataFrame, config: Configuration, withheld: dict[str, int]
) -> dict[str, dict[str, int]]:
    """Figures of the home area by chapter: how many there are, are hidden, and were withheld."""
    home = {
        config.area.code,
        *config.area.locality_names,
        *(group.code for group in config.area.locality_groups),
    }
    mine = safe.loc[safe["area_code"].isin(home)]
    chapter = mine["indicator"].map({i.id: i.chapter for i in config.indicators.values()})
    hidden: Flags = _hidden(mine).to_numpy(dtype=bool)
    return {
        name: {
            "rows": int(chapter.eq(name).sum()),
            "hidden": int((chapter.eq(name).to_numpy(dtype=bool) & hidden).sum()),
            "withheld": sum(
                count
                for indicator, count in withheld.items()
                if config.indicators[indicator].chapter == name
            ),
        }
        for name in dict.fromkeys(i.chapter for i in config.indicators.values())
    }
