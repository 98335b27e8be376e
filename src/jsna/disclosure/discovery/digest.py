"""What decides which counts are tied: a digest of declarations, code and locked packages.

Imported while the workflow is parsed, so it must stay light.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jsna.model.indicators import WORDS
from jsna.stages import STAGES

if TYPE_CHECKING:
    from jsna.model.configuration import Configuration

#: How the invented records are linked.
LINKAGE: Final = Path("config/linkage")


def declared(config: Configuration, root: Path) -> str:
    """Digest of the declarations of an edition, not their words.

    Neither its area nor its extracts are among them: the records looked in are invented.

    Args:
        config: of the edition.
        root: of the project.
    """
    edition = config.edition
    rules = sorted(p for p in (root / LINKAGE).glob("*") if p.is_file())
    stated = [
        [edition.kind, edition.profile, edition.profiles, edition.chapters],
        [one.model_dump(mode="json", exclude=set(WORDS)) for one in config.indicators.values()],
        {name: dict(codes) for name, codes in config.codelists.items()},
        {name: one.decides for name, one in config.dimensions.items()},
        {name: [hierarchy.of, hierarchy.codes] for name, hierarchy in config.hierarchies.items()},
        {name: one.model_dump(mode="json") for name, one in config.profiles.items()},
        {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in rules},
    ]
    text = json.dumps(stated, sort_keys=True, default=sorted)
    return hashlib.sha256(text.encode()).hexdigest()


def digest(config: Configuration, root: Path) -> str:
    """Digest of all that decides what is found; "" where nobody can say which packages run."""
    from jsna.provenance.fingerprint import fingerprint

    lock = root / "requirements.lock"
    if not lock.is_file():
        return ""
    packages = hashlib.sha256(lock.read_bytes()).hexdigest()
    text = f"{declared(config, root)}-{fingerprint(*STAGES['discover'].code)}-{packages}"
    return hashlib.sha256(text.encode()).hexdigest()
