"""Faults are put in exactly as planned, where planned, and nowhere else."""

from __future__ import annotations

import ast
import csv
import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from jsna.generator import fault, faults, typed
from jsna.ingest import dates
from jsna.sources import parts
from jsna.synthetic.lines import Lines

from .faults_support import inject

HEADER = ["UPN", "Surname", "DateOfBirth", "Sex", "Ethnicity", "LSOA", "URN", "SENprovision",
          "SENtype1"]  # fmt: skip
KEY = "school_census.census/2025"
TABLES = {KEY: "census.csv"}


def census(rows: int = 400, end: str = "\n", encoding: str = "utf-8") -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator=end)
    writer.writerow(HEADER)
    for n in range(rows):
        need = ["", "SLCN", "ASD"][n % 3]
        writer.writerow(
            [f"A9611{n:08d}", "Nuñez, the elder" if n % 7 == 0 else f"Name{n}",
             f"{n % 28 + 1:02d}/0{n % 9 + 1}/2012", "FM"[n % 2], "WBRI", f"E01900{n:03d}"[:9],
             "900001", "NKE"[n % 3], need]
        )  # fmt: skip
    return buffer.getvalue().encode(encoding)


def rows_of(content: bytes, encoding: str = "utf-8") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(encoding), newline="")))


def spoil(counts: Mapping[str, int], content: bytes, seed: int = 3) -> tuple[bytes, pd.DataFrame]:
    files, ledger = inject(
        {"census.csv": content}, TABLES, {(kind, KEY): n for kind, n in counts.items()}, seed
    )
    return files["census.csv"], ledger


ALL = {
    name: 3
    for name, kind in faults.kinds().items()
    if kind[0].table == KEY.split("/")[0] and any(fault.column in HEADER for fault in kind)
}
DUPLICATE = "school_census_census_duplicate"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_only_the_planned_cells_change(end: str, encoding: str) -> None:
    clean = census(end=end, encoding=encoding)
    spoilt, ledger = spoil(ALL, clean)
    assert dict(ledger["fault"].value_counts()) == ALL
    before, after = rows_of(clean, encoding), rows_of(spoilt, encoding)
    doubles = ledger[ledger["fault"] == DUPLICATE]
    assert len(after) == len(before) + len(doubles)
    assert list(doubles["row"]) == list(range(len(before) + 1, len(after) + 1))
    touched = ledger[ledger["fault"] != DUPLICATE].set_index("row")["column"]
    for number, (old, new) in enumerate(zip(before, after, strict=False), start=1):
        changed = [name for name, a, b in zip(before[0], old, new, strict=True) if a != b]
        assert changed == ([touched[number]] if number in touched.index else [])
    # Lines nobody struck are the same bytes, line ends and all.
    lines = zip(clean.split(end.encode()), spoilt.split(end.encode()), strict=False)
    assert sum(a != b for a, b in lines) == len(touched) + 1  # and the empty one after the last


def test_each_change_does_what_it_says() -> None:
    clean = census()
    spoilt, ledger = spoil(ALL, clean)
    before, after = rows_of(clean), rows_of(spoilt)
    cells = {
        (entry.fault, entry.row): dict(zip(HEADER, after[entry.row - 1], strict=True))
        for entry in ledger.itertuples()
    }
    for (kind, row), now in cells.items():
        was = dict(zip(HEADER, before[row - 1], strict=True)) if row <= len(before) else {}
        if kind == "census_upn_letter":
            assert now["UPN"][0] != was["UPN"][0]
            assert now["UPN"][1:] == was["UPN"][1:]
        elif kind == "school_census_census_cut":
            assert all(now[name] in (was[name], was[name][:-3]) for name in HEADER)
        elif kind == "school_census_census_no_such_day":
            assert now["DateOfBirth"] == "31/02/2012"
        elif kind == "school_census_census_later_year":
            assert now["DateOfBirth"] == was["DateOfBirth"][:6] + "2092"
        elif kind == "school_census_census_unknown_code":
            assert {now[name] for name in HEADER if now[name] != was[name]} == {"?"}
        elif kind == "school_census_census_empty":
            assert {now[name] for name in HEADER if now[name] != was[name]} == {""}
        elif kind == "census_need_without_provision":
            assert (was["SENprovision"], was["SENtype1"], now["SENtype1"]) == ("N", "", "MLD")
        elif kind == "census_need_code":
            assert was["SENprovision"] in "KE"
        elif kind == DUPLICATE:
            assert list(now.values()) in before


