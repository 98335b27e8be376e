"""The years the header of a return as XML says it is of; nothing else of the file is read."""

from __future__ import annotations

import io
import re
from typing import Final

from jsna.ingest.grid import Findings
from jsna.ingest.xml_file import is_xml
from jsna.model.contract import Extract
from jsna.shared.periods import ends_in

#: In it stand `CollectionDetails/Year` and `CollectionDetails/ReferenceDate`.
_DETAILS: Final = "collectiondetails"
_YEAR: Final = re.compile(r"((?:19|20)\d\d)(?:-\d\d-\d\d.*)?")
#: A header ends long before; of a file without one no more is read.
_MOST_BYTES: Final = 100_000


def stated_years(content: bytes) -> tuple[int, ...]:
    """The years a return's header says, the lowest first; none where it says none.

    Those of `Year` and `ReferenceDate`: two that differ are both told. A file that is no XML, or
    that only reading all of it can judge, says none.
    """
    from lxml import etree

    found: set[int] = set()
    parser = etree.XMLPullParser(
        events=("end",), resolve_entities=False, no_network=True, load_dtd=False,
        dtd_validation=False, huge_tree=False, recover=False,
    )  # fmt: skip
    source = io.BytesIO(content[:_MOST_BYTES])
    try:
        while block := source.read(4_096):
            parser.feed(block)
            for _, element in parser.read_events():
                name = str(element.tag).rpartition("}")[2].lower()
                if name in ("year", "referencedate"):
                    said = _YEAR.fullmatch((element.text or "").strip())
                    found |= {int(said[1])} if said else set()
                elif name == _DETAILS:
                    return tuple(sorted(found))
    except etree.XMLSyntaxError:
        # What is wrong with it is told where all of it is read.
        return ()
    return ()


def check_year(content: bytes, extract: Extract, period: str, findings: Findings) -> None:
    """Refuse a return whose header says another year than the period it is given for.

    Args:
        content: bytes of the file, whatever it is.
        extract: what it is given for.
        period: of the delivery.
        findings: where a problem goes.
    """
    if extract.xml is None or not extract.xml.year or not is_xml(content):
        return
    years = stated_years(content)
    if any(year != ends_in(period) for year in years):
        said = " and ".join(map(str, years))
        rule = (
            f"its header says that the return is of {said}, and the edition gives it for {period}, "
            f"of which the return is that of {ends_in(period)}: check which file stands for it "
            "there"
        )
        findings.refuse("file.other_year", rule)
