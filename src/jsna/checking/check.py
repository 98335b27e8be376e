"""`jsna check`: what it asks and in which order it says it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from jsna.checking import declared
from jsna.errors import JsnaError
from jsna.saying import say

if TYPE_CHECKING:
    from jsna.io import Paths
    from jsna.model.configuration import Configuration


def of_headings(config: Configuration, paths: Paths) -> int:
    """Say in seconds what would stop a build, as far as it is known without a row.

    Raises:
        JsnaError: with all of it.
    """
    problems, lacking = declared.judged(config, paths)
    if problems:
        raise JsnaError(problems, title=declared.TITLE)
    for line in declared.told(config, lacking):
        say(line)
    return 0


def of_rows(config: Configuration, paths: Paths, *, report: bool) -> int:
    """Judge every row and figure; returns the exit code.

    Args:
        config: the edition.
        paths: where it is.
        report: whether to write what each owner of extracts is asked to put right.

    Raises:
        JsnaError: where its configuration would stop a build, after everything else is said.
    """
    from jsna.checking import owners
    from jsna.checking.rows import described
    from jsna.ingest.run import ingest
    from jsna.releases.audit.told import told

    problems = [*declared.of_configuration(config, paths), *declared.key(config, paths)]
    done = ingest(config, paths)
    found = described(done, config, paths)
    say(found.text)
    for line in told(config, paths):
        say(line)
    if report:
        say(owners.told(owners.write(done, config, paths, date.today()), paths))
    if problems:
        raise JsnaError(problems, title=declared.TITLE)
    # What leaves a count does not stop a build, but somebody must look: the exit code says so.
    return 0 if found.ok and not found.rows_set_aside and not found.left else 1
