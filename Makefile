# SPDX-License-Identifier: MIT
# The front door. `make run` and `make test` are the whole set-up on a machine with Python 3.11 and make.
.PHONY: help run test test-debian13 test-debian13-fast check bench torture torture-short windows windows-all macos package package-gate pictures readme-pictures manual clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
MUTANTS_STAMP := $(VENV)/.installed-mutants
PACKAGE_STAMP := $(VENV)/.installed-package
MANUAL_STAMP := $(VENV)/.installed-manual
# The client of the years before 2019, in a virtual environment of its own, for tests.
BOTO_2 := boto==2.49.0
# A receiver's part that no one here wrote, for tests; where there is no npm, they are left out.
SNS_VALIDATOR := sns-validator@0.3.5

help:
	@echo "make run            open the program (without a display: prove that it works)"
	@echo "make test           every test"
	@echo "make test-debian13  start, tests and package on Debian 13 with its Python, made below build/"
	@echo "make check          style, types and the direction of imports"
	@echo "make bench          speeds, each as a ratio against a reference of the same run"
	@echo "make torture        faults on purpose: what was tried, what survived, what was lost (long)"
	@echo "make torture-short  the same with fewer of each kind (minutes)"
	@echo "make mutants        wrong programs made on purpose: how many of them the tests notice (long)"
	@echo "make package        build the program to hand out, measure it, prove it and archive it, below build/"
	@echo "make windows        tests, package and installer on Windows as Wine plays it, made below build/"
	@echo "make macos          the spec for macOS run as far as Linux can, and its bundle looked at"
	@echo "make pictures       every page of the real window, empty, in use, full and in trouble, into build/pictures"
	@echo "make manual         Help as pages for the web, with pictures, into build/manual"
	@echo "make readme-pictures  the pictures of README.md and of the manual"

$(STAMP): pyproject.toml packaging/constraints.txt packaging/system-packages.sh
	@sh packaging/system-packages.sh run $(PYTHON)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint packaging/constraints.txt --editable .
	@touch $@

$(DEV_STAMP): $(STAMP)
	@sh packaging/system-packages.sh test $(PYTHON)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint packaging/constraints.txt --editable ".[dev]"
	@$(BIN)/python -P -m venv --clear --without-pip $(VENV)/boto-2
	@$(BIN)/python -m pip --python $(VENV)/boto-2 install --quiet --disable-pip-version-check $(BOTO_2)
	@! command -v npm >/dev/null || npm install --silent --no-audit --no-fund --ignore-scripts --prefix $(VENV)/node $(SNS_VALIDATOR)
	@touch $@

$(MUTANTS_STAMP): $(DEV_STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint packaging/constraints.txt --editable ".[mutants]"
	@touch $@

$(PACKAGE_STAMP): $(DEV_STAMP)
	@sh packaging/system-packages.sh package $(PYTHON)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint packaging/constraints.txt --editable ".[package]"
	@touch $@

$(MANUAL_STAMP): $(DEV_STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint packaging/constraints.txt --editable ".[manual]"
	@touch $@

run: $(STAMP)
	@$(BIN)/python -P -m notification_tester

# A Python that may not keep what it compiled compiles the program and its tests anew in each of many processes.
unexport PYTHONDONTWRITEBYTECODE

# More at a time than there are processors, as many wait; then what measures time, with nothing beside it.
# In another order each time, unless SEED names one.
ORDER := $(if $(SEED),--randomly-seed=$(SEED))

test: $(DEV_STAMP)
	@$(BIN)/python -m pytest $(ORDER) -n 6 --dist worksteal -m "not alone" $(TESTS)
	@$(BIN)/python -m pytest $(ORDER) -m alone $(TESTS)

# Another system, made below build/, as root or with sudo: STEPS names some of run, fast, test and package. DEBIAN=14
# takes the next one.
test-debian13: $(STAMP)
	@sh packaging/system-packages.sh root $(PYTHON)
	@$(BIN)/python packaging/debian_13.py $(STEPS)

test-debian13-fast:
	@$(MAKE) --no-print-directory test-debian13 STEPS=fast

check: $(DEV_STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

bench: $(DEV_STAMP)
	@PYTHONPATH=tests $(BIN)/python -P -m benchmarks.run

torture: $(DEV_STAMP)
	@PYTHONPATH=tests $(BIN)/python -P -m torture.run
	@$(BIN)/python -m pytest -m hypothesis --hypothesis-profile thorough --timeout 1800

torture-short: $(DEV_STAMP)
	@PYTHONPATH=tests $(BIN)/python -P -m torture.run --short

# SEED=… chooses others, ONLY=… tries one of those that were not noticed, MINUTES=… begins none after so long.
mutants: $(MUTANTS_STAMP)
	@PYTHONPATH=tests $(BIN)/python -P -m mutants.run $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only $(ONLY)) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(JOBS),--jobs $(JOBS))

# Windows as Wine plays it, in a Debian made below build/, as root or with sudo: STEPS names some of its steps.
windows: $(PACKAGE_STAMP)
	@sh packaging/system-packages.sh windows $(PYTHON)
	@$(BIN)/python packaging/windows.py $(STEPS)

windows-all:
	@$(MAKE) --no-print-directory windows STEPS=all

# The packages of macOS are brought for it; what cannot be had of macOS is said in packaging/as_macos.py.
macos: $(PACKAGE_STAMP)
	@$(BIN)/python packaging/macos_bundle.py

package: $(PACKAGE_STAMP)
	@$(BIN)/python packaging/build.py

# What a busy machine cannot falsify has to hold; what is a matter of time is shown.
package-gate: $(PACKAGE_STAMP)
	@$(BIN)/python packaging/build.py build bare size prove archive debian
	-@$(BIN)/python packaging/build.py times

pictures: $(DEV_STAMP)
	@$(BIN)/python packaging/pictures.py

readme-pictures: $(DEV_STAMP)
	@$(BIN)/python packaging/pictures.py readme

manual: $(MANUAL_STAMP)
	@$(BIN)/python packaging/manual.py

clean:
	rm -rf build 2>/dev/null || sudo rm -rf build  # a Debian made there belongs to root
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache
