"""Referrals to community health services, and how long children wait to be seen."""

from __future__ import annotations

from typing import Final

from jsna.synthetic.course import after, any_day, codes, column, exponential, where
from jsna.synthetic.events import Events, Shown
from jsna.synthetic.health import patients
from jsna.synthetic.often import Often
from jsna.synthetic.part import Synthetic
from jsna.synthetic.waiting import waits
from jsna.synthetic.who import residents

REFERRALS: Final = Events(
    source="community",
    who=residents(),
    # Published rates of referral are of children.
    often=Often(by="community", level="community.referred", below=18),
    kinds="community_service",
    comes={"wait": waits("community.waiting")},
    then={
        "referral_received_date": any_day,
        "ended": after("referral_received_date", column("wait"), put_off=True),
        "wait_end_reason": codes("community.wait_end"),
        "first_contact_date": where("wait_end_reason", "seen", column("ended")),
        "service_discharge_date": after(
            "ended", where("wait_end_reason", "seen", exponential("community.treated"), 0)
        ),
        "community_referral_source": codes("community.source"),
    },
    order=("referral_received_date", "person", "community_service"),
    number="service_request_id",
    # Who was referred two years before may still be waiting.
    shown=Shown(until="ended", back=2, told={"wait_end_reason": "ended"}),
    says=patients("community", "referral_received_date"),
)

SYNTHETIC: Final = Synthetic(views={"referrals": REFERRALS})
