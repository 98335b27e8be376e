"""Where a council's own words stand; light, for it is asked while a workflow is read."""

from __future__ import annotations

from pathlib import Path


def folder_of(edition: str) -> str:
    """The folder of an edition's own words, from the project's."""
    return f"config/editions/{edition}"


def files(edition: str, root: Path) -> list[str]:
    """Every file of it, from the project's folder; of hidden ones none."""
    folder = root / folder_of(edition)
    found = sorted(folder.rglob("*")) if folder.is_dir() else []
    return [
        file.relative_to(root).as_posix()
        for file in found
        if file.is_file() and not any(p.startswith(".") for p in file.relative_to(folder).parts)
    ]
