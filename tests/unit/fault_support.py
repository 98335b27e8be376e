"""Files of other people's making, in `tests/faults/`, and editions of their rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from jsna.extracts import registry
from jsna.ingest.cross import Tables
from jsna.ingest.grid import Findings
from jsna.ingest.read import read_table
from jsna.ingest.validate import validate_delivery
from tests.unit.validation_support import context

FAULTS = Path(__file__).parents[1] / "faults"
#: Modules of the SEN2 return.
MODULES = tuple(table.name for table in registry()["sen2"].tables)


def sen2_files(fault: str) -> dict[str, bytes]:
    """Module -> bytes of its file, of the modules a folder has."""
    found = {file.stem.rsplit("_", 1)[1]: file for file in (FAULTS / fault).glob("*.csv")}
    return {module: found[module].read_bytes() for module in MODULES if module in found}


def cells(content: bytes) -> pd.DataFrame:
    """A CSV as text."""
    return pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)


def written(rows: pd.DataFrame) -> bytes:
    """Text as a CSV."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(rows.columns)
    writer.writerows(rows.itertuples(index=False))
    return buffer.getvalue().encode()


def received(extract: str, files: Mapping[str, bytes]) -> tuple[Tables, dict[str, Findings]]:
    """Read and judge the tables of a delivery.

    Returns:
        the judged tables, of those that could be read, and what was found of each file.
    """
    readings = {
        name: read_table(content, f"{name}.csv", registry()[extract].table(name))
        for name, content in files.items()
    }
    frames = {name: r.frame for name, r in readings.items() if r.frame is not None}
    judged = validate_delivery(registry()[extract], frames, context(extract))
    return judged, {name: reading.findings for name, reading in readings.items()}
