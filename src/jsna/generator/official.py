"""An invented official release for a synthetic edition, in the layout of the real ones.

The fictional area's figures are counted from what is true of its people; those of its country,
region and neighbours are the same figures scaled to their size, each moved by chance, so that they
are plausible and different. Every row says "Synthetic" in a footnote, which the readers carry.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jsna.errors import JsnaError, Problem
from jsna.generator import official_single
from jsna.generator import official_tables as tables
from jsna.generator.official_columns import SPLIT_IN_2026
from jsna.generator.official_home import Home
from jsna.synthetic.draws import stream

if TYPE_CHECKING:
    from jsna.model.configuration import Configuration

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

FOOTNOTE: Final = "Synthetic: every figure of this release is invented."
#: How many times the home area the country and its region are.
SCALE: Final = {"country": 52.0, "region": 6.5}
#: Neighbours are of many sizes: middle and spread (of the logarithm) against the home area.
NEIGHBOUR_SIZE: Final = (0.8, 0.35)
#: The others of a whole country together are what is left of it.
OTHER_SPREAD: Final = 0.5
#: How far the home area is from the middle of a whole country in any one figure: the same.
FROM_MIDDLE: Final = 0.1
#: Names of the others are made of these, in letters, since a number in a name would be a figure.
#: None of them is a real place's (tested against the official look-ups).
BEGIN: Final = (
    "Aldvor", "Brenquil", "Cormath", "Dwelvin", "Eskarl", "Fenquor", "Grindovel", "Hathquil",
    "Islovar", "Jorvend", "Kelquen", "Lornvath", "Mirdovan", "Norquel", "Orvandel", "Prindar",
    "Quorven", "Rostvel",
)  # fmt: skip
END: Final = ("shire", "by", "mere", "ford", "wick", "holt", "dale", "stow")
#: How far apart areas are in any one figure: standard deviation of the logarithm.
APART: Final = {"country": 0.05, "region": 0.06, "authority": 0.13, "home": 0.06}
#: A zip's entries need a time; this one says nothing and never changes.
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_YEAR: Final = re.compile(r"\d{4}$")


class Places:
    """The areas a release is about: their identifying columns, size and own luck."""

    def __init__(self, config: Configuration) -> None:
        assert config.edition.synthesis is not None
        area, self.seed = config.area, config.edition.synthesis.seed
        country = {"country_code": area.country.code, "country_name": area.country.name}
        region = {**country, "region_code": area.region.code, "region_name": area.region.name}
        self.home = _authority(region, area.code, area.old_la_code, area.name)
        self.locality_level = (
            "Ward" if area.localities_are == "ward" else "Local authority district"
        )
        prefix = "ward" if area.localities_are == "ward" else "lad"
        self.localities = {
            place.code: {
                **self.home,
                "geographic_level": self.locality_level,
                f"{prefix}_code": place.code,
                f"{prefix}_name": place.name,
            }
            for place in area.localities
        }
        self.others: dict[str, tuple[str, dict[str, str], float]] = {
            area.country.code: (
                "country", {"geographic_level": "National", **country}, SCALE["country"]
            ),
            area.region.code: (
                "region", {"geographic_level": "Regional", **region}, SCALE["region"]
            ),
        }  # fmt: skip
        middle, spread = NEIGHBOUR_SIZE
        for place in area.neighbours:
            size = middle * float(np.exp(spread * self.luck("size", place.code).normal()))
            # They lie anywhere in the country: the region has authorities that are not invented.
            named = _authority(country, place.code, place.old_la_code, place.name)
            self.others[place.code] = ("authority", named, size)

        for code, named, size in self._others(country, config.edition.synthesis.authorities):
            self.others[code] = ("authority", named, size)
        self.whole = area.country.code if config.edition.synthesis.authorities else None

    def _others(
        self, within: Mapping[str, str], count: int
    ) -> Iterator[tuple[str, dict[str, str], float]]:
        """The rest of the country's authorities, called by a number: code, columns, size."""
        if not count:
            return
        left = SCALE["country"] - 1 - sum(size for kind, _, size in self.others.values()
                                          if kind == "authority")  # fmt: skip
        sizes = np.exp(OTHER_SPREAD * self.luck("sizes of others").normal(size=count))
        names = [begin + end for end in END for begin in BEGIN]
        for at, (name, size) in enumerate(zip(names, left * sizes / sizes.sum(), strict=False), 1):
            # Numbers of authorities begin at 201, and these codes lie in a block never issued.
            code = f"E06{at + 910:06}"
            yield code, _authority(within, code, f"{at:03}", name), size

    def luck(self, *names: str) -> np.random.Generator:
        """A stable stream of chance for the thing so named."""
        return stream(self.seed, "official release", *names)


