"""Real Terraform with the real provider against the sandbox, and the modules in folders of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scripts.sandbox import Sandbox
from scripts.shared.terraform import cli_configuration, find_binary

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "modules"
REQUIRED_PROVIDERS = 'terraform {\n  required_providers {\n    aws = {\n      source = "hashicorp/aws"\n    }\n  }\n}\n'


class Terraform:
    """Terraform in one folder."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The finished process, whatever its exit code."""
        binary = find_binary()
        if binary is None:
            pytest.skip("no terraform on PATH")
        return subprocess.run(
            [binary, *arguments], cwd=self.folder, env=self.environment, text=True, capture_output=True, check=False
        )

    def expect(self, *arguments: str) -> str:
        """Standard output of a command that must succeed."""
        finished = self.run(*arguments)
        assert finished.returncode == 0, f"terraform {' '.join(arguments)}\n{finished.stdout}\n{finished.stderr}"
        return finished.stdout

    def plan(self) -> dict[str, Any]:
        """The plan as `terraform show -json` gives it."""
        self.expect("plan", "-input=false", "-out=plan")
        document: dict[str, Any] = json.loads(self.expect("show", "-json", "plan"))
        return document


@pytest.fixture(scope="session")
def cli_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of every Terraform call here: the provider from a mirror, no credentials of the machine's."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    for name, value in cli_configuration(tmp_path_factory.mktemp("terraform")).items():
        if value is None:
            inherited.pop(name, None)
        else:
            inherited[name] = value
    return inherited


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """A local AWS with the example organization."""
    inventory = json.loads((ROOT / "examples" / "organization" / "inventory.json").read_text(encoding="utf-8"))
    with Sandbox(inventory=inventory) as aws:
        yield aws


@pytest.fixture(scope="session")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of modules/: Terraform writes beside what it initializes."""
    copy = tmp_path_factory.mktemp("copy") / "modules"
    shutil.copytree(MODULES, copy, ignore=shutil.ignore_patterns(".terraform*"))
    return copy
