"""Changing the raw files of a synthetic edition, as though they had been received so."""

import hashlib
from pathlib import Path


def relist(raw: Path) -> None:
    """Write the generator's list of digests anew, as for extracts received in another form."""
    listed = raw / "SHA256SUMS"
    lines = []
    for line in listed.read_text().splitlines():
        name = line.split(maxsplit=1)[1]
        digest = hashlib.sha256((raw / name.lstrip("*")).read_bytes()).hexdigest()
        lines.append(f"{digest}  {name}")
    listed.write_text("\n".join(lines) + "\n")
