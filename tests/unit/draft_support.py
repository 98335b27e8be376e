"""Files as councils keep them, invented: with an NHS number, with names alone, and of places."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

FIRST = ("Zora", "Milo", "Tansy", "Orrin", "Petra", "Bram", "Sable", "Wren", "Hollis", "Ione")
LAST = ("Quillfeather", "Brackenby", "Thornwood", "Saltash", "Penhale", "Carrow", "Dunmère")

Rows = list[list[str]]


def nhs_number(draw: random.Random) -> str:
    """A number of the range for tests; its last digit by the rule of modulus 11."""
    while True:
        digits = [9, 9, 9, *(draw.randrange(10) for _ in range(6))]
        check = 11 - sum((10 - place) * digit for place, digit in enumerate(digits)) % 11
        if check != 10:
            return "".join(map(str, [*digits, check % 11]))


def day(draw: random.Random, first: date, days: int) -> date:
    return first + timedelta(days=draw.randrange(days))


def clinic(rows: int = 120, seed: int = 1) -> Rows:
    """Referrals with an NHS number, most of them."""
    draw = random.Random(seed)
    made = [[
        "NHS No", "First name", "Last name", "D.O.B.", "Gender", "Home postcode", "Referral ID",
        "Referral date", "Clinic", "First seen", "Attended", "Nights observed", "Outcome", "Notes",
    ]]  # fmt: skip
    for number in range(rows):
        referred = day(draw, date(2024, 4, 1), 300)
        seen = referred + timedelta(days=draw.randrange(50))
        made.append([
            nhs_number(draw) if draw.random() < 0.95 else "",
            draw.choice(FIRST), draw.choice(LAST),
            f"{day(draw, date(2009, 1, 1), 4000):%d/%m/%Y}", draw.choice(["Male", "Female"]),
            f"ZZ{draw.randrange(1, 9)} {draw.randrange(1, 9)}AB", f"R{10_000 + number}",
            f"{referred:%d/%m/%Y}", draw.choice(["North", "South", "Coast"]),
            f"{seen:%d/%m/%Y}" if draw.random() < 0.8 else "", draw.choice("YN"),
            str(draw.randrange(9)), draw.choice(["Discharged", "Treated"]),
            f"Mother of case {number} rang",
        ])  # fmt: skip
    return made


def breaks(rows: int = 150, seed: int = 2) -> Rows:
    """Short breaks of children who are named and have no number."""
    draw = random.Random(seed)
    made = [["Forename", "Surname", "DOB", "Sex", "Postcode", "Kind of break", "Start date",
             "Hours", "Weekly cost"]]  # fmt: skip
    for _ in range(rows):
        made.append([
            draw.choice(FIRST), draw.choice(LAST), f"{day(draw, date(2009, 1, 1), 4000)}",
            draw.choice("MF"), f"ZZ{draw.randrange(1, 9)} {draw.randrange(1, 9)}AB",
            draw.choice(["Holiday club", "Overnight", "Sitting at home"]),
            f"{day(draw, date(2024, 4, 1), 365)}", str(draw.randrange(1, 40)),
            f"{draw.random() * 300:.2f}",
        ])  # fmt: skip
    return made


def places(rows: int = 40, seed: int = 3) -> Rows:
    """Places at schools: about no person."""
    draw = random.Random(seed)
    made = [["URN", "School name", "Kind of place", "LSOA", "Places", "Filled"]]
    for number in range(rows):
        there = draw.randrange(6, 60)
        kind = draw.choice(["Special school", "Resourced provision", "SEN unit"])
        made.append([str(900_001 + number), f"School {number}", kind, f"E0190{number:04d}",
                     str(there), str(there - draw.randrange(5))])  # fmt: skip
    return made


def as_csv(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


def saved(folder: Path, name: str, rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> Path:
    file = folder / name
    file.write_bytes(as_csv(rows).encode(encoding))
    return file
