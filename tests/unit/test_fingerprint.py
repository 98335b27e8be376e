"""Code fingerprints change with what a stage runs, and with nothing else."""

import ast
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from jsna.provenance import fingerprint as module
from jsna.stages import GENERATOR, STAGES


@pytest.fixture
def of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Fingerprint of modules in a copy of the source that a test may edit."""
    shutil.copytree(module._SOURCE / "jsna", tmp_path / "jsna")
    monkeypatch.setattr(module, "_SOURCE", tmp_path)

    def run(*modules: str) -> str:
        for function in (module.fingerprint, module._read, module._imported):
            function.cache_clear()
        return module.fingerprint(*modules)

    yield run
    for function in (module.fingerprint, module._read, module._imported):
        function.cache_clear()


def edit(root: Path, file: str, old: str, new: str) -> None:
    path = root / "jsna" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_changed_method_changes_what_imports_it_and_nothing_else(
    of: Callable[..., str], tmp_path: Path
) -> None:
    before = of("jsna.linkage.link"), of("jsna.provenance.fingerprint")
    # keys.py is imported by link.py alone.
    edit(tmp_path, "linkage/keys.py", "SHORTEST_KEY = 32", "SHORTEST_KEY = 33")
    after = of("jsna.linkage.link"), of("jsna.provenance.fingerprint")
    assert after[0] != before[0]
    assert after[1] == before[1]


def test_comments_docstrings_and_layout_do_not_count(
    of: Callable[..., str], tmp_path: Path
) -> None:
    before = of("jsna.linkage")
    edit(tmp_path, "linkage/keys.py", "SHORTEST_KEY = 32", "# why\n\nSHORTEST_KEY   =   32")
    edit(tmp_path, "linkage/keys.py", '"""Person keys:', '"""Keys of persons:')
    assert of("jsna.linkage") == before


def test_the_tree_is_written_alike_in_every_python(monkeypatch: pytest.MonkeyPatch) -> None:
    tree = ast.parse("class A: ...")
    ours = module._written(tree)
    assert "decorator_list=[]" in ours
    later = ours.replace("decorator_list=[]", "decorator_list=[], type_params=[]")
    monkeypatch.setattr(ast, "dump", lambda *_, **__: later)
    assert module._written(tree) == ours


@pytest.mark.parametrize(
    ("stage", "file", "old", "new"),
    [
        ("cli", "provenance/made_with.py", '"pango-1.0"', '"pango-2.0"'),
        ("linkage.link", "sources/ncmp/extract.py", 'quantity="height_cm"', 'quantity="weight_kg"'),
    ],
    ids=["an import inside a function", "a declaration found by being there"],
)
def test_what_is_not_named_at_the_head_of_a_module_counts(
    of: Callable[..., str], tmp_path: Path, stage: str, file: str, old: str, new: str
) -> None:
    before = of(f"jsna.{stage}")
    edit(tmp_path, file, old, new)
    assert of(f"jsna.{stage}") != before


@pytest.mark.full
def test_only_the_generator_goes_by_how_invented_rows_are_made(
    of: Callable[..., str], tmp_path: Path
) -> None:
    def now() -> dict[str, str]:
        stages = {verb: of(*stage.code) for verb, stage in STAGES.items()}
        return {**stages, "synthesise": of(*GENERATOR)}

    before = now()
    edit(tmp_path, "sources/ncmp/synthetic.py", '"6": (145.5,', '"6": (146.5,')
    after = now()
    changed = {verb for verb, told in after.items() if told != before[verb]}
    assert changed == {"synthesise"}
    for file, old, new in (
        ("sources/sen2/synthetic/placed.py", 'setting, "") for', 'setting, "OTH") for'),
        ("sources/ncmp/effects.yaml", "assumption: 0.94", "assumption: 0.95"),
        ("sources/ncmp/faults.yaml", 'Height: "12"', 'Height: "13"'),
        ("sources/sen2/faults.py", "if done == count", "if done >= count"),
    ):
        before = of(*GENERATOR)
        edit(tmp_path, file, old, new)
        assert of(*GENERATOR) != before, file


def test_a_folder_more_is_a_source_more(of: Callable[..., str], tmp_path: Path) -> None:
    before = {verb: of(*STAGES[verb].code) for verb in ("ingest", "derive")}
    shutil.copytree(tmp_path / "jsna/sources/ncmp", tmp_path / "jsna/sources/another")
    after = {verb: of(*STAGES[verb].code) for verb in before}
    assert all(after[verb] != before[verb] for verb in before)


@pytest.mark.parametrize(
    "line",
    [
        "from jsna.measures import contributions",
        "import jsna.measures.contributions",
        "from jsna.measures import contributions as behind",
        "from jsna.measures.contributions import COLUMNS",
        "from .measures import contributions",
        "from .measures.contributions import COLUMNS",
    ],
)
def test_a_module_counts_however_it_is_imported(
    of: Callable[..., str], tmp_path: Path, line: str
) -> None:
    (tmp_path / "jsna/made_up.py").write_text(f"{line}\n", encoding="utf-8")
    before = of("jsna.made_up")
    edit(tmp_path, "measures/contributions.py", '"cell", "who"', '"cell", "whom"')
    assert of("jsna.made_up") != before


def test_an_empty_module_has_a_fingerprint(of: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "jsna/made_up.py").write_text("", encoding="utf-8")
    before = of("jsna.made_up")
    (tmp_path / "jsna/made_up.py").write_text("X = 1\n", encoding="utf-8")
    assert of("jsna.made_up") != before


def test_a_text_is_parsed_once_and_what_is_kept_may_be_lost(
    of: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "kept.json"
    monkeypatch.setattr(module, "_place", lambda: place)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)

    def anew(*modules: str) -> tuple[str, set[str]]:
        """The fingerprint as a new process finds it, and the texts it had to parse."""
        module._kept.cache_clear()
        module._NEW.clear()
        module._USED.clear()
        told = of(*modules), set(module._NEW)
        module._keep()
        return told

    first, parsed = anew("jsna.linkage")
    assert len(parsed) > 20
    assert anew("jsna.linkage") == (first, set())
    edit(tmp_path, "linkage/keys.py", "SHORTEST_KEY = 32", "SHORTEST_KEY = 33")
    changed, parsed = anew("jsna.linkage")
    assert changed != first
    assert len(parsed) == 1
    place.write_text(place.read_text()[:-100])
    assert anew("jsna.linkage")[0] == changed
    module._kept.cache_clear()


def test_an_unknown_module_is_an_error() -> None:
    with pytest.raises(ValueError, match="no such module"):
        module.fingerprint("jsna.nothing_of_that_name")
