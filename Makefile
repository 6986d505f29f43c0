# The laboratory's everyday commands; `make` alone lists them. Needs Python 3.11 or newer, git and make.
PYTHON ?= python3
STUDY ?= optimizer_comparison
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
WORKERS ?= 2
QUIETLY := --quiet --disable-pip-version-check
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))

.DEFAULT_GOAL := help
.PHONY: help install environment run ui repro report test check check-deep bench peers lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile
	@echo
	@echo '  PYTHON=python3.12 chooses the interpreter of a new .venv; it must be 3.11 or newer'

install: $(READY) ## set up .venv from requirements.lock, unless that is done

run: $(READY) ## run a study: make run STUDY=textbook ARGS="profile=quick"
	@$(BIN)/python -m src.run +study=$(STUDY) $(ARGS)

ui: $(READY) ## open MLflow on what was run
	@$(BIN)/python -m src.tracking.ui

repro: $(READY) ## all studies and their overview, by DVC; only what has changed
	@$(BIN)/dvc repro

report: $(READY) ## one page with all claims, studies and figures, from what was run: reports/index.html
	@$(BIN)/python -m pipelines.report

test: check ## check, then all tests
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: $(READY) ## style, types, and the rules of the layout
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest tests/laws/test_house.py

check-deep: $(READY) ## how many small mistakes the tests notice; an hour: make check-deep ARGS="src/protocol --count 50"
	@$(BIN)/python -m benchmarks.mutants $(ARGS)

bench: $(READY) ## side by side with other libraries
	@$(BIN)/python -m benchmarks.run $(ARGS)

# Nothing of requirements.lock changes: it is the constraint under which the peers are installed.
peers: $(READY) ## install what searches are set beside in benchmarks (500 MB)
	@$(BIN)/python -m pip install $(QUIETLY) --constraint requirements.lock --requirement benchmarks/searches/peers.lock
	@echo 'peers are installed: make bench ARGS="search search_defaults search_speed bbob"'

clean: ## remove .venv and the tools' caches; runs, results and tracking stay
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	@find src pipelines benchmarks tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Without --no-compile, pip compiles every module of every package, of which few are ever imported.
$(READY): requirements.lock
	@$(BIN)/python -c '$(NEW_ENOUGH)' 2> /dev/null || $(MAKE) --no-print-directory environment
	@echo '2/3 installing torch, the largest package (some minutes)'
	@$(BIN)/python -m pip install $(QUIETLY) --no-compile --constraint requirements.lock torch
	@echo "3/3 installing the rest of requirements.lock ($$(grep -c == requirements.lock) packages)"
	@$(BIN)/python -m pip install $(QUIETLY) --no-compile --requirement requirements.lock
	@touch $(READY)
	@echo '.venv is ready'

# Also in the place of one that was made with an older Python, or that was moved.
environment:
	@version=$$($(PYTHON) -c 'import platform; print(platform.python_version())' 2> /dev/null) || \
	  { echo 'error: $(PYTHON) does not run; choose another: make PYTHON=python3.12 ...' >&2; exit 1; }; \
	$(PYTHON) -c '$(NEW_ENOUGH)' || \
	  { echo "error: $(PYTHON) is Python $$version, older than 3.11; choose another: make PYTHON=python3.12 ..." >&2; exit 1; }; \
	echo "1/3 making .venv with Python $$version"
	@$(PYTHON) -m venv --clear $(VENV)

# The platform's own parts of torch are left out: pip finds the right ones by itself.
lock: ## renew requirements.lock: the newest versions that pyproject.toml allows
	@rm -rf .venv.lock
	@$(PYTHON) -m venv .venv.lock
	@$(PYTHON) -c "import tomllib; project = tomllib.load(open('pyproject.toml', 'rb')); \
	  print('\n'.join(project['project']['dependencies'] + project['dependency-groups']['dev']))" > .venv.lock/wanted.txt
	@echo 'installing the newest versions that pyproject.toml allows (some minutes)'
	@.venv.lock/bin/python -m pip install $(QUIETLY) --requirement .venv.lock/wanted.txt
	@.venv.lock/bin/python -m pip freeze --exclude setuptools | sed 's/+[a-z0-9]*$$//' \
	  | grep -Ev '^(nvidia|cuda|triton)' > .venv.lock/requirements.lock
	@mv .venv.lock/requirements.lock requirements.lock
	@rm -rf .venv.lock
	@git --no-pager diff --stat -- requirements.lock
