"""The effects, rates and assumptions of the synthetic world, from reviewed files.

Ratios have "no effect" at 1; `without` sets them so, and every sentence, chart and test that
shows the effect must then lose it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias, TypeGuard

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, model_validator

from jsna.errors import JsnaError, Problem

FILE = Path(__file__).with_name("effects.yaml")
#: Parameter -> one number for all its values, or some of its values by name.
Overrides: TypeAlias = Mapping[str, float | Mapping[str, float]]
#: A single value, values by name, or a table of rows by name.
Given: TypeAlias = float | dict[str, float] | dict[str, dict[str, float]]


class Parameter(BaseModel):
    """One entry: an effect, a rate or an assumption, with its source."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str = "assumed"
    effect: Given | None = None
    rate: Given | None = None
    assumption: Given | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Parameter:
        if len(self.model_fields_set - {"source"}) != 1:
            raise ValueError("give one of `effect`, `rate` and `assumption`")
        if self.assumption is None and "source" not in self.model_fields_set:
            raise ValueError("say the source of an effect or a rate")
        return self

    @property
    def kind(self) -> str:
        """Which of the three it is."""
        (kind,) = self.model_fields_set - {"source"}
        return kind

    @property
    def given(self) -> Given:
        """Its values."""
        given: Given = getattr(self, self.kind)
        return given


def _rows(given: Given) -> TypeGuard[dict[str, dict[str, float]]]:
    return isinstance(given, dict) and any(isinstance(row, dict) for row in given.values())


def _one_row(given: Given) -> TypeGuard[dict[str, float]]:
    return isinstance(given, dict) and not _rows(given)


def _throughout(given: Given, value: float) -> Given:
    """One value in place of all."""
    if _rows(given):
        return {name: dict.fromkeys(row, value) for name, row in given.items()}
    return dict.fromkeys(given, value) if _one_row(given) else value


class Effects:
    """Parameters by name, remembering which were used."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        self.parameters = dict(parameters)
        self.used: set[str] = set()

    def given(self, name: str) -> Given:
        """Whatever a parameter says."""
        self.used.add(name)
        return self.parameters[name].given

    def value(self, name: str) -> float:
        """The single value of a parameter."""
        value = self.given(name)
        assert isinstance(value, float), f"{name} is not a single value"
        return value

    def values(self, name: str) -> dict[str, float]:
        """The named values of a parameter."""
        values = self.given(name)
        assert _one_row(values), f"{name} is not a list of values"
        return values

    def table(self, name: str) -> dict[str, dict[str, float]]:
        """The rows of a parameter."""
        table = self.given(name)
        assert _rows(table), f"{name} is not a table"
        return table

    def overridden(self, overrides: Overrides) -> Effects:
        """A copy with some values replaced.

        Raises:
            JsnaError: naming every override that fits no parameter.
        """
        changed = dict(self.parameters)
        problems: list[Problem] = []
        for name, new in overrides.items():
            if name not in changed:
                rule = "no such parameter in any effects.yaml"
                problems.append(Problem("effects", rule, column=name, code="synthetic.effect"))
                continue
            old = changed[name]
            if not isinstance(new, Mapping):
                given = _throughout(old.given, float(new))
            elif _one_row(old.given):
                given = {**old.given, **new}
            else:
                rule = "the override has another form than the parameter"
                problems.append(Problem("effects", rule, column=name, code="synthetic.effect"))
                continue
            changed[name] = old.model_copy(update={old.kind: given})
        if problems:
            raise JsnaError(problems, title="Effects of the synthetic world cannot be overridden:")
        return Effects(changed)

    def without(self, *names: str) -> Effects:
        """A copy in which the named effects are nil (their ratios are 1).

        Raises:
            JsnaError: where a name is not that of an effect.
        """
        wrong = [n for n in names if getattr(self.parameters.get(n), "kind", "") != "effect"]
        if wrong:
            raise JsnaError(
                [
                    Problem("effects", "is not an effect", column=n, code="synthetic.effect")
                    for n in wrong
                ]
            )
        return self.overridden(dict.fromkeys(names, 1.0))


def read(*files: Path) -> Effects:
    """Read reviewed files; none names a parameter of another."""
    found: dict[str, Parameter] = {}
    for file in files:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        given = TypeAdapter(dict[str, Parameter]).validate_python(content)
        twice = ", ".join(sorted({*given} & {*found}))
        assert not twice, f"{file.name}: {twice} are parameters of another file"
        found |= given
    return Effects(found)
