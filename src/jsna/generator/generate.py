"""Write every file of a synthetic edition below `data/raw/<edition>/`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from jsna import io
from jsna.errors import JsnaError, Problem
from jsna.generator.found import parameters, synthetic
from jsna.model.configuration import Configuration
from jsna.model.contract import Extract
from jsna.sources import registry
from jsna.synthetic.effects import Effects, Overrides

if TYPE_CHECKING:
    import pyarrow as pa

    from jsna.synthetic.world import World

SUMS, MARK, LEDGER = "SHA256SUMS", "SYNTHETIC.txt", "faults.json"


def run(
    config: Configuration,
    paths: io.Paths,
    progress: Callable[[str], None],
    *,
    effects: Overrides | None = None,
    clean: bool = False,
) -> None:
    """Generate the extracts and the invented official release of a synthetic edition.

    Args:
        config: of an edition with `synthesis`.
        paths: files go below `paths.raw`.
        progress: told what is being made.
        effects: parameters of `effects.yaml` to replace; 1 makes an effect nil.
        clean: without the faults an edition otherwise has, listed in `faults.json`.

    Raises:
        JsnaError: the edition is not synthetic, or an override fits no parameter.
    """
    from jsna.synthetic.formats import NOTICE

    if config.edition.synthesis is None:
        where = f"config/editions/{config.edition.edition}.yaml"
        rule = "only an edition with `synthetic: true` and `synthesis` can be generated"
        raise JsnaError(Problem(where, rule, code="synthetic.edition"))
    chosen = parameters().overridden(effects or {})
    progress("Inventing a county, its schools and its children")
    county = invent(config, chosen)
    tables = show(county, config, registry(), progress)
    names = _file_names(config)
    progress("Writing the extracts")
    files = _encoded(tables, names)
    if not clean:
        progress("Putting known faults into the extracts")
        files = _with_faults(config, files, names)
    for name, content in _release(county, config, progress).items():
        files[f"published/{name}"] = content
    files[MARK] = f"{NOTICE}\n{config.edition.title}\n".encode()
    _write(paths, files)
    progress(f"Wrote {len(files)} files")


def invent(config: Configuration, effects: Effects) -> World:
    """The county of a synthetic edition, its schools and its people."""
    from jsna.synthetic import world

    return world.build(config, effects)


def show(
    county: World,
    config: Configuration,
    extracts: Mapping[str, Extract],
    progress: Callable[[str], None] = lambda line: None,
) -> dict[str, pa.Table]:
    """Every table received, clean: `extract.table/period` -> columns by field, typed."""
    from jsna.generator import views
    from jsna.synthetic import fill

    tables: dict[str, pa.Table] = {}
    for delivery in config.edition.received:
        extract = extracts[delivery.extract]
        progress(f"Showing {extract.title}, {delivery.period}")
        for table in extract.tables:
            view = views.of(county, extract, table, delivery.period)
            tables[f"{extract.name}.{table.name}/{delivery.period}"] = fill.fill(
                extract, table, view, delivery.period, config.codelists, county.synthesis.seed
            )
    return tables


def make_tables(
    config: Configuration, effects: Effects, extracts: Mapping[str, Extract]
) -> dict[str, pa.Table]:
    """What a county invented for nothing else shows."""
    return show(invent(config, effects), config, extracts)


def _file_names(config: Configuration) -> dict[str, str]:
    """`extract.table/period` -> file name, of what was received."""
    return {
        f"{delivery.extract}.{table}/{delivery.period}": name
        for delivery in config.edition.received
        for table, name in delivery.files.items()
    }


def _encoded(tables: Mapping[str, pa.Table], names: Mapping[str, str]) -> dict[str, bytes]:
    """The bytes of each file by name."""
    from jsna.synthetic.formats import encode

    extracts = registry()
    files: dict[str, bytes] = {}
    for key, rows in tables.items():
        extract, table = key.split("/")[0].split(".")
        style, declared = synthetic(extract).style, extracts[extract].table(table)
        files[names[key]] = encode(names[key], style, declared, rows)
    return files


def _with_faults(
    config: Configuration, files: dict[str, bytes], names: Mapping[str, str]
) -> dict[str, bytes]:
    """The files with their faults, and the ledger of them."""
    import json

    from jsna.generator import faults

    assert config.edition.synthesis is not None
    counts = faults.plan(files, names)
    spoilt, ledger = faults.inject(files, names, counts, config.edition.synthesis.seed)
    content = json.dumps(ledger.to_dict("records"), indent=1, ensure_ascii=False, sort_keys=True)
    spoilt[LEDGER] = (content + "\n").encode()
    return spoilt


def _release(
    county: World, config: Configuration, progress: Callable[[str], None]
) -> Mapping[str, bytes]:
    """Files of the invented official release, counted from what is true of the people."""
    from jsna.generator import official, truth

    progress("Inventing the official release")
    return official.release(truth.facts(county, config), config)


def _write(paths: io.Paths, files: Mapping[str, bytes]) -> None:
    """Write everything, the sums last, and take away what an earlier run left."""
    sums = paths.raw / SUMS
    if sums.is_file():
        for line in sums.read_text(encoding="utf-8").splitlines():
            name = line.split("  ", 1)[-1]
            if name not in files:
                (paths.raw / name).unlink(missing_ok=True)
        sums.unlink()
    lines = []
    for name in sorted(files):
        io.write_bytes(paths.raw / name, files[name])
        lines.append(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n")
    io.write_text(sums, "".join(lines))
