"""Deterministic passes: a declared table of what must agree, run in DuckDB in its order.

The table is data (`config/linkage/passes.yaml`): traits that must be equal, and levels of
comparisons that must be reached, by the names declared in `jsna.linkage.comparisons`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jsna.errors import JsnaError, Problem
from jsna.linkage.comparisons import COMPARISONS

#: Columns of a standard table that may have to agree.
AGREEING: Final = (
    *("forename", "surname", "born", "turned", "postcode", "sector", "sex"),
    *("house", "street", "town", "unproved", "number"),
)
_BY_NAME: Final = {comparison.name: comparison for comparison in COMPARISONS}


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass.

    Attributes:
        name, why: as it is told in the quality report.
        agree: columns that must be equal in both records.
        levels: comparison -> levels of it, one of which the pair must reach.
    """

    name: str
    why: str
    agree: tuple[str, ...]
    levels: Mapping[str, tuple[str, ...]]


def read_passes(path: Path) -> tuple[Pass, ...]:
    """The passes of a file such as `config/linkage/passes.yaml`, in their order.

    Raises:
        JsnaError: everything in it that cannot be used.
    """
    import yaml

    content: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    rows = content.get("passes") if isinstance(content, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        rule = "the file must hold a list 'passes'"
        raise JsnaError(Problem(path.name, rule, code="config.passes"))
    problems = [p for i, row in enumerate(rows, 1) for p in _problems(path.name, f"pass {i}", row)]
    names = [str(row.get("name")) for row in rows]
    problems += [
        Problem(path.name, "two passes have the same name", value=name, code="config.passes")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    if problems:
        raise JsnaError(problems)
    return tuple(
        Pass(
            name=row["name"],
            why=row["why"],
            agree=tuple(row["agree"]),
            levels={trait: tuple(levels) for trait, levels in (row.get("levels") or {}).items()},
        )
        for row in rows
    )


def _problems(where: str, key: str, row: dict[str, Any]) -> list[Problem]:
    """Everything wrong with one pass as written."""

    def problem(rule: str, value: object = "") -> Problem:
        return Problem(where, rule, column=key, value=str(value), code="config.passes")

    found = [
        problem("no such key", k)
        for k in sorted(set(row) - {"name", "label", "why", "agree", "levels"})
    ]
    found += [problem(f"{k!r} is missing") for k in ("name", "why", "agree") if not row.get(k)]
    found += [
        problem(f"only these can agree: {', '.join(AGREEING)}", trait)
        for trait in row.get("agree") or []
        if trait not in AGREEING
    ]
    for trait, levels in (row.get("levels") or {}).items():
        if trait not in _BY_NAME:
            found.append(problem("no such comparison", trait))
            continue
        known = ["missing", *(level.name for level in _BY_NAME[trait].levels)]
        found += [problem(f"no such level of {trait}", one) for one in levels if one not in known]
    return found


def fits(one: Pass, left: str, right: str) -> str:
    """SQL of the pairs that fit a pass: `left_person, right_person, left_record, right_record`.

    A person may have several records; the first pair that fits stands for the two.
    """
    equal = " AND ".join(f"a.{column} = b.{column}" for column in one.agree)
    tests = " AND ".join(f"({test})" for test in _tests(one))
    return f"""
        SELECT a.person AS left_person, b.person AS right_person,
            min(a.record) AS left_record, arg_min(b.record, (a.record, b.record)) AS right_record
        FROM {left} a JOIN {right} b ON {equal}
        WHERE {tests}
        GROUP BY ALL
    """


def _tests(one: Pass) -> list[str]:
    """SQL conditions beside equality, the numbers' among them."""
    # Different sound numbers speak against every pass: the model weighs that, a pass does not.
    levels = {**one.levels, "number": ("same", "missing")}
    return [reaches(trait, names) for trait, names in levels.items()]


def reaches(trait: str, names: tuple[str, ...]) -> str:
    """SQL of whether a pair reaches one of the levels of a comparison."""
    comparison = _BY_NAME[trait]
    *levels, last = comparison.levels
    tests = [("missing", comparison.missing), *((one.name, one.condition) for one in levels)]
    rest = last.name in names
    # What says the same as the rest need not be told from it.
    while tests and (tests[-1][0] in names) == rest:
        tests.pop()
    cases = " ".join(f"WHEN {test} THEN {name in names}" for name, test in tests)
    return sided(f"CASE {cases} ELSE {rest} END" if cases else f"{rest}")


def missing(trait: str) -> str:
    """SQL of whether a pair has nothing to compare of a trait."""
    return sided(_BY_NAME[trait].missing)


def sided(condition: str) -> str:
    """A condition over columns `<name>_l` and `<name>_r` as one over records `a` and `b`."""
    for column in sorted({*AGREEING, "names", "nhs_number", "upn", "former_upn", "uln"}):
        for short, alias in (("l", "a"), ("r", "b")):
            condition = re.sub(rf"\b{column}_{short}\b", f"{alias}.{column}", condition)
    return condition


def unique(pairs: str) -> str:
    """SQL of the pairs neither of whose people stands in another."""
    return (
        f"SELECT * FROM {pairs} QUALIFY count(*) OVER (PARTITION BY left_person) = 1 "
        "AND count(*) OVER (PARTITION BY right_person) = 1"
    )
