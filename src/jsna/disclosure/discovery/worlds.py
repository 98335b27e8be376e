"""Micro-data to look for identities in: invented, small, and made again from several seeds.

What holds between published counts follows from declarations and code, never from an edition's
records. So the records are always those of the invented county, whichever edition is built, and
one look serves extracts nobody has sent yet.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from jsna import io
from jsna.disclosure.discovery import links
from jsna.model.configuration import Configuration
from jsna.model.editions import Synthesis

if TYPE_CHECKING:
    import pyarrow as pa

    from jsna.linkage.ruleset import Ruleset
    from jsna.synthetic.effects import Effects, Overrides

#: Seeds of the three sets of records.
SEEDS: Final = (11, 22, 33)
#: Shares made even, and rates raised: what is rare in the county must not be so rare here that
#: two counts are the same by chance. No identity depends on how many there are of anything.
EVEN: Final = (
    "plan.need_by_age",
    "plan.age_share",
    "support.need_by_age",
    "placement.by_age",
    "process.request_age",
    "process.cease_reason",
    "exclusion.reason",
)
OFTEN: Final[Overrides] = {
    "people.pupils_from_outside": 0.1,
    "placement.out_of_area": 0.4,
    "placement.residential": 0.4,
    "placement.alternative": {"primary": 0.3, "secondary": 0.3},
    "placement.reception_in_nursery": 0.1,
    "process.request_outcome": {"refused": 0.3, "undecided": 0.1, "withdrawn": 0.1},
    "process.within_20_weeks": 0.5,
    "process.exception": 0.4,
    "suspension.rate": 0.3,
    "permanent.rate": 0.05,
    "exclusion.more_reasons": 0.5,
    "ncmp.level": 0.2,
    "mental_health.referred": 0.25,
    "community.referred": 0.05,
    "social_care.starts": {"in_need": 0.25, "protected": 0.15, "looked_after": 0.1},
}


def made(
    config: Configuration,
    pupils: int,
    plans: int,
    lsoas: int,
    seeds: Sequence[int] = SEEDS,
    root: Path = Path(),
) -> dict[str, pa.Table]:
    """Analysis tables of several sets of records, one after another; no two share a person.

    Args:
        config: a synthetic edition.
        pupils, plans, lsoas: size of each set.
        seeds: one a set.
        root: of the project, where the rules of linkage are.
    """
    import pyarrow as pa

    from jsna.linkage.link import RULES
    from jsna.linkage.ruleset import read_ruleset

    rules = read_ruleset(root / RULES)
    # Nothing is misspelt in these records: numbers and passes find everyone, sooner than a model.
    rules = dataclasses.replace(rules, rules=dataclasses.replace(rules.rules, modelled=False))
    worlds = []
    for seed in seeds:
        size = {"seed": seed, "pupils": pupils, "plans": plans, "lsoas": lsoas}
        synthesis = Synthesis.model_validate(size)
        resized = config.edition.model_copy(update={"synthesis": synthesis})
        worlds.append(_world(dataclasses.replace(config, edition=resized), rules))
    names = sorted({name for world in worlds for name in world})
    return {
        name: pa.concat_tables([_apart(world[name], at) for at, world in enumerate(worlds)])
        for name in names
    }


def _apart(table: pa.Table, world: int) -> pa.Table:
    """The table with its persons named after their set of records."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if "person_key" not in table.column_names:
        return table
    keys = pc.binary_join_element_wise(f"{world} ", table["person_key"], "")
    at = table.column_names.index("person_key")
    return table.set_column(at, "person_key", keys.cast(pa.string()))


def _world(config: Configuration, rules: Ruleset) -> dict[str, pa.Table]:
    """Analysis tables of one set of records, by the stages an edition goes through."""
    import pyarrow as pa

    from jsna.generator import generate
    from jsna.generator.found import parameters
    from jsna.linkage import link
    from jsna.measures.derive import derive, received
    from jsna.sources import registry

    raw = generate.make_tables(config, _evened(parameters()), registry())
    with tempfile.TemporaryDirectory(prefix="jsna-discovery-") as folder:
        paths = io.Paths(Path(folder), config.edition.edition)
        for key, rows in raw.items():
            name, period = key.split("/", 1)
            extract, table = name.split(".")
            numbered = rows.append_column("source_row", pa.array(np.arange(2, 2 + rows.num_rows)))
            place = paths.identified / "valid" / extract / table
            io.write_parquet(place / io.period_file(period), numbered)
        link.run(config, paths, rules)
        tables: Mapping[str, pa.Table] = derive(received(paths), config)
    draw = np.random.default_rng(config.edition.synthesis.seed if config.edition.synthesis else 0)
    placed = {"plan": _placed(tables["plan"], draw)} if "plan" in tables else {}
    outcomes = links.drawn(tables, draw, config)
    return {**tables, **placed, **outcomes, "record": _records(raw, draw, config)}


def _placed(plans: pa.Table, draw: np.random.Generator) -> pa.Table:
    """Plans of which some at other settings are in the register of schools.

    Real registers have other establishments. The invented one has none, and what
    follows from that alone would be taken for an identity.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    either = pc.is_in(plans["setting"], value_set=pa.array(["other"]))
    some = pc.and_(either, pa.array(draw.random(plans.num_rows) < 0.5))
    at = plans.column_names.index("placement")
    return plans.set_column(at, "placement", pc.if_else(some, "in_area", plans["placement"]))


def _evened(effects: Effects) -> Effects:
    """The world's parameters without its effects, and with nothing rare."""
    nil = [name for name, one in effects.parameters.items() if one.kind == "effect"]
    return effects.without(*nil).overridden({**dict.fromkeys(EVEN, 1.0), **OFTEN})


def _records(
    raw: Mapping[str, pa.Table], draw: np.random.Generator, config: Configuration
) -> pa.Table:
    """Quality counts of the invented files, with invented rows set aside."""
    import pandas as pd
    import pyarrow as pa

    from jsna.tables.quality import record

    keys = sorted(raw)
    valid = draw.integers(1_000, 100_000, len(keys))
    aside = draw.integers(1, 1_000, len(keys))
    quality = pd.DataFrame(
        {
            "extract": [key.split(".")[0] for key in keys],
            "table": [key.split("/")[0].split(".")[1] for key in keys],
            "period": [key.split("/", 1)[1] for key in keys],
            "status": "received",
            "rows_received": valid + aside,
            "rows_valid": valid,
            "rows_quarantined": aside,
        }
    )
    return pa.Table.from_pandas(record(quality, config), preserve_index=False)
