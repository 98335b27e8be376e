"""How well records were linked, as tables that are counted and protected like any other.

They are of all deliveries of every extract together, so that their one period is the year of the
edition. What linking came to is written by `jsna.linkage.outcomes`; nothing of it is an identifier.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from jsna.measures.tables.recipe import PLACE, Recipe, age_group
from jsna.model.configuration import Configuration
from jsna.model.link_passes import code_sql

#: Ethnic group of whoever refused or was not asked.
_NOT_OBTAINED: Final = "NOBT"
#: Code lists of ethnic groups whose labels are those of `ethnicity`.
_OTHER_SPELLINGS: Final = ("nhs_ethnic_category",)


def recipes(config: Configuration, linked: Mapping[str, object]) -> tuple[Recipe, ...]:
    """Tables about linkage.

    Args:
        config: gives the year of the edition, and what codes mean the same.
        linked: tables there are; what pupils' SEN is, is known where the census was received.
    """
    period = f"'{config.edition.reference_date.year}' as period"
    return (
        _spine(period),
        _linked(period, config),
        _held_out(period, census="school_census.census" in linked),
        Recipe(
            "identifier",
            ("linkage.identifier",),
            f"""
            select {period}, source as link_source, kind as identifier_kind, verdict, records
            from "linkage.identifier" order by all
            """,
        ),
        Recipe(
            "link_event",
            ("linkage.event",),
            f"""
            select {period}, source as link_source, event as link_event, cases
            from "linkage.event" order by all
            """,
        ),
    )


def _spine(period: str) -> Recipe:
    """Everyone of the first source of the spine, and whoever a later one added."""
    return Recipe(
        "spine_person",
        ("linkage.member",),
        f"""
        select person_key, {period} from "linkage.member"
        where not compared or link = 'spine'
        order by person_key
        """,
    )


def _linked(period: str, config: Configuration) -> Recipe:
    """People of each source that is compared with the spine, linked or not."""
    return Recipe(
        "linked_person",
        ("linkage.member", "place"),
        f"""
        with said as (
            select m.*, {_ethnicity(config)} as own_ethnicity,
                link not in ('none', 'spine') as linked,
                case when link in ('number', 'pass') then {code_sql("pass")}
                    when link not in ('none', 'spine') then link end as link_pass
            from "linkage.member" m where compared
        )
        select s.person_key, {period}, s.source as link_source, s.link_pass,
            case when s.link in ('number', 'pass') then s.link when s.linked then 'model' end
                as link_method,
            s.linked, s.linked and s.implausible as implausible,
            {age_group("s.age")} as age_group, s.sex, s.own_ethnicity as ethnicity,
            {_group(config)} as ethnic_group, s.sen_provision, {PLACE}
        from said s left join place on place.lsoa_code = s.lsoa_code
        order by all
        """,
    )


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
    cases = " ".join(f"when s.own_ethnicity in ({_list(c)}) then '{g}'" for g, c in groups.items())
    return f"case {cases} end" if cases else "null::varchar"


def _held_out(period: str, *, census: bool) -> Recipe:
    """Pairs and links whose answer is known, with what the latest roll says of the child."""
    said = "select person_key, sen_provision, lsoa_code from pupil qualify row_number() over ("
    said += "partition by person_key order by period desc) = 1"
    if not census:
        said = "select ''::varchar as person_key, ''::varchar as sen_provision, ''::varchar as "
        said += "lsoa_code where false"
    return Recipe(
        "held_out",
        ("linkage.held_out", "place", *(("pupil",) if census else ())),
        f"""
        with said as ({said})
        select h.person_key, {period}, h.source as link_source, h.answer, h.of as side, h.wrong,
            said.sen_provision, {PLACE}
        from "linkage.held_out" h
            left join said using (person_key)
            left join place on place.lsoa_code = said.lsoa_code
        order by all
        """,
    )


def _list(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in sorted(values))
