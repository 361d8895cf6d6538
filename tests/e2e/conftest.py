"""A folder of a user's own, a sandbox, and the commands run as a user runs them: in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from scripts.shared.files import ROOT
from tests.organizations import MANAGEMENT, client, example

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from scripts.sandbox import Sandbox


class Workplace:
    """One user's folder with contacts.yaml and build/, and the AWS it works on."""

    def __init__(self, folder: Path, aws: Sandbox) -> None:
        self.folder = folder
        self.aws = aws
        self.contacts = folder / "contacts.yaml"
        self.build = folder / "build"
        self.inventory = self.build / "inventory.json"

    @property
    def environment(self) -> dict[str, str]:
        return {**self.aws.applied_to(os.environ), "PYTHONPATH": str(ROOT), "COLUMNS": "200"}

    def arguments(self, command: str, *options: str) -> list[str]:
        paths = {
            "inventory": ["--contacts", "contacts.yaml", "--out", "build/inventory.json"],
            "plan": ["--contacts", "contacts.yaml"],
            "apply": ["--contacts", "contacts.yaml"],
        }[command]
        return [sys.executable, "-m", f"scripts.{command}", *paths, *options]

    def run(
        self, command: str, *options: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.arguments(command, *options),
            cwd=self.folder,
            env={**self.environment, **(environment or {})},
            text=True,
            capture_output=True,
            check=False,
        )

    def expect(self, code: int, command: str, *options: str, **settings: Any) -> str:
        """Runs a command that must end with `code`; what it printed."""
        result = self.run(command, *options, **settings)
        assert result.returncode == code, f"{command}: {result.returncode}\n{result.stdout}\n{result.stderr}"
        assert "Traceback" not in result.stderr
        return result.stdout + result.stderr

    def write_contacts(self, text: str) -> None:
        self.contacts.write_text(text, encoding="utf-8")

    def client(self, service: str, account_id: str = MANAGEMENT) -> Any:
        """A boto3 client of the sandbox in the account."""
        return client(self.aws, service, account_id)

    def live_contact(self, account_id: str, contact_type: str = "SECURITY") -> dict[str, str] | None:
        """What AWS has, asked by itself."""
        account = self.client("account")
        target = {} if account_id == MANAGEMENT else {"AccountId": account_id}
        try:
            found: dict[str, str] = account.get_alternate_contact(AlternateContactType=contact_type, **target)[
                "AlternateContact"
            ]
        except account.exceptions.ResourceNotFoundException:
            return None
        return found


def small_inventory() -> dict[str, Any]:
    """The example organization's management account, two members and its suspended account."""
    return example({MANAGEMENT, "444444444402", "555555555501", "777777777701"})


SMALL_CONTACTS = """\
organization:
  management_account: "111111111111"
  home_region: ap-northeast-1
mail:
  corporate_domains: [kaede.example]
  accepted:
    - pattern: "*@kaede.example"
      reason: the example's reserved domain
      expires: 2099-12-31
contacts:
  defaults:
    security:
      name: Security Operations
      title: Security team
      email: aws-security@kaede.example
      phone: "+44 20 7946 0110"
    operations:
      name: Platform Operations
      title: Platform team
      email: aws-operations@kaede.example
      phone: "+44 20 7946 0120"
    billing:
      name: Accounting
      title: Accounting team
      email: aws-billing@kaede.example
      phone: "+44 20 7946 0130"
"""


def furnished(folder: Path, aws: Sandbox) -> Workplace:
    """A user's folder with the small contacts.yaml and its inventory already read."""
    place = Workplace(folder, aws)
    place.write_contacts(SMALL_CONTACTS)
    place.build.mkdir()
    place.inventory.write_text(json.dumps(small_inventory()))
    return place


@pytest.fixture
def workplace(sandbox_of: Callable[..., Sandbox], tmp_path: Path) -> Workplace:
    """A small organization, with its inventory already read."""
    return furnished(tmp_path, sandbox_of(small_inventory()))


@pytest.fixture
def slow_workplace(sandbox_of: Callable[..., Sandbox], tmp_path: Path) -> Workplace:
    """The same on an AWS that takes its time, so that there is something to interrupt."""
    return furnished(tmp_path, sandbox_of(small_inventory(), latency=0.3))
