"""Each way an extract can be wrong, tried: every error at once, in plain words, nothing lost.

Every case runs the same function `jsna check` and `jsna ingest` call; the command line itself is
tried on all faults together, on good extracts, and on a fault of each zone.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from jsna import io
from jsna.checking.rows import check
from jsna.errors import JsnaError
from jsna.ingest.run import run
from jsna.model.configuration import Configuration
from jsna.model.editions import Delivery
from tests.books import book, book_bytes
from tests.conftest import copy_project
from tests.supplied import supplied
from tests.tried import cases
from tests.workflow.small_world import (
    AREA_HEADER,
    AREAS,
    CENSUS,
    EDITION,
    EXCLUSIONS,
    ROOT,
    World,
    area_rows,
    canaries,
    csv_bytes,
    snapshot,
)

pytestmark = pytest.mark.usefixtures("queries_tried_once")
Damage = Callable[[World], None]
#: Damage, and what must be reported: file -> codes, each at least once.
CASES: dict[str, tuple[Damage, dict[str, set[str]]]] = {}


def case(**expected: str) -> Callable[[Damage], Damage]:
    """Registers a case; expectations are `census="code code"`."""
    names = {"census": CENSUS, "exclusions": EXCLUSIONS, "areas": AREAS}

    def register(damage: Damage) -> Damage:
        wanted = {names[name]: set(codes.split()) for name, codes in expected.items()}
        CASES[damage.__name__] = (damage, wanted)
        return damage

    return register


def column(world: World, name: str) -> int:
    return world.census[0].index(name)


def fill(world: World, name: str, value: str, rows: slice) -> None:
    place = column(world, name)
    for row in world.census[1:][rows]:
        row[place] = value


@case(census="file.missing", areas="file.missing")
def missing_files(world: World) -> None:
    world.instead = {CENSUS: None, AREAS: None, "Census.CSV": b"x"}


@case(census="file.empty", exclusions="file.header_only")
def empty_files(world: World) -> None:
    world.instead = {CENSUS: b"", EXCLUSIONS: csv_bytes(world.exclusions[:1])}


@case(census="file.truncated", areas="file.truncated")
def truncated_files(world: World) -> None:
    content = world.contents()
    world.instead = {CENSUS: content[CENSUS][:-30], AREAS: content[AREAS][:3000]}


@case(census="column.missing")
def renamed_column(world: World) -> None:
    world.census[0][column(world, "SENprovision")] = "SEN_provison"


@case(census="column.missing", areas="column.missing")
def missing_column(world: World) -> None:
    place = column(world, "Ethnicity")
    for row in world.census:
        del row[place]
    rows = [AREA_HEADER, *area_rows()]
    world.areas = book([row[:-1] for row in rows])


@case(census="column.duplicate")
def duplicate_column(world: World) -> None:
    place = column(world, "Sex")
    for row in world.census:
        row.append(row[place])


@case(census="file.encoding", exclusions="file.encoding")
def wrong_encoding(world: World) -> None:
    world.instead = {CENSUS: csv_bytes(world.census, encoding="utf-16")[:-1]}
    world.exclusions[3][1] = "Nuñez".encode().decode("cp1252")


@case(census="column.mixed_dates", exclusions="column.month_first")
def mixed_dates(world: World) -> None:
    # As a spreadsheet of another country leaves them: it turned those it took for its own.
    fill(world, "DateOfBirth", "28/05/2014", slice(0, len(world.census) - 1))
    fill(world, "DateOfBirth", "2014-05-06", slice(4, 12))
    place = world.exclusions[0].index("StartDate")
    for row in world.exclusions[5:9]:
        row[place] = "11/28/2024"


@case(census="column.impossible_dates")
def impossible_dates(world: World) -> None:
    fill(world, "DateOfBirth", "31/02/2014", slice(0, 30))


@case(census="column.scientific")
def scientific_identifiers(world: World) -> None:
    fill(world, "UPN", "9.90E+11", slice(0, 60))


@case(areas="file.hidden_rows")
def hidden_rows(world: World) -> None:
    sheet = world.areas.active
    assert sheet is not None
    sheet.row_dimensions[4].hidden = True


@case(census="file.title_above", areas="file.title_above")
def title_above_the_header(world: World) -> None:
    world.census.insert(0, ["School census, Smallshire"])
    world.areas = book([["Areas"], [], AREA_HEADER, *area_rows()])


@case(census="census.sen_provision.code")
def unknown_codes(world: World) -> None:
    fill(world, "SENprovision", "S", slice(0, 60))


@case(census="census.year_group.period", exclusions="exclusions.wrong_period")
def wrong_year(world: World) -> None:
    fill(world, "NCYearActual", "4", slice(0, 60))
    place = world.exclusions[0].index("StartDate")
    for row in world.exclusions[1:]:
        row[place] = row[place].replace("2024", "2022").replace("2025", "2023")


@case(areas="file.locked")
def workbook_locked_open(world: World) -> None:
    world.beside = [f"~${AREAS}"]


@case(census="file.digest")
def another_file_than_the_edition_names(world: World) -> None:
    world.digests = {CENSUS: "0" * 64}


@case(census="file.header_missing")
def header_deleted(world: World) -> None:
    del world.census[0]


@case(census="file.ragged")
def comma_in_a_cell_without_quotes(world: World) -> None:
    world.census[9].insert(1, "the elder")


@case(areas="file.format")
def workbook_with_a_password(world: World) -> None:
    world.instead = {AREAS: b"\xd0\xcf\x11\xe0" + b"\0" * 4000}


@case(census="file.missing", exclusions="column.missing", areas="file.hidden_rows")
def several_at_once(world: World) -> None:
    world.instead = {CENSUS: None}
    world.exclusions[0][world.exclusions[0].index("Category")] = "Categry"
    world.instead[EXCLUSIONS] = csv_bytes(world.exclusions, ";")
    hidden_rows(world)


def assert_nothing_personal(text: str) -> None:
    assert not [canary for canary in canaries() if canary in text]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose last run went well, with a report that was published."""
    root = tmp_path_factory.mktemp("good")
    world = World(root)
    run(world.place(), world.paths)
    published = world.paths.reports / "report.pdf"
    published.parent.mkdir(parents=True)
    published.write_bytes(b"the previous report")
    return root


