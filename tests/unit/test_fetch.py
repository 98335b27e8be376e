"""Fetching official releases, from a folder and over HTTP from this machine."""

import errno
import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from jsna.errors import JsnaError
from jsna.model.releases import Release
from jsna.releases.fetch import fetch
from tests.unit.published_support import configuration, paths, source

CONTENT = b"area,plans\nNorland,12\n" * 150_000


class Publisher(BaseHTTPRequestHandler):
    """A publisher with one good file and several ways of going wrong."""

    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path == "/missing":
            self.send_error(404)
            return
        self.send_response(200)
        if self.path != "/unsized":
            self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT[: len(CONTENT) // 2] if self.path == "/short" else CONTENT)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def publisher() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    Publisher.asked = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def registered(file: str, content: bytes = CONTENT, **changes: object) -> Release:
    return source("plans", file, sha256=sha(content), **changes)


def test_a_file_is_downloaded_with_progress_and_not_a_second_time(
    tmp_path: Path, publisher: str
) -> None:
    config = configuration({"plans": registered("plans.csv", address=f"{publisher}/plans.csv")})
    lines: list[str] = []
    files = fetch(config, paths(tmp_path), progress=lines.append)
    assert files == [paths(tmp_path).published / "plans.csv"]
    assert files[0].read_bytes() == CONTENT
    assert any("of 3.3 MB" in line for line in lines)
    assert lines[-1] == "plans.csv: fetched and checked (3.3 MB)"
    fetch(config, paths(tmp_path), progress=lines.append)
    assert lines[-1] == "plans.csv: already here"
    assert Publisher.asked == ["/plans.csv"]


def test_a_file_of_no_announced_size_is_downloaded(tmp_path: Path, publisher: str) -> None:
    config = configuration({"plans": registered("plans.csv", address=f"{publisher}/unsized")})
    (file,) = fetch(config, paths(tmp_path), progress=lambda line: None)
    assert file.read_bytes() == CONTENT


def test_a_file_with_another_digest_is_refused_naming_both(tmp_path: Path, publisher: str) -> None:
    expected = sha(b"something else")
    config = configuration(
        {"plans": registered("plans.csv", b"something else", address=f"{publisher}/plans.csv")}
    )
    with pytest.raises(JsnaError) as caught:
        fetch(config, paths(tmp_path), progress=lambda line: None)
    assert expected in str(caught.value)
    assert sha(CONTENT) in str(caught.value)
    assert list(paths(tmp_path).published.iterdir()) == []


def test_what_is_wrong_leaves_the_file_that_was_there(tmp_path: Path, publisher: str) -> None:
    folder = paths(tmp_path).published
    (folder / "plans.csv").write_bytes(b"last year's")
    for way in ("short", "missing", "plans.csv"):
        config = configuration(
            {"plans": registered("plans.csv", b"other", address=f"{publisher}/{way}")}
        )
        with pytest.raises(JsnaError):
            fetch(config, paths(tmp_path), progress=lambda line: None)
        assert [f.name for f in folder.iterdir()] == ["plans.csv"]
        assert (folder / "plans.csv").read_bytes() == b"last year's"


def test_every_problem_is_told_at_once_and_good_files_stay(tmp_path: Path, publisher: str) -> None:
    config = configuration(
        {
            "a": registered("a.csv", address=f"{publisher}/missing"),
            "b": registered("b.csv", address=f"{publisher}/good", id="b_1"),
            "c": registered("c.csv", page="https://example.org/page", id="c_1"),
            "d": source("plans", "d.csv", address=f"{publisher}/d", id="d_1"),
            "e": registered("e.csv", address=f"{publisher}/short", id="e_1"),
            "f": registered("f.csv", address="http://127.0.0.1:9/closed", id="f_1"),
            "g": registered("g.csv", address="file:///etc/hostname", id="g_1"),
        }
    )
    with pytest.raises(JsnaError) as caught:
        fetch(config, paths(tmp_path), progress=lambda line: None)
    told = {Path(problem.where).stem: problem.rule for problem in caught.value.problems}
    assert set(told) == {"plans_1", "c_1", "d_1", "e_1", "f_1", "g_1"}
    assert "answered 404" in told["plans_1"]
    assert "https://example.org/page" in told["c_1"]
    assert "--from" in told["c_1"]
    assert "no SHA-256" in told["d_1"]
    assert "broke off" in told["e_1"]
    assert "could not be reached" in told["f_1"]
    assert "not a web address" in told["g_1"]
    assert [f.name for f in paths(tmp_path).published.iterdir()] == ["b.csv"]


def test_files_are_taken_from_a_folder_without_asking_the_publisher(
    tmp_path: Path, publisher: str
) -> None:
    folder = tmp_path / "from"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "theirs.csv").write_bytes(CONTENT)
    address = f"{publisher}/plans.csv"
    config = configuration(
        {
            "a": registered("ours.csv", path="deep/theirs.csv", address=address),
            "b": registered("gone.csv", path="deep/gone.csv", address=address, id="b_1"),
        }
    )
    with pytest.raises(JsnaError, match=r"b_1\.yaml: the folder given has no deep/gone\.csv"):
        fetch(config, paths(tmp_path), folder, progress=lambda line: None)
    assert (paths(tmp_path).published / "ours.csv").read_bytes() == CONTENT
    assert Publisher.asked == []


