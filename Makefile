# Everything is set up in .venv, by the first target that needs it. Wanted: Python 3.11 or newer with its venv module,
# and make. Where several are installed: make test PYTHON=python3.12
# The folder may have any name without a colon. Programs are run by `python -m`, because the first line of a script in
# .venv/bin names its interpreter, and a name with a blank, a quote or more than 127 characters is none there.

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)
VENV := .venv
AWSCLI := .venv-awscli
RUN := $(VENV)/bin/python
# setuptools is pinned too: it is installed first, and builds without isolation, so that nothing unpinned is fetched.
PIP := -m pip install --disable-pip-version-check --no-color --progress-bar off
PINNED := $(RUN) $(PIP) --constraint constraints.txt
BATCHPROOF := $(RUN) -m batchproof.cli.main
# pip says much on standard output, and what goes wrong on standard error: a dot stands for each package it looks at.
DOTS := while read -r word rest; do case $$word in Collecting) printf .;; Installing) printf " installing ";; \
	installed) echo; exit 0;; esac; done; echo; exit 1
# What is to check, and how: make conformance CHECK="reference --rule CANCEL-07"
CHECK ?= reference
# What pytest may be told: make test TESTS="tests/model -k cancel". Slow tests stand together, so they are dealt out a few
# at a time: otherwise one worker gets them all. They wait more than they work, so there are more workers than cores.
TESTS ?= -n 5 --maxschedchunk 4

.DEFAULT_GOAL := help
.PHONY: help conformance test soak lint pictures pages benchmark moto awscli clean

help:  ## List what can be made.
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 22

conformance: $(VENV)/ready $(if $(filter moto,$(CHECK)),$(VENV)/ready-for-moto)  ## Check the reference implementation against every promise it must keep.
	$(BATCHPROOF) check $(CHECK)

test: lint $(AWSCLI)/ready  ## Run format, lint, types and tests; CI runs these, and soak.
	$(RUN) -m pytest $(TESTS)

# Nearly all of that is waiting, so several tests run at once on each core.
soak: $(VENV)/ready-to-develop  ## Run what takes minutes: the kit against right and wrong servers behind an adversary.
	$(RUN) -m pytest -m soak -n 8 --maxschedchunk 1 $(SOAK)

lint: $(VENV)/ready-to-develop  ## Format, lint and types only.
	$(RUN) -m ruff format --check .
	$(RUN) -m ruff check .
	$(RUN) -m pyright

pictures: $(VENV)/ready  ## Draw diagrams/out anew from the model.
	$(BATCHPROOF) draw --write

pages: $(VENV)/ready-to-develop  ## Write docs/rules.md anew from what is registered.
	$(RUN) -m pytest tests/promised/test_page.py --rewrite

# What is to be measured, and how: make benchmark ROWS="throughput latency --runs 9"
benchmark: $(VENV)/ready-to-develop  ## Measure the server against moto and a loop in C (some minutes; needs cc).
	$(RUN) -m benchmarks $(ROWS)

moto: $(VENV)/ready-for-moto  ## Install moto into .venv, for `batchproof check moto`.

awscli: $(AWSCLI)/ready  ## Install the AWS CLI into .venv-awscli: the test of docs/awscli.md runs it.

clean:  ## Remove .venv and all that was built; the checkout itself stays.
	rm -rf $(VENV) $(AWSCLI) build dist *.egg-info .pytest_cache .ruff_cache .hypothesis

# The stamps: made again when what is to be installed changes. A set-up that was cut short leaves no stamp.
$(VENV)/ready: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing batchproof into $(VENV) (about a minute the first time) ..."
	@{ $(PINNED) setuptools && $(PINNED) --no-build-isolation --editable . && echo installed; } | { $(DOTS); }
	@touch $@

$(VENV)/ready-to-develop: $(VENV)/ready
	@echo "Installing what its tests need (another minute the first time) ..."
	@{ $(PINNED) --no-build-isolation --editable ".[dev]" && echo installed; } | { $(DOTS); }
	@touch $@

$(VENV)/ready-for-moto: $(VENV)/ready
	@echo "Installing moto into $(VENV) ..."
	@{ $(PINNED) --no-build-isolation --editable ".[moto]" && echo installed; } | { $(DOTS); }
	@touch $@

# An environment of its own, because it wants other versions than we do. Without it the test says that it was skipped,
# and fails in CI; so this does not fail.
$(AWSCLI)/ready: docs/awscli-requirements.txt
	@echo "Installing the AWS CLI into $(AWSCLI), for the test that runs docs/awscli.md (some seconds, once) ..."
	@"$(PYTHON)" -m venv $(AWSCLI) \
		&& $(AWSCLI)/bin/python $(PIP) --quiet --requirement $< \
		&& touch $@ \
		|| echo "The AWS CLI is not installed: the test of docs/awscli.md cannot run." >&2

$(VENV)/bin/python:
	$(if $(findstring :,$(CURDIR)),$(error $(CURDIR) has a colon in its name, and Python makes no venv in such a folder: give it another name))
	@"$(PYTHON)" -c 'import sys; v = sys.version_info; sys.exit(None if v >= (3, 11) else f"{sys.executable} is Python {v[0]}.{v[1]}: batchproof needs 3.11 or newer (make PYTHON=...)")'
	@echo "Making $(VENV) with $(PYTHON) ..."
	@"$(PYTHON)" -m venv $(VENV)
