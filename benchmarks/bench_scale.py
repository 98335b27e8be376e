"""CPU seconds and peak memory of each stage for counties of several sizes.

Run `make bench-scale`, or `python benchmarks/bench_scale.py [--until VERB] [EDITION [PUPILS ...]]`:
by default the demonstration at its own size and at 720,000 pupils, through `measure`. Each size is
built in a folder of its own, in which files take some 4 kB a pupil. CPU seconds should grow as
pupils do, and memory stay below `MEMORY` at 720,000 pupils.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from pathlib import Path

from measuring import copy_project, measured, read_by_arrow

from jsna.stages import STAGES

#: Most MB of any stage at 720,000 pupils.
MEMORY = 3_000.0


def resize(root: Path, edition: str, pupils: int) -> None:
    """Give a synthetic edition in `root` so many pupils, and plans and small areas to match."""
    file = root / "config" / "editions" / f"{edition}.yaml"
    text = file.read_text(encoding="utf-8")
    sizes = {name: int(n) for name, n in re.findall(r"(?m)^  (pupils|plans|lsoas): (\d+)$", text)}
    for name, size in sizes.items():
        made = round(size * pupils / sizes["pupils"])
        text = re.sub(rf"(?m)^  {name}: \d+$", f"  {name}: {made}", text)
    file.write_text(text, encoding="utf-8")


def bench(edition: str, pupils: int, until: str, root: Path) -> None:
    """Make a county of that size stage by stage, and print what each took."""
    copy_project(root)
    resize(root, edition, pupils)
    verbs = ["synthesise", *list(STAGES)[: list(STAGES).index(until) + 1]]
    print(f"{pupils:,} pupils{'':<14}{'CPU s':>10}{'s a million':>14}{'peak MB':>10}", flush=True)
    for verb in verbs:
        spent = measured(root, verb, edition)
        if not spent.well:
            raise SystemExit(f"{verb} failed; there is nothing to measure")
        above = "   above the limit" * (pupils <= 720_000 and spent.megabytes > MEMORY)
        each = f"{spent.seconds / pupils * 1e6:>14.1f}"
        print(f"{verb:<28}{spent.seconds:>10.1f}{each}{spent.megabytes:>10,.0f}{above}", flush=True)
        if verb == "ingest":
            read = read_by_arrow(root, edition).seconds
            print(f"  {spent.seconds / read:.1f} times what Arrow takes to read them, {read:.1f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("edition", nargs="?", default="demo-2025")
    parser.add_argument("pupils", nargs="*", type=int, default=[180_000, 720_000])
    parser.add_argument("--until", choices=list(STAGES), default="measure")
    asked = parser.parse_args()
    for pupils in asked.pupils:
        with tempfile.TemporaryDirectory(prefix="jsna-scale-") as folder:
            bench(asked.edition, pupils, asked.until, Path(folder))


if __name__ == "__main__":
    main()
