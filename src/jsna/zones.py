"""The trust boundary, enforced: which zone a stage may read and write.

Each stage runs as a process of its own. On entering, it gives up every zone it has no business in:
opening a file there raises, whatever code asks for it. Libraries that open files below Python
(parquet, DuckDB) are reached through `jsna.io`, which asks here first.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from jsna.stages import ZONES

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class _Boundary:
    """The confinement of this process; empty until a stage is entered."""

    def __init__(self) -> None:
        self.verb = ""
        self.data = ""
        self.installed = False

    def check(self, path: str, *, writing: bool) -> None:
        if not self.verb or not path.startswith(self.data):
            return
        zone = _zone(path[len(self.data) :])
        reads, writes = ZONES[self.verb]
        allowed = writes if writing else reads | writes
        if zone and zone not in allowed:
            does = "write to" if writing else "read from"
            raise PermissionError(f"the stage {self.verb!r} may not {does} the zone {zone!r}")


_boundary = _Boundary()


def _zone(below_data: str) -> str:
    """The zone of a path below `data/`: raw, publications, releases, or one of an edition's."""
    parts = below_data.strip("/\\").replace("\\", "/").split("/")
    if parts[0] in ("raw", "publications", "releases"):
        return parts[0]
    zone = parts[2] if len(parts) > 2 and parts[0] == "processed" else ""
    return zone if zone in ("identified", "restricted", "safe", "draft") else ""


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if event != "open" or not _boundary.verb:
        return
    path, mode, flags = (*arguments, None, None, None)[:3]
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    if not isinstance(path, str):
        return
    writing = bool(isinstance(flags, int) and flags & _WRITING) or (
        isinstance(mode, str) and any(letter in mode for letter in "wax+")
    )
    _boundary.check(os.path.abspath(path), writing=writing)  # noqa: PTH100 (must not open anything)


def enter(verb: str, root: Path) -> None:
    """Confine this process to the zones of a stage. There is no way back."""
    if verb not in ZONES:
        return
    _boundary.verb = verb
    _boundary.data = os.path.abspath(root / "data") + os.sep  # noqa: PTH100
    if not _boundary.installed:
        sys.addaudithook(_hook)
        _boundary.installed = True


def check(path: Path, *, writing: bool) -> None:
    """Raise PermissionError where this process may not open `path` (asked before parquet is)."""
    _boundary.check(os.path.abspath(path), writing=writing)  # noqa: PTH100
