"""Returns as XML that are damaged, hostile, or written as no return is."""

from __future__ import annotations

import gzip

from tests.malformed.kind import Content, Kind
from tests.unit.official_support import element, message
from tests.unit.test_xml_returns import LOOKED_AFTER, SEN2

NAME = "Quillington"


def _child(number: int, *episodes: str) -> str:
    who = {"LAchildID": f"C{number}", "UPNunknown": "UN1", "PersonBirthDate": "2012-02-03"}
    return element(
        "Child",
        element("ChildIdentifiers", **who, Sex="F"),
        element("ChildCharacteristics", Ethnicity="WBRI"),
        *episodes,
    )


def _episode(day: str, *held: str) -> str:
    return element("CINdetails", *held, CINreferralDate=day, ReferralSource="2A", ReferralNFA=0)


def _plan(day: str, **more: object) -> str:
    return element("ChildProtectionPlans", CPPstartDate=day, InitialCategoryOfAbuse="NEG", **more)


#: Two children with episodes, of whom one has two plans, and one without any.
IN_NEED = message(
    "CIN",
    element(
        "Children",
        _child(1, _episode("2024-04-02", element("Section47", S47ActualStartDate="2024-04-10"),
                           _plan("2024-05-01", CPPendDate="2024-10-30", NumberOfPreviousCPP=0),
                           _plan("2025-01-15", NumberOfPreviousCPP=1))),
        _child(2, _episode("2024-04-02"), _episode("2024-09-01")),
        _child(3),
    ),
)  # fmt: skip
TEXT = IN_NEED.decode()
BARE = TEXT.split("\n", 1)[1]
LAUGHS = "".join(
    f'<!ENTITY l{n} "{"".join([f"&l{n - 1};"] * 10) if n else "ha"}">' for n in range(12)
)
#: Where an element stands first.
CHILD = TEXT[TEXT.index("<Child>") : TEXT.index("</Child>") + len("</Child>")]
HEAD = TEXT[TEXT.index("<Header>") : TEXT.index("</Header>") + len("</Header>")]
PLANS = TEXT[TEXT.index("<ChildProtectionPlans>") : TEXT.index("</ChildProtectionPlans>") + 23]


def put(old: str, new: str, count: int = 1) -> str:
    """The good return with something else in it."""
    assert old in TEXT, old
    return TEXT.replace(old, new, count)


def damaged(content: Content, word: str = "") -> Kind:
    """A return none of which can be read."""
    return Kind(content, word=word, valid=None, extract="cin_census")


def read(content: Content, word: str = "", valid: int = 4) -> Kind:
    """A return that is read, four episodes of which stand."""
    return Kind(content, word=word, valid=valid, extract="cin_census")


