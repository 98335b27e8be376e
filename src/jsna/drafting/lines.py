"""Lines of a YAML file that is changed as text: where what stands in it begins and ends."""

from __future__ import annotations

from typing import Any

import yaml


def last_line(node: Any) -> int:
    """The last line a composed node stands on, the first being 0, without comments below it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return last_line(last[1] if isinstance(last, tuple) else last)
    mark = node.end_mark
    line: int = mark.line
    return line - 1 if mark.column == 0 and line > node.start_mark.line else line


def joined(lines: list[str]) -> str:
    """The text of a file."""
    return "\n".join(lines) + "\n"
