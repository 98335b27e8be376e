"""Figures published before: which stand as they were, because their change may not be published.

A figure whose change since an earlier publication is small, or would give another away, is printed
as it was. So is one that is no plain function of the counts beside it (a mean, a slope, a
standardised rate) and has changed while these have hardly: nothing else would protect what a reader
has by comparing the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd

from jsna.disclosure.ledger.linked_tables import NONE, LinkedTables
from jsna.disclosure.limits import LIMITS
from jsna.disclosure.system import Flags
from jsna.measures.values import recalculated
from jsna.model import schema
from jsna.model.configuration import Configuration

#: Why a row is not printed anew on its own account.
RULE: Final = "revision"
#: Why a sum of money is not printed though it was: it is far from what was printed, and it is not
#: known that enough people are behind the change.
FAR: Final = "revision_far"
#: Rules that hide a row for another's sake: counts would follow from its own; values of few hidden
#: children would lie between its quantiles and others; a hidden count of a group from its rate.
SUM, BRACKET, GROUP = "sum", "bracket", "group"
SECONDARY: Final = frozenset({SUM, BRACKET, GROUP})
#: Said of every figure that is printed as before, changed or not: what tells the two apart would
#: tell whom a correction is about.
NOTE: Final = "As published before; changes too small to publish are not shown."
#: What a row is of, in whichever edition it stands and however it was declared to be counted.
KEY: Final = [name for name in schema.SUBJECT if name != "edition"]
#: Methods whose value and limits follow from the two counts beside them.
_PLAIN: Final = frozenset({"count", "proportion", "proportion_wilson", "rate_byar"})
_NUMBERS: Final = list(schema.NUMBERS)
#: Part of a count by which it may have changed, and what was printed of it still stand.
_FAR: Final = 0.1


def latest(every: pd.DataFrame) -> pd.DataFrame:
    """Of rows in the order of their publications the last of each subject, ours before others'."""
    here = every["source"].str.startswith("local:")
    ordered = pd.concat([every.loc[~here], every.loc[here]])
    return ordered.drop_duplicates(KEY, keep="last", ignore_index=True)


def align(rows: pd.DataFrame, last: pd.DataFrame | None) -> pd.DataFrame:
    """What was last printed of the same keys, in any edition; shape and index of `rows`.

    Rows without any, and hidden ones, have no numbers.
    """
    text = [*_NUMBERS, "status", "reason", "note", "source"]
    if last is None or not len(last):
        made = pd.DataFrame(np.nan, index=rows.index, columns=text)
        return made.astype({name: "str" for name in text if name not in _NUMBERS})
    last = latest(last)
    found = rows[KEY].merge(last[[*KEY, *text]], on=KEY, how="left", validate="many_to_one")
    found.index = rows.index
    # What others publish and count in another way is no earlier state of what is counted here.
    others = rows["segment"].eq(schema.LOCAL) & ~found["source"].fillna("").str.startswith("local:")
    found.loc[others, _NUMBERS] = np.nan
    found.loc[others, ["status", "reason", "note", "source"]] = np.nan
    found.loc[found["status"].eq("c").to_numpy(dtype=bool), _NUMBERS] = np.nan
    return found[text]


def printed(past: pd.DataFrame) -> Flags:
    """Rows of which a number was printed before."""
    return np.asarray(past[_NUMBERS].notna().any(axis=1).to_numpy(dtype=np.bool_))


def same(rows: pd.DataFrame, past: pd.DataFrame) -> Flags:
    """Rows that print the very numbers that were printed before."""
    close = np.isclose(rows[_NUMBERS], past[_NUMBERS], rtol=1e-9, atol=1e-12, equal_nan=True)
    # The limits of a mean may have been withheld, see `limits`.
    means, ends = rows["method"].eq("mean_t"), [name in LIMITS for name in _NUMBERS]
    close |= np.outer(means, ends) & past[_NUMBERS].isna().to_numpy(dtype=np.bool_)
    return np.asarray(close.all(axis=1) & printed(past), dtype=np.bool_)


