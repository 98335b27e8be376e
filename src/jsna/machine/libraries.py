"""System libraries and fonts the PDF needs.

WeasyPrint calls Pango, a library of the operating system. Where it is missing it is installed if
that is allowed (root, with apt); otherwise the exact command is printed.
"""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from jsna.errors import JsnaError, Problem

#: Library -> Debian and Ubuntu package that holds it.
LIBRARIES = {
    "pango-1.0": "libpango-1.0-0",
    "pangoft2-1.0": "libpangoft2-1.0-0",
    "harfbuzz": "libharfbuzz0b",
    "harfbuzz-subset": "libharfbuzz-subset0",
    "fontconfig": "libfontconfig1",
}
#: What to run elsewhere; the words printed are exact.
_COMMANDS = {
    "brew": "brew install pango",
    "dnf": "sudo dnf install pango harfbuzz",
    "pacman": "sudo pacman -S pango harfbuzz",
    "apk": "sudo apk add pango harfbuzz fontconfig",
}


def missing() -> list[str]:
    """Packages whose library cannot be found on this machine."""
    if sys.platform == "win32":
        found = ctypes.util.find_library("libpango-1.0-0") or ctypes.util.find_library("pango-1.0")
        return [] if found else ["pango"]
    return [pack for lib, pack in LIBRARIES.items() if ctypes.util.find_library(lib) is None]


def command(packages: list[str]) -> str:
    """The exact command that installs what is missing here."""
    if shutil.which("apt-get"):
        sudo = "" if _is_root() else "sudo "
        return f"{sudo}apt-get update && {sudo}apt-get install --yes {' '.join(packages)}"
    for tool, words in _COMMANDS.items():
        if shutil.which(tool):
            return words
    if sys.platform == "win32":
        return "winget install MSYS2.MSYS2, then in MSYS2: pacman -S mingw-w64-x86_64-pango"
    return "install Pango 1.44 or later with your system's package manager"


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def prepare(say: Callable[[str], None]) -> None:
    """Make sure Pango is there: install it where that is allowed, else say what to run.

    Raises:
        JsnaError: it is missing and could not be installed.
    """
    packages = missing()
    if not packages:
        return
    words = command(packages)
    if _is_root() and shutil.which("apt-get"):
        say(f"Installing the libraries the PDF needs: {' '.join(packages)}")
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update"], check=False, **quiet)  # type: ignore[call-overload]
        subprocess.run(  # type: ignore[call-overload]
            ["apt-get", "install", "--yes", "--no-install-recommends", *packages],
            check=False,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            **quiet,
        )
        packages = missing()
        if not packages:
            return
    rule = f"the library the PDF needs is missing; run: {words}"
    raise JsnaError(Problem("this machine", rule, code="system.pango"))


def isolate_fonts(root: Path = Path()) -> None:
    """Let this process see the bundled font and no other, so that output never depends on others.

    Must run before Pango is loaded. A character the font lacks then fails validation instead of
    silently changing the font.
    """
    folder = (root / "reports" / "templates" / "fonts").resolve()
    cache = Path(tempfile.mkdtemp(prefix="jsna-fonts-"))
    file = cache / "fonts.conf"
    file.write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n'
        f"<fontconfig><dir>{folder.as_posix()}</dir><cachedir>{cache.as_posix()}</cachedir>"
        "</fontconfig>\n",
        encoding="utf-8",
    )
    os.environ["FONTCONFIG_FILE"] = str(file)
