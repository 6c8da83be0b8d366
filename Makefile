# talk, test, check, fix, bench: each target installs what it needs into .venv first.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
QUESTION ?=
export OMP_NUM_THREADS ?= 1

.PHONY: talk test check fix bench install clean

install: $(VENV)/.installed

# torch first, at its pinned version: with it in place nothing else pulls another build
$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(RUN)/python -m pip install -q --upgrade pip
	$(RUN)/python -m pip install -q -c constraints.txt torch
	$(RUN)/python -m pip install -q -c constraints.txt -e ".[serve,train,eval,dev]"
	touch $@

talk: install
	$(RUN)/thinkaloud talk $(or $(QUESTION),examples/question.wav)

test: install
	$(RUN)/python -m pytest

check: install
	$(RUN)/ruff format --check src tests examples bench
	$(RUN)/ruff check src tests examples bench
	$(RUN)/pyright
	$(RUN)/python -m pytest

fix: install
	$(RUN)/ruff format src tests examples bench
	$(RUN)/ruff check --fix src tests examples bench

bench: install
	$(RUN)/thinkaloud bench

clean:
	rm -rf $(VENV) build dist src/*.egg-info
