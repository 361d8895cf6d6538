from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.shared.terraform import PROVIDER, provider_mirror

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
CONTACTS = EXAMPLES / "organization" / "contacts.yaml"
INVENTORY = EXAMPLES / "organization" / "inventory.json"

Terraform = Callable[..., str]


@pytest.fixture(scope="session")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    """Runs Terraform in a folder and returns what it prints; a failure fails the test with what Terraform said.

    A provider that lies unpacked in the mirror is used where it is, without `init`: that would hash its 700 MB.
    """
    mirror = provider_mirror()
    found = (mirror / PROVIDER).glob("*/*/terraform-provider-aws*") if mirror else iter(())
    unpacked = next((path.parent for path in found), None)
    override = f'dev_overrides {{\n    "hashicorp/aws" = "{unpacked}"\n  }}\n  ' if unpacked else ""
    configuration = tmp_path_factory.mktemp("terraform") / "terraform.rc"
    configuration.write_text(f"provider_installation {{\n  {override}direct {{}}\n}}\n")
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": str(configuration), "CHECKPOINT_DISABLE": "1"}

    def run(folder: Path, *arguments: str) -> str:
        if arguments[0] == "init" and unpacked:
            arguments = ("get", "-no-color")
        done = subprocess.run(
            ["terraform", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run