def good_then(damage: Damage, good: Path, root: Path) -> tuple[World, dict[str, bytes]]:
    """That project, copied, and files that were then spoilt."""
    shutil.copytree(good, root, dirs_exist_ok=True)
    world = World(root)
    before = snapshot(root)
    damage(world)
    return world, before


@pytest.mark.parametrize("name", cases(sorted(CASES), some=9))
def test_every_fault_is_told_at_once_and_nothing_is_lost(
    name: str, good: Path, tmp_path: Path
) -> None:
    damage, expected = CASES[name]
    world, before = good_then(damage, good, tmp_path)
    config = world.place()

    report = check(config, world.paths)
    assert not report.ok
    found: dict[str, set[str]] = {}
    for problem in report.problems:
        found.setdefault(problem.where, set()).add(problem.code)
    # Exactly the files spoilt are refused, and each for what was done to it.
    assert set(found) == set(expected), report.text
    for file, codes in expected.items():
        assert codes <= found[file], report.text
    assert_nothing_personal(report.text)
    assert str(tmp_path) not in report.text
    for problem in report.problems:
        assert len(problem.rule) > 20
        assert problem.rule in report.text

    with pytest.raises(JsnaError) as raised:
        run(config, world.paths)
    assert raised.value.problems == report.problems
    assert_nothing_personal(str(raised.value))
    assert snapshot(tmp_path) == before


def test_good_extracts_pass_and_say_so(tmp_path: Path) -> None:
    world = World(tmp_path)
    report = check(world.place(), world.paths)
    assert report.ok
    assert (report.rows_set_aside, report.warnings) == (0, 0), report.text
    assert "The edition can be built: nothing was found wrong." in report.text
    assert "60 rows" in report.text
    assert not (tmp_path / "data/processed").exists()


