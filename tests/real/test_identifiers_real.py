"""Identifiers and code lists against the sector's own files.

Reads `shared/published` beside the repository and fails where it is absent.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from jsna.settings.shared import codelists
from jsna.shared.identifiers import upn_letter_ok

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT.parent / "shared" / "published"


def test_most_numbers_of_a_public_sample_fail_their_letter() -> None:
    file = PUBLISHED / "g_person_level/ssda903/header.csv"
    upn = pd.read_csv(file, dtype="str")["UPN"]
    failing = ~upn_letter_ok(upn).to_numpy(bool)
    # Counted in the file's description: why a failed letter is a warning and not an error.
    assert (int(failing.sum()), len(upn)) == (2568, 2675)


def test_needs_of_the_official_look_up_are_all_in_the_code_list() -> None:
    look_up = pd.read_csv(PUBLISHED / "h_lookups_neighbours/dfe_sen.csv", dtype="str")
    official = set(look_up["school_census_code"].dropna())
    assert len(official) == 12
    assert official <= set(codelists(ROOT)["sen_type"])


def test_ethnic_groups_and_reasons_of_the_schema_are_those_of_the_code_lists() -> None:
    schema = (PUBLISHED / "g_person_level/liiatools/CIN_schema_2024.xsd").read_text(
        encoding="utf-8"
    )
    values = set(re.findall(r'enumeration value="([^"]+)"', schema))
    lists = codelists(ROOT)
    assert set(lists["ethnicity"]) - values == set()
    assert {value for value in values if value.startswith("UN")} == set(lists["upn_unknown"])


def test_every_authority_of_the_official_files_is_in_the_list_of_numbers() -> None:
    listed = codelists(ROOT)["authority_number"]
    found: set[str] = set()
    for folder in ("d_dfe_csc", "d_dfe_exclusions", "d_dfe_attainment_absence", "d_neet",
                   "d_dfe_inclusion", "h_lookups_neighbours", "c_population"):  # fmt: skip
        for file in sorted((PUBLISHED / folder).glob("*.csv")):
            header = pd.read_csv(file, nrows=0, encoding="utf-8-sig").columns
            if "old_la_code" in header:
                column = pd.read_csv(
                    file, usecols=["old_la_code"], dtype="str", encoding="utf-8-sig"
                )["old_la_code"].dropna()
                found |= set(column[column.str.fullmatch(r"\d{3}")])
    assert len(found) > 155
    assert found <= set(listed)
    # In the latest year there are those said to be of today, and no others.
    children = pd.read_csv(
        PUBLISHED / "d_dfe_csc/b1_children_in_need_2013_to_2025.csv", dtype="str"
    )
    latest = children.loc[children["time_period"] == "2025", "old_la_code"].dropna()
    today = {number for number, label in listed.items() if label == "England"}
    assert set(latest[latest.str.fullmatch(r"\d{3}")]) == today
