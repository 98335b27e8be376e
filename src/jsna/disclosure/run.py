"""The stage: reads the restricted measures, and alone writes the safe zone."""

from __future__ import annotations

from jsna import io
from jsna.disclosure.protect import protect
from jsna.edition import Configuration
from jsna.measures import schema


def run(config: Configuration, paths: io.Paths) -> None:
    """Protect an edition; writes `safe/measures.parquet` and `restricted/protection.parquet`."""
    safe, log = protect(schema.read(paths.restricted / "measures.parquet"), config)
    io.write_parquet(paths.restricted / "protection.parquet", log)
    schema.write(paths.safe / "measures.parquet", safe)
