"""The `write` stage: chapters, web page and open data, from the protected measures alone."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from jsna import io, records
from jsna.model.configuration import Configuration
from jsna.report import (
    asked,
    assemble,
    attrition,
    certificate,
    figures,
    html,
    opendata,
    standings,
)
from jsna.report.certificate import Certificate
from jsna.report.safe_files import HTML, SafeFiles
from jsna.report.sources import Register
from jsna.sources import registry
from jsna.view.answers import answers
from jsna.view.rows import Measures


def run(config: Configuration, paths: io.Paths, *, templates: Path | None = None) -> None:
    """Write the web page and the open data of an edition to its draft.

    Args:
        config: configuration of the edition.
        paths: its folders; `safe/measures.parquet` and `safe/attrition.json`, the certificate that
            they are safe, and `draft/charts/` are read.
        templates: folder of templates where it is not the project's own.

    Raises:
        JsnaError: the measures break their schema or are not certified, or a file is missing.
    """
    safe_files = SafeFiles(paths, templates)
    frame = safe_files.measures(paths.safe / "measures.parquet")
    frame = frame[frame["edition"].eq(config.edition.edition)]
    proved = certificate.load(safe_files, paths.safe, config.edition.edition)
    records.listed(paths.draft, io.read_json(paths.draft / records.DRAWN)["files"])
    stated = attrition.load(safe_files, paths, proved)
    everyone = standings.load(safe_files, paths)
    page, data = compose(
        frame, config, safe_files, paths.draft / "charts", proved, stated, everyone
    )
    folder = paths.draft / "data"
    for name, content in data.items():
        io.write_bytes(folder / name, content.encode("utf-8-sig"))
    for stale in sorted(folder.glob("*.csv")):
        if stale.name not in data:
            io.remove(stale)
    io.write_text(paths.draft / HTML, page)
    files = [paths.draft / HTML, *(folder / name for name in data)]
    io.write_json(paths.draft / records.WRITTEN, {"files": records.digests(paths.draft, files)})


def compose(
    frame: pd.DataFrame,
    config: Configuration,
    safe_files: SafeFiles,
    charts: Path,
    proved: Certificate,
    stated: attrition.Stated,
    everyone: pd.DataFrame | None = None,
) -> tuple[str, dict[str, str]]:
    """The web page and the open data files of some measures, and what is stated beside them.

    With `everyone`, the safe table of standings, they say where the area stands among all.
    """
    view = Measures(frame, config, stated, everyone)
    register = Register(config, registry(), frame)
    env = html.environment(safe_files)
    drawn = figures.load(charts, view, safe_files.text)
    made = assemble.chapters(view, drawn, register)
    shared = assemble.context(view, made, register)
    shared |= certificate.context(proved, config, [(c.id, c.title) for c in made])
    answered = answers(view)
    shared["asked"] = asked.context(config, answered, made)
    page = html.render(env, register, shared, safe_files)
    data = opendata.files(frame, config, shared["metadata"]) | asked.files(config, answered)
    return page, data | standings.files(everyone, config)
