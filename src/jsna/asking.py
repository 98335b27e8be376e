"""`jsna questions`: which of the questions asked a built edition answers, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from jsna import io

if TYPE_CHECKING:
    from jsna.model.configuration import Configuration

#: The verb, and what it does.
VERB: Final = "questions"
DOES: Final = "tell which questions a built edition answers, by what, and what is missing from whom"


def run(config: Configuration, paths: io.Paths) -> Iterator[str]:
    """A line for each question, and how many are answered wholly, partly and not.

    Args:
        config: configuration of the edition.
        paths: its folders; `safe/measures.parquet` is read.

    Raises:
        JsnaError: there are no safe measures yet.
    """
    from jsna.report.safe_files import SafeFiles
    from jsna.view.answers import STATES, answers, tally
    from jsna.view.rows import Measures

    view = Measures(SafeFiles(paths).measures(paths.safe / "measures.parquet"), config)
    found = answers(view)
    for one in found:
        yield f"{one.number:4}{STATES[one.state]}: {one.question.asks}"
        for given in one.given:
            by = ", ".join(given.indicators) or f"told in {given.figure.told_in}"
            yield f"      there: {given.figure.what} [{by}]"
        for figure in one.missing:
            yield f"      missing: {figure.what}, from: {figure.source}"
    said = ", ".join(f"{STATES[state].lower()} {many}" for state, many in tally(found).items())
    yield f"{len(found)} questions: {said}"
