"""Review sheets: which pairs are in one, how it is written and read, and where it may lie.

A sheet holds names and dates of birth. It is written below the edition's `identified` zone and
nowhere else: that folder is private to the user, is not kept in version control and is never
published. To judge it elsewhere somebody must carry it there, knowingly and by the council's own
rules. The links that a run of the stage makes anew leave the sheet alone.
"""

from __future__ import annotations

import csv
import hashlib
import io as text_io
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from jsna import io
from jsna.errors import JsnaError, Problem
from jsna.formulas import guarded_line

#: Where a sheet is written, below the identified zone. The stage clears its own folder `linkage`.
FOLDER: Final = "review"
SHEET: Final = "review.csv"
#: Columns of a sheet before and after what is shown of a pair.
_BEFORE, _AFTER = ("pair", "source"), ("judgement", "note")
Pair = Mapping[str, str]


def drawn(paths: io.Paths) -> tuple[list[Pair], dict[str, dict[str, int]]]:
    """The pairs that the stage drew, each with a name of its own, and the sizes of the strata.

    A pair is named by what is shown of it: a sheet judged before the edition was linked again still
    counts where the pair is drawn again, and is refused where it is not.
    """
    folder = paths.identified / "linkage"
    files = folder / "review.parquet", folder / "strata.json"
    where = f"data/processed/{paths.edition}/identified/linkage"
    if not all(file.is_file() for file in files):
        rule = f"there is no sample yet, or nothing to review; run: jsna link {paths.edition}"
        raise JsnaError(Problem(where, rule, code="review.sample"))
    rows = io.read_table(files[0]).to_pylist()
    if not rows:
        raise JsnaError(Problem(where, "there is no pair to review", code="review.sample"))
    pairs: list[Pair] = []
    seen: Counter[str] = Counter()
    for row in rows:
        said = {name: "" if value is None else str(value) for name, value in row.items()}
        text = "\x1f".join([said["source"], *(said[name] for name in _shown(said))])
        seen[text] += 1
        # With a letter in front, so that no spreadsheet takes it for a number.
        digest = hashlib.sha256(f"{text}\x1f{seen[text]}".encode()).hexdigest()
        pairs.append({**said, "pair": f"p{digest[:12]}"})
    return pairs, io.read_json(files[1])


def _shown(columns: Iterable[str]) -> list[str]:
    """Columns of what is known of the two records of a pair."""
    return [name for name in columns if name.endswith(("_1", "_2"))]


def choose(pairs: Sequence[Pair], size: int) -> list[Pair]:
    """So many pairs, spread evenly over the strata of the sources, of each at least one.

    Pairs come in an order that chance decided, so the first of a stratum are a sample of it.
    """
    groups: dict[tuple[str, str], list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[pair["source"], pair["stratum"]].append(pair)
    chosen: set[str] = set()
    left = size
    # What a small stratum does not need is left to the others.
    ordered = sorted(groups.items(), key=lambda item: (len(item[1]), item[0]))
    for place, (_, group) in enumerate(ordered):
        taken = group[: max(1, left // (len(ordered) - place))]
        chosen |= {pair["pair"] for pair in taken}
        left -= len(taken)
    return [pair for pair in pairs if pair["pair"] in chosen]


def sheet(pairs: Sequence[Pair]) -> str:
    """The pairs as CSV. Neither stratum nor probability is in it: they would lead the judge."""
    shown = [name for name in _shown(pairs[0]) if any(pair[name] for pair in pairs)]
    written = text_io.StringIO()
    rows = csv.writer(written, lineterminator="\r\n")
    rows.writerow([*_BEFORE, *shown, *_AFTER])
    for pair in pairs:
        cells = [guarded_line(pair[name]) for name in (*_BEFORE, *shown)]
        rows.writerow([*cells, *("",) * len(_AFTER)])
    return written.getvalue()


def place(asked: str | None, paths: io.Paths) -> Path:
    """Where the sheet is written; a name alone is a file of the folder for sheets."""
    folder = paths.identified / FOLDER
    target = Path(asked or SHEET)
    target = folder / target if target.name == str(target) else target
    # The other folders of the zone are the stages', which clear them.
    if not target.resolve().is_relative_to(folder.resolve()) or target.is_dir():
        rule = (
            "a sheet holds names and dates of birth, so it is written in "
            f"data/processed/{paths.edition}/identified/{FOLDER} only; give the name of a file"
        )
        raise JsnaError(Problem("--to", rule, code="review.place"))
    return target


def is_private(path: Path, paths: io.Paths) -> bool:
    """Whether a file lies in the edition's identified zone, links in its path followed."""
    return path.resolve().is_relative_to(paths.identified.resolve())


def expect_unjudged(target: Path, paths: io.Paths) -> None:
    """Refuse to write over what somebody has judged, or over anything that is no sheet."""
    if not target.exists():
        return
    try:
        rows = read_rows(target, named(target, paths))
    except JsnaError:
        rule = "the file is there and is no review sheet; name another with --to"
    else:
        if not any((row.get(name) or "").strip() for row in rows for name in _AFTER):
            return
        rule = "the sheet has judgements, which are not written over; name another file with --to"
    raise JsnaError(Problem(named(target, paths), rule, code="review.there"))


def named(path: Path, paths: io.Paths) -> str:
    """A file as the user knows it: below the project's folder, or by its name alone."""
    root = paths.root.resolve()
    inside = path.resolve().is_relative_to(root)
    return path.resolve().relative_to(root).as_posix() if inside else path.name


def read_rows(path: Path, where: str) -> list[dict[str, str]]:
    """The rows of a sheet, whichever separator and encoding a spreadsheet gave it."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    rows = csv.DictReader(text_io.StringIO(text, newline=""), delimiter=delimiter)
    rule = "is this a sheet written by `jsna link review`?"
    try:
        columns, found = rows.fieldnames or (), list(rows)
    except csv.Error:
        rule = f"the file cannot be read as CSV; {rule}"
        raise JsnaError(Problem(where, rule, code="review.file")) from None
    lacking = [name for name in ("pair", "judgement") if name not in columns]
    if lacking:
        rule = f"the column is missing; {rule}"
        raise JsnaError(Problem(where, rule, column=c, code="review.column") for c in lacking)
    return found
