"""What of a configuration was looked at before and found to be in order: no build looks again.

To try every query on drawn rows takes longer than a build in which nothing has changed. What was
in order is kept under the digest of all that the judgement depends on; whatever is not in order is
judged, and told, every time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from jsna import io
from jsna.errors import Problem
from jsna.model.configuration import Configuration
from jsna.provenance import inputs

#: In the edition's folder below `data/processed/`.
FILE: Final = ".checked.json"


class Known:
    """What was in order in the last build of an edition.

    Args:
        folder: of the edition, below `data/processed/`; None where nothing is known.
    """

    def __init__(self, folder: Path | None) -> None:
        self._file = folder / FILE if folder is not None else None
        self._said: dict[str, str] = {}
        if self._file is not None:
            with suppress(OSError, ValueError):
                self._said = dict(io.read_json(self._file))

    def forget(self) -> None:
        """Have everything looked at again but what is kept with the project."""
        self._said = {}

    def holds(self, part: str, digest: str) -> bool:
        """Whether a part was in order, and all its judgement depends on is as it was."""
        return self._said.get(part) == digest

    def unless(
        self, part: str, digest: Callable[[], str], judge: Callable[[], Iterable[Problem]]
    ) -> list[Problem]:
        """What is wrong with a part of a configuration; judged unless it was in order.

        Args:
            part: its name here.
            digest: of all that the judgement depends on.
            judge: looks at it.
        """
        if self._file is None:
            return [*judge()]
        of = digest()
        if self.holds(part, of):
            return []
        found = [*judge()]
        if not found:
            self._said[part] = of
        return found

    def note(self, part: str, digest: str) -> None:
        """A part is in order."""
        self._said[part] = digest

    def keep(self) -> None:
        """Keep it for the next build."""
        if self._file is not None:
            io.write_json(self._file, self._said)


def said(config: Configuration, root: Path, *modules: str) -> str:
    """Digest of all that a configuration and the templates say, and of the code that judges it."""
    texts = [io.sha256(root / file) for file in inputs.templates(root)]
    stated = [inputs.stated(config, root), texts, inputs.of_code(root, *modules)]
    return hashlib.sha256(json.dumps(stated).encode()).hexdigest()
