"""What commands take: CPU seconds (user and system) of whole processes, wall clock, memory."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: What a build reads beside its raw files.
COPIED = (
    *("config", "profiles", "rules", "reports/templates"),
    *("Snakefile", "environment.yml", "requirements.lock"),
)


@dataclass(frozen=True)
class Spent:
    """What one command took: CPU and wall seconds, peak megabytes of its largest process."""

    seconds: float
    megabytes: float
    well: bool
    wall: float = 0.0


def measured(root: Path, *arguments: str) -> Spent:
    """Run one `jsna` command in `root` and measure it with all its children."""
    return timed(root, [sys.executable, "-m", "jsna", *arguments])


def timed(root: Path, command: Sequence[str]) -> Spent:
    """Run a command in `root` and measure it with every process it starts and waits for."""
    started = time.monotonic()
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(command, cwd=root, stdout=words, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            words.seek(0)
            print(words.read().decode(errors="replace")[-2000:], file=sys.stderr)
    unit = 1 if sys.platform == "darwin" else 1024
    return Spent(
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss * unit / 1e6,
        process.returncode == 0,
        time.monotonic() - started,
    )


def read_by_arrow(root: Path, edition: str) -> Spent:
    """What Arrow takes to read the CSV and parquet files that `ingest` reads in `root`."""
    folder = root / "data" / "raw" / edition
    return timed(root, [sys.executable, str(ROOT / "benchmarks" / "arrow_reads.py"), str(folder)])


def copy_project(root: Path) -> None:
    """Put into `root` what a build needs beside raw files."""
    for name in COPIED:
        source, target = ROOT / name, root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy2(source, target)
    # As after a first run on a user's machine: no stage pays for compiling the modules.
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(ROOT / "src")], check=False)
