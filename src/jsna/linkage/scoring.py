"""Level vector, weight and probability of any pair, by the conditions the model itself holds.

For pairs Splink never sees (those linked by number or by a pass). It reads the same file and gives
the same weights as Splink; a test holds the two to each other.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from jsna.linkage.model import Model

#: A column of one side of a pair, in a condition of the model.
_SIDED: Final = re.compile(r"\b([a-z_]+)_[lr]\b")


def rare_columns(model: Model) -> list[str]:
    """Columns whose rarer values count for more, in order."""
    return sorted(
        {
            level["tf_adjustment_column"]
            for comparison in model["comparisons"]
            for level in comparison["comparison_levels"]
            if level.get("tf_adjustment_column")
        }
    )


def columns_of(comparison: Mapping[str, Any], *, missing: bool = False) -> set[str]:
    """Columns of a standard table a comparison reads; `missing`: those it cannot do without."""
    return {
        column
        for level in comparison["comparison_levels"]
        if level.get("is_null_level") or not missing
        for column in _SIDED.findall(level["sql_condition"])
    }


def scored(
    pairs: str,
    left: str,
    right: str,
    model: Model,
    frequencies: Mapping[str, str],
    absent: Collection[str] = (),
) -> str:
    """SQL of pairs with `own_weight`, `own_probability` and `levels` beside their own columns.

    Args:
        pairs: a relation with `left_record`, `right_record`.
        left, right: standard tables.
        model, frequencies, absent: as of `weighed`.
    """
    joined = (
        f"{pairs} p JOIN {left} a ON a.record = p.left_record "
        f"JOIN {right} b ON b.record = p.right_record"
    )
    return weighed("p.*", joined, model, frequencies, absent)


def weighed(
    shown: str,
    joined: str,
    model: Model,
    frequencies: Mapping[str, str],
    absent: Collection[str] = (),
) -> str:
    """SQL of `shown` with `own_weight`, `own_probability` and `levels` of every row of `joined`.

    Args:
        shown: SQL of the columns to show beside them.
        joined: SQL of a join of a standard table `a` with a standard table `b`.
        model: a model with the prior of the run.
        frequencies: column -> relation (column, `tf_<column>`) of how frequent each value is.
        absent: comparisons for which one of the tables has nothing.
    """
    graded = {
        f"g{i}": comparison
        for i, comparison in enumerate(model["comparisons"])
        if comparison["output_column_name"] not in absent
    }
    columns = sorted(set().union(*(columns_of(c) for c in graded.values())))
    sides = "".join(f", a.{c} AS {c}_l, b.{c} AS {c}_r" for c in columns)
    rare = [c for c in rare_columns(model) if c in frequencies and c in columns]
    terms = "".join(f", f_{c}.tf_{c} AS tf_{c}" for c in rare)
    joins = " ".join(
        f"LEFT JOIN {frequencies[c]} f_{c} ON f_{c}.{c} = a.{c} AND a.{c} = b.{c}" for c in rare
    )
    grades = "".join(f", {_grade(c)} AS {g}" for g, c in graded.items())
    parts = " + ".join([_prior(model), *(_part(c, g) for g, c in graded.items())])
    vector = _vector(list(graded), len(model["comparisons"]))
    return f"""
        WITH compared AS (
            SELECT {shown}{sides}{terms} FROM {joined} {joins}
        ), graded AS (
            SELECT {_but(side for c in columns for side in (f"{c}_l", f"{c}_r"))}{grades}
            FROM compared
        ), summed AS (
            SELECT {_but([*graded, *(f"tf_{c}" for c in rare)])},
                {parts} AS exact_weight, {vector} AS levels
            FROM graded
        )
        SELECT * EXCLUDE (exact_weight), round(exact_weight, 6) AS own_weight,
            {probability("exact_weight")} AS own_probability
        FROM summed
    """


def _but(columns: Iterable[str]) -> str:
    """SQL of all columns but these, of which there may be none."""
    left_out = ", ".join(columns)
    return f"* EXCLUDE ({left_out})" if left_out else "*"


def _vector(present: Collection[str], size: int) -> str:
    """SQL of the level vector, a digit for each comparison of the model.

    0: nothing to compare; 1: nothing agrees; then upwards to the comparison's best level. Added up
    as one number and written once, which is much less work than joining texts.
    """
    places = {f"g{i}": 10 ** (size - 1 - i) for i in range(size)}
    code = "".join(f" + ({g} + 1) * {places[g]}" for g in present)
    return f"substr(CAST(CAST({10**size}{code} AS BIGINT) AS VARCHAR), 2)"


def probability(weight: str) -> str:
    """SQL of the probability a weight in bits stands for, to six places."""
    # Past 60 bits the answer is 0 or 1, and powers of two leave what a double can hold.
    bounded = f"greatest(least({weight}, 60), -60)"
    return f"round(1 / (1 + pow(2, -({bounded}))), 6)"


def _prior(model: Model) -> str:
    chance = model["probability_two_random_records_match"]
    return _number(math.log2(chance / (1 - chance)))


def _levels(comparison: Mapping[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    """The levels with their grade: -1 for nothing to compare, then highest first, down to 0."""
    levels = comparison["comparison_levels"]
    graded = [level for level in levels if not level.get("is_null_level")]
    missing = [(-1, level) for level in levels if level.get("is_null_level")]
    return missing + [(len(graded) - 1 - i, level) for i, level in enumerate(graded)]


def _grade(comparison: Mapping[str, Any]) -> str:
    tests = [
        f"WHEN {level['sql_condition']} THEN {grade}"
        for grade, level in _levels(comparison)
        if level["sql_condition"] != "ELSE"
    ]
    return f"CASE {' '.join(tests)} ELSE 0 END"


def _part(comparison: Mapping[str, Any], grade_column: str) -> str:
    """SQL of what a comparison adds to the weight, in bits."""
    tests = []
    for grade, level in _levels(comparison):
        if grade < 0:
            continue
        bits = _number(math.log2(level["m_probability"] / level["u_probability"]))
        if column := level.get("tf_adjustment_column"):
            usual = _number(math.log2(level["u_probability"]))
            least = _number(level.get("tf_minimum_u_value", 0.0))
            bits += f" + coalesce({usual} - log2(greatest(tf_{column}, {least})), 0)"
        tests.append(f"WHEN {grade} THEN {bits}")
    return f"(CASE {grade_column} {' '.join(tests)} ELSE 0 END)"


def _number(value: float) -> str:
    return f"CAST({value!r} AS DOUBLE)"
