"""`jsna link train` and `jsna link review`: what is done about linkage beside its stage."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jsna import io
from jsna.errors import JsnaError, Problem
from jsna.linkage import review_sheet
from jsna.linkage.review_sheet import FOLDER, SHEET, Pair, named

if TYPE_CHECKING:
    from jsna.linkage.review import Judged
    from jsna.model.configuration import Configuration

Say = Callable[[str], None]
#: Second word of `jsna link` -> what it does. No edition may be called so (`jsna.model.editions`).
ACTIONS: Final = {
    "train": "train the model of linkage again, from invented registers",
    "review": "write a sample of pairs for a person to judge, or read the judgements",
}
#: Pairs in a sheet, unless asked for otherwise.
SIZE: Final = 200


def add_arguments(verb: str, parser: argparse.ArgumentParser) -> None:
    """Add the options of `link review`."""
    if verb != "link review":
        return
    parser.add_argument(
        "--size", type=int, default=SIZE, metavar="N",
        help=f"pairs to be judged, spread over sources and kinds of link (default: {SIZE})",
    )  # fmt: skip
    parser.add_argument(
        "--to", metavar="FILE",
        help=f"the sheet to write, in the edition's folder identified/{FOLDER}/ (default: "
        f"{SHEET}); one with judgements is never written over",
    )  # fmt: skip
    parser.add_argument(
        "--read", metavar="FILE",
        help="read a sheet that was judged (yes, no or unsure: is it one person?) and say how "
        "many links are wrong, with an interval",
    )  # fmt: skip


def train(root: Path, say: Say) -> None:
    """Train the committed model again, and say whether it is another."""
    from jsna.linkage.link import RULES
    from jsna.linkage.ruleset import MODEL
    from jsna.linkage.training import retrain

    path = root / RULES / MODEL
    before = io.sha256(path) if path.is_file() else ""
    same = io.sha256(retrain(root / RULES)) == before
    said = "trained again: the same as before" if same else "trained again: it is another model"
    say(f"{(RULES / MODEL).as_posix()}: {said}")


def review(arguments: argparse.Namespace, config: Configuration, paths: io.Paths, say: Say) -> None:
    """Write a sheet, or read one.

    Raises:
        JsnaError: the edition has not been linked, a file may not lie where it is named, a sheet
            holds judgements, or what is wrong in a judged one, all at once.
    """
    pairs, strata = review_sheet.drawn(paths)
    if arguments.read:
        _read(Path(arguments.read), pairs, strata, paths, say)
        return
    if arguments.size < 1:
        raise JsnaError(Problem("--size", "must be 1 or more", value=str(arguments.size)))
    target = review_sheet.place(arguments.to, paths)
    review_sheet.expect_unjudged(target, paths)
    chosen = review_sheet.choose(pairs, arguments.size)
    io.write_bytes(target, review_sheet.sheet(chosen).encode("utf-8-sig"))
    say(f"{named(target, paths)}: {len(chosen):,} of {len(pairs):,} pairs")
    say(
        "It holds names and dates of birth: keep it where it is, or move it by your own rules. "
        "Write yes, no or unsure into the column 'judgement' (is it one person?), then run: "
        f"jsna link review {config.edition.edition} --read {named(target, paths)}"
    )


def _read(
    path: Path,
    pairs: Sequence[Pair],
    strata: Mapping[str, Mapping[str, int]],
    paths: io.Paths,
    say: Say,
) -> None:
    """Judgements to intervals: printed, and written to `restricted/linkage/review.json`."""
    from jsna.linkage.review import judged, read_judgements

    where = named(path, paths)
    if not path.is_file():
        raise JsnaError(Problem(where, "there is no such file", code="review.missing"))
    inside = path.resolve().is_relative_to(paths.root.resolve())
    if inside and not review_sheet.is_private(path, paths):
        rule = (
            "a sheet holds names and dates of birth and may not lie here; move it to "
            f"data/processed/{paths.edition}/identified"
        )
        raise JsnaError(Problem(where, rule, code="review.place"))
    of = {pair["pair"]: pair for pair in pairs}
    found = read_judgements(
        review_sheet.read_rows(path, where),
        {name: pair["stratum"] for name, pair in of.items()},
        where,
    )
    by_source: dict[str, list[tuple[str, bool | None]]] = defaultdict(list)
    for name, judgement in found.items():
        by_source[of[name]["source"]].append((of[name]["stratum"], judgement))
    said = {source: judged(some, strata[source]) for source, some in sorted(by_source.items())}
    for source, findings in said.items():
        for one in findings:
            say(told(source, one))
    content: Any = {source: [asdict(one) for one in some] for source, some in said.items()}
    io.write_json(paths.restricted / "linkage" / "review.json", content)


def told(source: str, found: Judged) -> str:
    """One finding in words: `ncmp, wrong links: 1.2 % (0.4 % to 3.1 %), 80 of 900 pairs judged`."""
    shares = (f"{100 * share:.1f} %" for share in (found.mid, found.low, found.high))
    untold = f", {found.unsure:,} of them could not be told" if found.unsure else ""
    return (
        f"{source}, {found.what}: {next(shares)} ({' to '.join(shares)}), "
        f"{found.pairs:,} of {found.of:,} pairs judged{untold}"
    )
