"""The manifest: what an edition was made from and consists of, with digests, and versions used."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from jsna import __version__, io
from jsna.model.configuration import Configuration
from jsna.provenance import inputs, made_with, register
from jsna.provenance.digests import content_digest, keyed, record
from jsna.records import DISCOVERY
from jsna.sources import permission
from jsna.stages import GENERATOR, STAGES

#: Version of the manifest's shape.
FORMAT: Final = 3
#: Digests and lengths of private files, in the restricted zone.
PRIVATE_RECORD: Final = "manifest.json"


def manifest(
    config: Configuration, paths: io.Paths, outputs: dict[str, Path], key: bytes, key_name: str
) -> dict[str, Any]:
    """The manifest of an edition, which is published beside it.

    It says nothing of a private file: neither its name, which its owner chose, nor its length or
    digest. Those are in `private`, for whoever may see the files.

    Args:
        config: the edition's configuration.
        paths: its folders.
        outputs: name below `reports/<edition>/` -> file, of everything published.
        key: keys the digest of files that are not public.
        key_name: fingerprint of the key; never the key.
    """
    from jsna.provenance.fingerprint import fingerprint

    root = paths.root
    edition = config.edition
    releases = sorted({source.file for source in config.every_release})
    return {
        "format": FORMAT,
        "edition": edition.edition,
        "title": edition.title,
        "synthetic": edition.synthetic,
        "published": edition.published.isoformat(),
        "jsna": __version__,
        "source": made_with.source(root),
        "configuration": _records(root, _configuration(config, root)),
        "rules": _records(root, inputs.rules(root)),
        "templates": _records(root, inputs.templates(root)),
        "fonts": _records(root, inputs.fonts(root)),
        "releases": _records(paths.published, releases),
        "publications": {
            entry.name.text: {"hmac_sha256": keyed(key, {entry.name.text: entry.name.sha256})}
            for entry in register.looked_up(paths, edition.previous)
        },
        "private": {
            f"{name}_hmac_sha256": keyed(key, {file: one["sha256"] for file, one in files.items()})
            for name, files in private(config, paths).items()
        },
        "not_linked": {
            f"{d.extract} {d.period}": d.unrecorded for d in permission.unlinked(edition)
        },
        "safe": {
            file.relative_to(paths.safe.parent).as_posix(): {
                **record(file),
                **({"content": content_digest(file)} if file.suffix == ".parquet" else {}),
            }
            for file in finished((paths.safe,))
        },
        # What somebody needs beside the open data to read a printed figure back.
        "decimals": {name: one.decimals for name, one in sorted(config.indicators.items())},
        "outputs": {name: record(file) for name, file in sorted(outputs.items())},
        "code": {
            "synthesise": fingerprint(*GENERATOR),
            **{verb: fingerprint(*stage.code) for verb, stage in STAGES.items()},
        },
        "verdict": _verdict(paths),
        "lock": record(lock) if (lock := root / "requirements.lock").is_file() else None,
        "person_key": key_name,
        "versions": made_with.versions(),
        "platform": made_with.machine(),
    }


def _verdict(paths: io.Paths) -> str | None:
    """Digest of the declarations of which it is known that no sum between counts is undeclared.

    None in an open edition, which counts nothing, and where no lock says what the search ran on.
    """
    file = paths.restricted / DISCOVERY
    found: str | None = io.read_json(file).get("verdict") if file.is_file() else None
    return found


def private(config: Configuration, paths: io.Paths) -> dict[str, dict[str, dict[str, Any]]]:
    """Digest and length of every private file an edition stands on: what nobody may publish.

    Returns:
        `inputs` (extracts as received, and the configuration that names their digests) and
        `intermediate` (tables of the identified and restricted zones) -> file -> record.
    """
    extracts = sorted({f for d in config.edition.received for f in d.every_file})
    own = {name: paths.root / name for name in _private_configuration(config)}
    for entry in register.looked_up(paths, config.edition.previous):
        for file in (entry.folder / register.ENTRY, *map(entry.table, register.TABLES)):
            own[file.relative_to(paths.root).as_posix()] = file
    own |= {(paths.raw / name).relative_to(paths.root).as_posix(): paths.raw / name
            for name in extracts}  # fmt: skip
    made = {
        file.relative_to(paths.identified.parent).as_posix(): file
        for file in finished((paths.identified, paths.restricted))
        if file != paths.restricted / PRIVATE_RECORD
    }
    return {
        "inputs": {name: record(file) for name, file in sorted(own.items())},
        "intermediate": {name: record(file) for name, file in made.items()},
    }


def _configuration(config: Configuration, root: Path) -> list[str]:
    """Configuration an edition stands on, less what is private; rules of linkage where it links."""
    files = {*inputs.configuration(config, root)}
    files |= {*inputs.linkage_rules(root)} if config.edition.received else set()
    return sorted(files - {*_private_configuration(config)})


def _records(folder: Path, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    return {name: record(folder / name) for name in names}


def _private_configuration(config: Configuration) -> tuple[str, ...]:
    """The edition's own file where it names plain digests of extracts: its digest tests guesses."""
    named = any(delivery.sha256 for delivery in config.edition.received)
    return (f"config/editions/{config.edition.edition}.yaml",) if named else ()


def finished(folders: Iterable[Path]) -> list[Path]:
    """Files below the folders, without what a killed process left half written (`io.replacing`)."""
    files = (p for folder in folders for p in folder.rglob("*") if p.is_file())
    return sorted(file for file in files if not file.name.startswith("."))
