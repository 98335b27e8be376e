"""The walls of the code: which package may import which, read from the imports themselves.

Imports inside functions and those for types alone count like any other.
"""

from functools import cache

import grimp
import pytest

#: Top to bottom: what stands in a line may import what stands in a line below it, and nothing else.
#: What stands beside each other in a line does not import each other.
LAYERS = (
    {"__main__"},
    {"cli"},
    {"build", "checking", "documents"},
    {"workflow"},
    {"explanation"},
    {"charts", "report"},
    {"view"},
    {"disclosure"},
    {"provenance"},
    {"readback"},
    {"releases"},
    {"measures"},
    {"ingest", "linkage"},
    {"synthetic"},
    {"settings"},
    {"tables"},
    {"extracts"},
    {"io", "machine"},
    {"model", "records"},
    {"zones"},
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
    # Injected faults are told by validators that know nothing of them.
    ("synthetic", "ingest"),
    # What is printed is read back by code that did not write it.
    ("readback", "view"),
    ("readback", "report"),
    ("readback", "charts"),
    ("readback", "disclosure"),
)


@cache
def imports() -> grimp.ImportGraph:
    return grimp.build_graph("jsna", cache_dir=None)


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
