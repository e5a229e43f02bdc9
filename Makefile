# Everything is built once, in release configuration, in .build: programs and tests alike.
#
#   make test    all tests            make demo    PostgreSQL through a site failure and home again
#   make fuzz    hostile input for every parser, each for FUZZ_SECONDS=30 seconds
#   make bench   arrays beside QEMU, nbdkit, a loop device and a plain file; the simulator's speed
#
# 'test', 'demo' and 'bench' install what a fresh Debian 12 lacks (as root) and build first.

SWIFT ?= swift
BUILD := $(SWIFT) build -c release
SOURCES := Package.swift Sources Tests fuzz
DEMO ?=
FUZZ_SECONDS ?= 30

.PHONY: help prepare prepare-peers build build-tests test demo fuzz bench bench-quick format lint clean

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

fuzz: prepare
	fuzz/run.sh $(FUZZ_SECONDS)

prepare-peers:
	@bench/prepare-machine.sh peers

# In memory and on the disk of /var/tmp.
bench: prepare-peers build
	.build/release/arraybench measure --output bench/results/memory
	.build/release/arraybench measure --folder /var/tmp --output bench/results/disk
	bench/simulator.sh

bench-quick: prepare-peers build
	.build/release/arraybench measure --quick --output bench/results/quick
	bench/simulator.sh --quick

format:
	$(SWIFT) format format --in-place --recursive $(SOURCES)

lint:
	$(SWIFT) format lint --strict --recursive $(SOURCES)

clean:
	$(SWIFT) package clean
	rm -rf bench/results