def unmoved(
    made: LinkedTables, rows: pd.DataFrame, past: pd.DataFrame, config: Configuration
) -> Flags:
    """Rows whose numbers as printed before are also those of what is counted now, rounded.

    Args:
        made: the linked tables; k rows.
        rows: true measures.
        past: what was last printed of them.
        config: declarations, from which values follow.
    """
    moves, steps = made.moves(), np.array(made.rounding, dtype=np.float64)
    fit, rounded = printed(past).copy(), np.zeros(len(rows), dtype=np.bool_)
    tops = rounded
    for column, side in (("numerator", made.numerators), ("denominator", made.denominators)):
        cells = np.array(side, dtype=np.int64)
        was, now = (one[column].to_numpy(dtype=np.float64) for one in (past, rows))
        room = np.where(cells == NONE, 0.0, moves[cells])
        base = np.where(cells == NONE, 1.0, steps[cells])
        multiple = (base == 1) | (was % base == 0)
        fit &= ((np.abs(was - now) <= room) & multiple) | (np.isnan(was) & np.isnan(now))
        rounded = rounded | ((was != now) & ~np.isnan(was))
        tops = base > 1 if column == "numerator" else tops
    again = rows.copy()
    mine = fit & rounded
    if mine.any():
        again.loc[mine, ["numerator", "denominator"]] = past[["numerator", "denominator"]]
        again.loc[mine] = recalculated(again.loc[mine], config.indicators, tops[mine])
    return fit & same(again, past)


def tell_rounded(made: LinkedTables, past: pd.DataFrame, which: Flags) -> None:
    """Let the linked tables know that rounded counts of some rows are printed as before, in place.

    Such a row prints the same whether its counts are hidden or not. Everybody is granted to know
    that it has not changed, and so that its counts still round to what is printed: hiding them
    leaves no more of them uncertain than rounding does.

    Args:
        made: the linked tables; k rows.
        past: what was last printed of the rows.
        which: rows that are printed so whatever is hidden.
    """
    moves = made.moves()
    for column, side in (("numerator", made.numerators), ("denominator", made.denominators)):
        was = past[column].to_numpy(dtype=np.float64)
        for row in np.flatnonzero(which & ~np.isnan(was)):
            if (cell := side[row]) != NONE and made.rounding[cell] > 1:
                made.tell(cell, was[row] - moves[cell], was[row] + moves[cell])


def refused(
    rows: pd.DataFrame, past: pd.DataFrame, made: LinkedTables, config: Configuration
) -> list[str]:
    """Why rows may not be printed anew whatever else is, or "": values that are more than counts.

    Such a value is printed anew where every count of children beside it has changed by as much as
    its profile's threshold; else it stands as it was printed (`RULE`). A mean is that of those who
    came, told with what it was: it is printed anew where as many came, or left, as a mean must be
    of, and one in pounds where no one of them has nearly all (`Amounts.apart`). A sum of money is
    printed anew where as many more, or fewer, people are behind it as a row must be of; else it
    stands where it has changed by less than the p % rule asks to be uncertain, and is hidden where
    it has changed by more (`FAR`), as what was printed is far from true.

    Args:
        rows: true measures, k rows.
        past: what was last printed of them, see `align`.
        made: their linked tables, with earlier publications.
        config: profiles and declarations.
    """
    changed = printed(past) & ~same(rows, past)
    money = rows["method"].eq("sum").to_numpy(dtype=np.bool_)
    sums = [name for name, one in config.indicators.items() if one.sums_amounts]
    amounts = rows["indicator"].isin(sums).to_numpy(dtype=np.bool_)
    means = [name for name, one in config.indicators.items() if one.kind.amounts]
    mean = rows["indicator"].isin(means).to_numpy(dtype=np.bool_)
    plain = rows["method"].isin(list(_PLAIN)).to_numpy(dtype=np.bool_) & ~amounts
    profiles = {name: config.profile(name) for name in rows["profile"].unique()}
    limits = {name: one.threshold for name, one in profiles.items()}
    fewest = {name: one.minimum_contributors for name, one in profiles.items()}
    limit = rows["profile"].map(limits).to_numpy(dtype=np.float64)
    few = rows["profile"].map(fewest).to_numpy(dtype=np.float64)
    limit = np.where(mean, np.fmax(limit, few), limit)
    # Of a sum of amounts the children are below the line; of a rate those it is about above it.
    side = np.where(amounts, rows["denominator"], rows["numerator"]).astype(np.float64)
    before = np.where(amounts, past["denominator"], past["numerator"]).astype(np.float64)
    enough = np.abs(side - before) >= limit
    found = np.where(changed & ~plain & ~enough & ~money, RULE, "").tolist()
    for row in np.flatnonzero(changed & money):
        found[row] = _money(made, int(row), past["numerator"].iloc[row])
    for row in np.flatnonzero(mean & ~money):
        cell = made.numerators[row]
        # What was printed of it, in whichever row; of values that are no money nothing is kept.
        told = cell in made.amounts.printed
        if told and not found[row] and not made.anew(cell):
            found[row] = RULE
    return [str(rule) for rule in found]


