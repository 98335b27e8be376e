"""The linked tables of an edition: counts read off its rows, equations off its declarations."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Final

import pandas as pd

from jsna.disclosure.ledger.equations import add_equations, complements
from jsna.disclosure.ledger.linked_tables import NONE, LinkedTables
from jsna.disclosure.ledger.outside import join_earlier, mark_public, ratios
from jsna.disclosure.ledger.revisions import protect_changes
from jsna.errors import JsnaError, Problem
from jsna.machine.garbage import uncollected
from jsna.measures.contributions import amount
from jsna.measures.sources import extracts_of, profile_of_extracts
from jsna.model import schema
from jsna.model.cells import Cell, Codes
from jsna.model.configuration import Configuration
from jsna.model.indicators import Indicator
from jsna.model.profiles import Profile
from jsna.sources import registry
from jsna.tables.catalogue import CATALOGUE, column_of, made_of

#: Percentage to which sums of amounts stay uncertain where the profile has no p % rule.
_UNSURE: Final = 10.0


@uncollected()
def linked_tables(
    rows: pd.DataFrame,
    config: Configuration,
    official: pd.DataFrame | None = None,
    earlier: Mapping[str, pd.DataFrame] | None = None,
    contributions: pd.DataFrame | None = None,
) -> LinkedTables:
    """The linked tables of the rows of one edition.

    Args:
        rows: measures that are to be protected, in the measure schema with their cells; k rows.
        config: declarations, code lists and profiles.
        official: official figures of the same keys as some rows, unsuppressed.
        earlier: ledger of each earlier publication (see `ledger`), by its name, oldest first.
        contributions: who is behind sums of money, see `measures.contributions`.

    Raises:
        JsnaError: a count has no cell; or rows contradict each other: one cell counted differently,
            parts that come to more than their total. It is a fault of declarations or program, not
            of a child's data.
    """
    made = LinkedTables()
    known: dict[Cell, int] = {}
    pairs = _cells(made, known, rows, config)
    _show_the_empty(made, known)
    if contributions is not None and made.amounts.fewest:
        made.amounts.count({one: made.cells[one] for one in made.amounts.fewest}, contributions)
    if official is not None and len(official):
        mark_public(made, rows, official)
        made.ratios = list(ratios(made, rows, official, config))
    shared: dict[Hashable, int] = {}
    newest = {**add_equations(made, known, shared), **complements(made, pairs, shared)}
    newest |= _by_what(known)
    everything = dict(known)
    versions: list[tuple[str, dict[Hashable, int]]] = []
    for name, before in (earlier or {}).items():
        own = join_earlier(made, known, name, before)
        followed = add_equations(made, own, shared, strict=False)
        followed.update(complements(made, _same_pairs(made, pairs, own), shared))
        versions.append((name, followed | _by_what(own)))
        for cell, number in own.items():
            everything.setdefault(cell, number)
    if len(everything) > len(known):
        add_equations(made, everything, shared, strict=False)
    if versions:
        protect_changes(made, [*versions, ("", newest)])
    return made


def _by_what(known: Mapping[Cell, int]) -> dict[Hashable, int]:
    return dict(known.items())


def _same_pairs(
    made: LinkedTables, pairs: Mapping[tuple[int, int], Profile], own: Mapping[Cell, int]
) -> dict[tuple[int, int], Profile]:
    """Pairs of a whole and its part as another publication has them."""
    found = {}
    for (whole, part), rule in pairs.items():
        outer, inner = own.get(made.cells[whole]), own.get(made.cells[part])
        if outer is None or inner is None or made.value[inner] > made.value[outer]:
            continue
        found[outer, inner] = rule
    return found


def _cells(
    made: LinkedTables, known: dict[Cell, int], rows: pd.DataFrame, config: Configuration
) -> dict[tuple[int, int], Profile]:
    """The counts of every row; returns numerators within their denominators."""
    wrong: dict[str, int] = {}
    pairs: dict[tuple[int, int], Profile] = {}
    by_table: dict[str, Profile] = {}
    _expect_cells(rows)
    _expect_no_debts(rows, config)
    columns = ("indicator", "profile", *schema.CELLS, "numerator", "denominator")
    for name, profile, *texts, top, bottom in zip(
        *(rows[column].tolist() for column in columns), strict=True
    ):
        indicator = config.indicators[name]
        rule = config.profile(profile)
        at = [NONE, NONE]
        for place, (text, count) in enumerate(zip(texts, (top, bottom), strict=True)):
            if not text:
                continue
            cell = Cell.read(text)
            of = _amount(indicator, rule) if place == 0 else 0.0
            own = _own_rule(cell, indicator, rule, config, by_table)
            at[place] = _cell(made, known, cell, count, own, wrong, of)
            if of:
                made.rounding[at[place]] = max(made.rounding[at[place]], indicator.rounded_to)
            if of and amount(indicator) is not None:
                made.amounts.expect(at[place], rule.minimum_contributors, rule.dominance / 100)
        made.numerators.append(at[0])
        made.denominators.append(at[1])
        if NONE not in at and rule.complements:
            pairs[at[1], at[0]] = rule
    _round_no_part_above_its_whole(made)
    if wrong:
        raise JsnaError(
            Problem("measures", f"rows count this differently: {label}", count=count, code="linked")
            for label, count in wrong.items()
        )
    return pairs


def _expect_cells(rows: pd.DataFrame) -> None:
    """Raise where a count that is to be protected does not say what it counts.

    It would be printed beside others that it adds up with, and nobody would see that it does.
    """
    for column, cell in zip(("numerator", "denominator"), schema.CELLS, strict=True):
        alone = rows.loc[rows[column].notna() != rows[cell].ne(""), "indicator"]
        if len(alone):
            rule = f"a {column} that is to be protected and its cell must stand together"
            raise JsnaError(
                Problem("measures", rule, value=str(name), count=int(count), code="linked.cell")
                for name, count in alone.value_counts().sort_index().items()
            )


def _expect_no_debts(rows: pd.DataFrame, config: Configuration) -> None:
    """Raise where a sum of money is below nothing: what is known of a sum is that it is not.

    Its parts may then come to more than it, and no interval of any of them is sound.
    """
    sums = [name for name, one in config.indicators.items() if one.kind.sums]
    below = rows.loc[rows["indicator"].isin(sums) & rows["numerator"].lt(0), "indicator"]
    if len(below):
        rule = (
            "a sum of amounts is below zero and cannot be protected; declare what was spent and "
            "what came back as two indicators, each with a condition on the amount"
        )
        raise JsnaError(
            Problem("measures", rule, value=str(name), count=int(count), code="linked.below_zero")
            for name, count in below.value_counts().sort_index().items()
        )


def _own_rule(
    cell: Cell,
    indicator: Indicator,
    rule: Profile,
    config: Configuration,
    known: dict[str, Profile],
) -> Profile:
    """The profile of a count: its row's, or that of the fewer sources that tell it.

    Pupils of the census are not to be rounded everywhere because they are what pupils known to a
    health service are divided by.
    """
    table = CATALOGUE[cell.table]
    marks = {mark for mark, _ in table.known.values()}
    told = all(column_of(c) in table.columns or c in marks for c, _ in cell.box)
    if not (made_of(table) and told and set(made_of(table)) < set(extracts_of(indicator))):
        return rule
    if table.name not in known:
        known[table.name] = config.profile(profile_of_extracts(made_of(table), config))
    return known[table.name]


def _round_no_part_above_its_whole(made: LinkedTables) -> None:
    """Leave a count as it is where it is that of everyone it is out of, who are not rounded."""
    for top, bottom in zip(made.numerators, made.denominators, strict=True):
        if NONE not in (top, bottom) and made.value[top] == made.value[bottom]:
            made.rounding[top] = min(made.rounding[top], made.rounding[bottom])


def _show_the_empty(made: LinkedTables, known: Mapping[Cell, int]) -> None:
    """Zeros of categories that nobody is ever in are always printed.

    An indicator that is measured among the people of a category has no row for such a one. Were
    its zero hidden elsewhere, the missing row would tell it.
    """
    most: dict[tuple[str, str, Codes], float] = {}
    for cell, number in known.items():
        for column, codes in cell.box:
            key = cell.table, column, codes
            most[key] = max(most.get(key, 0.0), made.value[number])
    for cell, number in known.items():
        if any(most[cell.table, column, codes] == 0 for column, codes in cell.box):
            made.zeros_shown[number] = True


def _cell(
    made: LinkedTables,
    known: dict[Cell, int],
    cell: Cell,
    count: float,
    rule: Profile,
    wrong: dict[str, int],
    amount: float,
) -> int:
    number = known.get(cell)
    if number is None:
        number = known[cell] = made.add(cell, cell.label(), count, zeros_shown=rule.zeros_shown)
        first = made_of(CATALOGUE[cell.table])[:1]
        if first and registry()[first[0]].public:
            made.public[number] = first[0]
    elif made.value[number] != count:
        wrong[cell.label()] = wrong.get(cell.label(), 1) + 1
    made.magnitude[number] = max(made.magnitude[number], amount)
    # The strictest of the rules of the rows that show it. A small sum of amounts is no small count.
    made.threshold[number] = max(made.threshold[number], 0 if amount else rule.threshold)
    made.contributor[number] = max(made.contributor[number], rule.contributor_width)
    made.zeros_shown[number] &= rule.zeros_shown
    if not amount:
        made.rounding[number] = max(made.rounding[number], rule.rounding)
        made.controlled[number] |= rule.rounding > 1 and rule.rounding_method == "controlled"
        made.protects[number] = max(made.protects[number], rule.protects)
    return number


def _amount(indicator: Indicator, rule: Profile) -> float:
    """Percentage to which a numerator must stay uncertain, where it is a sum and not a count."""
    return (rule.dominance or _UNSURE) if indicator.sums_amounts else 0.0
