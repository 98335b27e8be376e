"""`jsna verify`: whether a published folder is what its manifest says, told at the command line."""

from __future__ import annotations

import argparse
from pathlib import Path

from jsna.errors import JsnaError
from jsna.saying import say


def run(arguments: argparse.Namespace) -> int:
    """Verify a folder, and hold it to one built anew where that is given."""
    from jsna.provenance.verify import compared, told, verify

    # The folder may be called "." by its reader, and is told by its name.
    folder = Path(arguments.folder).resolve()
    found = verify(folder)
    if found.problems:
        title = f"{folder.name} is not what its manifest says:"
        raise JsnaError(found.problems, title=title)
    for line in told(folder, found):
        say(line)
    if arguments.rebuilt:
        rebuilt = Path(arguments.rebuilt).resolve()
        problems = [*verify(rebuilt).problems, *compared(folder, rebuilt)]
        if problems:
            raise JsnaError(problems, title="The rebuilt edition is another:")
        say("The rebuilt edition is the same, byte for byte.")
    return 0
