# Everything that is done in a checkout. `make` alone lists the targets.
# Each target sets up what it needs first; when nothing changed, that takes a tenth of a second.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run work demo rules stories lint types shape fix migrations messages docs check test bench soak release

BIN := .venv/bin
SETUP = python=$$(sh scripts/choose_python.sh) && "$$python" scripts/setup.py
# Tools and tests never write into the data folder of the checkout.
SCRATCH = $(BIN)/python scripts/in_scratch.py

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## set up what running needs: system packages, Python environment, catalogues
	@$(SETUP) run

setup-dev: ## set up what tests and development need as well
	@$(SETUP) dev

run: setup ## start Veilleur on this machine and print where to go
	@exec $(BIN)/veilleur up

demo: setup ## start with one believable company and 13 months of history, in its own data folder
	@exec $(BIN)/veilleur up --demo

work: setup ## start the background work alone
	@exec $(BIN)/veilleur work

rules: setup-dev ## the fast tests: rules, without a database
	@$(SCRATCH) $(BIN)/python -m pytest -q $$(find veilleur tests -name 'test_rules*.py' | sort)

stories: setup-dev ## the whole product, end to end
	@$(SCRATCH) $(BIN)/python -m pytest -q tests/stories

lint: setup-dev ## ruff: lint and format
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet .

types: setup-dev ## mypy, strict
	@$(SCRATCH) $(BIN)/mypy

shape: setup-dev ## imports, doors, sizes
	@$(BIN)/lint-imports --no-cache && $(SCRATCH) $(BIN)/python -m pytest -q tests/shape

fix: setup-dev ## mend what ruff can mend
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

migrations: setup-dev ## write the migrations that the models ask for
	@$(SCRATCH) $(BIN)/veilleur manage makemigrations

messages: setup-dev ## bring the catalogues in step with the sources
	@$(BIN)/python scripts/messages.py update && $(BIN)/python scripts/messages.py compile

docs: setup-dev ## write the generated reference pages anew
	@$(SCRATCH) env PYTHONPATH=. $(BIN)/python scripts/reference_pages.py

check: lint types shape ## minutes: run it before every commit
	@$(BIN)/python scripts/messages.py check
	@$(SCRATCH) $(BIN)/veilleur manage makemigrations --check --dry-run
	@$(MAKE) --no-print-directory rules

# Twice as many as there are cores: tests wait for programs. The long files come first, the short ones fill the end.
test: setup-dev ## all tests, from a fresh clone too
	@$(SCRATCH) $(BIN)/python -m pytest -p tests.costs -n 4 --dist loadfile --no-loadscope-reorder -q -rfEs $(TESTS)

bench: setup-dev ## the figures that the design promises, beside their peers
	@$(SCRATCH) $(BIN)/python -m bench

soak: setup-dev ## an hour of faults; the dated result goes to docs/reference/soak.md
	@$(BIN)/python scripts/soak.py

release: check test ## join the change notes and build the wheel
	@$(BIN)/python scripts/release.py
