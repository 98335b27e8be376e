"""What a stage made stands where all it stands on is the same: it need not be made again.

The workflow plans by what runs: a stage after one that ran runs too, though what that one made is
the same, byte for byte. A rule therefore hands its stage what Snakemake goes by: its parameters,
inputs and outputs. A stage that ends well leaves a note of the digest of these and of every file
it wrote; asked again with the same digest, and with every file as noted, it ends at once, before
anything heavy is imported.

Snakemake deletes outputs before it runs a rule. Each has a second name (a hard link) beside it by
which it is put back; where the disk has no such links, the stage runs.

Only `record`s, digests and names are known here, so that it takes some hundredths of a second.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jsna import records, zones

#: Words of a command line after which follow parameters, inputs and outputs of its rule.
_GIVEN, _FROM, _TO = "--given", "--from", "--to"
#: Said to the log of a stage whose work stands.
SAID: Final = "nothing it stands on has changed: what it made before stands"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a rule asks of its stage.

    Attributes:
        verb: the stage.
        edition: of which.
        given: parameters of the rule: digests of code and of what the configuration says.
        inputs, outputs: its files, from the project's folder.
    """

    verb: str
    edition: str
    given: tuple[str, ...]
    inputs: tuple[Path, ...]
    outputs: tuple[Path, ...]

    @property
    def note(self) -> Path:
        """Where what it made is noted, in the most private of the zones it writes to."""
        own = [file.parent for file in self.outputs]
        private = (folder for folder in own if folder.name in ("identified", "restricted"))
        return next(private, own[0]) / f".{self.verb}.made"

    def digest(self) -> str:
        """Digest of all its result depends on.

        Raises:
            OSError: an input cannot be read.
        """
        read = {file.as_posix(): records.sha256(file) for file in self.inputs}
        # A note of another version of this module is not gone by.
        said = [1, sys.version_info[:2], self.verb, self.edition, self.given, read]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def asked(words: Sequence[str]) -> tuple[list[str], Asked | None]:
    """A command line without what a rule adds to it, and that; None where it adds nothing."""
    if _GIVEN not in words or len(words) < 2:
        return list(words), None
    verb, edition, *_ = words
    at = [words.index(word) for word in (_GIVEN, _FROM, _TO)]
    given, read, made = (
        words[start + 1 : end] for start, end in zip(at, [*at[1:], len(words)], strict=True)
    )
    files = [tuple(map(Path, names)) for names in (read, made)]
    return list(words[: at[0]]), Asked(verb, edition, tuple(given), files[0], files[1])


def stands(stage: Asked) -> bool:
    """Whether what a stage made before stands; its outputs are then in place.

    The process is confined to the zones of the stage. Where it does not stand its note is taken
    away: what a stage that is stopped leaves is nobody's.
    """
    zones.enter(stage.verb, Path())
    with suppress(OSError, ValueError, KeyError, TypeError, records.DamagedError):
        noted = json.loads(stage.note.read_text(encoding="utf-8"))
        if noted["stands_on"] == stage.digest() and _whole(noted["made"]):
            for file in stage.outputs:
                if not file.exists():
                    os.link(_second(file), file)
            return True
    stage.note.unlink(missing_ok=True)
    return False


def keep(stage: Asked) -> None:
    """Note what a stage has made that ended well.

    Nothing is lost where it cannot be noted: the stage runs when it is asked again.
    """
    written = {*records.written, *stage.outputs}
    with suppress(OSError, records.DamagedError):
        made = {
            os.path.relpath(file): records.recorded(file)
            for file in sorted(written)
            if file.is_file() and records.kept(file)
        }
        for file in stage.outputs:
            second = _second(file)
            second.unlink(missing_ok=True)
            os.link(file, second)
        text = json.dumps({"stands_on": stage.digest(), "made": made}, indent=1)
        part = stage.note.with_name(f"{stage.note.name}.part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(text)
        part.replace(stage.note)


def forget(folder: Path) -> None:
    """Have every stage of an edition run again.

    Args:
        folder: its folder below `data/processed/`.
    """
    for note in folder.rglob(".*.made"):
        note.unlink()


def _whole(made: Mapping[str, str]) -> bool:
    """Whether every file is there, by one name or the other, as it was recorded then."""
    for name, digest in made.items():
        file = Path(name)
        there = file if file.exists() else _second(file)
        if records.recorded(file) != digest or records.sha256(there) != digest:
            return False
    return True


def _second(file: Path) -> Path:
    """The other name of an output."""
    return file.with_name(f".{file.name}.kept")
