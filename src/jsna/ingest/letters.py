"""Letters that were spoilt before a file came here: a name that is spelt wrong links to nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from jsna.ingest.grid import Findings

if TYPE_CHECKING:
    import pyarrow as pa

#: UTF-8 read as Windows-1252 or Latin-1 and saved: Ã or Â before what was a continuation byte, â
#: before that of a quotation mark, and control characters that are letters of another encoding.
_CONTINUATION: Final = "".join(
    bytes([byte]).decode("cp1252", "ignore") + chr(byte) for byte in range(0x80, 0xC0)
)
_WAYS: Final = (
    f"Ã[{_CONTINUATION}]",
    f"Â[{_CONTINUATION}]",
    "â[€\u0080]",
    "\ufffd",
    "[\u0080-\u0084\u0086-\u009f]",
)
_SPOILT: Final = "|".join(_WAYS)
_SPOILT_TEXT: Final = re.compile(_SPOILT)
#: How each way begins in UTF-8, which is looked for before it: most texts have none of them.
_BEGIN: Final = (*(way[0].encode() for way in _WAYS[:-1]), "\u0080".encode()[:1])
_SEARCHED: Final = tuple(zip(_BEGIN, map(re.compile, _WAYS), strict=True))
_TOLD: Final = (
    "letters with accents were spoilt before the file came here: it was opened in one encoding and "
    "saved in another; export it again from its source as UTF-8 and do not open it"
)


def check_text(text: str, findings: Findings) -> None:
    """Refuse a text whose letters were spoilt, or replaced because unreadable."""
    content = text.encode()
    if not any(begin in content and way.search(text) for begin, way in _SEARCHED):
        return
    rows = [n for n, line in enumerate(text.split("\n"), 1) if _SPOILT_TEXT.search(line)]
    findings.refuse("file.encoding", _TOLD, row=rows[0], count=len(rows))


def check_columns(columns: Iterable[pa.Array[Any]], rows: Any, findings: Findings) -> None:
    """The same of a file that is no text, such as a workbook or XML.

    Args:
        columns: its cells.
        rows: row number of each.
        findings: where the problem goes.
    """
    import numpy as np
    import pyarrow.compute as pc

    spoilt = np.zeros(len(rows), np.bool_)
    for values in columns:
        if not plain_bytes(values):
            marked = pc.match_substring_regex(values, _SPOILT)
            spoilt |= np.asarray(pc.fill_null(marked, False))
    if spoilt.any():
        found = rows[spoilt]
        findings.refuse("file.encoding", _TOLD, row=int(found.min()), count=len(found))


def plain_bytes(values: pa.Array[Any]) -> bool:
    """Whether the texts of a column are printed letters of ASCII and nothing else."""
    import numpy as np

    content = values.buffers()[-1]
    # Of signed bytes those of other letters are negative, those of control characters below 32.
    return content is None or not (np.frombuffer(content, np.int8) < 32).any()
