"""The two extracts of social care on public samples: what is found is worked out here beside it.

The samples are invented but not by us: the five files of a return of looked-after children, and a
children in need census as it is sent. Everything expected is worked out from the files with the
`csv` and `datetime` modules alone. Reads `shared/published` beside the repository.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from jsna.ingest.judge import Validated
from jsna.ingest.read import read_table
from jsna.ingest.validate import validate_delivery
from jsna.model.contract import Context, Table
from jsna.settings.shared import codelists
from jsna.sources import registry
from jsna.sources.cin_census.extract import COLUMNS as CIN_COLUMNS

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT.parent / "shared" / "published" / "g_person_level"
FIRST, LAST = date(2017, 4, 1), date(2018, 3, 31)
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
Row = dict[str, str]


@cache
def sample(name: str) -> tuple[Row, ...]:
    """Rows of a file, with the row number the user sees under `row`."""
    with (SAMPLES / "ssda903" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return tuple(row | {"row": str(n)} for n, row in enumerate(csv.DictReader(file), start=2))


def day(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").date()


def rows_where(name: str, test: Callable[[Row], bool]) -> list[int]:
    return [int(row["row"]) for row in sample(name) if test(row)]


def age(row: Row, on: date) -> int:
    born = day(row["DOB"])
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def well_shaped(upn: str) -> bool:
    return (
        len(upn) == 13 and upn[0] in LETTERS and upn[1:12].isdigit()
        and (upn[12].isdigit() or upn[12] in LETTERS)
    )  # fmt: skip


def letter_fits(upn: str) -> bool:
    values = [int(c) if c.isdigit() else LETTERS.index(c) for c in upn[1:]]
    return LETTERS[sum(n * value for n, value in enumerate(values, start=2)) % 23] == upn[0]


def delivery(period: str, on: date) -> Context:
    codes = {name: frozenset(labels) for name, labels in codelists(ROOT).items()}
    return Context(on, period, "E10000990", codes)


def tables() -> list[Table]:
    """The five tables the samples have; a delivery may lack that of care leavers."""
    given = [table for table in registry()["ssda903"].tables if not table.optional]
    assert {t.name for t in given} == {file.stem for file in (SAMPLES / "ssda903").glob("*.csv")}
    return given


@cache
def judged() -> dict[str, Validated]:
    extract = registry()["ssda903"]
    frames = {}
    for table in tables():
        name = f"{table.name}.csv"
        reading = read_table((SAMPLES / "ssda903" / name).read_bytes(), name, table)
        # The headers are the declared ones to the letter, and no other column is there.
        assert (reading.findings.problems, reading.findings.warnings) == ([], []), name
        assert reading.frame is not None
        frames[table.name] = reading.frame
    return validate_delivery(extract, frames, delivery("2017/18", LAST))


def found(name: str) -> dict[str, tuple[str, int, int | None]]:
    """Code -> severity, how many rows and the first of them."""
    return {
        entry.code.split(".", 1)[1]: (entry.severity, entry.rows, entry.first_row)
        for entry in judged()[name].found
    }


def warned(rows: list[int]) -> tuple[str, int, int]:
    return ("warning", len(rows), min(rows))


def test_no_sample_file_is_refused() -> None:
    assert {name: len(rows.staged) for name, rows in judged().items()} == {
        "header": 2675, "episodes": 5050, "reviews": 12582, "oc2": 2675, "missing": 43,
    }  # fmt: skip
    assert not any(rows.problems for rows in judged().values())


def test_numbers_of_looked_after_children() -> None:
    """Invented numbers: few have the right letter, and those of a wrong shape are not kept."""
    shapeless = rows_where("header", lambda row: not well_shaped(row["UPN"]))
    letters = rows_where(
        "header", lambda row: well_shaped(row["UPN"]) and not letter_fits(row["UPN"])
    )
    with_episode = {row["CHILD"] for row in sample("episodes")}
    idle = rows_where("header", lambda row: row["CHILD"] not in with_episode)
    assert (len(shapeless), len(letters), len(idle)) == (296, 2272, 552)
    assert found("header") == {
        "upn.shape": warned(shapeless),
        "upn.letter": warned(letters),
        "child_id.no_episode": warned(idle),
    }
    header = judged()["header"].valid
    assert Counter(header["sex"]) == {"F": 1342, "M": 1333}
    assert header["upn"].isna().sum() == len(shapeless)
    # One mother, written 1.0, whose child's day of birth is read too.
    mothers = header[header["mother"].notna()]
    assert mothers["mother"].tolist() == [1]
    assert mothers["mother_child_birth_date"].tolist() == [date(2016, 8, 27)]


def test_episodes_of_care() -> None:
    by_child: dict[str, list[Row]] = {}
    for row in sample("episodes"):
        by_child.setdefault(row["CHILD"], []).append(row)
    overlapping = []
    for episodes in by_child.values():
        episodes.sort(key=lambda row: day(row["DECOM"]))
        for earlier, later in itertools.pairwise(episodes):
            if not earlier["DEC"] or day(earlier["DEC"]) > day(later["DECOM"]):
                overlapping.append(int(earlier["row"]))
    reasons = rows_where("episodes", lambda row: bool(row["REC"]) and not row["DEC"])
    late = rows_where("episodes", lambda row: bool(row["DEC"]) and day(row["DEC"]) > LAST)
    assert (len(overlapping), len(reasons), len(late)) == (72, 1413, 12)
    assert found("episodes") == {
        "end_reason.unexpected": warned(reasons),
        "end_date.overlap": warned(overlapping),
        "end_date.after_year": warned(late),
    }
    # Every code of the sample is known, so no cell was emptied but the late ends.
    valid = judged()["episodes"].valid
    assert valid["placement"].notna().all()
    assert valid["end_reason"].notna().all()
    still = {row["CHILD"] for row in sample("episodes") if not row["DEC"] or day(row["DEC"]) > LAST}
    assert set(valid.loc[valid["end_date"].isna(), "child_id"]) == still


def test_reviews() -> None:
    late = rows_where("reviews", lambda row: day(row["REVIEW"]) > LAST)
    part = rows_where(
        "reviews",
        lambda row: (row["REVIEW_CODE"] == "PN0") != (age(row, day(row["REVIEW"])) < 4),
    )
    seen: set[tuple[str, str]] = set()
    twice = []
    for row in sample("reviews"):
        key = (row["CHILD"], row["REVIEW"])
        twice += [int(row["row"])] if key in seen else []
        seen.add(key)
    assert (len(late), len(part), len(twice)) == (5042, 2098, 14)
    outcome = found("reviews")
    assert outcome.pop("review_date.after_year") == warned(late)
    assert outcome.pop("review_code.age") == warned(part)
    # Of two alike either may be the one that is kept.
    assert outcome.pop("key.duplicate")[:2] == ("error", len(twice))
    assert outcome == {}
    assert len(judged()["reviews"].valid) == 12582 - 14


def test_outcomes_and_times_missing_agree_with_each_other() -> None:
    both = rows_where("oc2", lambda row: bool(row["SDQ_SCORE"]) and bool(row["SDQ_REASON"]))
    neither = rows_where(
        "oc2",
        lambda row: not row["SDQ_SCORE"] and not row["SDQ_REASON"] and 4 <= age(row, LAST) <= 16,
    )
    backwards = rows_where("missing", lambda row: day(row["MIS_END"]) < day(row["MIS_START"]))
    assert (both, neither, backwards) == ([], [], [])
    assert (found("oc2"), found("missing")) == ({}, {})


def test_the_same_return_is_refused_for_another_year() -> None:
    extract = registry()["ssda903"]
    frames = {name: rows.staged for name, rows in judged().items()}
    later = validate_delivery(extract, frames, delivery("2019/20", date(2020, 3, 31)))
    assert "episodes.wrong_period" in {problem.code for problem in later["episodes"].problems}
    earlier = validate_delivery(extract, frames, delivery("2014/15", date(2015, 3, 31)))
    assert "episodes.too_many" in {problem.code for problem in earlier["episodes"].problems}


def census_rows() -> list[Row]:
    """The census as sent, one row an episode, under its own names."""
    tree = ElementTree.parse(SAMPLES / "cin" / "fake_CIN_data.xml")
    rows = []
    for child in tree.getroot().iter("Child"):
        own = {
            leaf.tag: (leaf.text or "").strip()
            for part in ("ChildIdentifiers", "ChildCharacteristics")
            for leaf in child.findall(f"{part}/*")
            if not len(leaf)
        }
        for number, disability in enumerate(child.iter("Disability"), start=1):
            own[f"Disability{number}"] = (disability.text or "").strip()
        rows += [
            own | {leaf.tag: (leaf.text or "").strip() for leaf in details if not len(leaf)}
            for details in child.findall("CINdetails")
        ]
    return rows


def test_a_census_of_children_in_need_is_read_code_for_code() -> None:
    rows = census_rows()
    assert len(rows) == 402
    table = registry()["cin_census"].table("episodes")
    known = {column.name for column in CIN_COLUMNS}
    # Columns the census lacks (UPNunknown among them here) are there and empty.
    headers = sorted(known | {name for row in rows for name in row})
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, headers, restval="")
    writer.writeheader()
    writer.writerows(rows)
    reading = read_table(buffer.getvalue().encode(), "cin.csv", table)
    assert reading.findings.problems == []
    # The day a child died is not declared: said, and not used.
    assert [warning.code for warning in reading.findings.warnings] == ["column.unknown"]
    assert reading.frame is not None
    episodes = validate_delivery(
        registry()["cin_census"],
        {"episodes": reading.frame},
        delivery("2021/22", date(2022, 3, 31)),
    )["episodes"]
    told = {entry.code.split(".", 1)[1]: entry.rows for entry in episodes.found}
    # No code and no date of the sample is unknown to the declaration.
    assert not [code for code in told if code.endswith((".code", ".type", ".missing"))]
    after = sum(row["CINreferralDate"] > "2022-03-31" for row in rows)
    over = sum("" < row.get("CINclosureDate", "") < "2021-04-01" for row in rows)
    backwards = sum("" < row.get("CINclosureDate", "") < row["CINreferralDate"] for row in rows)
    assert told["referral_date.after_year"] == after
    assert told["closure_date.before_year"] == over
    assert told.get("closure_date.before_referral", 0) == backwards
    # Sex not recorded (0) and indeterminate (9) are no sex, and no fault.
    assert "sex.code" not in told
    # Episodes of twenty years are no delivery of one.
    assert "episodes.too_many" in {problem.code for problem in episodes.problems}


def test_a_census_of_children_in_need_is_read_as_it_is_sent() -> None:
    """The XML itself gives the rows that the test's own flattening of it gives."""
    rows = census_rows()
    extract = registry()["cin_census"]
    table = extract.table("episodes")
    sent = (SAMPLES / "cin" / "fake_CIN_data.xml").read_bytes()
    reading = read_table(sent, "fake_CIN_data.xml", table, xml=extract.xml)
    # Nothing in it is fatal to the rest, and nothing unknown.
    assert (reading.findings.problems, reading.findings.warnings) == ([], [])
    frame = reading.frame
    assert frame is not None
    assert len(frame) == len(rows)
    for column in CIN_COLUMNS:
        assert frame[column.field].fillna("").tolist() == [r.get(column.name, "") for r in rows]
    lines = sent.decode().splitlines()
    assert {lines[row - 1].strip() for row in frame["source_row"]} == {"<CINdetails>"}


