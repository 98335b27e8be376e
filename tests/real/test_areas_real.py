"""The workbooks of the Indices of Deprivation and the look-ups as published: Lancashire's areas.

How many small areas the county and each of its districts has is counted here from the look-up with
the `csv` module alone. Reads `shared/published` beside the repository.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from jsna.ingest.put_together import put_together
from jsna.ingest.stage import stage_deliveries
from jsna.model.editions import Delivery
from jsna.sources import registry

pytestmark = pytest.mark.real

PUBLISHED = Path(__file__).parents[3] / "shared" / "published"
COUNTY = "E10000017"
FILES = {
    "imd": "a_iod/File_1_IoD2025_Index_of_Multiple_Deprivation.xlsx",
    "idaci": "a_iod/File_3_IoD2025_Supplementary_Indices_IDACI_and_IDAOPI.xlsx",
    "upper_tiers": "b_lookups/geographr_lookup_ltla23_utla23.csv",
}


def test_small_areas_of_a_county_are_put_together_from_what_is_published(tmp_path: Path) -> None:
    packed = PUBLISHED / "b_lookups/geographr_lookup_lsoa21_ward24_ltla24.csv.gz"
    wards = gzip.decompress(packed.read_bytes())
    named, digests = {}, {}
    contents = {key: (PUBLISHED / file).read_bytes() for key, file in FILES.items()}
    for key, content in {**contents, "wards": wards}.items():
        named[key] = f"{key}.{'xlsx' if content[:2] == b'PK' else 'csv'}"
        (tmp_path / named[key]).write_bytes(content)
        digests[named[key]] = hashlib.sha256(content).hexdigest()
    delivery = Delivery(extract="areas", period="2025", files=named, sha256=digests)
    read = stage_deliveries([delivery], registry(), tmp_path, synthetic=False)
    (areas,) = put_together(read, lambda _: date(2025, 10, 30), (COUNTY,))
    assert areas.findings.problems == []
    assert areas.frame is not None
    tiers = csv.DictReader(contents["upper_tiers"].decode("utf-8-sig").splitlines())
    districts = {row["ltla23_code"] for row in tiers if row["utla23_code"] == COUNTY}
    rows = list(csv.DictReader(wards.decode().splitlines()))
    expected = Counter(row["ltla24_code"] for row in rows if row["ltla24_code"] in districts)
    assert len(areas.frame) == sum(expected.values()) == 760
    assert Counter(areas.frame["district_code"]) == expected
    ward = {row["lsoa21_code"]: row["ward24_code"] for row in rows}
    assert areas.frame["ward_code"].tolist() == [ward[one] for one in areas.frame["lsoa_code"]]
    assert areas.frame[["imd_rank", "idaci_rank", "idaci_decile"]].notna().all(axis=None)
