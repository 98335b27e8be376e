"""Files: same seed, same bytes; formats as declared; driven by declarations alone."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from jsna.errors import JsnaError
from jsna.generator import generate
from jsna.generator.found import parameters
from jsna.io import Paths, sha256
from jsna.model.configuration import Configuration
from jsna.model.contract import Column, Extract, Table
from jsna.model.editions import Delivery
from jsna.sources import registry
from tests.supplied import supplied
from tests.unit.synthetic_support import ONE_WORKER, ROOT, configuration, files, small

pytestmark = ONE_WORKER

SCRIPT = """
import sys
from pathlib import Path
from jsna.settings import loading
from jsna.io import Paths
from jsna.generator import generate
root, to = Path(sys.argv[1]), Path(sys.argv[2])
config = loading.load("test-2025", root)
generate.run(config, Paths(to, "test-2025"), lambda line: None)
"""


def generated(to: Path, *, clean: bool = False, **sizes: int) -> Path:
    paths = Paths(to, "test-2025")
    generate.run(configuration(**sizes), paths, lambda line: None, clean=clean)
    return paths.raw


@pytest.fixture(scope="module")
def faulty() -> Path:
    return files(clean=False).raw


@pytest.fixture(scope="module")
def clean() -> Path:
    return files(clean=True).raw


@pytest.mark.full
def test_same_seed_same_bytes_in_another_process(faulty: Path, tmp_path: Path) -> None:
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONHASHSEED": "4242",
        "TZ": "Pacific/Auckland", "LC_ALL": "C", "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    subprocess.run(
        [sys.executable, "-c", SCRIPT, str(ROOT), str(tmp_path)], env=environment, check=True
    )
    other = tmp_path / "data/raw/test-2025"
    names = sorted(p.relative_to(faulty).as_posix() for p in faulty.rglob("*") if p.is_file())
    assert len(names) > 15
    for name in names:
        assert (faulty / name).read_bytes() == (other / name).read_bytes(), name


@pytest.mark.full
def test_another_seed_is_another_world(clean: Path, tmp_path: Path) -> None:
    other = generated(tmp_path, clean=True, seed=7)
    for file in clean.glob("*.csv"):
        assert file.read_bytes() != (other / file.name).read_bytes(), file.name


def test_the_sums_list_every_file(faulty: Path) -> None:
    lines = (faulty / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = dict(reversed(line.split("  ", 1)) for line in lines)
    present = {p.relative_to(faulty).as_posix() for p in faulty.rglob("*") if p.is_file()}
    assert set(listed) == present - {"SHA256SUMS"}
    for name, digest in listed.items():
        assert sha256(faulty / name) == digest


def test_what_an_earlier_run_left_is_taken_away(faulty: Path, tmp_path: Path) -> None:
    raw = Paths(tmp_path, "test-2025").raw
    shutil.copytree(faulty, raw)
    assert (raw / "faults.json").is_file()
    generated(tmp_path, clean=True)
    assert not (raw / "faults.json").exists()


def test_faults_strike_csv_files_alone_and_are_listed(clean: Path, faulty: Path) -> None:
    ledger = json.loads((faulty / "faults.json").read_text(encoding="utf-8"))
    struck = {entry["file"] for entry in ledger}
    different = {
        file.name for file in clean.iterdir()
        if file.suffix in (".csv", ".xlsx", ".parquet")
        and file.read_bytes() != (faulty / file.name).read_bytes()
    }  # fmt: skip
    assert struck == different
    assert all(name.endswith(".csv") for name in struck)


def test_every_file_says_synthetic(faulty: Path) -> None:
    for file in faulty.rglob("*"):
        if file.is_file() and file.name not in ("SHA256SUMS", "faults.json"):
            assert "synthetic" in file.name.lower(), file.name
    assert "invented" in (faulty / "SYNTHETIC.txt").read_text(encoding="utf-8")
    parquet = pd.read_parquet(faulty / "synthetic_population_2024.parquet")
    assert len(parquet)
    import openpyxl
    import pyarrow.parquet as pq

    metadata = pq.read_schema(faulty / "synthetic_population_2024.parquet").metadata
    assert b"Synthetic" in metadata[b"notice"]
    book = openpyxl.load_workbook(faulty / "synthetic_areas_2025.xlsx")
    assert str(book.properties.title).startswith("Synthetic")


def test_files_come_in_the_forms_they_come_in(clean: Path) -> None:
    exclusions = (clean / "synthetic_exclusions_2023-24.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        exclusions.decode("utf-8")
    assert b"\r\n" in exclusions
    assert re.search(r",\d\d/\d\d/\d{4},", exclusions.decode("cp1252"))
    ncmp = (clean / "synthetic_ncmp_2023-24.csv").read_bytes()
    assert ncmp.startswith(b"\xef\xbb\xbf")
    person = (clean / "synthetic_Blade-Export_16-01-2025_person.csv").read_text(encoding="utf-8")
    assert re.search(r",\d{4}-[A-Z][a-z]{2}-\d\d 00:00:00,", person)
    header = person.splitlines()[0].split(",")
    assert header == [c.name for c in registry()["sen2"].table("person").columns]


def test_a_file_read_back_is_the_table(clean: Path) -> None:
    table = small()["exclusions.exclusions/2023/24"]
    content = (clean / "synthetic_exclusions_2023-24.csv").read_bytes().decode("cp1252")
    back = pd.read_csv(io.StringIO(content), dtype=str, keep_default_na=False)
    assert list(back["Surname"]) == list(table["surname"])
    assert list(back["Sessions"]) == ["" if pd.isna(s) else str(int(s)) for s in table["sessions"]]


def test_validation_finds_nothing_in_the_clean_twin(clean: Path) -> None:
    from jsna.ingest import run

    done = run.ingest(configuration(), files(clean=True))
    assert not done.problems
    assert run.violations(done).empty


INVENTED = Extract(
    name="school_meals",
    title="School meals",
    description="An extract the generator has never heard of.",
    period_type="financial_year",
    population_base="attending",
    tables=(
        Table(
            "account",
            "One account.",
            (
                Column("AccountId", "account_id", "string", "Its number."),
                Column("UPN", "upn", "string", "Pupil.", identifier="upn", quantity="upn"),
                Column("Sex", "sex", "code", "Sex.", codes="sex", quantity="sex"),
                Column("Diet", "diet", "code", "Any list.", codes="sen_type"),
                Column("Balance", "balance", "number", "Pounds.", minimum=-5, maximum=20.5),
                Column("Meals", "meals", "integer", "Meals.", minimum=1, maximum=3),
                Column("Opened", "opened", "date", "Day.", nullable=True),
                Column("Active", "active", "boolean", "Yes or no.", nullable=True),
                Column("Ref", "ref", "string", "Reference.", pattern=r"[A-F]{2}-\d{3}(x|yz)?"),
                Column("Odd", "odd", "string", "Unknown.", quantity="no_such_quantity",
                       nullable=True),
            ),
            key=("account_id",),
        ),
        Table(
            "payment",
            "One payment.",
            (Column("AccountId", "account_id", "string", "Account."),),
            parent=("account", "account_id"),
        ),
    ),
)  # fmt: skip


def with_invented() -> Configuration:
    config = configuration()
    delivery = Delivery(
        extract="school_meals", period="2024/25", files={"account": "a.csv", "payment": "p.csv"}
    )
    deliveries = (config.edition.deliveries[0], delivery)
    edition = config.edition.model_copy(update={"extracts": supplied(deliveries)})
    return dataclasses.replace(config, edition=edition)


def test_a_new_extract_needs_no_change_of_the_generator() -> None:
    extracts = {**registry(), "school_meals": INVENTED}
    tables = generate.make_tables(with_invented(), parameters(), extracts)
    rows = tables["school_meals.account/2024/25"].to_pandas()
    assert list(rows) == [c.field for c in INVENTED.tables[0].columns]
    assert rows["account_id"].is_unique
    census = small()["school_census.census/2025"]
    # A tenth of the pupils on the roll, none of them twice.
    assert rows["upn"].is_unique and set(rows["upn"]) < set(census["upn"])
    assert len(rows) == pytest.approx(0.1 * census["upn"].nunique(), rel=0.2)
    assert set(rows["diet"]) == set(configuration().codelists["sen_type"])
    assert rows["balance"].between(-5, 20.5).all()
    assert set(rows["meals"]) == {1, 2, 3}
    opened = pd.to_datetime(rows["opened"]).dropna()
    assert opened.between("2024-04-01", "2025-03-31").all()
    assert 0 < rows["opened"].isna().mean() < 1
    assert rows["ref"].str.fullmatch(r"[A-F]{2}-\d{3}(x|yz)?").all()
    payments = tables["school_meals.payment/2024/25"].to_pandas()
    assert set(payments["account_id"]) <= set(rows["account_id"])


def test_a_code_no_list_has_is_an_error_of_the_generator() -> None:
    config = configuration()
    codelists = {**config.codelists, "sex": {"F": "Female"}}
    with pytest.raises(ValueError, match=r"'M'.*'sex'"):
        generate.make_tables(
            dataclasses.replace(config, codelists=codelists), parameters(), registry()
        )


def test_an_edition_that_is_not_synthetic_is_refused(tmp_path: Path) -> None:
    config = configuration()
    edition = config.edition.model_copy(update={"synthesis": None})
    with pytest.raises(JsnaError, match="synthetic: true"):
        generate.run(
            dataclasses.replace(config, edition=edition), Paths(tmp_path, "x"), lambda line: None
        )
    assert not list(tmp_path.iterdir())
