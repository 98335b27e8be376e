"""Keys of persons: which are taken and which refused, and who a person is known as."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pyarrow as pa
import pytest

from jsna.errors import JsnaError
from jsna.linkage import keys
from jsna.linkage.keys import (
    DEMONSTRATION_KEY,
    key_fingerprint,
    person_key_secret,
    person_keys,
    person_scheme,
    readable_by_others,
)
from jsna.linkage.strength import _is_text, weak
from tests.unit.linkage_stage_support import CHILDREN, ROLL, Stage
from tests.unit.linkage_support import database, standard, table

ME = "S-1-5-21-7-8-9-1001"
GOOD = hashlib.sha256(b"a key of tests").digest()
#: The same as text.
TEXT = GOOD.hex().encode()


@pytest.fixture(autouse=True)
def _without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JSNA_PERSON_KEY", "JSNA_PERSON_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)


def written(path: Path, content: bytes = GOOD, mode: int = 0o600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)
    return path


def linked_to(path: Path, target: Path) -> Path:
    path.symlink_to(target)
    return path


def folder(path: Path) -> Path:
    path.mkdir()
    return path


#: What the variable names below a folder (the project is `project`) -> codes it is refused for.
BAD: dict[str, tuple[Callable[[Path], Path], list[str]]] = {
    "not there": (lambda at: at / "none", ["key.missing"]),
    "a folder": (lambda at: folder(at / "keys"), ["key.missing"]),
    "a link that leads nowhere": (lambda at: linked_to(at / "a", at / "b"), ["key.missing"]),
    "empty": (lambda at: written(at / "key", b""), ["key.short"]),
    "a line break": (lambda at: written(at / "key", b"\n"), ["key.short"]),
    "short": (lambda at: written(at / "key", b"k" * 31), ["key.short"]),
    "short but for a line break": (lambda at: written(at / "key", b"k" * 31 + b"\n"),
                                   ["key.short"]),
    "read by the group": (lambda at: written(at / "key", mode=0o640), ["key.permissions"]),
    "read by all": (lambda at: written(at / "key", mode=0o604), ["key.permissions"]),
    "inside": (lambda at: written(at / "project/config/key"), ["key.inside"]),
    "inside, by a link from outside": (
        lambda at: linked_to(at / "key", written(at / "project/key")), ["key.inside"]),
    "inside, by way of a folder outside": (
        lambda at: linked_to(at / "way", written(at / "project/key").parent) / "key",
        ["key.inside"]),
    "inside, by dots": (lambda at: written(at / "project/key").parent / "../project/key",
                        ["key.inside"]),
    "everyone's": (lambda at: written(at / "key", DEMONSTRATION_KEY), ["key.short"]),
    "everything at once": (lambda at: written(at / "project/key", b"secret", 0o644),
                           ["key.inside", "key.permissions", "key.short"]),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_the_stage_refuses_a_bad_key_and_leaves_the_last_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    stage = Stage(tmp_path / "project", monkeypatch, synthetic=False).add(
        ROLL, {"pupil": CHILDREN[:2]}
    )
    last = written(stage.paths.restricted / "linked/roll.pupil.parquet", b"the last result")
    make, codes = BAD[case]
    path = make(tmp_path)
    monkeypatch.setenv("JSNA_PERSON_KEY_FILE", str(path))
    with pytest.raises(JsnaError) as caught:
        stage.run()
    assert [problem.code for problem in caught.value.problems] == codes
    told = caught.value.report()
    # Neither where it is nor what is in it, and no path of this machine.
    assert str(tmp_path) not in told
    assert "secret" not in told.replace("key file", "")
    assert "JSNA_PERSON_KEY_FILE" in told
    assert last.read_bytes() == b"the last result"
    assert not (stage.paths.restricted / "link.json").exists()


def test_without_any_key_a_real_edition_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(tmp_path, monkeypatch, synthetic=False).add(ROLL, {"pupil": CHILDREN[:2]})
    with pytest.raises(JsnaError, match="no key is set") as caught:
        stage.run()
    assert "at least 32 random bytes in a file outside this folder" in caught.value.report()


@pytest.mark.parametrize(("value", "words"), [
    ("k" * 31, "has 31 bytes"), (DEMONSTRATION_KEY.decode(), "which everyone knows"),
])  # fmt: skip
def test_a_key_in_the_variable_is_judged_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, words: str
) -> None:
    monkeypatch.setenv("JSNA_PERSON_KEY", value)
    with pytest.raises(JsnaError, match=words) as caught:
        person_key_secret(synthetic=False, root=tmp_path)
    assert value not in caught.value.report()
    text = "é" + GOOD.hex()
    monkeypatch.setenv("JSNA_PERSON_KEY", text)
    assert person_key_secret(synthetic=False, root=tmp_path) == text.encode()


WEAK = {
    "one character": b"k" * 40,
    "one byte": bytes(64),
    "two characters": b"ab" * 30,
    "words again and again": b"passwordpassword1passwordpassword2",
    "a word in other clothes": b"P@ssw0rd!2024P@ssw0rd!2025P@ssw0rd!",
    "a run": bytes(range(200, 232)),
    "a run of another step": bytes(range(0, 160, 5)),
    "backwards": bytes(range(99, 60, -1)),
    "the alphabet": b"abcdefghijklmnopqrstuvwxyz0123456789",
    "the keyboard": b"qwertyuiopasdfghjklzxcvbnm1234567890",
    "digits": b"12345678901234567890123456789012",
    "each four times": b"aaaabbbbccccddddeeeeffffgggghhhh",
    "dates": b"2025-01-01 2025-01-02 2025-01-03 2025-01-04",
    "zero and one": b"0110100110010110" * 8,
    "a sentence": b"The quick brown fox jumps over the lazy dog",
    "words": b"correct horse battery staple again",
    "words without spaces": b"ThisIsOurVerySecretKeyForChildren12",
    "the name of a place": b"Quillshire West Council SEND key 2025",
    "a run in hexadecimal": bytes(range(32)).hex().encode(),
    "words in hexadecimal": b"The quick brown fox jumps over it".hex().encode(),
    "words in base 64": base64.b64encode(b"The quick brown fox jumps over it"),
    "nothing in base 64": base64.b64encode(bytes(40)),
}


@pytest.mark.parametrize("case", WEAK)
def test_a_key_that_can_be_guessed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    monkeypatch.setenv("JSNA_PERSON_KEY_FILE", str(written(tmp_path / "key", WEAK[case])))
    with pytest.raises(JsnaError, match="can be guessed") as caught:
        person_key_secret(synthetic=False, root=tmp_path / "project")
    assert WEAK[case].decode("latin-1") not in caught.value.report()


@pytest.mark.parametrize(
    ("text", "written_"),
    [
        # Twelve letters in words, of pairs that are usual, and eleven.
        ("autumn#7391/letter#4826=0", True),
        ("autum#7391/letter#4826=0", False),
        # Words of three and a half letters, and of less.
        ("then#73/her#91/then#26/her", True),
        ("the#73/her#91/the#26/her#5/the", False),
        # As many letters of no language.
        ("xqjzkv#7391/wqxvzj#4826=0", False),
    ],
)
def test_text_is_told_by_its_letters_words_and_pairs(text: str, written_: bool) -> None:
    assert _is_text(text.encode()) is written_


@pytest.mark.parametrize(
    ("form", "most"),
    [
        (lambda drawn: drawn, 0),
        (lambda drawn: drawn.hex().encode(), 0),
        (lambda drawn: drawn[:16].hex().encode(), 0),
        (base64.b64encode, 12),
        (lambda drawn: bytes(97 + byte % 26 for byte in drawn), 20),
    ],
    ids=["bytes", "hexadecimal", "128 bits", "base 64", "letters"],
)
def test_a_key_that_was_drawn_is_taken(form: Callable[[bytes], bytes], most: int) -> None:
    # Of 1,000 drawn as text a few read like words; whoever meets one draws another.
    random = Random(2025)
    assert sum(weak(form(random.randbytes(32))) for _ in range(1000)) <= most


def test_a_file_that_may_not_be_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setenv("JSNA_PERSON_KEY_FILE", str(written(tmp_path / "key")))
    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(JsnaError, match="cannot be read") as caught:
        person_key_secret(synthetic=False, root=tmp_path / "project")
    assert str(tmp_path) not in caught.value.report()


def test_a_key_in_the_repository_the_project_lies_in_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "whole/.git").mkdir(parents=True)
    monkeypatch.setenv("JSNA_PERSON_KEY_FILE", str(written(tmp_path / "whole/other/key")))
    with pytest.raises(JsnaError, match="must not lie inside"):
        person_key_secret(synthetic=False, root=tmp_path / "whole/project")
    # A repository of its own ends there.
    (tmp_path / "whole/project/.git").mkdir(parents=True)
    assert person_key_secret(synthetic=False, root=tmp_path / "whole/project") == GOOD


def test_a_good_key_file_is_taken_and_named_by_a_fingerprint_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path / "key", TEXT + b"\n", stat.S_IRUSR)
    monkeypatch.setenv("JSNA_PERSON_KEY_FILE", str(file))
    stage = Stage(tmp_path / "project", monkeypatch, synthetic=False)
    stage.add(ROLL, {"pupil": CHILDREN[:2]}).run()
    key = TEXT
    fingerprint = key_fingerprint(key)
    assert len(fingerprint) == 64
    assert fingerprint != key_fingerprint(DEMONSTRATION_KEY)
    receipt = (stage.paths.restricted / "link.json").read_text()
    assert fingerprint in receipt
    everything = b"".join(stage.written().values())
    assert key not in everything
    assert key.hex().encode() not in everything


@pytest.mark.parametrize("ending", [b"\n", b" ", b"\t\r\n"])
def test_no_byte_of_a_random_key_is_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: bytes
) -> None:
    random = GOOD[len(ending) :] + ending
    monkeypatch.setenv("JSNA_PERSON_KEY_FILE", str(written(tmp_path / "key", random)))
    assert person_key_secret(synthetic=False, root=tmp_path / "project") == random


@pytest.mark.parametrize(
    ("descriptor", "open_"),
    [
        (f"O:{ME}G:DUD:PAI(A;;FA;;;{ME})(A;;FA;;;SY)(A;;FA;;;BA)", False),
        (f"O:{ME}G:DUD:AI(A;ID;FA;;;SY)(A;ID;0x1200a9;;;BU)", True),
        (f"O:{ME}G:DUD:PAI(A;;FA;;;{ME})(A;;FR;;;WD)", True),
        (f"O:{ME}G:DUD:PAI(A;;FA;;;{ME})(A;;0x1f01ff;;;S-1-5-21-7-8-9-1002)", True),
        # Denied, not of the file itself, or no right to read.
        (f"O:{ME}G:DUD:PAI(A;;FA;;;{ME})(D;;FA;;;WD)", False),
        (f"O:{ME}G:DUD:PAI(A;;FA;;;{ME})(A;OICIIO;FA;;;BU)", False),
        (f"O:{ME}G:DUD:PAI(A;;FA;;;{ME})(A;;0x100000;;;BU)", False),
        # No list at all: everyone may.
        (f"O:{ME}G:DU", True),
        (f"O:{ME}G:DUD:NO_ACCESS_CONTROL", True),
    ],
)
def test_access_lists_of_windows(descriptor: str, open_: bool) -> None:
    assert readable_by_others(descriptor) is open_


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        (f"O:{ME}G:DUD:PAI(A;;FA;;;{ME})(A;;FA;;;SY)", ""),
        (f"O:{ME}G:DUD:AI(A;ID;FA;;;SY)(A;ID;0x1200a9;;;BU)", "leave access to yourself alone"),
        ("", "access list of the key cannot be read"),
    ],
)
def test_on_windows_the_access_list_decides_and_not_the_mode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listed: str, words: str
) -> None:
    # Modes say nothing there.
    monkeypatch.setenv("JSNA_PERSON_KEY_FILE", str(written(tmp_path / "key", mode=0o666)))
    asked: list[tuple[list[str], str]] = []

    def powershell(command: list[str], *, env: dict[str, str], **_: object) -> SimpleNamespace:
        asked.append((command, env["JSNA_ASKED"]))
        if not listed:
            raise OSError
        return SimpleNamespace(stdout=listed + "\r\n")

    fake = SimpleNamespace(name="nt", environ=os.environ, fsencode=os.fsencode)
    monkeypatch.setattr(keys, "os", fake)
    monkeypatch.setattr(subprocess, "run", powershell)
    if words:
        with pytest.raises(JsnaError, match=words):
            person_key_secret(synthetic=False, root=tmp_path / "project")
    else:
        assert person_key_secret(synthetic=False, root=tmp_path / "project") == GOOD
    ((command, named),) = asked
    assert named == str(tmp_path / "key")
    assert str(tmp_path) not in " ".join(command)


def test_a_person_key_is_the_stated_hmac() -> None:
    # printf 'v1|jsna|upn:A950000178301' | openssl dgst -sha256 -hmac "$(printf 'k%.0s' {1..32})"
    expected = hmac.new(b"k" * 32, b"v1|jsna|upn:A950000178301", hashlib.sha256).hexdigest()[:32]
    got = person_keys(b"k" * 32, "upn", pa.array(["A950000178301", None, "A950000178301"]))
    assert got.to_pylist() == [expected, None, expected]
    other = person_keys(b"k" * 32, "number", pa.array(["A950000178301"])).to_pylist()
    assert other != [expected]


def test_a_person_is_known_by_upn_then_nhs_number_then_traits() -> None:
    rows = [
        {"upn": "A950000178301", "nhs_number": "9434765919", "surname": "Keld"},
        {"nhs_number": "9434765919", "surname": "Marsh"},
        {"surname": "Dell", "forename": "Amy"},
        {"surname": "Dell", "forename": "Amy"},
    ]
    db = database(1)
    made = standard(db, "one", table(rows)).relation
    found = db.execute(f"FROM ({person_scheme('person', made)}) ORDER BY person").fetchall()
    assert [(row[1], row[2].split(chr(31))[0]) for row in found] == [
        ("upn", "A950000178301"), ("nhs", "9434765919"), ("traits", "DELL"), ("traits", "DELL"),
    ]  # fmt: skip
    assert len({row[2] for row in found}) == 4
