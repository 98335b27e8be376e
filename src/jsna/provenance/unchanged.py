"""Whether anything at all is as it was right after the last build of an edition.

Where it is, the workflow would plan nothing, and need not be started to find that out. Files are
gone by as the system tells of them, time of change and place on the disk among it, which nobody
sets; what was only touched, or copied, is for the workflow to compare.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from jsna.io import Paths
from jsna.provenance import made_with, register

#: What decides any edition, from the project's folder.
_SHARED: Final = (
    *("config", "profiles", "rules", "reports/templates"),
    *("Snakefile", "environment.yml", "requirements.lock"),
)
#: Compiled code, and what other programs leave beside it.
_PASSING: Final = frozenset({"__pycache__"})


def state(paths: Paths) -> str:
    """Digest of all that decides what a build of an edition would run.

    Code, configuration, templates, the workflow and the commit; raw files and releases; the
    register of publications; and every file of its zones.
    """
    root = paths.root
    zones = (paths.identified, paths.restricted, paths.safe, paths.draft)
    code = Path(__file__).resolve().parents[1]
    registered = register.folder(root, paths.edition).parent
    places = [code, *(root / name for name in _SHARED), paths.raw, registered, *zones, paths.sealed]
    seen = {str(file): _seen(file) for file in _files(places)}
    said = [seen, made_with.source(root)]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _files(places: list[Path]) -> Iterator[Path]:
    for place in places:
        if place.is_file():
            yield place
        elif place.is_dir():
            for below in place.iterdir():
                if below.name not in _PASSING:
                    yield from _files([below])


def _seen(file: Path) -> tuple[int, ...]:
    found = file.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
