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

demo: setup
	@$(BIN)/gatectl demo

bench: setup
	@$(BIN)/gatectl bench

test: lint
	@$(BIN)/python -m pytest -n $(TEST_WORKERS)

lint: setup
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/mypy --config-file mypy-firmware.ini

clean:
	rm -rf .venv .setup .cache .hypothesis build

# Needs uv on PATH (pip install uv, outside this project); the lock holds for all platforms.
lock:
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	    --custom-compile-command "make lock" --upgrade requirements.in --output-file requirements.lock
