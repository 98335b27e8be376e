"""Looks made by earlier builds in this folder, for another edition or on another day.

A result is kept under the digest of all that decides it, outside any edition's folder. Where it is
absent, cannot be read, or was made from anything else, the look is made.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jsna import io, records
from jsna.disclosure.discovery import verdicts

#: The folder of what no single edition owns: no edition can have a name like it.
SHARED: Final = "_shared"


def place(root: Path, name: str) -> Path | None:
    """Where the result is kept; None where nobody can say what decides it.

    Args:
        root: of the project.
        name: digest of declarations and code.
    """
    return io.Paths(root, SHARED).restricted / "discovery" / f"{name}.json" if name else None


def recalled(file: Path | None) -> verdicts.Found | None:
    """What was found then; None where there is nothing to go by."""
    if file is None or not file.is_file():
        return None
    try:
        found = io.read_json(file)
    except (ValueError, records.DamagedError):
        return None
    return found if verdicts.good(found) else None
