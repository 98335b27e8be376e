"""Open editions of real authorities: official values pass through protection as they are.

Reads `shared/published` beside the repository and fails where it is absent.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from jsna import io
from jsna.disclosure.evidence import gather
from jsna.disclosure.protect import protect
from jsna.disclosure.prove import certificate, prove
from jsna.io import read_parquet
from jsna.measures.derive import derive
from jsna.measures.engine import measure
from jsna.measures.merge import merge
from jsna.model import schema
from jsna.releases.run import run
from tests.real.published_support import fetched, read_once

#: In the process that reads the same releases for their measures.
pytestmark = [pytest.mark.real, pytest.mark.xdist_group("open-editions")]
__all__ = ["read_once"]


@pytest.mark.parametrize("edition", ["lancashire-open-2025", "southend-open-2025"])
def test_official_values_are_published_byte_for_byte(edition: str, tmp_path: Path) -> None:
    config, paths = fetched(edition, tmp_path)
    run(config, paths)
    reference = {
        file.stem: read_parquet(file) for file in (paths.restricted / "reference").glob("*.parquet")
    }
    local = measure(derive({}, config, reference), config.indicators.values(), config)
    measures, official = merge(local, io.read_measures(paths.restricted / "published.parquet"))
    made = protect(measures, config, official)
    pd.testing.assert_frame_equal(made.safe, schema.conform(measures))
    assert made.log.empty
    # Small official counts are among them, and stay: they are no secret any more.
    assert made.safe["numerator"].between(1, 4).any()
    before, after = tmp_path / "before.parquet", tmp_path / "after.parquet"
    io.write_measures(before, schema.conform(measures))
    io.write_measures(after, made.safe)
    assert before.read_bytes() == after.read_bytes()
    proof = prove(gather(made.safe, measures, config, official))
    choice = {"optimality": {"gap": 0.0}, "fallbacks": [], "withheld": {}}
    assert certificate(proof, made.safe, config, choice)["hidden"]["rows"] == 0
