"""A stage asked again for what it made already: when it stands, and when it is made again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from jsna import io, records
from jsna.machine import standing
from jsna.machine.standing import Asked
from jsna.stages import STAGES

BELOW = Path("data/processed/e-2025/restricted")
ASKED = Asked(
    "derive",
    "e-2025",
    ("digest of what is said",),
    (BELOW / "link.json",),
    (BELOW / "derive.json",),
)
#: A table the rule does not know.
TABLE = BELOW / "tables" / "pupil.json"


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What `derive` made, and then was deleted, as Snakemake does before it runs a rule."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(records, "written", set())
    # The process of the tests must not be confined.
    monkeypatch.setattr("jsna.zones.enter", lambda verb, root: None)
    io.write_json(BELOW / "link.json", {"files": {}})
    monkeypatch.setattr(records, "written", set())
    io.write_json(TABLE, [1, 2])
    io.write_json(BELOW / "derive.json", {"files": {"tables/pupil.json": 1}})
    standing.keep(ASKED)
    (BELOW / "derive.json").unlink()
    return ASKED


def test_what_was_made_of_the_same_is_put_back(made: Asked) -> None:
    assert standing.stands(made)
    assert io.read_json(BELOW / "derive.json") == {"files": {"tables/pupil.json": 1}}
    # And once more, with its output in place.
    assert standing.stands(made)


def test_an_input_written_again_with_the_same_content_changes_nothing(made: Asked) -> None:
    io.write_json(BELOW / "link.json", {"files": {}})
    assert standing.stands(made)


def change_input() -> None:
    io.write_json(BELOW / "link.json", {"files": {"a": "b"}})


def lose_a_table() -> None:
    io.remove(TABLE)


def spoil_a_table() -> None:
    TABLE.write_text("[1, 3]", encoding="utf-8")


def write_another_table() -> None:
    io.write_json(TABLE, [1, 3])


def spoil_the_output() -> None:
    (BELOW / ".derive.json.kept").write_text("{}", encoding="utf-8")


def lose_the_record() -> None:
    records.beside(BELOW / "derive.json").unlink()


def spoil_the_note() -> None:
    ASKED.note.write_text("{", encoding="utf-8")


def lose_the_input() -> None:
    (BELOW / "link.json").unlink()


def have_everything_made_again() -> None:
    standing.forget(BELOW.parent)


@pytest.mark.parametrize(
    "happened",
    [
        *(change_input, lose_the_input, lose_a_table, spoil_a_table, write_another_table),
        *(spoil_the_output, lose_the_record, spoil_the_note, have_everything_made_again),
    ],
)
def test_it_is_made_again_where_anything_is_not_as_it_was(
    made: Asked, happened: Callable[[], None]
) -> None:
    happened()
    assert not standing.stands(made)
    assert not (BELOW / "derive.json").exists()
    # What a stage that is stopped then leaves stands for nothing.
    assert not made.note.exists()


def test_it_is_made_again_where_the_rule_says_something_else(made: Asked) -> None:
    others = ({"given": ("digest of something else",)}, {"given": ()}, {"inputs": ()})
    for other in others:
        standing.keep(made) if (BELOW / "derive.json").exists() else None
        assert not standing.stands(replace(made, **other))


def test_what_a_rule_adds_to_a_command_line_is_no_part_of_the_command() -> None:
    words = ["derive", "e-2025", "--given", "a", "b c", "--from", "in.json", "--to", "out.json"]
    rest, asked = standing.asked(words)
    assert rest == ["derive", "e-2025"]
    assert asked == Asked("derive", "e-2025", ("a", "b c"), (Path("in.json"),), (Path("out.json"),))
    assert standing.asked(["fetch", "e-2025", "--from", "x"])[1] is None


def test_what_is_noted_of_private_files_is_private(made: Asked) -> None:
    assert made.note.parent == BELOW
    assert made.note.stat().st_mode & 0o777 == 0o600
    both = replace(made, outputs=(Path("data/processed/e-2025/safe/a.json"), *made.outputs))
    assert both.note.parent == BELOW


def test_a_stage_is_confined_before_it_looks_at_a_file(tmp_path: Path) -> None:
    """One whose rule names a file of a zone that is closed to it does not get to see it."""
    private = tmp_path / BELOW / "measures.parquet"
    private.parent.mkdir(parents=True)
    private.write_bytes(b"x")
    script = (
        "import sys; from jsna.machine import standing\n"
        "stage = standing.asked(sys.argv[1:])[1]\n"
        "standing.zones.enter(stage.verb, standing.Path())\n"
        "stage.digest()\n"
    )
    words = ("draw", "e-2025", "--given", "--from", str(BELOW / private.name), "--to", "x/y")
    run = subprocess.run(
        [sys.executable, "-c", script, *words], cwd=tmp_path, capture_output=True, text=True
    )
    assert "PermissionError: the stage 'draw' may not read from the zone 'restricted'" in run.stderr


def test_only_what_is_confined_to_its_zones_may_stand() -> None:
    from jsna import workflow as flow

    looking = {verb for verb in STAGES if "--given" not in flow.command(verb)}
    assert looking == {"publications", "seal"}
