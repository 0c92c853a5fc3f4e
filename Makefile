.PHONY: demo test setup check audit bench prove pictures clean
PYTHON ?= python3
BIN := .venv/bin
export PYTHON
# Where images forbid it, every process would compile all it imports anew: half of what starting costs.
unexport PYTHONDONTWRITEBYTECODE

demo:      ## everything set up, then sandbox, receiver and dashboard in one go
	@scripts/setup.sh app
	@exec $(BIN)/portside demo $(ARGS)

test:      ## everything set up, then the whole suite, in parallel
	@scripts/setup.sh dev
	@exec $(BIN)/python -m pytest -q -n auto --dist loadgroup --no-loadscope-reorder $(ARGS)

setup:     ## only the set-up
	@scripts/setup.sh dev

check:     ## lint, types, weak spots, architecture
	@scripts/setup.sh dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python scripts/weak_spots.py
	$(BIN)/python -m pytest -q tests/test_architecture.py

audit:     ## known weaknesses of what is pinned; needs the network
	@scripts/audit.sh $(ARGS)

bench:     ## benchmarks: ratios in one run
	@scripts/setup.sh dev
	@exec $(BIN)/python -m benchmarks $(ARGS)

prove:     ## the whole suite, uncut, then the long proofs, about an hour; figures go to docs/proofs.md
	@scripts/setup.sh dev
	@test -n "$(ARGS)" || PORTSIDE_TESTS=whole $(MAKE) test
	@exec $(BIN)/python -m proofs $(ARGS)

pictures:  ## render every page, light and dark, into docs/images
	@scripts/setup.sh dev
	@exec $(BIN)/python scripts/pictures.py $(ARGS)

clean:
	rm -rf .venv .venv-audit .pytest_cache .mypy_cache .ruff_cache .hypothesis demo-data
