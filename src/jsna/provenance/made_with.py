"""What an edition was made with: the commit, versions, and the platform."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
from pathlib import Path
from typing import Any, Final

#: Packages whose version can change a byte of the output.
PACKAGES: Final = (
    "duckdb",
    "fonttools",
    "gptables",
    "jinja2",
    "matplotlib",
    "numpy",
    "odfdo",
    "openpyxl",
    "pandas",
    "pandera",
    "pikepdf",
    "pyarrow",
    "pydantic",
    "scipy",
    "snakemake",
    "splink",
    "weasyprint",
    "xlsxwriter",
)
#: What decides an edition and is kept under version control; data and reports are not.
_TRACKED: Final = (
    "Snakefile",
    "rules",
    "config",
    "profiles",
    "src",
    "reports/templates",
    "requirements.lock",
)


def source(root: Path) -> dict[str, str | None]:
    """The commit an edition was made at, and whether the files were those of the commit.

    Names of files that differ are not told: somebody chose them, and the manifest is public.

    Returns:
        `commit`, of full length, and `tree` (`clean` or `changed`); both None where the project's
        folder is no checkout, or the code that runs lies elsewhere.
    """
    unknown: dict[str, str | None] = {"commit": None, "tree": None}
    root = root.resolve()
    top = _git(root, "rev-parse", "--show-toplevel")
    if top is None or Path(top).resolve() != root or not Path(__file__).is_relative_to(root):
        return unknown
    commit = _git(root, "rev-parse", "--verify", "HEAD")
    changes = _git(root, "status", "--porcelain", "--untracked-files=all", "--", *_TRACKED)
    if commit is None or changes is None:
        return unknown
    return {"commit": commit, "tree": "changed" if changes else "clean"}


def _git(root: Path, *words: str) -> str | None:
    """What git says, without the line break; None where it cannot."""
    # Whoever runs this from a hook has variables that name another repository.
    environment = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *words],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            # Reading must not rewrite the index, which another may hold.
            env={**environment, "GIT_OPTIONAL_LOCKS": "0"},
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    return done.stdout.strip()


def machine() -> dict[str, str]:
    """System, processor and C library; nothing that names one machine."""
    library, version = platform.libc_ver()
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "library": f"{library} {version}".strip(),
        "python": platform.python_implementation(),
    }


def versions() -> dict[str, str]:
    """Versions of Python, of the packages and of the text-shaping libraries in use."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    found.update(_shaping_libraries())
    return found


def _shaping_libraries() -> dict[str, str]:
    """Pango and HarfBuzz can move lines of text, so their versions belong to the record."""
    import ctypes
    import ctypes.util

    found: dict[str, Any] = {}
    for name, library, call in (
        ("pango", "pango-1.0", "pango_version_string"),
        ("harfbuzz", "harfbuzz", "hb_version_string"),
    ):
        file = ctypes.util.find_library(library)
        if file is None:
            found[name] = "not found"
            continue
        function = getattr(ctypes.CDLL(file), call)
        function.restype = ctypes.c_char_p
        found[name] = function().decode()
    return found
