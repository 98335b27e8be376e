"""The open data of the built edition, attacked as an outsider would who has nothing else.

What each indicator counts is written here again from its definition, with its own linear programs:
nothing of disclosure control is used but the published threshold.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jsna import io
from jsna.model import schema
from jsna.provenance import register
from jsna.settings import shared
from tests.conftest import ROOT, SMALL, Project
from tests.unit.outsider import Flags, Outsider, kinds

pytestmark = pytest.mark.xdist_group("protection")

#: Counts from 1 to 4 are hidden.
MOST = 4
AUTHORITY, DISTRICTS = "E10000921", ("E07000921", "E07000922")
KEY = ["indicator", "area_code", "period", "period_type", "breakdown", "category"]
NESTS = shared.hierarchies(ROOT)
LISTS = shared.codelists(ROOT)
NEEDS: list[object] = [*LISTS["sen_type"], None]
#: "No specialist assessment" is a need of the school census alone; a plan rests on one.
PLAN_NEEDS = [need for need in NEEDS if need != "NSA"]
DECILES: list[object] = [*LISTS["imd_decile"], None]
PLACES: list[object] = [*DISTRICTS, None]
Rule = Callable[[pd.DataFrame], "pd.Series[bool]"]


def among(column: str, *codes: str) -> Rule:
    return lambda frame: frame[column].isin(codes)


def everyone(frame: pd.DataFrame) -> pd.Series[bool]:
    return pd.Series(True, index=frame.index)


@dataclass(frozen=True)
class View:
    """Some columns of some records, and what each indicator counts of them.

    Attributes:
        domains: column -> values a record may have.
        possible: which combinations there may be.
        counts: indicator -> its numerator and denominator.
        over: indicators of which the denominator is the total over a column.
    """

    domains: Mapping[str, list[object]]
    possible: Rule
    counts: Mapping[str, tuple[Rule, Rule | None]]
    over: Mapping[str, str]


def placed(frame: pd.DataFrame) -> pd.Series[bool]:
    """Need is of pupils with SEN; locality and decile are both known, or neither is."""
    right = frame["sen_provision"].ne("N") | frame["primary_need"].isna()
    if {"locality", "imd_decile"} <= set(frame):
        right &= frame["locality"].isna() == frame["imd_decile"].isna()
    return right


SEN = among("sen_provision", "E", "K")
PUPILS: dict[str, tuple[Rule, Rule | None]] = {
    "pupils": (everyone, None),
    "pupils_ehc_plan": (among("sen_provision", "E"), everyone),
    "pupils_sen_support": (among("sen_provision", "K"), everyone),
    "pupils_sen": (SEN, everyone),
    "sen_primary_need": (SEN, SEN),
    "pupils_sen_rate_by_need": (SEN, everyone),
}
PROVISION: dict[str, list[object]] = {"sen_provision": ["N", "K", "E"]}
PUPIL_OVER = {"sen_primary_need": "primary_need", "pupils_sen_rate_by_need": "primary_need"}
PLANS: dict[str, tuple[Rule, Rule | None]] = {
    "plans": (everyone, None),
    "plan_primary_need": (everyone, everyone),
}
PLAN_OVER = {"plan_primary_need": "primary_need", "plans_by_setting": "setting"}
AGES: list[object] = [*LISTS["age_group"], None]
VIEWS = {
    "pupils by place, need and sex": View(
        {
            **PROVISION,
            "primary_need": NEEDS,
            "sex": ["F", "M"],
            "locality": PLACES,
            "imd_decile": DECILES,
        },
        placed,
        PUPILS,
        PUPIL_OVER,
    ),
    "pupils by year": View(
        {**PROVISION, "primary_need": NEEDS, "year_group": [*LISTS["year_group"], None]},
        lambda frame: frame["sen_provision"].ne("N") | frame["primary_need"].isna(),
        PUPILS,
        PUPIL_OVER,
    ),
    "plans by need, age and place": View(
        {"primary_need": PLAN_NEEDS, "age_group": AGES, "sex": ["F", "M"], "locality": PLACES},
        everyone,
        PLANS,
        PLAN_OVER,
    ),
    "plans by setting": View(
        {"setting": [*LISTS["setting"], None], "primary_need": PLAN_NEEDS, "age_group": AGES},
        everyone,
        {**PLANS, "plans_by_setting": (everyone, everyone)},
        PLAN_OVER,
    ),
    "plans in independent special schools": View(
        {"setting": ["independent_special", None], "primary_need": PLAN_NEEDS, "age_group": AGES},
        everyone,
        {**PLANS, "plans_independent": (among("setting", "independent_special"), everyone)},
        PLAN_OVER,
    ),
}


@pytest.fixture(scope="module")
def open_data(built: Project) -> pd.DataFrame:
    """Every measure of the data files, as a reader has them."""
    file = built.report() / "data/synthetic_measures.csv"
    whole = pd.read_csv(file, dtype=str, keep_default_na=False)
    split = whole.filter(like="by_").rename(columns=lambda name: name.removeprefix("by_"))
    groups = [
        {name: code for name, code in row.items() if code} for row in split.to_dict("records")
    ]
    for part in (0, 1):
        whole[("breakdown", "category")[part]] = [schema.canonical(group)[part] for group in groups]
    for column in ("numerator", "denominator"):
        whole[column] = pd.to_numeric(whole[column], errors="coerce")
    return whole


@pytest.fixture(scope="module")
def truth(built: Project) -> pd.DataFrame:
    """The measures as they were before protection; what an outsider does not have."""
    frame = io.read_measures(built.processed() / "restricted/measures.parquet", cells=True)
    # Published figures may stand beside those counted here.
    own = frame["source"].str.startswith("local:")
    return frame.loc[own].set_index(KEY)[["numerator", "denominator"]]


def constrained(
    view: View, row: Mapping[Hashable, Any], all_kinds: pd.DataFrame
) -> dict[str, Flags]:
    """Column -> kinds a row counts of it; nothing where a column is not of the view."""
    found: dict[str, Flags] = {}
    split = schema.dimensions(row["breakdown"], row["category"])
    if row["area_code"] != AUTHORITY:
        split["locality"] = row["area_code"]
    for dimension, code in split.items():
        column, codes = dimension, frozenset({code})
        while column in NESTS:
            finer = NESTS[column]
            codes = frozenset().union(*(finer.codes[one] for one in codes))
            column = finer.of
        if column not in view.domains:
            return {}
        found[column] = all_kinds[column].isin(codes).to_numpy(dtype=np.bool_)
    return found


def sides(view: View, row: Mapping[Hashable, Any], all_kinds: pd.DataFrame) -> list[Flags | None]:
    """Kinds the numerator counts, and the denominator."""
    if row["indicator"] not in view.counts:
        return [None, None]
    split = constrained(view, row, all_kinds)
    if not split and (row["breakdown"] != "total" or row["area_code"] != AUTHORITY):
        return [None, None]
    over = view.over.get(row["indicator"])
    both: list[Flags | None] = []
    for rule, dropped in zip(view.counts[row["indicator"]], (None, over), strict=True):
        if rule is None:
            both.append(None)
            continue
        counted = rule(all_kinds).to_numpy(dtype=np.bool_)
        for column, flags in split.items():
            if column != dropped:
                counted = counted & flags
        both.append(counted)
    return both


@dataclass(frozen=True)
class Attacked:
    """Small counts: how many were attacked, which failed, and the rows of each that is printed."""

    number: int
    failed: list[str]
    printed: list[list[str]]


def attacked(view: View, rows: pd.DataFrame, truth: pd.DataFrame) -> Attacked:
    """How many small counts were attacked, and those of which too much is known.

    A small count that is printed must be official. What such a one says of its parts is known
    whatever else is hidden: no more than it leaves open is asked of them.
    """
    all_kinds = kinds(view.domains, view.possible)
    outsider, official = Outsider(len(all_kinds)), Outsider(len(all_kinds))
    wanted: dict[bytes, tuple[Flags, str]] = {}
    printed: dict[bytes, list[str]] = {}
    for row in rows.to_dict("records"):
        both = sides(view, row, all_kinds)
        true = truth.loc[tuple(row[name] for name in KEY)]
        what = " ".join(row[name] for name in KEY)
        for name, flags in zip(("numerator", "denominator"), both, strict=True):
            if flags is not None and not np.isnan(row[name]):
                assert row[name] == true[name], what
                outsider.tell(flags, row[name], row[name])
                if 0 < row[name] <= MOST:
                    official.tell(flags, row[name], row[name])
                    printed.setdefault(flags.tobytes(), []).append(what)
            elif flags is not None and 0 < true[name] <= MOST:
                wanted[flags.tobytes()] = flags, what
        above, below = both
        few = 0 < true["denominator"] - true["numerator"] <= MOST
        if above is not None and below is not None and few:
            flags = below & ~above
            wanted[flags.tobytes()] = flags, f"those not counted in {what}"
    failed = []
    for flags, what in wanted.values():
        low, high = outsider.interval(flags)
        least, most = official.interval(flags)
        if low > max(least, 0) + 1e-6 or high < min(most, MOST) - 1e-6:
            failed.append(f"{what}: between {low:g} and {high:g}")
    return Attacked(len(wanted), failed, list(printed.values()))


@pytest.mark.parametrize("name", VIEWS)
def test_no_small_count_can_be_worked_out_from_the_open_data(
    built: Project, open_data: pd.DataFrame, truth: pd.DataFrame, name: str
) -> None:
    view = VIEWS[name]
    home = open_data["area_code"].isin([AUTHORITY, *DISTRICTS])
    local = open_data["source"].str.startswith("local:") & open_data["period"].eq("2025")
    rows = open_data[home & local & open_data["indicator"].isin(view.counts)]
    found = attacked(view, rows, truth)
    assert not found.failed
    assert found.number > 0, "nothing small was hidden: the attack attacked nothing"
    official = io.read_measures(built.processed() / "restricted/official.parquet")
    known = {" ".join(key) for key in official[KEY].itertuples(index=False)}
    assert all(known & set(rows_of_it) for rows_of_it in found.printed)


def test_the_attack_finds_a_count_that_is_put_back(
    open_data: pd.DataFrame, truth: pd.DataFrame
) -> None:
    """With every row that is not itself small put back, small counts are solved."""
    view = VIEWS["pupils by year"]
    local = open_data["source"].str.startswith("local:") & open_data["period"].eq("2025")
    rows = open_data[local & open_data["indicator"].isin(view.counts)].copy()
    for place, row in zip(rows.index, rows.to_dict("records"), strict=True):
        true = truth.loc[tuple(row[name] for name in KEY)]
        if not 0 < true["numerator"] <= MOST:
            rows.loc[place, ["numerator", "denominator"]] = true.to_numpy()
    assert attacked(view, rows, truth).failed


def test_the_certificate_counts_what_the_open_data_hides(
    built: Project, open_data: pd.DataFrame
) -> None:
    certificate = io.read_json(built.processed() / "safe/certificate.json")
    hidden = open_data["reason"].eq("disclosure_control") & open_data["status"].eq("c")
    assert certificate["edition"] == SMALL
    assert certificate["hidden"]["rows"] == hidden.sum() > 0
    figures = ["numerator", "denominator", "value", "lower_95", "upper_95", "lower_998"]
    assert open_data.loc[hidden, figures].isin(["", np.nan]).all(axis=None)


@pytest.fixture(scope="module")
def later(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the built edition that names an earlier one."""
    root = tmp_path_factory.mktemp("later") / "project"
    shutil.copytree(built.root, root)
    file = root / f"config/editions/{SMALL}.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text}previous: [earlier-2024]\n", encoding="utf-8")
    return Project(root)


