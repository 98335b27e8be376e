"""Invented files held as bytes, and faults put into them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import pandas as pd
import pyarrow as pa

from jsna.generator import faults
from jsna.generator.fault import Fault
from jsna.model.contract import Table
from jsna.synthetic import formats
from jsna.synthetic.formats import Style
from jsna.synthetic.lines import Lines


def encode(name: str, style: Style, table: Table, rows: pa.Table) -> bytes:
    """The bytes of a file of one block."""
    buffer = io.BytesIO()
    formats.write(buffer, name, style, table, lambda: [rows])
    return buffer.getvalue()


def inject(
    files: Mapping[str, bytes],
    tables: Mapping[str, str],
    counts: Mapping[tuple[str, str], int],
    seed: int,
    of: Mapping[str, Sequence[Fault]] | None = None,
) -> tuple[dict[str, bytes], pd.DataFrame]:
    """The files with their faults, by name, and the ledger."""
    opened = {key: Lines(io.BytesIO(files[name])) for key, name in tables.items()}
    ledger = faults.inject(opened, tables, counts, seed, of)
    return {tables[key]: b"".join(of.content()) for key, of in opened.items()}, ledger
