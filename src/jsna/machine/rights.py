"""Whether others than its owner can read a file or open a folder, and what to do about it.

POSIX alone: on Windows access lists decide, which are inherited from the folder a person keeps
such files in (docs/user-guide.md). Advice is for its owner to follow, and never shuts a folder that
others may be using.
"""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path

#: Rights of anybody but the owner.
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def open_file(path: Path, shown: str) -> str:
    """Why a file is not its owner's alone, with the command to run; "" where it is.

    Args:
        path: the file.
        shown: how the user may name it in a command.
    """
    if os.name != "posix" or not (found := path.stat()).st_mode & _OTHERS:
        return ""
    if path.is_symlink() or found.st_nlink > 1:
        return "others can read it, and it lies in another place too; put a copy of your own here"
    return f"others can read it; {_asked(found)}: chmod 600 {shlex.quote(shown)}"


def open_folder(path: Path, shown: str) -> str:
    """Why others than its owner can open a folder, with the command to run; "" where they cannot.

    Args:
        path: the folder.
        shown: how the user may name it in a command.
    """
    if os.name != "posix" or not (found := path.stat()).st_mode & _OTHERS:
        return ""
    if not _may_be_shut(path, found):
        return "others can open the folder; use one of your own, made by: mkdir -m 700 FOLDER"
    return f"others can open the folder; {_asked(found)}: chmod 700 {shlex.quote(shown)}"


def _may_be_shut(path: Path, found: os.stat_result) -> bool:
    """Whether nobody is locked out who should not be: a shared folder, a home, the working one."""
    shared = path.is_symlink() or found.st_mode & (stat.S_IWOTH | stat.S_ISVTX)
    return not shared and path.resolve() not in (Path.home().resolve(), Path.cwd().resolve())


def _asked(found: os.stat_result) -> str:
    """Who is to run a command."""
    return "run" if found.st_uid == os.geteuid() else "ask its owner to run"
