"""The whole synthetic world of an edition, and the rolls of its Januaries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from jsna.model.configuration import Configuration
from jsna.model.editions import Synthesis
from jsna.synthetic import draws, need, people, placement, places, rolls
from jsna.synthetic.draws import Bools, Ints, stream
from jsna.synthetic.effects import Effects
from jsna.synthetic.need import Need
from jsna.synthetic.people import YEAR_GROUPS, People
from jsna.synthetic.placement import Homes, Placements
from jsna.synthetic.places import Places, Schools

T = TypeVar("T")
#: Shares of a roll: registered at two schools; at a second school only as a guest.
_DUAL, _GUEST = 0.007, 0.001


@dataclass(frozen=True, slots=True)
class Registrations:
    """Every registration of a January, the roll first; parallel arrays.

    Attributes:
        person: position in `People`.
        school: position in the register.
        status: `C` sole, `M` main and `S` subsidiary of two, `G` guest.
        year_group, provision, fsm, setting (-1 without a placed plan).
        on_roll: how many, from the start, are on the roll (`C` and `M`).
    """

    person: Ints
    school: Ints
    status: np.ndarray
    year_group: Ints
    provision: Ints
    fsm: Bools
    setting: Ints
    on_roll: int


@dataclass
class World:
    """Everyone and everything of an edition, each made when first asked for."""

    synthesis: Synthesis
    reference: date
    effects: Effects
    places: Places
    schools: Schools
    _rolls: dict[int, Registrations] = field(default_factory=dict)
    _kept: dict[tuple[str, str], Any] = field(default_factory=dict)

    @cached_property
    def people(self) -> People:
        """Everyone."""
        return people.build(self)

    @cached_property
    def need(self) -> Need:
        """Needs and plans."""
        return need.build(self)

    @cached_property
    def homes(self) -> Homes:
        """Ordinary schools."""
        return placement.ordinary(self)

    @cached_property
    def placements(self) -> Placements:
        """Where plans are placed."""
        return placement.build(self)

    def kept(self, what: str, period: str, make: Callable[[], T]) -> T:
        """What several deliveries show of a period, made when first asked for."""
        if (what, period) not in self._kept:
            self._kept[what, period] = make()
        found: T = self._kept[what, period]
        return found

    def forget(self, what: str) -> None:
        """Let go of what is kept of a source, of every period: `kept` under its name and more."""
        for key in [key for key in self._kept if key[0].startswith((f"{what} ", f"{what}."))]:
            del self._kept[key]

    def registrations(self, january: int) -> Registrations:
        """Registrations of a January census day."""
        if january not in self._rolls:
            self._rolls[january] = self._register(january)
        return self._rolls[january]

    def _register(self, january: int) -> Registrations:
        rng = stream(self.synthesis.seed, "roll", str(january))
        roll = rolls.roll(self, january)
        on_roll = np.zeros(len(self.people), dtype=bool)
        on_roll[roll.person] = True
        provision = need.provision(self, on_roll, january)[roll.person]
        fsm = self._fsm(january, roll.person, provision)
        year_group = self.people.year_group(january, self.reference.year)[roll.person]
        main = self._moved(january, roll.person, roll.school, year_group, provision)
        # As a county's file comes: school by school, year group by year group.
        order = np.lexsort((rng.random(len(roll.person)), year_group, main))
        drawn = rng.random(len(order))
        status = np.where(drawn < _DUAL, "M", "C")
        second = np.flatnonzero(status == "M")
        guests = np.flatnonzero(drawn > 1 - _GUEST)
        again = np.r_[np.arange(len(order)), second, guests]
        where = order[again]
        school = main[where]
        units = self.schools.kinds["alternative_provision"]
        school[len(order) :] = units[rng.integers(0, len(units), len(again) - len(order))]
        setting = np.where(roll.plan >= 0, self.placements.setting[roll.plan.clip(0)], -1)
        # A second registration at the very school would be no second registration.
        status = np.r_[status, np.full(len(second), "S"), np.full(len(guests), "G")]
        kept = np.r_[
            np.ones(len(order), dtype=bool), school[len(order) :] != school[again[len(order) :]]
        ]
        return Registrations(
            person=roll.person[where][kept],
            school=school[kept],
            status=status[kept],
            year_group=year_group[where][kept],
            provision=provision[where][kept],
            fsm=fsm[where][kept],
            setting=setting[where][kept],
            on_roll=len(order),
        )

    def _moved(
        self, january: int, person: Ints, school: Ints, year_group: Ints, provision: Ints
    ) -> Ints:
        """Schools, with a few pupils on SEN support in alternative provision instead."""
        seed, count = self.synthesis.seed, len(self.people)
        share = self.effects.values("placement.alternative")
        always = stream(seed, "alternative provision").random(count)
        now = stream(seed, "alternative provision", str(january)).random(count)
        stays = stream(seed, "stays in alternative provision").random(count) < share["stay"]
        luck = np.where(stays, always, now)
        units = self.schools.kinds["alternative_provision"]
        primary = (year_group >= YEAR_GROUPS.index("R")) & (year_group < YEAR_GROUPS.index("7"))
        chance = np.where(primary, share["primary"], 0.0)
        chance[year_group >= YEAR_GROUPS.index("8")] = share["secondary"]
        in_unit = (provision == need.K) & (luck[person] < chance)
        in_unit &= self.need.primary[person] == need.NEEDS.index("SEMH")
        at = luck[person] / np.where(in_unit, chance, 1.0) * len(units)
        unit = units[at.astype(np.int64).clip(0, len(units) - 1)]
        return np.where(in_unit, unit, school)

    def _fsm(self, january: int, person: Ints, provision: Ints) -> Bools:
        """Who is eligible for free school meals; mostly the same pupils every year."""
        luck = stream(self.synthesis.seed, "fsm").random(len(self.people))[person]
        ratio = self.effects.values("fsm.sen")
        log_odds = np.log(self.effects.value("fsm.deprivation")) * self.people.depth[person]
        log_odds += np.log(np.array([1.0, ratio["K"], ratio["E"]]))[provision]
        level = self.effects.values("fsm.level")
        target = level.get(str(january), level[max(level)])
        return luck < draws.calibrated(log_odds, target)


def build(config: Configuration, effects: Effects) -> World:
    """Make the world of a synthetic edition."""
    synthesis = config.edition.synthesis
    assert synthesis is not None, "only a synthetic edition has a world"
    land = places.build(config.area, synthesis.lsoas, synthesis.seed, effects)
    schools = places.build_schools(land, synthesis.pupils, synthesis.plans, synthesis.seed)
    return World(synthesis, config.edition.reference_date, effects, land, schools)
