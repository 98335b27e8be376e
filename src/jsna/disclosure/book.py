"""One system for everything an edition publishes: every count behind it, and what adds up to what.

Everything printed (tables, charts, sentences, data files) is made from rows of measures, and every
number of a row from its numerator and denominator. The book holds each of these counts once,
whichever rows show it, together with the counts that can be had by subtraction, and the equations
between them. The solver and the attack are given the same book and nothing else in common.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd
from scipy import sparse

from jsna.disclosure.families import Derived, nested, sums
from jsna.disclosure.regions import Codes, Reader, Region
from jsna.disclosure.system import Flags, Floats, Ints, Status, System
from jsna.edition import Configuration, Profile
from jsna.errors import JsnaError, Problem
from jsna.extracts import registry
from jsna.measures import schema
from jsna.measures.catalogue import CATALOGUE
from jsna.measures.cubes import CODELISTS
from jsna.measures.declaration import LOCALITY

#: Stands for a row that has no such side.
NONE: Final = -1
#: How much is lost by hiding a count, in words for the certificate.
WEIGHT: Final = "printed rows lost, times the natural logarithm of one more than the count"
#: Least weight of a count that may be hidden: nothing is hidden for nothing.
_LEAST: Final = 0.01


@dataclass(slots=True)
class Book:
    """Counts of an edition and the equations between them; n cells, m equations, k rows.

    Attributes:
        regions: what each cell counts; for a derived cell the region it is a rest of.
        labels: each cell in words.
        value: true counts, shape (n,).
        threshold: counts from 1 to this less 1 are protected; 0 where none are.
        zeros_shown: zeros of the cell are always printed.
        contributor: width left to the cell under the attack of one contributor.
        derived: cells nobody prints, which follow from others.
        earlier: cells of an earlier edition whose count has been revised since.
        public: source of a cell that is official and unsuppressed, or printed before; "" if not.
        numerators, denominators: cell of each row, or NONE, shape (k,).
        equations: total and parts of each equation, as numbers of cells.
    """

    regions: list[Region] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    threshold: list[int] = field(default_factory=list)
    zeros_shown: list[bool] = field(default_factory=list)
    contributor: list[float] = field(default_factory=list)
    derived: list[bool] = field(default_factory=list)
    earlier: list[bool] = field(default_factory=list)
    public: list[str] = field(default_factory=list)
    numerators: list[int] = field(default_factory=list)
    denominators: list[int] = field(default_factory=list)
    equations: list[tuple[int, ...]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Number of cells."""
        return len(self.value)

    def add(
        self,
        region: Region,
        label: str,
        value: float,
        *,
        threshold: int = 0,
        zeros_shown: bool = False,
        contributor: float = 0.0,
        derived: bool = False,
        earlier: bool = False,
    ) -> int:
        """A new cell; returns its number."""
        self.regions.append(region)
        self.labels.append(label)
        self.value.append(value)
        self.threshold.append(threshold)
        self.zeros_shown.append(zeros_shown)
        self.contributor.append(contributor)
        self.derived.append(derived)
        self.earlier.append(earlier)
        self.public.append("")
        return self.size - 1

    def matrix(self) -> sparse.csr_array:
        """The equations as a matrix: −1 at a total, 1 at its parts; shape (m, n)."""
        lengths = [len(equation) for equation in self.equations]
        rows = np.repeat(np.arange(len(lengths)), lengths)
        cells = np.array([cell for equation in self.equations for cell in equation], dtype=np.int64)
        factors = np.ones(len(cells))
        factors[np.cumsum([0, *lengths[:-1]]).astype(np.int64)[: len(lengths)]] = -1.0
        made = sparse.csr_array((factors, (rows, cells)), shape=(len(lengths), self.size))
        made.sum_duplicates()
        return made

    def small(self) -> Flags:
        """Cells whose count is small and not public."""
        value, limit = np.array(self.value), np.array(self.threshold)
        exempt = np.array([bool(source) for source in self.public], dtype=np.bool_)
        return np.asarray((value > 0) & (value < limit) & ~exempt)

    def weights(self, refused: Flags) -> Floats:
        """Information lost by hiding each cell; 0 for those not printed."""
        rows = np.zeros(self.size)
        for side in (self.numerators, self.denominators):
            cells = np.array(side, dtype=np.int64)
            np.add.at(rows, cells[(cells != NONE) & ~refused], 1.0)
        return np.asarray(rows * np.log1p(self.value) + _LEAST * (rows > 0))

    def system(self, refused: Flags) -> System:
        """The book as a system to be protected and attacked.

        Args:
            refused: rows not printed whatever happens, by a rule of their own, shape (k,).
        """
        value, small = np.array(self.value), self.small()
        zeros, derived = np.array(self.zeros_shown), np.array(self.derived)
        weight = self.weights(refused)
        status = np.full(self.size, int(Status.FREE), dtype=np.int64)
        # What no row prints any more is not known, however harmless it is.
        status[derived | np.array(self.earlier) | (weight == 0)] = Status.UNPUBLISHED
        status[zeros & (value == 0) & ~derived] = Status.SHOWN
        status[[bool(source) for source in self.public]] = Status.PUBLIC
        status[small] = Status.PRIMARY
        weight[status != Status.FREE] = 0.0
        # Where zeros are always printed, everyone knows that a hidden count is at least 1.
        least = np.where(zeros & ~derived & (value >= 1), 1.0, 0.0)
        top = np.array(self.threshold) - 1.0
        bottom = np.where(zeros, 1.0, 0.0)
        return System(
            names=self.labels,
            value=value,
            equations=self.matrix(),
            status=status,
            weight=weight,
            low=least,
            high=np.full(self.size, np.inf),
            need_low=np.where(small, bottom, np.nan),
            need_high=np.where(small, top, np.nan),
            need_width=np.where(small, top - bottom, 0.0),
            contributor=np.where(small, self.contributor, 0.0),
        )


