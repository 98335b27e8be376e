"""Linkage, measured: accuracy, CPU seconds and memory on labelled data and at county scale.

    python benchmarks/bench_linkage.py [febrl] [county] [million]

FEBRL data set 4 is read from `JSNA_SHARED` (the folder `shared` beside the project); the registers
are invented from a fixed seed. Each line is a process of its own, given files already made, so that
its memory is its own; CPU seconds run from reading the files to the finished table of links.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("JSNA_SHARED", ROOT.parent / "shared"))
CONFIG = ROOT / "config/linkage"
TRAITS = ("forename", "surname", "date_of_birth", "sex", "postcode")
FEBRL = {
    "forename": "given_name", "surname": "surname", "date_of_birth": "date_of_birth",
    "postcode": "postcode", "house": "street_number", "street": "address_1", "town": "suburb",
}  # fmt: skip
#: Name -> children in the school register, in the health register, whether numbers are used, and
#: the aims: F1, CPU seconds, megabytes.
COUNTY = {
    "200,000 v 250,000 with numbers": (200_000, 250_000, True, 0.998, 3.0, None),
    "200,000 v 250,000 without": (200_000, 250_000, False, 0.9983, 2.5, None),
}
MILLION = {"1,000,000 v 1,000,000": (1_000_000, 1_000_000, True, 0.9997, 8.0, 2048.0)}


def make(school: int, health: int, folder: Path) -> None:
    """Invent two registers and write them."""
    import pyarrow.parquet as pq

    from jsna.model.linkage import Names
    from jsna.settings.reading import read
    from jsna.synthetic.registers import registers

    names = read(CONFIG / "names.yaml", Names).nicknames
    short = {name: list(others) for name, others in names.items()}
    made = registers(school, health, nicknames=short)
    pq.write_table(made.school, folder / "school.parquet")
    pq.write_table(made.health, folder / "health.parquet")


def measure(folder: Path, *, numbered: bool) -> None:
    """Link two registers and print what came of it."""
    from jsna import io
    from jsna.linkage.cascade import link
    from jsna.linkage.kinds import Source
    from jsna.linkage.ruleset import read_ruleset
    from jsna.linkage.standardise import standardise

    carries = {kind: kind for kind in (*TRAITS, *(["nhs_number"] if numbered else []))}
    started = time.process_time()
    settings = read_ruleset(CONFIG)
    with io.database() as db:
        db.execute("SET threads = 2")
        tables = []
        for name in ("school", "health"):
            file = (folder / f"{name}.parquet").as_posix()
            db.execute(f"CREATE VIEW {name} AS FROM read_parquet('{file}')")
            source = Source(name, name, carries, synthetic=True)
            tables.append(standardise(db, source, settings.names).relation)
        found = link(db, *tables, settings.rules)
        seconds = time.process_time() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        right, links, true = db.execute(
            f"SELECT count(*) FILTER (s.child = h.child), count(*), (SELECT count(*) FROM school "
            f"JOIN health USING (child)) FROM {found.links} k JOIN school s ON s.record = "
            "k.left_record JOIN health h ON h.record = k.right_record"
        ).fetchall()[0]
        # What the errors do to those who have more of them: missed matches by fifth.
        missed = db.execute(
            f"SELECT h.fifth, avg((k.left_record IS NULL)::INT) FROM school s JOIN health h "
            f"USING (child) LEFT JOIN {found.links} k ON k.left_record = s.record "
            "AND k.right_record = h.record GROUP BY 1 ORDER BY 1"
        ).fetchall()
    tell(right, links, true, seconds, peak, steps=found.steps, missed=missed)


def febrl(*, numbered: bool) -> None:
    """Train on the two halves of FEBRL 4 without labels, link them, and print what came of it."""
    from jsna import io
    from jsna.linkage.cascade import Rules, link
    from jsna.linkage.kinds import Source
    from jsna.linkage.ruleset import read_ruleset
    from jsna.linkage.splinked import train
    from jsna.linkage.standardise import standardise

    carries = {**FEBRL, **({"number": "soc_sec_id"} if numbered else {})}
    started = time.process_time()
    settings = read_ruleset(CONFIG)
    with io.database() as db:
        tables = []
        for letter in "ab":
            file = SHARED / f"reference-values/linkage/febrl_dataset4{letter}.csv"
            columns = ", ".join(f"nullif(trim({c}), '') AS {c}" for c in carries.values())
            db.execute(
                f"CREATE TABLE {letter} AS SELECT split_part(trim(rec_id), '-', 2)::BIGINT AS "
                f"record, {columns} FROM read_csv('{file.as_posix()}', all_varchar = true)"
            )
            tables.append(standardise(db, Source(letter, letter, carries), settings.names).relation)
        model = train(db, *tables)
        found = link(db, *tables, Rules(settings.rules.passes, model, overlap=0.9))
        seconds = time.process_time() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        right, links = db.execute(
            f"SELECT count(*) FILTER (left_record = right_record), count(*) FROM {found.links}"
        ).fetchall()[0]
    tell(right, links, 5000, seconds, peak, steps=found.steps, missed=[])


def tell(
    right: int,
    links: int,
    true: int,
    seconds: float,
    peak: float,
    steps: list[tuple[str, int, int]],
    missed: list[tuple[int, float]],
) -> None:
    """Print one result for the process that asked."""
    scores = {"precision": right / links, "recall": right / true, "f1": 2 * right / (links + true)}
    print(json.dumps({**scores, "cpu": seconds, "mb": peak, "steps": steps, "missed": missed}))


def asked(*arguments: str) -> dict[str, object]:
    """Run this file in a process of its own and take its answer."""
    done = subprocess.run(
        [sys.executable, __file__, *arguments], check=True, capture_output=True, text=True
    )
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1]) if done.stdout else {}
    return answer


def line(name: str, answer: dict[str, object], aims: str) -> None:
    print(
        f"{name:34}{answer['precision']:10.5f}{answer['recall']:10.5f}{answer['f1']:10.5f}"
        f"{answer['cpu']:9.2f}{answer['mb']:8,.0f}   {aims}",
        flush=True,
    )
    if answer["missed"]:
        by_fifth = ", ".join(f"{share:.3%}" for _, share in answer["missed"])  # type: ignore[attr-defined]
        print(f"{'':34}missed, poorest fifth to richest: {by_fifth}")


def main() -> None:
    wanted = sys.argv[1:] or ["febrl", "county", "million"]
    print(f"{'':34}{'precision':>10}{'recall':>10}{'F1':>10}{'CPU s':>9}{'MB':>8}   aim")
    if "febrl" in wanted:
        line("FEBRL 4, training too", asked("_febrl", "no"), "F1 .997, precision .999")
        line("FEBRL 4 with its number", asked("_febrl", "yes"), "F1 .9995")
    scales = {**(COUNTY if "county" in wanted else {}), **(MILLION if "million" in wanted else {})}
    with tempfile.TemporaryDirectory(prefix="jsna-bench-") as folder:
        made = (0, 0)
        for name, (school, health, numbered, f1, cpu, megabytes) in scales.items():
            if made != (school, health):
                asked("_make", str(school), str(health), folder)
                made = (school, health)
            aims = (("F1", f1), ("CPU", cpu), ("MB", megabytes))
            told = ", ".join(f"{what} {aim:g}" for what, aim in aims if aim is not None)
            line(name, asked("_measure", folder, "yes" if numbered else "no"), told)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["_make", school, health, folder]:
            make(int(school), int(health), Path(folder))
        case ["_measure", folder, numbered]:
            measure(Path(folder), numbered=numbered == "yes")
        case ["_febrl", numbered]:
            febrl(numbered=numbered == "yes")
        case _:
            main()
