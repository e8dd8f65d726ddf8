# `make demo` and `make test` need Python 3.10 or newer with its venv module, a C compiler and make; they install
# the rest into .venv.

PYTHON ?= python3
# Each holds a network and its own stores, about a gigabyte.
TEST_PROCESSES ?= 2
# Not from the environment: `clean` removes it.
VENV := .venv
BIN := $(VENV)/bin

# A virtual environment that could not be finished is made anew the next time.
.DELETE_ON_ERROR:

.PHONY: demo test lint format bench voices clean

demo: $(VENV)/.runtime
	$(BIN)/opusagent-voiceprint demo

test: $(VENV)/.development
	$(BIN)/python -m pytest --numprocesses $(TEST_PROCESSES) --dist worksteal $(PYTEST_ARGS)

lint: $(VENV)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.development
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.development
	$(BIN)/python benchmarks/bench.py
	$(BIN)/python benchmarks/load.py --seconds 15 --rounds 1
	$(BIN)/python benchmarks/call_path.py

voices: $(VENV)/.development
	$(BIN)/python tests/voices/make_voices.py

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
	$(BIN)/python -m pip install --quiet --upgrade pip

# torch goes first and by name: with it in place nothing else pulls another build of it.
$(VENV)/.runtime: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet -c constraints.txt torch
	$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	touch $@

$(VENV)/.development: $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[dev,redis,faiss,onnx]"
	touch $@

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
