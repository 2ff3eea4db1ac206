# `make` lists what there is. Needs Python 3.11+, git and make; uses uv where it is installed.
.POSIX:
.SUFFIXES:
.DEFAULT_GOAL := help
SHELL := /bin/sh
# With this variable set every process would compile every module again.
unexport PYTHONDONTWRITEBYTECODE

VENV ?= .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEVELOPMENT := $(VENV)/.development
EXAMPLE := examples/customer-360
COMPILE := uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

$(RUNTIME): requirements.lock pyproject.toml hatch_build.py .ci/environment
	@sh .ci/environment $(VENV) requirements.lock
	@touch $@

$(DEVELOPMENT): requirements.lock requirements-dev.lock pyproject.toml hatch_build.py .ci/environment
	@sh .ci/environment $(VENV) requirements-dev.lock
	@touch $(RUNTIME) $@

.PHONY: env
env: $(DEVELOPMENT) ## make the environment with everything that development needs

# A finding at the gate is an answer, not a failure of make; what could not be reviewed is one.
.PHONY: review
review: $(RUNTIME) ## review the example project
	@code=0; $(BIN)/orchestrate review-pipeline $(EXAMPLE) || code=$$?; \
	case $$code in \
	0) echo "orchestrate ended with exit code 0: nothing at or above the gate." >&2 ;; \
	1) echo "orchestrate ended with exit code 1: findings at or above the gate, listed above. In CI this stops the job." >&2 ;; \
	2) echo "orchestrate ended with exit code 2: bad input." >&2; exit $$code ;; \
	3) echo "orchestrate ended with exit code 3: incomplete, something was not reviewed." >&2; exit $$code ;; \
	*) echo "orchestrate ended with exit code $$code: a fault of ours, please report it." >&2; exit $$code ;; \
	esac

.PHONY: test
test: $(DEVELOPMENT) ## run the tests that need nothing but Python
	@$(BIN)/python -m pytest -m "not real" -n auto --dist loadfile

.PHONY: check
check: $(DEVELOPMENT) ## format, lint, types, layers, shape and wheel
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/orchestrate plugins lint
	@$(BIN)/python -m pytest -m "not real" tests/test_shape.py tests/test_no_cheat.py tests/test_wheel.py

.venv-real/.made: requirements-real.lock .ci/real-environment
	@sh .ci/real-environment .venv-real
	@touch $@

.clients/.made: .ci/clients
	@sh .ci/clients
	@touch $@

.PHONY: env-real
env-real: .venv-real/.made .clients/.made ## install what the real tests start: Spark, MLflow, the Claude Code client

.PHONY: test-real
test-real: $(DEVELOPMENT) env-real ## run the tests that need a real component or a package registry
	@$(BIN)/python -m pytest -m real -n 2 --dist loadfile

.PHONY: bench
bench: $(DEVELOPMENT) ## measure speed and memory against peers; BENCH=--quick for a short run, --write for docs/bench.md
	@$(BIN)/python bench/run.py $(BENCH)

.PHONY: lock
lock: ## pin every dependency again (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 2; }
	$(COMPILE) --upgrade pyproject.toml -o requirements.lock
	$(COMPILE) --upgrade pyproject.toml --extra workspace --extra model --extra postgres --extra cassettes --extra evals --extra github --extra delta --group dev -c requirements.lock -o requirements-dev.lock
	$(COMPILE) --upgrade pyproject.toml --extra github -c requirements.lock -o requirements-action.lock
	$(COMPILE) --upgrade pyproject.toml --extra github --extra model -c requirements.lock -o requirements-action-model.lock
	$(COMPILE) --upgrade --group real -o requirements-real.lock

.PHONY: schema
schema: $(RUNTIME) ## write the JSON Schema of the json report again
	@mkdir -p docs/schema
	@$(BIN)/python -m orchestrator.report.json_schema >docs/schema/review.schema.json.new
	@mv docs/schema/review.schema.json.new docs/schema/review.schema.json

.PHONY: manifests
manifests: $(DEVELOPMENT) ## record again what each MCP server answers first
	@$(BIN)/python -m orchestrator.toolbox.recording

.PHONY: clean
clean: ## remove caches and builds; the environment stays
	rm -rf build dist .bench .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +
