"""Chromium told what to do over a pipe, by its DevTools protocol: a page in another medium."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

#: Descriptors that Chromium reads commands from, and writes answers to.
_READS: Final = 3
_WRITES: Final = 4
#: Seconds for an answer; the browser is killed after them.
_PATIENCE: Final = 120


class Page:
    """One page of a browser.

    Args:
        commands, answers: ends of the pipes.
    """

    def __init__(self, commands: Any, answers: Any) -> None:
        self._commands, self._answers, self._number = commands, answers, 0
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]

    def open(self, address: str, width: int, medium: str = "", **features: str) -> None:
        """Open an address at a width in CSS pixels, in a medium and with media features."""
        named = [{"name": name.replace("_", "-"), "value": v} for name, v in features.items()]
        self._tell("Emulation.setEmulatedMedia", media=medium, features=named)
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        self._tell("Emulation.setDeviceMetricsOverride", **size)
        self._tell("Page.navigate", url=address)
        ready = "new Promise(r => document.readyState === 'complete' ? r() : (onload = () => r()))"
        self.value(ready)

    def value(self, expression: str) -> Any:
        """What an expression of JavaScript comes to.

        Raises:
            RuntimeError: the page threw an error.
        """
        given = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        answer = self._tell("Runtime.evaluate", **given)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return answer["result"].get("value")

    def _tell(self, method: str, **given: Any) -> Any:
        return self._ask(method, self._session, **given)

    def _ask(self, method: str, session: str = "", **given: Any) -> Any:
        self._number += 1
        asked = {"id": self._number, "method": method, "params": given}
        asked |= {"sessionId": session} if session else {}
        self._commands.write(json.dumps(asked).encode() + b"\0")
        self._commands.flush()
        while answer := json.loads(_until_null(self._answers) or b"{}"):
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
        raise RuntimeError(f"{method}: the browser ended")


def _until_null(stream: Any) -> bytes:
    read = bytearray()
    while (byte := stream.read(1)) not in (b"\0", b""):
        read += byte
    return bytes(read)


def _pipe() -> tuple[int, int]:
    """Both ends of a pipe, out of the way of the numbers they get in the browser."""
    ends = os.pipe()
    reads, writes = (fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, 10) for one in ends)
    for one in ends:
        os.close(one)
    return reads, writes


@contextmanager
def opened(browser: str) -> Iterator[Page]:
    """A page of a browser that ends with the block."""
    (told, ours), (heard, theirs) = _pipe(), _pipe()

    def numbered() -> None:
        os.dup2(told, _READS)
        os.dup2(theirs, _WRITES)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--remote-debugging-pipe", f"--user-data-dir={folder}/profile"],
            close_fds=False, preexec_fn=numbered,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(told)
        os.close(theirs)
        patience = threading.Timer(_PATIENCE, process.kill)
        patience.start()
        try:
            with os.fdopen(ours, "wb") as commands, os.fdopen(heard, "rb") as answers:
                yield Page(commands, answers)
        finally:
            patience.cancel()
            process.kill()
            process.wait()
