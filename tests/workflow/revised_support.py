"""The small edition published again without some children, and an outsider who has both versions.

Which rows a figure counts is written again from its definition, as in `test_protection`, and what
follows is found by linear programs of the tests' own. Of disclosure control nothing is used but
the published threshold.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.optimize import linprog

from jsna import io
from jsna.disclosure.protect import Protection, protect
from jsna.measures import contributions
from jsna.measures.cubes import columns, wanted
from jsna.measures.derived import counted
from jsna.measures.engine import measure
from jsna.measures.merge import merge
from jsna.model.configuration import Configuration
from jsna.settings import loading
from jsna.tables.quality import record
from tests.conftest import SMALL
from tests.unit.outsider import Flags, Floats, extremes, kinds
from tests.workflow.test_protection import (
    AUTHORITY,
    DECILES,
    DISTRICTS,
    KEY,
    NEEDS,
    PROVISION,
    PUPIL_OVER,
    PUPILS,
    VIEWS,
    View,
    among,
    everyone,
    placed,
    sides,
)

Ints = npt.NDArray[np.int64]
#: Counts, and changes, from 1 to 4 are small.
MOST = 4
NUMBERS = ["numerator", "denominator"]
#: Indicators of pupils by the school year in which they were on the roll of a January.
_ROLL = {
    "suspended_pupils",
    "suspension_rate",
    "permanent_exclusion_rate",
    "pupils_in_need",
    "pupils_protection_plan",
    "pupils_looked_after",
}
_HEADLINE = among("school", "counted", "suspended")
_IN_NEED = among("need", "in_need", "protection_plan")
#: What else is counted of the pupils of a January.
MORE = {
    "pupils suspended": View(
        {
            **PROVISION,
            "primary_need": NEEDS,
            "imd_decile": DECILES,
            "school": ["other", "counted", "suspended"],
        },
        placed,
        {
            **PUPILS,
            "suspended_pupils": (among("school", "suspended"), _HEADLINE),
            # The events are rows of another table; pupils are what they are divided by.
            "suspension_rate": (None, _HEADLINE),
            "permanent_exclusion_rate": (None, _HEADLINE),
        },
        PUPIL_OVER,
    ),
    "pupils in need": View(
        {
            **PROVISION,
            "primary_need": NEEDS,
            "imd_decile": DECILES,
            "need": ["none", "in_need", "protection_plan"],
        },
        placed,
        {
            **PUPILS,
            "pupils_in_need": (_IN_NEED, everyone),
            "pupils_protection_plan": (among("need", "protection_plan"), everyone),
        },
        PUPIL_OVER,
    ),
    "pupils looked after": View(
        {**PROVISION, "primary_need": NEEDS, "sex": ["F", "M"], "care": ["no", "yes"]},
        placed,
        {**PUPILS, "pupils_looked_after": (among("care", "yes"), everyone)},
        PUPIL_OVER,
    ),
}


@dataclass(frozen=True)
class Version:
    """What was measured and what was published of it."""

    truth: pd.DataFrame
    official: pd.DataFrame
    money: pd.DataFrame
    made: Protection


@dataclass(frozen=True)
class Edition:
    """The small edition as it was measured, and the means to measure it without some children."""

    config: Configuration
    tables: Mapping[str, pd.DataFrame]
    people: Mapping[str, pd.Series[str]]
    published: pd.DataFrame

    @classmethod
    def read(cls, root: Path) -> Edition:
        """The edition of a project that is built at least to its measures."""
        config = loading.load(SMALL, root)
        paths = io.Paths(root, SMALL)
        files = contributions.tables_of(paths)
        asked = wanted(config.indicators.values())
        whole = {name: io.read_parquet(files[name]) for name in asked if name in files}
        tables = {name: frame[list(columns(name, asked[name]))] for name, frame in whole.items()}
        people = {n: f["person_key"] for n, f in whole.items() if "person_key" in f}
        tables["record"] = record(io.read_parquet(paths.restricted / "quality.parquet"), config)
        return cls(config, tables, people, io.read_measures(paths.restricted / "published.parquet"))

    def pupils(self) -> pd.DataFrame:
        """The pupils of the last January: person, school and what else is counted of them."""
        pupils = self.tables["pupil"].assign(person_key=self.people["pupil"])
        return pupils.loc[pupils["period"] == pupils["period"].max()].reset_index(drop=True)

    def measure(
        self, gone: Collection[str] = ()
    ) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        """Measures, official figures and contributions without some persons."""
        tables = {
            name: frame.loc[~self.people[name].isin(list(gone)).to_numpy()]
            if name in self.people
            else frame
            for name, frame in self.tables.items()
        }
        local = measure(tables, self.config.indicators.values(), self.config)
        truth, official = merge(local, self.published)
        return truth, official, contributions.contributions(truth, tables, self.config)

    def publish(self, gone: Collection[str], before: Version) -> Version:
        """All that stage `protect` makes of the edition without some persons."""
        truth, official, money = self.measure(gone)
        was = before.made
        earlier = {"first": was.ledger}
        made = protect(truth, self.config, official, earlier, money, was.safe, was.fallbacks)
        return Version(truth, official, money, made)

    def built(self, root: Path) -> Version:
        """What the build measured and published."""
        paths = io.Paths(root, SMALL)
        log, ledger, fallbacks = (
            io.read_parquet(paths.restricted / f"{name}.parquet")
            for name in ("protection", "ledger", "fallbacks")
        )
        safe = counted(io.read_measures(paths.safe / "measures.parquet"), self.config)
        return Version(*self.measure(), Protection(safe, log, ledger, fallbacks, None))


def ours(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows without published ones beside which those counted here stand."""
    here = rows["source"].str.startswith("local:")
    return pd.concat([rows.loc[here], rows.loc[~here]]).drop_duplicates(KEY)


