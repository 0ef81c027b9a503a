# Each target makes its own virtual environment; nothing but Python 3.11+ and make is needed.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: demo test check format lint types contracts soak mutants openapi bench clean

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group dev
	touch $@

demo: $(STAMP)
	$(BIN)/vtxero demo

test: $(STAMP)
	$(BIN)/python -m pytest -q -n 3 --dist worksteal -m "not soak"

check: format lint types contracts test

format: $(STAMP)
	$(BIN)/ruff format --check .

lint: $(STAMP)
	$(BIN)/ruff check .

types: $(STAMP)
	$(BIN)/mypy

contracts: $(STAMP)
	$(BIN)/lint-imports

soak: $(STAMP)
	$(BIN)/python -m pytest -q -m soak --hypothesis-profile=search

# Makes the fault of each law of docs/laws.md in a copy of the code, and expects the law's tests to fail.
mutants: $(STAMP)
	$(BIN)/python -m pytest -q -m soak tests/laws/test_mutants.py

# Holds the Xero stand-in's answers against Xero's own OpenAPI file, where VTXERO_XERO_OPENAPI names one; what is answered
# to requests that no client would send is left out, for it echoes them.
openapi: $(STAMP)
	PYTHONPATH=tests $(BIN)/python -m pytest -q -p openapi.recorder -m "not soak" \
	  --ignore tests/sandbox/xero/test_mutated_requests.py tests/openapi tests/sandbox/xero tests/wire/xero tests/chain

bench: $(STAMP)
	$(BIN)/python benchmarks/run.py

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
