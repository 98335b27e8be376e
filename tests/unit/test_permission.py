"""Rows about persons go no further than validation unless what allows it is recorded."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from jsna import build, io
from jsna.checking import owners
from jsna.errors import JsnaError, Problem
from jsna.ingest.grid import Findings
from jsna.ingest.report import describe
from jsna.ingest.run import Ingested
from jsna.ingest.stage import Staged
from jsna.linkage import link
from jsna.linkage.ruleset import read_ruleset
from jsna.measures.engine import measure
from jsna.measures.sources import source_of
from jsna.model.configuration import Configuration
from jsna.model.contract import Table
from jsna.model.editions import Delivery, Supply
from jsna.report import sources
from jsna.report.assemble import absent_lines, deliveries
from jsna.report.chapters import Chapter
from jsna.settings.loading import load
from jsna.sources import permission, registry
from jsna.tables import catalogue
from tests.conftest import ROOT
from tests.spec import world
from tests.supplied import supplied
from tests.unit.test_tables import TYPES

pytestmark = pytest.mark.usefixtures("queries_tried_once")

PERMITTED = {
    "owner": "A team", "legal_basis": "An Act", "assessment": "DPIA-1", "opt_out": "None applies",
}  # fmt: skip


def delivery(extract: str, period: str = "2025", **changes: Any) -> Delivery:
    """A delivery with everything recorded, but for the changes."""
    files = {table.name: f"{extract}.{table.name}" for table in registry()[extract].tables}
    return Delivery(extract=extract, period=period, files=files, **{**PERMITTED, **changes})


def configuration(*given: Delivery) -> Configuration:
    """The small synthetic edition with other deliveries."""
    config = load("test-2025", ROOT)
    edition = config.edition.model_copy(update={"extracts": supplied(given)})
    return dataclasses.replace(config, edition=edition)


WITHOUT = delivery("ncmp", "2023/24", assessment="")
SAID = "received but not linked: no data-protection assessment is recorded"


# ---- what is lacking ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, ""),
        ({"owner": ""}, "no owner is recorded"),
        ({"legal_basis": ""}, "no legal basis is recorded"),
        ({"assessment": ""}, "no data-protection assessment is recorded"),
        ({"opt_out": ""}, "no handling of opt-outs is recorded"),
        (
            {"owner": None, "assessment": " \t"},
            "no owner or data-protection assessment is recorded",
        ),
        (
            dict.fromkeys(PERMITTED, ""),
            "no owner, legal basis, data-protection assessment or handling of opt-outs is recorded",
        ),
    ],
)
def test_what_is_missing_is_named(changes: dict[str, Any], told: str) -> None:
    given = delivery("ncmp", **changes)
    assert given.unrecorded == told
    assert bool(permission.linkable(configuration(given).edition)) is not bool(told)


@pytest.mark.parametrize("words", ["TBC", "to be confirmed.", "?", " - ", "Pending", "[not known]"])
def test_a_word_that_holds_the_place_records_nothing(words: str) -> None:
    assert delivery("ncmp", assessment=words).lacks == ("data-protection assessment",)


@pytest.mark.parametrize("words", ["None applies", "N/A: statutory return", "DPIA to follow-up 7"])
def test_anything_that_says_something_is_taken_as_said(words: str) -> None:
    assert delivery("ncmp", opt_out=words).lacks == ()


def test_rows_about_nobody_need_no_permission() -> None:
    nothing = dict.fromkeys(PERMITTED, "")
    given = configuration(delivery("areas", **nothing), delivery("sen2", **nothing))
    assert [d.extract for d in permission.linkable(given.edition)] == ["areas"]
    assert [d.extract for d in permission.unlinked(given.edition)] == ["sen2"]


def test_an_extract_that_identifies_people_is_about_persons_whatever_it_says() -> None:
    for extract in registry().values():
        if any(table.identifiers for table in extract.tables):
            assert dataclasses.replace(extract, person_level=False).about_persons
    assert not registry()["areas"].about_persons


def test_what_nobody_declared_needs_permission() -> None:
    unknown = Delivery(extract="dentists", period="2025", files={"teeth": "teeth.csv"})
    assert permission.linkable(configuration(unknown).edition) == ()


def test_one_period_without_permission_leaves_the_others() -> None:
    late = delivery("ncmp", "2024/25", status="not received", reason="late")
    edition = configuration(WITHOUT, delivery("ncmp", "2022/23"), late).edition
    assert [d.period for d in edition.received] == ["2023/24", "2022/23"]
    assert [d.period for d in permission.linkable(edition)] == ["2022/23"]
    assert [permission.gap(d) for d in edition.deliveries] == [SAID, "", "not received: late"]


# ---- permission in the file of an edition ------------------------------------------------------


def permissions(given: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Period -> owner, legal basis, assessment and handling of opt-outs, as the file has them."""
    supply = Supply.model_validate({"extract": "ncmp", **given})
    return {d.period: (d.owner, d.legal_basis, d.assessment, d.opt_out) for d in supply.deliveries}


