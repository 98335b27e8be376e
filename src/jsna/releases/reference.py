"""Reference tables of an open edition, from official look-ups, deprivation and population."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from jsna.errors import JsnaError, Problem
from jsna.io import Paths
from jsna.model.configuration import Configuration
from jsna.releases import iod, lookups, periods, store
from jsna.settings import recoded

LSOA_COLUMNS: Final = (
    "lsoa_code",
    "lsoa_name",
    "ward_code",
    "ward_name",
    "district_code",
    "authority_code",
    "locality_code",
    "imd_rank",
    "imd_decile",
    "imd_quintile",
    "idaci_rank",
    "idaci_decile",
    "period",
)


def has_small_areas(config: Configuration) -> bool:
    """Whether the edition's sources give small areas with their deprivation."""
    return {"iod", "lsoa_lookup", "authority_lookup"} <= set(config.releases)


def lsoa_reference(config: Configuration, paths: Paths) -> pd.DataFrame:
    """Small areas of the home area with locality and deprivation, columns `LSOA_COLUMNS`.

    Deciles and quintiles are text ("1" most deprived) and national; ranks are integers.

    Raises:
        JsnaError: the look-up and the indices do not name the same small areas, or the area's
            localities are not those of the look-up.
    """
    files = {name: paths.published / chosen[0].file for name, chosen in config.releases.items()}
    area = config.area
    places = store.once(lookups.lsoas, files["lsoa_lookup"])
    upper = store.once(lookups.authorities, files["authority_lookup"])
    upper = upper.drop_duplicates("district_code")
    upper_of = upper.set_index("district_code")["authority_code"]
    places["authority_code"] = places["district_code"].map(upper_of).fillna(places["district_code"])
    home = places[places["authority_code"].isin(recoded.every(area.code))]
    locality = "ward_code" if area.localities_are == "ward" else "district_code"
    ours = recoded.known_as(area.locality_names)
    home = home.assign(
        authority_code=area.code, locality_code=home[locality].map(ours).fillna(home[locality])
    )
    ranked = iod.imd(files["iod"]).drop(columns="district_code")
    if "idaci" in files:
        ranked = iod.together(ranked, iod.idaci(files["idaci"]), files["idaci"].name)
    out = home.merge(ranked, on="lsoa_code", how="left")
    _check(out, config)
    quintile = (out["imd_decile"] + 1) // 2
    out = out.assign(
        imd_rank=out["imd_rank"].astype("Int64"),
        imd_quintile=quintile.astype("Int64").astype("str"),
        imd_decile=out["imd_decile"].astype("Int64").astype("str"),
        period=periods.year(config.releases["iod"][0].release),
    )
    for name in ("idaci_rank", "idaci_decile"):
        values = out[name] if name in out else pd.Series(pd.NA, index=out.index)
        out[name] = values.astype("Int64")
    return out[list(LSOA_COLUMNS)].sort_values("lsoa_code").reset_index(drop=True)


def _check(home: pd.DataFrame, config: Configuration) -> None:
    area, path = config.area, f"config/areas/{config.area.area}.yaml"
    known, found = set(area.locality_names), set(home["locality_code"])
    lookup = config.releases["lsoa_lookup"][0].file
    absent = f"{lookup} has no such {area.localities_are} in the area"
    more = f"{lookup} has a {area.localities_are} the configuration lacks"
    problems = [
        Problem(path, rule, column="localities", value=code, code="config.localities")
        for rule, codes in ((absent, known - found), (more, found - known))
        for code in sorted(codes)
    ]
    without = home.loc[home["imd_rank"].isna(), "lsoa_code"]
    if len(without):
        rule = f"the indices of deprivation have no such small area, which is in {lookup}"
        problems.append(
            Problem(
                config.releases["iod"][0].file, rule, value=str(without.iloc[0]),
                code="published.iod", count=len(without),
            )
        )  # fmt: skip
    if problems:
        raise JsnaError(problems)


def population_table(config: Configuration, paths: Paths) -> pd.DataFrame | None:
    """The analysis table `population`, by locality (or for the whole area) and single year of age.

    The release has neither small areas nor sex, so those columns are null. Where it has no rows of
    the localities (wards of a unitary authority), the authority's own row stands without one.

    Returns:
        None where it lacks an authority of the register, being older than it.

    Raises:
        JsnaError: it lacks an authority somebody typed.
    """
    source = config.releases["population_locality"][0]
    rows = store.once(lookups.ages, paths.published / source.file)
    ours = recoded.known_as([*config.area.locality_names, config.area.code])
    rows = rows.assign(area_code=rows["area_code"].map(ours).fillna(rows["area_code"]))
    by_locality = rows[rows["area_code"].isin(set(config.area.locality_names))]
    home = by_locality if len(by_locality) else rows[rows["area_code"] == config.area.code]
    if home.empty and config.area.registered:
        return None
    if home.empty:
        rule = f"has neither {config.area.name} nor its localities"
        raise JsnaError(Problem(source.file, rule, code="published.area"))
    group = pd.Series(None, index=home.index, dtype="str")
    for code in reversed([*config.codelists["age_group"]]):  # "5-10"; older people are in none
        group = group.mask(home["age"] <= int(code.partition("-")[2]), code)
    null = pd.Series(None, index=home.index, dtype="str")
    out = pd.DataFrame(
        {
            "period": periods.year(source.release),
            "locality_code": home["area_code"] if len(by_locality) else null,
            "lsoa_code": null,
            "imd_decile": null,
            "imd_quintile": null,
            "sex": null,
            "age": home["age"],
            "age_group": group,
            "people": home["people"],
        }
    )
    return out.sort_values(["locality_code", "age"]).reset_index(drop=True)


def reference_tables(config: Configuration, paths: Paths) -> dict[str, pd.DataFrame]:
    """Analysis tables the edition's sources give: `lsoa` and `population`, where they do.

    Beside them `lsoa_2011`, by which `derive` places homes under codes of 2011.

    `lsoa` has the columns of `lsoa_reference`, among them those of the analysis table.
    """
    tables: dict[str, pd.DataFrame] = {}
    if has_small_areas(config):
        tables["lsoa"] = lsoa_reference(config, paths)
    if "lsoa_2011_lookup" in config.releases:
        source = config.releases["lsoa_2011_lookup"][0]
        tables["lsoa_2011"] = lookups.lsoas_2011(paths.published / source.file)
    if "population_locality" in config.releases:
        residents = population_table(config, paths)
        if residents is not None:
            tables["population"] = residents
    return tables


def lacking(config: Configuration, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """What the reference tables of an edition lack for want of its authority in a release."""
    area, said = config.area, []
    if "population_locality" in config.releases and "population" not in tables:
        release = config.releases["population_locality"][0].id
        said.append(f"{release} has no residents of {area.name} by year of age")
    if without := [place.name for place in area.without_shape]:
        every = len(without) == len(area.localities)
        named = f"any {area.localities_are} of {area.name}" if every else ", ".join(without)
        said.append(f"{area.shapes_from} has no shape of {named}, so no map is drawn")
    return said