def january(row: Mapping[str, str]) -> str:
    """Whose pupils a row is about: those on the roll of the January in its school year."""
    period = row["period"]
    return str(int(period[:4]) + 1) if row["indicator"] in _ROLL and len(period) == 7 else period


@dataclass
class Sight:
    """What a view sees of one January: the counts behind figures as sets of kinds.

    Attributes:
        sets: which kinds each set counts, shape (sets, kinds); kinds no set tells apart are one.
        above, below, rest: set of each row's numerator, denominator, and those not counted; -1.
        keys: the rows.
    """

    keys: pd.DataFrame
    sets: Floats
    above: Ints
    below: Ints
    rest: Ints

    def public(self, version: Version) -> Flags:
        """Sets of which an official figure gives the count, and those that are all of such a one.

        That there is nobody else is taken to be known wherever it is so.
        """
        given = version.official[[*KEY, *NUMBERS]]
        both = self.keys.merge(given, on=KEY, how="left")
        value, _, _ = self.counts(version)
        found = np.zeros(len(self.sets), dtype=np.bool_)
        for at, name in ((self.above, "numerator"), (self.below, "denominator")):
            mine = (at >= 0) & (both[name].to_numpy(dtype=float) == value[at])
            found[at[mine]] = True
        for whole in np.flatnonzero(found):
            part = (self.sets <= self.sets[whole]).all(axis=1)
            found |= part & (value == value[whole])
        return found

    def counts(self, version: Version) -> tuple[Floats, Floats, Flags]:
        """Of each set its true count (NaN if unknown), and whether it is printed."""
        names = ["status", *NUMBERS]
        safe = self.keys.merge(ours(version.made.safe)[[*KEY, *names]], on=KEY, how="left")
        true = self.keys.merge(ours(version.truth)[[*KEY, *NUMBERS]], on=KEY, how="left")
        value, told = np.full(len(self.sets), np.nan), np.zeros(len(self.sets), dtype=np.bool_)
        for at, name in ((self.above, "numerator"), (self.below, "denominator")):
            count, shown = true[name].to_numpy(dtype=float), safe[name].to_numpy(dtype=float)
            mine = (at >= 0) & ~np.isnan(count)
            value[at[mine]] = count[mine]
            # What stands as it was and is no longer so says nothing of what is.
            told[at[mine & (shown == count)]] = True
        both = (self.rest >= 0) & ~np.isnan(true[NUMBERS].to_numpy(dtype=float)).any(axis=1)
        left = (true["denominator"] - true["numerator"]).to_numpy(dtype=float)
        value[self.rest[both]] = left[both]
        return value, told, safe["status"].notna().to_numpy()


def look(view: View, rows: pd.DataFrame, period: str) -> Sight | None:
    """The rows of a view that are about the pupils of one January, or None if there are none."""
    every = kinds(view.domains, view.possible)
    keys, found = [], []
    where: dict[bytes, int] = {}
    flags: list[Flags] = []

    def number(one: Flags | None) -> int:
        if one is None:
            return -1
        key = np.packbits(one).tobytes()
        if key not in where:
            where[key] = len(flags)
            flags.append(one)
        return where[key]

    for row in ours(rows).to_dict("records"):
        if row["indicator"] not in view.counts or january(row) != period:
            continue
        above, below = sides(view, row, every)
        if above is None and below is None:
            continue
        left = None if above is None or below is None else below & ~above
        keys.append([row[name] for name in KEY])
        found.append((number(above), number(below), number(left)))
    if not keys:
        return None
    matrix = np.unique(np.array(flags, dtype=np.bool_), axis=1).astype(float)
    above, below, rest = np.array(found).T
    return Sight(pd.DataFrame(keys, columns=KEY), matrix, above, below, rest)


