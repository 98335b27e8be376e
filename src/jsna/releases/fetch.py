"""Fetching official releases: from a folder, or from the publishers' addresses.

Every file is checked against the register's SHA-256 before it takes its place, so nothing
half-written or different is ever read. All problems are reported at once; files that are right
stay, so that a second run fetches only what is missing.
"""

from __future__ import annotations

import http.client
import queue
import shutil
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from jsna.errors import JsnaError, Problem
from jsna.io import Paths, replacing, sha256
from jsna.machine import limits
from jsna.model.configuration import Configuration
from jsna.model.releases import Release

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
    for source in (one for one in config.every_release if not one.synthetic):
        file = paths.published / source.file
        try:
            _one(source, file, from_folder, progress)
            files.append(file)
        except JsnaError as error:
            problems += error.problems
            progress(f"{source.file}: not fetched")
    if problems:
        title = f"Some official statistics of {config.edition.edition!r} could not be fetched:"
        raise JsnaError(problems, title=title)
    return files


def _refuse(source: Release, rule: str, code: str) -> JsnaError:
    return JsnaError(Problem(source.declared_in, rule, code=f"fetch.{code}"))


def _one(source: Release, file: Path, from_folder: Path | None, progress: Progress) -> None:
    if source.sha256 is None:
        rule = f"{source.file} has no SHA-256, so what is fetched could not be checked; record it"
        raise _refuse(source, rule, "unrecorded")
    if file.is_file() and sha256(file) == source.sha256:
        progress(f"{source.file}: already here")
        return
    with replacing(file) as temporary:
        if from_folder is not None:
            _copy(source, from_folder, temporary)
        else:
            _download(source, temporary, progress)
        found = sha256(temporary)
        if found != source.sha256:
            rule = (
                f"{source.file} is not the file its entry names: its SHA-256 is {found}, the "
                f"entry's is {source.sha256}. If the publisher has revised the release, check "
                "what changed and give it a file of its own"
            )
            raise _refuse(source, rule, "hash")
    progress(f"{source.file}: fetched and checked ({file.stat().st_size / 1e6:.1f} MB)")


def _copy(source: Release, folder: Path, temporary: Path) -> None:
    for name in dict.fromkeys((source.path or source.file, source.file)):
        if (folder / name).is_file():
            shutil.copyfile(folder / name, temporary)
            return
    rule = f"the folder given has no {source.path or source.file}"
    raise _refuse(source, rule, "missing")


def _download(source: Release, temporary: Path, progress: Progress) -> None:
    page = f" The publisher's page is {source.page}." if source.page else ""
    if not source.address:
        rule = (
            f"no lasting download address of {source.file} is known; download it by hand and give "
            f"its folder with --from.{page}"
        )
        raise _refuse(source, rule, "address")
    if urllib.parse.urlsplit(source.address).scheme not in ("http", "https"):
        raise _refuse(source, f"not a web address: {source.address}", "address")
    pieces = _Pieces(source.address)
    try:
        expected = _announced(pieces.head())
        received = _receive(pieces, temporary, source.file, expected, progress)
    except _BadServerError as error:
        raise _refuse(source, f"{source.address} {error}.{page}", error.code) from None
    if expected and received != expected:
        rule = f"{source.address} broke off after {received:,} of {expected:,} bytes; try again"
        raise _refuse(source, rule, "network")


class _BadServerError(Exception):
    """What an address did instead of giving the file."""

    def __init__(self, did: str, code: str) -> None:
        super().__init__(did)
        self.code = code


class _Pieces:
    """What an address answers, piece by piece, until the time of a download is up.

    It is asked in a thread of its own: of a server that sends a byte a minute, of its head or its
    file, no call of the library that reads it need ever come back.
    """

    def __init__(self, address: str) -> None:
        self._until = time.monotonic() + 60 * limits.DOWNLOAD_TIME.value
        self._found: queue.Queue[str | bytes | Exception] = queue.Queue(maxsize=8)
        request = urllib.request.Request(address, headers=HEADERS)
        threading.Thread(target=self._ask, args=(request,), daemon=True).start()

    def _ask(self, request: urllib.request.Request) -> None:
        # Nobody takes what is found once the time is up: then this ends as well.
        with suppress(queue.Full):
            try:
                with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
                    self._put(response.headers.get("Content-Length") or "0")
                    # What is there, not all that was asked for.
                    while piece := response.read1(CHUNK):
                        self._put(piece)
                    self._put(b"")
            except Exception as error:
                self._put(error)

    def _put(self, found: str | bytes | Exception) -> None:
        self._found.put(found, timeout=TIMEOUT_SECONDS)

    def _take(self) -> str | bytes:
        try:
            found = self._found.get(timeout=max(0.0, self._until - time.monotonic()))
        except queue.Empty:
            did = f"took longer than the limit of {limits.DOWNLOAD_TIME}"
            raise _BadServerError(did, "time") from None
        if isinstance(found, urllib.error.HTTPError):
            raise _BadServerError(f"answered {found.code} ({found.reason})", "http")
        if isinstance(found, OSError | http.client.HTTPException | ValueError):
            reason = getattr(found, "reason", None) or type(found).__name__
            did = f"could not be reached or broke off ({reason}); try again"
            raise _BadServerError(did, "network")
        if isinstance(found, Exception):
            raise found
        return found

    def head(self) -> str:
        """How many bytes are to come, as the server says."""
        said = self._take()
        assert isinstance(said, str)
        return said.strip()

    def __iter__(self) -> Iterator[bytes]:
        while (piece := self._take()) and isinstance(piece, bytes):
            yield piece


def _announced(said: str) -> int:
    """How many bytes are to come; 0 where the server does not say."""
    if not (said.isascii() and said.isdecimal()):
        raise _BadServerError("does not say in figures how long its file is; try again", "network")
    _expect_small(int(said))
    return int(said)


def _expect_small(size: int) -> None:
    if size > limits.DOWNLOAD.value * limits.MEGABYTE:
        did = f"sends {size / 1e6:,.0f} megabytes or more, above the limit of {limits.DOWNLOAD}"
        raise _BadServerError(did, "large")


def _receive(
    pieces: Iterable[bytes], temporary: Path, name: str, expected: int, progress: Progress
) -> int:
    """Write the body to the file, telling each tenth (or each megabyte of unknown size)."""
    received = told = 0
    step = max(expected // 10, CHUNK)
    with temporary.open("wb") as out:
        for piece in pieces:
            out.write(piece)
            received += len(piece)
            _expect_small(received)
            if received - told >= step:
                told = received
                whole = f" of {expected / 1e6:.1f}" if expected else ""
                progress(f"{name}: {received / 1e6:.1f}{whole} MB")
    return received
