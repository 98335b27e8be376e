"""The invented releases of one file each: the census, exclusions, early years, weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import pandas as pd

from jsna.generator.official_home import Home
from jsna.generator.official_tables import (
    LABEL,
    PART,
    TOPIC,
    Spec,
    by_sex,
    labelled,
    percent,
    rate,
    summed,
    total_first,
    with_total,
)

NEED_LABELS: Final = {
    "ASD": "Autistic spectrum disorder", "DS": "Down syndrome", "HI": "Hearing impairment",
    "MLD": "Moderate learning difficulty", "MSI": "Multi-sensory impairment",
    "OTH": "Other difficulty or disability", "PD": "Physical disability",
    "PMLD": "Profound and multiple learning difficulty",
    "NSA": "SEN support but no specialist assessment of type of need",
    "SLD": "Severe learning difficulty", "SEMH": "Social, emotional and mental health",
    "SPLD": "Specific learning difficulty",
    "SLCN": "Speech, language and communication needs", "VI": "Vision impairment",
}  # fmt: skip
PROVISION: Final = {"N": "No SEN", "K": "SEN support", "E": "EHC plan"}
#: Good level of development by provision, about as published for England in 2023/24 (per cent).
DEVELOPED: Final = {"N": 0.75, "K": 0.25, "E": 0.04}
#: Communication, language and literacy over good level of development: 64.1 to 62.1 per cent in the
#: real county of the 2021/22 release nearest in size.
LANGUAGE_OVER_ALL: Final = 1.03
#: Counts below this are hidden where the publisher protects them.
HIDDEN_BELOW: Final = 3


def single(home: Home) -> dict[str, Spec]:
    """Releases of one file each, by the name in that of the file."""
    januaries = home.periods["pupil"]
    years = home.periods.get("excluded", [])
    measured = home.periods.get("measured", [])
    excluded = {_end(y): home.exclusions(y) for y in years if str(_end(y)) in januaries}
    early = {int(j): home.reception(j) for j in januaries}
    heavy = {_end(y): home.measured(y) for y in measured}
    specs = {
        "sen_census": Spec({int(j): _roll(home, j) for j in januaries}, _census, 5, 1.0, True),
        "exclusions": Spec(
            {end: _events(table) for end, table in excluded.items()}, _rates, 5, 0.9, True,
            # Each pupil suspended at least once has a suspension.
            {"one_plus_susp": "suspension"},
        ),
        "eyfsp": Spec(
            {end: _developed(t.sum()) for end, t in early.items()}, _profile, 3, 1.0, True,
            {"gld_number": "children_number", "language_only": "children_number"},
            {"language_only": "gld_number"},
            {end: _each(t, lambda part: _developed(part.sum())) for end, t in early.items()},
        ),
        "ncmp": Spec(
            {end: _weights(table) for end, table in heavy.items()}, _prevalence, 5, 1.0, True,
            {**dict.fromkeys(WEIGHTS, "measured"), "obese_number": "excess_number"},
            {"underweight": "excess_number"},
            {end: _each(table, _weights) for end, table in heavy.items()},
        ),
    }  # fmt: skip
    return {name: spec for name, spec in specs.items() if spec.counted}


def _end(year: str) -> int:
    return int(year[:4]) + 1


def _each(
    table: pd.DataFrame, count: Callable[[pd.DataFrame], pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """Counts of each locality that a table's rows begin with; not of those outside ("")."""
    place = pd.Series(table.index, index=table.index).str.partition("|")[0]
    return {code: count(table[place == code]) for code in sorted(place.unique()) if code}


def _roll(home: Home, january: str) -> pd.DataFrame:
    needs = home.pupils(january, "need").rename(index=NEED_LABELS).sort_index()
    rows = by_sex(home.pupils(january, "sex"))
    need_rows = labelled(needs, "Primary need", needs.index).assign(N=0)
    return pd.concat([rows, need_rows], ignore_index=True)


