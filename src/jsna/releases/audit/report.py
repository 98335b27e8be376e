"""What the auditor found, for the team that decides: a summary, and reviews to fill in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from jsna import io
from jsna.releases.audit.finding import Finding

#: Findings nobody has reviewed, as entries of the release's file.
NEW: Final = "audit.yaml"
#: Lines for whoever builds.
SUMMARY: Final = "audit.json"
_HEAD: Final = """\
# Findings of the release auditor that nobody has reviewed. Copy an entry into the `findings` of
# the release's file in config/releases/, decide `accept` or `reject`, and say why.
"""


def write(folder: Path, findings: Sequence[Finding]) -> None:
    """Write the findings not yet reviewed, one entry for those alike but for area; a summary."""
    entries: dict[str, list[dict[str, Any]]] = {}
    for one, areas in grouped(f for f in findings if not f.review):
        entries.setdefault(one.source, []).append(
            {
                "kind": one.kind,
                "table": one.table,
                "indicator": one.indicator,
                "periods": [one.period],
                "category": one.category,
                "areas": areas,
                "published": one.published,
                "decision": "",
                "reviewed": "",
                "reason": one.reason,
            }
        )
    text = yaml.safe_dump(entries, sort_keys=False, allow_unicode=True) if entries else "{}\n"
    io.write_text(folder / NEW, _HEAD + text)
    io.write_json(folder / SUMMARY, summary(findings))


def grouped(findings: Iterable[Finding]) -> list[tuple[Finding, list[str]]]:
    """Findings that differ by area alone, each once with its areas."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for one in findings:
        at = (one.source, one.table, one.indicator, one.kind, one.period, one.breakdown,
              one.category, one.published)  # fmt: skip
        groups.setdefault(at, []).append(one)
    ordered = sorted(groups.items(), key=lambda pair: tuple(map(str, pair[0])))
    return [(found[0], sorted(f.area_code for f in found)) for _, found in ordered]


def summary(findings: Sequence[Finding]) -> list[str]:
    """Lines for whoever builds: what was found by release, and what is to be reviewed."""
    lines = []
    for source in sorted({f.source for f in findings}):
        mine = [f for f in findings if f.source == source]
        count = Counter(f.effect for f in mine)
        kinds = ", ".join(
            f"{kind.replace('_', ' ')} {n}"
            for kind, n in sorted(Counter(f.kind for f in mine).items())
        )
        new = sum(not f.review for f in mine)
        lines.append(
            f"{source}: {count['not_available']} figures not used, {count['mark']} marked, "
            f"{count['none']} kept after review ({kinds}); {new} not yet reviewed"
        )
    return lines