def test_synthetic_sources_are_never_fetched(tmp_path: Path) -> None:
    config = configuration({"plans": source("plans", "plans.csv", synthetic=True)})
    assert fetch(config, paths(tmp_path), progress=lambda line: None) == []


class Rogue(BaseHTTPRequestHandler):
    """A publisher that does what no publisher should."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.close_connection = True
        way = self.path.removeprefix("/")
        if way == "slow-head":
            self._trickle(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nplan")
        elif way == "no-http":
            self.wfile.write(b"plans, 2025\n" * 9)
        elif way == "chunks":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
        else:
            said = {"slow": "4000", "vast": "9" * 15, "words": "many"}.get(way)
            head = "HTTP/1.1 200 OK\r\n" + (f"Content-Length: {said}\r\n" if said else "")
            self.wfile.write(head.encode() + b"\r\n")
            if way == "slow":
                self._trickle(b"x" * 4000)
            elif way == "endless":
                for _ in range(100):
                    self.wfile.write(b"x" * 100_000)

    def _trickle(self, content: bytes) -> None:
        for at in range(len(content)):
            self.wfile.write(content[at : at + 1])
            if stopped.wait(0.02):
                return

    def log_message(self, format: str, *args: object) -> None:
        pass


stopped = threading.Event()


@pytest.fixture(scope="module")
def rogue() -> Iterator[str]:
    class Quiet(ThreadingHTTPServer):
        # Whoever asked has hung up: what the server thinks of that is of no interest.
        def handle_error(self, *_: object) -> None:
            pass

    server = Quiet(("127.0.0.1", 0), Rogue)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    stopped.set()
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("way", "words", "variable"),
    [
        ("slow-head", "took longer than the limit of 0.005 minutes", "JSNA_LIMIT_DOWNLOAD_MINUTES"),
        ("slow", "took longer than the limit of 0.005 minutes", "JSNA_LIMIT_DOWNLOAD_MINUTES"),
        ("vast", "above the limit of 2 megabytes", "JSNA_LIMIT_DOWNLOAD_MB"),
        ("endless", "above the limit of 2 megabytes", "JSNA_LIMIT_DOWNLOAD_MB"),
        ("words", "does not say in figures how long", ""),
        ("no-http", "could not be reached or broke off", ""),
        ("chunks", "could not be reached or broke off", ""),
    ],
)
def test_a_bad_server_is_told_with_the_limit_and_how_it_is_set(
    tmp_path: Path, rogue: str, monkeypatch: pytest.MonkeyPatch, way: str, words: str, variable: str
) -> None:
    minutes = "0.005" if way.startswith("slow") else "1"
    monkeypatch.setenv("JSNA_LIMIT_DOWNLOAD_MINUTES", minutes)
    monkeypatch.setenv("JSNA_LIMIT_DOWNLOAD_MB", "2")
    config = configuration({"plans": registered("plans.csv", address=f"{rogue}/{way}")})
    with pytest.raises(JsnaError) as caught:
        fetch(config, paths(tmp_path), progress=lambda line: None)
    told = str(caught.value)
    assert words in told
    assert variable in told
    assert list(paths(tmp_path).published.iterdir()) == []


def test_a_full_disk_is_not_said_to_be_a_bad_server(
    tmp_path: Path, publisher: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = configuration({"plans": registered("plans.csv", address=f"{publisher}/plans.csv")})
    opened = Path.open

    def full(self: Path, mode: str = "r", **options: object) -> object:
        if mode == "wb":
            raise OSError(errno.ENOSPC, "No space left on device", str(self))
        return opened(self, mode, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(OSError, match="No space left"):
        fetch(config, paths(tmp_path), progress=lambda line: None)
    assert list(paths(tmp_path).published.iterdir()) == []