ID = "<LAchildID>C1"
RETURNS: dict[str, Kind] = {
    "cut short": damaged(IN_NEED[:-60], "cut short"),
    "cut in a tag": damaged(IN_NEED[: IN_NEED.index(b"<Section47>") + 5], "cut short"),
    "cut before its last letter": damaged(TEXT.rstrip()[:-1], "cut short"),
    "cut in its declaration": damaged(TEXT[:20], ""),
    "cut in a comment": damaged(TEXT[:1000] + "<!-- ", ""),
    "cut in a section of letters": damaged(put(ID, "<LAchildID><![CDATA[C1"), ""),
    "ends crossed": damaged(put("<Sex>F</Sex>", f"<Sex>{NAME}</UPN>"), "well-formed"),
    "ends in another case": damaged(put("C1</LAchildID>", "C1</LACHILDID>"), "well-formed"),
    "two roots": damaged(TEXT + "<Message/>", "well-formed"),
    "words behind the root": damaged(TEXT + NAME, "well-formed"),
    "a blank line above": damaged("\n" + TEXT, "well-formed"),
    "a name that is none": damaged(put("<Sex>", f"<1{NAME}/><Sex>"), "well-formed"),
    "an entity nobody declared": damaged(put(ID, f"<LAchildID>&{NAME};"), "well-formed"),
    "an entity of web pages": damaged(put(ID, "<LAchildID>C1&nbsp;"), "well-formed"),
    "an ampersand": damaged(put(ID, f"<LAchildID>{NAME} & Sons"), "well-formed"),
    "an attribute twice": damaged(put("<Children>", '<Children a="1" a="2">'), "well-formed"),
    "an attribute without marks": damaged(put("<Children>", "<Children a=1>"), "well-formed"),
    "letters that are none": damaged(put(ID, "<LAchildID>C&#7;1"), ""),
    "a sign of control": damaged(put(ID, "<LAchildID>C\x07"), ""),
    "a zero byte": damaged(put(ID, "<LAchildID>C\0"), ""),
    "entities of entities": damaged(
        f"<!DOCTYPE Message [{LAUGHS}]><Message><UPN>&l11;</UPN></Message>", "DOCTYPE"),
    "one long entity many times": damaged(
        f'<!DOCTYPE M [<!ENTITY a "{"x" * 50_000}">]><Message>{"&a;" * 50_000}</Message>',
        "DOCTYPE"),
    "an entity of another file": damaged(
        '<!DOCTYPE M [<!ENTITY x SYSTEM "file:///etc/passwd">]><Message>&x;</Message>', "DOCTYPE"),
    "an entity of a definition": damaged(
        '<!DOCTYPE M [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>' + BARE, "DOCTYPE"),
    "a definition elsewhere": damaged(
        '<!DOCTYPE Message SYSTEM "http://localhost:9/x.dtd">' + BARE, "DOCTYPE"),
    "values by a definition": damaged(
        "<!DOCTYPE Message [<!ATTLIST Message a CDATA 'x'>]>" + BARE, "DOCTYPE"),
    "another file put in": read(put("<Children>", '<Children><xi:include xmlns:xi="http://www.w3.'
                                    'org/2001/XInclude" href="file:///etc/passwd"/>'), "include"),
    "elements without end": damaged("<Message>" + "<a>" * 5_000 + "</a>" * 5_000, "well-formed"),
    "elements deep in a record": damaged(put(ID, "<a>" * 300 + "</a>" * 300 + ID), "well-formed"),
    "a million attributes": damaged(
        b"<Message " + b" ".join(b'a%d="1"' % n for n in range(1_000_000)) + b"/>", "a tag has"),
    "a text of eleven megabytes": damaged(put(ID, ID + "1" * 11_000_000), "well-formed"),
    "a text of a book": read(put(ID, ID + "1" * 150_000), "1,000 characters"),
    "a hundred thousand strange elements": read(put("<Children>", "<y/>" * 100_000 + "<Children>"),
                                       "not declared"),
    "thousands of strange names": read(
        put(ID, "".join(f"<x{n}/>" for n in range(20_000)) + ID), "19,980 more"),
    "thousands of plans of one child": read(put(PLANS, PLANS * 5_000), "5,000 of 5,004 rows"),
    "letters of another encoding": damaged(
        IN_NEED.replace(b"<UPNunknown>UN1", b"<UPNunknown>Zo\xe9", 1), "another encoding"),
    "an encoding nobody knows": damaged(put("UTF-8", "no-such-1"), "another encoding"),
    "letters said to be ASCII": Kind(SEN2.decode().replace("UTF-8", "US-ASCII").replace(
        "Quill", "Qu\u00edll"), word="another encoding", valid=None, extract="sen2"),
    "letters said to be Latin": Kind(SEN2.decode().replace("UTF-8", "ISO-8859-1").replace(
        "Quill", "Qu\u00edll"), word="spoilt", valid=2, extract="sen2"),
    "letters said to be of Windows": Kind(SEN2.decode().replace("UTF-8", "windows-1252").replace(
        "Quill", "Qu\u00edll"), word="spoilt", valid=2, extract="sen2"),
    "said to be of two bytes a letter": damaged(put("UTF-8", "UTF-16"), "another encoding"),
    "two bytes a letter with a mark": read(put("UTF-8", "UTF-16").encode("utf-16"), ""),
    "two bytes a letter": read(put("UTF-8", "UTF-16").encode("utf-16-le"), ""),
    "two bytes a letter said to be one": read(TEXT.encode("utf-16"), ""),
    "four bytes a letter": damaged(put("UTF-8", "UTF-32").encode("utf-32"), "unusual encoding"),
    "no declaration": read(BARE, ""),
    "a mark of order": read("\ufeff" + TEXT, ""),
    "two marks of order": damaged("\ufeff\ufeff" + TEXT, "unusual encoding"),
    "a version of later days": read(put('"1.0"', '"1.1"'), ""),
    "line ends of Windows": read(TEXT.replace("\n", "\r\n"), ""),
    "line ends of old systems": read(TEXT.replace("\n", "\r"), ""),
    "another root": damaged(LOOKED_AFTER, "outermost"),
    "another collection": damaged(SEN2, "another collection"),
    "a return in an envelope": damaged(f"<s:Envelope xmlns:s='urn:s'>{BARE}</s:Envelope>",
                                       "outermost"),
    "words of an error": damaged("<?xml version='1.0'?><Error><Code>Denied</Code></Error>",
                                 "outermost"),
    "a workbook of old days": damaged('<?xml version="1.0"?><?mso-application progid="Excel.Sheet"'
                                      "?><Workbook/>", "outermost"),
    "packed": damaged(gzip.compress(IN_NEED, mtime=0), "packed"),
    "no records": damaged(message("CIN", "<Children/>"), "it has no"),
    "records elsewhere": damaged(TEXT.replace("Children>", "Kids>"), "where none belong"),
    "some records elsewhere": damaged(put("</Children>", f"</Children><More>{CHILD}</More>"),
                                      "where none belong"),
    "records of nothing": damaged("<Message><Children>" + "<Child/>" * 9 + "</Children></Message>",
                                  ""),
    "no header": read(TEXT.replace(HEAD, ""), ""),
    "the header at the end": read(
        TEXT.replace(HEAD, "").replace("</Message>", HEAD + "</Message>"), ""),
    "two headers": read(put("</Header>", "</Header>" + HEAD), ""),
    "two headers of two years": read(put("</Header>", "</Header>" + HEAD.replace("2025", "2024")),
                                     "several times"),
    "names in another namespace": read(put("<Message>", '<Message xmlns="urn:other">'), ""),
    "names with a prefix": read(put("<Message>", '<m:Message xmlns:m="urn:x">').replace(
        "</Message>", "</m:Message>"), ""),
    "a prefix nobody declared": damaged(TEXT.replace("Message>", "m:Message>"), ""),
    "names in capitals": read(TEXT.replace("LAchildID", "LACHILDID"), ""),
    "elements in another order": read(TEXT.replace(
        "<UPNunknown>UN1</UPNunknown>\n<PersonBirthDate>2012-02-03</PersonBirthDate>",
        "<PersonBirthDate>2012-02-03</PersonBirthDate>\n<UPNunknown>UN1</UPNunknown>"), ""),
    "an element twice": read(put(f"{ID}</LAchildID>", f"{ID}</LAchildID><LAchildID>C9</LAchildID>"),
                             "several times"),
    "a group of elements twice": read(put("</ChildIdentifiers>", "</ChildIdentifiers>"
                                          "<ChildIdentifiers><LAchildID>C9</LAchildID>"
                                          "</ChildIdentifiers>"), "several times"),
    "a child twice": read(put("</Children>", CHILD + "</Children>"), "another row has the same"),
    "a child in a child": damaged(put("</Child>\n<Child>", "<Child>").replace(
        "</Child>\n", "</Child></Child>\n", 1), "one in another"),
    "attributes for an element": read(put(f"{ID}</LAchildID>", '<LAchildID value="C1"/>'),
                                      "attributes (value)", valid=2),
    "attributes for elements": read(put(f"{ID}</LAchildID>", "").replace(
        "<ChildIdentifiers>", '<ChildIdentifiers LAchildID="C1">', 1), "attributes (LAchildID)",
        valid=2),
    "elements said to be empty": read(put("<Message>", '<Message xmlns:x="http://www.w3.org/2001/'
                                          'XMLSchema-instance">').replace(
        "<UPNunknown>UN1</UPNunknown>", '<UPNunknown x:nil="true"/>'), ""),
    "words between elements": read(put("<Ethnicity>", f"{NAME}<Ethnicity>"), "between elements"),
    "an element in a value": read(put(f"{ID}<", "<LAchildID><b>C1</b><"), "b", valid=2),
    "a comment in a value": read(put(ID, "<LAchildID>C<!-- x -->1"), ""),
    "an instruction in a value": read(put(ID, "<LAchildID>C<?x y?>1"), ""),
    "a section of letters": read(put(f"{ID}<", "<LAchildID><![CDATA[C1]]><"), ""),
    "a section of elements": read(put(f"{ID}<", "<LAchildID><![CDATA[<b>C1</b>]]><"), ""),
    "a value on lines of its own": read(put(f"{ID}<", "<LAchildID>\n  C1\n<"), ""),
    "a style sheet": read(put("<Message>", '<?xml-stylesheet href="http://x/y.xsl"?><Message>'),
                          ""),
    "a day that is none": read(put("2024-04-02", "2024-02-30"), "31 February", valid=2),
    "a day written otherwise": read(put("2024-04-02", "02/04/2024"), ""),
}  # fmt: skip
