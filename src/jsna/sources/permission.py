"""Which deliveries may be linked: rows about persons only where permission is recorded."""

from __future__ import annotations

from jsna.model.editions import Delivery, Edition
from jsna.sources import registry


def linkable(edition: Edition) -> tuple[Delivery, ...]:
    """Deliveries whose rows leave the identified zone: received, and permitted.

    Rows about persons are linked only where an owner, a legal basis, a data-protection assessment
    and the handling of opt-outs are recorded; other rows always.
    """
    return tuple(d for d in edition.received if _permitted(d))


def unlinked(edition: Edition) -> tuple[Delivery, ...]:
    """Deliveries received that are not linked; `gap` says why."""
    return tuple(d for d in edition.received if not _permitted(d))


def gap(delivery: Delivery) -> str:
    """Why nothing is counted from a delivery, after "was"; "" where it is.

    Such as `not received: the provider was late` or `received but not linked: no legal basis is
    recorded`.
    """
    if delivery.status != "received":
        return f"{delivery.status}: {delivery.reason}"
    return "" if _permitted(delivery) else f"received but not linked: {delivery.unrecorded}"


def _permitted(delivery: Delivery) -> bool:
    """Whether everything is recorded that the rows of a delivery need."""
    extract = registry().get(delivery.extract)
    # What nobody declared is taken to be about persons.
    return not delivery.lacks or (extract is not None and not extract.about_persons)
