"""Fetching official releases: from a folder, or from the publishers' addresses.

Every file is checked against the register's SHA-256 before it takes its place, so nothing
half-written or different is ever read. All problems are reported at once; files that are right
stay, so that a second run fetches only what is missing.
"""

from __future__ import annotations

import http.client
import shutil
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from jsna.edition import Configuration, Source
from jsna.errors import JsnaError, Problem
from jsna.io import Paths, replacing, sha256

Progress = Callable[[str], None]

TIMEOUT_SECONDS: Final = 60
CHUNK: Final = 1 << 20
#: Publishers refuse clients that do not say what they are.
HEADERS: Final = {"User-Agent": "jsna (open source; official statistics by published address)"}


def fetch(
    config: Configuration,
    paths: Paths,
    from_folder: Path | None = None,
    progress: Progress = print,
) -> list[Path]:
    """Bring every official file of an edition into `data/raw/<edition>/published/`.

    Args:
        config: the edition; its synthetic sources are left to the generator.
        paths: where to.
        from_folder: take the files from below this folder instead of downloading them.
        progress: called with a line of text for every file, and while a large one downloads.

    Returns:
        The files, in the order of the edition's sources.

    Raises:
        JsnaError: everything that went wrong; nothing wrong was kept.
    """
    problems: list[Problem] = []
    files: list[Path] = []
    for source_id, source in _wanted(config):
        file = paths.published / source.file
        try:
            _one(source_id, source, file, from_folder, progress)
            files.append(file)
        except JsnaError as error:
            problems += error.problems
            progress(f"{source.file}: not fetched")
    if problems:
        title = f"Some official statistics of {config.edition.edition!r} could not be fetched:"
        raise JsnaError(problems, title=title)
    return files


def _wanted(config: Configuration) -> Iterator[tuple[str, Source]]:
    seen = set()
    for source_id, source in config.sources.values():
        if not source.synthetic and source_id not in seen:
            seen.add(source_id)
            yield source_id, source


def _refuse(source_id: str, rule: str, code: str) -> JsnaError:
    return JsnaError(Problem(f"config/sources.yaml, {source_id}", rule, code=f"fetch.{code}"))


def _one(
    source_id: str, source: Source, file: Path, from_folder: Path | None, progress: Progress
) -> None:
    if source.sha256 is None:
        rule = f"{source.file} has no SHA-256, so what is fetched could not be checked; record it"
        raise _refuse(source_id, rule, "unrecorded")
    if file.is_file() and sha256(file) == source.sha256:
        progress(f"{source.file}: already here")
        return
    with replacing(file) as temporary:
        if from_folder is not None:
            _copy(source_id, source, from_folder, temporary)
        else:
            _download(source_id, source, temporary, progress)
        found = sha256(temporary)
        if found != source.sha256:
            rule = (
                f"{source.file} is not the file the register names: its SHA-256 is {found}, the "
                f"register's is {source.sha256}. If the publisher has revised the release, check "
                "what changed and register it as a new source"
            )
            raise _refuse(source_id, rule, "hash")
    progress(f"{source.file}: fetched and checked ({file.stat().st_size / 1e6:.1f} MB)")


def _copy(source_id: str, source: Source, folder: Path, temporary: Path) -> None:
    for name in dict.fromkeys((source.path or source.file, source.file)):
        if (folder / name).is_file():
            shutil.copyfile(folder / name, temporary)
            return
    rule = f"the folder given has no {source.path or source.file}"
    raise _refuse(source_id, rule, "missing")


def _download(source_id: str, source: Source, temporary: Path, progress: Progress) -> None:
    page = f" The publisher's page is {source.page}." if source.page else ""
    if not source.address:
        rule = (
            f"no lasting download address of {source.file} is known; download it by hand and give "
            f"its folder with --from.{page}"
        )
        raise _refuse(source_id, rule, "address")
    if urllib.parse.urlsplit(source.address).scheme not in ("http", "https"):
        raise _refuse(source_id, f"not a web address: {source.address}", "address")
    request = urllib.request.Request(source.address, headers=HEADERS)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            expected = int(response.headers.get("Content-Length") or 0)
            received = _receive(response, temporary, source.file, expected, progress)
    except urllib.error.HTTPError as error:
        rule = f"{source.address} answered {error.code} ({error.reason}).{page}"
        raise _refuse(source_id, rule, "http") from error
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or type(error).__name__
        rule = f"{source.address} could not be reached or broke off ({reason}); try again.{page}"
        raise _refuse(source_id, rule, "network") from error
    if expected and received != expected:
        rule = f"{source.address} broke off after {received:,} of {expected:,} bytes; try again"
        raise _refuse(source_id, rule, "network")


def _receive(
    response: http.client.HTTPResponse,
    temporary: Path,
    name: str,
    expected: int,
    progress: Progress,
) -> int:
    """Write the body to the file, telling each tenth (or each megabyte of unknown size)."""
    received = told = 0
    step = max(expected // 10, CHUNK)
    with temporary.open("wb") as out:
        while chunk := response.read(min(CHUNK, step)):
            out.write(chunk)
            received += len(chunk)
            if received - told >= step:
                told = received
                whole = f" of {expected / 1e6:.1f}" if expected else ""
                progress(f"{name}: {received / 1e6:.1f}{whole} MB")
    return received
