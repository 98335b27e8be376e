"""Deliveries made by a test as an edition has them."""

from __future__ import annotations

from collections.abc import Iterable

from jsna.model.editions import Delivery, SuppliedPeriod, Supply


def supplied(deliveries: Iterable[Delivery]) -> tuple[Supply, ...]:
    """An entry for each delivery, in their order, with all that is its own."""
    return tuple(
        Supply(
            extract=one.extract,
            periods=(SuppliedPeriod(**one.model_dump(exclude={"extract"})),),
        )
        for one in deliveries
    )
