"""The rules of linkage as their files say them: `config/linkage/`.

How much each agreement counts stands in `model.yaml`, which is trained and not written by hand.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, get_args

from pydantic import Field, model_validator

from jsna.model.base import CAPITALS, Name, Strict, Words

#: Traits of a standard table that may have to agree in a pass.
Trait = Literal[
    "forename", "surname", "born", "turned", "postcode", "sector", "sex",
    "house", "street", "town", "unproved", "number",
]  # fmt: skip
AGREEING: Final[tuple[str, ...]] = get_args(Trait)
#: A name, or several: words in capital letters without accents.
Capitals = Annotated[str, Field(pattern=CAPITALS)]
Share = Annotated[float, Field(gt=0, le=1)]


class Settings(Strict):
    """`linkage.yaml`: what is linked to what, and how sure a link must be.

    Attributes:
        spine: extracts everyone of which is a person of the edition, in order; every other extract
            is linked to them.
        overlap: share of the smaller of two sources expected in the larger, from which the weights
            of the model's links start. An expectation, not a finding.
        least: probability a link by the model needs, after one-to-one resolution.
        review: links by the model below this are in the review band and counted apart.
        near: pairs down to this are kept as near misses, from which the review sample is drawn.
        more: from here on a further record of a source is linked to somebody who has a link.
        band: people of one source the model meets at once; beyond that they are taken in bands of
            birth years.
        held_out: about how many links by number of a source are made again without it, to see how
            often that goes wrong.
    """

    spine: Annotated[tuple[Name, ...], Field(min_length=1)]
    overlap: Share
    least: Share
    review: Share
    near: Share
    more: Share
    band: Annotated[int, Field(ge=1)]
    held_out: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _in_order(self) -> Settings:
        if not self.near <= self.least <= self.review:
            raise ValueError("`least` must lie between `near` and `review`")
        return self


class Pass(Strict):
    """One deterministic pass.

    Attributes:
        name, label, why: as it is told in the quality report and in the table of methods.
        agree: traits that must be equal in both records.
        levels: comparison -> levels of it, one of which the pair must reach.
    """

    name: Words
    label: str = ""
    why: Words
    agree: Annotated[tuple[Trait, ...], Field(min_length=1)]
    levels: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class Passes(Strict):
    """`passes.yaml`: the passes, in their order."""

    passes: tuple[Pass, ...]

    @model_validator(mode="after")
    def _names_once(self) -> Passes:
        names = [one.name for one in self.passes]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two passes have the same name: {', '.join(twice)}")
        return self


class Odds(Strict):
    """How often records of one person, `m`, and of two people, `u`, reach a level."""

    m: float
    u: float


class Learnt(Strict):
    """`model.yaml`: what the model of linkage learnt.

    Attributes:
        comparisons: comparison -> level of it -> its numbers.
    """

    comparisons: dict[str, dict[str, Odds]]


class Names(Strict):
    """`names.yaml`: lists about names, all in capitals without accents.

    Attributes:
        titles, suffixes: words that are no part of a name.
        unknown: what is written where a name is not known.
        unnamed: first words of a forename of a child not named yet.
        nicknames: given name -> what its bearers are also called.
    """

    titles: tuple[Capitals, ...] = ()
    suffixes: tuple[Capitals, ...] = ()
    unknown: tuple[Capitals, ...] = ()
    unnamed: tuple[Capitals, ...] = ()
    nicknames: dict[Capitals, tuple[Capitals, ...]] = Field(default_factory=dict)

    def groups(self) -> dict[str, list[str]]:
        """Name -> the given names it may stand for, itself among them if it is one."""
        found: dict[str, set[str]] = {}
        for name, others in self.nicknames.items():
            for one in (name, *others):
                found.setdefault(one, set()).add(name)
        return {name: sorted(stands) for name, stands in sorted(found.items())}
