"""Loads and checks `config/releases/`: a folder for each dataset, a file for each release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from jsna.errors import near
from jsna.model.editions import Edition
from jsna.model.indicators import Indicator
from jsna.model.releases import FOLDER, SIDES, TOTAL, Release, ReleaseFile, ReleaseTable
from jsna.settings.areas import BOUNDARIES
from jsna.settings.dimensions import Categories
from jsna.settings.indicators import all_read
from jsna.settings.reading import Gatherer

#: Key below the file, rule broken, value found.
Finding = tuple[str, str, str]


def load_releases(gather: Gatherer) -> dict[str, Release]:
    """Every release by its id, with the tables it shares with another filled in."""
    found: dict[str, Release] = {}
    for file in sorted((gather.root / FOLDER).glob("*/*.yaml")):
        dataset, name = file.parent.name, file.stem
        path = f"{FOLDER}/{dataset}/{file.name}"
        given = gather.load(path, ReleaseFile)
        if given is None:
            continue
        release = Release(**dict(given), dataset=dataset, id=name)
        other = found.get(name)
        rule = f"there is a release of this name already, {other.declared_in if other else ''}"
        gather.expect(other is None, path, "", rule)
        found[name] = release
    for release in found.values():
        of_shapes = release.dataset == BOUNDARIES
        rule = "names the property of a feature that holds a place's code; boundaries need it alone"
        gather.expect(bool(release.codes) == of_shapes, release.declared_in, "codes", rule)
        other = found.get(release.form_of or release.id)
        same = other is not None and other.dataset == release.dataset
        rule = f"is no release of {release.dataset}"
        gather.expect(same, release.declared_in, "form_of", rule, release.form_of or "")
    return {name: _whole(release, found, gather) for name, release in found.items()}


def _whole(release: Release, found: Mapping[str, Release], gather: Gatherer) -> Release:
    """The release with the tables of those it is laid out like."""
    tables, one, seen = dict(release.tables), release, [release.id]
    while one.like is not None:
        other = found.get(one.like)
        if other is None or other.dataset != release.dataset or other.id in seen:
            same = [r.id for r in found.values() if r.dataset == release.dataset and r is not one]
            rule = f"is no other release of {release.dataset}; there are {_words(same)}"
            gather.expect(False, one.declared_in, "like", rule, one.like)
            break
        laid = {
            name: t.over(other.tables[name]) for name, t in tables.items() if name in other.tables
        }
        tables = {**other.tables, **tables, **laid}
        one = other
        seen.append(one.id)
    return release.model_copy(update={"tables": tables})


def check_releases(
    gather: Gatherer,
    releases: Mapping[str, Release],
    indicators: Mapping[str, Indicator],
    categories: Categories,
) -> None:
    """Gather what is wrong with tables beside the indicators and code lists they name."""
    whole = all_read(gather)
    for release in releases.values():
        for name, table in release.tables.items():
            for key, rule, value in _table(table, indicators, categories):
                if whole or key != f"figures.{value}":
                    gather.expect(False, release.declared_in, f"tables.{name}.{key}", rule, value)
    given = {name for release in releases.values() for name in release.gives}
    for indicator in indicators.values():
        counted = indicator.numerator is not None or indicator.derived is not None
        rule = "neither a local numerator nor a release that gives it"
        path = f"config/indicators/{indicator.chapter}.yaml"
        gather.expect(counted or indicator.id in given, path, indicator.id, rule)


def _table(
    table: ReleaseTable,
    indicators: Mapping[str, Indicator],
    categories: Categories,
) -> Iterator[Finding]:
    for key in ("period_type", "figures"):
        if not getattr(table, key):
            yield key, "required key is missing", ""
    for name, split in table.splits.items():
        key = f"splits.{name}"
        if name != TOTAL and not split.column:
            yield key, "needs `column`, which holds the categories", ""
        if name == TOTAL and (split.column or split.labels):
            yield key, "the total has no `column` and no `labels`", ""
        yield from _codes(name, split.labels.values(), categories, f"{key}.labels")
    for name, wide in table.wide.items():
        yield from _codes(wide.of, wide.columns, categories, f"wide.{name}.columns")
    for name in table.figures:
        if name not in indicators:
            rule = f"no such indicator{near(name, indicators)}"
            yield f"figures.{name}", rule, name
        elif indicators[name].derived is not None:
            yield f"figures.{name}", "is worked out from another indicator, and never read", name
        for figure in table.of(name):
            if figure.value is None and figure.numerator is None:
                yield f"figures.{name}", "needs a `value` or a `numerator`", ""
            for by in figure.by or ():
                if by not in table.splits:
                    rule = f"no such split; there are {_words(table.splits)}"
                    yield f"figures.{name}.by", rule, by
            wide_of = {table.wide[side].of for side in _named(figure) if side in table.wide}
            if len(wide_of) > 1:
                yield f"figures.{name}", "columns of two dimensions are not read together", ""


def _named(figure: object) -> list[str]:
    return [name for side in SIDES if (name := getattr(figure, side)) is not None]


def _codes(
    dimension: str,
    codes: Collection[str],
    categories: Categories,
    key: str,
) -> Iterator[Finding]:
    listed = categories.listed.get(dimension)
    known = listed.codes if listed is not None else {}
    for code in codes if known else ():
        if code not in known:
            yield key, f"no category of {dimension}; there are {_words(known)}", code


def choose(
    gather: Gatherer, edition: Edition, path: str, found: Mapping[str, Release]
) -> dict[str, tuple[Release, ...]]:
    """Dataset -> the releases of it that the edition stands on."""
    chosen: dict[str, tuple[Release, ...]] = {}
    for dataset in edition.releases:
        key, of_dataset = f"releases.{dataset}", []
        for name in edition.releases_of(dataset):
            release = found.get(name)
            if release is None:
                there = [r.id for r in found.values() if r.dataset == dataset]
                hint = near(name, found) or f"; of this dataset there are {_words(there)}"
                rule = f"no such release in {FOLDER}/{hint}"
                gather.expect(False, path, key, rule, name)
                continue
            of_dataset.append(release)
            of = f"this release is of dataset {release.dataset!r}"
            gather.expect(release.dataset == dataset, path, key, of, name)
            real = "this release is invented; only a synthetic edition may use it"
            gather.expect(edition.synthetic or not release.synthetic, path, key, real, name)
        for name, times in Counter(edition.releases_of(dataset)).items():
            gather.expect(times == 1, path, key, f"stands {times} times; once is meant", name)
        several = "only a dataset with tables of figures can have several releases"
        tabled = all(release.tables for release in of_dataset)
        gather.expect(len(of_dataset) < 2 or tabled, path, key, several)
        chosen[dataset] = tuple(of_dataset)
    return chosen


def _words(names: Collection[str]) -> str:
    return ", ".join(sorted(names)) or "none"
