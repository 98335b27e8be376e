"""`jsna doctor`: its arguments, and what it says and writes."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jsna.errors import JsnaError, Problem
from jsna.saying import say

if TYPE_CHECKING:
    from jsna.model.editions import Edition
    from jsna.model.layouts import MappingFile
    from jsna.receiving.doctor import Arrived, Found
    from jsna.receiving.entries import Entry

VERB: Final = "doctor"
DOES: Final = "say what arrived in a folder for an edition, and write it into the edition"


def add_arguments(verb: str, parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb, where it is this."""
    if verb != VERB:
        return
    parser.add_argument("folder", help="where the files lie; they stay as they are")
    parser.add_argument(
        "--period", action="append", default=[], metavar="FILE=PERIOD",
        help="of which year a file is, where nothing in it tells; may be given again",
    )  # fmt: skip
    parser.add_argument(
        "--mapping", action="append", default=[], metavar="SOURCE=MAPPING",
        help="by which mapping files that fit several are read; nothing behind = as declared",
    )  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="show it and write nothing")


def run(arguments: argparse.Namespace) -> int:
    """Say what a folder holds; copy it and write it into the edition, unless it is a dry run."""
    from jsna import io
    from jsna.receiving import doctor, entries, found_told, taking

    root, folder = Path(arguments.root), Path(arguments.folder)
    if not folder.is_dir():
        rule = "there is no such folder"
        raise JsnaError(Problem(arguments.folder, rule, code="doctor.folder"))
    edition = _edition(root, arguments.edition)
    paths = io.Paths(root, arguments.edition)
    periods, mappings = _periods(arguments.period, folder), _mappings(root)
    ways = _ways(arguments.mapping, mappings)
    found = doctor.find(folder, edition, mappings, periods, paths.raw, ways)
    for line in found_told.lines(found):
        say(line)
    names = taking.named(found, folder, paths.raw)
    file = root / "config/editions" / f"{arguments.edition}.yaml"
    before = file.read_text(encoding="utf-8")
    after = entries.update(before, [_entry(one, names) for one in found.written])
    if arguments.dry_run:
        say("".join(_difference(before, after, file.name)) or f"{file.name}: nothing to write.")
        return 0
    copied = taking.take(found, names, paths.raw)
    if after != before:
        io.write_text(file, after)
    for line in _done(found, copied, _edition(root, arguments.edition)):
        say(line)
    return 1 if found.unclear or any(one.what == "incomplete" for one in found.arrived) else 0


def _edition(root: Path, name: str) -> Edition:
    """The edition's own file, which need not be whole yet."""
    from jsna.model.editions import Edition
    from jsna.settings.reading import Gatherer

    gather = Gatherer(root)
    edition = gather.load(f"config/editions/{name}.yaml", Edition)
    if edition is None:
        raise JsnaError(gather.problems, title=f"The edition {name!r} has problems:")
    rule = ""
    if edition.synthetic:
        rule = "is synthetic: its files are made, and none arrive"
    elif edition.kind == "open":
        rule = "stands on official statistics alone; make it `kind: full` for files of its own"
    if rule:
        raise JsnaError(Problem(f"config/editions/{name}.yaml", rule, code="doctor.edition"))
    return edition


def _mappings(root: Path) -> dict[str, MappingFile]:
    """Every mapping there is, by name."""
    from jsna.model.layouts import MappingFile
    from jsna.settings.mappings import FOLDER
    from jsna.settings.reading import Gatherer
    from jsna.sources import registry

    gather = Gatherer(root)
    found = {}
    for file in sorted((root / FOLDER).glob("*/*.yaml")):
        path = file.relative_to(root).as_posix()
        mapping = gather.load(path, MappingFile)
        if mapping is not None and mapping.extract in registry():
            found[f"{file.parent.name}/{file.stem}"] = mapping
    if gather.problems:
        raise JsnaError(gather.problems, title="Mappings have problems:")
    return found


def _periods(given: list[str], folder: Path) -> Mapping[str, str]:
    found = {}
    for text in given:
        name, mark, period = text.rpartition("=")
        if not mark or not (folder / name).is_file():
            rule = "is written FILE=PERIOD, of a file below the folder"
            raise JsnaError(Problem("--period", rule, value=text, code="doctor.option"))
        found[Path(name).as_posix()] = period.strip()
    return found


def _ways(given: list[str], mappings: Mapping[str, MappingFile]) -> Mapping[str, str]:
    from jsna.sources import registry

    found = {}
    for text in given:
        extract, mark, name = (part.strip() for part in text.partition("="))
        of = mappings[name].extract if name in mappings else extract if not name else ""
        if not mark or extract not in registry() or of != extract:
            rule = "is written SOURCE=MAPPING, of a mapping of that source, or SOURCE= as declared"
            raise JsnaError(Problem("--mapping", rule, value=text, code="doctor.option"))
        found[extract] = name
    return found


def _entry(one: Arrived, names: Mapping[str, str]) -> Entry:
    from jsna.receiving.entries import Entry

    every = {looks.digest: names[looks.digest] for looks in one.every}
    return Entry(
        one.extract,
        one.period,
        {table: names[looks.digest] for table, looks in one.files.items()},
        {name: digest for digest, name in every.items()},
        {name: names[looks.digest] for name, looks in one.beside.items()},
        one.mapping,
    )


def _difference(before: str, after: str, name: str) -> list[str]:
    return list(
        difflib.unified_diff(
            before.splitlines(keepends=True), after.splitlines(keepends=True), name, name, n=2
        )
    )


def _done(found: Found, copied: int, edition: Edition) -> list[str]:
    """What was written, and whose permission is still to be said in the edition as it now is."""
    from jsna.sources import permission

    many, name = len(found.written), edition.edition
    what = "1 delivery" if many == 1 else f"{many} deliveries"
    said = [f"{what} written into config/editions/{name}.yaml, {copied} files copied."]
    unsaid = {one.extract: one.unrecorded for one in permission.unlinked(edition)}
    said += [
        f"Say there of {extract} what allows its use, else its rows are checked and counted in "
        f"nothing: {lacking}."
        for extract, lacking in sorted(unsaid.items())
    ]
    return [*said, f"Then: jsna check {name}"] if many else said
