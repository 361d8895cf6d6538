"""`make demo`: the whole job on a local AWS, from a refused plan to contacts that AWS has."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import boto3
import typer
from botocore.exceptions import ClientError
from rich.table import Table

from scripts.report import ExitCode, Refused, command, out
from scripts.review import ROOT
from scripts.sandbox import Sandbox

EXAMPLE = ROOT / "examples" / "organization"
MANAGEMENT = "111111111111"
ACQUIRED = "444444444404"
PERSONAL = "taro.yamada@kaede.example"
DEDICATED = "aws-root+acquired-store@kaede.example"
TYPES = ("SECURITY", "OPERATIONS", "BILLING")


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

    def make(self, target: str, expected: ExitCode) -> None:
        """Runs one command of the product in a process of its own, as `make TARGET` does.

        Raises:
            Refused: it ended otherwise than expected.
        """
        inventory = self.build / "inventory.json"
        options = {
            "inventory": ["--out", str(inventory)],
            "plan": ["--inventory", str(inventory), "--build", str(self.build)],
            "apply": ["--inventory", str(inventory), "--build", str(self.build)],
        }[target]
        out.print(f"[dim]$ make {target} CONTACTS={self.contacts}[/]", soft_wrap=True)
        arguments = [sys.executable, "-m", f"scripts.{target}", "--contacts", str(self.contacts), *options]
        sys.stdout.flush()
        code = subprocess.run(arguments, check=False).returncode
        out.print(f"[dim]exit code {code}[/]")
        if code != expected:
            raise Refused(f"expected exit code {expected.value} ({expected.name})", ExitCode.FAILED)

    def client(self, service: str) -> Any:
        """A boto3 client of the sandbox in the management account."""
        session: Any = boto3.Session(region_name="us-east-1")
        return session.client(service)

    def change_root_email(self) -> None:
        """Moves the acquired account's root user email from a person to a dedicated address, as AWS does it."""
        account = self.client("account")
        account.start_primary_email_update(AccountId=ACQUIRED, PrimaryEmail=DEDICATED)
        code = next(mail["code"] for mail in reversed(self.aws.mailbox()) if mail["to"] == DEDICATED)
        account.accept_primary_email_update(AccountId=ACQUIRED, PrimaryEmail=DEDICATED, Otp=code)
        out.print(
            f"StartPrimaryEmailUpdate {ACQUIRED} {DEDICATED}; AWS mails a one-time code to the new address;"
            " AcceptPrimaryEmailUpdate with that code",
            soft_wrap=True,
        )

    def show_aws(self) -> None:
        """Prints what the sandbox's AWS has now, asked with boto3, not taken from a plan."""
        account = self.client("account")
        table = Table(title="What AWS has now (asked with GetAlternateContact)")
        for heading in ("account", *TYPES):
            table.add_column(heading, overflow="fold")
        for entry in json.loads((self.build / "inventory.json").read_text())["accounts"]:
            if entry["status"] == "ACTIVE":
                table.add_row(
                    f"{entry['name']}\n[dim]{entry['id']}[/]", *(_live(account, entry["id"], t) for t in TYPES)
                )
        out.print(table)

    def activate_channels(self) -> None:
        """Confirms the management account's e-mail contacts, as their owners do by the link in the mail."""
        contacts = self.client("notificationscontacts")
        for before in contacts.list_email_contacts()["emailContacts"]:
            self.aws.activate(before["arn"])
            after = contacts.get_email_contact(arn=before["arn"])["emailContact"]
            out.print(f"e-mail contact {before['name']} <{before['address']}>: {before['status']} → {after['status']}")


def _live(account: Any, account_id: str, contact_type: str) -> str:
    target = {} if account_id == MANAGEMENT else {"AccountId": account_id}
    try:
        contact = account.get_alternate_contact(AlternateContactType=contact_type, **target)["AlternateContact"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return "[yellow]none[/]"
    return str(contact["EmailAddress"])


def main(
    build: Annotated[Path, typer.Option(help="The folder everything is written to; made anew.")] = Path("build/demo"),
) -> ExitCode:
    """Runs the whole path on a local AWS: a flawed file refused, a good one applied, nothing left to change.

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

        demo.step("Read the organization")
        demo.use("contacts-flawed.yaml")
        demo.make("inventory", ExitCode.OK)

        demo.step("Plan a flawed contacts file: the policies refuse it")
        demo.make("plan", ExitCode.POLICY_FAILED)

        demo.step("What was refused cannot be applied")
        demo.make("apply", ExitCode.POLICY_FAILED)

        demo.step("Correct both: the contacts file, and the root user email that is a person's")
        demo.use("contacts.yaml")
        demo.change_root_email()
        demo.make("inventory", ExitCode.OK)

        demo.step("Plan again: the policies pass, the changes are shown per account")
        demo.make("plan", ExitCode.CHANGES_PENDING)

        demo.step("Apply exactly that plan")
        demo.make("apply", ExitCode.OK)

        demo.step("Ask AWS what it has")
        demo.show_aws()

        demo.step("Activate the e-mail channels: until their owners do, AWS delivers nothing to them")
        demo.activate_channels()

        demo.step("Plan once more: nothing left to change")
        demo.make("plan", ExitCode.OK)
    out.print(
        "\n[bold green]Done.[/] On your own AWS:\n"
        "  1. cp examples/organization/contacts.yaml contacts.yaml, and write your contacts into it\n"
        "  2. sign in to the management account, then: make inventory\n"
        "  3. make plan      (read-only: shows what would change, and what the policies say)\n"
        "  4. make apply\n"
        "The README has the least IAM policy that needs.",
        soft_wrap=True,
    )
    return ExitCode.OK


if __name__ == "__main__":
    command(main)
