"""The localities, their shapes and the neighbours of an authority, found in an edition's releases.

What is found is written to `data/processed/<edition>/area.json` with the digests of the releases
it was found in. Every stage loads it from there, the manifest names it by its digest, and it counts
for nothing once the edition stands on other releases.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsna import io
from jsna.errors import JsnaError, Problem
from jsna.model.areas import AreaFile, Locality, Neighbour
from jsna.model.editions import Edition
from jsna.settings import areas, authorities, recoded
from jsna.settings.authorities import Authority, Register
from jsna.settings.reading import Gatherer
from jsna.settings.releases import choose, load_releases

# What reads look-ups brings pandas, and is imported where there is something to derive.

if TYPE_CHECKING:
    from jsna.model.releases import Release


def settle(name: str, root: Path) -> bool:
    """Derive the area of an edition from its releases, where they are there, and keep it.

    What is wrong with the edition is told by whoever loads it, and what is wrong with its releases
    by whoever reads them for their figures.

    Returns:
        whether it was kept: not where nothing is derived, or its releases are not there.

    Raises:
        JsnaError: a look-up is not what the register says, or lacks the authority.
    """
    gather, path = Gatherer(root), f"config/editions/{name}.yaml"
    edition = gather.load(path, Edition)
    if edition is None:
        return False
    given, authority = areas.declared(gather, edition)
    chosen = choose(gather, edition, path, load_releases(gather))
    listed = authorities.load(gather)
    paths = io.Paths(root, name)
    if gather.problems or listed is None or not _there(chosen, paths):
        return False
    if authority is not None:
        derived = derive(authority, chosen, paths.published, listed, given)
    elif given is not None and given.whole and chosen.get(areas.BOUNDARIES):
        derived = _of_whole(given, chosen, paths.published)
    else:
        return False
    found = derived.model_dump(mode="json")
    if not paths.area.is_file() or io.read_json(paths.area) != found:
        io.write_json(paths.area, found)
    return True


def _there(chosen: areas.Chosen, paths: io.Paths) -> bool:
    """Whether every look-up an area is derived from is there, and is the file registered."""
    every = [release for name in areas.LOOKUPS for release in chosen.get(name, ())]
    files = [(paths.published / release.file, release.sha256) for release in every]
    return all(file.is_file() and sha in (None, io.sha256(file)) for file, sha in files)


def derive(
    authority: Authority,
    chosen: areas.Chosen,
    published: Path,
    listed: Register,
    given: AreaFile | None = None,
) -> areas.Derived:
    """What the look-ups of an edition say of its authority.

    Args:
        authority: whose area it is.
        chosen: dataset -> releases of it; of a look-up there is one.
        published: where their files are.
        listed: every authority, for the names of neighbours.
        given: what is declared over what is found.

    Raises:
        JsnaError: a file is not the look-up it is taken for, or names an unknown neighbour.
    """
    model = _one(chosen, "neighbours")
    localities = _localities(authority, chosen, published)
    return areas.Derived(
        number=authority.number,
        stands_on=areas.stands_on(chosen),
        localities=localities,
        neighbours_model=f"{model.title}, {model.release} ({model.publisher})" if model else "",
        neighbours=_neighbours(authority, model, published, listed) if model else (),
        **_shapes((given and given.localities) or localities, chosen, published),
    )


def _of_whole(given: AreaFile, chosen: areas.Chosen, published: Path) -> areas.Derived:
    """Of an area that is declared whole nothing is found but the shapes of its places."""
    return areas.Derived(
        number=str(given.old_la_code),
        stands_on=areas.stands_on(chosen),
        **_shapes(given.localities or (), chosen, published),
    )


def _shapes(
    localities: Sequence[Locality], chosen: areas.Chosen, published: Path
) -> dict[str, Any]:
    """The shapes of some places, under any code each has or had, and the release they are of."""
    release = _one(chosen, areas.BOUNDARIES)
    if release is None:
        return {}
    codes = {other: one.code for one in localities for other in reversed(recoded.every(one.code))}
    from jsna.releases import boundaries, store

    found = store.once(boundaries.of_places, published / release.file, release.codes, sorted(codes))
    shapes = {codes[other]: shape for other, shape in found.items()}
    return {"shapes_from": release.id, "shapes": dict(sorted(shapes.items()))}


def _one(chosen: areas.Chosen, dataset: str) -> Release | None:
    return next(iter(chosen.get(dataset, ())), None)


def _localities(
    authority: Authority, chosen: areas.Chosen, published: Path
) -> tuple[Locality, ...]:
    """Districts of a county, wards of any other, by code."""
    from jsna.releases import lookups, store

    small, upper = _one(chosen, "lsoa_lookup"), _one(chosen, "authority_lookup")
    if small is None or upper is None:
        return ()
    known = store.once(lookups.authorities, published / upper.file)
    own = known["authority_code"].isin(recoded.every(authority.code))
    # A district whose code changed since is its authority's all the same.
    districts = {*known.loc[own, "district_code"], *recoded.every(authority.code)}
    places = store.once(lookups.lsoas, published / small.file)
    kind = "district" if authority.tier == "county" else "ward"
    mine = places.loc[places["district_code"].isin(districts), [f"{kind}_code", f"{kind}_name"]]
    pairs = sorted({*mine.itertuples(index=False, name=None)})
    return tuple(Locality(code=code, name=name) for code, name in pairs)


def _neighbours(
    authority: Authority, model: Release, published: Path, listed: Register
) -> tuple[Neighbour, ...]:
    """The authority's statistical neighbours, closest first; none where the model lacks it."""
    from jsna.releases import neighbours, store

    rows = store.once(neighbours.read, published / model.file)
    numbers = rows.loc[rows["old_la_code"].eq(authority.number), "neighbour"].tolist()
    unknown = sorted({*numbers} - {*listed.by_number})
    if unknown:
        rule = f"names neighbours {authorities.FILE} does not have"
        raise JsnaError(
            Problem(model.file, rule, value=", ".join(unknown), code="published.neighbours")
        )
    near = (listed.by_number[number] for number in numbers)
    return tuple(Neighbour(code=one.code, name=one.name, old_la_code=one.number) for one in near)
