"""Protect a table and attack one: functions of frames, usable without the rest of the pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from jsna.disclosure.attacking.attack import Interval, Report, attack, known, rounded_needs
from jsna.disclosure.solving.division import blocks
from jsna.disclosure.solving.rounding import round_additively
from jsna.disclosure.solving.solver import WHOLE, Solution, solve
from jsna.disclosure.system import Flags, Floats, Ints, Rule, Status, System, system
from jsna.disclosure.tabular.nested import known_zeros
from jsna.disclosure.tabular.order import ordered
from jsna.disclosure.tabular.reading import Counted, Named, read_counts
from jsna.disclosure.tabular.tables import (
    TOTAL,
    Dimension,
    Hierarchy,
    Layout,
    behind,
    count,
    equations,
    members,
)
from jsna.errors import JsnaError, Problem

Words = npt.NDArray[np.str_]

#: Tables with more cells than this are divided into blocks.
DIVIDED = 4_000
#: Work of a search unless told otherwise: enough for the optimum of most tables solved as a whole,
#: and for one pass over the blocks of those that are divided.
WORK, DIVIDED_WORK = 40.0, 15.0


@dataclass(frozen=True, slots=True)
class Protected:
    """Protected tables with the proof that they are.

    Attributes:
        published: dimensions and the value under the names they came with, NA where hidden; what
            a reader may see.
        record: the same rows with `truth`, `suppressed`, `primary` and `rule` (restricted).
        dimensions: with what adds up in each.
        system: the cells and equations; after the cells those of the table of all dimensions,
            which are not published.
        solution: what is hidden, at what loss, how far from the least loss.
        report: what the attack made of it.
        notes, flags: what was found to add up, in words and as the options that declare it.
    """

    published: pd.DataFrame
    record: pd.DataFrame
    dimensions: tuple[Dimension, ...]
    system: System
    solution: Solution
    report: Report
    notes: tuple[str, ...]
    flags: tuple[str, ...]


def protect(
    tables: pd.DataFrame | Sequence[Named],
    dims: Sequence[str] | Sequence[Sequence[str]],
    value: str = "freq",
    threshold: int = 5,
    hierarchies: Mapping[str, Hierarchy] | None = None,
    *,
    rule: Rule | None = None,
    total: str | Sequence[str] = TOTAL,
    public: Mapping[tuple[str, ...], str] | None = None,
    budget: float | None = None,
    work: float | None = None,
) -> Protected:
    """Hide small numbers and what else is needed so that nobody can work them out.

    Args:
        tables: a frame with one row per combination of codes, or several named ones. Combinations
            without a row count as zero. Rows of totals are checked against their parts.
        dims: dimensions of the table to publish; a list of lists for several tables that share
            margins, which are then protected together.
        value: the column of counts.
        threshold: counts from 1 to `threshold - 1` are hidden.
        hierarchies: dimension -> (code -> the code it is part of).
        rule: how small numbers are protected, where more than the threshold matters.
        total: the code of totals.
        public: codes of cells that are official and unsuppressed elsewhere -> their source.
        budget: CPU seconds for the search, after which what was found is made safe; the result may
            then depend on the machine.
        work: where there is no budget, what the search may take in steps that are counted, about
            as many seconds; by default `WORK`, or `DIVIDED_WORK` for a table too large to solve as
            a whole. 0 looks for the least loss however long it takes.

    Raises:
        JsnaError: listing everything wrong with the tables; or where cells cannot be protected.
    """
    named = [Named(tables)] if isinstance(tables, pd.DataFrame) else list(tables)
    counted = read_counts(named, lists(dims), value, hierarchies, total)
    rule = rule or Rule(threshold)
    made = as_system(counted, rule, public)
    if work is None:
        work = WORK if made.size <= WHOLE else DIVIDED_WORK
    solution = solve(made, budget=budget, work=work or None)
    if solution.missed:
        raise JsnaError(
            [
                Problem("table", "cannot be protected even if everything else is hidden", value=n)
                for n in dict.fromkeys(made.label(target.cell) for target in solution.missed)
            ],
            title="Some cells cannot be protected:",
        )
    report = attack(made, solution.hidden, start=made.value)
    if report.failures:
        raise JsnaError(
            [Problem("table", explain(made, found)) for found in report.failures],
            title="The attack found cells that can be worked out:",
        )
    size = len(counted.counts)
    hidden, small = solution.hidden[:size], made.primary[:size]
    small_rule = f"a count from 1 to {rule.threshold - 1}"
    rules = np.where(small, small_rule, np.where(hidden, "protects other counts", ""))
    order, note = ordered(counted.cells, counted.rows, counted.counts, made, solution.hidden)
    published, record = _frames(counted, value, counted.counts, hidden, small, rules, order)
    _, zeros = known_zeros(counted.cells, counted.counts, counted.empty)
    notes = (*counted.notes, *zeros, *([note] if note else []))
    axes = counted.cells.dimensions
    return Protected(published, record, axes, made, solution, report, notes, counted.flags)


@dataclass(frozen=True, slots=True)
class Rounded:
    """A rounded table, as `Protected`; `moved` is the furthest any count went."""

    published: pd.DataFrame
    record: pd.DataFrame
    dimensions: tuple[Dimension, ...]
    moved: float
    report: Report
    notes: tuple[str, ...]
    flags: tuple[str, ...]


def round_named(
    table: Named,
    dims: Sequence[Sequence[str]],
    value: str,
    base: int,
    hierarchies: Mapping[str, Hierarchy] | None = None,
    *,
    threshold: int = 5,
    total: str | Sequence[str] = TOTAL,
) -> Rounded:
    """Every count a multiple of `base`, with totals that still add up, and the proof it protects.

    The attack takes it as known that a count is less than `base` from what is printed (a total: no
    further than any went), and counts from 1 to `threshold - 1` must keep what that leaves them.

    Raises:
        JsnaError: listing everything wrong with the table; or small numbers that are narrower.
    """
    counted = read_counts([table], dims, value, hierarchies, total)
    matrix = members(counted.cells, counted.leaf_places)
    rounded = np.round(matrix @ round_additively(matrix, counted.leaf_counts, base)) + 0.0
    moved = float(np.abs(rounded - counted.counts).max())
    leaves = [dim.leaves for dim in counted.cells.dimensions]
    leaf = (counted.cells.places < leaves).all(axis=1)
    precision = np.where(leaf, base - 1.0, max(base - 1.0, moved))
    made = as_system(counted, Rule(0))
    everything = np.ones(made.size, dtype=np.bool_)
    knows = known(made, ~everything, printed=rounded, precision=precision)
    small = (counted.counts >= 1) & (counted.counts < threshold)
    made = rounded_needs(made, knows, base, small)
    report = attack(made, everything, knows, start=made.value)
    if report.failures:
        raise JsnaError(
            [Problem(table.name, explain(made, found)) for found in report.failures],
            title="Rounding does not protect these cells:",
        )
    rules = np.where(rounded != counted.counts, f"rounded to a multiple of {base}", "")
    order, note = ordered(counted.cells, counted.rows, counted.counts, made, everything)
    published, record = _frames(counted, value, rounded, ~everything, small, rules, order)
    notes = (*counted.notes, note) if note else counted.notes
    axes = counted.cells.dimensions
    return Rounded(published, record, axes, moved, report, notes, counted.flags)


def lists(dims: Sequence[str] | Sequence[Sequence[str]]) -> list[list[str]]:
    """One list of dimensions per table."""
    if all(isinstance(name, str) for name in dims):
        return [[str(name) for name in dims]]
    return [list(names) for names in dims]


def as_system(
    counted: Counted, rule: Rule, public: Mapping[tuple[str, ...], str] | None = None
) -> System:
    """The system of some counted tables, and of the one they are margins of where that is small."""
    names = counted.cells.names()
    zeros, _ = known_zeros(counted.cells, counted.counts, counted.empty)
    known: Flags | None = None
    if public:
        unknown = sorted(set(public) - set(names))
        if unknown:
            raise JsnaError(
                [Problem("public", "no such cell", value=" / ".join(name)) for name in unknown]
            )
        known = np.array([name in public for name in names], dtype=np.bool_)
    made = system(
        names,
        counted.counts,
        equations(counted.cells),
        rule,
        shown=zeros,
        public=known,
        blocks=blocks(counted.cells) if len(names) > DIVIDED else (),
    )
    more = behind(counted.cells) if len(counted.leaf_places) else None
    if more is None:
        return made
    values = count(more, counted.leaf_places, counted.leaf_counts)
    return _unpublished(made, more, values[made.size :])


def _unpublished(made: System, cells: Layout, values: Floats) -> System:
    """A system with more cells, which nobody prints.

    Args:
        made: the system of the first of the cells.
        cells: those, and after them the others.
        values: the counts of the others.
    """
    size = len(values)
    none, nothing = np.zeros(size), np.full(size, np.nan)
    return replace(
        made,
        names=cells.names(),
        value=np.append(made.value, values),
        equations=equations(cells),
        status=np.append(made.status, np.full(size, int(Status.UNPUBLISHED))),
        weight=np.append(made.weight, none),
        low=np.append(made.low, none),
        high=np.append(made.high, np.full(size, np.inf)),
        need_low=np.append(made.need_low, nothing),
        need_high=np.append(made.need_high, nothing),
        need_width=np.append(made.need_width, none),
        contributor=np.append(made.contributor, none),
    )


def _frames(
    counted: Counted,
    value: str,
    printed: Floats,
    hidden: Flags,
    small: Flags,
    rules: Words,
    order: Ints,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What is published, and what is kept of it: the same rows in the same order."""
    places, hidden = counted.cells.places[order], hidden[order]
    published = pd.DataFrame(
        {
            dim.name: np.array(dim.codes, dtype=object)[places[:, axis]]
            for axis, dim in enumerate(counted.cells.dimensions)
        }
    )
    published[value] = pd.array(np.where(hidden, 0, printed[order]), dtype="Int64")
    published.loc[hidden, value] = pd.NA
    record = published.copy()
    record["truth"] = counted.counts[order].astype(np.int64)
    record["suppressed"], record["primary"], record["rule"] = hidden, small[order], rules[order]
    return published, record


def number(value: float) -> str:
    """A number in words, whole ones with all their digits."""
    near = round(value)
    return str(near) if abs(value - near) < 1e-4 else f"{value:.6g}"


def explain(made: System, found: Interval) -> str:
    """What a failure gives away and by which equations, in words."""
    low, high = number(found.low), "any number" if np.isinf(found.high) else number(found.high)
    what = f"is {low}" if found.verdict == "exact" else f"lies between {low} and {high}"
    who = f"the family of a child in [{made.label(found.contributor)}] can work out that "
    who = who if found.contributor >= 0 else ""
    rows = list(dict.fromkeys(row for row, _ in found.because))
    because = "; ".join(made.describe(row) for row in rows[:6])
    more = f"; and {len(rows) - 6} more" if len(rows) > 6 else ""
    reason = f" (from {because}{more})" if because else ""
    return f"{who}[{made.label(found.cell)}] {what}{reason}"