def _census(rows: pd.DataFrame) -> pd.DataFrame:
    out = with_total(rows, "Total", "Sex")
    out = out.rename(columns={"K": "sen_support", "E": "ehc_plan"})
    out["sen"] = out["sen_support"] + out["ehc_plan"]
    need = out[TOPIC] == "Primary need"
    pupils = out.pop("N") + out["sen"]
    shares = {
        f"{name}_percent": percent(out[name], pupils).where(~need, "z")
        for name in ("ehc_plan", "sen_support", "sen")
    }
    all_needs = out["sen"].where(need, 0).groupby(out[PART]).transform("sum")
    return out.assign(
        pupils=pupils.astype("str").where(~need, "z"), **shares, sen_all_needs=all_needs
    )


def _events(table: pd.DataFrame) -> pd.DataFrame:
    """Rows by provision; events of pupils not on the January roll in a row of their own."""
    rows = table.reindex([*PROVISION, ""], fill_value=0)
    labels = [*PROVISION.values(), "Not on the January roll"]
    return labelled(rows, "SEN provision", labels)


def _rates(rows: pd.DataFrame) -> pd.DataFrame:
    out = with_total(rows, "Total", "SEN provision")
    out = out[out[LABEL] != "Not on the January roll"].reset_index(drop=True)
    out = out.assign(
        susp_rate=rate(out["suspension"], out["headcount"], 2),
        one_plus_susp_rate=rate(out["one_plus_susp"], out["headcount"], 2),
        perm_excl_rate=rate(out["perm_excl"], out["headcount"], 2),
    )
    small = out["perm_excl"].between(1, HIDDEN_BELOW - 1) & (out[TOPIC] != "Total")
    hidden = {name: out[name].astype("str").mask(small, "c") for name in ("perm_excl",)}
    return out.assign(**hidden, perm_excl_rate=out["perm_excl_rate"].mask(small, "c"))


def _developed(provision: pd.Series[int]) -> pd.DataFrame:
    children = [int(provision.get(code, 0)) for code in DEVELOPED]
    developed = [n * share for n, share in zip(children, DEVELOPED.values(), strict=True)]
    return pd.DataFrame(
        {
            "characteristic": "SEN provision",
            "characteristic_type": ["No identified SEN", "SEN support", "EHC plan"],
            "children_number": children,
            "gld_number": [round(n) for n in developed],
            # A good level of development takes that of language too: these have no more.
            "language_only": [round(n * LANGUAGE_OVER_ALL) - round(n) for n in developed],
        }
    )


def _profile(rows: pd.DataFrame) -> pd.DataFrame:
    """With a total. As the real release: the kind stands in `characteristic`, not in the other."""
    total = summed(rows, {"characteristic": "Total", "characteristic_type": "Total"})
    out = total_first(total, rows)
    out.insert(2, "gender", "Total")
    out["comm_lang_lit_number"] = out["gld_number"] + out.pop("language_only")
    return out.assign(
        gld_percentage=percent(out["gld_number"], out["children_number"]),
        comm_lang_lit_percentage=percent(out["comm_lang_lit_number"], out["children_number"]),
    )


#: Groups of weights that are moved by chance; those of a healthy weight are all others.
WEIGHTS: Final[Mapping[str, Sequence[str]]] = {
    "obese_number": ("obese", "severely_obese"),
    "excess_number": ("overweight", "obese", "severely_obese"),
    "underweight": ("underweight",),
}


def _weights(table: pd.DataFrame) -> pd.DataFrame:
    """Children measured by school year, and how many in each group of weights."""
    school_year = pd.Series(table.index, index=table.index).str.partition("|")[2]
    counts = table.groupby(school_year).sum().reindex(["R", "6"], fill_value=0)
    return pd.DataFrame(
        {
            "school_year": ["Reception", "Year 6"],
            "measured": counts.sum(axis=1).to_numpy(),
            **{name: counts[list(parts)].sum(axis=1).to_numpy() for name, parts in WEIGHTS.items()},
        }
    )


def _prevalence(rows: pd.DataFrame) -> pd.DataFrame:
    """With all others and percentages; the publisher gives no figure of both years together."""
    healthy = rows["measured"] - rows["excess_number"] - rows["underweight"]
    out = rows.drop(columns="underweight").assign(healthy_number=healthy)
    shares = {
        f"{name}_percent": percent(out[f"{name}_number"], out["measured"])
        for name in ("obese", "excess", "healthy")
    }
    return out.assign(**shares)
