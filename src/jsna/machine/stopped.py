"""Why a workflow stopped, in words: of each stage that did, or of the workflow itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from jsna.errors import JsnaError, Problem
from jsna.machine import trouble

_RULE_FAILED = re.compile(r"^Error in rule (\w+)")
#: How the shell's command of a stage ended: 128 and the number of the signal that ended it.
_STATUS = re.compile(r"-m jsna (\w+) .*returned non-zero exit status (\d+)")
#: Signals by which somebody, or the system, ends a process.
_KILLED = frozenset({"137", "143"})


def tell(
    code: int, told: Sequence[str], edition: str, root: Path, say: Callable[[str], None]
) -> None:
    """Say why the workflow stopped.

    Args:
        code: how it ended; negative by a signal.
        told: every line it printed.
        edition: that was built.
        root: of the project.
        say: is given the words.

    Raises:
        JsnaError: another workflow was at work, so that this one did not begin.
    """
    if any("LockException" in line for line in told):
        rule = "another workflow has begun in this folder; wait for it"
        raise JsnaError(Problem("this folder", rule, code="build.locked"))
    text = "\n".join(told)
    ended = dict(_STATUS.findall(text))
    failed = sorted({m.group(1) for line in told if (m := _RULE_FAILED.match(line.strip()))})
    machine = trouble.killed() if code < 0 else trouble.of_words(text, root)
    for rule in failed:
        log = root / "data" / "processed" / edition / "logs" / f"{rule}.log"
        words = log.read_text("utf-8", "replace").strip() if log.is_file() else ""
        if ended.get(rule) in _KILLED:
            words = f"{words}\n{trouble.killed().report()}".strip()
        elif not words:
            # The reason may be that there was no room left to write it.
            words = machine.report() if machine else "no reason was written"
        say(f"The stage {rule!r} stopped:\n{words}")
    if not failed and machine:
        say(f"The workflow stopped:\n{machine.report()}")
    elif not failed:
        # Of a trace only what was raised is told: its other lines are indented.
        left_out = (" ", "Traceback") if any("Traceback" in line for line in told) else ()
        plain = [line for line in told[-40:] if line and not line.startswith(left_out)]
        say("The workflow stopped:\n" + "\n".join(plain[-20:]))
    say("Nothing was published; the previous report, if there was one, is still in place.")
