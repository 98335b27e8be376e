"""A fault of storage of each kind, in the first stages of a tiny edition.

All of them, in all stages: make test-faults.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.storage import harness

# What is built once for the module is built by one worker.
pytestmark = [pytest.mark.full, pytest.mark.xdist_group("storage")]

SEED = 20260129


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[harness.Trial]:
    folder = tmp_path_factory.mktemp("storage")
    with harness.trial(folder, ("ingest", "published", "link", "derive")) as made:
        yield made


@pytest.mark.parametrize(
    ("verb", "kind"), [("link", "kill"), ("derive", "full"), ("derive", "size")]
)
def test_a_stage_that_was_stopped_goes_on_to_the_same_bytes(
    trial: harness.Trial, verb: str, kind: str
) -> None:
    trial.interrupted(verb, kind, random.Random(f"{SEED} {verb} {kind}"))


def test_one_bit_of_a_linked_table_is_noticed(trial: harness.Trial) -> None:
    # Of what the next stage reads: the others are read by later ones.
    trial.made["link"] = [name for name in trial.made["link"] if "/restricted/link" in name]
    trial.flipped("link", random.Random(f"{SEED} link flip"))
