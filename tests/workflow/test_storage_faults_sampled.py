"""A fault of storage of each kind, at seeded places of two stages (all: make test-faults)."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator

import pytest

from tests.conftest import SMALL, Project
from tests.storage.harness import Trial, stages

SEED = 20260129


@pytest.fixture(scope="module")
def trial(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    folder = tmp_path_factory.mktemp("storage")
    root = folder / "project"
    shutil.copytree(built.root, root)
    with stages(SMALL) as runner:
        made = Trial(runner, root, folder)
        made.adopt("draw", r"/draft/charts/|/draft/\.+draw\.json")
        made.adopt("seal", r"^reports/|/restricted/\.?manifest\.json|/seal\.json$")
        yield made


@pytest.mark.parametrize(
    ("verb", "kind"), [("draw", "kill"), ("seal", "kill"), ("seal", "full"), ("draw", "size")]
)
def test_a_stage_that_was_stopped_goes_on_to_the_same_bytes(
    trial: Trial, verb: str, kind: str
) -> None:
    trial.interrupted(verb, kind, random.Random(f"{SEED} {verb} {kind}"))


def test_one_bit_of_a_chart_is_noticed(trial: Trial) -> None:
    trial.flipped("draw", random.Random(f"{SEED} draw flip"))
