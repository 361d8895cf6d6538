"""From contacts.yaml to what AWS has, through the commands, on real Terraform."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import SMALL_CONTACTS
from tests.organizations import MANAGEMENT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Workplace

PROD, DEV, SUSPENDED = "444444444402", "555555555501", "777777777701"


def test_contacts_reach_aws_as_reviewed_and_follow_the_file(workplace: Workplace) -> None:
    assert "no sealed plan" in workplace.expect(2, "apply")
    workplace.inventory.unlink()
    assert "4 accounts (3 ACTIVE, 1 SUSPENDED)" in workplace.expect(0, "inventory")

    printed = workplace.expect(4, "plan")
    assert "payments-prod" in printed
    assert "aws-security@kaede.example" in printed
    assert "old-campaign" in printed
    assert "SUSPENDED" in printed
    assert workplace.live_contact(PROD) is None, "a plan changes nothing"
    for file in workplace.build.rglob("*"):
        if file.is_file() and ".terraform" not in file.parts and "kaede.example" in file.read_text(errors="replace"):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, f"{file} holds contact data"

    for path, named in (
        (workplace.contacts, "contacts"),
        (workplace.inventory, "inventory"),
        (workplace.build / "contacts" / "plan.tfplan", "the saved plan of contacts"),
        (workplace.build / "contacts" / "plan.json", "the saved plan of contacts"),
    ):
        before = path.read_bytes()
        path.write_bytes(before + b"\n")
        printed = workplace.expect(2, "apply")
        assert "changed since the plan was sealed" in printed
        assert named in printed
        path.write_bytes(before)
    assert workplace.live_contact(PROD) is None

    workplace.expect(0, "apply")
    for account in (MANAGEMENT, PROD, DEV):
        contact = workplace.live_contact(account)
        assert contact is not None
        assert contact["EmailAddress"] == "aws-security@kaede.example"
        assert contact["PhoneNumber"] == "+44 20 7946 0110"
    assert "Nothing to apply" in workplace.expect(0, "apply")

    workplace.write_contacts(
        SMALL_CONTACTS.replace("name: Accounting\n", 'name: ${file("/etc/hostname")} %{ if true }\n')
        + "  organizational_units:\n    Workloads/Prod:\n      operations: none\n"
    )
    printed = workplace.expect(4, "plan")
    assert "Accounting → ${file" in printed
    assert "remove" in printed
    assert "operations" in printed.lower()
    report = json.loads((workplace.build / "changes.json").read_text())
    assert {(change["account_id"], change["subject"], change["action"]) for change in report["changes"]} == {
        (MANAGEMENT, "BILLING", "change"),
        (PROD, "BILLING", "change"),
        (DEV, "BILLING", "change"),
        (PROD, "OPERATIONS", "remove"),
    }
    workplace.expect(0, "apply")
    billing = workplace.live_contact(PROD, "BILLING")
    assert billing is not None
    assert billing["Name"] == '${file("/etc/hostname")} %{ if true }'
    assert workplace.live_contact(PROD, "OPERATIONS") is None
    assert workplace.live_contact(DEV, "OPERATIONS") is not None
    workplace.expect(0, "plan")


def test_what_the_policies_refuse_cannot_be_applied(workplace: Workplace) -> None:
    workplace.write_contacts(SMALL_CONTACTS + "  accounts:\n    payments-prod:\n      security: none\n")
    printed = workplace.expect(3, "plan")
    assert "CKV_CONTACT_1" in printed
    assert PROD in printed
    assert "this plan failed the policies" in workplace.expect(3, "apply")
    assert workplace.live_contact(DEV) is None


def test_wrong_credentials_cannot_write_to_the_wrong_account(workplace: Workplace) -> None:
    credentials = workplace.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{DEV}:role/OrganizationAccountAccessRole", RoleSessionName="wrong"
    )["Credentials"]
    printed = workplace.expect(
        1,
        "plan",
        environment={
            "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
            "AWS_SESSION_TOKEN": credentials["SessionToken"],
        },
    )
    assert "not allowed" in printed
    assert DEV in printed


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_apply_loses_nothing(slow_workplace: Workplace, signal_number: signal.Signals) -> None:
    workplace = slow_workplace
    workplace.expect(4, "plan")
    process = subprocess.Popen(
        workplace.arguments("apply"),
        cwd=workplace.folder,
        env=workplace.environment,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while workplace.aws.statistics().get("account:PutAlternateContact", {"calls": 0})["calls"] == 0:
        assert process.poll() is None
        time.sleep(0.05)
    # The whole foreground group gets a terminal's Ctrl-C; a supervisor signals the command alone.
    if signal_number == signal.SIGINT:
        os.killpg(process.pid, signal_number)
    else:
        process.send_signal(signal_number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 128 + signal_number, errors
    assert "waiting for Terraform" in errors

    state = json.loads((workplace.folder / "state" / "contacts.tfstate").read_text())
    assert state["resources"]
    if signal_number == signal.SIGTERM:
        return  # from here on all depends on the state, not on the signal
    assert "make plan" in workplace.expect(2, "apply")
    again = workplace.run("plan")
    assert again.returncode in (0, 4), again.stderr
    assert " to replace" not in again.stdout, "a contact that was set must not be removed and set again"
    workplace.expect(0, "apply")
    assert "account:DeleteAlternateContact" not in workplace.aws.statistics()
    for account in (MANAGEMENT, PROD, DEV):
        for contact_type in ("SECURITY", "OPERATIONS", "BILLING"):
            assert workplace.live_contact(account, contact_type) is not None


def test_the_terraform_asked_for_sees_accounts_the_inventory_does_not_know(
    workplace: Workplace, tmp_path: Path
) -> None:
    bare = "/usr/bin:/bin"
    tofu = tmp_path / "bin" / "tofu"
    tofu.parent.mkdir()
    from shutil import which

    tofu.write_text(f'#!/bin/sh\necho "$1" >> "{tmp_path}/called"\nexec "{which("terraform")}" "$@"\n')
    tofu.chmod(0o755)
    inventory = json.loads(workplace.inventory.read_text())
    inventory["accounts"] = [account for account in inventory["accounts"] if account["id"] != DEV]
    workplace.inventory.write_text(json.dumps(inventory))
    printed = workplace.expect(3, "plan", environment={"TERRAFORM": "tofu", "PATH": f"{tofu.parent}:{bare}"})
    assert f"{DEV} shop-dev: has no SECURITY alternate contact" in printed, "an account the inventory does not know"
    assert (tmp_path / "called").read_text().split() == ["init", "state", "plan", "show"]

    printed = workplace.expect(1, "plan", environment={"TERRAFORM": "nonesuch"})
    assert "TERRAFORM=nonesuch: no such program on PATH" in printed


def test_without_terraform_the_wheel_is_used(workplace: Workplace) -> None:
    environment = {"PATH": "/usr/bin:/bin"}
    workplace.expect(4, "plan", environment=environment)
    assert '"terraform_version":"1.11' not in (workplace.build / "contacts" / "plan.json").read_text()
    workplace.expect(0, "apply", environment=environment)
    assert workplace.live_contact(PROD) is not None
