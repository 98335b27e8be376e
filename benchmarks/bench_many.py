"""Protection and proof of many indicators: CPU seconds and memory of `protect` and `prove`.

    python benchmarks/bench_many.py [edition] [indicators] [folder]

To the indicators of an edition (the demonstration) come proportions of its pupils, finely broken
down: what 21 groups of them are, by six pairs of dimensions, until there are so many as asked for
(200). They share margins with each other and with the edition's own, which is what makes them
hard. The edition is built as far as its measures in a folder of its own; in one that is named and
has been built so already, it is not built again. Each stage runs in a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from itertools import islice, product
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench_edition import BEFORE
from run import Spent, copy_project, measured

if TYPE_CHECKING:
    from jsna.model.configuration import Configuration
    from jsna.model.indicators import Indicator

#: Most CPU seconds of `protect` and `prove` together.
AIM: Final = 40.0
#: By what the further indicators are broken down: each of the two, and both together.
PAIRS: Final = (
    *(("age_group", "sex"), ("imd_decile", "sex"), ("locality", "sex")),
    *(("sen_provision", "year_group"), ("age_group", "imd_quintile")),
    ("locality", "sen_provision"),
)


def further(config: Configuration, number: int) -> list[Indicator]:
    """So many proportions of pupils, at most 126."""
    from jsna.model.indicators import Indicator

    lists = config.codelists
    groups = [
        *(f"primary_need = '{code}'" for code in [*lists["sen_type"]][:10]),
        *(f"ethnicity = '{code}'" for code in [*lists["ethnicity"]][:8]),
        *("sen_provision = 'K'", "sen_provision = 'E'", "sex = 'F'"),
    ]
    # Groups within pairs, so that fewer indicators are of all groups.
    return [
        Indicator.model_validate(
            {
                "id": f"fine_{at}",
                "title": f"Pupils of group {at}",
                "phrase": "pupils of the group",
                "definition": "Pupils of the group.",
                "population": "Pupils in schools of the area.",
                "population_base": "attending",
                "period_type": "january",
                "chapter": "prevalence",
                "kind": "proportion",
                "numerator": {"table": "pupil", "where": where},
                "denominator": {"table": "pupil"},
                "breakdowns": [[pair[0]], [pair[1]], [*pair]],
            }
        )
        for at, (pair, where) in islice(enumerate(product(PAIRS, groups)), number)
    ]


def stage(verb: str, edition: str, root: Path, number: int) -> None:
    """Run one stage of an edition with so many indicators."""
    from jsna import io
    from jsna.settings import loading

    config, paths = loading.load(edition, root), io.Paths(root, edition)
    more = {one.id: one for one in further(config, number - len(config.indicators))}
    config = replace(config, indicators={**config.indicators, **more})
    if verb == "measure":
        from jsna.measures.engine import run
    elif verb == "protect":
        from jsna.disclosure.run import run
    else:
        from jsna.disclosure.prove import run
    run(config, paths)


def spent(verb: str, edition: str, root: Path, number: int) -> Spent:
    """What one stage takes, in a process of its own."""
    words = [sys.executable, __file__, verb, edition, str(number), str(root)]
    process = subprocess.Popen(words)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{verb} failed; there is nothing to measure")
    unit = 1 if sys.platform == "darwin" else 1024
    return Spent(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6, True)


def bench(edition: str, root: Path, number: int) -> bool:
    """Measure, protect and prove; returns whether the aim is met."""
    from jsna import io

    paths = io.Paths(root, edition)
    if not (paths.restricted / "measures.parquet").is_file():
        copy_project(root)
        for verb in BEFORE:
            if not measured(root, verb, edition).well:
                return False
    found = {verb: spent(verb, edition, root, number) for verb in ("measure", "protect", "prove")}
    made = json.loads((paths.safe / "certificate.json").read_text(encoding="utf-8"))
    published, hidden, attack = made["published"], made["hidden"]["rows"], made["attack"]
    print(
        f"{number} indicators: {published['rows']:,} rows, {hidden:,} hidden; "
        f"{published['quantities']:,} quantities, {published['equations']:,} equations; "
        f"gap to the least loss {made['optimality']['gap']:.1%}; {attack['cells']:,} counts unknown"
    )
    for verb, one in found.items():
        print(f"{verb:10}{one.seconds:8.1f} s{one.megabytes:8,.0f} MB")
    together = found["protect"].seconds + found["prove"].seconds
    well = together <= AIM
    print(f"protect and prove {together:.1f} s of {AIM:.0f} ({'met' if well else 'not met'})")
    return well


def main(words: list[str]) -> int:
    if words and words[0] in ("measure", "protect", "prove"):
        verb, edition, number, folder = words
        stage(verb, edition, Path(folder), int(number))
        return 0
    edition, number, *folder = [*words, *("demo-2025", "200")[len(words) :]]
    if folder:
        root = Path(folder[0])
        root.mkdir(parents=True, exist_ok=True)
        return 0 if bench(edition, root, int(number)) else 1
    with tempfile.TemporaryDirectory(prefix="jsna-bench-") as made:
        return 0 if bench(edition, Path(made), int(number)) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
