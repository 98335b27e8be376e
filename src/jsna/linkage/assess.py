"""The stage `assess`: how good the links are. It runs beside what the figures are made of.

It takes who is who as `link` found it, hides the numbers of each source that holds any, links
again, and compares; and it holds sources that share no number with the spine to each other. Of a
large source a sample is looked at, whose size (`held_out` in `linkage.yaml`) says how closely an
error rate is known: the report prints the interval.

Writes `restricted/linkage/held_out.parquet`, whose columns `outcomes` says, and
`restricted/assess.json`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jsna import io, records
from jsna.linkage import concordance, quality
from jsna.linkage.jobs import Jobs
from jsna.linkage.keying import make_keys
from jsna.linkage.keys import person_key_secret
from jsna.linkage.link import ASSESSED, JOBS, KEPT, RULES, opened
from jsna.linkage.outcomes import union
from jsna.linkage.people import People, add, begin, in_order, spine_of
from jsna.linkage.ruleset import Ruleset, read_ruleset
from jsna.model.configuration import Configuration

if TYPE_CHECKING:
    import duckdb

#: Of what was tried, and its types.
_COLUMNS: Final = "source VARCHAR, answer VARCHAR, of VARCHAR, wrong BOOLEAN, person BIGINT"


def run(config: Configuration, paths: io.Paths, rules: Ruleset | None = None) -> None:
    """Assess the links of an edition.

    Args:
        config, paths: of the edition.
        rules: of linkage; by default those of the project.

    Raises:
        JsnaError: there is no fit key, the rules cannot be read, or what `link` kept is not there.
    """
    file = paths.restricted / "linkage" / ASSESSED
    listed = paths.identified / JOBS
    jobs: dict[str, str] = io.read_json(listed) if listed.is_file() else {}
    receipt: dict[str, object] = {"files": {}}
    if jobs:
        key = person_key_secret(synthetic=config.edition.synthetic, root=paths.root)
        rules = rules or read_ruleset(paths.root / RULES)
        with opened(paths) as database:
            people = _known(Jobs(database, paths.identified / KEPT, jobs), rules)
            found = union(_tried(database, people, rules), _COLUMNS)
            database.execute(f"CREATE TEMP TABLE _tried AS {found}")
            make_keys(database, people, key, among="(SELECT DISTINCT person FROM _tried)")
            query = (
                "SELECT t.source, t.answer, t.of, t.wrong, k.person_key "
                "FROM _tried t JOIN keys k USING (person) ORDER BY ALL"
            )
            io.write_parquet(file, database.sql(query).to_arrow_table())
        receipt["files"] = records.digests(paths.restricted, [file])
    else:
        io.remove(file)
    io.write_json(paths.restricted / "assess.json", receipt)


def _known(jobs: Jobs, rules: Ruleset) -> People:
    """Everyone, as `link` found them.

    Raises:
        JsnaError: naming the file that is gone, damaged, or of other rules, code or rows.
    """
    people = begin(jobs.database)
    for name, joins in in_order(jobs.keys, spine_of(jobs.keys, rules.spine)):
        add(jobs.database, people, name, jobs.required(name), joins=joins)
    return people


def _tried(database: duckdb.DuckDBPyConnection, people: People, rules: Ruleset) -> list[str]:
    """SQL of what was tried of each source, columns `_COLUMNS`."""
    parts, unanswered = [], []
    for name, linked in sorted(people.linked.items()):
        if not quality.has_answers(database, linked.links):
            unanswered.append(name)
            continue
        table = f'"held out {name}"'
        # A source of the spine was linked to what stood there before it: not to itself.
        sides = people.before(name), people.right(name)
        quality.held_out(database, *sides, linked.links, rules.rules, table, rules.held_out)
        parts.append(
            f"SELECT '{name}' AS source, 'number' AS answer, h.of, h.wrong, m.person "
            f"FROM {table} h JOIN (SELECT DISTINCT own, person FROM {people.people} "
            f"WHERE source = '{name}') m ON m.own = h.right_person + {people.offsets[name]}"
        )
    for name in unanswered:
        others = {
            other: (people.right(other), people.linked[other].links)
            for other in unanswered
            if other != name
        }
        table = f'"concordant {name}"'
        concordance.concordant(
            database, (people.right(name), people.linked[name].links), others, table
        )
        parts.append(f"SELECT '{name}', 'source', of, wrong, left_person FROM {table}")
    return parts
