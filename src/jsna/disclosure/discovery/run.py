"""The stage: the verdict on an edition's declarations, that no sum between counts is undeclared.

It is looked up: among those kept with the project (`verdicts`), then among those of earlier builds
in this folder (`remembered`). Only where neither has it is it looked for (`search`), which takes
a while and stops the build where something is found. What is written is the same either way.
"""

from __future__ import annotations

import sys

from jsna import io
from jsna.disclosure.discovery import remembered, verdicts
from jsna.disclosure.discovery.digest import digest
from jsna.model.configuration import Configuration
from jsna.records import DISCOVERY


def run(config: Configuration, paths: io.Paths) -> None:
    """Look the verdict up, or look for undeclared identities; writes `restricted/discovery.json`.

    Raises:
        JsnaError: naming each kind of identity that the declarations do not imply.
    """
    target = paths.restricted / DISCOVERY
    if config.edition.kind == "open":
        reason = "an open edition publishes official figures alone: nothing is counted here"
        io.write_json(target, {"looked": False, "reason": reason})
        return
    name = digest(config, paths.root)
    io.write_json(target, {**_found(config, paths, name), "verdict": name or None})


def _found(config: Configuration, paths: io.Paths, name: str) -> verdicts.Found:
    """What a look finds, or found before; to the log goes which, so that an auditor can tell."""
    if (kept := verdicts.kept(paths.root, name)) is not None:
        print(f"a verdict on these declarations is kept: {verdicts.file(name)}", file=sys.stderr)
        return kept
    place = remembered.place(paths.root, name)
    if (before := remembered.recalled(place)) is not None:
        print(f"the same declarations were looked through before: {place}", file=sys.stderr)
        return before
    # The search and what it imports are most of a process that only looks something up.
    from jsna.disclosure.discovery import search

    keep = f"jsna discover {config.edition.edition}"
    print(f"no verdict on these declarations is kept; {keep} makes one to keep", file=sys.stderr)
    found = search.look(config, paths.root)
    if place is not None:
        io.write_json(place, found)
    return found
