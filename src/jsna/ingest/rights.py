"""Extracts as received are for their owner's eyes: files 0600 in folders 0700, or refused."""

from __future__ import annotations

from jsna import io
from jsna.errors import Problem
from jsna.machine import rights
from jsna.model.configuration import Configuration


def judge(config: Configuration, paths: io.Paths) -> list[Problem]:
    """What others can read of an edition's extracts: each file and folder, with what to run.

    Invented extracts are about nobody. Names are given from the project's folder, in which the
    commands are to be run.
    """
    if config.edition.synthetic or not config.edition.received:
        return []
    named = {f for d in config.edition.received for f in d.every_file}
    files = sorted(path for file in named if (path := paths.raw / file).is_file())
    folders = {f for path in files for f in path.parents if f.is_relative_to(paths.raw)}
    problems = []
    for path in (*sorted(folders), *files):
        shown = path.relative_to(paths.root).as_posix()
        look = rights.open_folder if path in folders else rights.open_file
        if rule := look(path, shown):
            rule += " (extracts are about children)"
            problems.append(Problem(shown, rule, code="raw.permissions"))
    return problems
