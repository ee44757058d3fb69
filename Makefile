# Two commands do everything: `make demo` and `make test`. Nothing else needs to be installed or known first
# (Debian: python3.11 with venv; gcc for the native matcher, without which the reference carries on).

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install -q --disable-pip-version-check
# On Python 3.13 durable-rules only imports when built with this; elsewhere it does nothing.
export CPPFLAGS += -DPyEval_CallObject=PyObject_CallObject

.PHONY: demo test browser java site nightly torture simulate bench lint check wheel vscode lock clean

demo: $(VENV)/core
	@echo "== A newborn is found at a named hospital in 细河区: who must do what by when?"
	$(BIN)/remit run --case facts/cases/newborn-found.yaml --now 2024-05-07T08:00

test: $(VENV)/dev browser java
	$(BIN)/python -m pytest -q -n 2 --ignore=tests/wheel
	$(BIN)/python -m pytest -q tests/wheel

BROWSER := chromium fonts-noto-cjk
browser: ## what the tests of pages look through
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "== Installing a browser for the tests of pages (once)"; \
	    apt-get install -y -q $(BROWSER) >/dev/null || { apt-get update -q && apt-get install -y -q $(BROWSER); } >/dev/null; \
	  else echo "== No Chromium here: the tests of pages are skipped. Install it, e.g. 'sudo apt-get install $(BROWSER)'"; fi; }

JAVA := default-jre-headless
java: ## what the tests of Spark run on
	@command -v java >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "== Installing Java for the tests of Spark (once)"; \
	    apt-get install -y -q $(JAVA) >/dev/null || { apt-get update -q && apt-get install -y -q $(JAVA); } >/dev/null; \
	  else echo "== No Java here: the tests of Spark are skipped. Install it, e.g. 'sudo apt-get install $(JAVA)'"; fi; }

site: $(VENV)/core  ## the Fuxin pack as a site, in dist/site
	$(BIN)/remit site --out dist/site

nightly: $(VENV)/dev  ## the long differential run: at least 20,000 generated packs and streams
	REMIT_PROFILE=nightly $(BIN)/python -m pytest -q -n 2 tests/matching tests/semantics tests/expressions tests/live

torture: $(VENV)/dev  ## kill the writer and the server at over 2,000 points; REMIT_SEED=n brings a failure back
	REMIT_TORTURE=10 $(BIN)/python -m pytest -q -s -n 0 tests/ledger/test_kill.py tests/ledger/test_faults.py

SEED  ?= 1
STEPS ?= 1000
simulate: $(VENV)/dev  ## years of virtual time; SEED=n brings a failure back; URL=postgresql://… of an empty database
	PYTHONPATH=engine:tests $(BIN)/python tests/simulate.py --seed $(SEED) --steps $(STEPS) $(if $(URL),--url "$(URL)")

bench: $(VENV)/dev .venv-bench/peers  ## remit beside every peer; QUICK=1 takes less than a minute and leaves docs/ as it is
	$(BIN)/python bench/run.py $(if $(QUICK),--quick)

.venv-bench/peers: requirements-bench.txt
	@echo "== Installing the peers into .venv-bench (once)"
	@$(BIN)/python bench/install.py .venv-bench
	@touch $@

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PYTHONPATH=engine $(BIN)/lint-imports

check: $(VENV)/core
	$(BIN)/remit check
	$(BIN)/remit coverage

$(VENV)/core: requirements.txt requirements-durable.txt requirements-build.txt pyproject.toml
	@echo "== Installing into $(VENV) (once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements.txt -r requirements-build.txt
	@$(PIP) --require-hashes --no-deps -r requirements-durable.txt >$(VENV)/durable.log 2>&1 \
	  || echo "== durable-rules could not be built (no C compiler? see $(VENV)/durable.log): the reference matcher carries on; see 'remit doctor'"
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev: $(VENV)/core requirements-dev.txt
	@echo "== Installing what tests and checks need (once)"
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

wheel: $(VENV)/dev  ## dist/remit-*.whl, which carries the Fuxin pack
	$(BIN)/python -m build --wheel --no-isolation

vscode: ## editors/vscode/remit.vsix, the extension for VS Code; needs node 20 with npm
	cd editors/vscode && npm ci --no-audit --no-fund && npm run package

lock: ## after a change of dependencies; needs uv
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --no-emit-package durable-rules --extra workbench pyproject.toml -o requirements.txt
	echo "durable-rules==2.0.28" | uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header - -o requirements-durable.txt
	printf 'hatchling>=1.27\neditables\n' | uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header - -o requirements-build.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --no-emit-package durable-rules --extra workbench --extra bulk --extra spark --group test --group lint --group build -c requirements.txt pyproject.toml -o requirements-dev.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header requirements-bench.in -o requirements-bench.txt

clean:
	rm -rf $(VENV) .venv-bench dist build
