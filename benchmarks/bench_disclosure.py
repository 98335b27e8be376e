"""Disclosure control, measured: CPU seconds, what is hidden, how far from the optimum, the attack.

    python benchmarks/bench_disclosure.py [reference] [hierarchical] [hasty] [large] [wards]

The reference tables are read from `JSNA_SHARED` (the folder `shared` beside the project); the
others are drawn from fixed seeds.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from jsna.disclosure.attacking.attack import attack
from jsna.disclosure.solving.rounding import round_additively
from jsna.disclosure.solving.solver import solve
from jsna.disclosure.system import Rule
from jsna.disclosure.tabular.protection import DIVIDED_WORK, as_system
from jsna.disclosure.tabular.reading import Named, read_counts
from jsna.disclosure.tabular.tables import members

SHARED = Path(os.environ.get("JSNA_SHARED", Path(__file__).parents[2] / "shared"))
REFERENCE = SHARED / "reference-values/disclosure"
#: Most CPU seconds of `protect-table` on 7,200 leaves in a tree, its own check among them.
AIM_WARDS = 60.0
HEAD = (
    f"{'table':34} {'cells':>8} {'small':>7} {'more':>6} {'value':>8} {'gap':>6} "
    f"{'solve s':>8} {'attack s':>8} {'exact':>5} {'narrow':>6} {'MB':>6}"
)


def measure(
    name: str,
    table: pd.DataFrame,
    dims: list[list[str]],
    trees: dict[str, dict[str, str]] | None = None,
    budget: float | None = None,
    work: float | None = None,
) -> None:
    """Protect and attack one table, and print a line."""
    counted = read_counts([Named(table)], dims, "freq", trees)
    made = as_system(counted, Rule(5))
    found = solve(made, budget=budget, work=work)
    started = time.process_time()
    report = attack(made, found.hidden, start=made.value)
    seconds = time.process_time() - started
    more = found.hidden & ~made.primary
    gap = "?" if found.bound == 0 and found.cost else f"{found.gap:.1%}"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{name:34} {made.size:8,} {made.primary.sum():7,} {more.sum():6,} "
        f"{made.value[more].sum():8,.0f} {gap:>6} {found.seconds:8.1f} {seconds:8.1f} "
        f"{report.exact:5} {report.narrow:6} {peak:6,}",
        flush=True,
    )


def authorities(seed: int, mean: float) -> tuple[pd.DataFrame, dict[str, dict[str, str]]]:
    """152 authorities in nine regions by need and sex: 6,318 cells."""
    draw = np.random.default_rng(seed)
    size = draw.lognormal(0, 0.6, 152)
    need = draw.dirichlet(np.ones(12)) * 12
    sex = np.array([1.35, 0.65])
    rates = mean * size[:, None, None] * need[None, :, None] * sex
    counts = draw.poisson(rates * draw.lognormal(0, 0.3, (152, 12, 2)))
    region = draw.integers(0, 9, 152)
    rows = [
        (f"A{a:03}", f"N{n:02}", s, counts[a, n, i])
        for a in range(152)
        for n in range(12)
        for i, s in enumerate("MF")
    ]
    table = pd.DataFrame(rows, columns=["authority", "need", "sex", "freq"])
    return table, {"authority": {f"A{a:03}": f"R{region[a]}" for a in range(152)}}


def four_dimensions(
    seed: int, sizes: tuple[int, ...], primaries: float
) -> tuple[pd.DataFrame, dict[str, dict[str, str]]]:
    """A table of four dimensions, the first with regions, at about a share of primaries."""
    draw = np.random.default_rng(seed)
    rates = np.ones(sizes)
    for axis, spread in enumerate((0.8, 0.8, 0.4, 0.4)):
        shape = [1] * 4
        shape[axis] = sizes[axis]
        rates = rates * draw.lognormal(0, spread, sizes[axis]).reshape(shape)
    low, high = np.log(2.0), np.log(500.0)
    for _ in range(40):
        middle = (low + high) / 2
        mean = np.exp(middle) * rates
        small = np.exp(-mean) * (mean + mean**2 / 2 + mean**3 / 6 + mean**4 / 24)
        low, high = (middle, high) if small.mean() > primaries * 1.33 else (low, middle)
    counts = draw.poisson(np.exp(high) * rates)
    at = np.stack(np.meshgrid(*map(np.arange, sizes), indexing="ij"), axis=-1).reshape(-1, 4)
    table = pd.DataFrame(
        {name: [f"{name}{code:03}" for code in at[:, axis]] for axis, name in enumerate("abcd")}
    )
    table["freq"] = counts.ravel()
    region = draw.integers(0, 6, sizes[0])
    return table, {"a": {f"a{code:03}": f"r{region[code]}" for code in range(sizes[0])}}


def wards(mean: float) -> tuple[pd.DataFrame, dict[str, dict[str, str]]]:
    """150 wards in 12 districts by need, sex and phase: 7,200 leaves, 19,071 cells."""
    draw = np.random.default_rng(1)
    size = draw.lognormal(0, 0.6, 150)
    need = draw.dirichlet(np.ones(12) * 2) * 12
    sex, phase = np.array([1.35, 0.65]), np.array([0.8, 1.2])
    rates = size[:, None, None, None] * need[:, None, None] * sex[:, None] * phase
    counts = draw.poisson(mean * rates)
    rows = [
        (f"W{w:03}", f"N{n:02}", s, p, counts[w, n, i, j])
        for w in range(150)
        for n in range(12)
        for i, s in enumerate("FM")
        for j, p in enumerate(("primary", "secondary"))
    ]
    table = pd.DataFrame(rows, columns=["ward", "need", "sex", "phase", "freq"])
    return table, {"ward": {f"W{w:03}": f"D{w * 12 // 150:02}" for w in range(150)}}


def command(mean: float) -> None:
    """`jsna protect-table` as a whole, with its attack: user and system time of the process."""
    table, trees = wards(mean)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table.to_csv(folder / "in.csv", index=False)
        (folder / "tree.json").write_text(json.dumps(trees))
        words = ["protect-table", "in.csv", "--dims", "ward,need,sex,phase"]
        words += ["--hierarchy", "tree.json", "--out", "out.csv"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-m", "jsna", *words],
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    small = int(table["freq"].between(1, 4).sum())
    print(
        f"protect-table, 150 wards, {small:,} small leaves: {seconds:.1f} s of CPU in all "
        f"(aim: {AIM_WARDS:.0f}); {done.stdout.splitlines()[0]}",
        flush=True,
    )


def rounding(table: pd.DataFrame, trees: dict[str, dict[str, str]]) -> None:
    """Round a large table to multiples of five that add up."""
    counted = read_counts([Named(table)], [list("abcd")], "freq", trees)
    started = time.process_time()
    matrix = members(counted.cells, counted.leaf_places)
    off = matrix @ round_additively(matrix, counted.leaf_counts, 5) - counted.counts
    seconds = time.process_time() - started
    print(
        f"controlled rounding to base 5: {len(off):,} cells in {seconds:.1f} s; "
        f"greatest change {np.abs(off).max():.0f}, mean {np.abs(off).mean():.2f}",
        flush=True,
    )


def main(wanted: list[str]) -> None:
    """Measure what is wanted; everything if nothing is named."""
    every = ["reference", "hierarchical", "hasty", "large", "wards"]
    wanted = wanted or every
    print(HEAD)
    if "reference" in wanted:
        for file, dims in (
            ("t1_13x12_micro", [["district", "need"]]),
            ("t9_48x12x2_micro", [["district", "need", "sex"]]),
            ("t10_linked_micro", [["school", "need"], ["school", "age"]]),
        ):
            measure(file, pd.read_csv(REFERENCE / f"{file}.csv"), dims)
    for seed, mean in ((1, 21.5), (2, 12.0), (3, 8.0)):
        table, trees = authorities(seed, mean)
        dims = [["authority", "need", "sex"]]
        if "hierarchical" in wanted:
            measure(f"authorities, seed {seed}", table, dims, trees)
        if "hasty" in wanted:
            measure(f"authorities, seed {seed}, in 5 s", table, dims, trees, budget=5)
    if "large" in wanted:
        table, trees = four_dimensions(1, (137, 9, 8, 11), 0.15)
        # As `protect-table` does: what no work ends would take hours for the last of the loss.
        measure("four dimensions", table, [list("abcd")], trees, work=DIVIDED_WORK)
        rounding(table, trees)
    if "wards" in wanted:
        for mean in (2.0, 6.0):
            command(mean)


if __name__ == "__main__":
    main(sys.argv[1:])
