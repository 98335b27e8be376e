"""The rules of linkage as they stand in `config/linkage/`: one folder, read and checked at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jsna.errors import JsnaError, Problem
from jsna.linkage.cascade import Rules
from jsna.linkage.model import read_model
from jsna.linkage.names import Names, read_names
from jsna.linkage.passes import read_passes

MODEL: Final = "model.json"
_SHARES: Final = ("overlap", "least", "review", "near", "more")


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Everything linkage is told.

    Attributes:
        rules: of the cascade.
        names: lists about names.
        spine: extracts everyone of which is a person of the edition, in order.
        ages: least and greatest age that can be true.
    """

    rules: Rules
    names: Names
    spine: tuple[str, ...]
    ages: tuple[int, int]


def read_ruleset(folder: Path) -> Ruleset:
    """Read `linkage.yaml`, `passes.yaml`, `names.yaml` and `model.json` of a folder.

    Raises:
        JsnaError: everything in any of them that cannot be used, all at once.
    """
    problems: list[Problem] = []

    def of(read: Any, name: str) -> Any:
        try:
            return read(folder / name)
        except JsnaError as error:
            problems.extend(error.problems)
            return None

    said = of(_settings, "linkage.yaml")
    passes, names = of(read_passes, "passes.yaml"), of(read_names, "names.yaml")
    model = of(read_model, MODEL)
    if problems:
        raise JsnaError(problems)
    overlap, least, review, near, more = (float(said[key]) for key in _SHARES)
    rules = Rules(passes, model, overlap, least, review, near, int(said["band"]), more)
    return Ruleset(
        rules=rules,
        names=names,
        spine=tuple(said["spine"]),
        ages=(said["ages"][0], said["ages"][1]),
    )


def _settings(path: Path) -> dict[str, Any]:
    """The checked content of `linkage.yaml`."""
    import yaml

    content: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    where, expected = path.name, {*_SHARES, "spine", "band", "ages"}

    def problem(key: str, rule: str) -> Problem:
        return Problem(where, rule, column=key, code="config.linkage")

    if not isinstance(content, dict):
        raise JsnaError(Problem(where, "the file must hold settings", code="config.linkage"))
    found = [problem(str(key), "no such setting") for key in sorted(set(content) - expected)]
    found += [problem(key, "the setting is missing") for key in sorted(expected - set(content))]
    for key in _SHARES:
        value = content.get(key, 0.5)
        if not isinstance(value, int | float) or not 0 < value <= 1:
            found.append(problem(key, "must be a share, above 0 and at most 1"))
    if not found and not content["near"] <= content["least"] <= content["review"]:
        found.append(problem("least", "must lie between 'near' and 'review'"))
    ages = content.get("ages", [0, 25])
    if not (
        isinstance(ages, list)
        and len(ages) == 2
        and all(isinstance(age, int) for age in ages)
        and ages[0] < ages[1]
    ):
        found.append(problem("ages", "must be the least and the greatest age"))
    band = content.get("band", 1)
    if not isinstance(band, int) or band < 1:
        found.append(problem("band", "must be a whole number of people"))
    spine = content.get("spine", ["x"])
    if not (isinstance(spine, list) and spine and all(isinstance(name, str) for name in spine)):
        found.append(problem("spine", "must list one extract or more"))
    if found:
        raise JsnaError(found)
    return content
