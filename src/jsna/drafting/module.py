"""A drafted source as the modules of its folder, and as the declaration these make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jsna.drafting import text
from jsna.drafting.guess import Guess
from jsna.model.contract import Extract


@dataclass(frozen=True, slots=True)
class Module:
    """What a drafted source says.

    Attributes:
        name, title, period_type, base, persons: of its extract.
        guesses: its columns, in the order of the file.
        dated: column of days that says which year a file is of.
        key: columns that tell its rows apart.
        days: columns of days, of which none is before the one before it.
        parts: pairs of columns, the first of which is never more than the second.
        wait: columns of the days that a wait began and ended, if any.
    """

    name: str
    title: str
    period_type: str
    base: str
    persons: bool
    guesses: tuple[Guess, ...]
    dated: str = ""
    key: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    wait: tuple[str, ...] = ()

    @property
    def called(self) -> str:
        """What people call it."""
        words = self.name.replace("_", " ")
        return self.title or f"{words[:1].upper()}{words[1:]}"

    @property
    def row(self) -> str:
        """What one row is, as far as a file can tell."""
        called = self.called[:1].lower() + self.called[1:]
        return f"a record of {called}"

    def extract(self) -> Extract:
        """The declaration its text makes."""
        space: dict[str, Any] = {"__name__": f"jsna.sources.{self.name}.extract"}
        exec(compile(self._extract(), f"{self.name}/extract.py", "exec"), space)
        made: Extract = space["EXTRACT"]
        return made

    def files(self) -> dict[str, str]:
        """Name -> text of each file of its folder; its tables follow from its declaration."""
        return {"__init__.py": f'"""{self.called}."""\n', "extract.py": self._extract()}

    def _extract(self) -> str:
        calls = [text.column(g.column, g.like) for g in self.guesses if g.column is not None]
        body = [line for call in calls for line in text.wrapped(call)]
        named: dict[str, Any] = {"title": self.title} if self.title else {}
        named |= {"key": self.key} if self.key else {}
        named |= {"dated_by": self.dated} if self.dated else {}
        named |= {"wait": self.wait} if self.wait else {}
        row = f"{self.row[:1].upper()}{self.row[1:]}."
        first = map(text.literal, (self.name, row, self.period_type, self.base))
        more = [f"{key}={text.literal(one)}" for key, one in named.items()]
        more += [f"rules={self._rules()}"] if self._rules() else []
        lines = [
            f'"""{self.called}, as received."""',
            "",
            *self._imports(calls),
            "",
            "EXTRACT = one_file(",
            f"    {', '.join(first)},",
            *body,
            *text.packed(more),
            ")  # fmt: skip",
        ]
        return "\n".join(lines) + "\n"

    def _rules(self) -> str:
        """The rules that every row of the file keeps."""
        days = ", ".join(map(text.literal, self.days))
        found = [f"rules.days_in_order({days})"] if self.days else []
        parts = [f"rules.part_of({', '.join(map(text.literal, pair))})" for pair in self.parts]
        if found and not parts:
            return found[0]
        inside = [*(f"*{one}" for one in found), *parts]
        return f"({', '.join(inside)}{',' if len(inside) == 1 else ''})" if inside else ""

    def _imports(self, calls: list[str]) -> list[str]:
        said = "\n".join([*calls, self._rules()])
        first = ["from dataclasses import replace", ""] if "replace(" in said else []
        names = [
            name for name in ("columns", "patients", "patterns", "rules") if f"{name}." in said
        ]
        contract = ["from jsna.model.contract import Column"]
        return [
            *first,
            *(contract if any(call.startswith("Column(") for call in calls) else []),
            *([f"from jsna.shared import {', '.join(names)}"] if names else []),
            "from jsna.shared.one_file import one_file",
        ]
