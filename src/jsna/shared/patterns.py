"""Shapes of codes and identifiers that columns share, and how messages describe them."""

from __future__ import annotations

UPN = r"[A-HJ-NP-RT-Z]\d{11}[0-9A-HJ-NP-RT-Z]"
TEN_DIGITS = r"\d{10}"
POSTCODE = r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}"
#: As look-ups write postcodes: in seven or eight places, or with one space. One is unlike all.
POSTCODE_UNIT = r"[A-Z]{1,2}\d[A-Z\d]? {0,2}\d[A-Z]{2}|GIR ?0AA"
#: England, Wales, Scotland and Northern Ireland: children may live across any border.
LSOA = r"([EWS]01|N20)\d{6}"
LSOA_ENGLAND = r"E01\d{6}"
MSOA = r"[EW]02\d{6}"
WARD = r"E05\d{6}"
DISTRICT = r"E0[6-9]\d{6}"
AUTHORITY = r"E(0[6-9]|10)\d{6}"
OLD_LA_CODE = r"\d{3}"
URN = r"\d{6}"
UKPRN = r"\d{8}"
#: Ofsted's numbers of homes and agencies.
OFSTED_URN = r"(SC)?\d{6,7}"
#: A number with marks: of pounds, of thousands, of per cent.
MARKED = r"^(-?£ ?|£ ?-|-)?(\d{1,3}(,\d{3})+|\d+)(\.\d*)? ?%?$"
LANGUAGE = r"[A-Z]{3}[A-Z]?"

#: What a cell says, in any case, that has no value to give. No code of any list is one of them.
NOTHING = frozenset(
    {"null", "(null)", "<null>", "[null]", "n/a", "n.a.", "-", "--", "\N{EN DASH}", "\N{EM DASH}"}
)
#: Pattern -> words; another pattern is described by itself.
WORDS = {
    UPN: "a letter, eleven digits, then a digit or letter, 13 characters in all",
    TEN_DIGITS: "ten digits",
    POSTCODE: "a full postcode such as AB1 2CD",
    POSTCODE_UNIT: "a full postcode such as AB1 2CD",
    LSOA: "E01, W01, S01 or N20 and six digits",
    LSOA_ENGLAND: "E01 and six digits",
    MSOA: "E02 or W02 and six digits",
    WARD: "E05 and six digits",
    DISTRICT: "E06 to E09 and six digits",
    AUTHORITY: "E06 to E10 and six digits",
    OLD_LA_CODE: "three digits",
    URN: "six digits",
    UKPRN: "eight digits",
    OFSTED_URN: "six or seven digits, behind SC or without",
    LANGUAGE: "three or four capital letters",
}