def book(
    rows: pd.DataFrame,
    config: Configuration,
    official: pd.DataFrame | None = None,
    earlier: Mapping[str, pd.DataFrame] | None = None,
) -> Book:
    """The book of the rows of one edition.

    Args:
        rows: measures that are to be protected, in the measure schema; k rows.
        config: declarations, code lists and profiles.
        official: official figures of the same keys as some rows, unsuppressed.
        earlier: ledger of each earlier edition (see `ledger`), by its name.

    Raises:
        JsnaError: rows contradict each other: one region counted differently, parts that come to
            more than their total. It is a fault of declarations or program, not of a child's data.
    """
    made = Book()
    known: dict[Region, int] = {}
    pairs = _cells(made, known, rows, config)
    _public(made, rows, official)
    for name, ledger_ in (earlier or {}).items():
        _earlier(made, known, name, ledger_, config)
    _equations(made, known, config)
    _complements(made, pairs, config)
    return made


def _cells(
    made: Book, known: dict[Region, int], rows: pd.DataFrame, config: Configuration
) -> dict[tuple[int, int], Profile]:
    """The counts of every row; returns numerators within their denominators."""
    reader = Reader(config)
    wrong: dict[str, int] = {}
    pairs: dict[tuple[int, int], Profile] = {}
    fields = ["indicator", "area_code", "geography", "period", "period_type", "breakdown"]
    columns = [rows[name].tolist() for name in [*fields, "category", "profile"]]
    counts = rows["numerator"].tolist(), rows["denominator"].tolist()
    for name, area, geography, period, kind, breakdown, category, profile, top, bottom in zip(
        *columns, *counts, strict=True
    ):
        indicator = config.indicators[name]
        rule = config.profile(profile)
        at = [NONE, NONE]
        sides = ((indicator.numerator, (), top), (indicator.denominator, indicator.over, bottom))
        for place, (side, over, count) in enumerate(sides):
            if side is None or np.isnan(count) or (place == 0 and indicator.kind == "mean"):
                continue
            region = reader.region(
                side,
                indicator,
                area=area,
                geography=geography,
                period=period,
                period_type=kind,
                breakdown=breakdown,
                category=category,
                over=over,
            )
            at[place] = _cell(made, known, region, count, rule, wrong)
        made.numerators.append(at[0])
        made.denominators.append(at[1])
        if NONE not in at and rule.complements:
            pairs[at[1], at[0]] = rule
    if wrong:
        raise JsnaError(
            Problem("measures", f"rows count this differently: {label}", count=count, code="book")
            for label, count in wrong.items()
        )
    return pairs


def _cell(
    made: Book,
    known: dict[Region, int],
    region: Region,
    count: float,
    rule: Profile,
    wrong: dict[str, int],
) -> int:
    cell = known.get(region)
    if cell is None:
        cell = known[region] = made.add(region, region.label(), count, zeros_shown=rule.zeros_shown)
        first = CATALOGUE[region.table].extracts[:1]
        if first and not registry()[first[0]].person_level:
            made.public[cell] = first[0]
    elif made.value[cell] != count:
        wrong[region.label()] = wrong.get(region.label(), 1) + 1
    # The strictest of the rules of the rows that show it.
    made.threshold[cell] = max(made.threshold[cell], rule.threshold)
    made.contributor[cell] = max(made.contributor[cell], rule.contributor_width)
    made.zeros_shown[cell] &= rule.zeros_shown
    return cell


def _public(made: Book, rows: pd.DataFrame, official: pd.DataFrame | None) -> None:
    """Mark what an official figure gives away already, being the same count."""
    if official is None or not len(official):
        return
    key = list(schema.KEY)
    fields = ["numerator", "denominator"]
    beside = rows[key].merge(official[[*key, *fields, "source"]], on=key, how="left")
    for field_, cells in zip(fields, (made.numerators, made.denominators), strict=True):
        given = zip(cells, beside[field_].tolist(), beside["source"].tolist(), strict=True)
        for cell, count, source in given:
            if cell != NONE and count == made.value[cell]:
                made.public[cell] = source


