"""The record of a reading back: counts and digests, so that only what was read is published."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from jsna import io
from jsna.errors import JsnaError, Problem

#: The record, in the draft.
RECORD: Final = "readback.json"


def files(draft: Path) -> dict[str, Path]:
    """Every file of a draft but the record, and what a killed process left half written."""
    found = (file for file in sorted(draft.rglob("*")) if file.is_file())
    return {
        file.relative_to(draft).as_posix(): file
        for file in found
        if file != draft / RECORD and not file.name.startswith(".")
    }


def write(draft: Path, counts: dict[str, Any]) -> None:
    """Write the record of a draft whose every number is accounted for."""
    digests = {name: io.sha256(file) for name, file in files(draft).items()}
    io.write_json(draft / RECORD, {**counts, "sha256": digests})


def counts(draft: Path) -> dict[str, Any]:
    """What was read back of a draft: outputs and totals by type of number, for the manifest."""
    read = io.read_json(draft / RECORD)
    return {name: value for name, value in read.items() if name != "sha256"}


def check(draft: Path) -> None:
    """Stop where the draft is not, file by file, the one that was read back.

    Raises:
        JsnaError: a file was added, altered or lost since, or there is no record.
    """
    record = draft / RECORD
    read = io.read_json(record).get("sha256", {}) if record.is_file() else {}
    found = {name: io.sha256(file) for name, file in files(draft).items()}
    changed = sorted(name for name in {*read, *found} if read.get(name) != found.get(name))
    if changed:
        rule = "is not the file that was read back; run the readback stage again"
        raise JsnaError([Problem(name, rule, code="readback.changed") for name in changed])