def _authority(within: Mapping[str, str], code: str, old: str, name: str) -> dict[str, str]:
    return {
        "geographic_level": "Local authority",
        **within,
        "new_la_code": code,
        "old_la_code": old,
        "la_name": name,
    }


def release(facts: Mapping[str, pd.DataFrame], config: Configuration) -> Mapping[str, bytes]:
    """Files of the invented releases.

    Args:
        facts: of the invented people, from `truth.facts`.
        config: of the synthetic edition.

    Returns:
        File name -> bytes, of each invented release that the edition names: of those on EHC plans
        a zip of all tables, of any other a CSV. One whose name ends in an earlier year is as it
        was issued then.

    Raises:
        JsnaError: naming each release with a table that cannot be made.
    """
    places, home = Places(config), Home(facts, config)
    year = config.edition.reference_date.year
    plans = tables.ehcp(home, year)
    # The others count rolls and years that are received.
    specs = plans | (official_single.single(home) if config.edition.received else {})
    files, problems = {}, []
    for one in (one for one in config.every_release if one.synthetic):
        wanted = [*plans] if set(one.tables) <= set(plans) else [*one.tables]
        zipped = one.file.endswith(".zip")
        if not set(wanted) <= set(specs) or zipped != (len(wanted) > 1):
            rule = (
                "no invented figures fill this: it is one table in a CSV, or those on EHC plans in "
                f"a .zip; this edition's records give {', '.join(sorted(specs))}"
            )
            problems.append(
                Problem(one.declared_in, rule, column="tables", code="synthetic.release")
            )
            continue
        ago = year - int(issued[0] if (issued := _YEAR.search(one.id)) else year)
        made = {name: _csv(_before(places, name, specs[name], ago)) for name in wanted}
        files[one.file] = _zip(made) if zipped else made[wanted[0]]
    if problems:
        raise JsnaError(problems, title="Some releases cannot be invented:")
    return files


def _before(places: Places, name: str, spec: tables.Spec, years: int) -> pd.DataFrame:
    """A table as the release of some years before the newest had it: as long, and in its columns.

    It gives `years` older periods than the newest, and none as late.
    """
    if years <= 0:
        return _years(places, name, spec)
    longer = _years(places, name, replace(spec, years=spec.years + years))
    last = spec.time(max(spec.counted) - years)
    kept = longer[longer["time_period"].astype("str") <= last]
    for column, parts in SPLIT_IN_2026.items():
        for name in (column, f"number_{column}"):
            own = [name.replace(column, part) for part in parts]
            if set(own) <= set(kept):
                at = min(list(kept.columns).index(one) for one in own)
                whole = kept[own].sum(axis=1)
                kept = kept.drop(columns=own)
                kept.insert(at, name, whole)
    if "ds_pc" in kept:
        kept["oth_pc"] = tables.percent(kept["number_oth"], kept["ehc_plans"])
        kept = kept.drop(columns="ds_pc")
    return kept


def _years(places: Places, name: str, spec: tables.Spec) -> pd.DataFrame:
    """Every area and year of a table: the home area as counted, earlier years shrunk.

    The figures of all areas are stacked, and what follows from them is added to all at once.
    """
    about: list[dict[str, str]] = []
    stacked: list[pd.DataFrame] = []

    def add(figures: pd.DataFrame, columns: Mapping[str, str], end: int) -> None:
        stacked.append(figures.assign(**{tables.PART: len(about)}))
        time = {"time_period": spec.time(end), "time_identifier": spec.identifier}
        about.append({**time, **columns})

    newest = max(spec.counted)
    for end in range(newest, newest - spec.years, -1):
        base_year = min(year for year in spec.counted if year >= end)
        base, growth = spec.counted[base_year], spec.growth ** (base_year - end)
        if base_year == end:
            add(base, places.home, end)
        else:
            add(_moved(spec, base, growth, APART["home"], places, name, "home", end),
                places.home, end)  # fmt: skip
        authorities = [stacked[-1]]
        for code, (kind, columns, size) in reversed(places.others.items()):
            if code == places.whole:
                moved = _sum(authorities)
            else:
                moved = _moved(spec, base, size * growth, APART[kind], places, name, code, end)
            if kind == "authority":
                authorities.append(moved)
            add(moved, columns, end)
        for code, figures in spec.localities.get(end, {}).items():
            add(figures, places.localities[code], end)
    finished = spec.finish(pd.concat(stacked, ignore_index=True))
    named = pd.DataFrame(about).fillna("")
    first = [column for column in tables.GEOGRAPHY if column in named]
    out = named[first].iloc[finished[tables.PART]].reset_index(drop=True)
    return pd.concat([out, finished.drop(columns=tables.PART)], axis=1).assign(footnote=FOOTNOTE)


