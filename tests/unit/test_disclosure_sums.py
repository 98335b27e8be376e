"""Rows that are sums of other rows: found, or asked about, whatever they are called."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsna.disclosure.tabular.codes import Trees
from jsna.disclosure.tabular.protection import protect
from jsna.disclosure.tabular.published import attack_tables
from jsna.disclosure.tabular.reading import Counted, Named, read_counts
from jsna.disclosure.tabular.sums import find_sums
from jsna.errors import JsnaError
from tests.unit.tables_support import Tables
from tests.unit.test_disclosure_random_tables import Outsider

FAULT = Path(__file__).parents[1] / "faults/protect-subtotal"
NEEDS = ("ASD", "MLD", "SEMH", "SLCN", "SPLD")
#: District -> its counts by need.
DISTRICTS = {
    "Ostley": (14, 3, 22, 9, 17),
    "Hesketon": (8, 12, 5, 31, 6),
    "Merrowby": (19, 7, 11, 2, 13),
    "Tarnbeck": (6, 21, 9, 14, 4),
    "Lorrimere": (11, 5, 16, 8, 23),
}


def added(*names: str) -> tuple[int, ...]:
    """The counts of several districts together."""
    return tuple(sum(one) for one in zip(*(DISTRICTS[name] for name in names), strict=True))


def table(rows: dict[str, tuple[int, ...]]) -> Named:
    """A table of area and need from the counts of each area."""
    cells = [(area, n, c) for area, own in rows.items() for n, c in zip(NEEDS, own, strict=True)]
    return Named(pd.DataFrame(cells, columns=["area", "need", "freq"]), "t.csv")


def counted(rows: dict[str, tuple[int, ...]], **said: object) -> Counted:
    trees = Trees()
    for name, value in said.items():
        setattr(trees, name, value)
    return read_counts([table(rows)], [["area", "need"]], "freq", trees)


def tree(made: Counted) -> dict[str, str]:
    """Code -> the code it is part of, of the first dimension."""
    dim = made.cells.dimensions[0]
    return {code: dim.codes[dim.parent[i]] for i, code in enumerate(dim.codes[:-1])}


def grand_total(made: Counted) -> float:
    roots = [dim.root for dim in made.cells.dimensions]
    return float(made.counts[(made.cells.places == roots).all(axis=1)][0])


def test_a_subtotal_in_one_column_is_asked_about(tool: Tables) -> None:
    kept = tool.folder / "record.csv"
    options = (FAULT / "table.csv", "--dims", "area")
    told = tool.protect(*options, ends=1)
    assert (
        "table.csv, row 7, column 'area': is the sum of 'Burnley', 'Pendle' and 'Hyndburn'" in told
    )
    said = "--subtotal area 'East Lancashire' Burnley Pendle Hyndburn"
    assert said in told
    # 20 is 3 + 12 + 5, by chance.
    assert "--not-total area Hyndburn" in told
    assert not tool.out.exists()
    answer = ("--subtotal", "area", "East Lancashire", "Burnley", "Pendle", "Hyndburn")
    answer = (*answer, "--not-total", "area", "*")
    tool.protect(*options, *answer, "--record", kept)
    record = pd.read_csv(kept).set_index("area")
    assert record["truth"]["Total"] == 54
    # Burnley is 35 − 12 − 20 unless one of these goes too.
    assert record["suppressed"][["Pendle", "Hyndburn", "East Lancashire"]].any()
    tool.attack(tool.out, "--dims", "area", *answer)


def test_the_same_table_declared_well(tool: Tables) -> None:
    options = ("--dims", "place,class", "--hierarchy", FAULT / "tree.json")
    tool.protect(FAULT / "linked.csv", *options)
    tool.attack(tool.out, *options)
    # Without the tree that it was made with, the attack is not made at all.
    tool.attack(tool.out, *options[:2], ends=2)


def test_the_attack_asks_too(tool: Tables) -> None:
    # With 21 beside 8 and 13 the total of 39 would be too small.
    file = tool.file("area,freq\nA,c\nB,8\nC,13\nD,9\nNorth,21\nTotal,39\n")
    told = tool.attack(file, "--dims", "area", ends=2)
    assert "row 6, column 'area': is the sum of 'B' and 'C'" in told
    tool.attack(file, "--dims", "area", "--subtotal", "area", "North", "B", "C")
    # Where a part is hidden, one column shows nothing, which is said.
    file = tool.file("area,freq\nA,c\nB,8\nC,13\nD,9\nNorth,25\nTotal,99\n")
    unseen = "area: no combination is without hidden values, so it cannot be seen"
    assert unseen in tool.attack(file, "--dims", "area")
    said = tool.attack(file, "--dims", "area", "--not-total", "area", "*")
    assert "cannot be seen" not in said


@pytest.mark.parametrize("name", ["England", "Ostshire", "A", "zz 9"])
def test_a_total_is_not_counted_twice_whatever_it_is_called(name: str) -> None:
    rows = {name: added(*DISTRICTS), **DISTRICTS}
    made = counted(rows)
    assert grand_total(made) == sum(added(*DISTRICTS))
    assert made.cells.dimensions[0].codes[-1] == name
    assert f"area: {name!r} is the sum of 'Ostley', 'Hesketon'," in made.notes[0]
    # In one column chance could make it so, and it is asked about.
    alone = table(rows).frame.groupby("area", as_index=False, sort=False)["freq"].sum()
    with pytest.raises(JsnaError, match="say --total ") as told:
        read_counts([Named(alone)], [["area"]], "freq")
    assert f"found {name!r}" in str(told.value)
    assert "is called a total" not in str(told.value)
    again = read_counts([Named(alone)], [["area"]], "freq", total=["Total", name])
    assert grand_total(again) == sum(added(*DISTRICTS))


def test_totals_of_two_dimensions_and_subtotals_of_subtotals() -> None:
    coast, hills = added("Ostley", "Merrowby"), added("Hesketon", "Tarnbeck")
    east = added("Ostley", "Merrowby", "Hesketon", "Tarnbeck")
    rows = {"Coast": coast, "All of it": added(*DISTRICTS), **DISTRICTS}
    rows |= {"East": east, "Hills": hills}
    frame = table(rows).frame
    sums = frame.groupby("area", as_index=False, sort=False)["freq"].sum()
    frame = pd.concat([frame, sums.assign(need="any need")]).sample(frac=1, random_state=3)
    made = read_counts([Named(frame)], [["area", "need"]], "freq")
    assert tree(made) == {
        **{"Ostley": "Coast", "Merrowby": "Coast", "Hesketon": "Hills", "Tarnbeck": "Hills"},
        **{"Coast": "East", "Hills": "East", "East": "All of it", "Lorrimere": "All of it"},
    }
    assert [dim.codes[-1] for dim in made.cells.dimensions] == ["All of it", "any need"]
    assert grand_total(made) == sum(added(*DISTRICTS))


def test_a_printed_total_settles_what_chance_leaves_open() -> None:
    # 20 is 3 + 12 + 5, and the total counts it beside them.
    rows = [("a", 3), ("b", 12), ("c", 20), ("d", 5), ("e", 14)]
    plain = pd.DataFrame(rows, columns=["d", "freq"])
    with pytest.raises(JsnaError, match="--not-total d c"):
        read_counts([Named(plain)], [["d"]], "freq")
    whole = pd.DataFrame([*rows, ("Total", 54)], columns=["d", "freq"])
    assert tree(read_counts([Named(whole)], [["d"]], "freq")) == dict.fromkeys("abcde", "Total")
    # With a total of 34 it is not counted, so that it must be a subtotal.
    less = pd.DataFrame([*rows, ("Total", 34)], columns=["d", "freq"])
    made = read_counts([Named(less)], [["d"]], "freq")
    assert tree(made) == {"a": "c", "b": "c", "d": "c", "e": "Total", "c": "Total"}
    assert grand_total(made) == 34
    # What no sum explains stays wrong.
    wrong = pd.DataFrame([*rows, ("Total", 40)], columns=["d", "freq"])
    with pytest.raises(JsnaError):
        read_counts([Named(wrong)], [["d"]], "freq")


def test_a_total_that_counts_a_subtotal_twice_contradicts_itself() -> None:
    east = added("Ostley", "Hesketon")
    twice = tuple(a + b for a, b in zip(added(*DISTRICTS), east, strict=True))
    rows = {**DISTRICTS, "East": east, "Total": twice}
    with pytest.raises(JsnaError, match="and yet the total counts it beside them") as told:
        counted(rows)
    assert "column 'area'" in str(told.value)
    assert "found 'East'" in str(told.value)
    assert grand_total(counted(rows, leaves={"area": {"East"}})) == sum(twice)
    assert grand_total(counted({**rows, "Total": added(*DISTRICTS)})) == sum(added(*DISTRICTS))


def test_sums_that_overlap_contradict_each_other() -> None:
    rows = {**DISTRICTS, "East": added("Ostley", "Hesketon", "Merrowby")}
    rows["West"] = added("Merrowby", "Tarnbeck", "Lorrimere")
    with pytest.raises(JsnaError, match="is part of both 'East' and 'West'"):
        counted(rows)


def test_a_total_of_more_than_is_listed_is_asked_about() -> None:
    more = tuple(count + (n == 2) * 3 for n, count in enumerate(added(*DISTRICTS)))
    with pytest.raises(JsnaError, match="is all but the sum of") as told:
        counted({**DISTRICTS, "Shire": more})
    assert "give a row for what it holds beside them" in str(told.value)
    # With the rest in a row of its own it is a total.
    rows = {**DISTRICTS, "not known": (0, 0, 3, 0, 0), "Shire": more}
    assert grand_total(counted(rows)) == sum(more)


def test_codes_that_are_called_totals_are_asked_about() -> None:
    with pytest.raises(JsnaError, match="is called a total, and is not the sum of other codes"):
        counted({**DISTRICTS, "North East total": (90, 80, 70, 60, 50)})
    with pytest.raises(JsnaError, match="found 'England'"):
        counted({**DISTRICTS, "England": (900, 800, 700, 600, 500)})
    assert grand_total(
        counted({"England": (900, 800, 700, 600, 500)}, leaves={"area": {"England"}})
    ) == (900 + 800 + 700 + 600 + 500)


def test_what_is_said_of_codes_must_fit() -> None:
    with pytest.raises(JsnaError) as told:
        counted(
            DISTRICTS,
            subtotals={"area": {"East": ("Ostley", "Mars")}, "planet": {"a": ("b",)}},
            leaves={"area": {"Venus"}},
        )
    for words in (
        "--subtotal, column 'area': this code is not in the table (found 'East')",
        "--subtotal, column 'area': this code is not in the table (found 'Mars')",
        "--not-total, column 'area': this code is not in the table (found 'Venus')",
        "there is no dimension 'planet'",
    ):
        assert words in str(told.value)
    rows = {**DISTRICTS, "East": added("Ostley", "Hesketon")}
    with pytest.raises(JsnaError, match="this total is not the sum of its parts"):
        counted(rows, subtotals={"area": {"East": ("Ostley", "Merrowby")}})
    with pytest.raises(JsnaError, match="goes round in a circle"):
        counted(rows, subtotals={"area": {"East": ("Ostley", "East")}})


def test_totals_named_otherwise_are_each_dimensions_own(tool: Tables) -> None:
    frame = table(DISTRICTS).frame
    sums = frame.groupby("area", as_index=False)["freq"].sum().assign(need="All")
    options = ("--dims", "area,need", "--total", "Shire", "--total", "All")
    tool.protect(tool.file(pd.concat([frame, sums]).to_csv(index=False)), *options)
    done = pd.read_csv(tool.out)
    assert set(done["need"]) == {*NEEDS, "All"}
    assert set(done["area"]) == {*DISTRICTS, "Shire"}
    tool.attack(tool.out, *options)


steady = settings(derandomize=True, max_examples=60)


@steady
@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(3, 9), st.booleans())
def test_no_sum_is_ever_taken_for_a_part(seed: int, needs: int, areas: int, margins: bool) -> None:
    """Whatever rows of sums a table has, in any order, it comes to its leaves or is refused."""
    draw = np.random.default_rng(seed)
    mean = draw.choice([3.0, 9.0, 30.0]) * draw.lognormal(0, 0.5, (areas, 1))
    counts = 1 + draw.poisson(mean, (areas, needs))
    rows = {f"L{i}": counts[i] for i in range(areas)}
    first = int(draw.integers(2, areas)) if areas > 2 else 2
    rows["Xa"] = counts[:first].sum(axis=0)
    if areas - first > 1 and draw.random() < 0.5:
        rows["Mb"] = counts[first:].sum(axis=0)
    if draw.random() < 0.5:
        rows["Albion"] = counts.sum(axis=0)
    order = [list(rows)[i] for i in draw.permutation(len(rows))]
    cells = [(code, f"n{j}", int(rows[code][j])) for code in order for j in range(needs)]
    frame = pd.DataFrame(cells, columns=["area", "need", "freq"])
    if margins:
        sums = frame.groupby("area", as_index=False, sort=False)["freq"].sum()
        frame = pd.concat([frame, sums.assign(need="Total")])
    try:
        made = read_counts([Named(frame)], [["area", "need"]], "freq")
    except JsnaError:
        return
    assert grand_total(made) == counts.sum()
    inner = set(tree(made).values())
    assert {"Xa", "Mb", "Albion"} & set(rows) <= inner | {made.cells.dimensions[0].codes[-1]}


def test_where_there_is_nothing_to_add_nothing_is_left_open() -> None:
    """One area alone, and one beside areas that are known to be totals."""
    values = np.array([[4.0, 9.0], [7.0, 8.0]])
    for shown, leaves in ((1, [True]), (2, [True, False])):
        made = find_sums(
            values[:, :shown], np.ones((2, shown), bool), np.array(leaves), np.array(leaves)
        )
        assert (made.found, made.unsettled) == ([], [])


@steady
@given(st.integers(0, 10**6), st.integers(4, 7), st.integers(3, 9))
def test_tables_without_sums_are_seldom_asked_about(seed: int, needs: int, areas: int) -> None:
    draw = np.random.default_rng(seed)
    counts = draw.poisson(9 * draw.lognormal(0, 0.5, (areas, 1)), (areas, needs))
    cells = [(f"L{i}", f"n{j}", counts[i, j]) for i in range(areas) for j in range(needs)]
    frame = pd.DataFrame(cells, columns=["area", "need", "freq"])
    made = read_counts([Named(frame)], [["area", "need"]], "freq")
    assert grand_total(made) == counts.sum()
    assert not made.notes


def test_sums_of_published_tables_are_found_where_enough_is_shown() -> None:
    rows = {**DISTRICTS, "Shire": added(*DISTRICTS)}
    frame = table(rows).frame
    frame["freq"] = frame["freq"].astype(str)
    frame.loc[frame["freq"].isin(["2", "3", "4"]), "freq"] = "c"
    sums = table(rows).frame.groupby("area", as_index=False, sort=False)["freq"].sum()
    frame = pd.concat([frame, sums.assign(need="Total")])
    found = attack_tables([Named(frame)], ["area", "need"])
    assert found.count("exact") == 3
    assert "'Shire' is the sum of" in found.notes[0]


def test_protected_with_the_sums_that_were_found() -> None:
    rows = {**DISTRICTS, "East": added("Ostley", "Hesketon"), "Shire": added(*DISTRICTS)}
    done = protect([table(rows)], ["area", "need"])
    assert len(done.notes) == 2
    assert set(done.published["area"]) == set(rows)
    assert done.record["truth"].max() == sum(added(*DISTRICTS))
    assert done.report.narrow == 0


def attacked_by_who_knows(
    counts: np.ndarray, below: dict[str, list[int]], done: pd.DataFrame, threshold: int = 5
) -> tuple[int, int]:
    """How many small cells there are, and how many of them follow for who knows what adds up.

    Args:
        counts: of every leaf at every class, shape (leaves, classes).
        below: row of the table -> the leaves it adds up.
        done: what was published of it, by `area` and `kind`.
        threshold: counts below it are small.
    """
    outsider, goals = Outsider(counts.size), []
    for area, kind, shown in done[["area", "kind", "freq"]].itertuples(index=False):
        row = np.zeros(counts.shape)
        classes = range(counts.shape[1]) if kind == "Total" else [int(kind[1:])]
        for leaf in below[area]:
            row[leaf, list(classes)] = 1
        truth = float((row * counts).sum())
        if pd.isna(shown):
            outsider.tell(row.ravel(), 0.0, math.inf)
            if 1 <= truth < threshold:
                goals.append(row.ravel())
        else:
            assert shown == truth, (area, kind)
            outsider.tell(row.ravel(), truth, truth)
    ends = outsider.ends(goals)
    return len(goals), sum(low > 1e-6 or high < threshold - 1 - 1e-6 for low, high in ends)


def with_empty_rows(seed: int) -> tuple[np.ndarray, dict[str, list[int]], pd.DataFrame]:
    """A table with rows of nothing but zeros, in subtotals, beside them, and as subtotals."""
    draw = np.random.default_rng(seed)
    leaves, classes = int(draw.integers(4, 8)), int(draw.integers(1, 4))
    counts = draw.choice([0, 1, 3, 4, 9, 40], (leaves, classes), p=[0.2, 0.1, 0.1, 0.1, 0.2, 0.3])
    counts[draw.choice(leaves, int(draw.integers(1, leaves - 1)), replace=False)] = 0
    below = {f"L{at}": [at] for at in range(leaves)}
    order = draw.permutation(leaves)
    first = int(draw.integers(2, leaves))
    below["East"] = sorted(order[:first].tolist())
    if leaves - first > 1 and draw.random() < 0.5:
        below["West"] = sorted(order[first:].tolist())
    if draw.random() < 0.7:
        below["Total"] = list(range(leaves))
    rows = [list(below)[at] for at in draw.permutation(len(below))]
    cells = [
        (area, f"k{kind}", int(counts[below[area], kind].sum()))
        for area in rows
        for kind in range(classes)
    ]
    return counts, below, pd.DataFrame(cells, columns=["area", "kind", "freq"])


@pytest.mark.parametrize("seeds", [range(50), pytest.param(range(50, 150), marks=pytest.mark.full)])
def test_rows_of_zeros_protect_nothing_for_who_knows_where_they_belong(seeds: range) -> None:
    """A row of zeros does not show whether a subtotal holds it; readers of the area know."""
    published = small = 0
    for seed in seeds:
        counts, below, frame = with_empty_rows(seed)
        try:
            done = protect([Named(frame)], ["area", "kind"])
        except JsnaError:
            continue  # Asked about, or not to be protected: nothing is published.
        published += 1
        below.setdefault("Total", list(range(len(counts))))
        cells, told = attacked_by_who_knows(counts, below, done.published)
        small += cells
        assert not told, seed
    assert published > len(seeds) / 5
    assert small > len(seeds) * 2 / 5


@pytest.mark.parametrize("total", [[], ["Total,1319"]])
def test_a_district_without_children_hides_nobody_outside_its_subtotal(total: list[str]) -> None:
    text = ["Burnley,551", "Pendle,763", "Hyndburn,1", "Rossendale,0", "East,1315", "Fylde,4"]
    rows = [row.split(",") for row in [*text, *total]]
    frame = pd.DataFrame([(area, "k0", int(n)) for area, n in rows], columns=["area", "kind", "n"])
    try:
        done = protect([Named(frame.rename(columns={"n": "freq"}))], ["area", "kind"])
    except JsnaError as wrong:
        assert not total
        assert "East" in str(wrong)
        return
    shown = done.published.set_index(["area", "kind"])["freq"]
    assert shown["Rossendale", "k0"] == 0
    assert all(pd.isna(shown[area, "k0"]) for area in ("East", "Fylde", "Hyndburn"))
    assert any("their zeros are not hidden" in note for note in done.notes)


def test_a_row_that_equals_another_is_asked_about_where_no_total_counts_both() -> None:
    rows = {"Hearing": 9, "Vision": 0, "Sensory": 9, "Autism": 10, "Speech": 1}
    frame = pd.DataFrame([*rows.items()], columns=["area", "freq"])
    with pytest.raises(JsnaError, match=r"--not-total area Sensory"):
        protect([Named(frame)], ["area"])
    both = pd.concat([frame, pd.DataFrame([("Total", 29)], columns=["area", "freq"])])
    assert protect([Named(both)], ["area"]).record["truth"].max() == 29
    once = pd.concat([frame, pd.DataFrame([("Total", 20)], columns=["area", "freq"])])
    try:
        done = protect([Named(once)], ["area"])
    except JsnaError as wrong:
        assert "Sensory" in str(wrong)
    else:
        assert done.record["truth"].max() == 20
