"""Brothers and sisters: invented children who share a surname and a home, and twins a birthday.

Nothing that is counted depends on families; they make strangers look alike and kin hard to tell
apart, which is what linkage has to cope with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from jsna.synthetic.draws import Days, Floats, Ints, choose_weighted, stream

#: Shares of families by how many children they have, up to four.
_SIZES: Final = np.array([0.45, 0.36, 0.14, 0.05])
#: Children of one family are born within so many school years of each other, and at least so many
#: days from the first of it unless they are twins; step-children may be nearer to each other.
_YEARS, _APART = 10, 300
_FOLLOWED = 4


@dataclass(frozen=True, slots=True)
class Families:
    """Parallel arrays, one element a person.

    Attributes:
        head: position of whoever has the surname and the home of the family; often the person.
        born: dates of birth: the second of twins has that of the first.
    """

    head: Ints
    born: Days


def families(
    seed: int,
    lsoa: Ints,
    ethnicity: Ints,
    cohort: Ints,
    born: Days,
    forename: pa.Array,
    twins: float,
) -> Families:
    """Put people of one small area and one ethnic group into families.

    Args:
        seed: of the edition.
        lsoa, ethnicity, cohort, born, forename: of everyone.
        twins: share of people who are one of twins; twins never share a forename.
    """
    count = len(lsoa)
    rng = stream(seed, "families")
    luck, offset = rng.random(count), rng.integers(0, _YEARS, count)
    # Twins first: neighbours in a list of those of one cohort, area and group.
    alike = _ranked(lsoa, ethnicity, cohort)
    order = np.lexsort((luck, alike))
    key, names = alike[order], forename.dictionary_encode().indices.to_numpy()[order]
    paired = (key[1:] == key[:-1]) & (names[1:] != names[:-1])
    # Every other place only, so that nobody is in two pairs.
    at = np.flatnonzero(paired & (np.arange(count - 1) % 2 == 0))
    at = at[rng.random(len(at)) < twins / 2 * count / max(len(at), 1)]
    first, second = order[at], order[at + 1]
    born = born.copy()
    born[second] = born[first]
    years = (cohort + offset[lsoa % count]) // _YEARS
    head = _heads(rng, _ranked(years, ethnicity, lsoa), luck)
    kin = np.abs((born - born[head]).astype(np.int64))
    head = np.where((kin < _APART) & (head != np.arange(count)), np.arange(count), head)
    head[second] = head[first]
    # Whose family the second of twins headed comes along; families of several twins, a few times.
    for _ in range(_FOLLOWED):
        head = head[head]
    return Families(head, born)


def _ranked(first: Ints, *others: Ints) -> Ints:
    """One number of each row for several from 0 up: in their order, and as many as they."""
    ranked = first.astype(np.int64)
    for other in others:
        ranked = ranked * (int(other.max(initial=0)) + 1) + other
    return ranked


def _heads(rng: np.random.Generator, group: Ints, luck: Floats) -> Ints:
    """For everyone the first of their family, of families of their group."""
    count = len(group)
    order = np.lexsort((luck, group))
    within = group[order]
    sizes = choose_weighted(rng, _SIZES, count) + 1
    begins = np.zeros(count, dtype=bool)
    ends = np.cumsum(sizes)
    begins[np.r_[0, ends[ends < count]]] = True
    begins |= np.r_[True, within[1:] != within[:-1]]
    first = np.maximum.accumulate(np.where(begins, np.arange(count), 0))
    head: Ints = np.empty(count, dtype=np.int64)
    head[order] = order[first]
    return head
