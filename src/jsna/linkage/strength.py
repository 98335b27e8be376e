"""Whether a key was drawn at random, or made up by a person and so to be guessed.

A person key protects nobody if the key can be tried: one character repeated, a pattern, a run along
the alphabet or the keyboard, words. No test can prove a key random; this one finds what people make
when asked for 32 characters. Bits are counted of what a key does not repeat, by how evenly its
bytes are spread; text is held against the pairs of letters of English.
"""

from __future__ import annotations

import base64
import math
import re
from collections import Counter
from contextlib import suppress
from itertools import pairwise
from typing import Final

#: Least number of bits: 32 random digits have 90 and more so counted, 32 random bytes 140.
_FLOOR: Final = 80.0
#: Bytes in a row that nobody draws a second time.
_RUN: Final = 4
#: What is in everybody's fingers and minds, to be repeated from; small letters.
_KNOWN: Final = (
    b"abcdefghijklmnopqrstuvwxyz zyxwvutsrqponmlkjihgfedcba "
    b"01234567890123456789 98765432109876543210 "
    b"qwertyuiop poiuytrewq asdfghjkl lkjhgfdsa zxcvbnm mnbvcxz 1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol "
    b"!@#$%^&*() 3141592653589793238462643383279502884197 "
    b"password passphrase secret changeme letmein welcome admin administrator council children "
    b"person key jsna send demonstration example test default pseudonym"
)  # fmt: skip
#: Characters people write for letters.
_LEET: Final = bytes.maketrans(b"013457$@!", b"oieastsai")
#: The pairs of letters that make up about half of English text, and a sixteenth of random letters.
_PAIRS: Final = frozenset(
    re.findall(
        r"\w\w",
        "th he in er an re nd at on nt ha es st en ed to it ou ea hi is or ti as te et ng of al de "
        "se le sa si ar ve ra ld ur ro",
    )
)
#: A word, as people write it: not capitals in the middle.
_WORD: Final = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}")
#: Six letters make no words.
_HEXADECIMAL: Final = re.compile(r"[0-9a-f]+|[0-9A-F]+")
#: Text of so many letters in words, of so long words, with so many of these pairs, is no accident.
_LETTERS, _LENGTH, _SHARE = 12, 3.5, 0.2


def weak(key: bytes) -> bool:
    """Whether a key of any length is none that was drawn at random."""
    return _bits(key) < _FLOOR or any(map(_made_up, (key, *_decoded(key))))


def _bits(key: bytes) -> float:
    """Bits of the part of a key that neither repeats itself nor what everybody knows."""
    counts = Counter(key)
    spread = -sum(n / len(key) * math.log2(n / len(key)) for n in counts.values())
    return _fresh(key) * spread


def _made_up(key: bytes) -> bool:
    """Whether a person wrote it: words, or for the most part what was there before."""
    return _fresh(key) < len(key) / 2 or _is_text(key)


def _decoded(key: bytes) -> list[bytes]:
    """What a key written in hexadecimal or base 64 stands for, where it is."""
    made = []
    for decode in (bytes.fromhex, lambda text: base64.b64decode(text, validate=True)):
        with suppress(ValueError):
            made.append(decode(key.decode("ascii")))
    return made


def _fresh(key: bytes) -> int:
    """Bytes of a key that were not there before, however it is read."""
    small = key.lower()
    # Of a run such as 1, 2, 3 … or 2, 4, 6 … the steps repeat.
    steps = bytes((b - a) % 256 for a, b in pairwise(key))
    read = (small, small.translate(_LEET))
    return min(_new(key), _new(steps), *(_new(text, _KNOWN) for text in read))


def _new(text: bytes, known: bytes = b"") -> int:
    """Bytes that are in no run of `_RUN` that was there before, here or among what is known."""
    seen = {known[i : i + _RUN] for i in range(len(known) - _RUN + 1)}
    old = set()
    for i in range(len(text) - _RUN + 1):
        run = text[i : i + _RUN]
        if run in seen:
            old |= {*range(i, i + _RUN)}
        seen.add(run)
    return len(text) - len(old)


def _is_text(key: bytes) -> bool:
    """Whether it reads like words of English."""
    try:
        text = key.decode("utf-8")
    except UnicodeDecodeError:
        return False
    if _HEXADECIMAL.fullmatch(text):
        return False
    words = _WORD.findall(text)
    if sum(map(len, words)) < _LETTERS or sum(map(len, words)) / len(words) < _LENGTH:
        return False
    pairs = [word[i : i + 2].lower() for word in words for i in range(len(word) - 1)]
    return sum(pair in _PAIRS for pair in pairs) >= _SHARE * len(pairs)
