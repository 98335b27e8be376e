"""What decides which counts are tied: a digest of declarations, code and locked packages.

Imported while the workflow is parsed, so it must stay light.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jsna.disclosure.discovery import supposed
from jsna.model.indicators import WORDS

if TYPE_CHECKING:
    from jsna.model.configuration import Configuration

#: The code that decides it, with all that it imports.
SEARCH: Final = "jsna.disclosure.discovery.search"
#: The code that tries queries before a verdict is kept (above this package, which it stands on).
TRIED: Final = "jsna.checking.tables"
#: Packages that the code imports: their versions decide it too.
PACKAGES: Final = frozenset((
    "duckdb", "numpy", "pandas", "pandera", "pyarrow", "pydantic", "pydantic-core", "pyyaml",
    "scipy", "sqlglot",
))  # fmt: skip
#: What else of an indicator ties no count to another: where it stands, and how it is compared.
_BESIDE: Final = frozenset({"chapter", "comparators", "decimals", "polarity"})
#: Of a profile.
_SAID: Final = frozenset({"title", "rule", "source"})


def declared(config: Configuration, root: Path) -> str:
    """Digest of the declarations of an edition, not their words.

    Neither its area nor its extracts are among them: rows are drawn for every extract there is,
    over a supposed area. Labels of code lists are there only where a query goes by them.

    Args:
        config: of the edition.
        root: of the project.
    """
    from jsna.tables import VIEWS

    edition, of = config.edition, supposed.configuration(config)
    left_out = WORDS | _BESIDE
    stated = [
        [edition.kind, edition.profile, edition.profiles, edition.severities],
        [one.model_dump(mode="json", exclude=set(left_out)) for one in config.indicators.values()],
        {name: list(codes) for name, codes in config.codelists.items()},
        config.rolls,
        {name: dataclasses.asdict(usage) for name, usage in config.usage.items()},
        {name: one.decides for name, one in config.dimensions.items()},
        {name: [hierarchy.of, hierarchy.codes] for name, hierarchy in config.hierarchies.items()},
        {n: one.model_dump(mode="json", exclude=set(_SAID)) for n, one in config.profiles.items()},
        {view.name: view.query(of) for view in VIEWS},
        supposed.spine(root),
    ]
    text = json.dumps(stated, sort_keys=True, default=sorted)
    return hashlib.sha256(text.encode()).hexdigest()


def digest(config: Configuration, root: Path) -> str:
    """Digest of all that decides what is found; "" where nobody can say which packages run."""
    from jsna.provenance.fingerprint import fingerprint

    lock = root / "requirements.lock"
    if not lock.is_file():
        return ""
    packages = pinned(lock.read_text(encoding="utf-8"))
    text = f"{declared(config, root)}-{fingerprint(SEARCH, TRIED)}-{json.dumps(packages)}"
    return hashlib.sha256(text.encode()).hexdigest()


def pinned(lock: str) -> list[str]:
    """The lines of a lock that pin packages the search runs on, without digests of their files."""
    lines = [line.split(";")[0].strip(" \\") for line in lock.splitlines()]
    return sorted(line for line in lines if line.split("==")[0] in PACKAGES)
