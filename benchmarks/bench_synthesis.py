"""CPU seconds and peak memory of generating a synthetic edition, step by step.

Run: `python benchmarks/bench_synthesis.py [EDITION [PUPILS]]` (default demo-2025, of its own size);
writes to a temporary folder. The whole must stay below `LIMIT` seconds of CPU for the demonstration
edition, or as much more as it is larger.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIMIT = 20.0


def main(name: str = "demo-2025", pupils: str = "") -> float:
    """CPU seconds, as for a county of the edition's own size."""
    from dataclasses import replace

    from jsna.generator import generate
    from jsna.io import Paths
    from jsna.settings import loading

    config = loading.load(name, ROOT)
    synthesis = config.edition.synthesis
    assert synthesis is not None, "only a synthetic edition is generated"
    times = int(pupils) / synthesis.pupils if pupils else 1.0
    sizes = {size: round(getattr(synthesis, size) * times) for size in ("pupils", "plans", "lsoas")}
    sized = {"synthesis": synthesis.model_copy(update=sizes)}
    config = replace(config, edition=config.edition.model_copy(update=sized))
    marks: list[tuple[float, float, str]] = []
    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        generate.run(
            config,
            Paths(Path(folder), name),
            lambda line: marks.append((time.process_time(), peak(), line)),
        )
        ended = time.process_time()
        size = sum(f.stat().st_size for f in Path(folder).rglob("*") if f.is_file())
    after = [*marks[1:], (ended, peak(), "")]
    for (at, _, line), (until, most, _) in zip(marks, after, strict=True):
        print(f"{until - at:7.2f} s {most:6.0f} MB  {line}")
    total, larger = ended - began, max(times, 1.0)
    limit = f"at most {LIMIT * larger:.0f} s"
    print(f"{total:7.2f} s {peak():6.0f} MB  in all ({limit}); {size:,} bytes")
    return total / larger


def peak() -> float:
    """Most memory held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]) > LIMIT)
