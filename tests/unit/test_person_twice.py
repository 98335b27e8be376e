"""A person entered twice in the return is told, and counted once."""

from __future__ import annotations

import pytest

from tests.unit.fault_support import cells, received, sen2_files, written
from tests.unit.validation_support import codes

FAULT = "sen2-person-twice"


def files(**changes: str) -> dict[str, bytes]:
    """The folder, its plans' parent under its true header, with changes to the second entry."""
    found = sen2_files(FAULT)
    header, rest = found["namedplan"].split(b"\n", 1)
    found["namedplan"] = header.replace(b"requeststableid", b"assessmenttableid") + b"\n" + rest
    people = cells(found["person"])
    for column, value in changes.items():
        people.loc[len(people) - 1, column] = value
    return found | {"person": written(people)}


def test_of_41_plans_of_40_people_40_are_counted() -> None:
    judged, findings = received("sen2", files())
    assert not any(one.problems for one in findings.values())
    assert not any(rows.problems for rows in judged.values())
    assert len(judged["activeplans"].staged) == 41
    assert len(judged["activeplans"].valid) == 40
    assert ("warning", "person.person_table_id.twice") in codes(judged["person"])
    assert len(judged["person"].valid) == 41
    assert judged["activeplans"].quarantined["reasons"].tolist() == [
        "activeplans.person_table_id.twice"
    ]


@pytest.mark.parametrize(
    ("changes", "plans"),
    [
        ({"upn": ""}, 40),  # the same name and date of birth
        ({"surname": "Otherwise"}, 40),  # the same number and date of birth
        ({"upn": "A950000178301"}, 41),  # another number: somebody else of that name
        ({"forename": "Twin", "upn": ""}, 41),  # a twin
        # A number typed on a sibling's row.
        ({"forename": "Sibling", "personbirthdate": "2014-Feb-02 00:00:00"}, 41),
    ],
)
def test_who_is_one_person(changes: dict[str, str], plans: int) -> None:
    judged, _ = received("sen2", files(**changes))
    assert len(judged["activeplans"].valid) == plans


def test_which_of_two_stands_does_not_depend_on_their_order() -> None:
    kept = []
    for turn in (1, -1):
        turned = {name: written(cells(content)[::turn]) for name, content in files().items()}
        judged, _ = received("sen2", turned)
        kept.append(sorted(judged["activeplans"].valid["activeplans_table_id"]))
    assert kept[0] == kept[1]


def test_persons_delivered_a_second_time_under_new_numbers_are_refused() -> None:
    found = files()
    keys = ("persontableid", "requeststableid", "assessmenttableid", "namedplantableid",
            "activeplanstableid")  # fmt: skip
    doubled = {}
    for name, content in found.items():
        rows = cells(content)
        again = rows.assign(**{k: "9" + rows[k] for k in keys if k in rows})
        doubled[name] = content + written(again).split(b"\n", 1)[1]
    judged, _ = received("sen2", doubled)
    assert "activeplans.too_many" in {p.code for p in judged["activeplans"].problems}


def test_the_entry_with_the_plan_is_the_one_counted() -> None:
    """The other entry's request of the same day does not take the plan away."""
    found = files()
    for gone in ("5", "905"):
        request = cells(found["requests"]).set_index("persontableid")["requeststableid"][gone]
        plans = cells(found["activeplans"])
        left = found | {"activeplans": written(plans[plans["requeststableid"] != request])}
        judged, _ = received("sen2", left)
        assert len(judged["activeplans"].valid) == 40
