"""Random tables through `protect-table`, attacked from what it publishes by a program apart.

The outsider shares no code with the product. It reads the CSV as anybody would, and knows the rule,
what adds up, and that nobody is counted less than once or by halves; every combination of codes is
an unknown, every row printed a sum of some. Where the rows that are shown stand in the order of
their counts it takes that for known too.
"""

from __future__ import annotations

import csv
import itertools
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from jsna import cli
from jsna.disclosure.tabular.codes import Trees
from jsna.disclosure.tabular.protection import protect
from jsna.disclosure.tabular.reading import Named
from tests.unit.outsider import extremes

#: Tables of the plain tests; those of `make test-full` are others.
SAMPLE, FULL = 8, 400
EDGE = 1e-6


@dataclass(frozen=True)
class Made:
    """A random table as received, and how it is to be published.

    Attributes:
        codes: leaves of each dimension.
        tree: dimension -> leaf or group -> the group it is part of.
        tables: dimensions of each table published.
        counts: count of every leaf, one axis for each dimension.
        rows: what is in the file.
    """

    codes: dict[str, list[str]]
    tree: dict[str, dict[str, str]]
    tables: list[list[str]]
    counts: np.ndarray
    rows: pd.DataFrame
    threshold: int
    zeros_shown: bool
    base: int

    def below(self, dim: str, code: str) -> set[str]:
        """Leaves of a code."""
        if code == "Total":
            return set(self.codes[dim])
        parts = [child for child, parent in self.tree.get(dim, {}).items() if parent == code]
        return set().union(*(self.below(dim, part) for part in parts)) if parts else {code}


def draw_table(seed: int) -> Made:
    """A table of one to three dimensions, its codes in trees or not, one table or several."""
    draw = np.random.default_rng(seed)
    number = int(draw.integers(1, 4))
    sizes = [int(draw.integers(3, 9 - 2 * (number - 1) + (number == 1) * 6)) for _ in range(number)]
    names = ["area", "need", "sex"][:number]
    codes = {
        n: [f"{n[0]}{i:02}" for i in draw.permutation(s)] for n, s in zip(names, sizes, strict=True)
    }
    tree: dict[str, dict[str, str]] = {}
    for name in names:
        if len(codes[name]) >= 4 and draw.random() < 0.5:
            own = {code: f"{name}-{draw.integers(0, 2)}" for code in codes[name]}
            groups = sorted(set(own.values()))
            deep = draw.random() < 0.3
            own |= dict.fromkeys(groups, "upper" if deep else "Total")
            tree[name] = own | ({"upper": "Total"} if deep else {})
    tables = [names]
    if number == 3 and draw.random() < 0.4:
        tables = [[names[0], names[1]], [names[0], names[2]]]
    spread = [draw.lognormal(0, 0.7, s) for s in sizes]
    rate = float(draw.choice([0.8, 2.5, 6.0, 15.0])) * np.ones(sizes)
    for axis, own in enumerate(spread):
        rate = rate * own.reshape([-1 if a == axis else 1 for a in range(number)])
    counts = draw.poisson(rate)
    cells = [
        (*(codes[n][i] for n, i in zip(names, at, strict=True)), int(counts[at]))
        for at in itertools.product(*map(range, sizes))
    ]
    rows = pd.DataFrame(cells, columns=[*names, "freq"])
    if draw.random() < 0.5:  # combinations of nobody have no row
        some = rows[rows["freq"] > 0]
        # A code without any row is not in the table.
        rows = some if all(some[n].nunique() == len(codes[n]) for n in names) else rows
    order = draw.choice(["codes", "none", "counts", "within"])
    if order == "none":
        rows = rows.sample(frac=1, random_state=seed)
    elif order == "counts":
        rows = rows.sort_values("freq", ascending=bool(draw.random() < 0.5), kind="stable")
    elif order == "within":
        rows = rows.sort_values([names[0], "freq"], ascending=[True, False], kind="stable")
    base = int(draw.choice([0, 0, 0, 5, 3])) if len(tables) == 1 else 0
    threshold = base if base else int(draw.choice([3, 5, 5, 8]))
    return Made(
        codes, tree, tables, counts, rows, threshold, not base and bool(draw.random() < 0.3), base
    )


@dataclass
class Outsider:
    """Linear inequalities over the counts of all combinations of codes."""

    unknowns: int
    rows: list[np.ndarray] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def tell(self, row: np.ndarray, low: float, high: float) -> None:
        """A sum of unknowns is known to lie between two numbers."""
        self.rows.append(row)
        self.low.append(low)
        self.high.append(high)

    def ends(self, goals: Sequence[np.ndarray]) -> list[tuple[float, float]]:
        """Least and greatest value of some sums that fit everything told."""
        rows = sparse.csr_array(np.array(self.rows))
        low, high = np.array(self.low), np.array(self.high)
        same = low == high
        up, down = ~same & np.isfinite(high), ~same & np.isfinite(low)
        inner = sparse.vstack([rows[up], -rows[down]])
        told = {
            "A_eq": rows[same] if same.any() else None,
            "b_eq": low[same] if same.any() else None,
            "A_ub": inner if inner.shape[0] else None,
            "b_ub": np.concatenate([high[up], -low[down]]) if inner.shape[0] else None,
        }
        return [extremes(goal, **told) for goal in goals]