@pytest.mark.parametrize("verb", [["check"], ["check", "--rows"], ["ingest"]])
def test_a_file_called_after_a_child_in_it_stops_everything_unnamed(
    verb: list[str], tmp_path: Path
) -> None:
    world = World(tmp_path)
    at = [world.census[0].index(name) for name in ("Forename", "Surname")]
    name = "-".join(world.census[1][place].lower() for place in at)
    config = world.place()
    (world.paths.raw / CENSUS).rename(world.paths.raw / f"{name} census.csv")
    edition = tmp_path / f"config/editions/{EDITION}.yaml"
    text = edition.read_text(encoding="utf-8")
    edition.write_text(text.replace(CENSUS, f"{name} census.csv"), encoding="utf-8")
    ended = world.jsna(*verb)
    said = ended.stdout + ended.stderr
    assert ended.returncode == 1
    assert "school_census, 2025: a .csv file of" in said and "the name of a child" in said
    assert not [word for word in name.split("-") if word in said.casefold()], said
    assert config and not (world.paths.identified / "ingest.json").exists()
    kept = [*(tmp_path / "data").rglob("*")] if (tmp_path / "data").exists() else []
    of_build = [one for one in kept if one.is_file() and not one.is_relative_to(world.paths.raw)]
    assert not [one for one in of_build if name.encode() in one.read_bytes().lower()]