def received(period: str, **own: Any) -> dict[str, Any]:
    return {"period": period, "files": {"measurements": f"{period[:4]}.csv"}, **own}


def test_permission_said_once_holds_for_every_period() -> None:
    periods = [received("2023/24"), received("2024/25")]
    said = ("A team", "An Act", "DPIA-1", "None applies")
    assert permissions({**PERMITTED, "periods": periods}) == {"2023/24": said, "2024/25": said}


def test_a_period_has_its_own_where_it_is_given_there() -> None:
    periods = [
        received("2021/22", assessment="DPIA-0", owner="Another team"),
        # Empty, or with nothing behind it: for this year there is none.
        received("2022/23", assessment=""),
        received("2023/24", assessment=None, opt_out=None),
        received("2024/25"),
    ]
    assert permissions({**PERMITTED, "periods": periods}) == {
        "2021/22": ("Another team", "An Act", "DPIA-0", "None applies"),
        "2022/23": ("A team", "An Act", "", "None applies"),
        "2023/24": ("A team", "An Act", "", ""),
        "2024/25": ("A team", "An Act", "DPIA-1", "None applies"),
    }
    none = dict.fromkeys(PERMITTED)
    assert permissions({**none, "periods": [received("2023/24", owner="A team")]}) == {
        "2023/24": ("A team", "", "", "")
    }


def test_an_assessment_of_one_period_permits_no_other() -> None:
    own = [received("2023/24"), received("2024/25", assessment="DPIA-1")]
    entry = {"extract": "ncmp", **PERMITTED, "assessment": "", "periods": own}
    config = configuration()
    edition = config.edition.model_copy(update={"extracts": (Supply.model_validate(entry),)})
    assert [d.period for d in permission.linkable(edition)] == ["2024/25"]
    assert [permission.gap(d) for d in permission.unlinked(edition)] == [SAID]


def test_deliveries_are_those_of_the_file_in_its_order() -> None:
    edition = load("test-2025", ROOT).edition
    assert [(d.extract, d.period) for d in edition.deliveries][:5] == [
        ("school_census", "2023"),
        ("school_census", "2024"),
        ("school_census", "2025"),
        ("sen2", "2025"),
        ("exclusions", "2022/23"),
    ]
    assert [(d.extract, d.period, d.unrecorded) for d in permission.unlinked(edition)] == [
        ("community", "2023/24", "no data-protection assessment is recorded")
    ]
    # Kept once they are made, and not carried into a copy with other extracts.
    assert edition.deliveries is edition.deliveries
    assert (
        edition.model_copy(update={"extracts": edition.extracts[:1]}).deliveries
        == (edition.deliveries[:3])
    )


# ---- what becomes of the rows ------------------------------------------------------------------


def rows_of(table: Table, rows: list[dict[str, Any]]) -> pa.Table:
    """Valid rows as ingest leaves them; what is not given is empty."""
    made = {
        c.field: pa.array([row.get(c.field) for row in rows], TYPES.get(c.type, pa.string()))
        for c in table.columns
    }
    return pa.table({**made, "source_row": pa.array(range(2, len(rows) + 2), pa.int64())})


def test_no_row_without_permission_leaves_the_identified_zone(tmp_path: Path) -> None:
    born = {"date_of_birth": date(2014, 3, 5), "surname": "Zwyxthorpe", "forename": "Qoph"}
    given = [
        (delivery("school_census"), "census", {**born, "upn": "K973000178301", "school_urn": "1"}),
        (delivery("ncmp", "2022/23"), "measurements", {**born, "school_urn": "900022"}),
        (WITHOUT, "measurements", {**born, "school_urn": "900023"}),
    ]
    config = configuration(*(one[0] for one in given))
    paths = io.Paths(tmp_path, config.edition.edition)
    for one, name, row in given:
        file = paths.identified / "valid" / one.extract / name / io.period_file(one.period)
        io.write_parquet(file, rows_of(registry()[one.extract].table(name), [row]))
    link.run(config, paths, read_ruleset(ROOT / link.RULES))
    linked = io.read_table(paths.restricted / "linked/ncmp.measurements.parquet")
    assert linked.select(["period", "school_urn"]).to_pylist() == [
        {"period": "2022/23", "school_urn": "900022"}
    ]
    written = [
        p.read_bytes() for p in tmp_path.rglob("*") if "valid" not in p.parts and p.is_file()
    ]
    assert any(b"900022" in content for content in written)
    assert not any(b"900023" in content or b"2023/24" in content for content in written)


def test_others_are_linked_where_the_spine_itself_is_without_permission(tmp_path: Path) -> None:
    barred = delivery("school_census", legal_basis="")
    config = configuration(barred, delivery("exclusions", "2024/25"))
    paths = io.Paths(tmp_path, config.edition.edition)
    table = registry()["exclusions"].table("exclusions")
    row = {"upn": "K973000178301", "date_of_birth": date(2014, 3, 5), "school_urn": "900024"}
    io.write_parquet(
        paths.identified / "valid/exclusions/exclusions/2024-25.parquet", rows_of(table, [row] * 2)
    )
    link.run(config, paths, read_ruleset(ROOT / link.RULES))
    (written,) = (paths.restricted / "linked").glob("*.parquet")
    assert written.name == "exclusions.exclusions.parquet"
    keys = io.read_table(written)["person_key"].to_pylist()
    assert len(keys) == 2
    assert None not in keys


