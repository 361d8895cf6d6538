# Two commands do everything on a fresh machine: `make demo` and `make test`. Only Python 3.11 or later is needed.

PYTHON    ?= python3
VENV      ?= .venv
BUILD     ?= build
CONTACTS  ?= contacts.yaml
INVENTORY ?= $(BUILD)/inventory.json
PLAN      ?= $(wildcard $(BUILD)/*/plan.json)
ARGS      ?=

PY := $(VENV)/bin/python
export PYTHONDONTWRITEBYTECODE = 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help inventory synth plan policy apply sandbox audit adopt root-email verify demo test browser fuzz lint fmt docs test-cdktn bench lock clean

help: ## List the commands
	@echo "aws-contact-baseline: AWS can reach the people who run every AWS account"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  Variables: CONTACTS=$(CONTACTS) INVENTORY=$(INVENTORY) BUILD=$(BUILD) ARGS='--help'"

$(VENV)/.installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; say which with PYTHON=python3.12" >&2; exit 2; }
	@echo "Making the environment in $(VENV) (once, about two minutes)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PY) -m pip install --quiet --no-deps --require-hashes -r requirements.lock
	@touch $@

inventory: $(VENV)/.installed ## Read the organization's accounts from AWS into build/inventory.json
	@$(PY) -m scripts.inventory --contacts $(CONTACTS) --out $(INVENTORY) $(ARGS)

synth: $(VENV)/.installed ## Write the Terraform stacks, without Terraform or AWS
	@$(PY) -m cdktf_app --contacts $(CONTACTS) $(if $(wildcard $(INVENTORY)),--inventory $(INVENTORY)) --out $(BUILD) $(ARGS)

plan: $(VENV)/.installed ## Plan every stack, check the policies, show the changes
	@$(PY) -m scripts.plan --contacts $(CONTACTS) --inventory $(INVENTORY) --build $(BUILD) $(ARGS)

policy: $(VENV)/.installed ## Judge plan files with checkov and the policy pack (PLAN=plan.json)
	@$(PY) -m scripts.policy $(if $(wildcard $(CONTACTS)),--contacts $(CONTACTS) --inventory $(INVENTORY)) $(ARGS) $(PLAN)

apply: $(VENV)/.installed ## Apply exactly the sealed plan, which passed the policies
	@$(PY) -m scripts.apply --contacts $(CONTACTS) --inventory $(INVENTORY) --build $(BUILD) $(ARGS)

audit: $(VENV)/.installed ## Audit the contacts of every live account; changes nothing
	@$(PY) -m scripts.audit $(if $(wildcard $(CONTACTS)),--contacts $(CONTACTS)) --inventory $(INVENTORY) --build $(BUILD) $(ARGS)

adopt: $(VENV)/.installed ## Write contacts.yaml and Terraform imports from the existing contacts
	@$(PY) -m scripts.adopt --contacts $(CONTACTS) --inventory $(INVENTORY) $(ARGS)

root-email: $(VENV)/.installed ## Change root user emails (ARGS='plan', 'start', 'accept')
	@$(PY) -m scripts.root_email $(or $(ARGS),--help)

verify: $(VENV)/.installed ## Check that mail arrives: activation, mail domains, the review date
	@$(PY) -m scripts.verify --contacts $(CONTACTS) --inventory $(INVENTORY) $(ARGS)

sandbox: $(VENV)/.installed ## Run a local AWS with AWS's quotas and errors, until Ctrl-C
	@$(PY) -m scripts.sandbox --inventory $(or $(wildcard $(INVENTORY)),examples/organization/inventory.json) $(ARGS)

demo: $(VENV)/.installed ## Run the whole path on the sandbox, without an AWS account
	@$(PY) -m scripts.demo --build $(BUILD)/demo $(ARGS)

test: lint browser ## All checks: style, types, imports, HCL, documents, behaviour
	@$(PY) -m pytest -n 2 --maxschedchunk 1 $(ARGS)

browser: # For the test that looks at the audit's report. Skipped without one; a CI machine on Debian or Ubuntu gets it here.
	@[ -z "$$CI" ] || for name in chromium chromium-browser google-chrome microsoft-edge; do command -v $$name && exit; done >/dev/null || \
	{ apt-get -qq update && apt-get -qq install --yes --no-install-recommends chromium >/dev/null; }

fuzz: $(VENV)/.installed ## Run the property tests on new random examples
	@HYPOTHESIS_PROFILE=random $(PY) -m pytest -n 2 -m hypothesis $(ARGS)

lint: $(VENV)/.installed ## Style, types, one-way imports, generated documents
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy cdktf_app policies scripts tests tools
	@$(VENV)/bin/lint-imports --no-logo
	@$(PY) -m tools.docs --check
	@$(PY) -m tools.messages --check

fmt: $(VENV)/.installed ## Format code and HCL
	@$(PY) -m ruff check --fix --quiet . || true
	@$(PY) -m ruff format --quiet .
	@$(PY) -m scripts.terraform fmt -recursive modules

docs: $(VENV)/.installed ## Regenerate documents and translation catalogues
	@$(PY) -m tools.docs
	@$(PY) -m tools.messages

test-cdktn: $(VENV)/.installed ## The tests of the app and of the whole path, on cdktn instead of cdktf
	@CDK_PACKAGE=cdktn $(PY) -m pytest -n 2 tests/cdktf_app tests/e2e $(ARGS)

bench: $(VENV)/.installed ## Speed and memory, as ratios
	@$(PY) -m tools.bench $(ARGS)

lock: ## Regenerate requirements.lock from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" --upgrade --quiet --output-file requirements.lock

clean: ## Remove build/ (plans, inventory, demo); states live beside contacts.yaml
	rm -rf $(BUILD)
