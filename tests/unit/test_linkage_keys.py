"""Who may read the key on Windows, and who a person is known as."""

import pytest

from jsna.linkage.keys import person_scheme, readable_by_others
from tests.unit.linkage_support import database, standard, table

ME = "S-1-5-21-7-8-9-1001"


@pytest.mark.parametrize(
    ("descriptor", "open_"),
    [
        (f"O:{ME}G:DUD:PAI(A;;FA;;;{ME})(A;;FA;;;SY)(A;;FA;;;BA)", False),
        (f"O:{ME}G:DUD:AI(A;ID;FA;;;SY)(A;ID;0x1200a9;;;BU)", True),
        (f"O:{ME}G:DUD:PAI(A;;FA;;;{ME})(A;;FR;;;WD)", True),
        (f"O:{ME}G:DUD:PAI(A;;FA;;;{ME})(A;;0x1f01ff;;;S-1-5-21-7-8-9-1002)", True),
        # Denied, not of the file itself, or no right to read.
        (f"O:{ME}G:DUD:PAI(A;;FA;;;{ME})(D;;FA;;;WD)", False),
        (f"O:{ME}G:DUD:PAI(A;;FA;;;{ME})(A;OICIIO;FA;;;BU)", False),
        (f"O:{ME}G:DUD:PAI(A;;FA;;;{ME})(A;;0x100000;;;BU)", False),
        # No list at all: everyone may.
        (f"O:{ME}G:DU", True),
        (f"O:{ME}G:DUD:NO_ACCESS_CONTROL", True),
    ],
)
def test_access_lists_of_windows(descriptor: str, open_: bool) -> None:
    assert readable_by_others(descriptor) is open_


def test_a_person_is_known_by_upn_then_nhs_number_then_traits() -> None:
    rows = [
        {"upn": "A950000178301", "nhs_number": "9434765919", "surname": "Keld"},
        {"nhs_number": "9434765919", "surname": "Marsh"},
        {"surname": "Dell", "forename": "Amy"},
        {"surname": "Dell", "forename": "Amy"},
    ]
    db = database(1)
    made = standard(db, "one", table(rows)).relation
    found = db.execute(f"FROM ({person_scheme('person', made)}) ORDER BY person").fetchall()
    assert [(row[1], row[2].split(chr(31))[0]) for row in found] == [
        ("upn", "A950000178301"), ("nhs", "9434765919"), ("traits", "DELL"), ("traits", "DELL"),
    ]  # fmt: skip
    assert len({row[2] for row in found}) == 4
