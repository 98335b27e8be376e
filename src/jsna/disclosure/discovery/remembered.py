"""A look at the same declarations by the same code, made before for another edition or another day.

A result is kept under the digest of all that decides it, outside any edition's folder. Where it is
absent, cannot be read, or was made from anything else, the look is made.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from jsna import io, records
from jsna.disclosure.discovery.digest import digest
from jsna.model.configuration import Configuration

#: The folder of what no single edition owns: no edition can have a name like it.
SHARED: Final = "_shared"


def place(config: Configuration, root: Path) -> Path | None:
    """Where the result is kept; None where nobody can say what decides it.

    Args:
        config: of an edition.
        root: of the project.
    """
    name = digest(config, root)
    return io.Paths(root, SHARED).restricted / "discovery" / f"{name}.json" if name else None


def recalled(file: Path | None) -> dict[str, Any] | None:
    """What was found then; None where there is nothing to go by."""
    if file is None or not file.is_file():
        return None
    try:
        found = io.read_json(file)
    except (ValueError, records.DamagedError):
        return None
    fit = isinstance(found, dict) and found.get("looked") is True and found.get("undeclared") == 0
    return found if fit else None