def _sum(figures: list[pd.DataFrame]) -> pd.DataFrame:
    """The figures of a country all of whose authorities are there."""
    out = figures[0].drop(columns=tables.PART).copy()
    numbers = [str(c) for c in out if pd.api.types.is_numeric_dtype(out[c])]
    out[numbers] = sum(one[numbers].to_numpy() for one in figures)
    return out


def _moved(
    spec: tables.Spec,
    base: pd.DataFrame,
    size: float,
    apart: float,
    places: Places,
    name: str,
    code: str,
    end: int,
) -> pd.DataFrame:
    """The figures at another size, each column moved by the area's chance, a little by the year's.

    A part (`spec.within`: column -> the column it lies in) moves beside its whole and never
    exceeds it, nor does it together with a part that it shares nobody with (`spec.apart`). The
    topics of a table add up to the same totals as before.
    """
    area, year = places.luck(name, code), places.luck(name, code, str(end))
    numbers = [str(c) for c in base if pd.api.types.is_numeric_dtype(base[c])]
    moves = apart * area.normal(size=len(numbers)) + 0.25 * apart * year.normal()
    if places.whole and code != "home":
        # Else the area that all others are made of would be in the middle of every figure.
        moves += FROM_MIDDLE * places.luck(name, "everyone").normal(size=len(numbers))
    own = np.exp(moves)
    whole = [spec.within.get(column, column) for column in numbers]
    at = [numbers.index(column) for column in whole]
    own = np.where([w != c for w, c in zip(whole, numbers, strict=True)], own * own[at], own)
    counts = base[numbers].to_numpy(dtype="float64")
    moved = np.floor(counts * size * own + year.random(counts.shape)).astype("int64")
    for _ in spec.within:  # a part may lie in a part
        moved = np.minimum(moved, moved[:, at])
    for column, other in spec.apart.items():
        own_at, other_at = numbers.index(column), numbers.index(other)
        rest = moved[:, at[own_at]] - moved[:, other_at]
        moved[:, own_at] = np.minimum(moved[:, own_at], rest)
    if tables.TOPIC in base:
        moved = _agreeing(counts, moved, base[tables.TOPIC].tolist())
    if spec.rows_of is not None:
        other, whole_spec = spec.rows_of
        counted = min(year for year in whole_spec.counted if year >= end)
        as_large = size * (whole_spec.growth / spec.growth) ** (counted - end)
        wholes = _moved(
            whole_spec, whole_spec.counted[counted], as_large, apart, places, other, code, end
        )
        moved = _sharing(counts, moved, base, wholes)
    return pd.concat([base.drop(columns=numbers), pd.DataFrame(moved, base.index, numbers)], axis=1)


def _agreeing(counts: Floats, moved: Whole, topics: list[str]) -> Whole:
    """Moved counts whose later topics come to what the first does, as far as they did before.

    Each later topic's rows share out its part of the first one's sum in proportion to their own.
    """
    first = np.array([topic == topics[0] for topic in topics])
    out = moved.copy()
    for topic in list(dict.fromkeys(topics))[1:]:
        rows = np.array([t == topic for t in topics])
        for column in range(counts.shape[1]):
            before, own = counts[first, column].sum(), counts[rows, column].sum()
            if not 0 < own <= before:
                continue
            target = int(moved[first, column].sum() * own // before)
            weights = moved[rows, column] + counts[rows, column] / 1e6
            out[rows, column] = _shared_out(weights, target)
    return out


def _sharing(counts: Floats, moved: Whole, base: pd.DataFrame, wholes: pd.DataFrame) -> Whole:
    """Moved counts whose rows come to what the rows of the same label come to in another table."""
    at = [tables.TOPIC, tables.LABEL]
    sums = wholes.set_index(at).sum(axis=1)
    out = moved.copy()
    for row, target in enumerate(sums.reindex(pd.MultiIndex.from_frame(base[at])).tolist()):
        out[row] = _shared_out(moved[row] + counts[row] / 1e6, int(target))
    return out


def _shared_out(weights: Floats, target: int) -> Whole:
    """Whole numbers that add up to the target, in proportion to weights."""
    if not weights.sum():
        weights = np.ones_like(weights)
    shares = target * weights / weights.sum()
    whole: Whole = np.floor(shares).astype("int64")
    order = np.argsort(whole - shares, kind="stable")[: target - whole.sum()]
    whole[order] += 1
    return whole


def _csv(table: pd.DataFrame) -> bytes:
    text: str = table.to_csv(index=False, lineterminator="\r\n")
    return b"\xef\xbb\xbf" + text.encode("utf-8")


def _zip(files: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(f"data/{name}.csv", EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return content.getvalue()
