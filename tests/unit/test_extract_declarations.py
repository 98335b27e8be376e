"""What is declared hangs together, and an extract is added by one folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from jsna import sources
from jsna.documents.extracts import COLUMNS, columns, rules
from jsna.ingest.validate import validate_delivery
from jsna.model.contract import Extract, Table
from jsna.settings import fields
from jsna.settings.shared import codelists
from jsna.shared import columns as make
from jsna.shared import rules as keep
from jsna.shared import usual
from jsna.sources import registry

from .validation_support import CODELISTS, GOOD, PERIODS, ROOT, context, staged

TABLES = [(extract, table) for extract in registry().values() for table in extract.tables]
NAMES = [f"{extract.name}.{table.name}" for extract, table in TABLES]


def test_the_extracts_of_the_design_are_declared() -> None:
    assert {"school_census", "sen2", "exclusions", "ncmp", "areas", "population"} <= set(registry())
    assert [table.name for table in registry()["sen2"].tables] == [
        "person", "requests", "assessment", "namedplan", "plandetail", "activeplans",
        "placementdetail", "senneed",
    ]  # fmt: skip


def test_a_name_of_no_column_is_told_with_what_is_like_it() -> None:
    days = (make.day("Referred"), make.day("Seen", nullable=True), make.whole("Hours"))
    table = Table(
        "visits", "A visit.", days, key=("refered",), dated_by="hours", wait=("referred", "sen"),
        rules=(*keep.days_in_order("referred", "seen"), keep.part_of("hour", "hours")),
    )  # fmt: skip
    extract = Extract("visits", "Visits", "Visits.", "financial_year", "resident", (table,))
    assert [*fields.faults(extract)] == [
        ("visits.key", "names no column of the table; did you mean referred?", "refered"),
        ("visits.dated_by", "names no column of days; there are referred, seen", "hours"),
        ("visits.wait", "names no column of the table; did you mean seen?", "sen"),
        ("visits.rules (hour.above_hours)", "names no column of the table; did you mean hours?",
         "hour"),
    ]  # fmt: skip
    # And nothing that reads every table is stopped by it before it can be told.
    assert [one.name for one in usual.tables(extract)] == ["visits", "in_visits", "roll_visits"]
    assert [fault for one in registry().values() for fault in fields.faults(one)] == []


@pytest.mark.parametrize(("extract", "table"), TABLES, ids=NAMES)
def test_a_declaration_refers_only_to_what_exists(extract: Extract, table: Table) -> None:
    fields = [column.field for column in table.columns]
    assert len(set(fields)) == len(fields)
    headers = [n.casefold() for c in table.columns for n in (c.name, *c.aliases)]
    assert len(set(headers)) == len(headers)
    for column in table.columns:
        assert (column.codes is None) or column.codes in CODELISTS
        assert (column.type == "code") == (column.codes is not None)
        assert column.description
    used = [*table.key, *([table.dated_by] if table.dated_by else [])]
    used += [field for rule in table.rules for field in (*rule.fields, *rule.blanks)]
    assert set(used) <= set(fields)
    assert all(rule.severity == "warning" for rule in table.rules if rule.blanks)
    assert all(rule.fatal_share is not None for rule in table.rules if not rule.counted)
    if table.parent is not None:
        parent, field = table.parent
        assert field in fields
        assert field in extract.table(parent).key


@pytest.mark.parametrize("extract", registry().values(), ids=lambda e: e.name)
def test_cross_rules_refer_only_to_what_exists(extract: Extract) -> None:
    known = {f"{e.name}.{t.name}" for e, t in TABLES}
    for rule in extract.cross_rules:
        table = extract.table(rule.table)
        assert {*rule.fields, *rule.blanks} <= {column.field for column in table.columns}
        for need in rule.needs:
            assert need in known or need in {t.name for t in extract.tables}


def test_an_extract_is_called_what_its_folder_is() -> None:
    assert [extract.name for extract in registry().values()] == list(registry())


def test_rule_codes_are_unique() -> None:
    for extract in registry().values():
        listed = [
            (code, severity)
            for table in extract.tables
            for code, severity, *_ in rules(extract, table)
        ]
        assert len(set(listed)) == len(listed)


def test_the_measurement_programme_has_no_pupil_number() -> None:
    identifiers = registry()["ncmp"].table("measurements").identifiers
    assert "nhs_number" in identifiers
    assert not {"upn", "former_upn"} & set(identifiers)


@pytest.mark.parametrize(("extract", "table"), TABLES, ids=NAMES)
def test_whatever_names_a_person_is_masked(extract: Extract, table: Table) -> None:
    naming = {"upn", "former_upn", "nhs_number", "uln", "surname", "forename", "date_of_birth",
              "postcode"}  # fmt: skip
    for column in table.columns:
        assert column.masked or column.field not in naming
        if column.field in naming:
            assert column.identifier == column.field
        if column.identifier and column.nullable:
            assert column.on_invalid == "blank"


def test_good_rows_cover_every_column_of_every_table() -> None:
    for extract, table in TABLES:
        row = GOOD[f"{extract.name}.{table.name}"]
        assert list(row) == [column.field for column in table.columns]


def test_code_lists_are_text_even_where_yaml_sees_something_else() -> None:
    found = codelists(ROOT)
    assert list(found["sen_provision"]) == ["N", "K", "E"]
    assert "01" in found["establishment_type"]
    # Which it would take for false.
    assert "NO" in found["cla_in_touch"]
    assert not {"False", "True"} & {str(code) for codes in found.values() for code in codes}
    for file in (ROOT / "config/codelists").glob("*.yaml"):
        given = yaml.safe_load(file.read_text(encoding="utf-8"))["codes"]
        shared = [code for codes in given.values() if isinstance(codes, list) for code in codes]
        assert all(isinstance(code, str) for code in (*given, *shared)), file.name
        assert file.stem in found


def test_weight_categories_stand_in_order() -> None:
    assert list(codelists(ROOT)["weight_category"]) == [
        "underweight", "healthy", "overweight", "obese", "severely_obese",
    ]  # fmt: skip


def test_the_dictionary_has_every_column_once() -> None:
    for _, table in TABLES:
        told = [dict(zip(COLUMNS, row, strict=True)) for row in columns(table)]
        assert [row["column"] for row in told] == [f"`{c.field}`" for c in table.columns]
    census = registry()["school_census"].table("census")
    of = {row[1].strip("`"): dict(zip(COLUMNS, row, strict=True)) for row in columns(census)}
    assert of["upn"]["must be given"] == "yes, or a warning"
    assert of["upn"]["identifies"] == "upn"
    assert of["sen_provision"]["values"] == "code list `sen_provision`"
    assert of["sen_provision"]["if unusable"] == "row set aside"
    assert of["primary_need"]["if unusable"] == "emptied"


ABSENCES = '''
"""Sessions missed."""
from jsna.model.contract import Column, Extract, Rule, Table

EXTRACT = Extract(
    name="absences", title="Absences", description="Sessions of each pupil in a year.",
    period_type="academic_year", population_base="attending",
    tables=(
        Table(
            "sessions", "One pupil's year.",
            (
                Column("UPN", "upn", "string", "Pupil number.", identifier="upn"),
                Column("Possible", "possible", "integer", "Sessions possible.", minimum=0),
                Column("Missed", "missed", "integer", "Sessions missed.", minimum=0),
                Column("Mark", "mark", "string", "Mark.", pattern="[A-Z]{2}"),
            ),
            key=("upn",),
            rules=(
                Rule("missed.more", "error", "more missed than possible", ("possible", "missed"),
                     lambda rows, _: rows["missed"] <= rows["possible"]),
            ),
        ),
    ),
)
'''


@pytest.fixture
def one_more_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "absences").mkdir()
    (tmp_path / "absences/__init__.py").touch()
    (tmp_path / "absences/extract.py").write_text(ABSENCES, encoding="utf-8")
    monkeypatch.setattr(sources, "__path__", [*sources.__path__, str(tmp_path)])
    registry.cache_clear()
    yield
    registry.cache_clear()


def test_one_folder_adds_an_extract_everywhere(one_more_folder: None) -> None:
    extract = registry()["absences"]
    told = [*columns(extract.table("sessions"))]
    assert [row[0] for row in told] == ["`UPN`", "`Possible`", "`Missed`", "`Mark`"]
    assert told[-1][3] == "the pattern `[A-Z]{2}`"
    assert "`sessions.missed.more`" in [row[0] for row in rules(extract, extract.table("sessions"))]
    rows = staged(
        [
            {"upn": "A", "possible": "380", "missed": "20", "mark": "AB"},
            {"upn": "B", "possible": "380", "missed": "400", "mark": "AB"},
            {"upn": "C", "possible": "380", "missed": "-1", "mark": "AB"},
            {"upn": "A", "possible": "380", "missed": "20", "mark": "AB"},
        ]
    )
    delivery = context("exclusions")
    judged = validate_delivery(extract, {"sessions": rows}, delivery)["sessions"]
    assert judged.valid["source_row"].tolist() == [2]
    assert judged.quarantined["reasons"].tolist() == [
        "sessions.missed.more", "sessions.missed.range", "sessions.key.duplicate",
    ]  # fmt: skip


def test_the_registry_is_as_it_was() -> None:
    assert "absences" not in registry()
    assert set(PERIODS) <= set(registry())
