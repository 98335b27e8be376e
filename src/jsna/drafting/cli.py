"""`jsna new`: its two actions at the command line."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import jsna
from jsna.errors import JsnaError, Problem
from jsna.saying import say

#: What is drafted -> what it does.
ACTIONS: Final = {
    "source": "draft a source from a file as received (CSV or workbook)",
    "edition": "write the edition of an authority, by its name, code or number",
    "indicator": "draft an entry of an indicator file, from the table it counts",
}

#: First and last year an edition may be of.
_YEARS: Final = (2000, 2099)


def add_arguments(verb: str, parser: argparse.ArgumentParser) -> None:
    """Add the arguments of an action, where the verb is one."""
    if verb == "new source":
        parser.add_argument("file", help="the file, with one row of headers")
        parser.add_argument("--name", default="", help="of the source (default: the file's)")
        parser.add_argument("--title", default="", help="what people call it (default: its name)")
        parser.add_argument(
            "--period-type", default="financial_year", metavar="KIND",
            help="which kind of period one file covers (default: financial_year)",
        )  # fmt: skip
        parser.add_argument(
            "--codes", action="append", default=[], metavar="HEADER",
            help="a column you looked at that holds codes and no child; may be given again",
        )  # fmt: skip
        parser.add_argument(
            "--wait", nargs=2, default=[], metavar=("FROM", "TO"),
            help="headers of the days a wait began and ended: makes a table of waits",
        )  # fmt: skip
        parser.add_argument("--sheet", default="", help="of a workbook (default: its first)")
        parser.add_argument(
            "--base", default="",
            help="whom its rows stand for, such as resident; areas: no row is about a person",
        )  # fmt: skip
    if verb == "new edition":
        parser.add_argument(
            "authority", nargs="*", help="name, present or former code, or number of the authority"
        )
        parser.add_argument(
            "--from", dest="before", default="", metavar="EDITION",
            help="carry this edition forward to the next year instead",
        )  # fmt: skip
        parser.add_argument("--year", type=int, help="of the edition (default: latest)")
        kinds = parser.add_mutually_exclusive_group()
        kinds.add_argument(
            "--open", dest="kind", action="store_const", const="open", default="open",
            help="from official statistics alone (default)",
        )  # fmt: skip
        kinds.add_argument(
            "--full", dest="kind", action="store_const", const="full", help="with local records"
        )
    if verb == "new indicator":
        parser.add_argument("id", help="of the indicator, such as short_break_hours")
        parser.add_argument("--table", default="", help="analysis table that is counted")
        parser.add_argument("--kind", default="count", help="kind of measure (default: count)")
        parser.add_argument("--chapter", default="", help="a file of config/indicators/, by name")
        parser.add_argument("--new-chapter", default="", metavar="TITLE", help="begin the chapter")
        parser.add_argument("--title", default="", help="of the indicator (default: its id)")
        parser.add_argument(
            "--of", default="",
            help="column of the numbers; of a ratio or the like the indicator it is worked out of",
        )  # fmt: skip
        parser.add_argument(
            "--part", default="", metavar="COLUMN[=CODE]",
            help="rows that a proportion counts: those that say yes, or have a code",
        )  # fmt: skip
        parser.add_argument("--from", dest="began", default="", help="day that waits began on")
        parser.add_argument("--to", dest="until", default="", help="day that waits ended on")
        parser.add_argument("--ended", default="", help="column that says whether a wait has ended")
        parser.add_argument("--unit", default="", help="of the numbers it is of, such as days")
        parser.add_argument(
            "--answers", action="append", default=[], metavar="FIGURE",
            help="figure of config/questions.yaml that it gives (again for each)",
        )  # fmt: skip
        parser.add_argument("--print", action="store_true", help="show it and write nothing")


def source(arguments: argparse.Namespace) -> int:
    """Draft a source, put it in its place and make the pages that tell of it anew."""
    from jsna.drafting import source as drafting

    root = Path(arguments.root)
    _own_project(root)
    asked = drafting.Asked(
        Path(arguments.file),
        arguments.name,
        arguments.title,
        arguments.period_type,
        arguments.base,
        tuple(arguments.codes),
        tuple(arguments.wait),
        arguments.sheet,
    )
    made = drafting.draft(asked, root)
    drafting.write(made, root)
    # The declarations of this process were read before the folder was there.
    command = [sys.executable, "-m", "jsna", "render", "--root", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        drafting.take_back(made, root)
        rule = f"the pages made of declarations could not be made anew: {done.stderr.strip()}"
        raise JsnaError(Problem(made.name, rule, code="new.render"))
    for line in _told(made):
        say(line)
    return 0


def indicator(arguments: argparse.Namespace) -> int:
    """Draft an indicator and put it into its chapter's file, or only show it."""
    from jsna.drafting import indicator as drafting
    from jsna.drafting.entry import Wanted

    root = Path(arguments.root)
    given = {one.name: getattr(arguments, one.name) for one in fields(Wanted)}
    wanted = Wanted(**{**given, "answers": tuple(arguments.answers)})
    entry = drafting.draft(wanted, root)
    if not arguments.print:
        drafting.write(entry, root)
    for line in drafting.told(entry):
        say(line)
    return 0


