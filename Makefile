# make run   the portal with example data on http://127.0.0.1:8000 (PORT=, DATABASE_URL= change that)
# make test  everything is installed, then the whole suite: SQLite with a real browser, then PostgreSQL
# make bench speed as ratios, side by side in one run
# make check what the pipeline checks besides tests · make format · make lock · make clean

SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
JOBS ?= 2
PIP := $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps
# Compiled once and kept with the tools, whatever the surroundings say: every worker and every server starts from it.
BYTECODE := PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX="$(CURDIR)/.venv/bytecode"
TEST_ENV := env -u DEMO -u DEBUG -u PRODUCTION -u SECRET_KEY -u ALLOWED_HOSTS $(BYTECODE)

.DEFAULT_GOAL := help
.PHONY: help run bench test test-sqlite test-postgres lint format types contracts migrations deploy check lock clean

help:
	@sed -n 's/^# //p' Makefile

# uv installs in seconds; where it cannot reach the index (it does not read pip's settings), pip does the same job.
define install
	@scripts/make-venv $(PYTHON)
	@$(PIP) -r requirements-uv.lock
	@$(BIN)/uv pip sync -q --python $(BIN)/python --require-hashes $(1) 2>/dev/null || $(PIP) -r $(1)
	@touch $@
endef

.venv/.run: requirements.lock requirements-uv.lock
	@rm -f .venv/.dev
	$(call install,requirements.lock)

.venv/.dev: requirements-dev.lock requirements-uv.lock
	$(call install,requirements-dev.lock)
	@touch .venv/.run

# The English words of the public pages, in the form that gettext reads.
CATALOGUE := locale/en/LC_MESSAGES/django.mo
$(CATALOGUE): locale/en/LC_MESSAGES/django.po
	@$(BIN)/python scripts/messages compile

run: .venv/.run $(CATALOGUE)
	@PORT=$(PORT) scripts/run

test: test-sqlite test-postgres

test-sqlite: .venv/.dev $(CATALOGUE)
	@scripts/need-browser
	env -u DATABASE_URL $(TEST_ENV) $(BIN)/python -m pytest -q -n $(JOBS)

test-postgres: .venv/.dev $(CATALOGUE)
	$(TEST_ENV) scripts/with-postgres $(BIN)/python -m pytest -q -n $(JOBS) -m "not browser"

# Ratios of one run on this machine, on a throwaway database with 10,000 projects; fails where a bound is broken.
bench: .venv/.dev $(CATALOGUE)
	@env -u DATABASE_URL $(TEST_ENV) scripts/bench

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: .venv/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: .venv/.dev
	$(BIN)/mypy

contracts: .venv/.dev
	$(BIN)/lint-imports --no-cache

migrations: .venv/.dev
	$(TEST_ENV) DEBUG=1 $(BIN)/python manage.py makemigrations --check --dry-run

deploy: .venv/.dev
	@scripts/check-deploy $(BIN)/python

check: lint types contracts migrations deploy

lock: .venv/.dev
	for name in requirements-uv requirements requirements-dev; do \
	  $(BIN)/uv pip compile -q --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	    --python-version 3.11 $$name.in -o $$name.lock || exit 1; done

# The database of `make run` stays; delete var/ by hand to start from nothing.
clean:
	rm -rf .venv var/static var/mypy .ruff_cache .hypothesis .pytest_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
