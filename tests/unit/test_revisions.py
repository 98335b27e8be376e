"""An edition published, corrected and published again: what the two together give away.

An outsider with both of them has a linear program in which the records of each are of finitely many
kinds. Nothing of disclosure control is used but the threshold that is published.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from jsna.disclosure import revision
from jsna.disclosure.evidence import gather
from jsna.disclosure.protect import Protection, protect
from jsna.disclosure.prove import prove
from jsna.errors import JsnaError
from jsna.model import schema
from tests.unit import protection_support as support
from tests.unit.outsider import Flags, Outsider

CONFIG = support.configuration()
#: Counts, and changes, from 1 to 4 are small.
MOST = 4
NOBODY = np.zeros(len(support.KINDS), dtype=np.bool_)


@dataclass(frozen=True)
class Published:
    """What was measured and what was published of it."""

    truth: pd.DataFrame
    made: Protection


def publish(rows: pd.DataFrame, *before: Published) -> Published:
    """Records protected and proven beside what was published of them before."""
    truth = support.measured(rows, CONFIG)
    ledgers = {f"number {at}": one.made.ledger for at, one in enumerate(before)}
    last = before[-1].made.safe if before else None
    recodings = before[-1].made.fallbacks if before else None
    made = protect(truth, CONFIG, earlier=ledgers, last=last, recodings=recodings)
    prove(gather(made.safe, truth, CONFIG, earlier=ledgers, last=last))
    return Published(truth, made)


def counts(one: Published) -> Iterator[tuple[str, Flags, float, float]]:
    """Every count behind the rows published: name, kinds counted, true count, what is printed."""
    both = one.made.safe.merge(one.truth, on=support.KEY, suffixes=("", "_true"), validate="1:1")
    for row in both.to_dict("records"):
        above, below = support.sides(row)
        what = " ".join(str(row[name]) for name in support.KEY)
        for name, flags in (("numerator", above), ("denominator", below)):
            if flags is not None and not np.isnan(row[f"{name}_true"]):
                yield f"{name} of {what}", flags, row[f"{name}_true"], row[name]
        if below is not None and not np.isnan(row["denominator_true"]):
            left = row["denominator_true"] - row["numerator_true"]
            yield f"those not counted in {what}", below & ~above, left, np.nan


def given_away(first: Published, second: Published) -> list[str]:
    """Small counts of either, and small changes, of which both together tell too much.

    The outsider is granted to know which figures are printed as before because nothing changed.
    """
    outsider = Outsider(2 * len(NOBODY))
    true: tuple[dict[bytes, float], dict[bytes, float]] = ({}, {})
    named: dict[bytes, tuple[str, Flags]] = {}
    for at, one in enumerate((first, second)):
        for what, flags, count, printed in counts(one):
            key = flags.tobytes()
            true[at][key] = count
            named[key] = what, flags
            if printed == count:
                outsider.tell(at_version(flags, at), count, count)
    found = []
    for key, (what, flags) in named.items():
        old, new = at_version(flags, 0), at_version(flags, 1)
        for name, cells, count in (("", old, true[0].get(key)), ("", new, true[1].get(key))):
            if count is not None and 0 < count <= MOST:
                low, high = outsider.interval(cells)
                if low > 1e-6 or high < MOST - 1e-6:
                    found.append(f"{what}{name}: {low:g} to {high:g}")
        if key in true[0] and key in true[1]:
            change = true[1][key] - true[0][key]
            if 0 < abs(change) <= MOST:
                low, high = outsider.interval(*((new, old) if change > 0 else (old, new)))
                if low > 1e-6 or high < MOST - 1e-6:
                    found.append(f"change of {what}: {low:g} to {high:g}")
    return found


def at_version(flags: Flags, at: int) -> Flags:
    """Kinds of one version among those of both."""
    return np.concatenate([flags, NOBODY] if at == 0 else [NOBODY, flags])


def changed(first: Published, second: Published) -> pd.DataFrame:
    """Rows printed first whose counts have changed since, with whether they are printed anew."""
    key = revision.KEY
    old = first.made.safe.loc[first.made.safe["status"].ne("c")]
    names = ["numerator", "denominator"]
    both = old[[*key, *names]].merge(second.truth[[*key, *names]], on=key, suffixes=("_old", ""))
    pair = both[names].to_numpy(), both[[f"{name}_old" for name in names]].to_numpy()
    both = both.loc[~np.isclose(*pair, equal_nan=True).all(axis=1)]
    now = second.made.safe[[*key, *names, "note"]].rename(columns={n: f"{n}_now" for n in names})
    both = both.merge(now, on=key)
    same = both[[f"{name}_now" for name in names]].to_numpy(), both[names].to_numpy()
    return both.assign(anew=np.isclose(*same, equal_nan=True).all(axis=1))


def expect_nothing_told(first: Published, second: Published) -> None:
    """Whatever is printed otherwise, shown anew or hidden anew has a count that changed by enough.

    In which rows less has changed must not be seen from what they print, their status and notes.
    """
    key, names = revision.KEY, ["numerator", "denominator"]
    assert len(first.made.safe) == len(second.made.safe)
    old = first.made.safe.merge(first.truth[[*key, *names]], on=key, suffixes=("", "_true"))
    new = second.made.safe.merge(second.truth[[*key, *names]], on=key, suffixes=("", "_true"))
    both = old.merge(new, on=key, suffixes=("_old", ""), validate="1:1")
    assert len(both) == len(first.made.safe)
    changes = [(both[f"{n}_true"] - both[f"{n}_true_old"]).abs().fillna(0) for n in names]
    little = (changes[0] <= MOST) & (changes[1] <= MOST)
    for name in (*schema.NUMBERS, "status"):
        pair = both.loc[little, f"{name}_old"], both.loc[little, name]
        pd.testing.assert_series_equal(*pair, check_names=False)
    printed = little & both["status"].ne("c") & both[[*schema.NUMBERS]].notna().any(axis=1)
    stood = both.loc[printed, "note"].str.contains(revision.NOTE, regex=False)
    assert stood.all()


#: Pupils of the tiny edition.
TINY = support.pupils(60, seed=20)


@pytest.fixture(scope="module")
def tiny() -> Published:
    """An edition of 60 pupils, published for the first time."""
    return publish(TINY)


def others(rows: pd.DataFrame) -> list[int]:
    """One child of each kind: two of a kind leave the very same figures behind."""
    columns = ["sen_provision", "primary_need", "sex", "locality_code", "imd_decile"]
    return rows[columns].fillna("").drop_duplicates().index.tolist()


SAMPLE = np.random.default_rng(7).choice(others(TINY), 2, replace=False).tolist()


def check_child(tiny: Published, child: int) -> None:
    second = publish(TINY.drop(index=child), tiny)
    assert given_away(tiny, second) == []
    told = changed(tiny, second)
    assert len(told)
    # One child changes nothing by as much as may be published: all of it stands.
    assert not told["anew"].any()
    expect_nothing_told(tiny, second)


@pytest.mark.parametrize("child", SAMPLE)
def test_a_child_taken_out_is_not_given_away(tiny: Published, child: int) -> None:
    check_child(tiny, child)


@pytest.mark.full
@pytest.mark.parametrize("child", others(TINY))
def test_no_child_taken_out_is_given_away(tiny: Published, child: int) -> None:
    """Every kind of child there is: 26 of 60, about a minute."""
    check_child(tiny, child)


def test_without_the_first_the_second_would_spell_the_child_out(tiny: Published) -> None:
    alone = publish(TINY.drop(index=SAMPLE[0]))
    assert len(given_away(tiny, alone)) > 10


@pytest.mark.full
def test_the_proof_refuses_a_second_edition_protected_alone(tiny: Published) -> None:
    alone = publish(TINY.drop(index=SAMPLE[0]))
    ledgers = {"first": tiny.made.ledger}
    with pytest.raises(JsnaError, match="change since first"):
        prove(gather(alone.made.safe, alone.truth, CONFIG, earlier=ledgers, last=tiny.made.safe))


def test_the_proof_refuses_what_is_shown_because_it_has_changed(tiny: Published) -> None:
    """One group was hidden, has one child fewer, and could be shown: it would be the only one."""
    rows = TINY.drop(index=51)
    second = publish(rows, tiny)
    safe = second.made.safe.copy()
    names = {"indicator": "pupils_sen", "breakdown": "imd_quintile|sex", "category": "1|M"}
    group = safe[[*names]].eq(pd.Series(names)).all(axis=1)
    assert group.sum() == 1 and safe.loc[group, "status"].eq("c").all()
    columns = [*schema.NUMBERS, "status", "reason", "note"]
    true = second.truth.merge(safe.loc[group, revision.KEY], on=revision.KEY)
    safe.loc[group, columns] = true[columns].to_numpy()
    ledgers = {"first": tiny.made.ledger}
    with pytest.raises(JsnaError, match="has changed by too little to be shown"):
        gather(safe, second.truth, CONFIG, earlier=ledgers, last=tiny.made.safe)


@pytest.mark.full
def test_a_third_publication_does_not_undo_the_second(tiny: Published) -> None:
    """A second child is taken out after the first: neither of the three tells of either."""
    second = publish(TINY.drop(index=SAMPLE[0]), tiny)
    third = publish(TINY.drop(index=SAMPLE[:2]), tiny, second)
    assert given_away(tiny, third) == []
    assert given_away(second, third) == []
    expect_nothing_told(second, third)


def test_the_same_records_published_again_change_nothing(tiny: Published) -> None:
    again = publish(TINY, tiny)
    pd.testing.assert_frame_equal(again.made.safe, tiny.made.safe)
    assert not again.made.log["stands"].any()


def test_a_large_correction_is_printed_anew() -> None:
    """Two hundred of 1,000 pupils taken out: most of what has changed may be told."""
    rows = support.pupils(1000, seed=21)
    first = publish(rows)
    gone = np.random.default_rng(3).choice(len(rows), 200, replace=False)
    second = publish(rows.drop(index=gone), first)
    assert given_away(first, second) == []
    expect_nothing_told(first, second)
    told = changed(first, second)
    large = told.loc[told["numerator_old"] >= 50]
    assert len(large) > 20
    assert large["anew"].mean() >= 0.8