def published(file: Path) -> list[tuple[dict[str, str], str]]:
    """The rows of a published table: codes by dimension, and what stands for the value."""
    with file.open(newline="", encoding="utf-8") as text:
        reader = csv.DictReader(text)
        return [({k: v for k, v in row.items() if k != "freq"}, row["freq"]) for row in reader]


def leaves(made: Made, codes: Mapping[str, str]) -> np.ndarray:
    """Which combinations a row adds up."""
    row = np.ones(made.counts.shape)
    for axis, (dim, own) in enumerate(made.codes.items()):
        kept = made.below(dim, codes[dim])
        shape = [-1 if a == axis else 1 for a in range(made.counts.ndim)]
        row = row * np.array([code in kept for code in own], dtype=float).reshape(shape)
    return row.ravel()


def know(made: Made, cells: Sequence[tuple[dict[str, str], str]]) -> Outsider:
    """All that the rows say, by themselves and by their order."""
    outsider = Outsider(made.counts.size)
    sums = [leaves(made, codes) for codes, _ in cells]
    truth = [float(row @ made.counts.ravel()) for row in sums]
    moved = max(
        [abs(t - float(shown)) for t, (_, shown) in zip(truth, cells, strict=True) if made.base],
        default=0.0,
    )
    for row, (_, shown) in zip(sums, cells, strict=True):
        if made.base:
            # A leaf goes to one of the two multiples beside it, a total no further than any did.
            leaf = row.sum() == 1
            off = made.base - 1.0 if leaf else max(made.base - 1.0, moved)
            outsider.tell(row, max(float(shown) - off, 0), float(shown) + off)
        elif shown == "c":
            outsider.tell(row, 1.0 if made.zeros_shown else 0.0, math.inf)
        else:
            outsider.tell(row, float(shown), float(shown))
    for one, other in neighbours(made, cells, truth):
        outsider.tell(sums[one] - sums[other], 0.0, math.inf)
    return outsider


def neighbours(
    made: Made, cells: Sequence[tuple[dict[str, str], str]], truth: Sequence[float]
) -> list[tuple[int, int]]:
    """Rows beside each other that are known to fall, because all rows do and no code explains it.

    The outsider guesses well: it takes an order for one of counts wherever that is true.
    """
    found: list[tuple[int, int]] = []
    whole = [
        at
        for at, (codes, _) in enumerate(cells)
        if all(codes[dim] in own for dim, own in made.codes.items())
    ]
    groups = [[whole]]
    for dim in made.codes:
        by: dict[tuple[str, ...], list[int]] = {}
        for at in whole:
            by.setdefault(tuple(c for d, c in cells[at][0].items() if d != dim), []).append(at)
        groups.append(list(by.values()))
    for group in groups:
        plain = all(
            [tuple(cells[at][0].values()) for at in one]
            == sorted(tuple(cells[at][0].values()) for at in one)
            for one in group
        )
        if plain or not any(len(one) > 2 for one in group):
            continue
        for sign in (1, -1):
            pairs = [pair for one in group for pair in itertools.pairwise(one[::sign])]
            if all(truth[a] >= truth[b] for a, b in pairs):
                found += pairs
    return found


def single(low: float, high: float) -> bool:
    """Whether one whole number is all that is left."""
    return math.isfinite(high) and math.floor(high + EDGE) <= math.ceil(low - EDGE)


def check(seed: int, folder: Path) -> tuple[int, int] | None:
    """Protect one table and attack it; returns how many cells were small, and how many hidden.

    None where the table is refused, as some are whose zeros may not be hidden: then nothing is
    published.
    """
    made = draw_table(seed)
    file, out, tree = folder / "in.csv", folder / "out.csv", folder / "tree.json"
    made.rows.to_csv(file, index=False)
    words: list[object] = ["protect-table", file, "--out", out, "--threshold", made.threshold]
    words += ["--work", 1]
    for dims in made.tables:
        words += ["--dims", ",".join(dims)]
    if made.tree:
        tree.write_text(json.dumps(made.tree))
        words += ["--hierarchy", tree]
    for dim in made.codes:
        words += [] if dim in made.tree else ["--not-total", dim, "*"]
    words += ["--zeros-shown"] if made.zeros_shown else []
    words += ["--round", made.base] if made.base else []
    out.unlink(missing_ok=True)
    code = cli.main([str(word) for word in words])
    if code:
        assert not out.exists()
        return None
    cells = published(out)
    sums = [leaves(made, codes) for codes, _ in cells]
    truth = [float(row @ made.counts.ravel()) for row in sums]
    for value, (_, shown) in zip(truth, cells, strict=True):
        assert shown == "c" or float(shown) == value or made.base
        assert shown != "c" or value != 0 or not made.zeros_shown
    small = [at for at, value in enumerate(truth) if 1 <= value < made.threshold]
    if not made.base:
        assert all(cells[at][1] == "c" for at in small)
    top, least = made.threshold - 1.0, 1.0 if made.zeros_shown else 0.0
    ends = know(made, cells).ends([sums[at] for at in small])
    for at, (low, high) in zip(small, ends, strict=True):
        where = f"seed {seed}: {cells[at]} is {truth[at]:g}, known to be {low:g} to {high:g}"
        assert low - EDGE <= truth[at] <= high + EDGE, where
        assert not single(low, high), where
        if made.base:
            assert high - low >= made.base - 1 - EDGE, where
        else:
            assert low <= least + EDGE, where
            assert high >= top - EDGE, where
    return len(small), sum(shown == "c" for _, shown in cells)


