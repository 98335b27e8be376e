"""A process that has imported every stage, and runs one in a child for each line it is given.

    python -m tests.storage.server

Each line of its input is a `Job` as JSON; each line of its output what became of it. Faults are put
into the child from here, below the product, which has no hook for them: a hook on what Python is
about to do to a file kills the process or says that the disk is full, and a limit of the operating
system stops what is written below Python.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import json
import os
import resource
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from jsna.stages import STAGES

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
#: What changes a folder, as the interpreter names it.
_FREEING = frozenset({"os.remove", "os.rmdir", "os.chmod"})
_CHANGES = _FREEING | {"os.rename", "os.mkdir"}


def warm() -> None:
    """Import what the stages import, once for all of them."""
    for module in ("jsna.cli", *(stage.module for stage in STAGES.values())):
        importlib.import_module(module)


class Hook:
    """Counts what a stage does to its folder, and does something at one of these times.

    Args:
        root: the folder.
        kind: `kill` dies at a change of any kind; `full` refuses from then on what needs room.
        at: how many are let through; None for all.
    """

    def __init__(self, root: Path, kind: str, at: int | None) -> None:
        self.root, self.kind, self.at = f"{root}{os.sep}", kind, at
        self.counts = {"kill": 0, "full": 0}

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        path = _changed(event, arguments)
        # Not the locks that say who is at work.
        if not path.startswith(self.root) or path.endswith(".lock"):
            return
        kinds = ("kill",) if event in _FREEING else ("kill", "full")
        for kind in kinds:
            self.counts[kind] += 1
        if self.at is None or self.kind not in kinds or self.counts[self.kind] <= self.at:
            return
        if self.kind == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)


def _changed(event: str, arguments: tuple[Any, ...]) -> str:
    """The path that is about to be changed; "" where none is."""
    if event == "open":
        path, mode, flags = (*arguments, None, None, None)[:3]
        writing = isinstance(flags, int) and bool(flags & _WRITES)
        writing |= isinstance(mode, str) and any(letter in mode for letter in "wax+")
        if not writing:
            return ""
    elif event in _CHANGES:
        path = arguments[0]
    else:
        return ""
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    return os.path.abspath(path) if isinstance(path, str) else ""  # noqa: PTH100


def run(job: dict[str, Any], counted: int) -> int:
    """Run a stage in this process with its fault; returns the exit code."""
    from jsna import cli
    from jsna.disclosure.discovery import search

    root = Path(job["root"])
    os.chdir(root)
    os.environ.update(job["environment"])
    if job["verb"] == "verdict":
        # The search takes a minute and touches no file; what is done with its result is tried.
        search.look = lambda *_: {"looked": True, "undeclared": 0, "incomplete": {"undeclared": 0}}
    hook = Hook(root, job["kind"], job["at"])
    sys.addaudithook(hook)
    if job["kind"] == "size":
        resource.setrlimit(resource.RLIMIT_FSIZE, (job["at"], job["at"]))
    code = cli.main([job["verb"], job["edition"]])
    os.write(counted, json.dumps(hook.counts).encode())
    return code


def child(job: dict[str, Any], told: int, counted: int) -> None:
    """Run a stage; never returns."""
    os.dup2(told, 1)
    os.dup2(told, 2)
    code = 70
    try:
        code = run(job, counted)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Take jobs until there are no more."""
    warm()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    for line in sys.stdin:
        told, counted = os.pipe(), os.pipe()
        process = os.fork()
        if not process:
            child(json.loads(line), told[1], counted[1])
        os.close(told[1])
        os.close(counted[1])
        words, counts = (os.fdopen(pipe[0], encoding="utf-8").read() for pipe in (told, counted))
        _, status, used = os.wait4(process, 0)
        result = {
            "code": os.waitstatus_to_exitcode(status),
            "told": words,
            "counts": json.loads(counts or "{}"),
            "seconds": used.ru_utime + used.ru_stime,
        }
        out.write(json.dumps(result) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
