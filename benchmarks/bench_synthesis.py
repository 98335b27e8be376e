"""CPU seconds and peak memory of generating a synthetic edition, step by step.

Run: `python benchmarks/bench_synthesis.py [EDITION]` (default demo-2025); writes to a temporary
folder. The whole must stay below `LIMIT` seconds of CPU for the demonstration edition.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIMIT = 20.0


def main(name: str = "demo-2025") -> float:
    from jsna.generator import generate
    from jsna.io import Paths
    from jsna.settings import loading

    config = loading.load(name, ROOT)
    marks: list[tuple[float, str]] = []
    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        generate.run(
            config,
            Paths(Path(folder), name),
            lambda line: marks.append((time.process_time(), line)),
        )
        ended = time.process_time()
        size = sum(f.stat().st_size for f in Path(folder).rglob("*") if f.is_file())
    for (at, line), (until, _) in zip(marks, [*marks[1:], (ended, "")], strict=True):
        print(f"{until - at:7.2f} s  {line}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    total = ended - began
    print(f"{total:7.2f} s  CPU in all (at most {LIMIT:.0f}); {peak:.0f} MB peak, {size:,} bytes")
    return total


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]) > LIMIT)
