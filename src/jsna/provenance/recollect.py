"""The stage that looks up what has been published before, and says so to those that need it."""

from __future__ import annotations

from dataclasses import asdict

from jsna import io
from jsna.model.configuration import Configuration
from jsna.provenance import inputs, register


def run(config: Configuration, paths: io.Paths) -> None:
    """Write `restricted/publications.json`: the recipe of this edition, and what it is beside.

    Raises:
        JsnaError: an entry of the register is damaged or missing.
    """
    name = config.edition.edition
    made = inputs.recipe(config, paths.root)
    found = register.before(paths.root, name, config.edition.previous, made)
    io.write_json(
        paths.restricted / register.FILE,
        {
            "recipe": made,
            "previous": list(config.edition.previous),
            "used": [asdict(entry.name) for entry in found],
        },
    )
