"""The stage that looks up what has been published before, and says so to those that need it."""

from __future__ import annotations

import contextlib
from dataclasses import asdict

from jsna import io, workflow
from jsna.edition import Configuration
from jsna.provenance import register


def run(config: Configuration, paths: io.Paths) -> None:
    """Write `restricted/publications.json`: the recipe of this edition, and what it is beside.

    Raises:
        JsnaError: an entry of the register is damaged or missing.
    """
    name = config.edition.edition
    with contextlib.chdir(paths.root):  # in which the files of `workflow` are named
        made = workflow.recipe(name)
    found = register.before(paths.root, name, config.edition.previous, made)
    io.write_json(
        paths.restricted / register.FILE,
        {
            "recipe": made,
            "previous": list(config.edition.previous),
            "used": [asdict(entry.name) for entry in found],
        },
    )
