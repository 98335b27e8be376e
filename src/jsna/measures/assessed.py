"""The analysis table that says how good the links are, made when the figures are, and not before.

Nothing else hangs on it: `derive` does not wait for the stage that assesses links (`assess`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jsna import io, records
from jsna.measures.derive import of_releases, one, received
from jsna.model.configuration import Configuration

#: The table, and the receipt that lists it.
TABLE: Final = "held_out"
RECEIPT: Final = "assessed.json"


def make(config: Configuration, paths: io.Paths) -> None:
    """Write `restricted/assessed/`, of what `assess` found, and its receipt."""
    made = tables_of(paths, "derive.json")
    linked = {**received(paths), **received(paths, "assess.json")}
    found = one(TABLE, linked, made, config, of_releases(paths))
    folder = paths.restricted / "assessed"
    io.clear_folder(folder)
    files = []
    if found is not None:
        files = [folder / f"{TABLE}.parquet"]
        io.write_parquet(files[0], found)
    io.write_json(paths.restricted / RECEIPT, {"files": records.digests(paths.restricted, files)})


def tables_of(paths: io.Paths, receipt: str) -> dict[str, Path]:
    """The analysis tables a receipt lists, by name, each as it was then."""
    files = io.read_json(paths.restricted / receipt)["files"]
    return {file.stem: file for file in records.listed(paths.restricted, files)}
