"""How many examples a property is tried on that takes long to try."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import pytest
from hypothesis import settings

#: Settings of `make test-full` (`tests/conftest.py` registers them).
FULL = "full"
#: Examples of a property that does not say how many; and the part of them that `make test` tries.
EXAMPLES, FEWER = 100, 4
Test = TypeVar("Test", bound=Callable[..., None])


def drawn(seeds: int, some: int) -> list[Any]:
    """Seeds of a test that draws its case: some of them in `make test`, all in `make test-full`."""
    return [
        *range(some),
        *(pytest.param(seed, marks=pytest.mark.full) for seed in range(some, seeds)),
    ]


def cases(every: Iterable[Any], some: int) -> list[Any]:
    """Cases of a test of which each takes a while: some in `make test`, all in `make test-full`.

    The first and others at even distances, so that kinds listed beside each other all have one.
    """
    listed = list(every)
    near = {round(at * (len(listed) - 1) / max(1, some - 1)) for at in range(some)}
    return [
        case if at in near else full(*case) if isinstance(case, tuple) else full(case)
        for at, case in enumerate(listed)
    ]


def full(*values: Any) -> Any:
    """A case of `make test-full` alone."""
    return pytest.param(*values, marks=pytest.mark.full)


def tried(examples: int, **more: Any) -> Callable[[Test], Test]:
    """Try a property on so many examples in `make test-full`, and on a quarter in `make test`."""
    whole = settings.get_current_profile_name() == FULL
    some = examples if whole else max(5, examples // FEWER)

    def marked(test: Test) -> Test:
        made: Test = pytest.mark.sampled(settings(max_examples=some, **more)(test))
        return made

    return marked