def looked_after_xml() -> bytes:
    """The five files of the return as its XML has them."""
    root = ElementTree.Element("EXPSSDA903")
    heads: dict[str, ElementTree.Element] = {}
    children: dict[str, ElementTree.Element] = {}

    def put(below: ElementTree.Element, row: Row, *without: str) -> None:
        for name, text in row.items():
            if name not in ("row", *without):
                ElementTree.SubElement(below, {"PLACE": "PL"}.get(name, name)).text = text

    for row in sample("header"):
        children[row["CHILD"]] = ElementTree.SubElement(root, "CHILD")
        heads[row["CHILD"]] = ElementTree.SubElement(children[row["CHILD"]], "HEADER")
        ElementTree.SubElement(heads[row["CHILD"]], "CHILDID").text = row["CHILD"]
        put(heads[row["CHILD"]], row, "CHILD")
    for row in sample("episodes"):
        put(ElementTree.SubElement(children[row["CHILD"]], "EPISODE"), row, "CHILD")
    for name, tag in (("reviews", "AREVIEW"), ("oc2", "OC2"), ("missing", "AMISSING")):
        for row in sample(name):
            put(ElementTree.SubElement(heads[row["CHILD"]], tag), row, "CHILD", "DOB")
    return bytes(ElementTree.tostring(root))


def test_a_return_of_looked_after_children_is_the_same_as_xml() -> None:
    extract = registry()["ssda903"]
    content = looked_after_xml()
    for table in tables():
        reading = read_table(content, "return.xml", table, alone=False, xml=extract.xml)
        assert (reading.findings.problems, reading.findings.warnings) == ([], [])
        assert reading.frame is not None
        given = sorted(
            tuple(row.get(column.name, "") for column in table.columns)
            for row in sample(table.name)
        )
        fields = [column.field for column in table.columns]
        found = sorted(map(tuple, reading.frame[fields].fillna("").values.tolist()))
        assert found == given, table.name
