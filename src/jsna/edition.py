"""Typed configuration: editions, areas, sources and disclosure profiles.

One model per kind of file. Unknown keys, missing files and wrong codes are gathered into one error
that lists them all, each with the file and the key in it. This is the door to
`jsna.configuration`.
"""

from jsna.configuration.areas import (
    Area,
    Locality,
    LocalityGroup,
    Neighbour,
    Place,
    authorities,
)
from jsna.configuration.editions import Delivery, Edition, Source, Sources, Synthesis
from jsna.configuration.loading import Configuration, editions, load
from jsna.configuration.profiles import Profile
from jsna.configuration.shared import CodeList, codelists, indicators, nests, profiles, rolls
from jsna.configuration.strictest import strictest

__all__ = [
    "Area",
    "CodeList",
    "Configuration",
    "Delivery",
    "Edition",
    "Locality",
    "LocalityGroup",
    "Neighbour",
    "Place",
    "Profile",
    "Source",
    "Sources",
    "Synthesis",
    "authorities",
    "codelists",
    "editions",
    "indicators",
    "load",
    "nests",
    "profiles",
    "rolls",
    "strictest",
]
