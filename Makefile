# `make lab` is the main job, `make test` the tests. Both install what they need into .venv first.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: lab test lint lock clean

lab: $(VENV)/lab.stamp
	$(BIN)/rowpath lab run $(ARGS)

test: $(VENV)/dev.stamp
	$(BIN)/pytest $(ARGS)

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Needs uv on PATH: writes the pinned dependencies anew, for every Python from 3.11 on.
LOCK := uv pip compile pyproject.toml --extra lab --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-annotate --no-header --quiet --upgrade
lock:
	$(LOCK) --output-file requirements/lab.txt
	$(LOCK) --group dev --output-file requirements/dev.txt

clean:
	rm -rf $(VENV) build dist src/*.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# What the compiled encoder is built from, by the installation of rowpath itself.
NATIVE := setup.py $(wildcard src/rowpath/fast/encoding/*.pyx src/rowpath/fast/encoding/native/*.hpp)

$(VENV)/lab.stamp: requirements/lab.txt pyproject.toml $(NATIVE) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/lab.txt
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	touch $@

$(VENV)/dev.stamp: requirements/dev.txt pyproject.toml $(NATIVE) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	touch $@ $(VENV)/lab.stamp
