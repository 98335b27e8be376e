"""Disclosure control of a whole edition at county scale: what is attacked, with what result.

Run `make bench-disclosure`, or `python benchmarks/bench_edition.py [edition]`. The edition is
built from its synthetic extracts in a folder of its own; `protect` and `prove` each run there in a
process of their own, as in a build. Beside them stands the naive first step: small numbers alone.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from measuring import copy_project, measured

if TYPE_CHECKING:
    from jsna.disclosure.attacking.attack import Report
    from jsna.disclosure.evidence import Evidence

#: What comes before protection, and most CPU seconds of `protect` and `prove` together.
BEFORE = (
    *("synthesise", "ingest", "published", "link", "assess", "derive", "measure", "publications"),
    "verdict",
)
AIM = 10.0


def naive(evidence: Evidence) -> Report:
    """The attack of an outsider on an edition in which only small numbers are hidden."""
    from jsna.disclosure.attacking.attack import attack

    system = replace(evidence.system, contributor=np.zeros(evidence.system.size))
    return attack(system, system.unseen, start=system.value)


def told(name: str, *parts: str) -> None:
    """One line."""
    print(f"{name:<26}{'; '.join(parts)}", flush=True)


def result(edition: str, root: Path) -> bool:
    """Tell what was published, hidden and attacked; returns whether nothing is unsafe."""
    from jsna import io
    from jsna.disclosure.evidence import read
    from jsna.disclosure.system import TOLERANCE
    from jsna.settings import loading

    paths = io.Paths(root, edition)
    evidence = read(loading.load(edition, root), paths)
    linked, known = evidence.linked, evidence.known
    made = json.loads((paths.safe / "certificate.json").read_text(encoding="utf-8"))
    found, hidden, published = made["attack"], made["hidden"]["rows"], made["published"]
    log = io.read_parquet(paths.restricted / "protection.parquet")
    intervals = io.read_parquet(paths.restricted / "intervals.parquet")
    by_hand = {"primary": 0, "secondary": 0, **log["kind"].value_counts().to_dict()}
    cells = known.high - known.low > TOLERANCE

    told("published", f"{published['rows']:,} rows", f"{published['numbers']:,} numbers")
    told(
        "one system",
        f"{evidence.system.size:,} cells ({published['quantities']:,} quantities printed, "
        f"{sum(linked.derived):,} that follow by subtraction)",
        f"{published['equations']:,} equations",
    )
    told(
        "hidden rows",
        f"{hidden:,}: {by_hand['primary']:,} primary, {by_hand['secondary']:,} secondary",
        f"gap to the least loss {made['optimality']['gap']:.1%}",
    )
    told(
        "attack",
        f"{int(cells.sum()):,} counts unknown, {len(intervals):,} to be protected",
        f"{found['exact']} exact, {found['narrow']} narrow",
        f"{found['beyond']} beyond any choice (official figures)",
        f"{found['contributors']:,} contributors, {found['programs']:,} programs",
    )
    started = time.process_time()
    first = naive(evidence)
    told(
        "small numbers alone",
        f"{first.exact:,} of {len(first.intervals):,} exact, {first.narrow:,} exact or narrow",
        f"{time.process_time() - started:.1f} s to work out",
    )
    return not found["exact"] and not found["narrow"] and (intervals["verdict"] == "safe").all()


def bench(edition: str, root: Path) -> bool:
    """Build an edition as far as the proof and tell its cost; returns whether all is well."""
    copy_project(root)
    for verb in BEFORE:
        if not measured(root, verb, edition).well:
            return False
    spent = [measured(root, verb, edition) for verb in ("protect", "prove")]
    if not all(one.well for one in spent):
        return False
    print(f"{edition}: every published number in one system")
    safe = result(edition, root)
    total = sum(one.seconds for one in spent)
    told(
        "CPU",
        f"protect {spent[0].seconds:.1f} s",
        f"prove {spent[1].seconds:.1f} s",
        f"together {total:.1f} s of {AIM:.0f} ({'met' if total <= AIM else 'not met'})",
        f"peak {max(one.megabytes for one in spent):,.0f} MB",
    )
    return safe and total <= AIM


def main() -> int:
    edition = sys.argv[1] if len(sys.argv) > 1 else "demo-2025"
    with tempfile.TemporaryDirectory(prefix="jsna-bench-") as folder:
        return 0 if bench(edition, Path(folder)) else 1


if __name__ == "__main__":
    sys.exit(main())
