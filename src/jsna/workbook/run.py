"""The `tabulate` stage: the tables as workbooks, from the protected measures alone."""

from __future__ import annotations

from typing import Final

from jsna import io, records
from jsna.model.configuration import Configuration
from jsna.report import attrition, certificate
from jsna.report.safe_files import SafeFiles
from jsna.report.sources import Register
from jsna.sources import registry
from jsna.view.rows import Measures
from jsna.workbook import make, ods, xlsx

#: File -> what writes it.
FORMATS: Final = {"workbook.ods": ods.written, "workbook.xlsx": xlsx.written}


def run(config: Configuration, paths: io.Paths) -> None:
    """Write the workbooks of an edition to its draft.

    Args:
        config: configuration of the edition.
        paths: its folders; `safe/measures.parquet`, `safe/attrition.json` and the certificate that
            they are safe are read.

    Raises:
        JsnaError: the measures break their schema or are not certified, or a file is missing.
    """
    safe_files = SafeFiles(paths)
    frame = safe_files.measures(paths.safe / "measures.parquet")
    frame = frame[frame["edition"].eq(config.edition.edition)]
    proved = certificate.load(safe_files, paths.safe, config.edition.edition)
    view = Measures(frame, config, attrition.load(safe_files, paths, proved))
    book = make.made(view, Register(config, registry(), frame))
    files = []
    for name, written in FORMATS.items():
        io.write_bytes(paths.draft / name, written(book))
        files.append(paths.draft / name)
    io.write_json(paths.draft / records.TABULATED, {"files": records.digests(paths.draft, files)})
