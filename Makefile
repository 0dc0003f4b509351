# `make lab` is the main job, `make ladder` the experiment against rowpath's peers, `make test` the
# tests, `make check` those of them that are no long wait. Each installs what it needs into .venv
# first, and the tests what they need of the system.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# One more than there are cores, since many tests wait for servers; 0 is no worker but pytest itself.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(1 + (os.cpu_count() or 1))')

# Compiled files are kept whatever the shell says: the tests start hundreds of Python processes.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: lab ladder test check system lint lock clean

lab: $(VENV)/lab.stamp
	$(BIN)/rowpath lab run $(ARGS)

ladder: $(VENV)/peers.stamp
	$(BIN)/rowpath lab run ladder $(ARGS)

# A file's tests share servers and databases; conftest.py has put the files in an order.
PYTEST = $(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

test: system $(VENV)/dev.stamp
	$(BIN)/python tests/system.py --browser
	$(PYTEST) $(ARGS)

check: system $(VENV)/dev.stamp
	$(PYTEST) -m "not long" $(ARGS)

# A browser and the like, before minutes of other work: tests/system.py names them.
system:
	@$(PYTHON) tests/system.py

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Needs uv on PATH: writes the pinned dependencies anew, for every Python from 3.11 on.
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-annotate --no-header --quiet --upgrade
PEERS := --extra peers --group oxide --overrides requirements/overrides.txt
lock:
	$(LOCK) --extra lab --extra tools --output-file requirements/lab.txt
	$(LOCK) $(PEERS) --output-file requirements/peers.txt
	$(LOCK) $(PEERS) --extra tools --group dev --output-file requirements/dev.txt

clean:
	rm -rf $(VENV) build dist src/*.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# What the compiled encoder is built from, by the installation of rowpath itself.
NATIVE := setup.py $(wildcard src/rowpath/fast/*.pyx src/rowpath/fast/encoding/*.pyx src/rowpath/fast/encoding/native/*.hpp)

# The files name every package there is to install; --no-deps, since one of them would forbid others.
INSTALL := $(BIN)/python -m pip install --quiet --no-deps

$(VENV)/lab.stamp: requirements/lab.txt pyproject.toml $(NATIVE) | $(VENV)/bin/python
	$(INSTALL) --require-hashes --requirement requirements/lab.txt
	$(INSTALL) --editable .
	touch $@

$(VENV)/peers.stamp: requirements/peers.txt pyproject.toml $(NATIVE) | $(VENV)/bin/python
	$(INSTALL) --require-hashes --requirement requirements/peers.txt
	$(INSTALL) --editable .
	touch $@ $(VENV)/lab.stamp

$(VENV)/dev.stamp: requirements/dev.txt pyproject.toml $(NATIVE) | $(VENV)/bin/python
	$(INSTALL) --require-hashes --requirement requirements/dev.txt
	$(INSTALL) --editable .
	touch $@ $(VENV)/lab.stamp $(VENV)/peers.stamp
