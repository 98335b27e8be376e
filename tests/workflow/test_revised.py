"""The small edition, corrected and published again: what the two publications give away together.

A child, or two hundred, are taken out of the tables the measures are made of, and the edition is
measured and protected beside what it published before. Where one child is taken out, nothing that
an outsider has of the second version is new: whatever both print was printed before. So only what
has changed is to be looked at, and what was small before is looked at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

from jsna.disclosure import revision
from jsna.disclosure.evidence import gather
from jsna.disclosure.prove import prove
from jsna.model import schema
from tests.conftest import Project
from tests.unit.outsider import Floats
from tests.workflow.revised_support import (
    KEY,
    MOST,
    NUMBERS,
    Edition,
    Sight,
    Version,
    Want,
    change_wants,
    interval,
    known_change,
    out_of_reach,
    sights,
    small_wants,
)

pytestmark = pytest.mark.full

#: How many children are taken out, in how many tests.
CHILDREN, TESTS = 100, 10
#: Half an hour of CPU is shared by two workers, each of which reads the first publication.
ONE, OTHER = pytest.mark.xdist_group("revised"), pytest.mark.xdist_group("revised, the other half")


@dataclass(frozen=True)
class First:
    """The edition, its first publication, and what an outsider sees of it."""

    edition: Edition
    version: Version
    seen: dict[str, Sight]

    def children(self) -> list[str]:
        """The pupils taken out, drawn at random."""
        pupils = np.sort(self.edition.pupils()["person_key"].unique())
        return [str(key) for key in np.random.default_rng(9).choice(pupils, CHILDREN, False)]


@pytest.fixture(scope="module")
def first(built: Project) -> First:
    edition = Edition.read(built.root)
    version = edition.built(built.root)
    return First(edition, version, sights(version))


def excused(sight: Sight, version: Version, value: Floats, failed: list[Want]) -> list[Want]:
    """Of what cannot be, that which official figures by themselves do not rule out."""
    known = set(out_of_reach(sight.sets, sight.public(version), value, failed)) if failed else set()
    return [want for want in failed if want not in known]


@ONE
def test_nothing_small_follows_from_the_first_publication(first: First) -> None:
    looked_at = 0
    for name, sight in first.seen.items():
        value, told, _ = sight.counts(first.version)
        wants = small_wants(value, told, ~told)
        looked_at += len(wants)
        failed = out_of_reach(sight.sets, told, value, wants)
        assert not excused(sight, first.version, value, failed), name
    assert looked_at > 300


def given_away(first: First, second: Version) -> list[str]:
    """Small counts and small changes of which both publications tell too much."""
    found = []
    for name, sight in first.seen.items():
        old, told_before, _ = sight.counts(first.version)
        new, told, there = sight.counts(second)
        assert there.all(), name
        # Whatever is known of the second version was known of the first, and was the same.
        more = told & ~(told_before & (old == new))
        few = (old > 0) & (old <= MOST) & (new == old) & ~more.any()
        failed = out_of_reach(sight.sets, told, new, small_wants(new, told, ~told & ~few))
        found += [f"{name}: {describe(sight, w)}" for w in excused(sight, second, new, failed)]
        # A count that was hidden before may have been more: then it may have changed by more.
        failed = out_of_reach(sight.sets, told, new, change_wants(old, new))
        for at in sorted({want[0] for want in excused(sight, second, new, failed)}):
            before = interval(sight.sets, told_before, old, at)
            after = interval(sight.sets, told, new, at)
            if known_change(before, after, bool(new[at] > old[at])):
                found.append(f"{name}: change of {describe(sight, (at, True, old[at]))}")
    return found


def describe(sight: Sight, want: Want) -> str:
    """A row behind a set."""
    at, great, goal = want
    rows = (sight.above == at) | (sight.below == at) | (sight.rest == at)
    key = " ".join(map(str, sight.keys.loc[rows].iloc[0]))
    return f"{key} is known not to be {'at least' if great else 'at most'} {goal:g}"


def changed(first: Version, second: Version) -> pd.DataFrame:
    """Figures counted here that were printed first and have changed.

    Returns:
        Their keys and counts, whether they are printed anew, the rule by which they are not, and
        whether a count of theirs, or of those not counted, has itself changed by 1 to 4.
    """
    key = [*revision.KEY, "segment"]
    old = first.made.safe
    old = old.loc[old["status"].ne("c") & old["source"].str.startswith("local:")]
    # Counts that are only known rounded are past the rule on changes.
    old = old.loc[~old["note"].str.contains("Counts rounded", regex=False)]
    both = old[[*key, *NUMBERS]].merge(
        second.truth[[*key, *NUMBERS]], on=key, suffixes=("_old", "")
    )
    pair = both[NUMBERS].to_numpy(), both[[f"{name}_old" for name in NUMBERS]].to_numpy()
    both = both.loc[~np.isclose(*pair, equal_nan=True).all(axis=1)]
    change = [both[name] - both[f"{name}_old"] for name in NUMBERS]
    sizes = [one.abs().fillna(0) for one in (*change, change[1] - change[0])]
    own = np.any([(size > 0) & (size <= MOST) for size in sizes], axis=0)
    why = second.made.log[[*key, "rule"]]
    both = both.assign(own=own).merge(why, on=key, how="left")
    return both.assign(anew=both["rule"].isna())


def expect_nothing_told(first: Version, second: Version) -> None:
    """Where no count has changed by as much as may be published, all is printed as before."""
    key = [*revision.KEY, "segment"]
    old = first.made.safe.merge(first.truth[[*key, *NUMBERS]], on=key, suffixes=("", "_true"))
    new = second.made.safe.merge(second.truth[[*key, *NUMBERS]], on=key, suffixes=("", "_true"))
    both = old.merge(new, on=key, suffixes=("_old", ""), validate="1:1")
    assert len(both) == len(old) == len(new)
    sizes = [(both[f"{n}_true"] - both[f"{n}_true_old"]).abs().fillna(0) for n in NUMBERS]
    little = (sizes[0] <= MOST) & (sizes[1] <= MOST) & both["source"].str.startswith("local:")
    # A rounded count may move to the next multiple.
    little &= ~both["note"].str.contains("Counts rounded", regex=False)
    little &= ~both["note_old"].str.contains("Counts rounded", regex=False)
    for name in (*schema.NUMBERS, "status"):
        pair = both.loc[little, f"{name}_old"], both.loc[little, name]
        pd.testing.assert_series_equal(*pair, check_names=False)


@pytest.mark.parametrize(
    "part", [pytest.param(part, marks=OTHER if part % 2 else ONE) for part in range(TESTS)]
)
def test_no_child_taken_out_is_given_away(first: First, part: int) -> None:
    for child in first.children()[part::TESTS]:
        second = first.edition.publish({child}, first.version)
        assert given_away(first, second) == []
        told = changed(first.version, second)
        # One child changes no count of people by as much as may be published, so every figure
        # stands but those of events, of which one child may have had five.
        assert len(told) > 50
        anew = told.loc[told["anew"]]
        moved = [(anew[name] - anew[f"{name}_old"]).abs().fillna(0) for name in NUMBERS]
        assert (np.maximum(*moved) > MOST).all()
        assert not anew["own"].any()
        expect_nothing_told(first.version, second)


@OTHER
def test_most_of_what_a_large_correction_changes_is_printed_anew(first: First) -> None:
    """Two hundred pupils of five thousand: what itself falls by 1 to 4 stands, by the rule."""
    pupils = np.sort(first.edition.pupils()["person_key"].unique())
    gone = {str(key) for key in np.random.default_rng(12).choice(pupils, 200, replace=False)}
    second = first.edition.publish(gone, first.version)
    assert given_away(first, second) == []
    told = changed(first.version, second)
    # A figure of fifty or more is one that stands on as many; one that counts as many is rarer.
    free = told.loc[~told["own"]]
    large = free.loc[free[NUMBERS].max(axis=1) >= 50]
    assert len(large) > 300
    assert large["anew"].mean() >= 0.8
    counts = free.loc[free["numerator"] >= 50]
    assert len(counts) > 100
    assert counts["anew"].mean() >= 0.75


@ONE
def test_a_child_taken_out_is_given_away_where_all_that_changed_is_printed_anew(
    first: First,
) -> None:
    """What the attack finds of a second version that does not know of the first."""
    truth, official, money = first.edition.measure(first.children()[:1])
    safe = first.version.made.safe.copy()
    shown = safe["status"].ne("c")
    key = [*KEY, "segment"]
    true = safe[key].merge(truth[[*key, *NUMBERS]], on=key, how="left", validate="1:1")
    safe.loc[shown, NUMBERS] = true.loc[shown.to_numpy(), NUMBERS].to_numpy()
    second = Version(truth, official, money, replace(first.version.made, safe=safe))
    name = "pupils looked after, 2025"
    assert len(given_away(replace(first, seen={name: first.seen[name]}), second)) > 5


@ONE
def test_the_product_proves_a_whole_edition_beside_the_one_before(first: First) -> None:
    before = first.version.made
    second = first.edition.publish(first.children()[:1], first.version)
    ledgers = {"first": before.ledger}
    config = first.edition.config
    proof = prove(
        gather(
            second.made.safe,
            second.truth,
            config,
            second.official,
            ledgers,
            second.money,
            before.safe,
        )
    )
    # What official figures give away cannot be kept from anybody.
    assert {found.cell for found in proof.report.failures} <= set(proof.beyond)
    assert {found.verdict for found in proof.report.failures} <= {"exact"}
    assert any("change since first" in label for label in proof.evidence.linked.labels)
