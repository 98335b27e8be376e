"""Problems a person can act on, gathered and reported all at once.

Nothing here may carry a child's name, identifier, date of birth or postcode: a problem in a
personal column says *where* the value is, never what it is (`value` stays empty).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: Past this many a list of problems is cut, and the cut is stated.
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input, in words an analyst acts on.

    Attributes:
        where: file (or configuration file) as the user knows it, never an absolute path.
        rule: the rule broken, in plain words, with what to do about it.
        row: row number as the user sees it in the file (header is row 1); None for the whole file.
        column: column header as received; None for the whole row or file.
        value: the offending value; empty for personal columns.
        code: stable short code of the rule, such as `census.upn.letter`.
        count: how many rows share this problem (the first is named by `row`).
    """

    where: str
    rule: str
    row: int | None = None
    column: str | None = None
    value: str = ""
    code: str = ""
    count: int = 1

    def __str__(self) -> str:
        place = self.where
        # A file of data has rows and columns; one of configuration has lines and keys.
        row, column = ("line", "key") if self.code.startswith("config.") else ("row", "column")
        if self.row is not None:
            place += f", {row} {self.row:,}"
        if self.column is not None:
            place += f", {column} {self.column!r}"
        shown = f" (found {self.value!r})" if self.value else ""
        more = f" [{self.count:,} rows, first shown]" if self.count > 1 else ""
        code = f" [{self.code}]" if self.code else ""
        return f"{place}: {self.rule}{shown}{more}{code}"


def near(value: str, known: Iterable[str], most: int = 1) -> str:
    """`; did you mean … or …?`, of what is known and looks like a value; "" where nothing does."""
    alike = difflib.get_close_matches(value, list(known), n=most)
    return f"; did you mean {' or '.join(alike)}?" if alike else ""


class JsnaError(Exception):
    """Anything the user must put right. The command line prints it and exits non-zero."""

    def __init__(self, problems: Problem | str | Iterable[Problem], *, title: str = "") -> None:
        if isinstance(problems, str):
            problems = [Problem(where="jsna", rule=problems)]
        elif isinstance(problems, Problem):
            problems = [problems]
        self.problems: Sequence[Problem] = tuple(problems)
        self.title = title
        super().__init__(self.report())

    def report(self, most: int | None = MOST_SHOWN) -> str:
        """Every problem on a line of its own, cut (and said so) past so many; None: never."""
        lines = [self.title] if self.title else []
        lines += [f"  - {problem}" for problem in self.problems[:most]]
        if most is not None and len(self.problems) > most:
            lines.append(f"  … and {len(self.problems) - most:,} more problems")
        return "\n".join(lines)