def check_all(seeds: range, folder: Path) -> None:
    """Check tables, of which few may be refused, and in which there was something to work out."""
    results = [check(seed, folder) for seed in seeds]
    found = [one for one in results if one is not None]
    assert len(found) >= 0.85 * len(results)
    assert sum(small for small, _ in found) > 5 * len(results)
    assert sum(hidden > small > 0 for small, hidden in found) > len(results) / 4


def test_nothing_is_worked_out_of_random_tables(tmp_path: Path) -> None:
    check_all(range(SAMPLE), tmp_path)


def margins_told(seed: int) -> tuple[int, int]:
    """Protect the three tables of two dimensions that a small table of three has, and attack them.

    Returns:
        how many cells are small, and of how many a number from 0 to 4 is ruled out.
    """
    draw, sizes = np.random.default_rng(seed), (3, 2, 4)
    mean = draw.choice([0.8, 2, 4, 8]) * draw.lognormal(0, 0.7, (3, 1, 1))
    counts = draw.poisson(mean * draw.lognormal(0, 0.7, (1, 1, 4)), sizes)
    names = ["area", "sex", "need"]
    cells = [
        (*(f"{n[0]}{i}" for n, i in zip(names, at, strict=True)), int(counts[at]))
        for at in itertools.product(*map(range, sizes))
    ]
    trees = Trees()
    trees.leaves = {name: {"*"} for name in names}
    frame = pd.DataFrame(cells, columns=[*names, "freq"])
    pairs = [list(pair) for pair in itertools.combinations(names, 2)]
    done = protect([Named(frame)], pairs, hierarchies=trees).published
    outsider, goals = Outsider(counts.size), []
    for *codes, shown in done[[*names, "freq"]].itertuples(index=False):
        row = np.zeros(sizes)
        row[tuple(slice(None) if code == "Total" else int(code[1:]) for code in codes)] = 1
        truth = float((row * counts).sum())
        assert pd.isna(shown) or shown == truth
        if not pd.isna(shown):
            outsider.tell(row.ravel(), truth, truth)
        elif 1 <= truth < 5:
            goals.append(row.ravel())
    ends = outsider.ends(goals)
    return len(goals), sum(low > EDGE or high < 4 - EDGE for low, high in ends)


def check_margins(seeds: Iterable[int]) -> None:
    """That nobody is counted less than 0 times in any combination rules numbers out."""
    results = [margins_told(seed) for seed in seeds]
    assert sum(small for small, _ in results) > len(results)
    assert [told for _, told in results] == [0] * len(results)


def test_margins_of_one_table_are_protected_as_such() -> None:
    # Protected as three tables alone, 62 gives something away.
    check_margins([62, *range(12)])


@pytest.mark.full
def test_margins_of_many_tables_are_protected_as_such() -> None:
    check_margins(range(100, 600))


@pytest.mark.full
def test_nothing_is_worked_out_of_many_random_tables(tmp_path: Path) -> None:
    check_all(range(SAMPLE, FULL), tmp_path)


def test_the_outsider_sees_what_is_given_away(tmp_path: Path) -> None:
    """The program of these tests finds what hiding small counts alone gives away."""
    exact = 0
    for seed in range(9):
        made = draw_table(seed)
        if made.base or len(made.tables) > 1:
            continue
        dims = list(made.codes)
        cells = []
        codes = [[*own, "Total"] for own in made.codes.values()]
        for at in itertools.product(*codes):
            named = dict(zip(dims, at, strict=True))
            value = float(leaves(made, named) @ made.counts.ravel())
            shown = "c" if 1 <= value < made.threshold else f"{value:g}"
            cells.append((named, shown))
        goals = [leaves(made, named) for named, shown in cells if shown == "c"]
        ends = know(made, cells).ends(goals)
        exact += sum(single(low, high) for low, high in ends)
    assert exact > 20
