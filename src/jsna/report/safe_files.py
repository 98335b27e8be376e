"""The only way the report stages open files: the protected side, templates, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jsna import io
from jsna.errors import JsnaError, Problem

if TYPE_CHECKING:  # printing opens no table, and starts without what tables need
    import pandas as pd


class SafeFiles:
    """Opens what a report may be made from.

    Args:
        paths: folders of the edition.
        templates: folder of templates, style sheets and fonts.
    """

    def __init__(self, paths: io.Paths, templates: Path | None = None) -> None:
        self._root = paths.root
        self.templates = templates or paths.root / "reports" / "templates"
        self._allowed = tuple(
            folder.resolve() for folder in (paths.safe, paths.draft, self.templates)
        )

    def path(self, path: Path) -> Path:
        """`path`, if it lies in an allowed folder (links followed).

        Raises:
            JsnaError: it lies elsewhere, and nothing is opened; or it is not what was written.
        """
        real = path.resolve()
        if not any(real.is_relative_to(folder) for folder in self._allowed):
            where = path.relative_to(self._root) if path.is_relative_to(self._root) else path.name
            rule = "the report may open only protected measures, its own draft and templates"
            raise JsnaError(Problem(str(where), rule, code="report.boundary"))
        if not real.is_file():
            rule = "this file is missing; an earlier stage writes it, so run `jsna build` again"
            where = path.relative_to(self._root) if path.is_relative_to(self._root) else path.name
            raise JsnaError(Problem(str(where), rule, code="report.missing"))
        return io.verified(path)

    def text(self, path: Path) -> str:
        """Content of a UTF-8 text file."""
        return self.path(path).read_text(encoding="utf-8")

    def bytes(self, path: Path) -> bytes:
        """Content of a file."""
        return self.path(path).read_bytes()

    def measures(self, path: Path) -> pd.DataFrame:
        """A table of measures, of this version of their schema."""

        return io.read_measures(self.path(path))
