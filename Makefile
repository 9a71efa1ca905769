PYTHON ?= python3
VENV ?= .venv
CORES ?= all
BIN := $(abspath $(VENV))/bin
READY := $(VENV)/.ready
UV := uv==0.13.9

RUN ?= demo
AGAIN ?= reproduced/$(RUN)

.PHONY: help demo reproduce test check format bench interruption reference docs screenshots lock

help:  ## Show the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(READY)  ## Run the default config.yaml to the end
	PATH="$(BIN):$$PATH" snakemake --cores $(CORES)

reproduce: $(READY)  ## Do a finished run (RUN=demo) again in another folder and compare
	PATH="$(BIN):$$PATH" python -m net2vec_core reproduce --run $(RUN) --into $(AGAIN)
	PATH="$(BIN):$$PATH" snakemake --cores $(CORES) --directory $(AGAIN) --configfile $(AGAIN)/config.yaml
	PATH="$(BIN):$$PATH" python -m net2vec_core compare-runs --run results/$(RUN) --again $(AGAIN)/results/$(RUN)

test: $(READY)  ## Run all tests
	PATH="$(BIN):$$PATH" python -m pytest

check: $(READY)  ## Lint, formats and types
	PATH="$(BIN):$$PATH" ruff check
	PATH="$(BIN):$$PATH" ruff format --check
	PATH="$(BIN):$$PATH" mypy
	PATH="$(BIN):$$PATH" snakefmt --check Snakefile rules
	PATH="$(BIN):$$PATH" snakemake --lint

format: $(READY)  ## Put code and rules into shape
	PATH="$(BIN):$$PATH" ruff format
	PATH="$(BIN):$$PATH" snakefmt Snakefile rules

bench: $(READY)  ## Measure every stage against plain baselines and the machine
	PATH="$(BIN):$$PATH" python -m benchmarks
	PATH="$(BIN):$$PATH" python -m benchmarks.probe_rate
	PATH="$(BIN):$$PATH" python -m benchmarks.page

interruption: $(READY)  ## Kill a tiny run 40 times, let it go on, and compare its results
	PATH="$(BIN):$$PATH" python tests/interruption.py

reference: $(READY)  ## Write the generated pages of docs anew
	PATH="$(BIN):$$PATH" python -m net2vec_core reference
	PATH="$(BIN):$$PATH" PYTHONPATH=.:tests python -m bad_input

docs: $(READY)  ## Build the documentation's pages in site/
	NO_MKDOCS_2_WARNING=1 PATH="$(BIN):$$PATH" mkdocs build --strict --quiet

screenshots: $(READY)  ## Take pictures of the finished demo's page for the docs (needs chromium)
	PATH="$(BIN):$$PATH" python tests/report/screenshots.py results/demo/report/index.html docs/images

lock: $(READY)  ## Choose the newest versions that pyproject.toml allows
	"$(BIN)/uv" pip compile --quiet --upgrade --universal --fork-strategy fewest --python-version 3.11 --extra dev \
		--no-header --no-annotate pyproject.toml --output-file requirements.lock

# uv is several times faster than pip, and bytecode compiled now saves each job the time to do it
$(READY): requirements.lock pyproject.toml
	@echo "Setting up $(VENV): some gigabytes of packages, a few minutes"
	$(PYTHON) -m venv "$(VENV)"
	"$(BIN)/python" -m pip install --quiet --disable-pip-version-check "$(UV)"
	"$(BIN)/uv" pip install --quiet --compile-bytecode --python "$(BIN)/python" --requirements requirements.lock
	"$(BIN)/uv" pip install --quiet --no-deps --python "$(BIN)/python" --editable .
	@touch "$@"
