# One command for each thing a person wants; each sets up first what it needs.
#   make demo    a simulated gate at work          make test    all checks and tests
#   make bench   the measured table                make lint    format, style and types
#   make setup   only set up                       make lock    choose package versions anew
#   make clean   remove what these commands made
# MICROPYTHON=/path uses that interpreter, GATE_CACHE=/path keeps downloads elsewhere.

PYTHON ?= python3
BIN := .venv/bin
TEST_WORKERS ?= 2

.PHONY: help setup demo test lint bench clean lock
.DEFAULT_GOAL := help

help:
	@sed -n '/^$$/q; s/^# //p' Makefile

setup:
	@$(PYTHON) -m bootstrap

demo:
	@$(PYTHON) -m bootstrap demo
	@$(BIN)/gatectl demo

bench:
	@$(PYTHON) -m bootstrap demo
	@$(BIN)/gatectl bench

test:
	@$(PYTHON) -m bootstrap test
	@$(MAKE) --no-print-directory lint
	@$(BIN)/python -m pytest -n $(TEST_WORKERS)

lint: setup
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/mypy --config-file mypy-firmware.ini
	@$(BIN)/python -m bootstrap.pages check

clean:
	rm -rf .venv .setup .cache .hypothesis build web/node_modules

# Needs uv on PATH (pip install uv, outside this project); the locks hold for all platforms.
LOCK := uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
    --no-emit-index-url --custom-compile-command "make lock" --upgrade
lock:
	$(LOCK) requirements.in --output-file requirements.lock
	$(LOCK) web/node.in --output-file web/node.lock
	$(LOCK) tests/browser/requirements.in --output-file tests/browser/requirements.lock
	cd web && npm install --package-lock-only --ignore-scripts
