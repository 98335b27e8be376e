"""Readers of the other layouts: the interactive tool, workbooks, look-ups, neighbours, ages."""

import gzip
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from jsna.errors import JsnaError
from jsna.releases import iod, lait, lookups, neighbours, reference
from jsna.releases.areas import located
from tests.books import book
from tests.unit.published_support import AREA, configuration, paths, source

# ---- the Local Authority Interactive Tool


def tool(tmp_path: Path, rows: list[tuple[str, str, str, str, float]]) -> Path:
    path = tmp_path / "tool.parquet"
    columns = ["Short Desc", "Years", "LA and Regions", "Values", "LA Number"]
    pd.DataFrame(rows, columns=columns).assign(Region="NA").to_parquet(path)
    return path


def test_areas_of_the_tool_are_found_by_number_and_regions_by_name(tmp_path: Path) -> None:
    path = tool(
        tmp_path,
        [
            ("Rate ", "2024", "England", "4.4000000000000004", 970.0),
            ("Rate ", "2024", "THE MARCHES", "5.5", 981.0),
            ("Rate ", "2024", "Norland", "-", 951.0),
            ("Rate ", "2024", "Elsewhere", "9", 999.0),
            ("Other", "2024", "England", "1", 970.0),
        ],
    )
    found = lait.read(path, ["Rate"])
    assert list(found) == ["Rate"]
    here = located(found["Rate"].frame, AREA)
    assert dict(zip(here["area_code"], here["Values"], strict=True)) == {
        "E92000001": "4.4000000000000004",
        "E12000095": "5.5",
        "E10000951": "-",
    }
    assert list(here["_row"]) == [1, 2, 3]


def test_a_measure_the_tool_lacks_is_named(tmp_path: Path) -> None:
    path = tool(tmp_path, [("Rate", "2024", "England", "1", 970.0)])
    with pytest.raises(JsnaError, match=r"no measure of this name.*'Gone'"):
        lait.read(path, ["Rate", "Gone"])


def test_a_file_that_is_not_the_tool_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.parquet").write_text("nothing of the kind")
    with pytest.raises(JsnaError, match="not a parquet file"):
        lait.read(tmp_path / "text.parquet", ["Rate"])
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "other.parquet")
    with pytest.raises(JsnaError, match="no column 'Short Desc'"):
        lait.read(tmp_path / "other.parquet", ["Rate"])


# ---- workbooks

IOD_HEADER = [
    "LSOA code (2021)", "LSOA name (2021)", "Local Authority District code (2024)",
    "Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)",
    "Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOA",
]  # fmt: skip
IDACI_HEADER = [
    "LSOA code (2021)",
    "Index of Multiple Deprivation (IMD) Rank",
    "Income Deprivation Affecting Children Index (IDACI) Rank",
    "Income Deprivation Affecting Children Index (IDACI) Decile",
]
SMALL = [
    ["E01000001", "Upper 1", "E07000951", 1, 1],
    ["E01000002", "Upper 2", "E07000951", 2, 2],
    ["E01000003", "Nether 1", "E07000952", 5, 9],
    ["E01000004", "Eastmere 1", "E06000951", 4, 6],
    ["E01000005", "Elsewhere", "E06000999", 3, 3],
]


def workbook(path: Path, *tables: list[list[object]]) -> Path:
    book([], "Notes", **{f"Sheet {at}": rows for at, rows in enumerate(tables)}).save(path)
    return path


def test_the_sheet_is_found_by_its_columns_and_not_by_its_place(tmp_path: Path) -> None:
    other = [["Something", "else"], [1, 2]]
    below_a_title = [["Title"], [], IOD_HEADER, *SMALL]
    found = iod.imd(workbook(tmp_path / "iod.xlsx", other, below_a_title))
    assert list(found["lsoa_code"]) == [row[0] for row in SMALL]
    assert list(found["imd_rank"]) == [1, 2, 5, 4, 3]
    assert list(found["imd_decile"]) == [1, 2, 9, 6, 3]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (["E01000001", "", "E07000951", 6, 1], "stands twice"),
        (["E01000009", "", "E07000951", 6, 11], "not a decile"),
        (["E01000009", "", "E07000951", "high", 1], "not a rank"),
        (["W01000009", "", "E07000951", 6, 1], "not the code of a 2021 small area"),
    ],
)
def test_a_workbook_with_a_wrong_row_is_refused_with_the_row(
    tmp_path: Path, row: list[object], rule: str
) -> None:
    with pytest.raises(JsnaError, match=f"row 7: .*{rule}"):
        iod.imd(workbook(tmp_path / "iod.xlsx", [IOD_HEADER, *SMALL, row]))


def test_files_that_are_not_the_workbook_are_refused(tmp_path: Path) -> None:
    with pytest.raises(JsnaError, match="no sheet has a table with the columns"):
        iod.imd(workbook(tmp_path / "other.xlsx", [["a"], [1]]))
    (tmp_path / "text.xlsx").write_text("not a workbook")
    with pytest.raises(JsnaError, match="not an Excel workbook"):
        iod.imd(tmp_path / "text.xlsx")


