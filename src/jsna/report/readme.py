"""What stands beside the open data in plain text: what the files are, and on what terms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jsna.model.configuration import Configuration
from jsna.model.open_data import FIGURES, LICENCE, LICENCE_ADDRESS
from jsna.report.sources import Register, month

README: Final = "README.txt"
TERMS: Final = "LICENCE.txt"
SYNTHETIC: Final = (
    "Synthetic data: every figure is invented, about a place that does not exist. They show how "
    "the report works and say nothing about any real child or council."
)
#: Ending of a file's name, without the word for synthetic -> what it is.
_FILES: Final = {
    "measures.csv": "every figure, a row each, a column a dimension",
    "measures.parquet": "the same for programs, with types; text is not led by apostrophes",
    "indicators.csv": "what each indicator means: definition, who is counted, method, source",
    "columns.csv": "what each column of the figures means, and of the questions",
    "all_authorities.csv": "the official figures of every authority, and its place among all",
    "questions.csv": "what those asked who use the assessment, and what here answers it",
    "codes.csv": "what codes are called",
    "csv-metadata.json": "the tables described for programs (CSV on the Web)",
    f"{FIGURES}/": "the figures of each chart of the report, in the same columns",
}
_READ: Final = (
    "A row is one figure: an indicator, an area, a period and a group. Columns that begin with by_ "
    "say which group; they are empty where the row is not split by that dimension.",
    "An empty number is no zero: the column status says why there is none. A figure that is hidden "
    "to protect confidentiality stands nowhere in these files.",
    "Figures of two segments are counted in two ways and are not to be compared.",
    "Numbers have up to ten significant digits. The report rounds them.",
    "Text is Unicode, with commas. What a spreadsheet would take for a formula is led by an "
    "apostrophe. For a spreadsheet take the workbook beside this folder.",
)


def files(config: Configuration, register: Register, names: Sequence[str]) -> dict[str, str]:
    """File name -> content.

    Args:
        config: configuration of the edition.
        register: citations of its sources.
        names: the other files, as they are called.
    """
    return {README: _readme(config, names), TERMS: _terms(config, register)}


def _head(config: Configuration, what: str) -> list[str]:
    edition = config.edition
    lines = [f"{edition.title}: {what}", f"{config.area.name}, {month(edition.published)}", ""]
    return [*lines, SYNTHETIC, ""] if edition.synthetic else lines


def _readme(config: Configuration, names: Sequence[str]) -> str:
    lines = [*_head(config, "open data"), "Files", ""]
    for name in names:
        said = next(said for ending, said in _FILES.items() if name.endswith(ending))
        lines.append(f"{name}: {said}")
    lines += ["", "How to read them", "", *_READ, "", f"Terms of use: {TERMS}"]
    if config.edition.contact:
        lines.append(f"Contact: {config.edition.contact}")
    return "\n".join(lines) + "\n"


def _terms(config: Configuration, register: Register) -> str:
    place = config.area.name
    lines = [
        *_head(config, "terms of use"),
        f"Figures of {place} may be used under the {LICENCE}, if it is said where they are from:",
        LICENCE_ADDRESS,
        "",
        "To cite them:",
        f"{place}, {config.edition.title}, {month(config.edition.published)}.",
        "",
        "Figures from others, and their terms:",
    ]
    official = [one for one in register.all() if not one.id.startswith("local:")]
    lines += [
        "; ".join(part for part in (one.title, one.publisher, one.release, one.licence) if part)
        for one in official
    ]
    return "\n".join([*lines, *([] if official else ["none"])]) + "\n"