@pytest.mark.full
def test_an_earlier_edition_that_is_not_in_the_register_is_asked_for(later: Project) -> None:
    (later.root / "data/publications/earlier-2024").mkdir(mode=0o700)
    run = later.jsna("publications", SMALL, check=False)
    assert run.returncode == 1
    assert "earlier-2024" in run.stderr
    assert "register" in run.stderr
    assert "Traceback" not in run.stderr
    for verb in ("protect", "prove"):
        run = later.jsna(verb, SMALL, check=False)
        assert run.returncode == 1
        assert f"run: jsna publications {SMALL}" in run.stderr
        assert "Traceback" not in run.stderr


def test_a_build_enters_itself_in_the_register(built: Project) -> None:
    (entry,) = register.entries(built.root, SMALL)
    assert entry.name.text == f"{SMALL}/0001"
    assert entry.used == ()
    for name, file in (
        (register.MEASURES, "safe/measures.parquet"),
        (register.LEDGER, "restricted/ledger.parquet"),
    ):
        assert entry.table(name).read_bytes() == (built.processed() / file).read_bytes()
    for path in (entry.folder, *entry.folder.parents[:3]):
        assert path.stat().st_mode & 0o077 == 0 or path.name == "data", path
    assert all(file.stat().st_mode & 0o077 == 0 for file in entry.folder.iterdir())


@pytest.mark.full
def test_an_edition_is_protected_and_proven_beside_the_one_before(later: Project) -> None:
    """The same figures once more: nothing is given away, and the certificate names both."""
    (own,) = register.entries(later.root, SMALL)
    tables = {name: own.table(name) for name in register.TABLES}
    register.append(later.root, "earlier-2024", "2025-01-30", "other", {"a": "b"}, tables, [])
    for verb in ("publications", "protect", "prove"):
        later.jsna(verb, SMALL)
    certificate = io.read_json(later.processed() / "safe/certificate.json")
    assert certificate["previous"] == ["earlier-2024"]
    # Its own first publication is of the same figures, and tells nothing that the other does not.
    looked_up = io.read_json(later.processed() / "restricted/publications.json")["used"]
    assert [one["edition"] for one in looked_up] == ["earlier-2024", SMALL]
    assert certificate["publications"] == ["earlier-2024/0001"]
    assert certificate["revisions"] == {"revised": 0, "withheld_at_most": 0}
    assert certificate["attack"]["exact"] == certificate["attack"]["narrow"] == 0