def test_workbooks_of_two_releases_are_not_joined() -> None:
    one = pd.DataFrame({"lsoa_code": ["E01000001"], "imd_rank": [1], "imd_decile": [1]})
    two = pd.DataFrame({"lsoa_code": ["E01000001"], "imd_rank": [2], "idaci_rank": [1]})
    with pytest.raises(JsnaError, match="same ranks"):
        iod.together(one, two, "file_3.xlsx")


# ---- look-ups, and what is made of them

LOOKUP = (
    "lsoa21_name,lsoa21_code,ward24_name,ward24_code,ltla24_name,ltla24_code\n"
    "Upper 1,E01000001,Hill,E05000001,Upper Norland,E07000951\n"
    "Upper 2,E01000002,Hill,E05000001,Upper Norland,E07000951\n"
    'Nether 1,E01000003,"Vale, The",E05000002,Nether Norland,E07000952\n'
    "Eastmere 1,E01000004,Quay,E05000003,Eastmere,E06000951\n"
    "Abroad 1,W01000001,Glan,W05000001,Abroad,W06000001\n"
)
UPPER_TIER = (
    "ltla23_code,ltla23_name,utla23_code,utla23_name\n"
    "E07000951,Upper Norland,E10000951,Norland\n"
    "E07000952,Nether Norland,E10000951,Norland\n"
    "E06000951,Eastmere,E06000951,Eastmere\n"
)
REGIONS = (
    "region_code,region_name,old_la_code,la_name,new_la_code\n"
    "E12000095,The Marches,951,Norland,E10000951\n"
    "E12000095,The Marches,952,Eastmere,E06000951\n"
    "E12000095,The Marches,x,Gone,E10000001\n"
    "z,Outside,702,Services,x\n"
)
AGES = "ltla21_code,ltla21_name,total_population," + ",".join(map(str, range(90))) + ",90+\n"


def sources(tmp_path: Path, **changes: str) -> dict[str, object]:
    folder = paths(tmp_path).published
    (folder / "lookup.csv.gz").write_bytes(gzip.compress(changes.get("lookup", LOOKUP).encode()))
    (folder / "upper.csv").write_text(UPPER_TIER)
    (folder / "regions.csv").write_text(REGIONS)
    workbook(folder / "iod.xlsx", [IOD_HEADER, *SMALL])
    ranks = [[row[0], row[3], 10 + int(row[3]), 4] for row in SMALL]
    workbook(folder / "idaci.xlsx", [IDACI_HEADER, *ranks])
    people = {"E07000951": 10.0, "E07000952": 20.0, "E06000951": 30.0}
    lines = [f"{code},Name,0,{','.join([str(n)] * 91)}\n" for code, n in people.items()]
    (folder / "ages.csv").write_text(AGES + "".join(lines))
    files = {
        "lsoa_lookup": "lookup.csv.gz", "authority_lookup": "upper.csv", "regions": "regions.csv",
        "iod": "iod.xlsx", "idaci": "idaci.xlsx", "population_locality": "ages.csv",
    }  # fmt: skip
    return {dataset: source(dataset, file) for dataset, file in files.items()}


def test_small_areas_of_the_home_area_with_locality_and_deprivation(tmp_path: Path) -> None:
    config = configuration(sources(tmp_path))
    found = reference.lsoa_reference(config, paths(tmp_path)).set_index("lsoa_code")
    assert list(found.index) == ["E01000001", "E01000002", "E01000003"]
    assert list(found["locality_code"]) == ["E07000951", "E07000951", "E07000952"]
    assert list(found["imd_decile"]) == ["1", "2", "9"]
    assert list(found["imd_quintile"]) == ["1", "1", "5"]
    assert list(found["idaci_rank"]) == [11, 12, 15]
    assert found["ward_name"]["E01000003"] == "Vale, The"
    assert set(found["period"]) == {"2025"}


def test_localities_that_are_not_the_look_ups_are_refused_both_ways(tmp_path: Path) -> None:
    changed = LOOKUP.replace("Nether Norland,E07000952", "Nether Norland,E07000951")
    changed += "Other,E01000005,Hill,E05000009,Third,E07000953\n"
    config = configuration(sources(tmp_path, lookup=changed))
    (paths(tmp_path).published / "upper.csv").write_text(UPPER_TIER + "E07000953,T,E10000951,N\n")
    with pytest.raises(JsnaError) as caught:
        reference.lsoa_reference(config, paths(tmp_path))
    assert "no such district in the area (found 'E07000952')" in str(caught.value)
    assert "a district the configuration lacks (found 'E07000953')" in str(caught.value)


def test_a_small_area_without_deprivation_is_refused(tmp_path: Path) -> None:
    changed = LOOKUP + "Newer,E01000009,Hill,E05000001,Upper Norland,E07000951\n"
    config = configuration(sources(tmp_path, lookup=changed))
    with pytest.raises(JsnaError, match=r"no such small area.*E01000009"):
        reference.lsoa_reference(config, paths(tmp_path))


