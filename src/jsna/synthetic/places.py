"""The fictional county on the ground: wards, small areas, deprivation, postcodes, schools."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from jsna.model.areas import Area
from jsna.synthetic.draws import Floats, Ints, stream
from jsna.synthetic.effects import Effects

#: Small areas of England in the Indices of Deprivation 2025.
ENGLAND_LSOAS = 33_755
LSOAS_PER_WARD = 4
#: Numbers the invented codes begin from, in blocks the Office for National Statistics never issued.
FIRST_WARD, FIRST_LSOA, FIRST_OUTSIDE_LSOA = 5_900_001, 1_900_001, 1_990_001
OUTSIDE_LSOAS = 40


@cache
def pools() -> dict[str, list[str]]:
    """Pools of names by kind."""
    file = Path(__file__).with_name("names.yaml")
    found: dict[str, list[str]] = yaml.load(
        file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )
    return found


@dataclass(frozen=True, slots=True)
class Places:
    """Small areas of the county, and a few outside it where some of its pupils live.

    Attributes:
        lsoa: one row a small area of the county, in order of code; `district` and `ward` are
            positions, `depth` runs from -0.5 (least deprived in England) to 0.5 (most), `weight`
            is the share of residents.
        outside: codes of the small areas outside.
    """

    area: Area
    lsoa: pd.DataFrame
    outside: list[str]

    @property
    def codes(self) -> list[str]:
        """Codes of all small areas; those outside come last."""
        return [*self.lsoa["lsoa_code"], *self.outside]

    @property
    def depth(self) -> Floats:
        """Deprivation of all small areas; the middle where it lies outside."""
        depth: Floats = np.r_[self.lsoa["depth"].to_numpy(), np.zeros(len(self.outside))]
        return depth

    @property
    def district(self) -> Ints:
        """Position of the district of every small area; -1 outside."""
        district: Ints = np.r_[self.lsoa["district"].to_numpy(), np.full(len(self.outside), -1)]
        return district


def ward_names(count: int) -> list[str]:
    """Invented ward names, all different, in an order that mixes stems and endings."""
    stems, endings = pools()["place_stems"], pools()["place_endings"]
    made = [
        stems[i % len(stems)] + endings[(i + i // len(stems) * 5) % len(endings)]
        for i in range(len(stems) * len(endings))
    ]
    names = list(dict.fromkeys(made))
    if count > len(names):
        names += [f"{name} {side}" for side in ("North", "South", "East") for name in names]
    # In a county as large as this, wards of one name are numbered.
    more = (f"{names[at % len(names)]} {at // len(names) + 1}" for at in range(len(names), count))
    return [*names[:count], *more]


def build(area: Area, lsoas: int, seed: int, effects: Effects) -> Places:
    """Lay out the county: small areas in wards in districts, each with a deprivation rank."""
    from scipy.special import ndtr

    rng = stream(seed, "places")
    districts = len(area.localities)
    wards = max(districts, round(lsoas / LSOAS_PER_WARD))
    ward = np.arange(lsoas) * wards // lsoas
    district_of_ward = np.arange(wards) * districts // wards
    district = district_of_ward[ward]
    centre = effects.values("place.centre")
    latent = (
        centre["mean"]
        + centre["district"] * _spaced(rng, districts)[district]
        + centre["ward"] * rng.standard_normal(wards)[ward]
        + centre["lsoa"] * rng.standard_normal(lsoas)
    )
    noise = rng.standard_normal(lsoas)
    frame = pd.DataFrame({"lsoa_code": [f"E0{FIRST_LSOA + i}" for i in range(lsoas)]})
    names = [place.name for place in area.localities]
    frame["lsoa_name"] = _lsoa_names(district, names)
    frame["ward_code"] = [f"E0{FIRST_WARD + i}" for i in ward]
    frame["ward_name"] = np.array(ward_names(wards), dtype=object)[ward]
    frame["district_code"] = np.array([p.code for p in area.localities], dtype=object)[district]
    frame["district_name"] = np.array(names, dtype=object)[district]
    frame["authority_code"], frame["authority_name"] = area.code, area.name
    frame["district"], frame["ward"] = district, ward
    spread = float(np.sqrt(centre["lsoa"] ** 2 + centre["ward"] ** 2 + centre["district"] ** 2))
    for prefix, value in (
        ("imd", ndtr(latent / spread)),
        ("idaci", ndtr((0.94 * latent + 0.34 * spread * noise) / spread)),
    ):
        rank = _distinct(value)
        frame[f"{prefix}_rank"] = rank
        frame[f"{prefix}_decile"] = -(-rank * 10 // ENGLAND_LSOAS)
        share = 1 - (rank - 0.5) / ENGLAND_LSOAS
        if prefix == "imd":
            frame["imd_score"] = np.round(1.5 + 78 * share**2.4, 3)
            frame["depth"] = share - 0.5
        else:
            frame["idaci_score"] = np.round(0.01 + 0.62 * share**2.2, 3)
    weight = np.exp(0.15 * rng.standard_normal(lsoas))
    frame["weight"] = weight / weight.sum()
    outside = [f"E0{FIRST_OUTSIDE_LSOA + i}" for i in range(min(OUTSIDE_LSOAS, lsoas))]
    return Places(area, frame, outside)


def _spaced(rng: np.random.Generator, count: int) -> Floats:
    """Normal scores in random order: districts differ by as much in every world."""
    from scipy.special import ndtri

    return rng.permutation(ndtri((np.arange(count) + 0.5) / count))


def _distinct(value: Floats) -> Ints:
    """Whole ranks in England, 1 most deprived, no two alike, from shares of it."""
    order = np.argsort(value, kind="stable")
    rank = np.ceil(value[order] * ENGLAND_LSOAS).astype(np.int64).clip(1)
    step = np.arange(len(rank))
    rank = np.maximum.accumulate(rank - step) + step
    # Where the bump ran past the last rank, what is there moves down again.
    rank = np.minimum(rank, ENGLAND_LSOAS - step[::-1])
    out: Ints = np.empty(len(rank), dtype=np.int64)
    out[order] = rank
    return out


def _lsoa_names(district: Ints, names: list[str]) -> list[str]:
    """Names such as `District 003B`: five small areas to a number within the district."""
    from jsna.synthetic.identifiers import running_number

    number = running_number(district)
    return [
        f"{names[d]} {n // 5 + 1:03d}{'ABCDE'[n % 5]}"
        for d, n in zip(district.tolist(), number.tolist(), strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Schools:
    """Establishments: the register's frame, and where each kind stands in it.

    Attributes:
        frame: one row an establishment: urn, school_name, establishment_type, phase, school_type,
            school_old_la_code, ukprn (null for schools), district (-1 outside).
        kinds: kind -> positions of the frame; `<kind>` in the area, `<kind>_outside` beyond it.
    """

    frame: pd.DataFrame
    kinds: dict[str, Ints]


#: kind: residents of school age to one of them in the area, how many outside for each ten thousand
#: plans, phase, registered types with their shares, school type, words of the name.
_KINDS: dict[str, tuple[float, int, str, dict[str, float], str, str]] = {
    "nursery": (7_500, 0, "nursery", {"15": 1}, "maintained", "Nursery School"),
    "primary": (
        370, 20, "primary", {"01": 4, "02": 3, "03": 1, "28": 0.5, "34": 2, "35": 0.2},
        "", "Primary School",
    ),
    "secondary": (
        2_100, 16, "secondary", {"01": 2, "02": 1, "28": 1.5, "34": 5, "35": 0.5},
        "", "High School",
    ),
    "special": (5_800, 12, "special", {"07": 4, "12": 1, "44": 2, "36": 0.5}, "", "School"),
    "alternative_provision": (
        22_000, 3, "alternative_provision", {"14": 3, "42": 1}, "", "Learning Centre",
    ),
    "mainstream_independent": (
        30_000, 10, "all_through", {"11": 1}, "independent", "Independent School",
    ),
    "special_independent": (
        14_000, 30, "special", {"10": 1}, "independent", "House School",
    ),
    "special_non_maintained": (
        180_000, 6, "special", {"08": 1}, "non_maintained", "Foundation School",
    ),
    "fe_college": (18_000, 6, "post_16", {"18": 1}, "maintained", "College"),
    "specialist_post_16": (
        60_000, 8, "post_16", {"32": 1}, "independent", "Specialist College",
    ),
}  # fmt: skip
_ACADEMIES = frozenset({"28", "33", "34", "35", "36", "38", "42", "43", "44"})


def build_schools(places: Places, pupils: int, plans: int, seed: int) -> Schools:
    """Found the establishments: those of the area spread over its districts, some outside."""
    rng = stream(seed, "schools")
    area, districts = places.area, len(places.area.localities)
    others = [n.old_la_code for n in area.neighbours] or ["999"]
    rows: list[dict[str, Any]] = []
    kinds: dict[str, list[int]] = {}
    stems, endings = pools()["place_stems"], pools()["place_endings"]
    for kind, (per, abroad, phase, types, school_type, words) in _KINDS.items():
        inside = max(2 if kind in ("primary", "special") else 1, round(pupils / per))
        if kind in ("primary", "secondary"):
            inside = max(inside, districts)
        beyond = max(1, round(abroad * plans / 10_000)) if abroad else 0
        codes = list(types)
        shares = np.array(list(types.values()), dtype=float)
        drawn = rng.choice(len(codes), size=inside + beyond, p=shares / shares.sum())
        for number, code in enumerate(drawn.tolist()):
            home = number < inside
            kinds.setdefault(kind if home else f"{kind}_outside", []).append(len(rows))
            stem, ending = rng.integers(len(stems)), rng.integers(len(endings))
            kind_of_type = "academy" if codes[code] in _ACADEMIES else "maintained"
            rows.append(
                {
                    "school_name": f"{stems[stem]}{endings[ending]} {words}",
                    "establishment_type": codes[code],
                    "phase": phase,
                    "school_type": school_type or kind_of_type,
                    "school_old_la_code": area.old_la_code
                    if home
                    else others[number % len(others)],
                    "district": number * districts // inside if home else -1,
                    "college": phase == "post_16",
                }
            )
    frame = pd.DataFrame(rows)
    frame["urn"] = [f"{900_001 + i}" for i in range(len(frame))]
    frame["ukprn"] = [f"{99_000_001 + i}" if c else None for i, c in enumerate(frame["college"])]
    frame["register_phase"] = frame["phase"].map(_REGISTER_PHASES)
    return Schools(frame, {kind: np.array(rows, dtype=np.int64) for kind, rows in kinds.items()})


_REGISTER_PHASES = {
    "nursery": "Nursery",
    "primary": "Primary",
    "secondary": "Secondary",
    "all_through": "All-through",
    "post_16": "16 plus",
    "special": "Not applicable",
    "alternative_provision": "Not applicable",
}
