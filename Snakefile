# The SEND JSNA pipeline. `jsna build <edition>` (or `make report`) runs it; see docs/data-flow.md.
import sys

from snakemake.utils import min_version, validate

from jsna import workflow as flow

min_version("9.0")
# Snakemake imports pandas to compare parameters where it can: most of a second in every run, to
# find that none of them is a table. Stages have processes of their own.
sys.modules.setdefault("pandas", None)


configfile: "config/config.yaml"


validate(config, "config/schemas/workflow.json")


wildcard_constraints:
    edition=r"[a-z0-9][a-z0-9_-]*",


include: "rules/ingest.smk"
include: "rules/link.smk"
include: "rules/measure.smk"
include: "rules/protect.smk"
include: "rules/present.smk"
include: "rules/seal.smk"


rule all:
    default_target: True
    input:
        f"data/processed/{config['edition']}/seal.json",
