"""Standings go to the safe zone as they are: official figures of whole authorities, public already.

Nothing of them was counted here. Their contract (`model.standings`) lets nothing through that is
not of a release of the edition.
"""

from __future__ import annotations

import pandas as pd

from jsna import io
from jsna.errors import JsnaError, Problem
from jsna.model.configuration import Configuration
from jsna.model.standings import FILE, check


def pass_on(config: Configuration, paths: io.Paths) -> None:
    """Write `safe/standings.parquet` from `restricted/standings.parquet`.

    Raises:
        JsnaError: it holds what is of no release of the edition.
    """
    io.write_parquet(paths.safe / FILE, _read(config, paths))


def verify(config: Configuration, paths: io.Paths) -> None:
    """Hold the safe table to the restricted one, and to its contract.

    Raises:
        JsnaError: it says something else.
    """
    safe = check(io.read_parquet(paths.safe / FILE), f"safe/{FILE}")
    if not safe.equals(_read(config, paths)):
        rule = "is not what the releases give; run the protect stage again"
        raise JsnaError(Problem(f"safe/{FILE}", rule, code="prove.standings"))


def _read(config: Configuration, paths: io.Paths) -> pd.DataFrame:
    releases = {release.id for release in config.every_release}
    return check(io.read_parquet(paths.restricted / FILE), f"restricted/{FILE}", releases)
