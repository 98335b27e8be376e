"""Person keys: keyed pseudonyms that cannot be turned back without the key.

A plain hash of an identifier can be undone by trying them all, so a person key is
HMAC-SHA256(key, "v1|jsna|<scheme>:<identifier>"), cut to 128 bits (RFC 2104 allows half the
digest): no two of a million children share one by chance. The key lives outside the repository.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsna.errors import JsnaError, Problem

if TYPE_CHECKING:
    import pyarrow as pa

#: Works only in editions that say `synthetic: true`; it protects nobody and is not secret.
DEMONSTRATION_KEY = b"jsna demonstration key, not secret: synthetic editions only"
SHORTEST_KEY = 32
#: Hexadecimal digits of a person key: 128 bits.
DIGITS = 32
_FILE = "JSNA_PERSON_KEY_FILE"
_VALUE = "JSNA_PERSON_KEY"


def person_key_secret(*, synthetic: bool, root: Path) -> bytes:
    """The key for an edition: the demonstration key, or the council's from outside the repository.

    Raises:
        JsnaError: no key, a short one, one inside the repository, or one others can read.
    """
    if synthetic:
        return DEMONSTRATION_KEY
    where = "person key"
    if name := os.environ.get(_FILE):
        return _key_from_file(Path(name), root)
    if value := os.environ.get(_VALUE):
        return _long_enough(value.encode(), f"{where} in {_VALUE}")
    rule = (
        f"no key is set; put at least {SHORTEST_KEY} random bytes in a file outside this folder, "
        f"readable by you alone, and name it in the variable {_FILE}"
    )
    raise JsnaError(Problem(where, rule, code="key.missing"))


def _key_from_file(path: Path, root: Path) -> bytes:
    where = f"person key file named by {_FILE}"
    problems = []
    if not path.is_file():
        raise JsnaError(Problem(where, "the file does not exist", code="key.missing"))
    if path.resolve().is_relative_to(root.resolve()):
        rule = "the key must not lie inside the project's folder; move it elsewhere"
        problems.append(Problem(where, rule, code="key.inside"))
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        rule = "others can read the key; run: chmod 600 on the file"
        problems.append(Problem(where, rule, code="key.permissions"))
    if problems:
        raise JsnaError(problems)
    key = path.read_bytes()
    # Typed keys often end in a line break; of random bytes every one belongs to the key.
    if key.isascii() and key.strip().decode().isprintable():
        key = key.strip()
    return _long_enough(key, where)


def _long_enough(key: bytes, where: str) -> bytes:
    if len(key) < SHORTEST_KEY:
        rule = f"the key has {len(key)} bytes; it needs at least {SHORTEST_KEY}"
        raise JsnaError(Problem(where, rule, code="key.short"))
    return key


def key_fingerprint(key: bytes) -> str:
    """Names a key without revealing it; the manifest holds this and nothing else of it."""
    return hmac.new(key, b"v1|jsna|fingerprint", hashlib.sha256).hexdigest()[:16]


def person_keys(key: bytes, scheme: str, identifiers: pa.Array[Any]) -> pa.Array[Any]:
    """Person keys of identifiers, hexadecimal; null where the identifier is.

    Args:
        key: the secret.
        scheme: what kind of identifier it is, so that equal texts of two kinds differ.
        identifiers: text, one per row; repeats are hashed once.
    """
    import pyarrow as pa

    start = hmac.new(key, f"v1|jsna|{scheme}:".encode(), hashlib.sha256)

    def hashed(identifier: str) -> str:
        one = start.copy()
        one.update(identifier.encode())
        return one.hexdigest()[:DIGITS]

    distinct = identifiers.dictionary_encode()
    keys = pa.array([hashed(text) for text in distinct.dictionary.to_pylist()], pa.string())
    return keys.take(distinct.indices)
