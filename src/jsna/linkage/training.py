"""Train the committed model again, from invented registers, by one command.

Everything is drawn from a stated seed, so the same code and the same versions of DuckDB and Splink
give the same file. A council may train on its own extracts instead: `train` takes any two standard
tables, and a model holds no value of any record.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from jsna import io
from jsna.linkage.kinds import Source
from jsna.linkage.model import write_model
from jsna.linkage.ruleset import MODEL
from jsna.linkage.splinked import train
from jsna.linkage.standardise import standardise
from jsna.model.linkage import Names
from jsna.settings.reading import read

#: Children in the two registers the committed model is trained on, and their seed.
SCHOOL: Final = 60_000
HEALTH: Final = 75_000
SEED: Final = 20250116
#: Kind of identifier -> column of the invented registers.
CARRIES: Final = {
    kind: kind for kind in ("forename", "surname", "date_of_birth", "sex", "postcode", "nhs_number")
}


def trained(folder: Path, school: int = SCHOOL, health: int = HEALTH) -> dict[str, Any]:
    """A model trained on two invented registers, with the names of a configuration folder."""
    from jsna.synthetic.registers import registers

    names = read(folder / "names.yaml", Names)
    short = {name: list(others) for name, others in (names.nicknames or {}).items()}
    made = registers(school, health, seed=SEED, nicknames=short)
    with io.database() as database:
        tables = []
        for name, rows in (("school", made.school), ("health", made.health)):
            database.register(f"register_{name}", rows)
            source = Source(name, f"register_{name}", CARRIES, synthetic=True)
            tables.append(standardise(database, source, names).relation)
        return train(database, *tables)


def retrain(folder: Path) -> Path:
    """Replace the model of a configuration folder; returns its file."""
    path = folder / MODEL
    write_model(path, trained(folder))
    return path
