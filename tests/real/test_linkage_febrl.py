"""Linkage on FEBRL data set 4: 5,000 people twice, with third-party errors and labels.

The labels judge the result; training never sees them.
"""

import os
from pathlib import Path

import pytest

from jsna import io
from jsna.linkage.cascade import Rules, link
from jsna.linkage.kinds import Source
from jsna.linkage.splinked import train
from jsna.linkage.standardise import standardise
from tests.unit.linkage_support import ruleset

pytestmark = pytest.mark.real

SHARED = Path(os.environ.get("JSNA_SHARED", Path(__file__).parents[3] / "shared"))
CARRIES = {
    "forename": "given_name", "surname": "surname", "date_of_birth": "date_of_birth",
    "postcode": "postcode", "house": "street_number", "street": "address_1", "town": "suburb",
}  # fmt: skip
PEOPLE = 5000


@pytest.mark.parametrize(
    ("numbered", "f1", "precision"), [(False, 0.997, 0.999), (True, 0.9995, 0.9995)]
)
def test_febrl_4(numbered: bool, f1: float, precision: float) -> None:
    carries = {**CARRIES, **({"number": "soc_sec_id"} if numbered else {})}
    settings = ruleset()
    with io.database() as db:
        tables = []
        for letter in "ab":
            file = SHARED / f"reference-values/linkage/febrl_dataset4{letter}.csv"
            columns = ", ".join(f"nullif(trim({c}), '') AS {c}" for c in carries.values())
            db.execute(
                f"CREATE TABLE {letter} AS SELECT split_part(trim(rec_id), '-', 2)::BIGINT AS "
                f"record, {columns} FROM read_csv('{file.as_posix()}', all_varchar = true)"
            )
            source = Source(letter, letter, carries)
            tables.append(standardise(db, source, settings.names).relation)
        rules = Rules(settings.rules.passes, train(db, *tables), overlap=0.9)
        found = link(db, *tables, rules)
        rows = db.execute(
            f"SELECT count(*) FILTER (left_record = right_record), count(*) FROM {found.links}"
        ).fetchall()
    right, links = rows[0]
    assert right / links >= precision
    assert 2 * right / (links + PEOPLE) >= f1
