"""Markdown as the pages use it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a pipe within a cell is escaped, so that it begins no other."""
    lines = [head, ["---"] * len(head), *([cell.replace("|", r"\|") for cell in r] for r in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def code(*names: str, without: str = "") -> str:
    """Names as code, with commas between; `without` where there are none."""
    return ", ".join(f"`{name}`" for name in names) or without
