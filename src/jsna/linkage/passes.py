"""Deterministic passes: a declared table of what must agree, run in DuckDB in its order.

The table is data (`config/linkage/passes.yaml`): traits that must be equal, and levels of
comparisons that must be reached, by the names declared in `jsna.linkage.comparisons`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from jsna.errors import JsnaError, Problem
from jsna.linkage.comparisons import COMPARISONS
from jsna.model.linkage import AGREEING, Pass, Passes
from jsna.settings.reading import read

_BY_NAME: Final = {comparison.name: comparison for comparison in COMPARISONS}


def read_passes(path: Path) -> tuple[Pass, ...]:
    """The passes of a file such as `config/linkage/passes.yaml`, in their order.

    Raises:
        JsnaError: everything in it that cannot be used.
    """
    passes = read(path, Passes).passes
    problems = [
        Problem(path.name, rule, column=f"passes ({one.name}).levels", value=value,
                code="config.passes")
        for one in passes
        for rule, value in _unknown(one)
    ]  # fmt: skip
    if problems:
        raise JsnaError(problems)
    return passes


def _unknown(one: Pass) -> Iterator[tuple[str, str]]:
    """Comparisons and levels of a pass that there are not: rule and value."""
    for trait, levels in one.levels.items():
        if trait not in _BY_NAME:
            yield f"no such comparison; there are {', '.join(_BY_NAME)}", trait
            continue
        known = ["missing", *(level.name for level in _BY_NAME[trait].levels)]
        yield from (
            (f"no such level of {trait}; there are {', '.join(known)}", level)
            for level in levels
            if level not in known
        )


def fits(one: Pass, left: str, right: str, *, single: bool = False) -> str:
    """SQL of the pairs that fit a pass: `left_person, right_person, left_record, right_record`.

    A person may have several records; the first pair that fits stands for the two. `single` says
    that nobody has, so that no two come up twice.
    """
    equal = " AND ".join(f"a.{column} = b.{column}" for column in one.agree)
    tests = " AND ".join(f"({test})" for test in _tests(one))
    first = "min(a.record)", "arg_min(b.record, (a.record, b.record))"
    records = ("a.record", "b.record") if single else first
    return f"""
        SELECT a.person AS left_person, b.person AS right_person,
            {records[0]} AS left_record, {records[1]} AS right_record
        FROM {left} a JOIN {right} b ON {equal}
        WHERE {tests}
        {"" if single else "GROUP BY ALL"}
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
