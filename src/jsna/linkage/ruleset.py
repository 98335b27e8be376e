"""The rules of linkage as they stand in `config/linkage/`: one folder, read and checked at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jsna.errors import JsnaError, Problem
from jsna.linkage.cascade import Rules
from jsna.linkage.model import read_model
from jsna.linkage.passes import read_passes
from jsna.model.linkage import Names, Settings
from jsna.settings.reading import read

MODEL: Final = "model.yaml"


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Everything linkage is told.

    Attributes:
        rules: of the cascade.
        names: lists about names.
        spine: extracts everyone of which is a person of the edition, in order.
        held_out: about how many links by number of a source are made again without it.
    """

    rules: Rules
    names: Names
    spine: tuple[str, ...]
    held_out: int


def read_ruleset(folder: Path) -> Ruleset:
    """Read `linkage.yaml`, `passes.yaml`, `names.yaml` and `model.yaml` of a folder.

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

    said = of(lambda path: read(path, Settings), "linkage.yaml")
    passes = of(read_passes, "passes.yaml")
    names = of(lambda path: read(path, Names), "names.yaml")
    model = of(read_model, MODEL)
    if problems:
        raise JsnaError(problems)
    rules = Rules(
        passes, model, said.overlap, said.least, said.review, said.near, said.band, said.more
    )
    return Ruleset(rules=rules, names=names, spine=said.spine, held_out=said.held_out)
