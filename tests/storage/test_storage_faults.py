"""Every stage of a tiny edition, stopped or damaged at seeded places (`make test-faults`).

Each fault is put in from outside (see `server`). A stage that was killed, or met a full disk, is
started again and everything must have the same bytes; a damaged file must be named by a later
stage. The previous report is whole all the while.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from jsna import build, io
from tests.storage import harness
from tests.storage.harness import STAGES, Trial
from tests.workflow.small_world import EDITION

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]
#: Faults of a kind for each stage.
TIMES = {"kill": 4, "full": 3, "size": 3, "flip": 5}
SEED = 20260129


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    with harness.trial(tmp_path_factory.mktemp("faults")) as made:
        yield made


@pytest.mark.parametrize("verb", STAGES)
@pytest.mark.parametrize("kind", ["kill", "full", "size"])
def test_a_stage_that_was_stopped_goes_on_to_the_same_bytes(
    trial: Trial, verb: str, kind: str
) -> None:
    draw = random.Random(f"{SEED} {verb} {kind}")
    for _ in range(TIMES[kind]):
        print(trial.interrupted(verb, kind, draw))


@pytest.mark.parametrize("verb", STAGES[:-1])
def test_one_bit_of_any_file_between_stages_is_noticed(trial: Trial, verb: str) -> None:
    draw = random.Random(f"{SEED} {verb} flip")
    for _ in range(TIMES["flip"]):
        print(trial.flipped(verb, draw))


def test_one_bit_of_the_published_report_is_noticed_by_the_next_build(trial: Trial) -> None:
    draw = random.Random(f"{SEED} seal flip")
    paths = io.Paths(trial.root, EDITION)
    assert build._is_whole(paths)
    files = sorted(file for file in paths.reports.rglob("*") if file.is_file())
    for file in draw.sample(files, TIMES["flip"]):
        content = file.read_bytes()
        spoilt = bytearray(content)
        bit = draw.randrange(8 * len(spoilt))
        spoilt[bit // 8] ^= 1 << bit % 8
        file.write_bytes(spoilt)
        assert not build._is_whole(paths), f"{file.name}, bit {bit}"
        file.write_bytes(content)
    assert build._is_whole(paths)
