"""Every failure mode of disclosure control, built on purpose: caught, and prevented.

The modes are those listed in the notes on disclosure control, by their numbers. Each test publishes
something in the way that fails, shows what the attack makes of it, worked out by hand, and then
that what the solver publishes instead withstands.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from jsna.disclosure.additions import with_cell, with_ratio
from jsna.disclosure.attacking.attack import attack, known, rounded_needs
from jsna.disclosure.solving.additive import round_system
from jsna.disclosure.solving.solver import Solution, solve
from jsna.disclosure.system import Rule, Status, System, system
from jsna.disclosure.tabular.protection import protect
from jsna.disclosure.tabular.published import attack_tables
from jsna.disclosure.tabular.reading import Named
from tests.unit.disclosure_support import cell, grid, hide

CORNERS = [("a0", "b0"), ("a0", "b1"), ("a1", "b0"), ("a1", "b1")]


def withstands(made: System) -> Solution:
    """What the solver makes of a system is safe."""
    found = solve(made)
    assert not found.missed
    assert attack(made, found.hidden, intervals=True, start=made.value).narrow == 0
    return found


def test_mode_1_marks_that_differ_tell_the_rule() -> None:
    made = grid([[4, 4, 9], [10, 10, 12], [7, 6, 30]], Rule(5))
    hidden = hide(made, *CORNERS)
    assert attack(made, hidden).narrow == 0
    # A mark known to stand for 1 to 4, twice in a row of which 8 are left.
    marked = attack(made, hidden, known(made, hidden, marked=(1, 4)))
    assert marked.exact == 2
    # Protected inside what such marks tell: every primary may be anything from 1 to 4, no more.
    small = made.primary
    telling = replace(
        made,
        low=np.where(small, 1.0, made.low),
        high=np.where(small, 4.0, made.high),
        need_low=np.where(small, 1.0, np.nan),
        need_high=np.where(small, 4.0, np.nan),
        need_width=np.where(small, 3.0, 0.0),
    )
    found = withstands(telling)
    assert attack(telling, found.hidden, known(made, found.hidden, marked=(1, 4))).narrow == 0


def test_mode_2_not_solvable_is_not_wide_enough() -> None:
    made = grid([[1, 1, 20], [9, 9, 20]], Rule(5))
    report = attack(made, hide(made, *CORNERS), intervals=True)
    assert report.exact == 0
    assert [(one.low, one.high) for one in report.failures] == [(0, 2), (0, 2)]
    withstands(made)


def test_mode_3_a_contributor_solves_another_cell() -> None:
    # One number e moves all four: b0 is 1 + e, b1 is 1 − e, below them 0 − e and 5 + e. So e is
    # −1 to 0, and 0 alone for the family of the child in b0.
    made = grid([[1, 1, 9], [0, 5, 9], [9, 9, 9]], Rule(2, sliding=True))
    hidden = hide(made, *CORNERS)
    assert attack(made, hidden).narrow == 0
    strict = replace(made, contributor=np.where(made.primary, 1.0, 0.0))
    (failure,) = attack(strict, hidden, start=made.value).failures
    assert failure.cell == cell(made, "a0", "b1")
    assert failure.contributor == cell(made, "a0", "b0")
    assert failure.verdict == "exact"
    assert (failure.low, failure.high) == pytest.approx((1, 1))
    withstands(strict)


def frame(text: str) -> pd.DataFrame:
    """A small table from text; the first line names its columns."""
    lines = [line.split() for line in text.strip().splitlines()]
    return pd.DataFrame(lines[1:], columns=lines[0])


NEED = """
school need value
S1 ASD c
S1 MLD c
S1 Total c
S2 ASD c
S2 MLD c
S2 Total c
Total ASD 20
Total MLD 30
Total Total 50
"""
AGE = """
school age value
S1 young 2
S1 old 1
S1 Total 3
S2 young 27
S2 old 20
S2 Total 47
Total young 29
Total old 21
Total Total 50
"""


def test_mode_4_tables_that_share_a_margin() -> None:
    need, age = Named(frame(NEED), "need"), Named(frame(AGE), "age")
    dims = ["school", "need", "age"]
    alone = attack_tables([need], dims[:2])
    assert alone.count("exact", "narrow") == 0
    joined = attack_tables([need, age], dims)
    assert joined.hidden == 4
    worked_out = joined.frame[joined.frame["outcome"] == "narrow"]
    assert set(worked_out["school"]) == {"S1"}
    assert (worked_out["high"] <= 3).all()
    # Protected together, every margin is one cell.
    rows = [("S1", "ASD", "young", 2), ("S1", "MLD", "old", 1), ("S2", "ASD", "young", 18)]
    rows += [("S2", "MLD", "young", 9), ("S2", "MLD", "old", 20)]
    micro = pd.DataFrame(rows, columns=["school", "need", "age", "freq"])
    done = protect(micro, [["school", "need"], ["school", "age"]])
    assert done.report.narrow == 0
    assert done.record["suppressed"].any()


def test_mode_5_zeros_that_are_always_shown() -> None:
    values = [[1, 1, 20], [8, 8, 20], [7, 9, 30]]
    eligible = grid(values, Rule(5))
    report = attack(eligible, hide(eligible, *CORNERS), intervals=True)
    assert [(one.low, one.high) for one in report.failures] == [(0, 2), (0, 2)]
    # Where a hidden count is at least 1, two that sum to 2 are both 1.
    shown = grid(values, Rule(5, zeros_shown=True))
    assert attack(shown, hide(shown, *CORNERS)).exact == 2
    withstands(eligible)
    withstands(shown)


def test_mode_6_a_rate_with_its_denominator() -> None:
    made = system(["boys", "girls", "all"], [3, 37, 40], [[1, 1, -1]], Rule(5))
    hidden = np.array([True, True, False])
    assert attack(made, hidden).narrow == 0
    rated = with_ratio(made, 0, 2, 7.5, 1)
    assert attack(rated, np.append(hidden, [True, True])).exact == 1
    # With the denominator hidden too, the rate alone gives nothing away.
    both = attack(rated, np.array([True, True, True, True, True]))
    assert both.narrow == 0
    assert withstands(rated).hidden[2]


def test_mode_7_a_total_that_is_known_from_elsewhere() -> None:
    made = system(["a", "b", "c", "all"], [3, 9, 14, 26], [[1, 1, 1, -1]], Rule(5))
    hidden = np.array([True, True, False, False])
    assert attack(made, hidden).narrow == 0
    told = with_cell(made, "last year's b, which has not changed", 9, {1: 1.0})
    report = attack(told, np.append(hidden, False))
    assert report.exact == 1
    assert any("last year" in told.describe(row) for row, _ in report.failures[0].because)
    found = withstands(told)
    assert found.hidden.tolist() == [True, False, True, False, False]


def test_mode_8_rounding_each_cell_on_its_own() -> None:
    # 3 + 3 = 6, printed 5 + 5 = 5: each part is at least 3 and their sum at most 7.
    made = system(["a", "b", "sum"], [3, 3, 6], [[1, 1, -1]], Rule(0))
    none, small = np.zeros(3, dtype=bool), [True, True, False]
    knows = known(made, none, printed=np.array([5.0, 5.0, 5.0]), precision=2)
    report = attack(rounded_needs(made, knows, 5, small), ~none, knows, intervals=True)
    assert [(one.low, one.high) for one in report.failures] == [(3, 4), (3, 4)]
    # Rounded so that it adds up, and everyone knowing that each went to a multiple next to it.
    printed = round_system(made, 5)
    assert printed[0] + printed[1] == printed[2]
    assert np.abs(printed - made.value).max() < 5
    knows = known(made, none, printed=printed, precision=4)
    assert attack(rounded_needs(made, knows, 5, small), ~none, knows).narrow == 0


def test_mode_9_the_numerator_of_the_complement() -> None:
    made = system(["boys", "girls", "all"], [3, 9, 12], [[1, 1, -1]], Rule(5))
    report = attack(made, made.primary)
    assert report.exact == 1
    assert made.describe(report.failures[0].because[0][0]) == "[all] = [boys] + [girls]"
    withstands(made)


# One edition after another.
#
# The year 2024 has 3; the edition of 2025 prints the years 2023 to 2025 and their sum, that of 2026
# prints 2024 to 2026, where 2025 has been revised by a published 1, their sum and the change in per
# cent since 2025.
YEARS = {"2023": 7, "2024": 3, "2025": 6, "2025 revised": 7, "2026": 6, "revision": 1}
SUMS = {"2023-25": ("2023", "2024", "2025"), "2024-26": ("2024", "2025 revised", "2026")}
FIRST = ["2023", "2024", "2025", "2023-25"]
SECOND = ["2024", "2025 revised", "2026", "2024-26"]


def editions() -> System:
    """All that both editions could print of the counts, in one system."""
    values = {**YEARS, **{name: sum(YEARS[y] for y in years) for name, years in SUMS.items()}}
    names = list(values)
    rows = []
    for total, years in SUMS.items():
        rows.append([(n in years) - float(n == total) for n in names])
    rows.append(
        [(n in ("2025", "revision")) - float(n == "2025 revised") for n in names],
    )
    public = [name == "revision" for name in names]
    return system(names, list(values.values()), rows, Rule(5), public=public)


def choice(made: System, own: list[str]) -> set[str]:
    """What one edition hides of its own cells, if it looks at nothing else."""
    at = np.array([made.names.index(name) for name in own])
    part = made.restrict(at)
    whole = np.abs(made.equations.tocsc()).sum(axis=1)
    inside = np.abs(made.equations.tocsc()[:, at]).sum(axis=1)
    kept = np.flatnonzero(inside == whole)
    part = replace(part, equations=made.equations[kept].tocsc()[:, at].tocsr())
    found = solve(part)
    assert not found.missed
    assert attack(part, found.hidden).narrow == 0
    return {str(part.names[i]) for i in np.flatnonzero(found.hidden)}


def as_flags(made: System, names: set[str]) -> np.ndarray:
    return np.array([name in names for name in made.names])


def test_editions_protected_apart_give_each_other_away() -> None:
    made = editions()
    first, second = choice(made, FIRST), choice(made, SECOND)
    # Each hides 2024 with the cheapest year beside it ...
    assert first == {"2024", "2025"}
    assert second == {"2024", "2026"}
    # ... and together 2025 is its revised figure less the revision, so 2024 is 16 − 7 − 6.
    report = attack(made, as_flags(made, first | second))
    (failure,) = report.failures
    assert made.names[failure.cell] == "2024"
    assert failure.verdict == "exact"
    assert failure.low == pytest.approx(3)
    told = {made.describe(row) for row, _ in failure.because}
    assert "[2023-25] = [2023] + [2024] + [2025]" in told


def after(made: System, first: set[str]) -> System:
    """The second edition's choice, with what the first printed known to everyone."""
    status = made.status.copy()
    for i, name in enumerate(map(str, made.names)):
        if name in FIRST and name not in SECOND:
            status[i] = Status.UNPUBLISHED if name in first else Status.PUBLIC
    return replace(made, status=status)


def test_the_second_edition_protected_after_the_first_gives_nothing_away() -> None:
    made = editions()
    first = choice(made, FIRST)
    second = after(made, first)
    found = withstands(second)
    hidden = {str(made.names[i]) for i in np.flatnonzero(found.hidden)}
    # The revised figure cannot be printed: the first edition hid the same number but for 1.
    assert "2025 revised" in hidden
    assert attack(made, found.hidden, intervals=True).narrow == 0


def test_a_percentage_change_tells_last_years_figure() -> None:
    made = editions()
    first = choice(made, FIRST)
    found = solve(after(made, first))
    names = [str(name) for name in made.names]
    new, old = names.index("2026"), names.index("2025 revised")
    assert not found.hidden[new]
    # 6 is printed with "−14.3 %": 6 is 85.65 to 85.75 per cent of 7 alone.
    rated = with_ratio(after(made, first), new, old, 85.7, 1)
    hidden = np.append(found.hidden, [True, True])
    report = attack(rated, hidden)
    assert [names[one.cell] for one in report.failures] == ["2024"]
    assert report.exact == 1
    # In one system with the change, the figure it starts from is hidden with it.
    both = withstands(rated)
    assert both.hidden[new]
