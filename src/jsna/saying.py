"""What a command says: its work does not end because nobody reads on."""

from __future__ import annotations

import os
import sys


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
