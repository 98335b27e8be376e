"""What an attacker has: the safe measures as published, beside the truth they were made from.

Nothing is taken over from the stage that protected them. The rows that are published say which
counts are printed and how exactly; the linked tables say what else is known about them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from jsna import io
from jsna.disclosure import earlier, limits, revision
from jsna.disclosure.attacking import groups
from jsna.disclosure.attacking.arrivals import Arrivals
from jsna.disclosure.attacking.attack import Known
from jsna.disclosure.attacking.brackets import bracketed
from jsna.disclosure.attacking.moved import telling as moved_sums
from jsna.disclosure.attacking.remainders import Subtraction
from jsna.disclosure.contribution import refused
from jsna.disclosure.ledger.entries import linked_tables
from jsna.disclosure.ledger.linked_tables import NONE, LinkedTables
from jsna.disclosure.system import Flags, Floats, Ints, Status, System
from jsna.errors import JsnaError, Problem
from jsna.measures.contributions import FILE as CONTRIBUTIONS
from jsna.measures.derived import counted
from jsna.measures.values import CALCULATED, recalculated
from jsna.model import schema
from jsna.model.configuration import Configuration

_KEY = list(schema.KEY)
#: Of each column of counts: what is printed, its cells, how far off, the room, the base.
_Off = dict[str, tuple[Floats, Ints, Floats, Floats, Floats]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """An edition as its attacker sees it; k rows, n cells.

    Attributes:
        rows: the true measures of the rows that are published and protected.
        safe: the same rows as published.
        linked: the counts behind them.
        system: the linked tables as a system, with official ratios.
        known: bounds within which everyone knows each cell to lie.
        hidden: rows published without numbers of their own counts, shape (k,).
        past: what was last published of the rows, see `revision.align`.
        stands: those of the hidden rows that are printed as they were then, shape (k,).
        earlier: names of the earlier publications.
        left: rows that, with the parts of them that are printed, tell what is left of too few
            people, be it a sum or between which quantiles they lie, or of amounts that are nearly
            all one's.
    """

    rows: pd.DataFrame
    safe: pd.DataFrame
    linked: LinkedTables
    system: System
    known: Known
    hidden: Flags
    past: pd.DataFrame
    stands: Flags
    earlier: tuple[str, ...] = ()
    left: tuple[int, ...] = ()


def gather(
    safe: pd.DataFrame,
    measures: pd.DataFrame,
    config: Configuration,
    official: pd.DataFrame | None = None,
    earlier: Mapping[str, pd.DataFrame] | None = None,
    contributions: pd.DataFrame | None = None,
    last: pd.DataFrame | None = None,
) -> Evidence:
    """The evidence of an edition.

    Args:
        safe: measures about to be published.
        measures: the unprotected measures they were made from.
        config: declarations and profiles.
        official: unsuppressed official figures of the same keys.
        earlier: ledgers of earlier publications by name, oldest first.
        contributions: who is behind sums of money, see `measures.contributions`.
        last: rows as last published, of any edition.

    Raises:
        JsnaError: what is published was not made from these measures: keys that are not among
            them, numbers that are neither theirs nor rounded from them, hidden rows with a number.
    """
    profiles = {name: config.profile(name) for name in safe["profile"].unique()}
    guards = {name: profile.protective for name, profile in profiles.items()}
    published = safe.loc[safe["profile"].map(guards).to_numpy(dtype=bool)].reset_index(drop=True)
    rows = published[_KEY].merge(measures, on=_KEY, how="left", validate="1:1")
    unknown = rows["profile"].isna()
    _refuse(published, unknown.to_numpy(dtype=bool), "is published and was not measured", "key")
    many, few = len(rows), groups.telling(published, rows, contributions, config)
    published, rows = groups.with_told(published, rows, contributions, config)
    made = linked_tables(rows, config, official, earlier, contributions)
    past = revision.align(rows, last)
    without = published["status"].eq("c").to_numpy(dtype=bool)
    again = np.array(revision.refused(rows, past, made, config), dtype=str)
    kept: Flags = np.asarray(again != "", dtype=np.bool_)
    told = _truth(published, rows, made, config) & ~kept
    # What is printed as before and is not what was measured says nothing of what was.
    stands = ~without & revision.same(published, past) & ~told
    hidden = without | stands
    rule = "is far from what was measured, and stands as it was"
    _refuse(rows, stands & ((again == revision.FAR) | revision.far(made, past)), rule, "far")
    shown = published[list(limits.LIMITS)].notna().any(axis=1).to_numpy(dtype=bool)
    rule = "prints the limits of a mean beside one that is hidden, or of values few or much alike"
    _refuse(rows, shown & limits.withheld(rows, past, hidden, config), rule, "limits")
    rule = "prints a standardised rate of which a group has few, or leaves few, or a hidden count"
    _refuse(rows.iloc[:many], ~stands[:many] & few, rule, "groups")
    money = Subtraction(rows, config, contributions)
    money.require(made)
    came = Arrivals(rows, config)
    came.require(made)
    _tell_unmoved(made, published, told & ~without & revision.same(published, past))
    low, high = _printed(published, rows, made, without, stands, config)
    _expect_hidden(rows, revision.hidden_still(made, past) & ~without)
    there = {*np.flatnonzero(~hidden).tolist()}
    told_ = came.told(there, made) | bracketed(published, hidden, config, rows)
    left = sorted({whole.row for whole, *_ in money.leaves(there)} | told_)
    system = made.system(_refused(rows, hidden, kept, config, contributions))
    rule = "is of another sum than was printed, by what few people or nearly all one of them cost"
    moved = moved_sums(published, rows, ~hidden, config, earlier or {}, contributions)
    _refuse(rows, moved, rule, "moved")
    system = _rounded(system, made)
    known = Known(
        np.concatenate([low, system.low[made.size :]]),
        np.concatenate([high, system.high[made.size :]]),
    )
    # What a rate tells beside its own counts is known by now, and no row that is published.
    del made.numerators[many:], made.denominators[many:]
    return Evidence(
        rows.iloc[:many],
        published.iloc[:many],
        made,
        system,
        known,
        hidden[:many],
        past.iloc[:many],
        stands[:many],
        (*(earlier or ()),),
        tuple(left),
    )


def _tell_unmoved(made: LinkedTables, safe: pd.DataFrame, which: Flags) -> None:
    """Note what rounded counts of rows tell that print what was measured and what was before.

    To hide them would take nothing back, so that no more can be asked to be uncertain than they
    leave.
    """
    moves, steps = made.moves(), np.array(made.rounding)
    for column, side in (("numerator", made.numerators), ("denominator", made.denominators)):
        printed = safe[column].tolist()
        for row in map(int, np.flatnonzero(which & safe[column].notna().to_numpy(dtype=bool))):
            cell = side[row]
            if cell != NONE and steps[cell] > 1:
                made.tell(cell, printed[row] - moves[cell], printed[row] + moves[cell])


def _rounded(system: System, made: LinkedTables) -> System:
    """The system asking also that what rounding alone protects stays uncertain by its base."""
    own = np.zeros(system.size, dtype=np.bool_)
    own[: made.size] = made.uncertain()
    width = np.zeros(system.size)
    width[: made.size] = np.array(made.rounding, dtype=np.float64) - 1
    return replace(
        system,
        status=np.where(own, int(Status.PRIMARY), system.status),
        need_width=np.where(own, width, system.need_width),
    )


def _refused(
    rows: pd.DataFrame,
    hidden: Flags,
    kept: Flags,
    config: Configuration,
    contributions: pd.DataFrame | None,
) -> Flags:
    """Rows that a rule of their own forbids to publish, or to publish anew."""
    rules = refused(rows, config, contributions)
    own = np.array([rule != "" for rule in rules], dtype=np.bool_) | kept
    rule = "is published although a rule of its profile forbids it"
    _refuse(rows, own & ~hidden, rule, "refused")
    return own


def _expect_hidden(rows: pd.DataFrame, shown: Flags) -> None:
    """Refuse rows that are shown although they were hidden and have hardly changed.

    That they are shown is no number, and so nothing the attack would see.
    """
    rule = "was hidden when last published, has changed by too little to be shown, and is shown"
    _refuse(rows, shown, rule, "reopened")


def _refuse(rows: pd.DataFrame, which: Flags, rule: str, code: str) -> None:
    if which.any():
        raise JsnaError(
            Problem("safe measures", rule, value="; ".join(key), code=f"prove.{code}")
            for key in rows.loc[which, _KEY].astype(str).itertuples(index=False)
        )


def _off(safe: pd.DataFrame, rows: pd.DataFrame, made: LinkedTables) -> _Off:
    """Of each column of counts: what is printed, its cells, how far off, the room, the base."""
    moves, steps = made.moves(), np.array(made.rounding, dtype=np.float64)
    found = {}
    for column, side in (("numerator", made.numerators), ("denominator", made.denominators)):
        cells: Ints = np.array(side, dtype=np.int64)
        shown = safe[column].to_numpy(dtype=np.float64)
        off = np.abs(shown - rows[column].to_numpy(dtype=np.float64))
        room = np.where(cells == NONE, 0.0, moves[cells])
        found[column] = shown, cells, off, room, np.where(cells == NONE, 1.0, steps[cells])
    return found


def _broken(shown: Floats, steps: Floats) -> Flags:
    """What is to be rounded and is no multiple of its base. Pounds that are not have pence."""
    return np.asarray((steps > 1) & (shown % steps > 0))


def _truth(
    safe: pd.DataFrame, rows: pd.DataFrame, made: LinkedTables, config: Configuration
) -> Flags:
    """Rows that print what was measured, or that rounded."""
    counts = _off(safe, rows, made)
    right = ~_miscalculated(safe, rows, config, counts)
    for shown, _, off, room, steps in counts.values():
        right &= ~(off > room) & ~_broken(shown, steps)
    return np.asarray(right)


def _printed(
    safe: pd.DataFrame,
    rows: pd.DataFrame,
    made: LinkedTables,
    without: Flags,
    stands: Flags,
    config: Configuration,
) -> tuple[Floats, Floats]:
    """Bounds on every cell from the rows that print it and from what is public."""
    value = np.array(made.value, dtype=np.float64)
    low, high = made.bounds()
    hidden, silent = without, without | stands
    exempt = np.array([bool(source) for source in made.public], dtype=np.bool_)
    low[exempt] = high[exempt] = value[exempt]
    wrong: dict[str, list[int]] = {}
    counts = _off(safe, rows, made)
    for shown, cells, off, room, steps in counts.values():
        faults = {
            "a hidden row carries a number": hidden & ~np.isnan(shown),
            "a number differs from the measure it stands for": ~silent & (off > room),
            "a count is not rounded": ~silent & _broken(shown, steps),
        }
        for rule, fault in faults.items():
            wrong.setdefault(rule, []).extend(np.flatnonzero(fault).tolist())
        use = ~silent & (cells != NONE) & ~np.isnan(shown)
        np.maximum.at(low, cells[use], shown[use] - room[use])
        np.minimum.at(high, cells[use], shown[use] + room[use])
    # A percentage or a limit of a known total is its count in another form.
    told = safe[list(CALCULATED)].notna().any(axis=1).to_numpy(dtype=bool)
    wrong["a hidden row carries a number"] += np.flatnonzero(hidden & told).tolist()
    wrong["a value or limit is not that of the counts beside it"] = np.flatnonzero(
        ~silent & _miscalculated(safe, rows, config, counts)
    ).tolist()
    problems = [
        Problem("safe measures", rule, value="; ".join(map(str, key)), code="prove.number")
        for rule, at in wrong.items()
        if at
        for key in safe.loc[sorted(set(at)), _KEY].itertuples(index=False)
    ]
    if problems:
        raise JsnaError(problems, title="What is to be published is not what was measured:")
    return _by_rule(low, high, made, value)


def _rounds(counts: _Off) -> Flags:
    """Rows of which a count is printed rounded, if only to itself."""
    steps = [step for *_, step in counts.values()]
    return np.asarray(np.max(steps, axis=0) > 1, dtype=np.bool_)


def _miscalculated(
    safe: pd.DataFrame, rows: pd.DataFrame, config: Configuration, off: _Off
) -> Flags:
    """Rows whose value or limits are neither those measured nor those of the counts printed.

    Calculated from counts before they were rounded, they would give these away; were they printed
    where a count is rounded to itself, and nowhere else, they would tell that it is.
    """
    counts, columns = ["numerator", "denominator"], list(CALCULATED)
    # To the last one: of 150,000 a count rounded by one is another count.
    close = np.isclose(safe[counts], rows[counts], rtol=0, atol=1e-6, equal_nan=True)
    same: Flags = np.asarray(close.all(axis=1) & ~_rounds(off), dtype=np.bool_)
    expected = rows[columns].copy()
    if not same.all():
        # What no counts give is as it was measured.
        given = safe.loc[~same].assign(value=expected.loc[~same, "value"])
        rounded = off["numerator"][-1][~same] > 1
        expected.loc[~same] = recalculated(given, config.indicators, rounded)[columns]
    right = np.isclose(safe[columns], expected, rtol=1e-9, atol=1e-12, equal_nan=True)
    # Those that may not be printed are asked for elsewhere.
    right[:, 1:] |= limits.of_squares(rows, config)[:, None] & safe[columns[1:]].isna()
    return np.asarray(~right.all(axis=1), dtype=np.bool_)


def _by_rule(low: Floats, high: Floats, made: LinkedTables, value: Floats) -> tuple[Floats, Floats]:
    """What the published rule adds: a count that is printed and is not 0 is not small."""
    limit = np.array(made.threshold, dtype=np.float64)
    exempt = np.array([bool(source) for source in made.public], dtype=np.bool_)
    loose = np.isfinite(high) & (high > low) & ~exempt & (value > 0)
    low = np.where(loose, np.maximum(low, np.minimum(limit, value)), low)
    return np.where(np.array(made.signed, dtype=np.bool_), low, np.maximum(low, 0.0)), high


def read(config: Configuration, paths: io.Paths) -> Evidence:
    """The evidence of an edition that has been protected."""
    past = earlier.read(config, paths)
    return gather(
        # What is worked out from these rows tells nobody more than they do.
        counted(io.read_measures(paths.safe / "measures.parquet"), config),
        io.read_measures(paths.restricted / "measures.parquet", cells=True),
        config,
        io.read_measures(paths.restricted / "official.parquet"),
        past.ledgers,
        io.read_parquet(paths.restricted / CONTRIBUTIONS),
        past.last,
    )
