# Two commands do everything on a fresh machine with Python 3.11 or newer:
#   make run    sets up, plays the opening story, then every scenario
#   make test   sets up, runs all tests that Python alone can run

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# Tests and rehearsals start many processes: all of them want what Python has compiled once.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test bench faithfulness pins lint types node setup clean

$(READY): pyproject.toml requirements.lock
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	touch $(READY)

setup: $(READY)

run: $(READY)
	$(BIN)/peakproof opening --connector examples/connectors/naive.py:connector

# One process more than there are cores (tests/conftest.py), four at most: each takes up to 0.9 GB.
test: $(READY)
	$(BIN)/pytest -n auto --maxprocesses 4

bench: $(READY)
	$(BIN)/pytest benchmarks -p benchmark --benchmark-columns=min,median,ops --benchmark-sort=name

# docs/faithfulness.md from what the fakes say of themselves; pins: which tests look at which operation.
faithfulness: $(READY)
	$(BIN)/python -m tests.faithfulness docs/faithfulness.md

pins: $(READY)
	$(BIN)/python -m pytest -q -p tests.faithfulness.pinning tests/contract

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

node: $(READY)
	for lock in tests/contract/node/*/package-lock.json examples/*/package-lock.json; do \
	  test -f $$lock || continue; \
	  npm ci --silent --no-audit --no-fund --prefix $$(dirname $$lock) || exit 1; done

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks
