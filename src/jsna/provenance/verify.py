"""Whether a published folder is what its manifest says, for somebody who has the folder alone.

Nothing is read but the folder: no configuration, no data, no network. What this cannot tell is who
wrote the manifest: whoever changes a figure everywhere and writes a new manifest has made another
whole report. Its digest, which is told, must be compared with the one the authority gives out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final

from jsna import io
from jsna.errors import JsnaError, Problem
from jsna.provenance import verify_figures
from jsna.provenance.manifest import FORMAT
from jsna.readback.record import RECORD
from jsna.records import CERTIFICATE

MANIFEST: Final = "manifest.json"
#: What a manifest must hold for anything to be verified -> what it is.
_PARTS: Final = {"edition": str, "outputs": dict, "safe": dict, "decimals": dict, "readback": dict}
_SAFE_MEASURES: Final = "safe/measures.parquet"
_SAFE_CERTIFICATE: Final = "safe/certificate.json"


@dataclass(slots=True)
class Verified:
    """What was looked at, and what was found wrong.

    Attributes:
        problems: each finding, in plain words.
        files: how many files are what the manifest says.
        figures: printed figures that are those of the open data.
        rows: rows of the open data.
        digest: SHA-256 of the manifest.
    """

    problems: list[Problem] = field(default_factory=list)
    files: int = 0
    figures: int = 0
    rows: int = 0
    digest: str = ""

    def wrong(self, where: str, rule: str, code: str) -> None:
        """Note a finding."""
        self.problems.append(Problem(where, rule, code=f"verify.{code}"))


def verify(folder: Path) -> Verified:
    """Verify a published folder.

    Raises:
        JsnaError: there is no such folder, or no manifest of a known format in it.
    """
    manifest = _manifest(folder)
    found = Verified(digest=io.sha256(folder / MANIFEST))
    whole = _files(folder, manifest["outputs"], found)
    certificate = _certificate(folder, manifest, found) if CERTIFICATE in whole else {}
    _read_back(folder, manifest, found, whole)
    # Figures are looked at wherever they can be read, changed or not: what was changed is told.
    there = [name for name in manifest["outputs"] if _is_plain(name) and (folder / name).is_file()]
    figures = verify_figures.figures(folder, sorted(there), manifest["decimals"], certificate)
    found.problems += figures.problems
    found.figures, found.rows = figures.printed, figures.rows
    if figures.content != manifest["safe"].get(_SAFE_MEASURES, {}).get("content"):
        rule = "the open data are not the measures the manifest names, by their digest (`content`)"
        found.wrong(figures.file or "data", rule, "measures")
    _stated(certificate, figures, found)
    return found


def _manifest(folder: Path) -> Mapping[str, Any]:
    where = f"{folder.name}/{MANIFEST}"
    if not folder.is_dir():
        raise JsnaError(Problem(str(folder), "there is no such folder", code="verify.folder"))
    try:
        made = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        rule = "there is no manifest; name the folder of one published edition"
        raise JsnaError(Problem(where, rule, code="verify.manifest")) from None
    except (OSError, ValueError):
        rule = "is no manifest that can be read"
        raise JsnaError(Problem(where, rule, code="verify.manifest")) from None
    if not isinstance(made, dict) or made.get("format") != FORMAT:
        wrote = made.get("jsna", "unknown") if isinstance(made, dict) else "unknown"
        rule = (
            f"is of another format than this program knows ({FORMAT}); it was written by version "
            f"{wrote}: verify it with that"
        )
        raise JsnaError(Problem(where, rule, code="verify.format"))
    problems = [
        Problem(where, f"has no part {name!r}, or not of its kind", code="verify.manifest")
        for name, kind in _PARTS.items()
        if not isinstance(made.get(name), kind)
    ]
    problems += [
        Problem(where, f"its part {part!r} names no digest of {name}", code="verify.manifest")
        for part in ("outputs", "safe")
        if isinstance(made.get(part), dict)
        for name, one in made[part].items()
        if not isinstance(one, dict) or not isinstance(one.get("sha256"), str)
    ]
    if problems:
        raise JsnaError(problems)
    return made


def _is_plain(name: str) -> bool:
    """Whether a name leads to a file below the folder and nowhere else."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name


def _files(folder: Path, outputs: Mapping[str, Any], found: Verified) -> set[str]:
    """Files that are what the manifest says; a finding for each that is not, or not listed."""
    whole = set()
    for name, record in sorted(outputs.items()):
        file = folder / name
        if not _is_plain(name):
            found.wrong(MANIFEST, f"names a file outside the folder: {name!r}", "outside")
        elif file.is_symlink() or not file.is_file():
            found.wrong(name, "is listed in the manifest and is not there", "missing")
        elif (digest := io.sha256(file)) != record["sha256"]:
            rule = (
                f"is not the file the manifest names: its SHA-256 is {digest}, the manifest's "
                f"{record['sha256']}"
            )
            found.wrong(name, rule, "changed")
        else:
            whole.add(name)
    for name in _below(folder):
        if name not in outputs and name != MANIFEST:
            found.wrong(name, "is not listed in the manifest", "extra")
    found.files = len(whole)
    return whole


def _below(folder: Path) -> Iterator[str]:
    """Everything below a folder but the folders that hold something."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_dir() or not any(path.iterdir()):
            yield path.relative_to(folder).as_posix()


def _certificate(folder: Path, manifest: Mapping[str, Any], found: Verified) -> dict[str, Any]:
    """The certificate, held to the manifest; empty where it cannot be read."""
    file, safe = folder / CERTIFICATE, manifest["safe"]
    try:
        made = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        made = None
    if not isinstance(made, dict):
        found.wrong(CERTIFICATE, "is no certificate that can be read", "certificate")
        return {}
    for rule, given, wanted in (
        ("is not the certificate the manifest names under `safe`",
         io.sha256(file), safe.get(_SAFE_CERTIFICATE, {}).get("sha256")),
        ("certifies other measures than the manifest names (`measures_sha256`)",
         made.get("measures_sha256"), safe.get(_SAFE_MEASURES, {}).get("sha256")),
        ("is of another edition", made.get("edition"), manifest["edition"]),
    ):  # fmt: skip
        if given != wanted:
            found.wrong(CERTIFICATE, rule, "certificate")
    attack = made.get("attack", {})
    if attack.get("exact") != 0 or attack.get("narrow") != 0:
        found.wrong(CERTIFICATE, "does not say that no small count can be worked out", "attack")
    return made


def _read_back(folder: Path, manifest: Mapping[str, Any], found: Verified, whole: set[str]) -> None:
    """Whether the record of the reading back is of these files."""
    if RECORD not in whole:
        return
    try:
        read = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        digests, said = dict(read.pop("sha256")), read == manifest["readback"]
    except (ValueError, KeyError, TypeError, AttributeError):
        found.wrong(RECORD, "is no record that can be read", "readback")
        return
    if not said:
        found.wrong(RECORD, "does not say what the manifest says was read back", "readback")
    own = {RECORD, CERTIFICATE}
    listed = {name: one["sha256"] for name, one in manifest["outputs"].items() if name not in own}
    for name in sorted({*listed, *digests}):
        if listed.get(name) != digests.get(name):
            found.wrong(name, "is not the file whose numbers were read back", "readback")


def _stated(
    certificate: Mapping[str, Any], figures: verify_figures.Figures, found: Verified
) -> None:
    """Whether what the certificate says of the published measures is so."""
    if not certificate or not figures.rows:
        return
    published = certificate.get("published", {})
    rows = published.get("rows", 0) + published.get("worked_out", 0)
    if rows != figures.rows:
        rule = f"says that {rows:,} rows are published, and the open data have {figures.rows:,}"
        found.wrong(CERTIFICATE, rule, "certificate")
    for name, profile in sorted(certificate.get("profiles", {}).items()):
        if profile.get("hidden", 0) > figures.hidden.get(name, 0):
            rule = (
                f"says that {profile['hidden']:,} figures of the profile {name} are hidden, and "
                f"in the open data {figures.hidden.get(name, 0):,} are"
            )
            found.wrong(CERTIFICATE, rule, "certificate")


def compared(published: Path, rebuilt: Path) -> list[Problem]:
    """What two published folders of one edition do not have in common, by their manifests.

    Where and with what they were made (`source`, `versions`, `platform`) is told as well: it is the
    first place to look for why bytes differ.

    Raises:
        JsnaError: either has no manifest of a known format.
    """
    one, other = _manifest(published), _manifest(rebuilt)
    problems = []
    for part in sorted({*one, *other}):
        for name, first, second in _apart(one.get(part), other.get(part)):
            place = f"{part}, {name}" if name else part
            rule = f"the published manifest has {first} here, the rebuilt one {second}"
            problems.append(Problem(f"{MANIFEST}, {place}", rule, code="verify.rebuilt"))
    return problems


def _apart(one: Any, other: Any) -> Iterator[tuple[str, str, str]]:
    """(name, first, second) of every entry of a part that differs."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        if one != other:
            yield "", _short(one), _short(other)
        return
    for name in sorted({*one, *other}):
        if one.get(name) != other.get(name):
            yield name, _short(one.get(name)), _short(other.get(name))


def _short(value: Any) -> str:
    """An entry as a message gives it: of a file its digest."""
    if isinstance(value, dict) and "sha256" in value:
        return str(value["sha256"])
    return "nothing" if value is None else str(value)[:80]


def told(folder: Path, found: Verified) -> list[str]:
    """What a whole folder is told to be, and what that does not prove."""
    return [
        f"{folder.name}: {found.files:,} files are those the manifest names, and nothing else is "
        "there.",
        f"{found.figures:,} printed figures are those of the open data, whose {found.rows:,} rows "
        "are the measures the certificate is of.",
        f"SHA-256 of the manifest: {found.digest}",
        "This does not tell who wrote the manifest: compare its SHA-256 with the one the authority "
        "gives out by another way. Nor does it tell that the figures are right: for that rebuild "
        "the edition (docs/auditor-guide.md).",
    ]
