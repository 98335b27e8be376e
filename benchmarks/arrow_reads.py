"""What Arrow takes to read the files of a folder: the anchor that `ingest` is held to.

Run: `python benchmarks/arrow_reads.py FOLDER`; a process that imports pyarrow and reads every CSV
and parquet file there once, as it does by itself. Workbooks and XML it cannot read.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet

if __name__ == "__main__":
    for file in sorted(Path(sys.argv[1]).iterdir()):
        if file.suffix == ".csv":
            # Letters that are no UTF-8 stay bytes; a row too many or too short is passed over.
            pyarrow.csv.read_csv(
                file, parse_options=pyarrow.csv.ParseOptions(invalid_row_handler=lambda _: "skip")
            )
        elif file.suffix == ".parquet":
            with pyarrow.parquet.ParquetFile(file) as opened:
                opened.read()
