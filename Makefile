# Everything a person or CI does here. GNU make 3.81 (macOS) is enough.

VENV := .venv
BIN := $(VENV)/bin
PYTHON := $(BIN)/python
PIP := $(PYTHON) -m pip install --quiet --disable-pip-version-check
PYTEST := $(BIN)/pytest
ARGS :=
TRACE :=

export PYTHONUTF8 := 1

# What a browser does stands in a folder of its own: each part collects only its own tests.
# A file stays with one worker, so that what its tests share is made once.
SEEN := tests/browser
COMPUTED := --ignore=$(SEEN) --dist=loadfile
SHORT := -m 'not long'

.PHONY: help run test check check-long format bench vendor picture clean browser engines postgres lint tests

help: ## list what make can do
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

run: $(VENV)/.runs ## start the server (HOST=127.0.0.1 PORT=8000)
	@$(PYTHON) backprop/web/settings.py # gunicorn reads WEB_CONCURRENCY before it reads its own file
	@exec $(BIN)/gunicorn 'app:create_app()'

test: $(VENV)/.develops ## run all tests (or some: ARGS="-k forward")
	@$(MAKE) -s tests

check: $(VENV)/.develops ## everything CI does: format, lint, types, floors, tests, coverage
	@$(MAKE) -s lint
	@$(MAKE) -s tests TRACE='--cov --cov-report='

check-long: $(VENV)/.develops browser postgres ## the tests that are long by nature, and ten times the examples
	@$(PYTEST) --numprocesses=auto $(COMPUTED) --hypothesis-profile=long $(ARGS)
	@$(PYTEST) --numprocesses=auto $(SEEN) -m long $(ARGS)

format: $(VENV)/.develops ## put the code in its form
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

bench: $(VENV)/.develops ## measure, as ratios against peers
	@$(PYTHON) -m benchmarks

dist: $(VENV)/.develops ## build the package into dist/, as a wheel and as its source
	@rm -rf build dist
	@$(PYTHON) -W ignore -m build --no-isolation --outdir dist . > /dev/null
	@$(BIN)/twine check --strict dist/*

vendor: $(VENV)/.develops browser ## fetch and verify static/vendor (needs npm)
	@$(PYTHON) scripts/vendor.py

picture: $(VENV)/.develops browser ## take the README's picture
	@$(PYTHON) scripts/picture.py

clean: ## remove what make made, but instance/ (your snapshots)
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	rm -rf .coverage .coverage.* htmcov htmlcov test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

lint: $(VENV)/.develops
	@$(BIN)/ruff format --check --quiet . || { echo "Not in form: run make format."; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo

tests: $(VENV)/.develops browser engines postgres
ifeq ($(ARGS),)
	@$(PYTEST) --numprocesses=auto $(COMPUTED) $(SHORT) $(TRACE)
ifneq ($(TRACE),)
	@$(BIN)/coverage report --fail-under=95
	@$(BIN)/coverage report --include='backprop/engine/*' --fail-under=100
endif
	@$(PYTEST) --numprocesses=auto $(SEEN) $(SHORT)
else
	@$(PYTEST) $(SHORT) $(ARGS)
endif

browser: $(VENV)/.develops
	@sh scripts/browser.sh $(VENV)

engines: $(VENV)/.develops
	@sh scripts/engines.sh $(VENV)

postgres: $(VENV)/.develops
	@sh scripts/postgres.sh $(VENV)

# Stamps: each is older than its requirements file exactly when something must be installed.
$(VENV)/.runs: requirements.txt
	@sh scripts/environment.sh $(VENV)
	@echo "Installing requirements.txt into $(VENV)"
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.develops: requirements-dev.txt $(VENV)/.runs
	@echo "Installing requirements-dev.txt into $(VENV)"
	@$(PIP) -r requirements-dev.txt
	@touch $@
