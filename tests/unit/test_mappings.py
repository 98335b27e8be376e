"""Mappings of councils' own files: configuration that is wrong is told at once, by file and key."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from jsna.errors import JsnaError
from jsna.ingest.validate import context_for
from jsna.model.editions import Delivery
from jsna.model.layouts import MappingFile
from jsna.provenance import inputs
from jsna.settings import loading
from tests.conftest import ROOT
from tests.unit.test_edition import EDITION, NAME, change, delivery, supply
from tests.unit.validation_support import judge

MAPPING = "config/mappings/quillshire/exclusions.yaml"
#: Of every kind of key, in words of an invented system.
GOOD: dict[str, Any] = {
    "extract": "exclusions",
    "tables": {
        "exclusions": {
            "sheet": "Export",
            "header_row": 3,
            "empty": ["NULL"],
            "dates": "month first",
            "columns": {
                "upn": "Pupil number",
                "sex": {"header": ["Gender", "Sex"], "codes": {"1": "M", "2": "F"}},
                "school_urn": {
                    "header": "School",
                    "join": {"file": "homes", "key": "Pupil number", "their_key": "Pupil"},
                },
            },
        }
    },
    "beside": {"homes": {"sheet": "Addresses"}},
}
HOMES = {"homes": "homes.xlsx"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    change(
        tmp_path, EDITION, lambda e: supply(e, "exclusions").update(mapping="quillshire/exclusions")
    )
    for number in range(3):
        change(
            tmp_path,
            EDITION,
            lambda e, n=number: delivery(e, "exclusions", n).update(
                beside={"homes": f"homes-{n}.xlsx"}
            ),
        )
    (tmp_path / MAPPING).parent.mkdir(parents=True)
    write(tmp_path, GOOD)
    return tmp_path


def write(project: Path, content: dict[str, Any]) -> None:
    (project / MAPPING).write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def table(content: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = content["tables"]["exclusions"]
    return made


def test_an_edition_reads_by_the_mapping_it_names(project: Path) -> None:
    config = loading.load(NAME, project)
    by_name = {d.extract: config.layout(d) for d in config.edition.received}
    assert by_name["sen2"] is None
    layout = by_name["exclusions"]
    assert layout is not None
    assert layout.name == "quillshire/exclusions"
    assert layout.tables["exclusions"].header_row == 3
    # It is among what the edition stands on, and so are the files joined.
    assert MAPPING in inputs.configuration(config, project)
    assert "data/raw/test-2025/homes-1.xlsx" in inputs.raw_files(config)


def test_a_code_said_outright_is_of_the_years_of_the_file(project: Path) -> None:
    content = yaml.safe_load(yaml.safe_dump(GOOD))
    table(content)["columns"] |= {
        "sen_provision_at_event": {
            "header": "Stage", "codes": {"s": "E", "Plan": "E", "K": "K", "P": "N"},
        },
        "reason_1": {"header": "Why", "codes": {"Misc": "OT", "Weapon": "OW", "OT": "OT"}},
    }  # fmt: skip
    write(project, content)
    config = loading.load(NAME, project)
    of = next(d for d in config.edition.received if d.extract == "exclusions")
    layout = config.layout(of)
    assert layout is not None
    read = layout.tables["exclusions"].columns
    # What S counted as until 2018 it counts as there alone; P is said to be something else.
    assert read["sen_provision_at_event"].codes == {"s": "S", "Plan": "E", "K": "K", "P": "N"}
    seen = context_for(config, of)
    assert seen.outright["exclusions.reason_1"] == {"OT", "OW"}
    for period, code, wrong in (("2024/25", "OT", True), ("2018/19", "OT", False),
                                ("2018/19", "OW", True), ("2024/25", "OW", False)):  # fmt: skip
        judged = judge(
            "exclusions.exclusions", {"reason_1": code}, period=period, outright=seen.outright
        )
        told = [(p.code, p.row) for p in judged.problems if p.code.endswith("mapped")]
        assert told == [("exclusions.reason_1.mapped", 2)] * wrong, (period, code)
        if wrong:
            problem = next(p for p in judged.problems if p.code.endswith("mapped"))
            assert f"a code that the return of {period} does not have" in problem.rule


def test_every_fault_of_a_mapping_is_told_with_its_file_and_key(project: Path) -> None:
    content = yaml.safe_load(yaml.safe_dump(GOOD))
    columns = table(content)["columns"]
    columns["sex"]["codes"]["3"] = "Z"
    columns["category"] = None
    columns["colour"] = "Colour"
    columns["upn"] = {"header": "Pupil number", "codes": {"x": "y"}, "dates": "day first"}
    content["tables"]["modules"] = {}
    content["beside"]["streets"] = {}
    write(project, content)
    change(project, EDITION, lambda e: delivery(e, "exclusions").pop("beside"))
    change(project, EDITION, lambda e: supply(e, "ncmp").update(mapping="../ncmp"))
    change(project, EDITION, lambda e: supply(e, "community").update(mapping="quillshire/none"))
    change(project, EDITION, lambda e: supply(e, "sen2").update(mapping="quillshire/exclusions"))
    change(project, EDITION, lambda e: delivery(e, "school_census").update(beside=HOMES))
    with pytest.raises(JsnaError) as caught:
        loading.load(NAME, project)
    told = {(p.where, p.column): p.rule for p in caught.value.problems}
    at = "tables.exclusions.columns"
    assert {
        (MAPPING, f"{at}.sex.codes.3"), (MAPPING, f"{at}.category"), (MAPPING, f"{at}.colour"),
        (MAPPING, f"{at}.upn.codes"), (MAPPING, f"{at}.upn.dates"), (MAPPING, "tables.modules"),
        (MAPPING, "beside.streets"), (EDITION, "extracts (exclusions, 2022/23).beside"),
        (EDITION, "mapping"), ("config/mappings/quillshire/none.yaml", None),
        (EDITION, "extracts (sen2, 2025).mapping"),
        (EDITION, "extracts (school_census, 2023).beside"),
    } <= told.keys()  # fmt: skip
    assert told[MAPPING, f"{at}.sex.codes.3"] == "is no code of the field; it has F, M"


@pytest.mark.parametrize(
    ("change_to", "key"),
    [
        ({"header_row": 31}, "header_row"),
        ({"dates": "backwards"}, "dates"),
        ({"columns": {"sex": {"header": "Gender", "codes": {1: "M"}}}}, "sex"),
        ({"colums": {}}, "colums"),
    ],
)
def test_what_no_mapping_can_say_is_told_by_its_key(
    project: Path, change_to: dict[str, Any], key: str
) -> None:
    write(project, {**GOOD, "tables": {"exclusions": {**table(GOOD), **change_to}}})
    with pytest.raises(JsnaError) as caught:
        loading.load(NAME, project)
    assert any(
        p.where == MAPPING and f"tables.exclusions.{key}" in str(p.column).replace("columns.", "")
        for p in caught.value.problems
    ), str(caught.value)


def test_a_mapping_of_an_extract_may_be_left_out_for_a_period(project: Path) -> None:
    def without(edition: dict[str, Any]) -> None:
        first = delivery(edition, "exclusions")
        first["mapping"] = ""
        first.pop("beside")

    change(project, EDITION, without)
    config = loading.load(NAME, project)
    layouts = [config.layout(d) for d in config.edition.received if d.extract == "exclusions"]
    assert [layout is None for layout in layouts] == [True, False, False]


def test_what_is_joined_is_known_by_its_name() -> None:
    mapping = MappingFile.model_validate(GOOD)
    assert mapping.joined == {"homes"}
    delivery_of = Delivery(
        extract="exclusions", period="2022/23", files={"exclusions": "a.xlsx"}, beside=HOMES
    )
    assert delivery_of.every_file == ("a.xlsx", "homes.xlsx")
