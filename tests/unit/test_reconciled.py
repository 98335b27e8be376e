"""Local figures and the invented official ones, made apart, agree wherever their definitions do.

The official figures are the department's rules applied to the invented people; the local ones are
what the engine counts in the same people's records, linked here without error and without a fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pandas as pd
import pytest

from jsna.measures.derive import derive
from jsna.measures.engine import measure
from jsna.measures.merge import merge, reconcile
from jsna.model import schema
from jsna.sources import registry
from tests.unit.synthetic_support import age, audited, configuration, shown

# What is built once for the module is built by one worker.
pytestmark = pytest.mark.xdist_group("reconciled")

CONFIG = configuration()
#: Extracts the official figures are about, and the column that names a person there.
NAMED = {
    "school_census": "upn",
    "exclusions": "upn",
    "ncmp": "nhs_number",
    "sen2": "person_table_id",
}


def linked(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Every table as linkage would pass it on if it made no mistake."""
    made: dict[str, list[pd.DataFrame]] = {}
    for key, frame in frames.items():
        name, period = key.split("/", 1)
        extract = registry()[name.split(".")[0]]
        if extract.person_level and extract.name not in NAMED:
            continue
        rows = frame.assign(period=period)
        if extract.person_level:
            table, known = extract.table(name.split(".")[1]), rows
            while table.parent is not None:
                parent, field = table.parent
                table = extract.table(parent)
                above = frames[f"{extract.name}.{parent}/{period}"]
                fresh = [field, *(c for c in above if c not in known)]
                known = known.merge(above[fresh], on=field, how="left", validate="m:1")
            born = known["date_of_birth"]
            rows["person_key"], rows["link"] = known[NAMED[extract.name]], "number"
            rows["lsoa_code"] = known.get("lsoa_code")
            day = CONFIG.edition.reference_date
            rows["age"] = pd.array([age(b, day) for b in born], dtype="Int64")
            for column in extract.table(name.split(".")[1]).columns:
                if column.aged:
                    days = [None if pd.isna(d) else d for d in known[column.field]]
                    ages = [
                        None if d is None else age(b, d) for b, d in zip(born, days, strict=True)
                    ]
                    rows[column.age_field] = pd.array(ages, dtype="Int64")
        made.setdefault(name, []).append(rows)
    return {name: pd.concat(parts, ignore_index=True) for name, parts in made.items()}


def beside(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Local figures of what is shown, and the official ones."""
    counted = derive(linked(frames), CONFIG)
    wanted = [i for i in CONFIG.indicators.values() if CONFIG.published.get(i.id) and i.numerator]
    return reconcile(*merge(measure(counted, wanted, CONFIG), audited().measures))


@cache
def compared() -> pd.DataFrame:
    return beside(shown())


def test_what_is_defined_alike_agrees() -> None:
    same = compared()[~_other_needs(compared())]
    assert {
        "ehc_requests", "ehc_decisions_6_weeks", "new_plans", "ehc_plans_20_weeks", "ceased_plans",
        "plans", "plans_by_setting", "plans_independent", "plans_residential", "suspension_rate",
        "permanent_exclusion_rate", "pupils_sen", "ncmp_obesity_year_6",
    } <= set(same["indicator"])  # fmt: skip
    off = same[~same["agrees"] & same["official"].notna()]
    assert off.empty, off[[*schema.KEY[1:], "local", "official"]].to_string()


def test_what_is_shown_wrongly_no_longer_agrees() -> None:
    """Official figures are of the people and not of what is shown of them."""
    frames = shown()
    plans, requests = frames["sen2.activeplans/2025"], frames["sen2.requests/2025"]
    census = frames["school_census.census/2024"]
    wrong = frames | {
        "sen2.activeplans/2025": plans.assign(transfer_la=None),
        "sen2.requests/2025": requests.assign(request_outcome="W"),
        "school_census.census/2024": census.assign(sen_provision="N"),
    }
    found = beside(wrong)
    totals = found[found["breakdown"].eq("total") & found["official"].notna()]
    off = set(totals.loc[~totals["agrees"], "indicator"])
    assert {"new_plans", "ehc_requests_refused", "pupils_sen"} <= off
    assert not off & {"plans", "ceased_plans", "suspension_rate"}


def test_what_differs_by_definition_is_declared() -> None:
    """The department counts Down's syndrome under other needs; the record has it by itself."""
    other = compared()[_other_needs(compared()) & ~compared()["agrees"]]
    assert set(other["indicator"]) == {"plans", "plan_primary_need"}
    assert (other["local"] < other["official"]).all()
    for name in set(other["indicator"]):
        said = {text for one in CONFIG.every_release for text in one.cautions(name)}
        assert "Down's syndrome is counted under other needs." in said


def _other_needs(rows: pd.DataFrame) -> pd.Series[bool]:
    of_plans = rows["indicator"].isin(["plans", "plan_primary_need"])
    return of_plans & rows["category"].str.split("|").map(lambda codes: "OTH" in codes)
