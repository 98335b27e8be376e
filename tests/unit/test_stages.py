"""A stage is said once: its rule, its verb and its zones are those of `jsna.stages`."""

import importlib.util
import re

from jsna import cli
from jsna import workflow as flow
from jsna.stages import STAGES
from tests.conftest import ROOT

_RULE = re.compile(r"^rule (\w+):\n(.*?)(?=^rule |\Z)", re.MULTILINE | re.DOTALL)
RULES = {
    name: body
    for file in sorted((ROOT / "rules").glob("*.smk"))
    for name, body in _RULE.findall(file.read_text(encoding="utf-8"))
}


def test_every_stage_has_one_rule_which_runs_its_verb_and_stands_on_its_code() -> None:
    assert {*RULES} == {*STAGES}
    for verb, body in RULES.items():
        assert f'code=flow.code("{verb}")' in body
        assert f'flow.message("{verb}")' in body
        assert f'flow.command("{verb}")' in body
        assert re.match(rf"python -m jsna {verb} \{{wildcards.edition\}} .*2> ", flow.command(verb))


def test_every_stage_is_a_verb_with_a_module_that_there_is() -> None:
    for verb, stage in STAGES.items():
        assert importlib.util.find_spec(stage.module) is not None
        words, run, takes_edition = cli.VERBS[verb]
        assert (words.lower(), run, takes_edition) == (
            f"stage: {stage.does.lower()}",
            cli._stage,
            True,
        )
        assert flow.message(verb) == stage.does
