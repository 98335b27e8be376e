"""The linkage model: Splink settings, of which the learnt numbers are read, checked and written.

`config/linkage/model.yaml` is committed and meant to be read: for each level of each comparison how
often one person's records (m) and two people's (u) reach it. Conditions and all else are those of
`comparisons`. Retraining replaces the file (`jsna link train`). Numbers are kept to six significant
digits, so that a review sees changes that matter.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from jsna import io
from jsna.errors import JsnaError, Problem
from jsna.linkage.comparisons import COMPARISONS, settings
from jsna.model.linkage import Learnt
from jsna.settings.reading import read

Model = Mapping[str, Any]
#: No level is taken to be rarer than this among either kind of pair.
_LEAST: Final = 1e-6
_DIGITS: Final = 6
#: No register is trusted to give one person's records the same number more often than this.
_SOUNDEST: Final = 0.998
_HEAD: Final = """# yaml-language-server: $schema=../schemas/model.json
# How often records of one person (m) and of two people (u) reach each level of each comparison:
# learnt, and written by `jsna link train`. Levels are declared in src/jsna/linkage/comparisons.py.
"""


def tidied(learnt: Model) -> dict[str, Any]:
    """A trained model as it is kept: declared values where nothing was learnt, and levels in sum 1.

    Splink leaves out levels it never saw; the declared value stands there instead.
    """
    kept = settings()
    found = {c["output_column_name"]: c["comparison_levels"] for c in learnt["comparisons"]}
    for comparison, declared in zip(kept["comparisons"], COMPARISONS, strict=True):
        levels = found.get(declared.name, [])
        by_name = {level["label_for_charts"]: level for level in levels}
        shown = _levels(comparison)
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
            for level, value in zip(_levels(comparison), (share, 1 - share), strict=True):
                level["m_probability"] = float(f"{value:.{_DIGITS}g}")
    return model


def write_model(path: Path, model: Model) -> None:
    """Write what a model learnt for review: a line for each level."""
    learnt = {
        comparison["output_column_name"]: {
            level["label_for_charts"]: {"m": level["m_probability"], "u": level["u_probability"]}
            for level in _levels(comparison)
        }
        for comparison in model["comparisons"]
    }
    content = yaml.safe_dump({"comparisons": learnt}, sort_keys=False, default_flow_style=None)
    io.write_text(path, _HEAD + content)


def read_model(path: Path) -> dict[str, Any]:
    """The Splink settings with what was learnt, as its file gives it.

    Raises:
        JsnaError: the file is missing, or anything in it cannot be used.
    """
    where = path.name
    if not path.is_file():
        rule = "the linkage model is missing; train one with: jsna link train"
        raise JsnaError(Problem(where, rule, code="model.missing"))
    learnt, model = read(path, Learnt).comparisons, settings()
    problems = [
        _problem(where, name, "no such comparison is declared")
        for name in learnt.keys() - {declared.name for declared in COMPARISONS}
    ]
    for comparison in model["comparisons"]:
        name, levels = comparison["output_column_name"], _levels(comparison)
        numbers = learnt.get(name)
        if numbers is None:
            problems.append(_problem(where, name, "the comparison is missing"))
        elif list(numbers) != [level["label_for_charts"] for level in levels]:
            problems.append(_problem(where, name, "other levels than are declared"))
        else:
            problems += _probabilities(where, name, [(one.m, one.u) for one in numbers.values()])
            for level, one in zip(levels, numbers.values(), strict=True):
                level |= {"m_probability": one.m, "u_probability": one.u}
    if problems:
        raise JsnaError(problems)
    return model


def _probabilities(
    where: str, name: str, numbers: Iterable[tuple[float, float]]
) -> Iterator[Problem]:
    """Each level's m and u must be probabilities, and those of all levels add up to one."""
    for letter, values in zip("mu", zip(*numbers, strict=True), strict=True):
        if not all(0 < value <= 1 for value in values):
            yield _problem(where, name, f"{letter} of a level is not between 0 and 1")
        elif not math.isclose(math.fsum(values), 1, abs_tol=1e-3):
            yield _problem(where, name, f"{letter} of the levels do not add up to 1")


def _problem(where: str, name: str, rule: str) -> Problem:
    return Problem(where, f"{rule}; train the model again", column=name, code="model.comparison")


def _levels(comparison: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Levels that have numbers: all but that nothing can be compared."""
    return [one for one in comparison["comparison_levels"] if "is_null_level" not in one]


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
