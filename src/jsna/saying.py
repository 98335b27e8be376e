"""What a command says: its work does not end because nobody reads on."""

from __future__ import annotations

import os
import re
import shlex
import sys
from typing import Final

#: What a shell changes, or runs, within double quotation marks: of Unix, or either of Windows.
_READ_BY_SHELLS: Final = re.compile(r"[\"$`!%\\\x00-\x1f\x7f]")


def say(text: str) -> None:
    """Print a line; once whoever reads has seen enough (`| head`), nothing more is said.

    Args:
        text: the line.
    """
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # What is left unsaid must not be said at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def quoted(text: str, system: str = os.name) -> str:
    """A word of a command line that is to be copied: in quotation marks where it needs them.

    Names of files and headers are others' words, and may hold what a shell runs. On Windows, whose
    two shells agree on no way to write such a word, a sign stands in its place.

    Args:
        text: the word.
        system: `posix` or `nt`.
    """
    if re.fullmatch(r"[\w.:=/-]+", text):
        return text
    if not _READ_BY_SHELLS.search(text):
        return f'"{text}"'
    return '"…"' if system == "nt" else shlex.quote(text)
