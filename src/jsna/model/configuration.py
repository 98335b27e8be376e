"""Everything configured for one edition, as its loader leaves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jsna.model.areas import Area
from jsna.model.chapters import Chapter
from jsna.model.codelists import Usage
from jsna.model.dimensions import Dimension, of_places, plain
from jsna.model.editions import Delivery, Edition
from jsna.model.hierarchies import PLACES, Hierarchy
from jsna.model.indicators import Indicator
from jsna.model.layouts import Layout, MappingFile
from jsna.model.profiles import Profile
from jsna.model.questions import NONE, Questions
from jsna.model.relations import Relation
from jsna.model.releases import Published, Release
from jsna.model.strictest import strictest
from jsna.model.topics import Topic


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything configured for one edition, checked together."""

    edition: Edition
    area: Area
    #: Dataset -> releases of it as the edition names them: of two that give one figure the first
    #: stands.
    releases: Mapping[str, tuple[Release, ...]]
    profiles: Mapping[str, Profile]
    #: Indicator id -> declaration, in the order of chapters and files.
    indicators: Mapping[str, Indicator]
    codelists: Mapping[str, Mapping[str, str]]
    #: Coarser dimension -> the finer one its categories are made of, from the code lists.
    hierarchies: Mapping[str, Hierarchy] = field(default_factory=dict)
    #: Indicator -> where the releases give it, those first that stand before others.
    published: Mapping[str, tuple[Published, ...]] = field(default_factory=dict)
    #: Code list -> optional code that files may hold instead -> the code it counts as.
    rolls: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: Code list -> in which returns its codes stand.
    usage: Mapping[str, Usage] = field(default_factory=dict)
    #: What figures of the indicators imply of each other.
    relations: tuple[Relation, ...] = ()
    #: What figures may be broken down by beside places, by name.
    dimensions: Mapping[str, Dimension] = field(default_factory=dict)
    #: Every chapter there is, by name.
    chapters: Mapping[str, Chapter] = field(default_factory=dict)
    #: Mappings of files in a shape of their own, by name.
    mappings: Mapping[str, MappingFile] = field(default_factory=dict)
    #: What was asked of the assessment, and which indicators answer it.
    questions: Questions = NONE
    #: What the report is about, by name, in reading order.
    topics: Mapping[str, Topic] = field(default_factory=dict)
    #: Word that readers of the report do not use -> what they say.
    avoid: Mapping[str, str] = field(default_factory=dict)
    #: Profiles joined with `+` that were asked for.
    _joined: dict[str, Profile] = field(default_factory=dict, init=False, repr=False, compare=False)

    def layout(self, delivery: Delivery) -> Layout | None:
        """How the files of a delivery are laid out; None where as declared."""
        mapping = self.mappings.get(delivery.mapping)
        return None if mapping is None else mapping.layout(delivery.mapping)

    def dimension(self, name: str) -> Dimension:
        """A dimension by name: as declared, or of places; of any other column its name alone."""
        if name in PLACES:
            return of_places(name, self.area.localities_are)
        return self.dimensions.get(name) or plain(name)

    def codes(self, column: str) -> Mapping[str, str]:
        """Code -> label of a dimension, or of a column called like one; none without a list."""
        return self.codelists.get(self.dimension(column).codes, {})

    @property
    def every_release(self) -> tuple[Release, ...]:
        """The releases of all datasets, as the edition names them."""
        return tuple(release for chosen in self.releases.values() for release in chosen)

    def release(self, dataset: str) -> Release | None:
        """The release of a dataset; the one that stands before others where there are several."""
        return next(iter(self.releases.get(dataset, ())), None)

    def profile(self, name: str) -> Profile:
        """A disclosure profile by name, be it one of `profiles` or several joined with `+`.

        Raises:
            KeyError: there is no such profile.
        """
        if name in self.profiles:
            return self.profiles[name]
        if name not in self._joined:
            self._joined[name] = strictest([name], self.profiles)
        return self._joined[name]
