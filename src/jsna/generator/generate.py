"""Write every file of a synthetic edition below `data/raw/<edition>/`.

The people, what they need and what happens to them are held; the rows that show them are made and
written block by block, so that a file is never held, however long it is.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jsna import io
from jsna.errors import JsnaError, Problem
from jsna.generator.found import parameters, synthetic
from jsna.model.configuration import Configuration
from jsna.model.contract import Extract, Table
from jsna.sources import registry
from jsna.synthetic.effects import Effects, Overrides

if TYPE_CHECKING:
    import pyarrow as pa

    from jsna.synthetic.world import World

SUMS, MARK, LEDGER = "SHA256SUMS", "SYNTHETIC.txt", "faults.json"
#: Where files are until all are made, so that a run that fails leaves those of the run before.
MAKING: Final = ".making"


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
    making = paths.raw / MAKING
    io.clear_folder(making)
    try:
        names = _write_extracts(county, config, making, progress)
        if not clean:
            progress("Putting known faults into the extracts")
            _put_faults(config, making, names)
        for name, content in _release(county, config, progress).items():
            io.write_bytes(making / "published" / name, content)
        io.write_text(making / MARK, f"{NOTICE}\n{config.edition.title}\n")
        count = _put_in_place(making, paths)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    progress(f"Wrote {count} files")


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
    import pyarrow as pa

    return {
        key: pa.concat_tables(rows())
        for key, _, _, rows in _tables(county, config, extracts, progress)
    }


def _tables(
    county: World,
    config: Configuration,
    extracts: Mapping[str, Extract],
    progress: Callable[[str], None],
) -> Iterator[tuple[str, Extract, Table, Callable[[], Iterator[pa.Table]]]]:
    """Every table received: `extract.table/period`, declarations, and what gives its blocks."""
    from jsna.generator import views
    from jsna.synthetic import fill

    for delivery in config.edition.received:
        extract = extracts[delivery.extract]
        progress(f"Showing {extract.title}, {delivery.period}")
        for table in (one for one in extract.tables if delivery.brought(one)):
            view = views.of(county, extract, table, delivery.period)
            rows = partial(
                fill.blocks, extract, table, view, delivery.period, config.codelists,
                county.synthesis.seed,
            )  # fmt: skip
            yield f"{extract.name}.{table.name}/{delivery.period}", extract, table, rows


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


def _write_extracts(
    county: World, config: Configuration, folder: Path, progress: Callable[[str], None]
) -> dict[str, str]:
    """Write the files received, clean, block by block; returns their names by table and period."""
    from jsna.synthetic import formats

    names = _file_names(config)
    before = ""
    for key, extract, table, rows in _tables(county, config, registry(), progress):
        if extract.name != before and not synthetic(before).facts:
            # What happened is not asked for again, where no official figure is counted from it.
            county.forget(before)
        before, style = extract.name, synthetic(extract.name).style
        with io.replacing(folder / names[key]) as file, file.open("r+b") as to:
            formats.write(to, names[key], style, table, rows)
    return names


def _put_faults(config: Configuration, folder: Path, names: Mapping[str, str]) -> None:
    """Put faults into the CSV files, and write the ledger of them."""
    import json

    from jsna.generator import faults
    from jsna.synthetic.lines import Lines

    assert config.edition.synthesis is not None
    with ExitStack() as files:
        opened = {
            key: Lines(files.enter_context((folder / name).open("rb")))
            for key, name in names.items()
            if name.lower().endswith(".csv")
        }
        counts = faults.plan(opened)
        ledger = faults.inject(opened, names, counts, config.edition.synthesis.seed)
        for key, lines in opened.items():
            with io.replacing(folder / names[key]) as file, file.open("wb") as to:
                to.writelines(lines.content())
    content = json.dumps(ledger.to_dict("records"), indent=1, ensure_ascii=False, sort_keys=True)
    io.write_text(folder / LEDGER, content + "\n")


def _release(
    county: World, config: Configuration, progress: Callable[[str], None]
) -> Mapping[str, bytes]:
    """Files of the invented official release, counted from what is true of the people."""
    from jsna.generator import official, truth

    progress("Inventing the official release")
    return official.release(truth.facts(county, config), config)


def _put_in_place(making: Path, paths: io.Paths) -> int:
    """Put everything made into its place, the sums last, and take away what an earlier run left.

    Returns how many files there are.
    """
    made = {file.relative_to(making).as_posix(): file for file in making.rglob("*")}
    made = {name: file for name, file in sorted(made.items()) if file.is_file()}
    lines = [f"{io.sha256(file)}  {name}\n" for name, file in made.items()]
    sums = paths.raw / SUMS
    if sums.is_file():
        for line in sums.read_text(encoding="utf-8").splitlines():
            name = line.split("  ", 1)[-1]
            if name not in made:
                (paths.raw / name).unlink(missing_ok=True)
        sums.unlink()
    for name, file in made.items():
        io.make_folder((paths.raw / name).parent)
        file.replace(paths.raw / name)
    io.write_text(sums, "".join(lines))
    return len(made)
