"""Code, rules and templates name no real authority: places stand in configuration alone."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"\bE(?:0[5-9]|1[0-3])\d{6}\b")
INVENTED = re.compile(r"\bE(?:0[5-9]|1[0-3])\d*9\d{5}\b|\bE12000091\b")


def sources() -> dict[str, str]:
    files = [
        *(p for p in (ROOT / "src").rglob("*") if p.suffix in (".py", ".yaml", ".sql")),
        *(ROOT / "rules").glob("*.smk"),
        ROOT / "Snakefile",
        *(
            p
            for p in (ROOT / "reports/templates").rglob("*")
            if p.suffix in (".html", ".css", ".j2")
        ),
    ]
    return {p.relative_to(ROOT).as_posix(): p.read_text(encoding="utf-8") for p in files}


#: Names of authorities, one of them gone, that are a word of the language and a family name too.
WORDS = {"Reading", "Poole"}


def real_authorities() -> set[str]:
    register = yaml.safe_load((ROOT / "config/authorities.yaml").read_text(encoding="utf-8"))
    listed = [one for region in register["regions"] for one in region["authorities"].values()]
    names = {one["name"] for one in (*listed, *register["gone"])}
    # Districts of the county that has tiles.
    area = yaml.safe_load((ROOT / "config/areas/lancashire.yaml").read_text(encoding="utf-8"))
    return names - WORDS | {*area["tiles"]}


def test_no_code_of_a_real_place() -> None:
    found = {
        f"{file}: {code}"
        for file, text in sources().items()
        for code in CODE.findall(text)
        if not INVENTED.fullmatch(code)
    }
    assert found == set()


def test_no_name_of_a_real_authority() -> None:
    names = real_authorities()
    assert len(names) > 160  # there are real areas to look for
    pattern = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in sorted(names)))
    found = {f"{file}: {m}" for file, text in sources().items() for m in pattern.findall(text)}
    assert found == set()
