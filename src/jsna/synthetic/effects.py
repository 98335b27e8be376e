"""The effects, rates and assumptions of the synthetic world, from one reviewed file.

Ratios have "no effect" at 1; `without` sets them so, and every sentence, chart and test that
shows the effect must then lose it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeAlias

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from jsna.errors import JsnaError, Problem

FILE = Path(__file__).with_name("effects.yaml")
#: Parameter -> one number for all its values, or some of its values by name.
Overrides: TypeAlias = Mapping[str, float | Mapping[str, float]]


class Parameter(BaseModel):
    """One entry: a single value, values by name, or a table of rows by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["effect", "rate", "assumption"]
    source: str
    value: float | None = None
    values: dict[str, float] | None = None
    table: dict[str, dict[str, float]] | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Parameter:
        if sum(form is not None for form in (self.value, self.values, self.table)) != 1:
            raise ValueError("give one of `value`, `values` and `table`")
        return self


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    parameters: dict[str, Parameter]


class Effects:
    """Parameters by name, remembering which were used."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        self.parameters = dict(parameters)
        self.used: set[str] = set()

    def _of(self, name: str) -> Parameter:
        self.used.add(name)
        return self.parameters[name]

    def value(self, name: str) -> float:
        """The single value of a parameter."""
        value = self._of(name).value
        assert value is not None, f"{name} is not a single value"
        return value

    def values(self, name: str) -> dict[str, float]:
        """The named values of a parameter."""
        values = self._of(name).values
        assert values is not None, f"{name} is not a list of values"
        return values

    def table(self, name: str) -> dict[str, dict[str, float]]:
        """The rows of a parameter."""
        table = self._of(name).table
        assert table is not None, f"{name} is not a table"
        return table

    def overridden(self, overrides: Overrides) -> Effects:
        """A copy with some values replaced.

        Raises:
            JsnaError: naming every override that fits no parameter.
        """
        changed = dict(self.parameters)
        problems: list[Problem] = []
        for name, new in overrides.items():
            old = changed.get(name)
            if old is None:
                rule = "no such parameter in effects.yaml"
                problems.append(Problem("effects", rule, column=name, code="synthetic.effect"))
            elif old.value is not None and not isinstance(new, Mapping):
                changed[name] = old.model_copy(update={"value": float(new)})
            elif old.values is not None:
                given = new if isinstance(new, Mapping) else dict.fromkeys(old.values, float(new))
                changed[name] = old.model_copy(update={"values": {**old.values, **given}})
            elif old.table is not None and not isinstance(new, Mapping):
                table = {row: dict.fromkeys(v, float(new)) for row, v in old.table.items()}
                changed[name] = old.model_copy(update={"table": table})
            else:
                rule = "the override has another form than the parameter"
                problems.append(Problem("effects", rule, column=name, code="synthetic.effect"))
        if problems:
            raise JsnaError(problems, title="Effects of the synthetic world cannot be overridden:")
        return Effects(changed)

    def without(self, *names: str) -> Effects:
        """A copy in which the named effects are nil (their ratios are 1).

        Raises:
            JsnaError: where a name is not that of an effect.
        """
        wrong = [n for n in names if n not in self.parameters or self._of(n).kind != "effect"]
        if wrong:
            raise JsnaError(
                [
                    Problem("effects", "is not an effect", column=n, code="synthetic.effect")
                    for n in wrong
                ]
            )
        return self.overridden(dict.fromkeys(names, 1.0))


def load(file: Path = FILE) -> Effects:
    """Read the reviewed file."""
    content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return Effects(_File.model_validate(content).parameters)
