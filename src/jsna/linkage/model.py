"""The linkage model: a Splink settings file, read, checked, tidied and written.

`config/linkage/model.json` is committed and meant to be read: each comparison with its conditions,
and for each level how often one person's records (m) and two people's (u) reach it. Retraining
replaces it (`jsna link train`). Numbers are kept to six significant digits, so that a review sees
changes that matter.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

from jsna.errors import JsnaError, Problem
from jsna.linkage.comparisons import COMPARISONS, settings

Model = Mapping[str, Any]
#: No level is taken to be rarer than this among either kind of pair.
_LEAST: Final = 1e-6
_DIGITS: Final = 6
#: No register is trusted to give one person's records the same number more often than this.
_SOUNDEST: Final = 0.998


def tidied(learnt: Model) -> dict[str, Any]:
    """A trained model as it is kept: declared values where nothing was learnt, and levels in sum 1.

    Splink leaves out levels it never saw; the declared value stands there instead.
    """
    kept = settings()
    found = {c["output_column_name"]: c["comparison_levels"] for c in learnt["comparisons"]}
    for comparison, declared in zip(kept["comparisons"], COMPARISONS, strict=True):
        levels = found.get(declared.name, [])
        by_name = {level["label_for_charts"]: level for level in levels}
        shown = [level for level in comparison["comparison_levels"] if "is_null_level" not in level]
        for letter in ("m_probability", "u_probability"):
            values = [
                max(by_name.get(level["label_for_charts"], {}).get(letter) or level[letter], _LEAST)
                for level in shown
            ]
            for level, value in zip(shown, values, strict=True):
                level[letter] = float(f"{value / sum(values):.{_DIGITS}g}")
    return kept


def with_numbers(model: dict[str, Any], agreeing: tuple[int, int]) -> dict[str, Any]:
    """The model with m of the numbers from counts (the same, compared) among certain pairs."""
    same, compared = agreeing
    if not compared:
        return model
    for comparison in model["comparisons"]:
        if comparison["output_column_name"] == "number":
            share = min((same + 0.5) / (compared + 1), _SOUNDEST)
            levels = [v for v in comparison["comparison_levels"] if not _missing(v)]
            for level, value in zip(levels, (share, 1 - share), strict=True):
                level["m_probability"] = float(f"{value:.{_DIGITS}g}")
    return model


def write_model(path: Path, model: Model) -> None:
    """Write a model for review: one line for each key, keys in a settled order."""
    from jsna import io

    io.write_json(path, model)


def read_model(path: Path) -> dict[str, Any]:
    """Read a model and check that it can be used.

    Raises:
        JsnaError: the file is missing, or anything in it cannot be used.
    """
    where = path.name
    if not path.is_file():
        rule = "the linkage model is missing; train one with: jsna link train"
        raise JsnaError(Problem(where, rule, code="model.missing"))
    try:
        model: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        comparisons = {
            c["output_column_name"]: c["comparison_levels"] for c in model["comparisons"]
        }
    except (ValueError, KeyError, TypeError) as error:
        rule = "the file is not a linkage model; train one with: jsna link train"
        raise JsnaError(Problem(where, rule, code="model.shape")) from error
    problems = []
    for declared in COMPARISONS:
        levels = comparisons.get(declared.name)
        if levels is None:
            problems.append(_problem(where, declared.name, "the comparison is missing"))
            continue
        names = [level.get("label_for_charts") for level in levels if not _missing(level)]
        if names != [level.name for level in declared.levels]:
            problems.append(_problem(where, declared.name, "other levels than are declared"))
        problems += _probabilities(where, declared.name, levels)
    if problems:
        raise JsnaError(problems)
    return model


def _probabilities(where: str, name: str, levels: list[dict[str, Any]]) -> list[Problem]:
    """Each level's m and u must be probabilities, and those of all levels add up to one."""
    problems = []
    for letter in ("m_probability", "u_probability"):
        values: list[Any] = [level.get(letter) for level in levels if not _missing(level)]
        if not all(isinstance(value, float | int) and 0 < value <= 1 for value in values):
            rule = f"{letter} of a level is not between 0 and 1"
        elif not math.isclose(math.fsum(values), 1, abs_tol=1e-3):
            rule = f"{letter} of the levels do not add up to 1"
        else:
            continue
        problems.append(_problem(where, name, rule))
    return problems


def _problem(where: str, name: str, rule: str) -> Problem:
    return Problem(where, f"{rule}; train the model again", column=name, code="model.comparison")


def _missing(level: Mapping[str, Any]) -> bool:
    return bool(level.get("is_null_level"))


def prior(left: int, right: int, overlap: float) -> float:
    """Probability that two records drawn at random are of one person.

    Args:
        left, right: how many people each source has.
        overlap: share of the smaller source expected in the other.
    """
    larger = max(left, right, 1)
    return min(max(overlap / larger, 1e-12), 0.5)


def for_run(model: Model, probability: float) -> dict[str, Any]:
    """The model with the prior of the two sources at hand."""
    return {**model, "probability_two_random_records_match": probability}


def without(model: Model, absent: Collection[str]) -> dict[str, Any]:
    """The model without comparisons for which there is nothing to compare, which add nothing."""
    kept = [c for c in model["comparisons"] if c["output_column_name"] not in absent]
    return {**model, "comparisons": kept}
