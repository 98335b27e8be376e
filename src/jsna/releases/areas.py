"""Which rows of a release are about the areas an edition shows."""

from __future__ import annotations

import difflib
from typing import Final

import pandas as pd

from jsna.errors import Problem
from jsna.model.areas import Area, Place
from jsna.releases.release import (
    AUTHORITY,
    DISTRICT,
    LEVEL,
    NATIONAL,
    REGIONAL,
    TIME,
    WARD,
)
from jsna.releases.release import GEOGRAPHY as GEOGRAPHIES
from jsna.settings import recoded

AREA_CODE: Final = "area_code"
GEOGRAPHY: Final = "geography"


def authorities(area: Area) -> dict[str, str]:
    """Codes of the home area and its neighbours, each with its old three-digit code."""
    near = {place.code: place.old_la_code for place in area.neighbours}
    return {area.code: area.old_la_code, **near}


def _plain(names: pd.Series[str]) -> pd.Series[str]:
    return names.str.strip().str.casefold()


def located(frame: pd.DataFrame, area: Area) -> pd.DataFrame:
    """Rows about the home area, its country, region, neighbours and localities.

    An authority is found by its code from the Government Statistical Service; where a period has
    no row with that code, by its old three-digit code, which survives a change of the other, or by
    an earlier or later code of the same place (`settings.recoded`). The
    country and region are found by code, or by name where a release has no codes. Rows of regions
    that are no region ("z", outside England) match nothing.

    Returns:
        Those rows with `area_code` (as the edition has it) and `geography`, in file order.
    """
    # Releases are wide, and nearly all their rows are about other places: the rows are found by a
    # few columns, and taken once.
    narrow = frame[[TIME, LEVEL, *GEOGRAPHIES]].reset_index(drop=True)
    level = narrow[LEVEL]
    parts = [
        _whole(narrow[level == NATIONAL], area.country, "country", "national"),
        _whole(narrow[level == REGIONAL], area.region, "region", "region"),
        _authorities(narrow[level == AUTHORITY], area),
        _localities(narrow[level.isin((DISTRICT, WARD))], area),
    ]
    found = pd.concat(parts)[[AREA_CODE, GEOGRAPHY]].sort_index(kind="stable")
    rows = frame.iloc[found.index]
    return rows.assign(
        **{name: found[name].set_axis(rows.index) for name in (AREA_CODE, GEOGRAPHY)}
    )


def absent(frame: pd.DataFrame, area: Area, where: str) -> list[Problem]:
    """A problem where a file has rows of authorities and none of the home area, naming what it has.

    A file of nations, of regions or of localities alone has nothing to say of an authority.
    """
    rows = frame[frame[LEVEL] == AUTHORITY]
    home = rows["new_la_code"].isin(recoded.every(area.code))
    home |= rows["old_la_code"].eq(area.old_la_code)
    if rows.empty or home.any():
        return []
    names = rows["la_name"] if "la_name" in rows else rows["new_la_code"]
    codes = rows["new_la_code"].where(rows["new_la_code"].ne(""), rows["old_la_code"])
    there = {str(n).strip(): str(c) for n, c in zip(names, codes, strict=True)}
    folded = {name.casefold(): name for name in there}
    own = area.name.casefold()
    close = [name for name in sorted(folded) if own in name or name in own]
    close += difflib.get_close_matches(own, list(folded), n=3, cutoff=0.6)
    near = [folded[name] for name in dict.fromkeys(close)][:3] or sorted(there)[:3]
    told = ", ".join(f"{name} ({there[name]})" for name in near)
    rule = (
        f"has rows of {len(there)} authorities and none of {area.name} ({area.code}, "
        f"{area.old_la_code}); {'the nearest are' if close else 'the first are'} {told}. If it "
        "truly has none, take the dataset out of the edition's `sources`"
    )
    return [Problem(where, rule, code="published.area")]


def _whole(rows: pd.DataFrame, place: Place, kind: str, geography: str) -> pd.DataFrame:
    codes = rows[f"{kind}_code"]
    by_code = codes == place.code
    by_name = (codes == "") & (_plain(rows[f"{kind}_name"]) == place.name.strip().casefold())
    return rows[by_code | by_name].assign(**{AREA_CODE: place.code, GEOGRAPHY: geography})


def _authorities(rows: pd.DataFrame, area: Area) -> pd.DataFrame:
    codes = authorities(area)
    by_old = {old: code for code, old in codes.items()}
    new, old = rows["new_la_code"], rows["old_la_code"].map(by_old)
    old = old.fillna(new.map(recoded.known_as(codes)))
    exact = new.isin(codes)
    rows = rows.assign(area_code=new.where(exact, old), geography="authority", _exact=exact)
    rows = rows[rows[AREA_CODE].notna()]
    # Where a period has rows under the present code, those under an earlier one are left out:
    # a release keeps both when an authority was recoded, and they must not be counted twice.
    doubled = rows.groupby([TIME, AREA_CODE], sort=False)["_exact"].transform("any")
    return rows[rows["_exact"] | ~doubled.astype("bool")].drop(columns="_exact")


def _localities(rows: pd.DataFrame, area: Area) -> pd.DataFrame:
    column = "ward_code" if area.localities_are == "ward" else "lad_code"
    ours = rows[column].map(recoded.known_as(area.locality_names))
    rows = rows.assign(**{AREA_CODE: ours, GEOGRAPHY: area.localities_are})[ours.notna()]
    # A locality under two codes in one period stands under the one the edition gives it.
    exact = rows[column] == rows[AREA_CODE]
    doubled = exact.groupby([rows[TIME], rows[AREA_CODE]], sort=False).transform("any")
    return rows[exact | ~doubled.astype("bool")]
