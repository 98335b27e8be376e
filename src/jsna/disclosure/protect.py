"""Protection of measures: small counts, what they can be worked out from, and rounding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from jsna.disclosure import contribution, limits, revision
from jsna.disclosure.brackets import Brackets
from jsna.disclosure.fallbacks import choose
from jsna.disclosure.ledger.entries import linked_tables
from jsna.disclosure.ledger.linked_tables import NONE, LinkedTables, ledger, printed
from jsna.disclosure.ledger.outside import BEFORE
from jsna.disclosure.remainders import Remainders
from jsna.disclosure.revision import GROUP
from jsna.disclosure.strata import telling, with_groups
from jsna.disclosure.suppression import Hiding, hide
from jsna.disclosure.system import Flags, Floats, Ints
from jsna.errors import JsnaError, Problem
from jsna.measures.values import mark_low, recalculated
from jsna.model import schema
from jsna.model.configuration import Configuration

#: The one reason a hidden cell is published with, whichever rule hid it.
REASON: Final = "disclosure_control"
#: Said of a small count that is shown because others publish it unsuppressed.
PUBLIC: Final = "A small number that is public already, and so not hidden."
#: How the methods of rounding are put in words.
_WAYS: Final = {"nearest": "the nearest", "controlled": "a multiple of"}
LOG_COLUMNS: Final = (*schema.KEY, "kind", "rule", "stands", "profile")


@dataclass(frozen=True, slots=True)
class Protection:
    """Measures that are safe to publish, and the record of how they were made so.

    Attributes:
        safe: the rows published, protected.
        log: one row for each row whose own counts are not printed: key, kind (primary or
            secondary), rule, whether it stands as it was published before, profile.
            For the restricted zone only, as all below.
        ledger: the cells behind the rows, see `linked.ledger`.
        fallbacks: recoding taken of each fallback, see `fallbacks.choose`.
        hiding: what the solver chose; None where nothing was to be protected.
    """

    safe: pd.DataFrame
    log: pd.DataFrame
    ledger: pd.DataFrame
    fallbacks: pd.DataFrame
    hiding: Hiding | None


def protect(
    measures: pd.DataFrame,
    config: Configuration,
    official: pd.DataFrame | None = None,
    earlier: Mapping[str, pd.DataFrame] | None = None,
    contributions: pd.DataFrame | None = None,
    last: pd.DataFrame | None = None,
    recodings: pd.DataFrame | None = None,
) -> Protection:
    """Measures that are safe to publish.

    Of each breakdown the recoding of its fallback that loses little is taken; rows that a rule of
    their own forbids are hidden; then counts are hidden at the least loss so that none that is
    small can be worked out; then what is left is rounded where its profile says so. A hidden row
    keeps its key and carries no number at all: value, limits, numerator and denominator go
    together, as any of them would give away another. Its status is c and its reason is the same
    whether the count is small itself or protects another. A row that was published before and has
    changed by too little, or by what would give another change away, is printed as it was.

    Args:
        measures: measures in the schema with their cells; `profile` says how each row is
            protected. Profiles that protect nothing pass unchanged.
        config: profiles, and the declarations that say what adds up to what.
        official: unsuppressed official figures of the same keys, which everybody knows.
        earlier: ledgers of earlier publications by name, oldest first.
        contributions: who is behind sums of money, see `measures.contributions`.
        last: rows as last published, of any edition; without them nothing can stand as it was.
        recodings: `fallbacks` of the last publication of this edition, whose recodings are taken
            again.

    Raises:
        JsnaError: a row names no profile; or counts contradict each other.
    """
    _check_profiles(measures, config)
    # In the order of the key, so that the choice of secondary cells is the same for any order.
    safe, fallbacks = choose(schema.conform(measures, cells=True), config, recodings)
    guards = {name: config.profile(name).protective for name in safe["profile"].unique()}
    guarded = safe["profile"].map(guards).to_numpy(dtype=bool)
    rows, of = with_groups(safe.loc[guarded].reset_index(drop=True), config, contributions)
    made = linked_tables(rows, config, official, earlier, contributions)
    if not len(rows):
        empty = ledger(made, np.zeros(made.size, dtype=np.bool_))
        nothing = _log(rows, [], np.zeros(0, dtype=np.bool_))
        safe = schema.conform(safe)
        return Protection(schema.check(safe, "safe measures"), nothing, empty, fallbacks, None)
    past = revision.align(rows, last)
    told = zip(
        contribution.refused(rows, config, contributions),
        revision.refused(rows, past, made, config),
        strict=True,
    )
    own = [rule or kept for rule, kept in told]
    # The groups of a rate that may not be printed are not told either.
    own = [rule or GROUP * (own[rate] != "") for rule, rate in zip(own, of, strict=True)]
    refused = np.array([rule != "" for rule in own], dtype=np.bool_)
    still = revision.hidden_still(made, past)[of]
    # Whatever else is hidden, these are printed as they were, and fit what is counted now.
    every = np.ones(made.size, dtype=np.bool_)
    kept = revision.stands(made, past, _rules(rows, made, every, own, still, config))
    revision.tell_rounded(made, past, kept & revision.unmoved(made, rows, past, config))
    money = Remainders(rows, made, config, contributions)
    # What nothing prints at all is left whichever of the parts are hidden.
    money.protect(np.ones(len(rows), dtype=np.bool_))
    money.protect(~refused & ~still)
    hiding = hide(made, refused | still)
    rules = _rules(rows, made, hiding.solution.hidden, own, still, config)
    # What is hidden with a remainder may itself be of few: the two together are known.
    while money.protect(np.array([rule == "" for rule in rules], dtype=np.bool_)):
        hiding = hide(made, refused | still)
        rules = _rules(rows, made, hiding.solution.hidden, own, still, config)
    rules = telling(rows, made, rules, config, contributions, of)
    rules = Brackets(rows, made, config).hide(rules)
    small = revision.little(made, past)
    rules = [rule or revision.RULE * kept for rule, kept in zip(rules, small.tolist(), strict=True)]
    hidden = np.array([rule != "" for rule in rules], dtype=np.bool_)
    stands = revision.stands(made, past, rules)
    rounded = _round(rows, made, hidden, config)
    rows.loc[limits.withheld(rows, past, hidden, config), list(limits.LIMITS)] = np.nan
    rows.loc[hidden, list(schema.NUMBERS)] = np.nan
    rows.loc[hidden, "status"] = "c"
    rows.loc[hidden, "reason"] = REASON
    rows.loc[hidden, "note"] = ""
    _say_public(rows, made, hidden)
    if stands.any():
        revision.stand(rows, past, stands)
        revision.annotate(rows, past)
    # What rates tell of their groups is printed by these alone.
    own_rows = rows.loc[of == np.arange(len(rows))]
    safe = schema.conform(pd.concat([safe.loc[~guarded], own_rows], ignore_index=True))
    return Protection(
        schema.check(safe, "safe measures"),
        _log(own_rows, rules[: len(own_rows)], stands[: len(own_rows)]),
        ledger(made, printed(made, hidden), rounded),
        fallbacks,
        hiding,
    )


def _check_profiles(measures: pd.DataFrame, config: Configuration) -> None:
    problems = []
    for name in sorted(measures["profile"].unique()):
        try:
            config.profile(name)
        except KeyError:
            mine = measures.loc[measures["profile"] == name]
            rule = f"no disclosure profile of this name; there are {', '.join(config.profiles)}"
            problems += [
                Problem(
                    "measures",
                    rule,
                    column=f"profile of {indicator}",
                    value=name,
                    count=len(group),
                    code="disclosure.profile",
                )
                for indicator, group in mine.groupby("indicator")
            ]
    if problems:
        raise JsnaError(problems)


def _rules(
    rows: pd.DataFrame,
    made: LinkedTables,
    hidden: Flags,
    own: Sequence[str],
    still: Flags,
    config: Configuration,
) -> list[str]:
    """Rule that hides each row where some cells are hidden, or "" where it is shown.

    `small_count`, `small_denominator`, `small_complement`, `revision` (a count has changed by
    little since it was published) and those of `contribution` are primary; `sum` is secondary: the
    figure would give away another. So are `group` and `bracket`, which are found in what is shown.
    """
    small = made.small()
    complements = {n: config.profile(n).complements for n in rows["profile"].unique()}
    counts = zip(
        own,
        still.tolist(),
        made.numerators,
        made.denominators,
        rows["profile"].map(complements).tolist(),
        strict=True,
    )
    result = []
    for rule, as_before, top, bottom, counts_rest in counts:
        both = NONE not in (top, bottom)
        rest = made.value[bottom] - made.value[top] if both else 0.0
        limit = max(made.threshold[top], made.threshold[bottom]) if both else 0
        if rule:
            result.append(rule)
        elif not any(cell != NONE and hidden[cell] for cell in (top, bottom)):
            result.append("sum" if as_before else "")
        elif top != NONE and small[top]:
            result.append("small_count")
        elif bottom != NONE and small[bottom]:
            result.append("small_denominator")
        elif counts_rest and 0 < rest < limit:
            result.append("small_complement")
        elif top in made.revised or bottom in made.revised:
            result.append(revision.RULE)
        else:
            result.append("sum")
    return result


def _say_public(rows: pd.DataFrame, made: LinkedTables, hidden: Flags) -> None:
    """Name the source of small counts that are shown because it gives them already, in place."""
    limit = np.array(made.threshold, dtype=np.float64)
    value = np.array(made.value, dtype=np.float64)
    small = (value > 0) & (value < limit)
    sources, notes = rows["source"].tolist(), rows["note"].tolist()
    for place in np.flatnonzero(~hidden):
        cells = [c for c in (made.numerators[place], made.denominators[place]) if c != NONE]
        told = sorted({made.public[c] for c in cells if small[c] and made.public[c]})
        if told:
            # An earlier edition of this report is no source of its own.
            named = [source for source in told if not source.startswith(BEFORE)]
            sources[place] = "+".join(dict.fromkeys([*sources[place].split("+"), *named]))
            notes[place] = f"{notes[place]} {PUBLIC}".strip()
    rows["source"], rows["note"] = sources, notes


def _round(rows: pd.DataFrame, made: LinkedTables, hidden: Flags, config: Configuration) -> Floats:
    """Round the counts of the rows that are shown, and calculate their values again, in place.

    A count is rounded the same in whichever row it stands, to the largest base of any of them.

    Returns:
        What each cell is printed as, shape (n,).
    """
    steps = np.array(made.rounding, dtype=np.float64)
    value = np.array(made.value, dtype=np.float64)
    if not (steps > 1).any():
        return value
    controlled = np.array(made.controlled, dtype=np.bool_)
    rounded = np.floor(value / steps + 0.5) * steps
    if controlled.any():
        from jsna.disclosure.solving.additive import round_system

        found = round_system(made.system(hidden), np.where(controlled, steps, 1.0))
        rounded = np.where(controlled, found, rounded)
    changed = np.zeros(len(rows), dtype=np.bool_)
    tops = changed
    size = np.ones(len(rows))
    for column, side in (("numerator", made.numerators), ("denominator", made.denominators)):
        cells: Ints = np.array(side, dtype=np.int64)
        mine = (cells != NONE) & (steps[cells] > 1) & ~hidden
        rows.loc[mine, column] = rounded[cells[mine]]
        size = np.where(mine, np.maximum(size, steps[cells]), size)
        tops = mine if column == "numerator" else tops
        changed = changed | mine
    rounded = np.where(steps > 1, rounded, value)
    if not changed.any():
        return rounded
    again = recalculated(rows.loc[changed], config.indicators, tops[changed])
    # What counts alone do not give would be that of the true ones.
    gone = again["value"].isna() & again["status"].eq("")
    again.loc[gone, ["status", "reason"]] = "x", "rounded"
    # A `low` left from before would tell a few from none.
    mark_low(again, np.array([config.indicators[n].decimals for n in again["indicator"]]))
    columns = (again[name] for name in ("note", "profile", "indicator"))
    again["note"] = [
        f"{note} {_rounded_by(config, profile, name, top)} {step:.0f}.".strip()
        for note, profile, name, top, step in zip(
            *columns, tops[changed], size[changed], strict=True
        )
    ]
    rows.loc[changed, again.columns] = again
    return rounded


def _rounded_by(config: Configuration, profile: str, indicator: str, top: bool) -> str:
    """What is rounded and how, in words: sums as their indicator says, counts by their profile."""
    kind = config.indicators[indicator].kind
    if kind.sums or (kind.amounts and top):
        return f"Sums rounded to {_WAYS['nearest']}"
    return f"Counts rounded to {_WAYS[config.profile(profile).rounding_method]}"


def _log(rows: pd.DataFrame, rules: list[str], stands: Flags) -> pd.DataFrame:
    """What was hidden and why, sorted by key."""
    rule = pd.Series(rules, index=rows.index[: len(rules)], dtype="str")
    log = rows.loc[rule.ne(""), [*schema.KEY, "profile"]].copy()
    log["rule"] = rule[rule.ne("")]
    log["stands"] = stands[rule.ne("").to_numpy(dtype=bool)]
    log["kind"] = np.where(log["rule"].isin(revision.SECONDARY), "secondary", "primary")
    log["kind"] = log["kind"].astype("str")
    ordered = log[list(LOG_COLUMNS)].sort_values(list(schema.KEY), kind="stable")
    return ordered.reset_index(drop=True)
