"""`jsna map`: its arguments, and what it says."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

from jsna.errors import JsnaError, Problem
from jsna.model.layouts import Dates, Encoding, Place, Separator
from jsna.saying import say

if TYPE_CHECKING:
    from jsna.receiving.answers import Answers
    from jsna.receiving.beside import Other

VERB: Final = "map"
DOES: Final = "propose how a file in a shape of its own is to be read, and ask what is not sure"


def add_arguments(verb: str, parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb, where it is this."""
    if verb != VERB:
        return

    def many(name: str, shape: str, does: str) -> None:
        parser.add_argument(f"--{name}", action="append", default=[], metavar=shape, help=does)

    parser.add_argument("file", help="the file as it came: CSV, or a workbook (.xlsx)")
    parser.add_argument("--source", default="", help="what it is of (default: what it looks like)")
    parser.add_argument("--table", default="", help="of the source")
    parser.add_argument("--sheet", default="", help="of a workbook (default: every one it knows)")
    parser.add_argument("--row", type=int, help="number of the row of headers")
    parser.add_argument(
        "--separator",
        default="",
        choices=get_args(Separator)[1:],
        help="of a text whose cells could be cut in two ways",
    )
    parser.add_argument(
        "--encoding",
        default="",
        choices=get_args(Encoding)[1:],
        help="of a text whose letters could be read in two ways",
    )
    parser.add_argument("--to", default="", metavar="COUNCIL/NAME", help="write this mapping")
    parser.add_argument("--again", action="store_true", help="write tables it has already anew")
    many("column", "FIELD=HEADER", "where a field stands; of another file FIELD=NAME:HEADER")
    many("constant", "FIELD=VALUE", "what a field is in every row")
    many("absent", "FIELD", "a field that the file has not")
    many("code", "FIELD:CODE=DECLARED", "which declared code one of the file is")
    many("codes", "FIELD", "a field you looked at that holds codes and no child")
    many("dates", "FIELD=ORDER", "day first, month first or year first")
    many("beside", "NAME=FILE", "another file of the delivery, by a name for it")
    many("key", "NAME=HEADER[=HEADER THERE]", "by which its rows are known")


def run(arguments: argparse.Namespace) -> int:
    """Propose a mapping, and write it where it is asked for and nothing is left to answer."""
    from jsna.receiving import told, written
    from jsna.receiving.known import held, proposals

    root = Path(arguments.root)
    answers, files = _answers(arguments)
    found = proposals(
        Path(arguments.file), held(root), answers, source=arguments.source,
        table=arguments.table, sheet=arguments.sheet, row=arguments.row,
        place=Place(separator=arguments.separator, encoding=arguments.encoding),
    )  # fmt: skip
    others = _others(answers, files)
    for proposal in found:
        for line in told.lines(proposal, others):
            say(line)
    questions = [question for one in found for question in one.questions]
    if not arguments.to:
        say("Nothing is written; --to COUNCIL/NAME writes it below config/mappings.")
        return 1 if questions else 0
    if questions:
        problems = [Problem(arguments.file, one, code="map.asked") for one in questions]
        raise JsnaError(problems, title="The mapping is not written until this is answered:")
    places = {one.name: one.place for one in others.values()}
    path = written.write(root, arguments.to, found, places, arguments.again)
    say(f"{path}: written. Name it in the edition (`jsna doctor` does): mapping: {arguments.to}")
    return 0


def _pairs(given: Iterable[str], option: str, mark: str = "=") -> Iterator[tuple[str, str]]:
    for text in given:
        name, found, value = text.partition(mark)
        if not found or not name.strip() or not value.strip():
            rule = f"is written NAME{mark}VALUE"
            raise JsnaError(Problem(f"--{option}", rule, value=text, code="map.option"))
        yield name.strip(), value.strip()


def _answers(arguments: argparse.Namespace) -> tuple[Answers, dict[str, Path]]:
    from jsna.receiving.answers import Answers

    files = {name: Path(file) for name, file in _pairs(arguments.beside, "beside")}
    keys: dict[str, tuple[str, str]] = {}
    for name, headers in _pairs(arguments.key, "key"):
        here, _, there = headers.partition("=")
        keys[name] = (here.strip(), there.strip() or here.strip())
    columns: dict[str, str] = {}
    joined: dict[str, tuple[str, str]] = {}
    for name, header in _pairs(arguments.column, "column"):
        file, found, rest = header.partition(":")
        if found and file in files:
            joined[name] = (file, rest.strip())
        else:
            columns[name] = header
    codes: dict[str, dict[str, str]] = {}
    for name, said in _pairs(arguments.code, "code", ":"):
        value, mark, code = said.rpartition("=")
        if not mark:
            rule = "is written FIELD:CODE=DECLARED"
            raise JsnaError(Problem("--code", rule, value=f"{name}:{said}", code="map.option"))
        codes.setdefault(name, {})[value.strip()] = code.strip()
    known: dict[str, Dates] = {order: order for order in get_args(Dates)[1:]}
    orders: dict[str, Dates] = {}
    for name, order in _pairs(arguments.dates, "dates"):
        if order not in known:
            rule = f"is one of {', '.join(known)}"
            raise JsnaError(Problem("--dates", rule, value=order, code="map.option"))
        orders[name] = known[order]
    return (
        Answers(
            columns, dict(_pairs(arguments.constant, "constant")), joined, keys,
            orders, codes, frozenset(arguments.codes), frozenset(arguments.absent),
        ),
        files,
    )  # fmt: skip


def _others(answers: Answers, files: Mapping[str, Path]) -> dict[str, Other]:
    """The further files, each looked at for the key and the columns it is to give."""
    from jsna.receiving.beside import other

    found = {}
    for name, file in files.items():
        headers = [header for one, header in answers.joined.values() if one == name]
        if name not in answers.keys:
            rule = "say by which key its columns are joined: --key NAME=HEADER[=HEADER THERE]"
            raise JsnaError(Problem("--beside", rule, value=name, code="map.key"))
        found[name] = other(name, file, answers.keys[name][1], headers)
    return found
