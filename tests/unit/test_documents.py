"""Pages made from declarations are as they would be written now, and say what is declared."""

import json
import re
import shutil
from pathlib import Path

import jsonschema
import pytest
import yaml
from pydantic import ValidationError

from jsna import documents
from jsna.documents.markdown import table
from jsna.settings import schemas
from jsna.shared.table_columns import GEOGRAPHY
from jsna.sources import registry
from jsna.stages import STAGES
from jsna.tables.catalogue import CATALOGUE
from tests.conftest import ROOT

MARKS = "".join(
    f"<!-- rendered: {part} -->\n<!-- /rendered: {part} -->\n"
    for part in ("stages", "analysis tables")
)


def test_every_rendered_page_is_as_it_would_be_written_now() -> None:
    stale = [
        name
        for name, text in documents.rendered(ROOT).items()
        if (ROOT / name).read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run `jsna render`"


def test_the_table_of_stages_names_each_with_its_zones() -> None:
    lines = documents.rendered(ROOT)["docs/data-flow.md"].splitlines()
    told = {line.split("|")[1].strip(" `"): line for line in lines if line.startswith("| `")}
    assert {*STAGES} <= {*told}
    assert told["print"].endswith("| `jsna.report.pdf` | `draft` | `draft` |")
    assert told["verdict"].endswith("| none | `restricted` |")
    assert told["seal"].endswith("| any | any |")


@pytest.mark.parametrize("times", [0, 2])
def test_a_page_without_its_marks_is_told(tmp_path: Path, times: int) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/data-flow.md").write_text("# Data flow\n" + MARKS * times, encoding="utf-8")
    with pytest.raises(ValueError, match=f"has it {times} times"):
        documents.render(tmp_path)


def test_rendering_writes_what_changed_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    page = tmp_path / "docs/data-flow.md"
    page.write_text(MARKS, encoding="utf-8")
    shutil.copytree(ROOT / "config/codelists", tmp_path / "config/codelists")
    shutil.copy(ROOT / "config/dimensions.yaml", tmp_path / "config")
    shutil.copytree(ROOT / "config/linkage", tmp_path / "config/linkage")
    written = ["docs/data-flow.md", "docs/data-dictionary.md", *schemas.schemas()]
    assert documents.render(tmp_path) == written
    dictionary = (tmp_path / "docs/data-dictionary.md").read_text(encoding="utf-8")
    assert dictionary == (ROOT / "docs/data-dictionary.md").read_text(encoding="utf-8")
    assert "Printing the PDF" in page.read_text(encoding="utf-8")
    assert documents.render(tmp_path) == []


def test_a_pipe_in_a_cell_begins_no_other() -> None:
    assert table(["a", "b"], [["x|y", "z"]]).splitlines()[-1] == r"| x\|y | z |"


def tables_of(page: str) -> list[list[list[str]]]:
    """The tables of a page, as cells."""
    blocks = re.findall(r"(?:^\|.*\n)+", page + "\n", re.MULTILINE)
    return [
        [re.split(r"(?<!\\)\|", line.strip()[1:-1]) for line in block.splitlines()]
        for block in blocks
    ]


def test_the_dictionary_says_every_column_and_every_rule() -> None:
    page = documents.rendered(ROOT)["docs/data-dictionary.md"]
    for block in tables_of(page):
        assert len({len(line) for line in block}) == 1, block[0]
        assert all(line.strip() for line in block[0])
    for extract in registry().values():
        for one in extract.tables:
            start = page.index(f"#### `{extract.name}.{one.name}`\n")
            section = page[start : page.find("\n##", start + 5)]
            for column in one.columns:
                assert f"| `{column.name}`" in section and f"| `{column.field}` |" in section
            rules = [*one.rules, *(r for r in extract.cross_rules if r.table == one.name)]
            for rule in rules:
                assert f"| `{one.name}.{rule.code}` |" in section
    for name, made in CATALOGUE.items():
        start = page.index(f"### `{name}`\n")
        section = page[start : page.find("\n##", start + 5)]
        geography = [] if "With geography." in section else GEOGRAPHY.split()
        own = [c for c in made.columns if c in geography or c not in GEOGRAPHY.split()]
        assert [f"`{c}`" for c in own] == re.findall(r"^\| (`\w+`)", section, re.MULTILINE)
        assert "Key: " + ", ".join(f"`{c}`" for c in made.key) + "." in section
    for file in (ROOT / "config/codelists").glob("*.yaml"):
        assert f"\n| `{file.stem}` |" in page


def test_the_dictionary_shows_no_number_a_person_could_have() -> None:
    """No pupil number, health service number, pseudonym or postcode stands as an example."""
    page = documents.rendered(ROOT)["docs/data-dictionary.md"]
    assert not re.search(r"\b[A-Z]\d{11}[0-9A-Z]\b|\b\d{10}\b|\b[0-9a-f]{32}\b", page)
    postcodes = set(re.findall(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b", page))
    assert postcodes <= {"AB1 2CD"}  # of no place: AB1 was given up in 1990


def configured() -> list[Path]:
    return sorted((ROOT / "config").rglob("*.yaml"))


@pytest.mark.parametrize("file", configured(), ids=lambda file: file.stem)
def test_every_configuration_file_names_its_schema_and_is_as_it_says(file: Path) -> None:
    line = file.read_text(encoding="utf-8").partition("\n")[0]
    assert line == schemas.first_line(file, ROOT) != ""
    named = file.parent / line.split("$schema=")[1]
    schema = json.loads(named.read_text(encoding="utf-8"))
    # A file that `jsna new edition` wrote may say nothing yet.
    content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    # Days are text where an editor checks them.
    plain = json.loads(json.dumps(content, default=str))
    assert [e.message for e in jsonschema.Draft202012Validator(schema).iter_errors(plain)] == []


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("workflow", {"edition": "Demo 2025"}, "does not match"),
        ("linkage", {"spine": []}, "should be non-empty"),
        ("codelist", {"tittle": "Sex"}, "'tittle' was unexpected"),
    ],
)
def test_a_schema_refuses_what_its_model_does(
    name: str, content: dict[str, object], words: str
) -> None:
    schema = json.loads(schemas.schemas()[f"{schemas.FOLDER}/{name}.json"])
    told = [e.message for e in jsonschema.Draft202012Validator(schema).iter_errors(content)]
    assert any(words in one for one in told), told
    with pytest.raises(ValidationError):
        schemas.KINDS[name].model.model_validate(content)


def test_a_schema_says_of_each_key_what_the_model_says_of_it() -> None:
    schema = json.loads(schemas.schemas()["config/schemas/release.json"])
    assert schema["properties"]["compiled"]["description"].startswith("whether it repeats figures")
    assert schema["description"].endswith("where it comes from and how it is read.")
