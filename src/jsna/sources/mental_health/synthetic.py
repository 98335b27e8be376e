"""Referrals to mental health services and the contacts that follow them."""

from __future__ import annotations

from typing import Final

import numpy as np

from jsna.synthetic.course import Course, after, any_day, codes, exponential, gamma, spread, whole
from jsna.synthetic.draws import Floats, Ints
from jsna.synthetic.events import Each, Events, Shown
from jsna.synthetic.health import patients
from jsna.synthetic.often import Often, number
from jsna.synthetic.part import Synthetic
from jsna.synthetic.who import residents

#: Fewest days between two contacts.
_LEAST: Final = 2


def _contacts(at: Course) -> Ints:
    """How many contacts each referral has: none where it is not accepted."""
    accepted = at.rng.random(len(at)) < number(at.world, "mental_health.course.accepted")
    return np.where(accepted, whole("mental_health.course.contacts", most=60)(at), 0)


def _lasts(at: Course) -> Floats:
    """Days from the first contact of each referral to the last: the sum of those between two."""
    between = (at["contacts"] - 1).clip(0)
    gap = number(at.world, "mental_health.course.gap") - _LEAST
    lasts: Floats = _LEAST * between + gap * at.rng.standard_gamma(between)
    return lasts


REFERRALS: Final = Events(
    source="mental_health",
    who=residents(),
    often=Often(by="mental_health", level="mental_health.referred", again="mental_health.again"),
    then={
        "referral_received_date": any_day,
        "contacts": _contacts,
        # To the first contact, or to the refusal.
        "first": after(
            "referral_received_date", gamma("mental_health.course.wait", 1.3, 1.0), put_off=True
        ),
        "last": after("first", _lasts, put_off=True),
        "service_discharge_date": after("last", exponential("mental_health.course.close", least=7)),
        "mh_referral_source": codes("mental_health.source"),
        "mh_referral_reason": codes("mental_health.reason"),
    },
    order=("referral_received_date", "person"),
    number="service_request_id",
    shown=Shown(until="service_discharge_date", back=2),
    says=patients("mental_health", "referral_received_date"),
)
CONTACTS: Final = Events(
    source="mental_health.contacts",
    who=Each(REFERRALS, "contacts"),
    then={
        "care_contact_date": spread("first", "last", "contacts", _LEAST),
        "attend_or_dna": codes("mental_health.attendance"),
        "consultation_mechanism": codes("mental_health.mechanism"),
        "care_contact_id": lambda at: at["service_request_id"] * 100 + at["nth"],
    },
    order=("care_contact_date", "care_contact_id"),
    shown=Shown(until="service_discharge_date", back=2, within="care_contact_date"),
)

SYNTHETIC: Final = Synthetic(views={"referrals": REFERRALS, "contacts": CONTACTS})
