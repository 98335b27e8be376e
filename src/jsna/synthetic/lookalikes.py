"""Invented children who are easily taken for each other: twins, brothers, siblings, namesakes.

Two files as a council holds them, a school census and a SEN2 return, of which the second is part of
the first but for a few, and pairs of children of whom one stands in each file: no link between
those is right. With `both`, twins of whom both stand in both files: then each has one right link.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from jsna.synthetic.corruption import Faults
from jsna.synthetic.draws import Ints, Labels, choose_weighted, stream
from jsna.synthetic.identifiers import upns
from jsna.synthetic.registers import forenames, postcodes, registers, spoil, surnames

if TYPE_CHECKING:
    import pyarrow as pa

#: Kinds of pairs of whom one child stands in each file.
KINDS: Final = ("twins of one sex", "twins of two sexes", "brothers", "siblings", "strangers")
#: Twins of whom both stand in both files.
BOTH: Final = "twins in both"
#: Days between the births of brothers (11 to 15 months) and of siblings.
_BROTHERS: Final = (335, 457)
_SIBLINGS: Final = (500, 2_200)
#: First day and number of days on which the elder of a pair is born.
_FIRST, _SPAN = np.datetime64("2007-09-01"), 12 * 365
_COLUMNS: Final = ("child", "forename", "surname", "date_of_birth", "sex", "postcode", "fifth")


@dataclass(frozen=True, slots=True)
class Lookalikes:
    """Two files; `child` (who it is) and `kind` (of pair, or `other`) are never linked on.

    Columns: `record`, `child`, `kind`, `forename`, `surname`, `date_of_birth`, `sex`, `postcode`,
    `upn` (sound ones, or empty).
    """

    census: pa.Table
    plans: pa.Table


def lookalikes(
    census: int = 12_000,
    plans: int = 6_000,
    pairs: int = 400,
    seed: int = 1,
    *,
    numbered: bool = True,
    both: bool = False,
    nicknames: dict[str, list[str]] | None = None,
) -> Lookalikes:
    """Invent the two files.

    Args:
        census, plans: children in each beside the pairs; nine tenths of the smaller in both.
        pairs: how many of each kind.
        seed: of everything drawn.
        numbered: whether every child has a sound pupil number; else nobody has one.
        both: twins of whom both stand in both files, instead of pairs with one in each.
        nicknames: given name -> short forms, for errors in the second file.
    """
    overlap = 0.9 * min(plans, census) / census
    others = registers(census, plans, seed=seed, overlap=overlap, nicknames=nicknames)
    count = int(max(np.max(t["child"].to_numpy()) for t in (others.school, others.health))) + 1
    made = _pairs(seed, pairs, (BOTH,) if both else KINDS, count)
    everyone = len(made["child"]) + count
    number = _upns(everyone) if numbered else np.full(everyone, None, object)
    files = []
    for name, table in (("census", others.school), ("plans", others.health)):
        # The first of a pair stands in the census, the second among those with plans.
        kept = np.arange(len(made["child"])) % 2 == (name == "plans")
        rows = {key: values[kept | both] for key, values in made.items()}
        if name == "plans" and both:
            spoil(seed + 1, rows, Faults(), nicknames or {})
        files.append(_file(seed, name, table, rows, number))
    return Lookalikes(*files)


def _file(
    seed: int, name: str, others: pa.Table, pairs: dict[str, Labels], number: Labels
) -> pa.Table:
    """One file: the others and those of the pairs, in an order that says nothing."""
    import pyarrow as pa

    rows = {}
    for key in _COLUMNS:
        values = others[key].to_numpy(zero_copy_only=False)
        rows[key] = np.concatenate([values, pairs[key].astype(values.dtype)])
    kind = np.concatenate([np.full(others.num_rows, "other", object), pairs["kind"]])
    order = stream(seed, "lookalikes", name).permutation(len(kind))
    born = rows["date_of_birth"].astype("datetime64[D]")
    columns = {
        "record": pa.array(np.arange(len(order))),
        "child": pa.array(rows["child"][order]),
        "kind": pa.array(kind[order], pa.string()),
        "date_of_birth": pa.array(born[order], pa.date32()),
        **{
            key: pa.array(rows[key][order], pa.string(), from_pandas=True)
            for key in ("forename", "surname", "sex", "postcode")
        },
        "upn": pa.array(number[rows["child"]][order], pa.string()),
    }
    return pa.table(columns)


def _pairs(seed: int, pairs: int, kinds: tuple[str, ...], first: int) -> dict[str, Labels]:
    """The children of all pairs, the two of a pair one after the other, numbered from `first`."""
    count, each = 2 * pairs * len(kinds), 2 * pairs
    kind = np.repeat(np.array(kinds, object), each)
    family = np.arange(count) // 2
    rng = stream(seed, "pairs")
    names, weights = surnames()
    sex = np.where(rng.random(count) < 0.51, "M", "F").astype(object)
    one, other = np.arange(0, count, 2), np.arange(1, count, 2)
    alike = kind[one] == "twins of one sex"
    if kinds == (BOTH,):
        alike = np.arange(len(one)) % 2 == 0
    mixed = (kind[one] == "twins of two sexes") | ((kind[one] == BOTH) & ~alike)
    sex[other[alike]] = sex[one[alike]]
    sex[other[mixed]] = np.where(sex[one[mixed]] == "M", "F", "M")
    sex[kind == "brothers"] = "M"
    born = np.repeat(_FIRST + rng.integers(0, _SPAN, len(one)), 2)
    for name, (least, most) in (("brothers", _BROTHERS), ("siblings", _SIBLINGS)):
        later = other[kind[other] == name]
        born[later] += rng.integers(least, most, len(later))
    home = rng.integers(0, 2_000, len(one))[family]
    # Strangers live elsewhere: in another sector.
    home[other] += 2_000 * (kind[other] == "strangers")
    related = one[kind[one] != "strangers"]
    return {
        "child": first + np.arange(count),
        "kind": kind,
        "forename": forenames(seed, sex, related),
        "surname": names[choose_weighted(rng, weights, len(one))][family],
        "date_of_birth": born,
        "sex": sex,
        "postcode": postcodes(home, np.repeat(rng.integers(0, 40, len(one)), 2)),
        "fifth": 1 + home % 5,
        "nhs_number": np.full(count, "0", object),
    }


def _upns(count: int) -> Labels:
    """A sound pupil number of an authority that does not exist for each child."""
    numbers = np.arange(count)
    authority, year = np.full(count, 990), np.full(count, 20)
    none = np.zeros(count, np.bool_)
    made: Ints = 4_000 + numbers // 1_000
    text: Labels = upns(authority, made, year, numbers % 1_000, none).to_numpy(False).astype(object)
    return text
