"""Files of a folder that somebody may have delivered, and those that are not looked at."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from jsna.ingest.read import FORMATS

#: Files of a folder that nobody delivers: systems' own, and lists that accompany files.
_NO_DELIVERY: Final = ("~$", ".~lock", ".", "thumbs.db", "desktop.ini")
#: A folder of official releases, below the raw files of an edition.
_RELEASES: Final = "published"
_ENDINGS: Final = (*FORMATS, ".xml")


def files_of(folder: Path) -> list[Path]:
    """Files below a folder that somebody may have delivered, in order."""
    return [file for file in _every(folder) if _looked_at(file, folder)]


def passed_over(folder: Path) -> list[str]:
    """What else lies below a folder and is not looked at, as it is called from there, in order.

    A folder of releases is named as one.
    """
    names = (file.relative_to(folder) for file in _every(folder) if not _looked_at(file, folder))
    return sorted({_shortened(name) for name in names})


def _every(folder: Path) -> list[Path]:
    found = (file for file in folder.rglob("*") if file.is_file())
    kept = (file for file in found if not file.name.lower().startswith(_NO_DELIVERY))
    # By its name without the ending: of the same file twice `a.csv` comes before `a (1).csv`.
    return sorted(kept, key=lambda file: (file.parent, file.stem, file.suffix))


def _looked_at(file: Path, folder: Path) -> bool:
    return file.suffix.lower() in _ENDINGS and _RELEASES not in file.relative_to(folder).parts[:-1]


def _shortened(name: Path) -> str:
    parts = name.parts[:-1]
    if _RELEASES not in parts:
        return name.as_posix()
    return "/".join(parts[: parts.index(_RELEASES) + 1]) + "/"


def digest_of(file: Path) -> str:
    """The SHA-256 of a file."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
