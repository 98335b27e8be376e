"""The `write` stage: the web pages and the open data, from the protected measures alone."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from jsna import io, letters, records
from jsna.errors import JsnaError
from jsna.model.commentary import SILENT, Council
from jsna.model.configuration import Configuration
from jsna.model.documents import BRIEF, REPORT
from jsna.model.standings import KEY as STANDING
from jsna.report import (
    asked,
    assemble,
    attrition,
    brief,
    certificate,
    figures,
    html,
    search,
    standings,
)
from jsna.report.certificate import Certificate
from jsna.report.council.words import Words
from jsna.report.opendata import Beside, OpenData
from jsna.report.places import page as places
from jsna.report.safe_files import SafeFiles
from jsna.report.sources import Register
from jsna.report.topics import document, plain
from jsna.saying import say
from jsna.settings import council
from jsna.sources import registry
from jsna.view.answers import answers
from jsna.view.rows import Measures


def run(config: Configuration, paths: io.Paths, *, templates: Path | None = None) -> None:
    """Write the web page of every document and the open data of an edition to its draft.

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
    made = OpenData(frame, config)
    charts = paths.draft / "charts"
    own = council.load(config, paths.root)
    pages, data = compose(frame, config, safe_files, charts, proved, stated, everyone, made, own)
    readers = (BRIEF.page, REPORT.page)
    if problems := [p for name in readers for p in plain.faults(name, pages[name], config.avoid)]:
        raise JsnaError(problems, title="The report has words that its readers do not use:")
    if problems := [p for name in pages for p in letters.on_page(name, pages[name])]:
        raise JsnaError(problems, title="Pages have letters that cannot be printed:")
    for line in plain.own_words(pages[REPORT.page], config.avoid):
        say(f"Warning: {line}")
    folder = paths.draft / "data"
    for name, content in data.items():
        io.write_text(folder / name, content)
    table = folder / f"{made.name}.parquet"
    io.write_parquet(table, made.table())
    files = [table, *(folder / name for name in data)]
    for stale in sorted({*folder.rglob("*")} - {*files}):
        # Records of digests are hidden files, and go with theirs.
        if stale.is_file() and not stale.name.startswith("."):
            io.remove(stale)
    for stale in sorted({*paths.draft.glob("*.html")} - {paths.draft / name for name in pages}):
        io.remove(stale)
    for name, text in (pages | search.files(pages, safe_files)).items():
        io.write_text(paths.draft / name, text)
        files.append(paths.draft / name)
    io.write_json(paths.draft / records.WRITTEN, {"files": records.digests(paths.draft, files)})


def compose(
    frame: pd.DataFrame,
    config: Configuration,
    safe_files: SafeFiles,
    charts: Path,
    proved: Certificate,
    stated: attrition.Stated,
    everyone: pd.DataFrame | None = None,
    made: OpenData | None = None,
    own: Council = SILENT,
) -> tuple[dict[str, str], dict[str, str]]:
    """The web pages and the open data files of some measures, and what is stated beside them.

    With `everyone`, the safe table of standings, they say where the area stands among all; `own` is
    what the council says itself.
    """
    made = made or OpenData(frame, config)
    view = Measures(frame, config, stated, everyone)
    register = Register(config, registry(), frame)
    words = Words(view, own)
    env = html.environment(safe_files)
    drawn = figures.load(charts, view, safe_files.text)
    chapters = assemble.chapters(view, drawn, register)
    shared = assemble.context(view, chapters, register)
    titles = [(name, config.chapters[name].title) for name in config.edition.chapters]
    shared |= certificate.context(proved, config, titles)
    shared["words"] = words
    shared["places"] = places.made(view, drawn, register, words.by_place())
    answered = answers(view)
    shared["report"] = document.report(view, drawn, register, answered)
    shared["brief"] = brief.brief(shared["report"], register)
    shared["asked"] = asked.context(config, answered, chapters, shared["report"].anchors)
    every = [figure for figures in drawn.values() for figure in figures]
    beside = {
        name: Beside(content, said, key)
        for files, said, key in (
            (asked.files(config, answered), asked.COLUMNS, ("question",)),
            (standings.files(everyone, config), standings.MEANINGS, STANDING),
        )
        for name, content in files.items()
    }
    data = made.files(shared["metadata"], register, every, beside)
    named = {one.id: made.of_figure(one.id) for one in every}
    shared["figure_files"] = {id: f"data/{file}" for id, file in named.items() if file in data}
    return html.render(env, register, shared, safe_files), data
