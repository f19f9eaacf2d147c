# The recipes of Elbow. CI runs the same ones (.ci/run).
#
#   make build    the server with its web console, in ./target/release
#   make console  the web console alone, which the server takes in (needs Node 20.19 or newer)
#   make demo     a load balancer, three cart targets and the page that shows them, on 127.0.0.1
#   make serve    the server, with its state in ./elbow-data
#   make test     set up what is missing, then every test; ends with "N passed, N failed"
#   make check    format, clippy, layers, dependencies, links, file sizes, facts
#   make bench    side by side with HAProxy, nginx and Envoy (QUICK=1 for two minutes; ONLY=haproxy,nginx and
#                 SCENARIOS=rules,bodies for some)
#   make promises what tests are too short for: changes, a killed target, a large upload (ONLY=kill for one)
#   make soak     SECONDS of mixed load with clients that abort; an hour unless told otherwise
#   make fuzz     each fuzz target for FUZZ_SECONDS
#   make fmt      what of the format can be put right by itself

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup console build demo serve test check bench promises soak fuzz fmt clean

VENV := .venv
PYTHON := $(VENV)/bin/python
FUZZ_SECONDS ?= 60
SECONDS ?= 3600
# Arguments for the program behind the target: make serve ARGS="--workers 1".
ARGS ?=

help:
	@sed -n 's/^#   //p' Makefile

# The Python tools of tests and checks. The stamp makes a second run free; a changed list of packages makes it new.
setup: $(VENV)/.ready

$(VENV)/.ready: tests/requirements.txt tools/requirements.txt
	@tools/need python3
	@python3 -m venv $(VENV) || { echo "make: python3 cannot make a virtual environment (Debian: apt-get install python3-venv)" >&2; exit 1; }
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt -r tools/requirements.txt
	@touch $@

# The web console, which the server takes in when it is compiled. Free when nothing has changed; without Node the server is
# built all the same, and says where its console went.
console:
	@tools/console build

build: console
	cargo build --locked --release --package elbow

demo: console
	cargo run --locked --package elbow -- demo $(ARGS)

serve: console
	cargo run --locked --release --package elbow -- serve $(ARGS)

# These are wanted, not needed: without them the tests of sessions in Redis and of HTTPS with real clients skip and say so.
test: setup console
	@tools/need cc
	@tools/need --wanted redis-server openssl curl h2load testssl chromium certutil
	$(PYTHON) tools/run_tests.py

check: setup console
	cargo fmt --all --check
	cargo fmt --manifest-path bench/load/Cargo.toml --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo clippy --manifest-path bench/load/Cargo.toml --all-targets --locked -- -D warnings
	$(PYTHON) -m ruff format --check --quiet .
	$(PYTHON) -m ruff check --quiet .
	$(PYTHON) tools/check_layers.py
	$(PYTHON) tools/check_docs_links.py
	$(PYTHON) tools/check_file_sizes.py
	$(PYTHON) tools/check_facts.py
	@tools/console check
	@tools/cargo_tool cargo-deny 0.20.2 check licenses bans sources

bench:
	@tools/need cc python3 taskset openssl h2load haproxy nginx
	@python3 -m venv bench/.venv
	bench/.venv/bin/python -m pip install --quiet --disable-pip-version-check -r bench/requirements.txt
	cargo build --release --locked --manifest-path bench/load/Cargo.toml
	$(if $(or $(if $(ONLY),,all),$(findstring elbow,$(ONLY))),cargo build --release --locked --package elbow)
	bench/.venv/bin/python -m bench $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY)) \
		$(if $(SCENARIOS),--scenarios $(SCENARIOS)) $(ARGS)

promises: setup
	@tools/need cc taskset
	cargo build --release --locked --manifest-path bench/load/Cargo.toml
	cargo build --release --locked --package elbow
	$(PYTHON) -m bench.promises $(or $(ONLY),changes kill upload) --seconds $(SECONDS)

soak:
	@$(MAKE) --no-print-directory promises ONLY=soak

fuzz:
	@tools/need c++
	tools/fuzz $(FUZZ_SECONDS) $(ARGS)

fmt: setup console
	cargo fmt --all
	cargo fmt --manifest-path bench/load/Cargo.toml
	@tools/console fmt
	$(PYTHON) -m ruff format --quiet .
	$(PYTHON) -m ruff check --quiet --fix .

clean:
	cargo clean
	rm -rf $(VENV) bench/.venv bench/load/target console/node_modules console/built/*
