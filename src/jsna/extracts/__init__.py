"""Extract declarations: one module each, found by defining `EXTRACT`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from jsna.model.contract import Extract


@cache
def registry() -> dict[str, Extract]:
    """Every declared extract by name, in alphabetical order."""
    found: dict[str, Extract] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name):
        extract = getattr(importlib.import_module(f"{__name__}.{module.name}"), "EXTRACT", None)
        if isinstance(extract, Extract):
            found[extract.name] = extract
    return found
