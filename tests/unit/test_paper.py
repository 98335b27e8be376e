"""A PDF of two pages made by hand: what is read in the order of its tags, and what beside it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from jsna.readback import paper
from jsna.readback.paper import Run

#: Glyphs 1 and 2 by themselves, 3 to 5 as a range, and one glyph that stands for two letters.
LETTERS = """2 beginbfchar <0001> <0041> <0002> <00660069> endbfchar
1 beginbfrange <0003> <0005> <0031> endbfrange"""
GLYPHS = {"A": 1, "fi": 2, "1": 3, "2": 4, "3": 5, "?": 9}


def shown(*glyphs: str) -> str:
    """Text drawn in two pieces, as a printer that moves letters apart does."""
    codes = [f"{GLYPHS[glyph]:04x}" for glyph in glyphs]
    return f"BT /F 9 Tf [<{''.join(codes[:1])}> -40 <{''.join(codes[1:])}>] TJ ET"


def tagged(number: int, text: str) -> str:
    return f"/Span <</MCID {number}>> BDC {text} EMC"


def document(*pages: str) -> pikepdf.Pdf:
    """A document of content streams, with one font and no tags that lead to them."""
    pdf = pikepdf.new()
    font = pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            Encoding=Name("/Identity-H"),
            ToUnicode=pdf.make_stream(LETTERS.encode()),
        )
    )
    for content in pages:
        page = pdf.add_blank_page()
        page.Resources = Dictionary(Font=Dictionary(F=font))
        page.Contents = pdf.make_stream(content.encode())
    return pdf


def lead(pdf: pikepdf.Pdf, *items: Any) -> None:
    """Tags in a reading order."""
    pdf.Root.StructTreeRoot = Dictionary(Type=Name.StructTreeRoot, K=Array(list(items)))


def read(pdf: pikepdf.Pdf) -> paper.Paper:
    file = BytesIO()
    pdf.save(file)
    return paper.read(file.getvalue())


def test_text_is_read_in_the_order_of_the_tags() -> None:
    pdf = document(
        f"{tagged(0, shown('A', '1'))} {tagged(1, shown('fi', '2'))} "
        f"/Artifact BMC {shown('3', '3')} EMC",
        f"{tagged(0, shown('2', '3'))} {tagged(7, shown('1', '1'))}",
    )
    first, second = (page.obj for page in pdf.pages)
    lead(
        pdf,
        Dictionary(S=Name.P, Pg=second, K=0),
        Dictionary(S=Name.P, Pg=first, K=Array([1, Dictionary(Type=Name.MCR, MCID=0)])),
    )
    found = read(pdf)
    assert found.runs == [Run(2, "23", 0), Run(1, "fi2", 1), Run(1, "A1", 0)]
    # A running head, and tagged text to which no tag leads.
    assert found.outside == [Run(1, "33", None), Run(2, "11", 7)]
    assert (found.unseen, found.unreadable) == ([], [])


def test_words_that_are_not_printed_are_read_too() -> None:
    pdf = document(
        f"/Span <</MCID 0 /ActualText (12  of 30)>> BDC {shown('1', '2')} EMC", shown("A", "A")
    )
    page = pdf.pages[0]
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Contents=String("see 4"))
    page.obj.Annots = pdf.make_indirect(Array([link]))
    lead(pdf, Dictionary(S=Name.Figure, Pg=page.obj, Alt=String("a chart of 5"), K=0))
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("1 Summary", 0))
        outline.root[0].children.append(pikepdf.OutlineItem("1.1 Plans", 0))
    pdf.docinfo["/Title"] = "Needs of 2025"
    pdf.docinfo["/Subject"] = " "
    found = read(pdf)
    assert sorted(found.unseen) == [
        ("link", "see 4"),
        ("outline", "1 Summary"),
        ("outline", "1.1 Plans"),
        ("title", "12 of 30"),
        ("title", "Needs of 2025"),
        ("title", "a chart of 5"),
    ]
    assert found.unreadable == []


def test_what_cannot_be_read_back_is_named() -> None:
    pdf = document(shown("1", "?"), "q 10 0 0 10 0 0 cm /I Do Q", "/X Do", "BT ET")
    picture = pdf.make_stream(b"\0", Type=Name.XObject, Subtype=Name.Image)
    form = pdf.make_stream(
        shown("2", "1").encode(),
        Type=Name.XObject,
        Subtype=Name.Form,
        Resources=pdf.pages[0].Resources,
    )
    pdf.pages[1].Resources = Dictionary(XObject=Dictionary(I=picture))
    pdf.pages[2].Resources = Dictionary(XObject=Dictionary(X=form))
    note = Dictionary(Type=Name.Annot, Subtype=Name.Text, Contents=String("7"))
    pdf.pages[3].obj.Annots = pdf.make_indirect(Array([note]))
    pdf.attachments["counts.csv"] = b"1,2"
    pdf.Root.AcroForm = Dictionary(Fields=Array([]))
    found = read(pdf)
    assert found.outside == [Run(1, "1�", None), Run(3, "21", None)]
    assert found.attached == {"counts.csv": b"1,2"}
    assert sorted(found.unreadable) == [
        "a form",
        "a glyph without a letter on page 1",
        "a note on page 4",
        "a picture on page 2",
    ]
    assert found.unseen == [("link", "7")]


def test_glyphs_of_a_font_without_a_map_are_no_letters() -> None:
    pdf = document(shown("1", "2"))
    del pdf.pages[0].Resources.Font.F["/ToUnicode"]
    assert read(pdf).unreadable == ["a glyph without a letter on page 1"]
    pdf = document(shown("1", "2"))
    pdf.pages[0].Resources.Font.F.Encoding = Name("/WinAnsiEncoding")
    assert read(pdf).unreadable == ["a glyph without a letter on page 1"]
