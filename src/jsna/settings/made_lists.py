"""Code lists nobody writes: what is declared elsewhere already, as categories of the report.

Extracts are named where they are declared, as are codes that one column alone has, passes of
linkage in `config/linkage/passes.yaml`, the numbers looked up in `jsna.model.link_passes`. So an
extract or a pass more needs no edit here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from jsna.model.bands import Band, Bands
from jsna.model.codelists import CodeList
from jsna.model.contract import Column, Extract
from jsna.model.dimensions import Dimension
from jsna.model.link_passes import LITTLE_KNOWN, LOOKUPS, code_of
from jsna.model.linkage import Passes
from jsna.settings.reading import Gatherer
from jsna.shared import headers
from jsna.sources import registry

PASSES: Final = "config/linkage/passes.yaml"
#: Where the columns of a source stand.
SOURCE: Final = "src/jsna/sources/{}/extract.py"
#: How links by the model are called, by how probable it finds them; as the code list `link`.
MODEL: Final = ("model_95", "model_50", "model_05")
#: What the passes of each method are called together.
METHODS: Final = {
    "number": "A number both sources hold",
    "pass": "A fixed rule",
    "model": "Weighing what agrees",
}


def _made(name: str, title: str, codes: dict[str, str], **coarser: Any) -> CodeList:
    return CodeList(
        codelist=name, title=title, codes=codes, source="Declarations of this project",
        version="1", **coarser,
    )  # fmt: skip


def made(gather: Gatherer, link: dict[str, str]) -> Iterator[CodeList]:
    """Every code list that follows from other declarations.

    Args:
        gather: reads the files below the root.
        link: the code list `link`, which names the links by the model.
    """
    extracts = [*registry().values()]
    yield from (one.codes for one in _first().values())
    labels = {extract.name: extract.label for extract in extracts}
    yield _made("extract", "Extracts as they are called in the report", labels)
    people = [extract for extract in extracts if extract.person_level]
    yield _made("link_source", "Sources that linkage reads", _sources(people))
    passes = {code_of(name): label for name, label in _passes(gather).items()}
    numbers = {code_of(name): _sentence(name) for name, _, _ in LOOKUPS} | dict([LITTLE_KNOWN])
    model = {code: link.get(code, code) for code in MODEL}
    codes = numbers | passes | model
    yield _made("link_pass", "How a link was made, in the order tried", codes)
    parts = {"number": tuple(numbers), "pass": tuple(passes), "model": MODEL}
    shown = {method: codes for method, codes in parts.items() if codes}
    labels = {method: METHODS[method] for method in shown}
    title = "Method by which a link was made"
    yield _made("link_method", title, labels, of="link_pass", finer=shown)


def place(codelist: str) -> str:
    """The file a code list stands in, as the user knows it."""
    if codelist in (there := _first()):
        return SOURCE.format(there[codelist].source)
    return f"config/codelists/{codelist}.yaml"


def check_own(gather: Gatherer, filed: Collection[str]) -> None:
    """Gather code lists that two columns bring along, or that stand in a file; and faulty bands.

    Args:
        gather: keeps the problems.
        filed: the code lists that have a file.
    """
    seen: dict[str, Column] = {}
    for one in _own():
        codes, column = one.codes.codelist, one.column
        rule = "a code list of this name is there already; call the column's field otherwise"
        there = codes in filed or seen.setdefault(codes, column) != column
        gather.expect(not there, SOURCE.format(one.source), column.field, rule, codes)
        if column.bands and codes == column.bands.name:
            for rule in _faults_of_bands(column, column.bands):
                gather.expect(False, SOURCE.format(one.source), column.field, rule)


def own_dimensions() -> dict[str, Dimension]:
    """A dimension for each list of a column's own, called as the column is."""
    return {name: one.dimension for name, one in _first().items()}


@dataclass(frozen=True)
class _Own:
    """A code list that a column of a source brings along, and the dimension that goes with it."""

    source: str
    column: Column
    codes: CodeList
    dimension: Dimension


