"""The walls of the code: which package may import which, read from the imports themselves.

Imports inside functions and those for types alone count like any other.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import grimp
import pytest

from jsna.provenance.fingerprint import _PARTS
from tests.conftest import ROOT

#: Top to bottom: what stands in a line may import what stands in a line below it, and nothing else.
#: What stands beside each other in a line does not import each other.
LAYERS = (
    {"__main__"},
    {"cli"},
    {"sweeping"},
    {"build"},
    {"receiving"},
    {"drafting"},
    {"checking", "documents", "trying"},
    {"workflow"},
    {"asking", "explanation", "workbook"},
    {"charts", "report"},
    {"view"},
    {"disclosure"},
    {"provenance"},
    {"readback"},
    {"releases"},
    {"measures"},
    {"ingest", "linkage"},
    {"generator"},
    {"settings"},
    {"tables"},
    {"sources"},
    {"synthetic"},
    {"shared"},
    {"io", "machine"},
    {"model", "records"},
    {"letters", "zones"},
    {"errors", "formulas", "saying", "stages"},
)
#: What must not know of each other, be it through others, and why.
APART = (
    # The attack shares with the solver only what is published.
    ("disclosure.attacking", "disclosure.solving"),
    ("disclosure.solving", "disclosure.attacking"),
    # Discovery does its own reading of what a count stands for.
    ("disclosure.discovery.counts", "disclosure.ledger"),
    ("disclosure.discovery.incidence", "disclosure.ledger"),
    ("disclosure.discovery.counts", "measures.cells"),
    ("disclosure.discovery.counts", "measures.conditions"),
    # It needs no invented people: a source nobody has written a generator for is judged.
    ("disclosure", "synthetic"),
    ("disclosure", "generator"),
    # Injected faults are told by validators that know nothing of them.
    ("generator", "ingest"),
    ("synthetic", "ingest"),
    # What is printed is read back by code that did not write it.
    ("readback", "view"),
    ("readback", "report"),
    ("readback", "workbook"),
    ("readback", "charts"),
    ("readback", "disclosure"),
)


#: What finds a module of every source by its name, which no import statement says.
FINDS = {
    "jsna.sources": ("extract",),
    "jsna.tables": ("tables",),
    "jsna.generator.found": ("synthetic", "effects.yaml"),
    "jsna.generator.faults": ("faults.yaml", "faults"),
    "jsna.receiving.looks": ("unread",),
}
#: What judges rows; the invented ones are made by code that knows nothing of it.
JUDGES = ("jsna.shared.checks", "jsna.shared.patient_rules", "jsna.shared.rules")


@cache
def imports() -> grimp.ImportGraph:
    graph = grimp.build_graph("jsna", cache_dir=None)
    for importer, found in FINDS.items():
        for module in (module for part in found for module in sources(graph, part)):
            graph.add_import(importer=importer, imported=module)
    return graph


def sources(graph: grimp.ImportGraph, part: str) -> list[str]:
    """The modules of that name of the sources that have one."""
    folders = graph.find_children("jsna.sources") - {"jsna.sources.permission"}
    return sorted({f"{folder}.{part}" for folder in folders} & graph.modules)


def file_of(module: str) -> Path:
    found = find_spec(module)
    assert found is not None and found.origin is not None
    return Path(found.origin)


def chains(importer: str, imported: str) -> list[str]:
    found = imports().find_shortest_chains(
        importer=f"jsna.{importer}", imported=f"jsna.{imported}", as_packages=True
    )
    return sorted(" imports ".join(chain) for chain in found)


def test_every_package_has_a_layer() -> None:
    there = {name.split(".")[1] for name in imports().find_children("jsna")}
    named = [name for layer in LAYERS for name in layer]
    assert sorted(named) == sorted(there)


def test_no_import_goes_up_and_none_in_a_circle() -> None:
    layers = [grimp.Layer(*layer, independent=True) for layer in LAYERS]
    broken = imports().find_illegal_dependencies_for_layers(layers=layers, containers={"jsna"})
    assert sorted(f"{one.importer} imports {one.imported}" for one in broken) == []


def test_the_model_knows_only_itself_and_errors() -> None:
    graph = imports()
    ours = {"jsna.model", *graph.find_descendants("jsna.model")}
    imported = {name for one in ours for name in graph.find_modules_directly_imported_by(one)}
    assert imported - ours == {"jsna.errors"}


@pytest.mark.parametrize(("importer", "imported"), APART)
def test_what_checks_knows_nothing_of_what_it_checks(importer: str, imported: str) -> None:
    assert chains(importer, imported) == []


def test_everything_of_a_source_is_found_in_its_folder() -> None:
    text = {name: file_of(name).read_text("utf-8") for name in FINDS}
    assert {name: {*_PARTS.findall(said)} for name, said in text.items()} == {
        name: {*found} for name, found in FINDS.items()
    }
    everywhere = [_PARTS.findall(file.read_text("utf-8")) for file in ROOT.glob("src/jsna/**/*.py")]
    assert sum(map(len, everywhere)) == sum(map(len, FINDS.values()))
    # Nothing else names a source by its module: what does would be edited to add one.
    graph = imports()
    for part in ("extract", "rules", "synthetic", "faults"):
        for module in sources(graph, part):
            folder = module.rsplit(".", 1)[0]
            importers = set(graph.find_modules_that_directly_import(module))
            assert {one for one in importers if not one.startswith(f"{folder}.")} <= {*FINDS}


def test_no_source_imports_another() -> None:
    graph = imports()
    folders = sorted(name.rsplit(".", 1)[0] for name in sources(graph, "extract"))
    for folder in folders:
        own = {folder, *graph.find_descendants(folder)}
        imported = {name for one in own for name in graph.find_modules_directly_imported_by(one)}
        others = {name for name in imported if name.startswith("jsna.sources.")} - own
        assert others == set()


def test_what_invents_rows_knows_nothing_of_what_judges_them() -> None:
    graph = imports()
    inventing = {"jsna.synthetic", *graph.find_descendants("jsna.synthetic")}
    for part in (*sources(graph, "synthetic"), *sources(graph, "faults")):
        inventing |= {part, *graph.find_descendants(part)}
    declared = {*JUDGES, *sources(graph, "extract"), *sources(graph, "rules")}
    # Extracts are found by the package that sources lie in, which Python runs before any of them.
    graph = grimp.build_graph("jsna", cache_dir=None)
    for importer in sorted(inventing):
        reached = graph.find_upstream_modules(importer)
        assert sorted(reached & {*declared}) == [], importer


@pytest.mark.parametrize(
    ("importer", "imported"),
    [("jsna.model.areas", "jsna.report.write"), ("jsna.measures.cubes", "jsna.view.words")],
)
def test_an_import_up_would_be_seen(importer: str, imported: str) -> None:
    graph = grimp.build_graph("jsna", cache_dir=None)
    graph.add_import(importer=importer, imported=imported)
    layers = [grimp.Layer(*layer, independent=True) for layer in LAYERS]
    broken = graph.find_illegal_dependencies_for_layers(layers=layers, containers={"jsna"})
    assert [(one.importer, one.imported) for one in broken] != []
