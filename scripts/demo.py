"""`make demo`: the whole path on a local AWS, from a plan that fails the policies to contacts in AWS."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from scripts.sandbox import Sandbox
from scripts.shared.console import CommandError, ExitCode, command, out
from scripts.shared.files import ROOT

EXAMPLE = ROOT / "examples" / "organization"
ACQUIRED = "444444444404"
PERSONAL = "taro.yamada@kaede.example"
PATTERN = "aws-root+{account_name}@kaede.example"


class Demo:
    """The steps of the demonstration in one folder, against one sandbox."""

    def __init__(self, build: Path, aws: Sandbox) -> None:
        self.build = build
        self.aws = aws
        self.contacts = build / "contacts.yaml"
        self.step_number = 0

    def step(self, text: str) -> None:
        """Announces the next step."""
        self.step_number += 1
        out.print(f"\n[bold cyan]{self.step_number}. {text}[/]", soft_wrap=True)

    def use(self, example: str) -> None:
        """Makes one of the example's files the demonstration's contacts.yaml."""
        shutil.copyfile(EXAMPLE / example, self.contacts)
        out.print(f"[dim]$ cp {(EXAMPLE / example).relative_to(ROOT)} {self.contacts}[/]", soft_wrap=True)

    def make(self, target: str, expected: ExitCode, *options: str, given: str | None = None) -> None:
        """Runs one command of the product in a process of its own, as `make TARGET ARGS=OPTIONS` does.

        `given` is its standard input.

        Raises:
            CommandError: it ended otherwise than expected.
        """
        inventory = ["--inventory", str(self.build / "inventory.json")]
        build = ["--build", str(self.build)]
        paths = {
            "inventory": ["--out", str(self.build / "inventory.json")],
            "root-email": [*build, *(inventory if "plan" in options else ())],
            "verify": inventory,
        }.get(target, [*inventory, *build])
        shown = f" ARGS={shlex.quote(shlex.join(options))}" if options else ""
        out.print(f"$ make {target} CONTACTS={self.contacts}{shown}", soft_wrap=True, markup=False, style="dim")
        module = f"scripts.{target.replace('-', '_')}"
        arguments = [sys.executable, "-m", module, *options, "--contacts", str(self.contacts), *paths]
        sys.stdout.flush()
        code = subprocess.run(arguments, input=given, text=True, check=False).returncode
        out.print(f"[dim]exit code {code}[/]")
        if code != expected:
            raise CommandError(f"expected exit code {expected.value} ({expected.name})", ExitCode.FAILED)

    def change_root_email(self) -> None:
        """Changes the acquired account's root user email from a person's to a dedicated address."""
        options = ["--pattern", PATTERN, "--account", ACQUIRED]
        self.make("root-email", ExitCode.CHANGES_PENDING, "plan", *options)
        self.make("root-email", ExitCode.CHANGES_PENDING, "start", "--yes")
        code = next(mail["code"] for mail in reversed(self.aws.mailbox()) if mail["account_id"] == ACQUIRED)
        self.make("root-email", ExitCode.OK, "accept", "--codes", "-", given=f"{ACQUIRED},{code}\n")

    def activate_channels(self) -> None:
        """Confirms the e-mail contacts of every account, as their owners do by the link in the mail."""
        for mail in self.aws.mailbox():
            if ":emailcontact/" in mail["reference"]:
                self.aws.activate(mail["reference"])
                out.print(f"e-mail contact <{mail['to']}> in {mail['account_id']}: activated", markup=False)


def main(
    build: Annotated[Path, typer.Option(help="The folder for all output; deleted first.")] = Path("build/demo"),
) -> ExitCode:
    """Runs the whole path on a local AWS: a flawed file fails, a good one is applied, nothing is left to change.

    No credentials are used and no account is touched.
    """
    shutil.rmtree(build, ignore_errors=True)
    build.mkdir(mode=0o700, parents=True)
    inventory = json.loads((EXAMPLE / "inventory.json").read_text())
    next(account for account in inventory["accounts"] if account["id"] == ACQUIRED)["email"] = PERSONAL
    with Sandbox(inventory=inventory) as aws:
        # From here on this process and those it starts know nothing of the user's own AWS.
        environment = {**aws.applied_to(os.environ), "PYTHONPATH": str(ROOT)}
        os.environ.clear()
        os.environ.update(environment)
        demo = Demo(build, aws)
        out.print(
            f"[bold]A local AWS is running at {aws.endpoint_url}[/]: the organization of {EXAMPLE.relative_to(ROOT)}"
        )

        demo.step("Read the organization, and audit its accounts")
        demo.use("contacts-flawed.yaml")
        demo.make("inventory", ExitCode.OK)
        demo.make("audit", ExitCode.POLICY_FAILED)

        demo.step("Plan a flawed contacts.yaml: it fails the policies")
        demo.make("plan", ExitCode.POLICY_FAILED)

        demo.step("A plan that failed the policies cannot be applied")
        demo.make("apply", ExitCode.POLICY_FAILED)

        demo.step("Fix both: contacts.yaml, and the personal root user email")
        demo.use("contacts.yaml")
        demo.change_root_email()
        demo.make("inventory", ExitCode.OK)

        demo.step("Plan again: the policies pass; the changes are listed per account")
        demo.make("plan", ExitCode.CHANGES_PENDING)

        demo.step("Apply exactly the sealed plan")
        demo.make("apply", ExitCode.OK)

        demo.step("Activate the e-mail channels: until their owners do, AWS delivers nothing to them")
        demo.make("verify", ExitCode.POLICY_FAILED)
        demo.activate_channels()

        demo.step("Record the review; nothing is left to change")
        demo.make("verify", ExitCode.OK, "--reviewed-by", "security-operations")
        demo.make("plan", ExitCode.OK)

        demo.step("Audit again: every account, from AWS rather than from a plan")
        demo.make("audit", ExitCode.OK)
    out.print(
        "\n[bold green]Done.[/] On your own AWS:\n"
        "  1. sign in to the management account, then: make audit   (read-only: the contacts of every account)\n"
        "  2. make inventory\n"
        "  3. make adopt     (writes contacts.yaml from the existing contacts; or start from examples/organization)\n"
        "  4. make plan      (read-only: the changes, and the policies' verdict)\n"
        "  5. make apply\n"
        "The README has the least IAM policy that needs.",
        soft_wrap=True,
    )
    return ExitCode.OK


if __name__ == "__main__":
    command(main)
