"""A district where an authority is asked for: which county it is part of, by fetched look-ups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from jsna.errors import JsnaError
from jsna.io import sha256
from jsna.model.releases import Release
from jsna.releases import lookups
from jsna.saying import quoted
from jsna.settings.authorities import place

#: The dataset that says which authority a district is part of.
_LOOKUP: Final = "authority_lookup"


def told(error: JsnaError, text: str, root: Path, releases: Iterable[Release]) -> JsnaError:
    """Why no authority is found, with the county of a district that is called so.

    Args:
        error: what is said of it without.
        text: what was asked for.
        root: the project.
        releases: those registered.
    """
    if error.problems[0].code != "authority.unknown":
        return error
    known = [one for one in releases if one.dataset == _LOOKUP]
    files = [*_fetched(root, known)]
    found = {pair for file in files for pair in _counties(file, text)}
    if found:
        shown = "; ".join(
            f"{district} is a district of {county}, whose edition has it among its localities: "
            f"jsna new edition {quoted(county)}"
            for district, county in sorted(found)
        )
        return JsnaError(replace(error.problems[0], rule=shown))
    rule = error.problems[0].rule
    if not files and known:
        rule += (
            "; if it is a district, name its county, whose edition has it among its localities "
            f"(the look-up {known[-1].id} says which, once an edition has been fetched)"
        )
    return JsnaError(replace(error.problems[0], rule=rule))


def _fetched(root: Path, known: Iterable[Release]) -> Iterator[Path]:
    """The registered look-ups as they were fetched for some edition, each once."""
    for release in known:
        files = sorted((root / "data/raw").glob(f"*/published/{release.file}"))
        right = (file for file in files if release.sha256 in (None, sha256(file)))
        if (file := next(right, None)) is not None:
            yield file


def _counties(file: Path, text: str) -> Iterator[tuple[str, str]]:
    """Districts that are called so, or have the code, with their county."""
    rows = lookups.districts(file)
    fields = ("district_name", "district_code", "authority_name", "authority_code")
    for name, code, county, of in zip(*(rows[one].astype(str) for one in fields), strict=True):
        called = bool(place(text)) and place(name) == place(text)
        if (called or code == text.strip().upper()) and code != of:
            yield name, county