def home(version: Version) -> pd.DataFrame:
    """The figures counted here of the authority and its districts."""
    safe = version.made.safe
    mine = safe["area_code"].isin([AUTHORITY, *DISTRICTS]) & safe["source"].str.startswith("local:")
    return safe.loc[mine]


def sights(version: Version) -> dict[str, Sight]:
    """All views of all Januaries."""
    rows = home(version)
    found = {}
    for name, view in {**VIEWS, **MORE}.items():
        for period in ("2023", "2024", "2025"):
            if (sight := look(view, rows, period)) is not None:
                found[f"{name}, {period}"] = sight
    return found


#: A set, whether it must be able to be that great (or that little), and how great.
Want = tuple[int, bool, float]


def out_of_reach(sets: Floats, told: Flags, value: Floats, wants: Sequence[Want]) -> list[Want]:
    """Values that sets cannot have, given those that are told.

    One program moves all sets as near to what they should be able to be as they go together; what
    it does not show is looked at again, and in the end one at a time.
    """
    exact = np.flatnonzero(told)
    equal, right = sparse.csr_array(sets[exact]), value[exact]
    # Kinds that somebody is known not to be of are gone.
    left = [w for w in dict.fromkeys(wants) if not _has(w, value[w[0]])]
    failed: list[Want] = []
    alone = False
    while left:
        some = left[:1] if alone else left
        at = np.array([want[0] for want in some])
        sign = np.array([1.0 if want[1] else -1.0 for want in some])
        goal = np.array([want[2] for want in some])
        size = len(some)
        shares = sparse.diags_array((goal - value[at]) * sign)
        # sign · set ≥ sign · (now + share · (goal − now)), no share above 1.
        less = sparse.hstack([sparse.csr_array(-sign[:, None] * sets[at]), shares])
        found = linprog(
            np.concatenate([np.zeros(sets.shape[1]), -np.ones(size)]),
            A_ub=less,
            b_ub=-sign * value[at],
            A_eq=sparse.hstack([equal, sparse.csr_array((len(exact), size))]),
            b_eq=right,
            bounds=[(0, None)] * sets.shape[1] + [(0, 1)] * size,
            method="highs",
        )
        assert found.status == 0, found.message
        reached = sets @ found.x[: sets.shape[1]]
        after = [w for w in left if not _has(w, reached[w[0]])]
        if alone and after and after[0] == left[0]:
            failed.append(after.pop(0))
        alone = alone or len(after) == len(left)
        left = after
    return failed


def _has(want: Want, count: float) -> bool:
    _, great, goal = want
    return bool(count >= goal - 1e-6 if great else count <= goal + 1e-6)


def small_wants(value: Floats, told: Flags, which: Flags) -> list[Want]:
    """That small counts may be from nothing to the most that is small."""
    few = np.flatnonzero(which & (value > 0) & (value <= MOST))
    return [(int(at), great, goal) for at in few for great, goal in ((False, 0.0), (True, MOST))]


def change_wants(old: Floats, new: Floats) -> list[Want]:
    """That a count which changed by little may not have changed, or by the most that is little."""
    change = new - old
    some = np.flatnonzero((np.abs(change) > 0) & (np.abs(change) <= MOST))
    wants: list[Want] = []
    for at in map(int, some):
        ends = sorted((old[at], old[at] + np.sign(change[at]) * MOST))
        # A count of fewer than that cannot fall by so much, whatever is published.
        wants += [(at, False, max(float(ends[0]), 0.0)), (at, True, float(ends[1]))]
    return wants


def interval(sets: Floats, told: Flags, value: Floats, at: int) -> tuple[float, float]:
    """Least and greatest count of a set, given those that are told."""
    exact = np.flatnonzero(told)
    return extremes(sets[at], A_eq=sparse.csr_array(sets[exact]), b_eq=value[exact])


def known_change(old: tuple[float, float], new: tuple[float, float], grows: bool) -> bool:
    """Whether it is known that nothing changed less, or that it changed by less than the most."""
    less, more = (old, new) if grows else (new, old)
    least, most = more[0] - less[1], more[1] - less[0]
    return least > 1e-6 or most < MOST - 1e-6
