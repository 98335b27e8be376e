"""Extract declarations: one module each, found by being here."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from jsna.extracts.base import Extract

#: Modules of this package that are not declarations.
_SUPPORT = frozenset(
    {"base", "checks", "dictionary", "identifiers", "patterns", "periods", "sen2_rules"}
)


@cache
def registry() -> dict[str, Extract]:
    """Every declared extract by name, in alphabetical order."""
    found: dict[str, Extract] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name):
        if module.name in _SUPPORT:
            continue
        extract = importlib.import_module(f"{__name__}.{module.name}").EXTRACT
        found[extract.name] = extract
    return found