def test_an_extract_wholly_without_permission_has_no_table_at_all(tmp_path: Path) -> None:
    config = configuration(WITHOUT)
    paths = io.Paths(tmp_path, config.edition.edition)
    # Its rows are not so much as looked for: there is no file.
    link.run(config, paths, read_ruleset(ROOT / link.RULES))
    assert not list((paths.restricted / "linked").glob("*"))


def test_a_year_without_permission_is_a_gap_and_not_a_zero() -> None:
    config = world.configuration(deliveries=[("exclusions", "2022/23"), ("exclusions", "2023/24")])
    first, second = config.edition.deliveries
    barred = second.model_copy(update={"opt_out": ""})
    edition = config.edition.model_copy(update={"extracts": supplied((first, barred))})
    without = dataclasses.replace(config, edition=edition)
    assert catalogue.periods("permanent_exclusion", config) == {"2022/23", "2023/24"}
    assert catalogue.periods("permanent_exclusion", without) == {"2022/23"}
    roll = world.filled(
        "roll", pd.DataFrame({"period": ["2022/23", "2023/24"], "suspended": False})
    )
    events = world.filled("permanent_exclusion", pd.DataFrame({"period": ["2022/23"]}))
    rate = config.indicators["permanent_exclusion_rate"]
    tables = {"roll": roll, "permanent_exclusion": events}
    assert set(measure(tables, [rate], config)["period"]) == {"2022/23", "2023/24"}
    assert set(measure(tables, [rate], without)["period"]) == {"2022/23"}


def test_estimates_that_are_received_need_no_permission_to_be_named_as_the_source() -> None:
    config = configuration(delivery("population", "2024", **dict.fromkeys(PERMITTED, "")))
    assert source_of(config.indicators["population_0_25"], config, {}) == "local:population"


# ---- what is said ------------------------------------------------------------------------------


def test_the_report_says_what_is_not_linked_and_why() -> None:
    config = configuration(WITHOUT, delivery("ncmp", "2022/23", owner="Another team"))
    register = sources.Register(config, registry())
    rows = {row[1]: row for row in deliveries(register)}
    assert rows["2023/24"][2] == SAID
    assert rows["2022/23"][2] == "received"
    health = Chapter("health", "", 1, "Health", (), "", (), ())  # type: ignore[arg-type]
    assert absent_lines(health, register) == [
        f"The extract “National Child Measurement Programme” for 2023/24 was {SAID}."
    ]
    prevalence = dataclasses.replace(health, id="prevalence")
    assert not any("not linked" in line for line in absent_lines(prevalence, register))
    # Nothing is counted from it, so it is the source of nothing.
    (cited,) = [c for c in register.all() if c.id == "local:ncmp"]
    assert (cited.publisher, cited.release) == ("Another team", "2022/23")
    none_left = sources.Register(configuration(WITHOUT), registry())
    assert [c.id for c in none_left.all() if c.id.startswith("local:")] == []


def test_check_warns_of_it_and_does_not_refuse_it() -> None:
    config = configuration(WITHOUT)
    report = describe([], {}, (), config)
    assert f"Warning: National Child Measurement Programme, 2023/24 – {SAID}" in report.text
    assert report.ok
    assert report.warnings == 1
    assert "Warning" not in describe([], {}, (), configuration(delivery("ncmp"))).text


def test_check_tells_a_table_of_several_files_by_all_of_them() -> None:
    files = {f"exclusions.{term}": f"{term}.csv" for term in ("autumn", "spring")}
    terms = delivery("exclusions", "2023/24").model_copy(update={"files": files})
    config = configuration(terms)
    findings = Findings("exclusions 2023/24")
    findings.warnings.append(Problem("spring.csv", "a cell is odd", row=7, code="cell.odd"))
    staged = [Staged(terms, "exclusions", None, findings)]
    report = describe(staged, {}, (), config)
    assert "autumn.csv, spring.csv – Suspensions" in report.text
    assert "- spring.csv: row 7: a cell is odd [cell.odd]" in report.text
    ((told,),) = owners.entries(Ingested(staged, {}, ())).values()
    assert (told.file, told.numbers) == ("spring.csv", (7,))


def test_build_warns_of_it_before_anything_is_done(tmp_path: Path) -> None:
    given = configuration(WITHOUT)
    edition = given.edition.model_copy(update={"synthetic": False, "synthesis": None})
    config = dataclasses.replace(given, edition=edition)
    said: list[str] = []
    with pytest.raises(JsnaError):  # there are no files, nor a key
        build.build(config, io.Paths(tmp_path, edition.edition), said.append, cores=1)
    assert any(line == f"Warning: ncmp, 2023/24 – {SAID}" for line in said)
