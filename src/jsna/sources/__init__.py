"""Local extracts, a folder each: what its files hold, their rules, its tables, its invented rows.

Nothing lists the sources. A folder is one by its `extract.py`, which defines `EXTRACT`; beside that
it has what it needs of `rules.py`, `tables.py` (`TABLES`; without it they follow from its file, see
`jsna.shared.usual`) and, for its invented rows, `synthetic.py` (`SYNTHETIC`), `effects.yaml`,
`faults.yaml` and `faults.py`. What several share stands below, in `jsna.shared` and, of invented
people, in `jsna.synthetic`. A source imports no other.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from jsna.model.contract import Extract


def parts(name: str) -> dict[str, ModuleType]:
    """The module of that name of every source that has one, by source in alphabetical order.

    What calls this depends on all of them, which no import says: `provenance.fingerprint` reads the
    name from the call, so it is written there.
    """
    names = {folder: f"{__name__}.{folder}.{name}" for folder in _folders()}
    return {
        folder: importlib.import_module(module)
        for folder, module in names.items()
        if find_spec(module) is not None
    }


def data(name: str) -> dict[str, Path]:
    """The file of that name of every source that has one, as `parts` gives modules."""
    files = {folder: _place(folder) / name for folder in _folders()}
    return {folder: file for folder, file in files.items() if file.is_file()}


def _folders() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)


def _place(folder: str) -> Path:
    (place,) = importlib.import_module(f"{__name__}.{folder}").__path__
    return Path(place)


@cache
def registry() -> dict[str, Extract]:
    """Every declared extract by name, in alphabetical order."""
    return {name: module.EXTRACT for name, module in parts("extract").items()}