@pytest.mark.parametrize(
    ("text", "spoilt"),
    [
        ("03/04/2012", "31/02/2012"),
        ("2012-04-03", "2012-02-31"),
        ("2022-Sep-28 00:00:00", "2022-Feb-31 00:00:00"),
    ],
)
def test_an_impossible_date_is_written_as_the_others_are(text: str, spoilt: str) -> None:
    (one,) = faults.kinds()["school_census_census_no_such_day"]
    assert faults._changed(one, {"DateOfBirth": text}) == spoilt


def test_a_plan_ceases_before_it_starts() -> None:
    one = faults.declared()["sen2_ceased_before_start"]
    cells = {"StartDate": "2024-Feb-29 00:00:00", "CeaseDate": "2024-Dec-01 00:00:00"}
    assert faults._changed(one, cells) == "2020-Feb-29 00:00:00"


def test_the_same_seed_strikes_the_same_rows_whatever_else_is_planned() -> None:
    clean = census()
    first, ledger = spoil(ALL, clean)
    again, _ = spoil(ALL, clean)
    other, _ = spoil(ALL, clean, seed=4)
    assert first == again
    assert first != other
    alone = spoil({DUPLICATE: 3}, clean)[1]
    together = ledger[ledger["fault"] == DUPLICATE]
    assert len(alone) == len(together) == 3


def test_no_row_gets_two_faults() -> None:
    _, ledger = spoil(dict.fromkeys(ALL, 8), census())
    in_place = ledger[ledger["fault"] != DUPLICATE]
    assert not in_place["row"].duplicated().any()


def test_too_few_rows_are_said_and_nothing_is_half_done() -> None:
    with pytest.raises(ValueError, match="only 5 of 6 rows can get the fault"):
        spoil({"census_sen_provision_code": 6}, census(5))


def test_the_plan_follows_the_rates_and_tries_each_kind() -> None:
    files = {KEY: Lines(io.BytesIO(census(10_000)))}
    planned = faults.plan(files)
    assert {key for _, key in planned} == {KEY}
    assert set(ALL) <= {kind for kind, _ in planned}
    assert planned["census_upn_letter", KEY] == 2  # 20 in 100,000
    assert planned["census_upn_scientific", KEY] == 1  # half a row, but each kind is tried
    assert faults.plan(files, at_least=0)["census_upn_scientific", KEY] == 0


def test_files_not_planned_for_pass_untouched() -> None:
    files = {"census.csv": census(50)}
    spoilt, ledger = inject(files, TABLES, {}, 1)
    assert spoilt == files
    assert list(ledger.columns) == list(faults.LEDGER)
    assert ledger.empty


def test_the_injector_knows_nothing_of_validation() -> None:
    """Else a mistake made in both would never be seen."""
    own = {"jsna.sources", "jsna.synthetic.lines", "jsna.generator", "jsna.generator.fault"}
    # What a column is declared to hold is read, and no rule.
    own |= {"jsna.model.contract"}
    made = (faults.__file__, fault.__file__, typed.__file__)
    for file in (*made, *(part.__file__ for part in parts("faults").values())):
        tree = ast.parse(Path(str(file)).read_text(encoding="utf-8"))
        imported = {
            name
            for node in ast.walk(tree)
            for name in (
                [alias.name for alias in node.names] if isinstance(node, ast.Import)
                else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            )
        }  # fmt: skip
        assert not {name for name in imported if name.startswith("jsna")} - own