def test_the_receipt_says_how_each_file_was_read(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.instead = {
        CENSUS: csv_bytes(world.census, ";", "utf-16"),
        EXCLUSIONS: csv_bytes(world.exclusions, "\t"),
    }
    run(world.place(), world.paths)
    receipt = json.loads((world.paths.identified / "ingest.json").read_text(encoding="utf-8"))
    said = " ".join(" ".join(remarks) for remarks in receipt["read_as"].values())
    rows = len(world.census) - 1
    for words in ("read as UTF-16, with its mark", f"a semicolon, in the header and {rows} rows",
                  f"a tab, in the header and {len(world.exclusions) - 1} rows"):  # fmt: skip
        assert words in said
    report = check(world.place(), world.paths)
    assert report.ok and "note: cells are separated by a semicolon" in report.text


def with_indicators(world: World) -> Configuration:
    """The world in place, with the project's indicators."""
    world.place()
    # Some indicators have no local source, and are given by a release alone.
    for folder in ("config/indicators", "config/releases"):
        shutil.copytree(ROOT / folder, world.root / folder)
    return world.config()


@pytest.mark.parametrize(
    ("column", "value", "code", "touches"),
    [
        ("NCYearActual", "QQ", 1, "'NCYearActual' cannot be used and is emptied; touches"),
        # Of no indicator: the analyst is warned, and nothing leaves a count.
        ("SENtype2", "QQ", 0, ""),
    ],
)
def test_an_emptied_cell_that_a_count_stands_on_is_in_the_exit_code(
    tmp_path: Path, column: str, value: str, code: int, touches: str
) -> None:
    world = World(tmp_path)
    fill(world, column, value, slice(4, 6))
    config = with_indicators(world)
    report = check(config, world.paths)
    assert report.ok
    assert (report.rows_set_aside, report.left) == (0, 2 * code), report.text
    told = " ".join(report.text.split())
    assert ("What leaves a count or changes it" in told) == bool(code)
    assert touches in told
    assert_nothing_personal(told)
    assert world.jsna("check", "--rows").returncode == code


def test_homes_that_cannot_be_placed_are_told_and_are_in_the_exit_code(tmp_path: Path) -> None:
    world = World(tmp_path)
    fill(world, "LSOA", "W01000010", slice(0, 1))
    fill(world, "LSOA", "", slice(1, 3))
    fill(world, "Postcode", "", slice(1, 3))
    report = check(with_indicators(world), world.paths)
    told = " ".join(report.text.split())
    assert report.left == 2, told
    assert "of 60 in a locality of the area" in told
    assert "no code 2, Wales 1" in told
    assert_nothing_personal(told)


def test_totals_below_the_records_are_left_out_and_told(tmp_path: Path) -> None:
    world = World(tmp_path)
    width = len(world.census[0])
    world.census.append(["Total", *[""] * (width - 2), "60"])
    sheet = world.areas.active
    assert sheet is not None
    sheet.append(["Grand total", *[None] * 6, 36, 8, 36, 8])
    report = check(world.place(), world.paths)
    assert report.ok
    assert (report.rows_set_aside, report.warnings) == (0, 2)
    assert "60 rows" in report.text


def test_faulty_rows_are_set_aside_and_the_edition_stands(tmp_path: Path) -> None:
    world = World(tmp_path)
    fill(world, "SENprovision", "Q", slice(4, 5))
    config = world.place()
    report = check(config, world.paths)
    assert report.ok
    assert report.rows_set_aside == 1
    assert "1 row, row 6: 'SENprovision' must be a code" in " ".join(report.text.split())
    run(config, world.paths)
    valid = io.read_parquet(world.paths.identified / "valid/school_census/census/2025.parquet")
    aside = io.read_parquet(world.paths.identified / "quarantine/school_census/census/2025.parquet")
    assert (len(valid), len(aside)) == (59, 1)
    assert not (world.paths.identified / "staged").exists()
    assert list(aside["source_row"]) == [6]
    assert list(aside["reasons"]) == ["census.sen_provision.code"]
    quality = io.read_parquet(world.paths.restricted / "quality.parquet")
    row = quality.set_index("extract").loc["school_census"]
    assert (row["rows_received"], row["rows_valid"], row["rows_quarantined"]) == (60, 59, 1)
    violations = io.read_parquet(world.paths.restricted / "violations.parquet")
    assert list(violations.columns) == [
        "extract", "table", "period", "code", "severity", "message", "fields", "rows",
    ]  # fmt: skip
    assert violations.set_index("code").loc["census.sen_provision.code", "rows"] == 1


def test_rows_in_another_order_give_the_same_quality_and_violations(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        world = World(tmp_path / name)
        fill(world, "SENprovision", "Q", slice(4, 6))
        if name == "two":
            world.census[1:] = world.census[:0:-1]
            world.exclusions[1:] = world.exclusions[:0:-1]
        run(world.place(), world.paths)
        folder = world.paths.restricted
        made.append([(folder / f).read_bytes() for f in ("quality.parquet", "violations.parquet")])
    assert made[0] == made[1]


def test_a_delivery_no_longer_in_the_edition_leaves_no_rows(tmp_path: Path) -> None:
    world = World(tmp_path)
    config = world.place()
    run(config, world.paths)
    fewer = tuple(d for d in config.edition.deliveries if d.extract != "exclusions")
    edition = config.edition.model_copy(update={"extracts": supplied(fewer)})
    import dataclasses

    run(dataclasses.replace(config, edition=edition), world.paths)
    left = {p.parent.parent.name for p in (world.paths.identified / "valid").rglob("*.parquet")}
    assert left == {"areas", "school_census"}


def test_a_file_cut_at_the_end_of_a_row_is_warned_of(tmp_path: Path) -> None:
    world = World(tmp_path)
    config = world.place()
    shorter = csv_bytes([*world.exclusions[:4]])
    longer = csv_bytes([world.exclusions[0], *(world.exclusions[1:] * 3)])
    deliveries = []
    for period, content in (("2023/24", longer), ("2024/25", shorter)):
        file = f"exclusions {period[:4]}.csv"
        (world.paths.raw / file).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        deliveries.append(
            Delivery(
                extract="exclusions", period=period, files={"exclusions": file},
                sha256={file: digest},
            )
        )  # fmt: skip
    edition = config.edition.model_copy(update={"extracts": supplied(deliveries)})
    config = replace(config, edition=edition)
    report = check(config, world.paths)
    assert "the file has 3 rows where that of 2023/24 has 60" in " ".join(report.text.split())


def test_of_files_about_places_only_what_is_like_a_code_is_shown(tmp_path: Path) -> None:
    """A child's row pasted into a file of areas is set aside and not shown."""
    world = World(tmp_path)
    sheet = world.areas.worksheets[0]
    child = [
        "A950000178301",
        "Canary-Smith",
        "CN1 9RY",
        "1999-12-31",
        "01/02/1999",
        "x",
        "40102321",
    ]
    sheet.append([*child, "Canary", "4010232137", "31.12.1999", "Canary"])
    said = check(world.place(), world.paths).text
    assert "must be E01 and six digits" in said
    for value in (*child[:5], "Canary", "4010232137", "31.12.1999"):
        assert value not in said


def test_identified_files_are_private(tmp_path: Path) -> None:
    world = World(tmp_path)
    run(world.place(), world.paths)
    files = [p for p in world.paths.identified.rglob("*") if p.is_file()]
    # Of each file its record too, from which guesses at its rows could be tried.
    assert len(files) == 14
    assert {p.stat().st_mode & 0o777 for p in files} == {0o600}


def test_the_command_line_says_all_and_exits_non_zero(good: Path, tmp_path: Path) -> None:
    world, before = good_then(several_at_once, good, tmp_path)
    world.place()
    headed = world.jsna("check")
    checked, ingested = world.jsna("check", "--rows"), world.jsna("ingest")
    for ended in (headed, checked, ingested):
        said = ended.stdout + ended.stderr
        assert ended.returncode == 1, said
        for words in ("is not in the edition's folder", "'Category'", "hidden"):
            assert words in said
        assert "Traceback" not in said
        assert_nothing_personal(said)
    assert snapshot(tmp_path) == before


@pytest.mark.full
def test_a_build_on_wrong_input_keeps_the_previous_report(tmp_path: Path) -> None:
    """The whole command, as `make report` calls it: through Snakemake, log and progress."""
    project = copy_project(tmp_path / "project")
    world = World(project.root)
    several_at_once(world)
    world.instead.pop(CENSUS)
    fill(world, "SENprovision", "S", slice(0, 60))
    world.place()
    published = world.paths.reports / "report.pdf"
    published.parent.mkdir(parents=True)
    published.write_bytes(b"the previous report")
    ended = project.jsna("build", EDITION, check=False)
    said = ended.stdout + ended.stderr
    assert ended.returncode != 0, said
    for words in ("'Category'", "hidden", "'sen_provision' (E, K, N)"):
        assert words in said
    assert "Traceback" not in said
    assert_nothing_personal(said)
    assert published.read_bytes() == b"the previous report"
    # Nor does any log or other trace of the run hold a value of a child.
    for file in (world.paths.identified.parent).rglob("*.log"):
        assert_nothing_personal(file.read_text(encoding="utf-8"))
    assert not list(world.paths.identified.rglob("*.parquet"))


def test_the_command_line_passes_good_extracts(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.place()
    headed, judged = world.jsna("check"), world.jsna("check", "--rows")
    assert headed.returncode == judged.returncode == 0, headed.stderr + judged.stderr
    assert "3 files of extracts" in headed.stdout
    assert "nothing would stop a build" in headed.stdout
    assert "nothing was found wrong" in judged.stdout
    assert_nothing_personal(headed.stdout + judged.stdout)


def test_a_workbook_of_several_tables_is_told_once(tmp_path: Path) -> None:
    """One damaged workbook is one problem, however many tables it was to hold."""
    from jsna.ingest.stage import stage_deliveries
    from jsna.sources import registry

    sen2 = registry()["sen2"]
    files = {table.name: "sen2.xlsx" for table in sen2.tables}
    delivery = Delivery(extract="sen2", period="2025", files=files, sha256={"sen2.xlsx": "0" * 64})
    (tmp_path / "sen2.xlsx").write_bytes(book_bytes(book([["x"]]))[:2000])
    staged = stage_deliveries([delivery], registry(), tmp_path, synthetic=False)
    assert [entry.table for entry in staged] == [table.name for table in sen2.tables]
    codes = [problem.code for entry in staged for problem in entry.findings.problems]
    assert codes == ["file.digest", "file.truncated"]
