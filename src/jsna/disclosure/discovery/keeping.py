"""`jsna discover`: look for undeclared sums and keep what is found of each set of declarations.

What is kept belongs to declarations (see `verdicts`), so that editions that declare the same share
it. Verdicts on what no edition declares any more are taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from jsna.disclosure.discovery import verdicts
from jsna.disclosure.discovery.digest import digest
from jsna.errors import JsnaError, Problem
from jsna.model.configuration import Configuration
from jsna.settings import loading

VERB: Final = "discover"
DOES: Final = "look for sums between counts that nobody declared, and keep what is found for builds"


def run(
    root: Path,
    names: Sequence[str],
    tried: Callable[[Configuration], Sequence[Problem]],
    *,
    again: bool = False,
) -> Iterator[str]:
    """Look through the declarations of editions, and tell of each what was kept.

    Args:
        root: of the project.
        names: editions; every one there is where none is named.
        tried: what is wrong with the queries of analysis tables. Of a verdict that is kept nothing
            is, so that no build tries them again.
        again: whether to look again where a current verdict is kept.

    Raises:
        JsnaError: naming each kind of identity that the declarations do not imply, or what is wrong
            with a query; then nothing is kept of them.
    """
    from jsna.disclosure.discovery import search

    every = loading.editions(root)
    for name, editions in _by_digest(root, names or every).items():
        told = ", ".join(one.edition.edition for one in editions)
        if not again and verdicts.kept(root, name) is not None:
            yield f"{told}: {verdicts.file(name)} is current"
            continue
        yield f"{told}: looking"
        # What is found again to be undeclared must not stand as if it were not.
        verdicts.forget(root, name)
        if problems := tried(editions[0]):
            raise JsnaError(problems)
        place = verdicts.keep(root, name, search.look(editions[0], root))
        yield f"{told}: nothing is undeclared; kept as {place}"
    for place in _stale(root, every):
        yield f"{place} is of no edition any more, and is taken away"


def _by_digest(root: Path, names: Sequence[str]) -> dict[str, list[Configuration]]:
    """Digest -> the editions that declare the same; of open ones nothing is counted."""
    found: dict[str, list[Configuration]] = {}
    for one in names:
        config = loading.load(one, root)
        if config.edition.kind == "open":
            continue
        name = digest(config, root)
        if not name:
            rule = "is not there: nobody can say which packages a verdict is of"
            raise JsnaError(Problem("requirements.lock", rule, code="discover.lock"))
        found.setdefault(name, []).append(config)
    return found


def _stale(root: Path, every: Sequence[str]) -> list[Path]:
    """Verdicts on what no edition declares, which are taken away; none where one cannot be read."""
    try:
        current = _by_digest(root, every)
    except JsnaError:
        return []
    return verdicts.forget_all_but(root, [*current])
