"""Verdicts that are kept with the project: of which declarations no sum is undeclared.

A verdict belongs to the digest of all that decides it (`digest`), and to no edition. It is a file
of the repository like the declarations, and trusted like them: who can write one can change the
search itself. `make test-full` looks again and compares. A file that is damaged, is of other
declarations or says that something is undeclared is no verdict, and the search is made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

from jsna import io

#: What was found, as `search.look` gives it.
Found = dict[str, Any]

FOLDER: Final = Path("config/verdicts")
#: Letters of the digest that a file is called by; it holds all of them.
_SHORT: Final = 16


def file(name: str) -> Path:
    """Where the verdict on declarations is kept, below the project's folder.

    Args:
        name: their digest.
    """
    return FOLDER / f"{name[:_SHORT]}.json"


def kept(root: Path, name: str) -> Found | None:
    """The verdict on declarations; None where none is kept that can be gone by.

    Args:
        root: of the project.
        name: their digest; "" where nobody can say what decides it.
    """
    place = root / file(name)
    if not name or not place.is_file():
        return None
    try:
        written = io.read_json(place)
    except ValueError:
        return None
    found = written.get("found") if isinstance(written, dict) else None
    return found if good(found) and written == _written(name, found) else None


def good(found: object) -> bool:
    """Whether it is the result of a look that found nothing undeclared in any records."""
    return (
        isinstance(found, dict)
        and isinstance(incomplete := found.get("incomplete"), dict)
        and found.get("looked") is True
        and found.get("undeclared") == 0
        and incomplete.get("undeclared") == 0
    )


def keep(root: Path, name: str, found: Found) -> Path:
    """Keep a verdict; returns its file, below the project's folder."""
    io.write_json(root / file(name), _written(name, found))
    return file(name)


def forget(root: Path, name: str) -> None:
    """Take a verdict away."""
    (root / file(name)).unlink(missing_ok=True)


def forget_all_but(root: Path, names: Collection[str]) -> list[Path]:
    """Take away the verdicts on other declarations; returns their files, below the folder."""
    current = {file(name) for name in names}
    stale = sorted({FOLDER / one.name for one in (root / FOLDER).glob("*.json")} - current)
    for one in stale:
        (root / one).unlink()
    return stale


def _written(name: str, found: object) -> dict[str, object]:
    """What is written of a verdict, with a digest of its own against damage."""
    stated = {"declarations": name, "found": found}
    text = json.dumps(stated, sort_keys=True)
    return {**stated, "sha256": hashlib.sha256(text.encode()).hexdigest()}