def test_a_form_of_a_date_names_the_same_day() -> None:
    """What `dates.read` makes of it is what the clean file says."""
    for kind in faults.declared().values():
        if kind.change not in ("time", "form"):
            continue
        for clean in ("2012-04-03", "03/04/2012", "2012-Apr-03 00:00:00"):
            now = faults._changed(kind, {kind.column: clean})
            read = dates.read(now)
            assert isinstance(read, dates.Written), now
            assert read.day == date(2012, 4, 3), now


RETURN = {
    "person": ["persontableid,Surname", "4,Abel", "912,Baker", "7,Clay"],
    "requests": [
        "requeststableid,persontableid,ReceivedDate",
        "1,4,2024-Mar-04", "2,912,2024-Mar-05", "3,7,2024-Mar-06",
    ],
    "assessment": ["assessmenttableid,requeststableid", "8,1", "9,2", "10,3"],
    "namedplan": ["namedplantableid,assessmenttableid", "5,8", "6,9"],
    "plandetail": ["plandetailtableid,namedplantableid", "1,5"],
    "activeplans": ["activeplanstableid,requeststableid", "21,1", "22,2"],
    "placementdetail": ["placementdetailtableid,activeplanstableid", "31,21", "32,21", "33,22"],
    "senneed": ["senneedtableid,activeplanstableid", "41,21"],
}  # fmt: skip


def test_a_child_entered_twice_has_everything_twice_under_new_numbers() -> None:
    files = {f"{name}.csv": "\n".join([*rows, ""]).encode() for name, rows in RETURN.items()}
    tables = {f"sen2.{name}/2025": f"{name}.csv" for name in RETURN}
    counts = {("sen2_person_twice", "sen2.person/2025"): 1}
    spoilt, ledger = inject(files, tables, counts, 5)
    # Only Abel has a plan in force and a number that comes before the new one.
    added = {name: rows_of(spoilt[f"{name}.csv"])[len(rows) :] for name, rows in RETURN.items()}
    assert added == {
        "person": [["9900000004", "Abel"]],
        "requests": [["9900000001", "9900000004", "2024-Mar-04"]],
        "assessment": [["9900000008", "9900000001"]],
        "namedplan": [["9900000005", "9900000008"]],
        "plandetail": [["9900000001", "9900000005"]],
        "activeplans": [["9900000021", "9900000001"]],
        "placementdetail": [["9900000031", "9900000021"], ["9900000032", "9900000021"]],
        "senneed": [["9900000041", "9900000021"]],
    }
    assert len(ledger) == 9
    assert ledger.set_index("table").loc["sen2.person/2025", ["row", "severity"]].tolist() == [
        5, "warning",
    ]  # fmt: skip
    assert set(ledger.loc[ledger["table"] != "sen2.person/2025", "severity"]) == {"error"}
    with pytest.raises(ValueError, match="only 1 of 2 children"):
        inject(files, tables, {("sen2_person_twice", "sen2.person/2025"): 2}, 5)
    # A request of an earlier year has no date: neither it nor its assessment is in any count.
    files["requests.csv"] = files["requests.csv"].replace(b"2024-Mar-04", b"")
    _, ledger = inject(files, tables, counts, 5)
    assert not {"sen2.requests/2025", "sen2.assessment/2025"} & set(ledger["table"])
    assert len(ledger) == 7


def test_every_rate_has_a_source_and_leaves_a_sound_report() -> None:
    by_table: dict[str, float] = {}
    for kind in faults.kinds().values():
        assert all(one.source.strip() for one in kind)
        if any(one.severity == "error" for one in kind):
            by_table[kind[0].table] = by_table.get(kind[0].table, 0) + kind[0].per_100_000
    assert max(by_table.values()) < 500  # half of one per cent of rows set aside
