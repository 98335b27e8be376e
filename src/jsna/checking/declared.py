"""Everything wrong with an edition that can be known before a row of an extract is read.

Nothing is judged here. Each part is asked of the code that would refuse it later, so that what
passes here does not stop a stage for a reason of configuration.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jsna import io
from jsna.checking import tables
from jsna.checking.known import Known, said
from jsna.disclosure.discovery import digest, verdicts
from jsna.errors import JsnaError, Problem
from jsna.provenance import inputs
from jsna.settings import council, loading
from jsna.sources import permission

if TYPE_CHECKING:
    from jsna.model.configuration import Configuration
    from jsna.model.indicators import Indicator
    from jsna.settings.dimensions import Categories


#: The code that judges a configuration.
_CODE: Final = "jsna.checking.declared"
TITLE: Final = "This edition cannot be built until this is put right:"


def load(name: str, root: Path, known: Known | None = None) -> Configuration:
    """Load an edition; what measuring and drawing ask of indicators is told in the same go.

    Args:
        name: of the edition.
        root: of the project.
        known: what was in order before; everything is judged where not given.

    Raises:
        JsnaError: listing every problem in every file the edition touches.
    """
    if known is not None:
        # One that cannot be loaded is loaded again, so that all that is wrong is told together.
        with suppress(JsnaError):
            config = loading.load(name, root)
            if known.holds("indicators", said(config, root, _CODE)):
                return config
    config = loading.load(name, root, beside=of_indicators)
    if known is not None:
        known.note("indicators", said(config, root, _CODE))
    return config


def of_indicators(found: Mapping[str, Indicator], categories: Categories) -> list[Problem]:
    """What `measure` and `draw` would refuse of indicators, beside code lists and dimensions."""
    from jsna.charts.select import misdeclared
    from jsna.measures.checks import faults

    # What another file would have to say has been told of that file.
    whole = {
        name: one for name, one in found.items() if all(other in found for other in one.refers_to)
    }
    codes = {name: one.codes for name, one in categories.listed.items()}
    measured = faults(whole.values(), lambda column: codes.get(column, ()))
    return [*measured, *misdeclared(whole, categories.dimensions)]


def of_configuration(
    config: Configuration, paths: io.Paths, known: Known | None = None
) -> list[Problem]:
    """What stages would refuse of a configuration that could be loaded; reads no data.

    Args:
        config: the edition's.
        paths: its folders.
        known: what was in order before; everything is judged where not given.
    """
    root = paths.root
    # Whoever asks what is wrong has all of it looked at; a build goes by a verdict that is kept.
    tried = partial(tables.faults, config) if known is None else partial(_tables, config, root)
    known = known or Known(None)
    worded, drawn = partial(said, config, root, _CODE), partial(_drawn, config, root)
    problems = known.unless("words", worded, lambda: _worded(config, root))
    problems += known.unless("tables", drawn, tried)
    problems += council.faults(config, root)
    problems += _linkage(config, paths)
    try:
        _publications(config, paths)
    except JsnaError as error:
        problems += error.problems
    return problems


def _worded(config: Configuration, root: Path) -> list[Problem]:
    from jsna.checking import words
    from jsna.measures import derived

    return [*derived.faults(config), *words.faults(config, root)]


def _tables(config: Configuration, root: Path) -> list[Problem]:
    """What is wrong with the queries of analysis tables: nothing where a verdict is kept."""
    kept = verdicts.kept(root, digest.digest(config, root)) is not None
    return [] if kept else tables.faults(config)


def _drawn(config: Configuration, root: Path) -> str:
    """Digest of what the rows that queries are tried on are drawn from, and the queries."""
    return f"{digest.declared(config, root)} {inputs.of_code(root, 'jsna.checking.tables')}"


def judged(config: Configuration, paths: io.Paths) -> tuple[list[Problem], list[str]]:
    """What stops a build of an edition, and which releases lack its authority.

    Its configuration, key, extracts and releases are looked at.
    """
    from jsna.ingest.run import headings
    from jsna.releases.run import judged as releases

    problems, lacking = releases(config, paths)
    found = [*of_configuration(config, paths), *headings(config, paths), *problems]
    return list(dict.fromkeys([*found, *key(config, paths)])), lacking


def problems(config: Configuration, paths: io.Paths) -> list[Problem]:
    """What stops a build of an edition."""
    return judged(config, paths)[0]


def key(config: Configuration, paths: io.Paths) -> Iterable[Problem]:
    """What is wrong with the person key, of an edition that needs one."""
    from jsna.linkage.keys import person_key_secret

    if config.edition.received:
        try:
            person_key_secret(synthetic=config.edition.synthetic, root=paths.root)
        except JsnaError as error:
            return error.problems
    return ()


def _linkage(config: Configuration, paths: io.Paths) -> Iterable[Problem]:
    from jsna.linkage.link import RULES
    from jsna.linkage.ruleset import read_ruleset

    if any(permission.linkable(config.edition)):
        try:
            read_ruleset(paths.root / RULES)
        except JsnaError as error:
            # They are called by their names alone, being the only ones of their stage.
            return [replace(one, where=f"{RULES.as_posix()}/{one.where}") for one in error.problems]
    return ()


def _publications(config: Configuration, paths: io.Paths) -> None:
    from jsna.provenance import recollect, register

    if config.edition.previous or register.entries(paths.root, config.edition.edition):
        recollect.found(config, paths)


def told(config: Configuration, lacking: Iterable[str]) -> Iterator[str]:
    """What was looked at, what has no figures of the area, and what may not be linked."""
    edition = config.edition
    shown = [i for i in config.indicators.values() if i.chapter in edition.chapters]
    charts = sum(len(one.charts) for one in shown)
    files = {file for delivery in edition.received for file in delivery.every_file}
    yield (
        f"{len(shown):,} indicators with {charts:,} charts, {len(files):,} files of extracts and "
        f"{len(config.every_release):,} official releases: nothing would stop a build."
    )
    for gap in lacking:
        yield f"Gap: {gap}; the report says so."
    for delivery in permission.unlinked(edition):
        yield f"Warning: {delivery.extract}, {delivery.period} – {permission.gap(delivery)}"
    if files:
        yield f"No row was read; to judge them all: jsna check {edition.edition} --rows"
