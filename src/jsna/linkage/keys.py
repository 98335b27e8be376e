"""Person keys: keyed pseudonyms that cannot be turned back without the key.

A plain hash of an identifier can be undone by trying them all, so a person key is
HMAC-SHA256(key, "v1|jsna|<scheme>:<identifier>"), cut to 128 bits (RFC 2104 allows half the
digest): no two of a million children share one by chance. The key lives outside the repository.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import stat
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsna.errors import JsnaError, Problem
from jsna.linkage.strength import weak

if TYPE_CHECKING:
    import pyarrow as pa

#: Works only in editions that say `synthetic: true`; it protects nobody and is not secret.
DEMONSTRATION_KEY = b"jsna demonstration key, not secret: synthetic editions only"
SHORTEST_KEY = 32
#: Hexadecimal digits of a person key: 128 bits.
DIGITS = 32
#: Rights of a Windows access list by which a file's content is read: to read data, all, generic.
_READS = 0x1 | 0x10000000 | 0x80000000
_FILE = "JSNA_PERSON_KEY_FILE"
_VALUE = "JSNA_PERSON_KEY"


def person_key_secret(*, synthetic: bool, root: Path) -> bytes:
    """The key for an edition: the demonstration key, or the council's from outside the repository.

    Raises:
        JsnaError: no key, or one that is short, lies inside the repository or others can read; of
            a file all of it at once, and never where the file is or what is in it.
    """
    if synthetic:
        return DEMONSTRATION_KEY
    where = "person key"
    if name := os.environ.get(_FILE):
        return _key_from_file(Path(name), root)
    if value := os.environ.get(_VALUE):
        if rule := _weakness(key := os.fsencode(value)):
            raise JsnaError(Problem(f"{where} in {_VALUE}", rule, code="key.short"))
        return key
    rule = (
        f"no key is set; put at least {SHORTEST_KEY} random bytes in a file outside this folder, "
        f"readable by you alone, and name it in the variable {_FILE}"
    )
    raise JsnaError(Problem(where, rule, code="key.missing"))


def _key_from_file(path: Path, root: Path) -> bytes:
    """The key of a file, or everything that is wrong with it; the path is not told."""
    where = f"person key file named by {_FILE}"
    try:
        problem = _no_file(path)
        key = b"" if problem else path.read_bytes()
        place = path.resolve(strict=not problem)
    except OSError:
        problem = "the file cannot be read; ask for the right to, or name another"
    if problem:
        raise JsnaError(Problem(where, problem, code="key.missing"))
    # Typed keys often end in a line break; of random bytes every one belongs to the key.
    if key.isascii() and key.strip().decode().isprintable():
        key = key.strip()
    problems = []
    # Where a link leads counts, not where it stands.
    if place.is_relative_to(_repository(root)):
        rule = "the key must not lie inside the project's folder; move it elsewhere"
        problems.append(Problem(where, rule, code="key.inside"))
    if rule := _open_to_others(path):
        problems.append(Problem(where, rule, code="key.permissions"))
    if rule := _weakness(key):
        problems.append(Problem(where, rule, code="key.short"))
    if problems:
        raise JsnaError(problems)
    return key


def _no_file(path: Path) -> str:
    """Why there is no file to read; empty where there is one."""
    if path.is_dir():
        return "this is a folder; name the file in it"
    return "" if path.is_file() else "the file does not exist"


def _repository(root: Path) -> Path:
    """The folder under version control that the project lies in; its own where there is none."""
    root = root.resolve()
    return next((f for f in (root, *root.parents) if (f / ".git").exists()), root)


def _open_to_others(path: Path) -> str:
    """What to do about a key that others can read; empty where they cannot."""
    if os.name == "posix":
        shared = stat.S_IMODE(path.stat().st_mode) & 0o077
        return "others can read the key; run: chmod 600 on the file" if shared else ""
    listed = _access_list(path)
    if not listed:
        return "the access list of the key cannot be read, so others may read the key"
    if readable_by_others(listed):
        return "others can read the key; leave access to yourself alone (Properties, Security)"
    return ""


def _access_list(path: Path) -> str:
    """Owner and access list of a file on Windows, in its descriptor language; empty on failure."""
    # The name goes by the environment: in the command it could be taken for code.
    command = "(Get-Acl -LiteralPath $env:JSNA_ASKED).Sddl"
    try:
        done = subprocess.run(
            ["powershell", "-NoProfile", "-NonInteractive", "-Command", command],
            env={**os.environ, "JSNA_ASKED": str(path)},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def readable_by_others(descriptor: str) -> bool:
    """Whether a Windows security descriptor lets anyone read but owner, administrators and system.

    Args:
        descriptor: owner and access list, such as `O:S-1-5-21-1D:PAI(A;;FA;;;SY)`. Without an
            access list everyone may read.
    """
    owner = re.search(r"O:(S-[0-9-]+|[A-Z]{2})", descriptor)
    trusted = {"SY", "BA", "OW", "S-1-5-18", "S-1-5-32-544"} | ({owner[1]} if owner else set())
    start = descriptor.find("D:")
    if start < 0 or "NO_ACCESS_CONTROL" in descriptor:
        return True
    access = descriptor[start:].split("S:(")[0]
    for kind, flags, rights, *_, who in (
        entry.split(";") for entry in re.findall(r"\(([^)]*)\)", access)
    ):
        # Entries that are only handed on to what lies below do not concern the file itself.
        if kind in ("A", "XA") and "IO" not in _pairs(flags) and who not in trusted:
            reads = {"FA", "FR", "GA", "GR", "CC", "FX"} & set(_pairs(rights))
            if reads or (rights.startswith("0x") and int(rights, 16) & _READS):
                return True
    return False


def _pairs(letters: str) -> list[str]:
    """Flags and rights are written two letters each, without a gap."""
    return [letters[i : i + 2] for i in range(0, len(letters), 2)]


def _weakness(key: bytes) -> str:
    """Why a key protects nobody; empty where it does."""
    if len(key) < SHORTEST_KEY:
        return f"the key has {len(key)} bytes; it needs at least {SHORTEST_KEY}"
    if key == DEMONSTRATION_KEY:
        return "this is the key of demonstrations, which everyone knows; make one of your own"
    if weak(key):
        return (
            "the key can be guessed: it repeats itself, runs along the alphabet or the keyboard, "
            f"or is made of words; make one of at least {SHORTEST_KEY} random bytes, as the user "
            "guide says"
        )
    return ""


def key_fingerprint(key: bytes) -> str:
    """Names a key without revealing it; the manifest holds this and nothing else of it."""
    return hmac.new(key, b"v1|jsna|fingerprint", hashlib.sha256).hexdigest()


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


def person_scheme(person: str, table: str) -> str:
    """SQL of who each person of a standard table is known as: `person`, `scheme`, `identifier`.

    A UPN comes first (so that keys stay the same from edition to edition and agree with those of
    records linked by UPN alone), then an NHS number, then another number, then the traits of the
    person's first record in their own order. Of several of a kind the least is taken.

    Args:
        person: column of the person.
        table: a standard table, several records for a person allowed.
    """
    traits = "concat_ws(chr(31), coalesce(surname, ''), coalesce(forename, ''), "
    traits += "coalesce(born, ''), coalesce(postcode, ''), coalesce(sex, ''))"
    return f"""
        WITH best AS (
            SELECT {person} AS person, min(upn) AS upn, min(nhs_number) AS nhs, min(uln) AS uln,
                min(number) AS number, min({traits}) AS traits
            FROM {table} GROUP BY ALL
        ), named AS (
            SELECT person, CASE WHEN upn IS NOT NULL THEN 'upn' WHEN nhs IS NOT NULL THEN 'nhs'
                WHEN uln IS NOT NULL THEN 'uln' WHEN number IS NOT NULL THEN 'number'
                ELSE 'traits' END AS scheme, coalesce(upn, nhs, uln, number, traits) AS identifier
            FROM best
        )
        -- Two people may share every trait, or a number: each keeps a key of their own.
        SELECT person, scheme, concat_ws(chr(31), identifier, nullif(
            row_number() OVER (PARTITION BY scheme, identifier ORDER BY person) - 1, 0
        )) AS identifier FROM named
    """
