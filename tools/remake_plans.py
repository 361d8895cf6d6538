"""Makes tests/policies/plans/*/plan.json again with the real Terraform and provider, against the sandbox.

`python -m tools.remake_plans [--terraform COMMAND] [CASE…]`: with another Terraform, beside plan.json as
plan-terraform-VERSION.json.

A case is a folder with main.tf. `before/main.tf`, if there, is applied first; `forget` names what is taken out of the
state then, and stays in AWS. `inventory.json` is the organization (the
one beside the cases by default). `arguments` holds further arguments of `terraform plan`. `expected.json` says what the
checks must object to.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.sandbox import Sandbox
from scripts.shared.files import ROOT
from scripts.shared.terraform import provider_mirror

PLANS = ROOT / "tests" / "policies" / "plans"


class Workspace:
    """A folder where Terraform is initialized once for all cases."""

    def __init__(self, folder: Path, terraform: str = "terraform") -> None:
        self.folder = folder
        self.terraform = terraform
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "TF_"))}
        cli = folder / "cli.tfrc"
        mirror = provider_mirror()
        block = f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n'
        cli.write_text(block if mirror else "")
        self.environment |= {"TF_CLI_CONFIG_FILE": str(cli), "CHECKPOINT_DISABLE": "1"}
        self.initialized = folder / "initialized"
        self.initialized.mkdir()
        source = 'terraform {\n  required_providers {\n    aws = {\n      source = "hashicorp/aws"\n    }\n  }\n}\n'
        (self.initialized / "main.tf").write_text(source)
        self.run(self.initialized, "init", "-input=false")

    def run(self, where: Path, *arguments: str) -> str:
        """Standard output of a Terraform command; ends the program with its messages if it fails."""
        command = [self.terraform, *arguments]
        done = subprocess.run(command, cwd=where, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{where.name}: {' '.join(command)}\n{done.stdout}{done.stderr}")
        return done.stdout

    def plan(self, case: Path) -> str:
        """The JSON plan of a case, made against a fresh sandbox."""
        work = self.folder / case.name
        work.mkdir()
        shutil.copytree(self.initialized / ".terraform", work / ".terraform", symlinks=True)
        shutil.copy(self.initialized / ".terraform.lock.hcl", work)
        shutil.copytree(PLANS / "shared", work / "shared")
        inventory = case / "inventory.json"
        if not inventory.exists():
            inventory = PLANS / "inventory.json"
        arguments = case / "arguments"
        with Sandbox(json.loads(inventory.read_text(encoding="utf-8"))) as aws:
            self.environment |= aws.environment
            if (case / "before").exists():
                shutil.copy(case / "before" / "main.tf", work)
                self.run(work, "get")
                self.run(work, "apply", "-input=false", "-auto-approve", "-no-color")
            if (case / "forget").exists():
                self.run(work, "state", "rm", *(case / "forget").read_text(encoding="utf-8").split())
            shutil.copy(case / "main.tf", work)
            self.run(work, "get")
            extra = arguments.read_text(encoding="utf-8").split() if arguments.exists() else []
            self.run(work, "plan", "-input=false", "-no-color", "-out=planfile", *extra)
            return self.run(work, "show", "-json", "planfile")


def cases() -> list[Path]:
    """The folders of all cases."""
    return sorted(path.parent for path in PLANS.glob("*/main.tf"))


def main(arguments: list[str]) -> None:
    """Remakes the named cases, or all."""
    other = arguments[1] if arguments[:1] == ["--terraform"] else None
    names = arguments[2:] if other else arguments
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder), other or "terraform")
        for case in cases():
            if not names or case.name in names:
                print(case.name, flush=True)
                text = workspace.plan(case).strip()
                version = json.loads(text)["terraform_version"]
                name = f"plan-terraform-{version}.json" if other else "plan.json"
                (case / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
