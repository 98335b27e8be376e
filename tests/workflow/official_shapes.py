"""Records of the small edition written out as official files have them, by code of the tests' own.

Rows come as text by field, from what the project found valid. What a return does not have (names in
returns of social care, small areas, URNs and phases in a census) is left out of it, and of the
declared shape that it is set against, where nothing else gives it.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from xml.etree import ElementTree as Tree

Row = dict[str, str]
Tables = dict[str, list[Row]]


def put(below: Tree.Element, row: Mapping[str, str], names: Mapping[str, str]) -> Tree.Element:
    """Leaves of an element, of the fields that have a value."""
    for name, field in names.items():
        if row.get(field):
            Tree.SubElement(below, name).text = row[field]
    return below


def new(below: Tree.Element, path: str) -> Tree.Element:
    for name in path.split("/"):
        below = Tree.SubElement(below, name)
    return below


def written(root: Tree.Element) -> bytes:
    Tree.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + bytes(Tree.tostring(root, "utf-8"))


def message(collection: str, **source: str) -> Tree.Element:
    root = Tree.Element("Message")
    header = new(root, "Header")
    Tree.SubElement(new(header, "CollectionDetails"), "Collection").text = collection
    put(new(header, "Source"), source, {name: name for name in source})
    return root


def groups(rows: Iterable[Row], fields: Sequence[str]) -> list[list[Row]]:
    """Rows that agree in fields, in the order they are first met."""
    found: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        found[tuple(row[field] for field in fields)].append(row)
    return list(found.values())


_CHILD = {
    "LAchildID": "child_id", "UPN": "upn", "FormerUPN": "former_upn", "UPNunknown": "upn_unknown",
    "PersonBirthDate": "date_of_birth", "ExpectedPersonBirthDate": "expected_birth_date",
    "Sex": "sex",
}  # fmt: skip
_EPISODE = {
    "CINreferralDate": "referral_date", "ReferralSource": "referral_source",
    "PrimaryNeedCode": "category_of_need", "CINclosureDate": "closure_date",
    "ReasonForClosure": "closure_reason", "DateOfInitialCPC": "initial_conference_date",
    "ReferralNFA": "referral_nfa",
}  # fmt: skip
_PLAN = {
    "CPPstartDate": "cpp_start_date", "CPPendDate": "cpp_end_date",
    "InitialCategoryOfAbuse": "abuse_category", "NumberOfPreviousCPP": "previous_plans",
}  # fmt: skip
_DISABILITIES = [f"disability_{number}" for number in range(1, 13)]


_ASSESSMENT = {
    "AssessmentActualStartDate": "assessment_start",
    "AssessmentInternalReviewDate": "assessment_review",
    "AssessmentAuthorisationDate": "assessment_end",
}
#: Table -> element below an episode, and its leaves.
_BESIDE = {
    "plans": ("CINPlanDates", {"CINPlanStartDate": "plan_start", "CINPlanEndDate": "plan_end"}),
    "section47": (
        "Section47",
        {
            "S47ActualStartDate": "enquiry_start", "InitialCPCtarget": "conference_target",
            "DateOfInitialCPC": "conference_date", "ICPCnotRequired": "conference_not_needed",
        },
    ),
}  # fmt: skip


def in_need(tables: Tables) -> tuple[Tables, bytes]:
    """A census of children in need: in the order of its XML, and that XML."""
    root = message("CIN", LEA="999")
    children = new(root, "Children")
    rows = tables["episodes"]
    ordered: list[Row] = []
    below: Tables = {name: [] for name in ("assessments", *_BESIDE)}
    #: Episodes that have what hangs on them: the first of several with one referral has it.
    had: set[tuple[str, str]] = set()

    def put_below(details: Tree.Element, child_id: str, referral: str) -> None:
        if (child_id, referral) in had:
            return
        had.add((child_id, referral))

        def own(name: str) -> list[Row]:
            return [
                row
                for row in tables[name]
                if (row["child_id"], row["referral_date"]) == (child_id, referral)
            ]

        for one in groups(own("assessments"), [*_ASSESSMENT.values()]):
            assessment = put(new(details, "Assessments"), one[0], _ASSESSMENT)
            found = [row for row in one if row["factor"]]
            if found:
                factors = new(assessment, "FactorsIdentifiedAtAssessment")
                for row in found:
                    put(factors, row, {"AssessmentFactors": "factor"})
            # An element without factors is one row; one with some has no row without.
            below["assessments"] += found or one[:1]
        for name, (tag, leaves) in _BESIDE.items():
            for row in own(name):
                put(new(details, tag), row, leaves)
                below[name].append(row)

    for row in rows:
        # A list of elements has no gaps.
        given = [row[field] for field in _DISABILITIES if row[field]]
        row |= dict(zip(_DISABILITIES, [*given, *[""] * 12], strict=False))
        row["has_plan"] = str(any(row[field] for field in _PLAN.values()))
    for own in groups(rows, [*_CHILD.values(), "ethnicity", *_DISABILITIES]):
        child = new(children, "Child")
        put(new(child, "ChildIdentifiers"), own[0], _CHILD)
        is_ = put(new(child, "ChildCharacteristics"), own[0], {"Ethnicity": "ethnicity"})
        if own[0]["disability_1"]:
            held = new(is_, "Disabilities")
            for field in _DISABILITIES:
                put(held, own[0], {"Disability": field})
        for episode in groups(own, [*_EPISODE.values(), "has_plan"]):
            details = put(new(child, "CINdetails"), episode[0], _EPISODE)
            put_below(details, own[0]["child_id"], episode[0]["referral_date"])
            for plan in episode:
                if plan["has_plan"] == "True":
                    put(new(details, "ChildProtectionPlans"), plan, _PLAN)
                ordered.append(plan)
    return {"episodes": ordered, **below}, written(root)


_HEADER = {
    "CHILDID": "child_id", "UPN": "upn", "SEX": "sex", "DOB": "date_of_birth",
    "ETHNIC": "ethnicity", "MOTHER": "mother", "MC_DOB": "mother_child_birth_date",
}  # fmt: skip
_CARE = {
    "DECOM": "start_date", "RNE": "new_episode_reason", "LS": "legal_status",
    "CIN": "category_of_need", "PL": "placement", "PL_POST": "placement_postcode",
    "HOME_POST": "home_postcode", "URN": "placement_urn", "PLACE_PROVIDER": "placement_provider",
    "DEC": "end_date", "REC": "end_reason", "REASON_PLACE_CHANGE": "place_change_reason",
}  # fmt: skip
_OUTCOMES = {
    name.upper(): name
    for name in (
        "sdq_score", "sdq_reason", "convicted", "health_check", "immunisations", "teeth_check",
        "health_assessment", "substance_misuse", "intervention_received", "intervention_offered",
    )
}  # fmt: skip
_AFTER = {"IN_TOUCH": "in_touch", "ACTIV": "activity", "ACCOM": "accommodation"}
_BELOW = {
    "reviews": ("AREVIEW", {"REVIEW": "review_date", "REVIEW_CODE": "review_code"}),
    "oc2": ("OC2", _OUTCOMES),
    "missing": (
        "AMISSING",
        {"MISSING": "missing_kind", "MIS_START": "missing_start", "MIS_END": "missing_end"},
    ),
}


def looked_after(tables: Tables) -> tuple[Tables, bytes]:
    """A return of looked-after children: in the order of its XML, and that XML."""
    root = Tree.Element("EXPSSDA903")
    ordered: Tables = {name: [] for name in tables}
    for head in tables["header"]:
        child = new(root, "CHILD")
        header = put(new(child, "HEADER"), _day_first(head), _HEADER)
        ordered["header"].append(head)
        for row in tables["oc3"]:
            if row["child_id"] == head["child_id"]:
                put(header, row, _AFTER)
                ordered["oc3"].append({**row, "date_of_birth": head["date_of_birth"]})
        for name, (tag, names) in _BELOW.items():
            for row in tables[name]:
                if row["child_id"] == head["child_id"]:
                    put(new(header, tag), _day_first(row), names)
                    # The XML says once when a child was born.
                    ordered[name].append({**row, "date_of_birth": head["date_of_birth"]})
        for row in tables["episodes"]:
            if row["child_id"] == head["child_id"]:
                put(new(child, "EPISODE"), _day_first(row), _CARE)
                ordered["episodes"].append(row)
    return ordered, written(root)


def _day_first(row: Row) -> Row:
    """Days as this return writes them."""

    def put(text: str) -> str:
        try:
            return date.fromisoformat(text).strftime("%d/%m/%Y")
        except ValueError:
            return text

    return {field: put(text) for field, text in row.items()}


#: Module of SEN2 -> its own number, its parent's, the element it is, its leaves.
_SEN2: dict[str, tuple[str, str, str, str]] = {
    "requests": ("requests_table_id", "person", "Requests", "person_table_id"),
    "assessment": ("assessment_table_id", "requests", "Assessment", "requests_table_id"),
    "namedplan": ("namedplan_table_id", "assessment", "NamedPlan", "assessment_table_id"),
    "plandetail": ("", "namedplan", "PlanDetail", "namedplan_table_id"),
    "activeplans": ("activeplans_table_id", "requests", "ActivePlans", "requests_table_id"),
    "placementdetail": ("", "activeplans", "PlacementDetail", "activeplans_table_id"),
    "senneed": ("", "activeplans", "SENneed", "activeplans_table_id"),
}


def plans(tables: Tables, names: Mapping[str, Mapping[str, str]]) -> tuple[Tables, bytes]:
    """A SEN2 return: numbered and in the order of its XML, and that XML.

    Args:
        tables: module -> rows.
        names: module -> header -> field, of what is no number of a row.
    """
    root = message("SEN2", LEA="999")
    persons = new(root, "Persons")
    ordered: Tables = {name: [] for name in tables}

    def add(module: str, row: Row, below: Tree.Element, parent: str) -> None:
        own, _, tag, key = _SEN2.get(module, ("person_table_id", "", "Person", ""))
        element = put(new(below, tag), row, names[module])
        number = str(len(ordered[module]) + 1)
        ordered[module].append(
            {**row, **({own: number} if own else {}), **({key: parent} if key else {})}
        )
        for child, (_, of, _, child_key) in _SEN2.items():
            if of == module:
                for one in tables[child]:
                    if one[child_key] == row[child_key]:
                        add(child, one, element, number)

    for row in tables["person"]:
        add("person", row, persons, "")
    return ordered, written(root)


_WHO = {"UPN": "upn", "FormerUPN": "former_upn", "Surname": "surname", "Forename": "forename",
        "DOB": "date_of_birth", "Sex": "sex"}  # fmt: skip
_IS = {"Ethnicity": "ethnicity", "Language": "language"}
_AT = {"EnrolStatus": "enrol_status", "NCyearActual": "year_group"}
_SEN = {"SENprovision": "sen_provision", "SENunitIndicator": "sen_unit",
        "ResourcedProvisionIndicator": "resourced_provision"}  # fmt: skip
_NEEDS = ("primary_need", "secondary_need")
#: A period of free meals that is in force on any January census day.
_SINCE = {"FSMstartDate": "2020-09-01", "UKcountry": "ENG"}


def schools_xml(rows: Sequence[Row], estab: Mapping[str, tuple[str, str]]) -> dict[str, bytes]:
    """A January census as the XML of each school.

    Args:
        rows: registrations, those of a school together.
        estab: URN -> number of the authority and of the establishment.
    """
    found = {}
    for number, school in enumerate(groups(rows, ["school_urn"]), start=1):
        lea, own = estab[school[0]["school_urn"]]
        root = message("SC", LEA=lea, Estab=own)
        below = new(root, "Pupils/PupilsOnRoll")
        for row in school:
            pupil = new(below, "PupilOnRoll")
            put(new(pupil, "PupilIdentifiers"), row, _WHO)
            is_ = put(new(pupil, "PupilCharacteristics"), row, _IS)
            if row["fsm"] == "Y":
                put(new(is_, "FSMperiods/FSMperiod"), _SINCE, {name: name for name in _SINCE})
            put(new(pupil, "PupilStatus"), row, _AT)
            sen = put(new(pupil, "SpecialEducationalNeeds"), row, _SEN)
            # The second before the first: the rank says which is which.
            for rank, field in reversed([*enumerate(_NEEDS, start=1)]):
                if row[field]:
                    need = {"rank": str(rank), "type": row[field]}
                    put(new(sen, "SENneeds/SENneed"), need,
                         {"SENtypeRank": "rank", "SENtype": "type"})  # fmt: skip
            put(new(pupil, "HomeInformation/Address"), row, {"PostCode": "postcode"})
        found[f"census.{number:03}"] = written(root)
    return found


def export(rows: Sequence[Row], estab: Mapping[str, tuple[str, str]]) -> dict[str, bytes]:
    """A January census as COLLECT exports it: a table each, dates with a time, in small letters."""
    urns = list(dict.fromkeys(row["school_urn"] for row in rows))
    returns = [
        {"schoolcensustableid": str(n), "lea": estab[urn][0], "estab": estab[urn][1]}
        for n, urn in enumerate(urns, start=1)
    ]
    tables: dict[str, list[Row]] = {"schoolcensus": returns, "pupilonroll": []}
    tables |= {"senneeds": [], "fsmperiod": [], "addresses": []}
    for number, row in enumerate(rows, start=1):
        pupil = {"pupilonrolltableid": str(number)}
        born = date.fromisoformat(row["date_of_birth"]).strftime("%Y-%b-%d 00:00:00")
        names = {**_WHO, **_IS, **_AT, **_SEN}
        tables["pupilonroll"].append(
            {
                **pupil,
                "schoolcensustableid": str(urns.index(row["school_urn"]) + 1),
                **{name.lower(): row[field] for name, field in names.items()},
                "dob": born,
            }
        )
        for rank, field in enumerate(_NEEDS, start=1):
            if row[field]:
                tables["senneeds"].append(
                    {**pupil, "sentyperank": f"{rank}.0", "sentype": row[field]}
                )
        if row["fsm"] == "Y":
            began = {"fsmstartdate": "2020-Sep-01 00:00:00", "fsmenddate": ""}
            tables["fsmperiod"].append({**pupil, **began, "ukcountry": "ENG"})
        if row["postcode"]:
            home = {"addressesorderseqcolumn": "1", "postcode": row["postcode"]}
            tables["addresses"].append({**pupil, **home})
    return {name: as_csv(rows) for name, rows in tables.items()}


def as_csv(rows: Sequence[Row]) -> bytes:
    """Rows as a CSV under their own names."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()
