"""`jsna protect-table` and `jsna attack` in a folder of a test's own, and what they said."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from jsna import cli


@dataclass(frozen=True)
class Tables:
    """A folder to work in.

    Attributes:
        folder: where files are read and written.
        said: what a command printed.
    """

    folder: Path
    said: pytest.CaptureFixture[str]

    @property
    def out(self) -> Path:
        """What is published, unless another file is named."""
        return self.folder / "out.csv"

    def file(self, content: str | bytes, name: str = "t.csv") -> Path:
        """A file of this content."""
        file = self.folder / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def protect(self, *words: object, ends: int = 0) -> str:
        """Protect a table into `out`; what is said of it, or (where it ends 1) against it."""
        to = () if "--out" in words else ("--out", self.out)
        said = self.run("protect-table", *words, *to, ends=ends)
        return said[ends > 0]

    def attack(self, *words: object, ends: int = 0) -> str:
        """Attack published tables; the findings (ends 0 or 1), or why there is no attack (2)."""
        return self.run("attack", *words, ends=ends)[ends > 1]

    def run(self, *words: object, ends: int = 0) -> tuple[str, str]:
        """A command by its name, and what it says: out and err."""
        self.said.readouterr()
        assert cli.main([str(word) for word in words]) == ends, self.said.readouterr()
        told = self.said.readouterr()
        return told.out, told.err
