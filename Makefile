# On a fresh machine with Python 3.11 or later: `make demo` or `make test` do all the set-up.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
UV     := $(shell command -v uv 2>/dev/null)

.PHONY: demo test test-all bench lint lock clean

$(VENV)/.ready: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Detente needs Python 3.11 or later; set PYTHON=/path/to/python3"; exit 1; }
ifdef UV
	@test -x $(BIN)/python || uv venv --quiet --python $(PYTHON) $(VENV)
	@VIRTUAL_ENV=$(VENV) uv pip install --quiet --require-hashes -r requirements.lock
	@VIRTUAL_ENV=$(VENV) uv pip install --quiet --no-deps -e .
else
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
endif
	@touch $@

demo: $(VENV)/.ready  ## set up, read the bundled example article, and build a record from a folder
	@$(BIN)/detente read examples/article.txt --date 2024-10-17
	@rm -rf build/demo
	@echo; echo "A desk's folder, examples/record, as a record in build/demo:"
	@$(BIN)/detente add examples/record -r build/demo || test $$? -eq 1  # 1: some items hold no text to read
	@$(BIN)/detente events -r build/demo --limit 25
	@echo "Next: $(BIN)/detente events -r build/demo --evidence --dyad RUS KAZ · $(BIN)/detente status -r build/demo"
	@echo "Next: make test · $(BIN)/detente read YOUR_FILE --date YYYY-MM-DD · $(BIN)/detente --help"

test: $(VENV)/.ready lint  ## set up and run the tests
	@$(BIN)/python -m pytest

test-all: test  ## the tests, the slow ones too, and every benchmark
	@$(BIN)/python -m pytest -m slow
	@$(MAKE) bench

lint: $(VENV)/.ready
	@$(BIN)/ruff check src tests benchmarks
	@$(BIN)/ruff format --check src tests benchmarks
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

bench: $(VENV)/.ready  ## print every measured figure
	@$(BIN)/python benchmarks/events.py
	@$(BIN)/python benchmarks/link.py
	@$(BIN)/python benchmarks/speed.py
	@$(BIN)/python benchmarks/record.py
	@$(BIN)/python benchmarks/datasets.py
	@$(BIN)/python benchmarks/duplicates.py

lock:  ## renew requirements.lock from pyproject.toml
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--group dev --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) build/demo .mypy_cache .ruff_cache .pytest_cache