def test_residents_by_locality_and_age_group(tmp_path: Path) -> None:
    bands = dict.fromkeys(("0-4", "5-10", "11-15", "16-19", "20-25"), "")
    config = replace(configuration(sources(tmp_path)), codelists={"age_group": bands})
    found = reference.population_table(config, paths(tmp_path))
    assert found is not None
    assert set(found["locality_code"]) == {"E07000951", "E07000952"}
    groups = found.groupby("age_group")["people"].sum().to_dict()
    assert groups == {"0-4": 150, "5-10": 180, "11-15": 150, "16-19": 120, "20-25": 180}
    assert found["age_group"].isna().sum() == 2 * (91 - 26)

    # Newer than the release: a gap of an authority of the register, and else a wrong code.
    later = {"code": "E06000999", "localities": (), "name": "Newmere"}
    newer = replace(config, area=config.area.model_copy(update=later))
    with pytest.raises(JsnaError, match="neither Newmere nor its localities"):
        reference.population_table(newer, paths(tmp_path))
    known = replace(config, area=config.area.model_copy(update=later | {"registered": True}))
    assert reference.population_table(known, paths(tmp_path)) is None
    release = known.releases["population_locality"][0].id
    assert reference.lacking(known, {}) == [f"{release} has no residents of Newmere by year of age"]
    assert reference.lacking(known, {"population": pd.DataFrame()}) == []


def test_deprivation_of_whole_authorities_for_comparison(tmp_path: Path) -> None:
    config = configuration(sources(tmp_path))
    frame = iod.authorities(config, paths(tmp_path), ["authorities"])["authorities"].frame
    found = located(frame, AREA).set_index("area_code")
    pairs = zip(found["lsoas"], found["lsoas_most_deprived_fifth"], strict=True)
    assert dict(zip(found.index, pairs, strict=True)) == {
        "E92000001": ("5", "2"),
        "E12000095": ("4", "2"),
        "E10000951": ("3", "2"),
        "E06000951": ("1", "0"),
    }


def test_a_look_up_of_other_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("code,name\nE01000001,Upper\n")
    for reader in (lookups.lsoas, lookups.authorities, lookups.regions, lookups.ages):
        with pytest.raises(JsnaError, match=r"x\.csv, row 1"):
            reader(tmp_path / "x.csv")
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(LOOKUP.encode())[:-20])
    with pytest.raises(JsnaError, match="fetch it again"):
        lookups.lsoas(tmp_path / "x.csv.gz")


# ---- statistical neighbours


def model(path: Path, rows: list[list[object]]) -> Path:
    header = ["LA num", "LA Name", "LA number", "GOInd", "GOReg"]
    header += [name for rank in range(1, 11) for name in (f"SN{rank}", "SNP")]
    return workbook(path, [["A", "B", 3], [1, 2, 3], header, *rows])


def neighbour_row(code: int, first: int) -> list[object]:
    return [code, "Name", code, 1, "Region", *(x for n in range(10) for x in (first + n, "Close"))]


def test_neighbours_stand_closest_first_and_old_models_below_are_left_out(tmp_path: Path) -> None:
    old = [[None] * 25, [None, "Old SNs:"], neighbour_row(951, 300)]
    path = model(tmp_path / "sn.xlsx", [neighbour_row(951, 101), neighbour_row(952, 201), *old])
    found = neighbours.read(path)
    ours = found[found["old_la_code"] == "951"]
    assert list(ours["neighbour"]) == [str(n) for n in range(101, 111)]
    assert list(ours["rank"]) == list(range(1, 11))


def test_the_wide_csv_reads_as_the_workbook_does(tmp_path: Path) -> None:
    columns = [name for rank in range(1, 11) for name in (f"SN_{rank}", f"SN_{rank}P")]
    cells = [str(x) for n in range(10) for x in (101 + n, "Close ")]
    text = f"old_la_code,la_name,{','.join(columns)}\n951,Norland,{','.join(cells)}\n"
    (tmp_path / "sn.csv").write_text(text, encoding="utf-8-sig")
    wide = neighbours.read(tmp_path / "sn.csv")
    book = neighbours.read(model(tmp_path / "sn.xlsx", [neighbour_row(951, 101)]))
    pd.testing.assert_frame_equal(wide, book)


def test_neighbours_in_another_order_than_the_models_are_a_problem(tmp_path: Path) -> None:
    right = [[951, "N", 951, 1, "R", 952, "Close", 953, "Close"]]
    path = model(tmp_path / "sn.xlsx", [row + [None] * 16 for row in right])
    assert neighbours.check(AREA, neighbours.read(path), "sn.xlsx") == []
    swapped = [[951, "N", 951, 1, "R", 953, "Close", 952, "Close", *[None] * 16]]
    found = neighbours.check(AREA, neighbours.read(model(tmp_path / "sn2.xlsx", swapped)), "sn")
    assert "closest first: 953, 952" in str(found[0])
