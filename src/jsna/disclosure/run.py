"""The stage: reads the restricted measures, and alone writes the safe zone."""

from __future__ import annotations

import json
from typing import Any

from jsna import io
from jsna.disclosure import bands, earlier, standings
from jsna.disclosure.protect import Protection, protect
from jsna.machine.garbage import uncollected
from jsna.measures.contributions import FILE as CONTRIBUTIONS
from jsna.measures.derived import complete
from jsna.model.configuration import Configuration
from jsna.records import CHOICE


@uncollected()
def run(config: Configuration, paths: io.Paths) -> None:
    """Protect an edition.

    Writes `safe/measures.parquet`, and `safe/attrition.json` (what share of its records left a
    count, in bands) and `safe/standings.parquet` (official figures of every authority, as they
    are); and in `restricted/` `protection.parquet` (what was hidden and why),
    `protection.json` (what the certificate says of the choice), `ledger.parquet` (the counts behind
    everything, kept for later editions) and `fallbacks.parquet`.
    """
    measures = io.read_measures(paths.restricted / "measures.parquet", cells=True)
    past = earlier.read(config, paths)
    made = protect(
        measures,
        config,
        io.read_measures(paths.restricted / "official.parquet"),
        past.ledgers,
        io.read_parquet(paths.restricted / CONTRIBUTIONS),
        past.last,
        past.recodings,
    )
    io.write_parquet(paths.restricted / "protection.parquet", made.log)
    io.write_parquet(paths.restricted / "ledger.parquet", made.ledger)
    io.write_parquet(paths.restricted / "fallbacks.parquet", made.fallbacks)
    choice = choice_of(made)
    text = json.dumps(choice, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    io.write_text(paths.restricted / CHOICE, text)
    # From what is shown alone, ratios and differences are worked out.
    io.write_measures(paths.safe / "measures.parquet", complete(made.safe, config))
    bands.write(config, paths)
    standings.pass_on(config, paths)


def choice_of(made: Protection) -> dict[str, Any]:
    """What the certificate says of the choice: how near the least loss it is, and the recodings."""
    solution = made.hiding.solution if made.hiding else None
    used = made.fallbacks.loc[made.fallbacks["used"].ne("")]
    return {
        "optimality": {"gap": round(solution.gap, 4) if solution else 0.0},
        "fallbacks": used[["indicator", "breakdown", "used"]].to_dict("records"),
        "withheld": used.groupby("indicator")["withheld"].sum().to_dict(),
    }
