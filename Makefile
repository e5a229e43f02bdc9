# Everything is built once, in release configuration, in .build: programs and tests alike.
#
#   make test    all tests            make demo    PostgreSQL through a site failure and home again
#   make bench   fio on a simplex, a synchronous and an asynchronous volume beside a plain file; the simulator's speed
#
# 'test', 'demo' and 'bench' install what a fresh Debian 12 lacks (as root) and build first.

SWIFT ?= swift
BUILD := $(SWIFT) build -c release
SOURCES := Package.swift Sources Tests
DEMO ?=

.PHONY: help prepare build build-tests test demo bench bench-quick format lint clean

help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

prepare:
	@bench/prepare-machine.sh

build: prepare
	$(BUILD)

build-tests: prepare
	$(BUILD) --build-tests

test: build-tests
	$(SWIFT) test -c release --disable-testable-imports --skip-build --no-parallel

# DEMO='--fence never' tells one story only.
demo: build
	.build/release/arraybench demo $(DEMO)

bench: build
	bench/run.sh
	bench/simulator.sh

bench-quick: build
	bench/run.sh --quick
	bench/simulator.sh --quick

format:
	$(SWIFT) format format --in-place --recursive $(SOURCES)

lint:
	$(SWIFT) format lint --strict --recursive $(SOURCES)

clean:
	$(SWIFT) package clean
	rm -rf bench/results
