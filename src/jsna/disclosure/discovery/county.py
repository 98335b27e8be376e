"""Which invented county identities are looked for in, read as lightly as the workflow needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from jsna.errors import JsnaError, Problem

_SAFE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def name(root: Path) -> str:
    """The synthetic edition with most deliveries and, of these, the largest area.

    Raises:
        JsnaError: no synthetic edition is configured.
    """
    found: list[tuple[int, int, str]] = []
    for file in sorted((root / "config/editions").glob("*.yaml")):
        given = _read(file)
        if given.get("synthesis"):
            area = _read(root / "config/areas" / f"{given.get('area')}.yaml")
            received = [d for d in given.get("extracts") or () if d.get("files")]
            found.append((len(received), len(area.get("localities") or ()), file.stem))
    if not found:
        rule = (
            "no edition has `synthesis`, and sums between published counts are looked for in "
            "invented records; keep the demonstration edition"
        )
        raise JsnaError(Problem("config/editions", rule, code="discovery.edition"))
    return max(found)[-1]


def _read(file: Path) -> dict[str, Any]:
    """What a file holds; nothing where it cannot be read, which loading it will explain."""
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=_SAFE)
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return content if isinstance(content, dict) else {}
