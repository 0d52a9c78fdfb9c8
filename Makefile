# The words that people and .ci/run share. Works with GNU make from 3.81 on; stamps say what is done already.
PYTHON ?= python3

.DEFAULT_GOAL := help
.NOTPARALLEL:
.SUFFIXES:
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV

RUN := .venv/bin/python -P
S := .venv/stamps

# These need the packages of the test lock, and `make load` those of the load lock, which holds the others.
# Once they are installed they stay: `make run` then keeps to that lock too.
TESTING := test check coverage proof proof-tests proof-core proof-gates bench fmt access wheel-files
LOCK := $(if $(wildcard $(S)/load)$(filter load,$(MAKECMDGOALS)),load,$(if $(wildcard $(S)/test)$(filter $(TESTING),$(MAKECMDGOALS)),test,runtime))

# A checkout that was moved or copied carries a .venv that points elsewhere: then everything is made anew.
MADE_FOR := $(shell [ -x .venv/bin/python ] && cat $(S)/venv 2>/dev/null)
ifneq "$(MADE_FOR)" "$(CURDIR)"
.PHONY: $(S)/venv
endif

# Folders are listed beside the files: theirs is the time that changes when a file goes away.
CORE := pyproject.toml Cargo.toml Cargo.lock $(wildcard core_rs/Cargo.toml core_rs/build.rs) $(shell find core_rs/src)
PACKAGES := $(shell find bridge backend core_rs -name '*.py' -not -path '*/.*')

.PHONY: help run build test check tools proof proof-tests proof-core proof-gates coverage fuzz bench load dup locks fmt access wheel-files clean always

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' Makefile

run: build ## build what is needed and serve on http://localhost:8460
	@exec .venv/bin/toolboxai serve

build: $(S)/bytecode ## make .venv, the core in release and the toolboxai command

test: build ## everything that can be red: Python, Rust, Luau, contract, docs
	@$(RUN) -m gates.run_tests

check: build ## every gate beside the tests: style, types, arrows, leaks, locks, the wheel, Windows
	@$(RUN) -m gates.check

tools: ## find or install what test and check need beyond the fresh machine
	@sh gates/machine.sh "$(PYTHON)"
	@"$(PYTHON)" -m gates.tools

proof: proof-core proof-tests proof-gates coverage ## the long proofs: all of the next three and the coverage, without the fuzzer

proof-core: build ## the long tests of the crate: every interleaving, storms of processes, a thousand kills
	@cargo test --release --locked -- --ignored --test-threads=1 --nocapture

proof-tests: build ## the tests marked `proof`: storms, kills, two writers for a minute
	@$(RUN) -m pytest -m proof

proof-gates: build ## plant one fault per gate in a copy of the tree and expect red
	@$(RUN) -m gates.planted

coverage: build ## which lines of Python the tests run: 90 % at the least
	@$(RUN) -m gates.coverage

fuzz: ## feed every parser of strangers' bytes with a fuzzer, SECONDS=600 each
	@PYTHONPATH=. "$(PYTHON)" -m gates.fuzz $(or $(SECONDS),600)

bench: build ## measure and write docs/benchmarks.md
	@$(RUN) -m tests.benchmarks.report

load: build ## let devices, game servers and attackers at a bridge for a minute and write docs/performance.md
	@$(RUN) -m loadtests.run

dup: build ## list what stands in the tree more than once
	@$(RUN) -m gates.duplicates

locks: $(S)/uv ## make the lock files anew from pyproject.toml; UPGRADE=1 takes newer releases
	@PYTHONPATH=. $(RUN) -m gates.locks --write $(if $(UPGRADE),--upgrade)

fmt: build ## format, and mend what a machine can mend
	@$(RUN) -m ruff check --quiet --fix --exit-zero
	@$(RUN) -m ruff format --quiet
	@cargo fmt --all
	@[ ! -x .tools/bin/stylua ] || .tools/bin/stylua plugin_lua

access: build ## write anew who may do what and what is kept: docs/permissions.md, docs/data-inventory.md, access.csv
	@$(RUN) -m tests.contract.access_table

wheel-files: build ## write the list of the wheel's files anew
	@$(RUN) -m gates.wheel --write

clean: ## remove everything that was built here; data folders stay
	@rm -rf .venv target dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.*
	@rm -f core_rs/_core*.so core_rs/_core*.pyd
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Each stamp is made last, and the stamps that a step invalidates go before it starts: an interrupted step leaves none behind.
# An interrupted sync may also leave half a package behind, which looks installed: the next one lays all of them anew.
$(S)/venv:
	@sh gates/machine.sh "$(PYTHON)"
	@echo "making .venv"
	@rm -rf .venv
	@"$(PYTHON)" -m venv .venv
	@mkdir $(S)
	@pwd -P >$@

$(S)/uv: locks/uv.txt $(S)/venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --force-reinstall --require-hashes -r locks/uv.txt
	@touch $@

$(S)/runtime $(S)/test $(S)/load: $(S)/%: locks/%.txt $(S)/uv
	@echo "installing the packages of $<"
	@rm -f $(S)/runtime $(S)/test $(S)/load $(S)/core
	@anew=; [ ! -e $(S)/unfinished ] || anew=--reinstall; touch $(S)/unfinished && \
	  .venv/bin/uv pip sync --quiet --python .venv/bin/python --require-hashes --compile-bytecode $$anew $<
	@rm $(S)/unfinished && touch $@

# Syncing takes our own package out, so this follows it each time; cargo itself builds only what changed.
$(S)/core: $(S)/$(LOCK) $(CORE) $(if $(wildcard core_rs/_core.*so),,always)
	@echo "building the core (a minute or two the first time)"
	@rm -f $@
	@.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
	@touch $@

# Compiled here because PYTHONDONTWRITEBYTECODE may be set, and then every start would compile again.
$(S)/bytecode: $(S)/core $(PACKAGES)
	@.venv/bin/python -m compileall -q bridge backend core_rs
	@touch $@