def _money(made: LinkedTables, row: int, told: float) -> str:
    """Why a sum of money may not be printed anew, or ""."""
    cell = made.numerators[row]
    off = abs(made.value[cell] - told)
    if off <= made.moves()[cell] or made.anew(cell):
        return ""
    return RULE if off < made.magnitude[cell] / 100 * told else FAR


def hidden_still(made: LinkedTables, past: pd.DataFrame) -> Flags:
    """Rows hidden when last published of which no count has changed by as much as may be published.

    They stay hidden. Where nothing has changed, that another choice of what to hide would do is no
    reason to publish again; were only these kept hidden, a row shown now would tell of its change.
    """
    was = past["status"].eq("c").to_numpy(dtype=np.bool_)
    found = np.zeros(len(past), dtype=np.bool_)
    for row in np.flatnonzero(was):
        cells = {made.numerators[row], made.denominators[row]} - {NONE}
        counted = bool(cells) and cells <= made.last.keys()
        # Of a mean in pounds it is the sum that must have changed by what enough people cost.
        asked = cells & made.amounts.fewest.keys() or cells
        found[row] = counted and not any(made.anew(cell) for cell in asked)
    return found


def stands(made: LinkedTables, past: pd.DataFrame, rules: Sequence[str]) -> Flags:
    """Hidden rows that are printed as they were before.

    A count that has changed by more than a little and is small now is hidden like any small count,
    and so is whatever prints a count that is far from what it was (`far`): what stood there before
    would not be true.

    Args:
        made: the linked tables; k rows.
        past: what was last printed of the rows.
        rules: the rule that hides each row, "" where it is shown.
    """
    found = np.zeros(len(rules), dtype=np.bool_)
    for row, counts in _told(made, past):
        little = any(cell in made.revised or _hardly(made, cell, count) for cell, count in counts)
        stays = bool(rules[row]) and (little or rules[row] in {*SECONDARY, RULE})
        found[row] = stays and rules[row] != FAR
    return found & ~far(made, past)


def far(made: LinkedTables, past: pd.DataFrame) -> Flags:
    """Rows printed before of which a count is far from what was printed.

    It has changed by as much as may be published, and by a tenth at least: by less, what was
    printed is still about true.

    Args:
        made: the linked tables; k rows.
        past: what was last printed of the rows.
    """
    found = np.zeros(len(past), dtype=np.bool_)
    for row, counts in _told(made, past):
        found[row] = any(
            made.enough(made.last.get(cell, cell), cell)
            and abs(made.value[cell] - count) >= _FAR * count
            for cell, count in counts
        )
    return found


def little(made: LinkedTables, past: pd.DataFrame) -> Flags:
    """Rows printed before of which a count has changed by less than may be published.

    None is printed anew, even where the change could be worked out whatever is hidden, from
    official figures: who can work out both counts does not know that ours became the other.

    Args:
        made: the linked tables; k rows.
        past: what was last printed of the rows.
    """
    found = np.zeros(len(past), dtype=np.bool_)
    for row, counts in _told(made, past):
        found[row] = any(cell in made.revised for cell, _ in counts)
    return found


def _told(made: LinkedTables, past: pd.DataFrame) -> Iterator[tuple[int, list[tuple[int, float]]]]:
    """Rows that print counts which earlier publications printed: their cells, and those counts."""
    was = [past[name].tolist() for name in ("numerator", "denominator")]
    for row in np.flatnonzero(printed(past)):
        sides = zip((made.numerators[row], made.denominators[row]), was, strict=True)
        counts = [(cell, column[row]) for cell, column in sides if cell != NONE]
        if all(count in made.before.get(cell, ()) for cell, count in counts):
            yield int(row), counts


def _hardly(made: LinkedTables, cell: int, told: float) -> bool:
    """Whether a rounded count has changed by less than may be published, and no longer rounds so.

    Its change is no quantity of its own. It stands all the same: that it is hidden where it was
    printed would tell that it has become small.
    """
    last = made.last.get(cell, cell)
    if last == cell or made.rounding[cell] == 1 or made.enough(last, cell):
        return False
    return bool(abs(made.value[cell] - told) > made.moves()[cell])


def stand(rows: pd.DataFrame, past: pd.DataFrame, which: Flags) -> None:
    """Print rows as they were before, in place."""
    for name in (*_NUMBERS, "status", "reason", "source", "note"):
        rows.loc[which, name] = past.loc[which, name]


def annotate(rows: pd.DataFrame, past: pd.DataFrame) -> None:
    """Say of every row that is printed as before that it is, in place."""
    mine = same(rows, past)
    notes = rows.loc[mine, "note"].str.replace(NOTE, "", regex=False).str.strip()
    rows.loc[mine, "note"] = (notes + f" {NOTE}").str.strip()
