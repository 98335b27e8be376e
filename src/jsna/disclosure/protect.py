"""Protection of measures: small counts, what they can be worked out from, and rounding."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jsna.disclosure.quantities import NONE, Ledger, ledger
from jsna.disclosure.suppression import Hidden, close
from jsna.edition import Configuration
from jsna.errors import JsnaError, Problem
from jsna.measures import schema
from jsna.measures.values import calculate

#: The one reason a hidden cell is published with, whichever rule hid it.
REASON = "disclosure_control"
LOG_COLUMNS = (*schema.KEY, "kind", "rule", "profile")

Flags = NDArray[np.bool_]


def protect(measures: pd.DataFrame, config: Configuration) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measures that are safe to publish, and the record of what was hidden.

    A hidden row keeps its key and carries no number at all: value, limits, numerator and
    denominator go together, as any of them would give away another. Its status is c and its
    reason is the same whether the count is small itself or protects another.

    Args:
        measures: measures in the schema; `profile` says how each row is protected. Profiles
            without a threshold and without rounding pass unchanged.
        config: profiles, and the declarations that say what adds up to what.

    Returns:
        safe: the same keys, protected.
        log: one row for each hidden row: key, kind (primary or secondary), rule, profile. For the
            restricted zone only.

    Raises:
        JsnaError: a row names no profile, or one that does not exist.
    """
    _check_profiles(measures, config)
    # In the order of the key, so that the choice of secondary cells is the same for any order.
    safe = schema.conform(measures)
    profiles = safe["profile"].map(config.profiles)
    guarded = profiles.map(lambda p: p.threshold > 0).to_numpy(dtype=bool)
    rows = safe.loc[guarded]
    rules = np.full(len(safe), "", dtype=object)
    if len(rows):
        rules[guarded] = _hide(rows, config)
    hidden = rules != ""
    base = profiles.map(lambda p: p.rounding).to_numpy(dtype=np.int64)
    _round(safe, base, ~hidden & (base > 1), config)
    safe.loc[hidden, list(schema.NUMBERS)] = np.nan
    safe.loc[hidden, "status"] = "c"
    safe.loc[hidden, "reason"] = REASON
    return schema.check(safe, "safe measures"), _log(safe, rules, hidden)


def _check_profiles(measures: pd.DataFrame, config: Configuration) -> None:
    unknown = measures.loc[~measures["profile"].isin(list(config.profiles))]
    if len(unknown):
        raise JsnaError(
            Problem(
                "measures",
                f"no disclosure profile of this name; there are {', '.join(config.profiles)}",
                column=f"profile of {indicator}",
                value=str(profile),
                count=len(group),
                code="disclosure.profile",
            )
            for (indicator, profile), group in unknown.groupby(["indicator", "profile"])
        )


def _hide(rows: pd.DataFrame, config: Configuration) -> list[str]:
    """Rule that hides each row, or "" where it is shown."""
    book = ledger(rows, config)
    hidden = Hidden()
    primary = _primary(rows, book, hidden, config)
    if any(config.profiles[name].secondary for name in set(rows["profile"])):
        close(_secondary_only(book, rows, config), hidden)
    result = []
    for own, top, bottom in zip(primary, book.numerators, book.denominators, strict=True):
        rule = own or hidden.rules.get(top, "") or hidden.rules.get(bottom, "")
        # Hidden because the same count is small, or goes, in another row.
        result.append(rule if own or rule in ("", "sum") else "same_count")
    return result


def _primary(rows: pd.DataFrame, book: Ledger, hidden: Hidden, config: Configuration) -> list[str]:
    """Hide small counts, small complements and small denominators; returns each row's own rule."""
    kinds = rows["indicator"].map(
        lambda name: config.indicators[name].kind if name in config.indicators else ""
    )
    result = []
    complements = rows["profile"].map(lambda name: config.profiles[name].complements)
    for top, bottom, kind, counts_rest in zip(
        book.numerators, book.denominators, kinds, complements, strict=True
    ):
        rule = ""
        if top != NONE and 0 < book.values[top] < book.thresholds[top]:
            rule = "small_count"
        if bottom != NONE:
            limit = book.thresholds[bottom]
            rest = book.values[bottom] - book.values[top] if top != NONE else 0
            inside = kind in ("proportion", "share") and counts_rest
            if 0 < book.values[bottom] < limit:
                hidden.add(bottom, "small_denominator")
                rule = rule or "small_denominator"
            elif inside and 0 < rest < limit:
                rule = rule or "small_complement"
        # A zero of very few is hidden with them; the zero itself is no secret elsewhere.
        if rule and top != NONE and book.values[top] > 0:
            hidden.add(top, rule)
        result.append(rule)
    return result


def _secondary_only(book: Ledger, rows: pd.DataFrame, config: Configuration) -> Ledger:
    """The ledger without equations between quantities that only unprotected sums show."""
    asks = rows["profile"].map(lambda name: config.profiles[name].secondary).to_numpy(dtype=bool)
    wanted = {
        quantity
        for side in (book.numerators, book.denominators)
        for quantity, ask in zip(side, asks, strict=True)
        if ask
    }
    equations = [members for members in book.equations if wanted.issuperset(members)]
    return Ledger(
        book.keys, book.values, book.thresholds, book.numerators, book.denominators, equations
    )


def _round(
    safe: pd.DataFrame, base: NDArray[np.int64], rounded: Flags, config: Configuration
) -> None:
    """Round the counts of rows to their base, half up, and calculate their values again."""
    if not rounded.any():
        return
    rows = safe.loc[rounded].copy()
    step = base[rounded].astype(np.float64)
    for column in ("numerator", "denominator"):
        rows[column] = np.floor(rows[column].to_numpy() / step + 0.5) * step
    multiplier = np.array([config.indicators[name].multiplier for name in rows["indicator"]])
    calculate(rows, multiplier)
    # A count too small to have been published before rounding is gone; none can round to nobody.
    rows["note"] = [
        f"{note} Counts rounded to the nearest {size:.0f}.".strip()
        for note, size in zip(rows["note"], step, strict=True)
    ]
    safe.loc[rounded, rows.columns] = rows


def _log(safe: pd.DataFrame, rules: NDArray[np.object_], hidden: Flags) -> pd.DataFrame:
    """What was hidden and why, sorted by key."""
    log = safe.loc[hidden, [*schema.KEY, "profile"]].copy()
    log["rule"] = pd.Series(rules[hidden], index=log.index, dtype="str")
    secondary = log["rule"].isin(("sum", "same_count"))
    log["kind"] = np.where(secondary, "secondary", "primary")
    log["kind"] = log["kind"].astype("str")
    ordered = log[list(LOG_COLUMNS)].sort_values(list(schema.KEY), kind="stable")
    return ordered.reset_index(drop=True)
