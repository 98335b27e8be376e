"""The register of publications: what is appended, what is read, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from jsna.errors import JsnaError
from jsna.model import schema
from jsna.model.cells import Cell
from jsna.provenance import register

#: An entry as it was written when there was a register first: to be read for ever after.
KEPT = Path(__file__).parents[1] / "data" / "publications"


def tables(folder: Path, content: str) -> dict[str, Path]:
    """Files to register; what is in them is nothing to the register."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {name: folder / name for name in register.TABLES}
    for name, file in made.items():
        file.write_text(f"{name} {content}", encoding="utf-8")
    return made


def publish(
    root: Path, content: str, edition: str = "a-2025", recipe: str = "", **more: object
) -> register.Entry:
    """Register a publication beside all that were before it."""
    recipe = recipe or content
    before = register.before(root, edition, more.get("previous", ()), recipe)  # type: ignore[arg-type]
    return register.append(
        root,
        edition,
        str(more.get("published", "2025-01-30")),
        recipe,
        {"report.html": f"digest of {more.get('html', content)}"},
        tables(root / "made", content),
        [entry.name for entry in before],
    )


def test_publications_are_numbered_and_each_reads_those_before_it(tmp_path: Path) -> None:
    first, second = publish(tmp_path, "one"), publish(tmp_path, "two")
    assert [one.name.number for one in register.entries(tmp_path, "a-2025")] == [1, 2]
    assert first.used == ()
    assert second.used == (first.name,)


def test_the_same_once_more_appends_nothing(tmp_path: Path) -> None:
    first = publish(tmp_path, "one")
    files = {p: p.read_bytes() for p in tmp_path.rglob("publications/**/*") if p.is_file()}
    assert publish(tmp_path, "one") == first
    publish(tmp_path, "two")
    # Built again after another was published: it still reads what it read, and is itself.
    assert publish(tmp_path, "one") == first
    assert len(register.entries(tmp_path, "a-2025")) == 2
    assert all(path.read_bytes() == content for path, content in files.items())


def test_a_rebuild_reads_what_was_read_then_and_nothing_published_since(tmp_path: Path) -> None:
    earlier = publish(tmp_path, "old", "a-2024", published="2024-01-30")
    first = publish(tmp_path, "one", previous=["a-2024"])
    publish(tmp_path, "corrected", "a-2024", published="2025-06-01")
    assert register.before(tmp_path, "a-2025", ["a-2024"], "one") == [earlier]
    third = publish(tmp_path, "three", previous=["a-2024"])
    assert [name.text for name in third.used] == ["a-2024/0001", "a-2024/0002", "a-2025/0001"]
    assert first.used == (earlier.name,)


def test_what_an_earlier_edition_was_protected_beside_comes_with_it(tmp_path: Path) -> None:
    publish(tmp_path, "old", "a-2023", published="2023-01-30")
    publish(tmp_path, "next", "a-2024", published="2024-01-30", previous=["a-2023"])
    found = register.before(tmp_path, "a-2025", ["a-2024"], "")
    assert [entry.name.text for entry in found] == ["a-2023/0001", "a-2024/0001"]


def test_another_report_of_the_same_figures_is_another_publication(tmp_path: Path) -> None:
    publish(tmp_path, "one")
    second = publish(tmp_path, "one", html="rewritten")
    assert second.name.number == 2
    assert second.used == ()


def test_the_same_inputs_that_tell_something_else_are_not_published(tmp_path: Path) -> None:
    publish(tmp_path, "one", recipe="same")
    with pytest.raises(JsnaError, match="very same inputs"):
        publish(tmp_path, "two", recipe="same")
    assert len(register.entries(tmp_path, "a-2025")) == 1


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    entry = publish(tmp_path, "one")
    for path in (entry.folder, entry.folder.parent, entry.folder.parent.parent):
        assert path.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in entry.folder.iterdir()} == {0o600}