def edition(arguments: argparse.Namespace) -> int:
    """Write the edition of an authority, or that of the year after another."""
    from jsna.drafting import edition as drafting

    root, today = Path(arguments.root), datetime.now(UTC).date()
    name = " ".join(arguments.authority)
    if bool(name) == bool(arguments.before):
        rule = "give the authority, or --from with the edition to carry forward"
        raise JsnaError(Problem("new edition", rule, code="new.option"))
    year = _year(arguments.year)
    if arguments.before:
        return _forward(arguments.before, root, year)
    made = drafting.draft(drafting.Wanted(name, year, arguments.kind, today), root)
    drafting.write(made, root)
    _own_words(made.name, root)
    for line in drafting.told(made):
        say(line)
    return 0


def _own_words(name: str, root: Path, before: str = "") -> None:
    """Put the folder of the council's own words beside a new edition."""
    from jsna.drafting import own_words

    for file in own_words.write(name, root, before):
        say(file)


def _year(given: int | None) -> int:
    """The year somebody asks for; 0 where nobody does."""
    if given is not None and not _YEARS[0] <= given <= _YEARS[1]:
        rule = f"is a year from {_YEARS[0]} to {_YEARS[1]}"
        raise JsnaError(Problem("--year", rule, value=str(given), code="new.year"))
    return given or 0


def _forward(before: str, root: Path, year: int) -> int:
    from jsna.drafting import forward as drafting

    made = drafting.forward(before, root, year)
    drafting.write(made, root)
    _own_words(made.name, root, before)
    for line in drafting.told(made):
        say(line)
    return 0


def _own_project(root: Path) -> None:
    """Raise unless the code that runs is that of the project the source is to stand in."""
    own = Path(jsna.__file__).resolve().parent
    if (root / "src/jsna").resolve() != own:
        rule = "is not the folder this jsna runs from; go there, or run the jsna of this folder"
        raise JsnaError(Problem("--root", rule, value=str(root), code="new.root"))


def _told(made: object) -> Iterator[str]:
    """What was drafted and left out, and what comes next. No cell of the file is told."""
    from jsna.drafting.source import FOLDER, Draft

    assert isinstance(made, Draft)
    table = made.extract.tables[0]
    yield f"{(FOLDER / made.name).as_posix()}/: {', '.join(made.files)}"
    for column in table.columns:
        kind = column.identifier or (f"codes, {len(column.labels)}" if column.labels else "")
        empty = ", may be empty" if column.nullable else ""
        more = f"; {made.told[column.name]}" if column.name in made.told else ""
        yield f"  {column.name!r}: {kind or column.type}{empty}{more}"
    declared = {column.name for column in table.columns}
    for place, header in enumerate(made.headers, 1):
        if header in made.told and header not in declared:
            yield f"  Column {place}, {header!r}: {made.told[header]}"
    for note in made.notes:
        yield f"  {note[:1].upper()}{note[1:]}"
    yield "Read it, and put its words right. Then, in config/editions/<edition>.yaml:"
    yield f"  - extract: {made.name}"
    yield "    owner: …"
    yield "    legal_basis: …"
    if made.extract.about_persons:
        yield "    assessment: …"
        yield "    opt_out: …"
    yield "    periods:"
    yield f'      - period: "…" # {made.extract.period_type}'
    yield f"        files: {{{table.name}: …}}"
    yield f"        sha256: {{…: {made.digest}}}"
    yield f"and `jsna new indicator ID --table {made.name} --chapter C`"
