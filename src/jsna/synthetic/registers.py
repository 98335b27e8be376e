"""Two registers of the same invented children, with stated errors: to train and measure linkage.

A school register and a health register overlap in part. Everyone in them is invented; who is the
same child is known, so that what linkage finds can be judged. Errors fall on the health register at
stated rates, more often on children from poorer postcodes, and families, twins and common names
make strangers look alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import yaml

from jsna.synthetic.corruption import Faults, burden, misdated, mistyped, wrong_digit
from jsna.synthetic.draws import Floats, Ints, Labels, choose_weighted, stream

if TYPE_CHECKING:
    import pyarrow as pa

#: Errors as they usually are.
_USUAL: Final = Faults()
#: Children of one family at most, and the chance of each number.
_FAMILY: Final = np.array([0.45, 0.36, 0.14, 0.05])
_STEMS: Final = (
    "Ash Bar Beck Birk Black Blen Brad Brough Burn Cald Carl Chad Clay Cliff Crag Dal Den Drake "
    "Dun Eck Ed Elm Fair Fern Gar Gas Glen Gran Hag Hal Hard Hart Hay Hel Hol Horn Hux Ing Kel "
    "Kerr Kil Kirk Lang Lin Lock Lum Mal Mer Mid Mor Nor Oak Ol Pem Pres Quen Rad Rams Rin Rock "
    "Ros Rud Sal Sel Shen Sker Stan Stock Sut Tan Thorn Til Tor Tun Up Wad Wal War Wex Whit Win "
    "Wor Yar"
)
_ENDINGS: Final = (
    "bourne bridge burn bury by combe cott croft dale den don field ford gate ham hurst land ley "
    "low man mere ridge shaw smith son stead ston thorpe ton wald well wick wood worth"
)


@dataclass(frozen=True, slots=True)
class Registers:
    """Two tables of records; `child` in both says who it is and is never linked on.

    Columns: `record`, `child`, `forename`, `surname`, `date_of_birth`, `sex`, `postcode`,
    `nhs_number`, `fifth` (1 poorest to 5).
    """

    school: pa.Table
    health: pa.Table


def registers(
    school: int,
    health: int,
    seed: int = 1,
    overlap: float = 0.9,
    twins: float = 0.015,
    faults: Faults = _USUAL,
    nicknames: dict[str, list[str]] | None = None,
) -> Registers:
    """Invent two registers.

    Args:
        school, health: how many children stand in each.
        seed: of everything drawn.
        overlap: share of the school register that is in the health register too.
        twins: share of children who are one of twins.
        faults: rates of errors in the health register.
        nicknames: given name -> short forms, in capitals.
    """
    import pyarrow as pa

    both = min(int(school * overlap), health)
    count = school + health - both
    child = _children(seed, count, twins)
    order = stream(seed, "who").permutation(count)
    in_school, in_health = order[:school], order[school - both :]
    clean = {name: values[in_school] for name, values in child.items()}
    faulty = {name: values[in_health] for name, values in child.items()}
    spoil(seed, faulty, faults, nicknames or {})
    tables = []
    for name, rows in (("school", clean), ("health", faulty)):
        shuffled = stream(seed, name, "rows").permutation(len(rows["child"]))
        columns = {key: values[shuffled] for key, values in rows.items()}
        columns = {"record": np.arange(len(shuffled)), **columns}
        tables.append(pa.table({key: _column(values) for key, values in columns.items()}))
    return Registers(*tables)


def _column(values: Labels) -> pa.Array[Any]:
    import pyarrow as pa

    if values.dtype.kind == "M":
        return pa.array(values.astype("datetime64[D]"), pa.date32())
    return pa.array(values, from_pandas=True)


def _children(seed: int, count: int, twins: float) -> dict[str, Labels]:
    """Everyone in either register, without error: families share surname and postcode."""
    sizes = choose_weighted(stream(seed, "families"), _FAMILY, count) + 1
    family = np.repeat(np.arange(count), sizes)[:count]
    families = int(family[-1]) + 1
    family_names, weights = surnames()
    of_family = family_names[choose_weighted(stream(seed, "surnames"), weights, families)]
    sectors = max(families // 300, 1)
    sector = stream(seed, "sectors").integers(0, sectors, families)
    units = stream(seed, "units").integers(0, 40, families)
    sex = np.where(stream(seed, "sex").random(count) < 0.51, "M", "F").astype(object)
    born = np.datetime64("2003-01-01") + stream(seed, "born").integers(0, 365 * 20, count)
    # A twin is the next child of the same family, born on the same day.
    first = np.flatnonzero(family[1:] == family[:-1])
    chance = twins / 2 * count / max(len(first), 1)
    pair = first[stream(seed, "twins").random(len(first)) < chance]
    born[pair + 1] = born[pair]
    return {
        "child": np.arange(count),
        "forename": forenames(seed, sex, pair),
        "surname": of_family[family],
        "date_of_birth": born,
        "sex": sex,
        "postcode": postcodes(sector[family], units[family]),
        "nhs_number": _numbers(seed, count),
        "fifth": sector[family] * 5 // sectors + 1,
    }


def _pools() -> dict[str, list[str]]:
    path = Path(__file__).with_name("names.yaml")
    pools: dict[str, list[str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return pools


def surnames() -> tuple[Labels, Floats]:
    """Surnames with their weights: some everyone knows, then ever rarer invented ones."""
    pools = _pools()
    known = [*pools["surnames"], *pools["surnames_asian"]]
    made = [stem + ending for ending in _ENDINGS.split() for stem in _STEMS.split()]
    names = np.array([*known, *made], dtype=object)
    ranks = np.concatenate([np.arange(len(known)) * 2, 500 + np.arange(len(made)) * 3])
    return names, 1.0 / (ranks + 30.0)


def forenames(seed: int, sex: Labels, twins: Ints) -> Labels:
    """Forenames by sex, some far more usual than others; twins never share one."""
    pools = _pools()
    given = np.empty(len(sex), dtype=object)
    for letter, names in (("M", ("boys", "boys_asian")), ("F", ("girls", "girls_asian"))):
        pool = np.array([*pools[names[0]], *pools[names[1]]], dtype=object)
        ranks = stream(seed, "ranks", letter).permutation(len(pool))
        mine = np.flatnonzero(sex == letter)
        drawn = choose_weighted(
            stream(seed, "given", letter), np.asarray(1.0 / (ranks + 8.0), np.float64), len(mine)
        )
        given[mine] = pool[drawn]
    same = twins[given[twins] == given[twins + 1]]
    given[same + 1] = np.where(sex[same + 1] == "M", "Ellis", "Avril")
    return given


def postcodes(sector: Ints, unit: Ints) -> Labels:
    """Postcodes of an area that does not exist."""
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    areas = [f"Z{letter}" for letter in letters]
    known = {
        (
            s,
            u,
        ): f"{areas[s // 900 % 20]}{s // 10 % 90 + 1} {s % 10}{letters[u // 20]}{letters[u % 20]}"
        for s, u in set(zip(sector.tolist(), unit.tolist(), strict=True))
    }
    return np.array(
        [known[pair] for pair in zip(sector.tolist(), unit.tolist(), strict=True)], dtype=object
    )


def _numbers(seed: int, count: int) -> Labels:
    """Distinct NHS numbers beginning with 9, which are never issued, as a column of text."""
    drawn = stream(seed, "numbers").permutation(max(count * 13 // 10, 100))
    base = 900_000_000 + drawn * max(99_000_000 // len(drawn), 1)
    digits = base[:, None] // 10 ** np.arange(8, -1, -1) % 10
    check = (11 - (digits * np.arange(10, 1, -1)).sum(axis=1) % 11) % 11
    numbers = (base * 10 + check)[check != 10][:count]
    text: Labels = numbers.astype(str).astype(object)
    return text


def spoil(
    seed: int, rows: dict[str, Labels], faults: Faults, nicknames: dict[str, list[str]]
) -> None:
    """Put errors into records, more often into those of poorer postcodes."""
    count = len(rows["child"])
    more = burden(rows["fifth"].astype(np.int64), faults.slope)

    def hit(name: str, rate: float) -> Ints:
        return np.flatnonzero(stream(seed, "hit", name).random(count) < rate * more)

    for i in hit("nickname", faults.nickname):
        short = nicknames.get(str(rows["forename"][i]).upper())
        if short:
            rows["forename"][i] = short[int(i) % len(short)].capitalize()
    family_names, weights = surnames()
    changed = hit("surname", faults.surname)
    rows["surname"][changed] = family_names[
        choose_weighted(stream(seed, "new surnames"), weights, len(changed))
    ]
    for i in hit("typed", faults.typed):
        column = ("forename", "surname")[int(i) % 2]
        rows[column][i] = mistyped(stream(seed, "slip", str(i)), str(rows[column][i]))
    wrong = hit("born", faults.born)
    rows["date_of_birth"][wrong] = misdated(stream(seed, "misdated"), rows["date_of_birth"][wrong])
    moved = hit("moved", faults.moved)
    others = stream(seed, "moves").integers(0, count, len(moved))
    rows["postcode"][moved] = rows["postcode"][others]
    invalid = hit("invalid", faults.invalid)
    rows["nhs_number"][invalid] = wrong_digit(rows["nhs_number"][invalid])
    rows["nhs_number"][hit("missing", faults.missing)] = None