def test_a_missing_edition_is_asked_for_by_name(tmp_path: Path) -> None:
    with pytest.raises(JsnaError) as caught:
        register.before(tmp_path, "a-2025", ["a-2024", "a-2023"], "")
    assert [problem.value for problem in caught.value.problems] == ["a-2024", "a-2023"]
    assert "register" in str(caught.value)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda place: (place / "entry.json").unlink(), "0001/entry.json: this publication has no"),
        (lambda place: (place / "entry.json").write_text("{", encoding="utf-8"), "is damaged"),
        (lambda place: (place / "entry.json").write_text("[]", encoding="utf-8"), "is damaged"),
        (lambda place: place.rename(place.with_name("0007")), "another's folder"),
    ],
    ids=["no entry", "half an entry", "no object", "moved"],
)
def test_a_damaged_entry_is_a_plain_error(tmp_path: Path, damage: object, words: str) -> None:
    entry = publish(tmp_path, "one")
    damage(entry.folder)  # type: ignore[operator]
    with pytest.raises(JsnaError, match=words) as caught:
        register.before(tmp_path, "a-2025", [], "")
    assert str(tmp_path) not in str(caught.value)


def test_a_lost_entry_and_one_put_in_its_place_are_told(tmp_path: Path) -> None:
    first = publish(tmp_path, "one")
    second = publish(tmp_path, "two")
    text = (first.folder / "entry.json").read_text(encoding="utf-8")
    (first.folder / "entry.json").write_text(text.replace("2025-01-30", "2025-01-31"))
    with pytest.raises(JsnaError, match="is not the publication"):
        register.find(tmp_path, second.used)
    shutil.rmtree(first.folder)
    with pytest.raises(JsnaError, match=r"a-2025/0001.*not in the register"):
        register.before(tmp_path, "a-2025", [], "two")


def test_a_table_that_is_not_what_was_published_is_refused(tmp_path: Path) -> None:
    entry = publish(tmp_path, "one")
    file = entry.folder / register.LEDGER
    file.write_bytes(file.read_bytes() + b"!")
    with pytest.raises(JsnaError, match="not the table that was registered"):
        entry.table(register.LEDGER)
    file.unlink()
    with pytest.raises(JsnaError, match="is missing"):
        entry.table(register.LEDGER)


def test_a_format_of_the_future_asks_for_a_newer_jsna(tmp_path: Path) -> None:
    entry = publish(tmp_path, "one")
    file = entry.folder / "entry.json"
    made = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**made, "format": 99}), encoding="utf-8")
    with pytest.raises(JsnaError, match="format 99, and this jsna reads formats up to 2"):
        register.entries(tmp_path, "a-2025")


def test_the_first_entry_ever_written_is_still_read(tmp_path: Path) -> None:
    shutil.copytree(KEPT, tmp_path / "data" / "publications")
    (entry,) = register.entries(tmp_path, "example-2025")
    assert entry.name.text == "example-2025/0001"
    ledger = entry.read(register.LEDGER)
    assert Cell.read(ledger["cell"].iloc[0]).table == "plan"
    by_label = ledger.set_index("label")
    small = by_label.loc["plan rows: period 2025, primary_need MLD"]
    assert (small["value"], small["shown"], small["threshold"]) == (3, False, 5)
    large = by_label.loc["plan rows: period 2025, primary_need ASD"]
    assert (large["value"], large["printed"], large["rounding"]) == (40, 40, 1)
    rows = entry.read(register.MEASURES)
    # What protection reads of it; it does not say in which way a figure is counted.
    read = {*schema.SUBJECT, *schema.NUMBERS, "status", "reason", "note", "source"}
    assert read <= set(rows.columns)
    told = rows.loc[rows["category"].eq("ASD"), "numerator"]
    assert told.tolist() == [40]
    taken = entry.read(register.FALLBACKS)
    assert {"indicator", "breakdown", "used"} <= set(taken.columns)
    there = {path.name for path in entry.folder.iterdir()}
    assert set(entry.files) == there
