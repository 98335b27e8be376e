"""Compare what builds hold with what another commit's builds hold: `held.py BASE [EDITION…]`.

For one piece of work only, which moves and renames and must change no result; it goes, with the
three modules it reads, at the end of that. `BASE` is a clone at the commit before the work, with
its builds; the current folder is the checkout whose builds are compared. Without editions, those
that are published in `BASE`.

Compared, with the old names of `held_names.RENAMED` put into their new ones:

- tables (`*.parquet` of `restricted/` and `safe/`): columns, types, rows in their order, every
  value to the bit. A column only the checkout has is new and no difference;
- JSON of the same two zones and of `reports/<edition>/`, key by key. What `held_names.EXPECTED`
  declares may differ. So may the digest and length of a file that is compared here itself, where
  they are truly those of that file on both sides;
- every other file of the three folders by its bytes: pages, charts, open data. Nothing of the
  manifest is printed in them but title, edition, date and version of the program.

Not compared: records of digests (`.x.sha256`), `logs/`, `benchmarks/`, `draft/` (what is published
is its copy) and `identified/`, whose every file has its digest in `restricted/manifest.json`.

Ends with 1 where anything differs that is not listed, or a build is not of the checkout as it
stands: build first. Of tables with a row a child it tells the numbers of rows, never a key.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Final

from held_files import Side, documents, records, texts
from held_names import COLUMNS, DIFFERENT, LISTED, RENAMED, SAME, Names, Outcome
from held_tables import tables

#: What decides an edition: a build is of its commit only while none of it is edited.
TRACKED: Final = (
    *("Snakefile", "rules", "config", "profiles", "src", "reports/templates"),
    "requirements.lock",
)
#: Most lines said of one file, and characters of a line.
MOST, WIDTH = 10, 240
_KINDS: Final = {
    "parquet": "tables",
    "json": "other JSON",
    "html": "pages",
    "pdf": "pages",
    "svg": "charts",
    "png": "charts",
}
ORDER: Final = (
    *("tables", "other JSON", "manifest", "certificate", "pages", "charts", "open data", "other"),
)


def kind(label: str) -> str:
    """In which line of the table a file is counted."""
    name = label.rpartition("/")[2]
    if name in ("manifest.json", "certificate.json"):
        return name.removesuffix(".json")
    if label.startswith("reports/data/"):
        return "open data"
    return _KINDS.get(name.rpartition(".")[2], "other")


def compared(label: str, sides: tuple[Side, Side], names: Names) -> Outcome:
    """Compare one file, named by its new path."""
    old, new = (side.files.get(label) for side in sides)
    if old is None or new is None:
        return Outcome(DIFFERENT, [(DIFFERENT, "only here" if old is None else "missing here")])
    if sides[0].digests[label] == sides[1].digests[label]:
        return Outcome()
    by_suffix = {".parquet": tables, ".pdf": documents}
    try:
        if new.suffix == ".json":
            return records(label, old, new, names, sides)
        return by_suffix.get(new.suffix, texts)(label, old, new, names)
    except Exception as error:  # whatever cannot be read is a difference, and the rest is compared
        return Outcome(DIFFERENT, [(DIFFERENT, f"{type(error).__name__}: {error}")])


def edition(base: Path, root: Path, name: str, names: Names) -> bool:
    """Compare one edition and print how it compares.

    Returns:
        Whether nothing differs that is not listed.
    """
    sides = Side(base, name, names), Side(root, name)
    if not (sides[0].manifest and sides[1].manifest):
        print(f"{name}: not built {'here' if sides[0].manifest else 'in base'}\n")
        return False
    print(f"{name}: base made at {made(sides[0])}, here at {made(sides[1])}")
    if stale := edited(root, sides[1]):
        print(f"  Not of the checkout as it stands, build it again: {stale}")
    labels = sorted({*sides[0].files, *sides[1].files})
    found = {label: compared(label, sides, names) for label in labels}
    print("                  files same bytes same values new columns  listed different")
    for one in filter({kind(label) for label in labels}.__contains__, ORDER):
        group = [label for label in labels if kind(label) == one]
        bytewise = sum(sides[0].digests.get(x) == sides[1].digests.get(x) for x in group)
        n = Counter(found[label].verdict for label in group)
        counts = (bytewise, n[SAME] - bytewise, n[COLUMNS], n[LISTED], n[DIFFERENT])
        print(f"  {one:<12}{len(group):>9}{'{:>11}{:>12}{:>12}{:>8}{:>10}'.format(*counts)}")
    for verdict in (COLUMNS, LISTED, DIFFERENT):
        for label in labels:
            lines = [line for told, line in found[label].lines if told == verdict]
            more = [f"and {len(lines) - MOST} more"] if len(lines) > MOST else []
            for line in lines[:MOST] + more:
                print(f"  {verdict}: {label}: {line}"[:WIDTH])
    print(flush=True)
    return not stale and all(out.verdict != DIFFERENT for out in found.values())


def made(side: Side) -> str:
    """The commit a build was made at, and whether the files were those of the commit."""
    source = side.manifest["source"]
    return f"{(source['commit'] or 'no commit')[:7]} ({source['tree']})"


def edited(root: Path, side: Side) -> str:
    """What changed since a build that decides it; not to be told where it was of no commit.

    A build after any commit names that commit, so that of one up to date nothing has changed.
    """
    source = side.manifest["source"]
    if source["tree"] != "clean":
        return ""
    words = ["git", "-C", str(root), "diff", "--name-only", source["commit"], "--", *TRACKED]
    run = subprocess.run(words, capture_output=True, text=True)
    names = (run.stderr or run.stdout).splitlines()
    return f"{len(names)} files, {', '.join(names[:3])}" if names else ""


def main(arguments: list[str]) -> int:
    """Compare the editions named, or all that are published in the base."""
    if not arguments or not arguments[0]:
        print(__doc__)
        return 2
    base, names = Path(arguments[0]).resolve(), Names()
    published = sorted(path.parent.name for path in base.glob("reports/*/manifest.json"))
    well = [edition(base, Path.cwd(), name, names) for name in arguments[1:] or published]
    for one in RENAMED:
        if not names.used[one]:
            print(f"listed and nowhere found: {one}")
    print("Nothing differs that is not listed." if well and all(well) else "There are differences.")
    return 0 if well and all(well) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
