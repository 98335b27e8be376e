"""How well records were linked, as tables that are counted and protected like any other.

They are of all deliveries of every extract together, so that their one period is the year of the
edition. What linking came to is written by `jsna.linkage.outcomes`; nothing of it is an identifier.
"""

from __future__ import annotations

from typing import Final

from jsna.model.configuration import Configuration
from jsna.model.link_passes import code_sql
from jsna.model.tables import AnalysisTable, Column, Implied
from jsna.shared.fragments import PLACE, age_group, listed, numbered
from jsna.shared.table_columns import GEOGRAPHY, PLACED, declared

#: Ethnic group of whoever refused or was not asked.
_NOT_OBTAINED: Final = "NOBT"
#: Code lists of ethnic groups whose labels are those of `ethnicity`.
_OTHER_SPELLINGS: Final = ("nhs_ethnic_category",)
_TRUE: Final = frozenset({"true"})


def _given(config: Configuration) -> dict[str, str]:
    """The year of the edition, as a column; the ethnic group and broad group of a person."""
    period = f"'{config.edition.reference_date.year}' as period"
    return {"period": period, "ethnicity": _ethnicity(config), "group": _group(config)}


def _ethnicity(config: Configuration) -> str:
    """SQL of the school census's code for an ethnic group written in another service's."""
    codes = {label: code for code, label in config.codelists.get("ethnicity", {}).items()}
    pairs = {
        code: codes.get(label, _NOT_OBTAINED)
        for name in _OTHER_SPELLINGS
        for code, label in config.codelists.get(name, {}).items()
    }
    cases = " ".join(f"when '{theirs}' then '{ours}'" for theirs, ours in sorted(pairs.items()))
    return f"case m.ethnicity {cases} else m.ethnicity end" if cases else "m.ethnicity"


def _group(config: Configuration) -> str:
    """SQL of the broad ethnic group."""
    groups = (
        config.hierarchies["ethnic_group"].codes if "ethnic_group" in config.hierarchies else {}
    )
    cases = " ".join(
        f"when s.own_ethnicity in ({listed(sorted(c))}) then '{g}'" for g, c in groups.items()
    )
    return f"case {cases} end" if cases else "null::varchar"


TABLES: Final = (
    AnalysisTable(
        name="spine_person",
        # Everyone of the first source of the spine, and whoever a later one added.
        row="a person of the spine that every other source is linked to",
        base="sources",
        key=("person_key",),
        columns=declared("person_key period"),
        given=_given,
        sql="""
        select person_key, {period} from "linkage.member"
        where not compared or link = 'spine'
        order by person_key
        """,
    ),
    AnalysisTable(
        name="linked_person",
        row="a person as a source has them, of every source but the first of the spine",
        base="sources",
        key=("link_source", "person_key"),
        columns=declared(
            "person_key period link_source link_pass link_method",
            Column("linked", "boolean"),
            Column("implausible", "boolean", "What agrees is too little for a link to be believed"),
            "age_group sex ethnicity ethnic_group",
            Column("sen_provision", description="As the source says last"),
            GEOGRAPHY,
        ),
        implies=(Implied("implausible", "linked", _TRUE, _TRUE),),
        known={**PLACED, "link_pass": ("linked", "true")},
        given=_given,
        # Linked or not.
        sql=f"""
        with said as (
            select m.*, {{ethnicity}} as own_ethnicity,
                link not in ('none', 'spine') as linked,
                case when link in ('number', 'pass') then {code_sql("pass")}
                    when link not in ('none', 'spine') then link end as link_pass
            from "linkage.member" m where compared
        )
        select s.person_key, {{period}}, s.source as link_source, s.link_pass,
            case when s.link in ('number', 'pass') then s.link when s.linked then 'model' end
                as link_method,
            s.linked, s.linked and s.implausible as implausible,
            {age_group("s.age")} as age_group, s.sex, s.own_ethnicity as ethnicity,
            {{group}} as ethnic_group, s.sen_provision, {PLACE}
        from said s left join place on place.lsoa_code = s.lsoa_code
        order by all
        """,
    ),
    AnalysisTable(
        name="held_out",
        row="a true pair, or a link, of those whose link is known another way",
        base="sources",
        key=("link_source", "answer", "side", "person_key", "record_number"),
        columns=declared(
            "person_key period link_source",
            Column("answer", description="How it is known: by number, or by another source"),
            Column("side", description="Whether it is a pair or a link"),
            Column("wrong", "boolean", "A pair that was missed, or a link that is false"),
            Column("sen_provision", description="As on the latest roll"),
            GEOGRAPHY,
            Column("record_number", "integer", "Which of those alike in the rest of the key"),
        ),
        known=PLACED,
        given=_given,
        sql=f"""
        select h.person_key, {{period}}, h.source as link_source, h.answer, h.of as side, h.wrong,
            said.sen_provision, {PLACE}, h.record_number
        from {numbered("linkage.held_out", "wrong", of='source, answer, "of", person_key')} h
            left join latest_roll said using (person_key)
            left join place on place.lsoa_code = said.lsoa_code
        order by all
        """,
    ),
    AnalysisTable(
        name="identifier",
        row="what became of one kind of identifier of a source, with the number of its records",
        base="records",
        key=("link_source", "identifier_kind", "verdict"),
        columns=declared(
            "period link_source identifier_kind verdict", Column("records", "integer")
        ),
        given=_given,
        sql="""
        select {period}, source as link_source, kind as identifier_kind, verdict, records
        from "linkage.identifier" order by all
        """,
    ),
    AnalysisTable(
        name="link_event",
        row="something linkage put together, kept apart or left out, with how often",
        base="sources",
        key=("link_source", "link_event"),
        columns=declared("period link_source link_event", Column("cases", "integer")),
        given=_given,
        sql="""
        select {period}, source as link_source, event as link_event, cases
        from "linkage.event" order by all
        """,
    ),
)
