"""The stage that looks up what has been published before, and says so to those that need it."""

from __future__ import annotations

from dataclasses import asdict

from jsna import io
from jsna.model.configuration import Configuration
from jsna.provenance import inputs, register


def run(config: Configuration, paths: io.Paths) -> None:
    """Write `restricted/publications.json`, what this edition is beside; and its recipe.

    Raises:
        JsnaError: an entry of the register is damaged or missing.
    """
    made, used = found(config, paths)
    io.write_json(
        paths.restricted / register.FILE,
        {
            "previous": list(config.edition.previous),
            "used": [asdict(entry.name) for entry in used],
        },
    )
    # Apart, so that other code or extracts that come to the same protect nothing anew.
    io.write_json(paths.restricted / register.RECIPE, {"recipe": made})


def found(config: Configuration, paths: io.Paths) -> tuple[str, list[register.Entry]]:
    """The recipe of an edition, and the publications it is to be protected beside.

    Raises:
        JsnaError: an entry of the register is damaged or missing.
    """
    made = inputs.recipe(config, paths.root)
    edition = config.edition
    return made, register.before(paths.root, edition.edition, edition.previous, made)
