# `make help` lists the targets. Each is also a command of `python -m jsna`, see docs/user-guide.md.
PYTHON ?= python3
EDITION ?= demo-2025
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Compiled code is kept, also where the machine says otherwise: every run and each child would compile
# all of it again.
export PYTHONDONTWRITEBYTECODE :=
JSNA := $(BIN)/python -m jsna
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadgroup --no-loadscope-reorder

.PHONY: help report fetch check-edition check-publication verify discover synthesise test test-full test-faults test-real check mutants bench bench-disclosure bench-linkage bench-scale sweep clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | \
		awk -F'|' '{printf "  make %-17s %s\n", $$1, $$2}'

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "jsna needs Python 3.11 or later; this is $$($(PYTHON) --version). Name another: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Creating the environment in $(VENV) from requirements.lock"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	@# pip compiles on one core, and tests of packages as well, some of which are no Python.
	@$(BIN)/python -m compileall -q -j 0 -x '/tests?/' $(VENV)/lib src
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

report: $(READY) ## Build a report: make report [EDITION=demo-2025]
	@$(JSNA) build $(EDITION)

fetch: $(READY) ## Get the official releases of an edition: make fetch EDITION=… [FROM=folder]
	@$(JSNA) fetch $(EDITION) $(if $(FROM),--from $(FROM))

check-edition: $(READY) ## Say what would stop a build, and judge every row: make check-edition EDITION=…
	@$(JSNA) check $(EDITION) --rows

check-publication: $(READY) ## Hold what was published to axe, the W3C's checker, PDF/UA-1 and PDF/A-3a: make check-publication EDITION=…
	@$(BIN)/python -m tests.publication.run $(EDITION)

verify: $(READY) ## Tell whether a published folder is what its manifest says: make verify FOLDER=… [REBUILT=…]
	@$(JSNA) verify "$(FOLDER)" $(if $(REBUILT),--rebuilt "$(REBUILT)")

discover: $(READY) ## Look for undeclared sums, and keep what is found of every edition's declarations for builds
	@$(JSNA) discover

synthesise: $(READY) ## Make the synthetic extracts of a demonstration edition
	@$(JSNA) synthesise $(EDITION)

test: $(READY) ## Run the tests (a small synthetic edition; some six minutes on two cores)
	@$(JSNA) prepare
	@$(PYTEST)

test-full: $(READY) ## Run the long tests: county scale, second builds, every example (half an hour on two cores)
	@$(JSNA) prepare
	@$(PYTEST) -m "full or sampled" --hypothesis-profile=full

test-faults: $(READY) ## Kill each stage, fill the disk and flip bits, at seeded places
	@$(JSNA) prepare
	@$(BIN)/python -m pytest -m faults

test-real: $(READY) ## Run the tests on the real official files in ../shared
	@$(JSNA) prepare
	@$(PYTEST) -m real

check: $(READY) ## Lint, types, rule format, workflow lint
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/snakefmt --check Snakefile rules
	@$(BIN)/snakemake --lint --config edition=$(EDITION)

sweep: $(READY) ## Make the open edition of every authority but its PDF: make sweep FROM=<folder of releases> [OUT=table.md] [JOBS=2]
	@$(JSNA) sweep --from "$(FROM)" --jobs $(or $(JOBS),2) $(if $(OUT),--out "$(OUT)")

mutants: $(READY) ## Put small faults into the code: which does no fast test notice? [SEED=…] [COUNT=150] [JOBS=2] [CALLS=file] [RESULTS=file]
	@$(JSNA) prepare
	@$(BIN)/python -m tests.mutation.run $(if $(SEED),--seed $(SEED)) $(if $(COUNT),--count $(COUNT)) \
		$(if $(JOBS),--jobs $(JOBS)) $(if $(CALLS),--calls $(CALLS)) $(if $(RESULTS),--results $(RESULTS))

bench-disclosure: $(READY) ## Measure disclosure control: loss, optimality, CPU seconds, the attack
	@$(BIN)/python benchmarks/bench_disclosure.py
	@$(BIN)/python benchmarks/bench_edition.py $(EDITION)
	@$(BIN)/python benchmarks/bench_many.py $(EDITION)

bench-linkage: $(READY) ## Measure linkage: accuracy, CPU seconds and memory, FEBRL and county scale
	@$(BIN)/python benchmarks/bench_linkage.py

bench: $(READY) ## Measure CPU seconds and memory of every stage at county scale, and what a change costs
	@$(BIN)/python benchmarks/run.py $(EDITION)
	@$(BIN)/python benchmarks/bench_flow.py $(EDITION)
	@$(BIN)/python benchmarks/bench_print.py $(EDITION)

bench-scale: $(READY) ## Measure CPU seconds and memory of every stage for larger counties (PUPILS="720000")
	@$(BIN)/python benchmarks/bench_scale.py demo-2025 $(PUPILS)

clean: ## Remove built reports and processed data (never raw extracts, nor what was published)
	@rm -rf data/processed/* data/releases reports/.*.new reports/.*.old $(filter-out reports/templates,$(wildcard reports/*)) .snakemake
	@touch data/processed/.gitkeep
