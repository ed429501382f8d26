# The commands people and CI run. Each one does its own set-up, so any of them can be the
# first on a fresh clone.

# cargo may be just installed and not on the PATH of this shell yet.
export PATH := $(PATH):$(HOME)/.cargo/bin

# BUNDLED=1 compiles DuckDB from source, for a machine without a prebuilt library.
ifdef BUNDLED
features := --features transform/bundled,bench/bundled,cli/bundled
endif
export CARGO_FLAGS := --locked $(features)

# Where cargo puts what it builds; asked only by those who need it.
target = $(shell cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')

.DEFAULT_GOAL := help
.PHONY: help demo test check bench readers build vendor tools clean-demo

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: vendor ## two invented listeners, 100,000 plays, a filled star schema, and ./music-tracker for your own data
	@scripts/demo.sh

# Tests wait for the disk, for servers and for programs they killed: with one for each core, a
# third of the time nobody worked.
test: export RUST_TEST_THREADS ?= $(shell echo $$((3 * $$(getconf _NPROCESSORS_ONLN))))
test: vendor ## all tests
	cargo test --workspace $(CARGO_FLAGS)
	@[ -d ../shared/recorded ] || echo 'SKIPPED: recorded answers of the services were not read, there is no ../shared/recorded'

check: vendor ## format, lints, docs, scripts: what a pull request must pass besides the tests
	cargo fmt --all --check
	cargo clippy --workspace --all-targets $(CARGO_FLAGS) -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps $(CARGO_FLAGS) --quiet
	@if command -v shellcheck >/dev/null; then shellcheck scripts/*.sh .ci/run; \
	else echo 'shellcheck is not installed: the scripts were not checked'; fi

bench: vendor ## measure the budgets, into target/bench.json (ONLY=import measures the entries that start so)
	cargo build --release --workspace --bins $(CARGO_FLAGS)
	cargo run --release --package bench $(CARGO_FLAGS) -- $(if $(ONLY),--only $(ONLY))

readers: build ## hold what is published open by another DuckDB, as dashboards do, while it is published (PUBLICATIONS=200)
	python3 -m venv target/readers
	target/readers/bin/pip install --quiet duckdb==1.5.5
	target/readers/bin/python scripts/readers.py --programs "$(target)/debug" $(if $(PUBLICATIONS),--publications $(PUBLICATIONS))

build: vendor ## the programs, in target/debug, and ./music-tracker
	cargo build --workspace --bins $(CARGO_FLAGS)
	@ln -sf "$(target)/debug/music-tracker" music-tracker

vendor: tools ## the prebuilt DuckDB library, into vendor/duckdb
	@$(if $(BUNDLED),:,scripts/fetch-duckdb.sh)

tools: ## say what this machine still lacks
	@scripts/check-tools.sh

clean-demo: ## remove the demo's data
	rm -rf demo-data