def _own() -> Iterator[_Own]:
    for source, extract in registry().items():
        for table in extract.tables:
            for column in table.columns:
                if column.labels:
                    codes = _made(str(column.codes), column.called, dict(column.labels))
                    said = {"order": "given", "words": _lettered(column.called)}
                    said |= {"labels": "names"} if _named(column) else {}
                    yield _Own(source, column, codes, _dimension(codes, **said))
                if column.bands:
                    yield from _of_bands(source, column, column.bands)


#: Last words of a header over names of places.
_PLACES: Final = (
    "ward", "district", "locality", "area", "town", "parish", "school", "setting", "clinic", "club",
)  # fmt: skip


def _named(column: Column) -> bool:
    """Whether its codes are names, which keep their capitals: `Castle Hill`, or those of wards."""
    inner = [word for _, label in column.labels for word in label.split()[1:]]
    named = any(word[:1].isupper() and word[1:].islower() for word in inner)
    return named or (headers.words(column.name) or [""])[-1] in _PLACES


def _of_bands(source: str, column: Column, bands: Bands) -> Iterator[_Own]:
    """The bands of a number, and the broader ones."""
    called = _lettered(column.called)
    title = f"{called[:1].upper()}{called[1:]}"
    above = {"coarser": bands.group} if bands.groups else {}
    codes = _made(bands.name, f"{title}, in bands", _labels(bands.each))
    yield _Own(source, column, codes, _banded(codes, "band", called, **above))
    if bands.groups:
        groups = {"of": bands.name, "finer": bands.finer}
        codes = _made(bands.group, f"{title}, in broad bands", _labels(bands.groups), **groups)
        yield _Own(source, column, codes, _banded(codes, "broad band", called))


def _banded(codes: CodeList, band: str, called: str, **more: str) -> Dimension:
    words = {"words": f"{band} of {called}", "plural": f"{band}s of {called}"}
    return _dimension(codes, order="number", **words, **more)


def _labels(bands: Iterable[Band]) -> dict[str, str]:
    return {band.code: band.label for band in bands}


def _dimension(codes: CodeList, **said: str) -> Dimension:
    return Dimension.model_validate({"name": codes.codelist, **said})


def _faults_of_bands(column: Column, bands: Bands) -> Iterator[str]:
    if column.type not in ("integer", "number") or column.masked:
        yield "only an integer or a number that identifies nobody can be shown in bands"
    yield from bands.faults(column.minimum, column.maximum)


def _first() -> dict[str, _Own]:
    """Code list -> the first column that brings it along, of lists that stand in no file."""
    return {one.codes.codelist: one for one in reversed([*_own()])}


def _lettered(words: str) -> str:
    """Words as they stand within a sentence, without the numbers of a return's headers."""
    kept = " ".join(re.sub(r"\d+", " ", words).split())
    return (kept if kept[1:2].isupper() else kept[:1].lower() + kept[1:]) or "code"


def _sources(extracts: Iterable[Extract]) -> dict[str, str]:
    """Sources as linkage calls them: an extract, or each table of it that names people itself."""
    found: dict[str, str] = {}
    for extract in extracts:
        roots = [table.name for table in extract.tables if table.parent is None]
        if len(roots) == 1:
            found[extract.name] = extract.label
        else:
            words = {f"{extract.name}.{name}": name.replace("_", " ") for name in roots}
            found |= {code: f"{extract.label}, {word}" for code, word in words.items()}
    return found


def _passes(gather: Gatherer) -> dict[str, str]:
    """Name -> label of the declared passes; what is wrong with the file, linkage itself says."""
    if not (gather.root / PASSES).is_file():
        return {}
    # The edition need not link anything: what is wrong with the file is told where it does.
    found = Gatherer(gather.root).load(PASSES, Passes)
    passes = found.passes if found is not None else ()
    return {one.name: one.label or _sentence(one.name) for one in passes}


def _sentence(name: str) -> str:
    return name[:1].upper() + name[1:]