def _earlier(
    made: Book, known: dict[Region, int], name: str, ledger_: pd.DataFrame, config: Configuration
) -> None:
    """Join an earlier edition: counts it printed are known, counts it hid stay protected.

    A count that has not changed since is the same cell. One that has, or that is printed no more,
    is a cell of its own, tied by the equations of its own edition.
    """
    own: dict[Region, int] = {}
    fields = ["region", "label", "value", "threshold", "zeros_shown", "contributor", "shown"]
    printed = ledger_.loc[~ledger_["derived"], fields]
    for text, label, value, threshold, zeros, contributor, shown in zip(
        *(printed[column].tolist() for column in fields), strict=True
    ):
        region = Region.read(text)
        cell = known.get(region)
        if cell is None or made.value[cell] != value:
            cell = made.add(
                region,
                f"{label} (edition {name})",
                value,
                threshold=threshold,
                zeros_shown=zeros,
                contributor=contributor,
                earlier=True,
            )
        own[region] = cell
        if shown and not made.public[cell]:
            made.public[cell] = f"edition {name}"
        made.threshold[cell] = max(made.threshold[cell], threshold)
    _equations(made, own, config)
    for region, cell in own.items():
        known.setdefault(region, cell)


def _equations(made: Book, known: Mapping[Region, int], config: Configuration) -> None:
    """Add the sums between regions, with a cell for each count they leave over."""
    derived: dict[Derived, int] = {}
    seen = set(made.equations)

    def complete(column: str) -> Codes | None:
        if column == LOCALITY:
            return frozenset(place.code for place in config.area.localities)
        codes = config.codelists.get(CODELISTS.get(column, column))
        return None if codes is None else frozenset(codes)

    try:
        found = list(sums(known, made.value, complete))
    except ValueError as error:
        rule = f"the parts of a count come to more than it: {error}"
        raise JsnaError(Problem("measures", rule, code="book.parts")) from error
    for total, parts in found:
        cells = [total]
        for part in parts:
            if isinstance(part, int):
                cells.append(part)
                continue
            if part not in derived:
                mates = [total, *(p for p in parts if isinstance(p, int))]
                derived[part] = _rest(made, part, mates)
            cells.append(derived[part])
        equation = (cells[0], *sorted(cells[1:]))
        if equation not in seen:
            seen.add(equation)
            made.equations.append(equation)


def _rest(made: Book, part: Derived, mates: Sequence[int]) -> int:
    """A derived cell: protected like the strictest of the counts it follows from."""
    limit = max(made.threshold[cell] for cell in mates) if part.certain else 0
    return made.add(
        part.region,
        part.label(),
        part.value,
        threshold=limit,
        zeros_shown=all(made.zeros_shown[cell] for cell in mates),
        contributor=max(made.contributor[cell] for cell in mates),
        derived=True,
    )


def _complements(
    made: Book, pairs: Mapping[tuple[int, int], Profile], config: Configuration
) -> None:
    """Those of a denominator who are not counted, where no family has them yet."""
    had = {(e[0], part) for e in made.equations if len(e) == 3 for part in e[1:]}
    for (whole, part), rule in sorted(pairs.items(), key=lambda pair: pair[0]):
        if whole == part or (whole, part) in had:
            continue
        if not nested(made.regions[part], made.regions[whole]):
            continue
        left = made.value[whole] - made.value[part]
        rest = made.add(
            made.regions[whole],
            f"{made.labels[whole]}; less {made.labels[part]}",
            left,
            threshold=max(made.threshold[whole], made.threshold[part]),
            zeros_shown=rule.zeros_shown,
            contributor=rule.contributor_width,
            derived=True,
        )
        made.equations.append((whole, *sorted((part, rest))))


def ledger(made: Book, shown: Flags) -> pd.DataFrame:
    """The book as a table for later editions and auditors (restricted).

    Returns:
        One row per cell: region (JSON), label, value, threshold, zeros_shown, contributor, derived,
        earlier, public, shown.
    """
    return pd.DataFrame(
        {
            "region": [region.text() for region in made.regions],
            "label": made.labels,
            "value": np.array(made.value, dtype=np.float64),
            "threshold": np.array(made.threshold, dtype=np.int64),
            "zeros_shown": np.array(made.zeros_shown, dtype=np.bool_),
            "contributor": np.array(made.contributor, dtype=np.float64),
            "derived": np.array(made.derived, dtype=np.bool_),
            "earlier": np.array(made.earlier, dtype=np.bool_),
            "public": made.public,
            "shown": shown,
        }
    )


def printed(made: Book, hidden_rows: Flags) -> Flags:
    """Cells that some row still prints: its numerator and its denominator are both there."""
    shown = np.zeros(made.size, dtype=np.bool_)
    for side in (made.numerators, made.denominators):
        cells: Ints = np.array(side, dtype=np.int64)
        shown[cells[(cells != NONE) & ~hidden_rows]] = True
    return shown
