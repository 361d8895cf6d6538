"""Existing contacts, adopted: contacts.yaml and imports.json, and a first plan that only imports."""

from __future__ import annotations

import csv
import json
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from cdktf_app.contacts.assignments import load
from cdktf_app.contacts.directory import load_directory
from cdktf_app.stacks import SynthesizedStack
from scripts.plan.changes import CONTACT, changes_of
from scripts.shared.files import ROOT
from tests.e2e.conftest import Workplace
from tests.organizations import EXAMPLE, MANAGEMENT, example

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scripts.sandbox import Sandbox

DELEGATED, SHOP, PAYMENTS = "222222222202", "444444444401", "444444444402"
CHAT = f"arn:aws:chatbot::{DELEGATED}:chat-configuration/slack-channel/security"
SIGN_IN = ("aws.signin", "AWS Console Sign In via CloudTrail")


class Adopting(Workplace):
    """A user's folder with nothing in it, and an AWS with the contacts of the example organization."""

    def arguments(self, command: str, *options: str) -> list[str]:
        if command == "adopt":
            return [sys.executable, "-m", "scripts.adopt", *options]
        return super().arguments(command, *options)

    def furnish(self) -> None:
        """Puts the example's contacts into AWS, as if people had, and not Terraform."""
        account = self.client("account")
        assignments = load(EXAMPLE / "contacts.yaml", EXAMPLE / "inventory.json")[2]
        for account_id in assignments.managed:
            for kind, answer in assignments.contacts[account_id].items():
                if (contact := answer.contact) is not None:
                    account.put_alternate_contact(
                        **({} if account_id == MANAGEMENT else {"AccountId": account_id}),
                        AlternateContactType=kind.upper(),
                        Name=contact.name,
                        Title=contact.title,
                        EmailAddress=contact.email,
                        PhoneNumber=contact.phone,
                    )

    def notify(self, account_id: str, name: str, *rules: tuple[str, ...], **more: Any) -> None:
        """Makes a notification configuration, as if in the console."""
        notifications = self.client("notifications", account_id)
        arn = notifications.create_notification_configuration(
            name=name,
            description=more.get("description", "Made by hand"),
            aggregationDuration="NONE",
            tags=more.get("tags", {}),
        )["arn"]
        for source, event_type, *pattern in rules:
            notifications.create_event_rule(
                notificationConfigurationArn=arn,
                source=source,
                eventType=event_type,
                eventPattern="".join(pattern),
                regions=more["regions"],
            )
        for channel in more["channels"]:
            notifications.associate_channel(notificationConfigurationArn=arn, arn=channel)

    def email_contact(self, account_id: str, name: str, address: str) -> str:
        contacts = self.client("notificationscontacts", account_id)
        arn: str = contacts.create_email_contact(name=name, emailAddress=address)["arn"]
        return arn


@pytest.fixture
def place(sandbox_of: Callable[..., Sandbox], tmp_path: Path) -> Adopting:
    roles = ["OrganizationAccountAccessRole", "ContactBaseline"]
    place = Adopting(tmp_path, sandbox_of(example(), roles=roles))
    place.furnish()
    return place


def test_the_first_plan_imports_and_changes_nothing(place: Adopting) -> None:
    """With the management account's contacts through a provider of its own, and notifications."""
    place.client("organizations").register_delegated_administrator(
        AccountId=DELEGATED, ServicePrincipal="account.amazonaws.com"
    )
    ec2 = place.client("ec2", DELEGATED)
    everywhere = [region["RegionName"] for region in ec2.describe_regions()["Regions"]]
    place.client("notifications", DELEGATED).register_notification_hub(notificationHubRegion="eu-central-1")
    desk = place.email_contact(DELEGATED, "desk", "aws-security@kaede.example")
    other = place.email_contact(DELEGATED, "desk", "security-alarms@kaede.example")
    place.notify(DELEGATED, "sign-in", SIGN_IN, regions=everywhere, channels=[desk, CHAT], tags={"team": "security"})
    pattern = '{ "detail": { "state": {"value": ["ALARM"]}, "n": [{"numeric": [">", 1]}] } }'
    alarms = ("aws.cloudwatch", "CloudWatch Alarm State Change", pattern)
    place.notify(DELEGATED, "alarms", alarms, regions=["eu-west-1", "eu-central-1"], channels=[desk, other])
    place.notify(DELEGATED, "mixed", alarms, ("aws.ec2", "Spot"), regions=["eu-west-1"], channels=[other])

    before = (EXAMPLE / "contacts.yaml").read_text()
    roles = "    member_role_name: ContactBaseline\n"
    roles += f"    role_arn: arn:aws:iam::{DELEGATED}:role/ContactBaseline\n"
    roles += f"    management_role_arn: arn:aws:iam::{MANAGEMENT}:role/ContactBaseline\n"
    settings = before.replace("    member_role_name: OrganizationAccountAccessRole\n", roles, 1)
    place.write_contacts(settings)
    # The administrator's role reaches its own account's notifications, not those of other members.
    printed = place.expect(3, "adopt", "--force", "--leave-out-unread")
    assert "7 contacts in 5 entries; one entry per account would be 35 contacts in 12 entries (20%)" in printed
    assert "left out: notification configuration mixed: it has 2 event rules" in printed
    assert place.contacts.read_text().startswith(settings.partition("contacts:\n")[0])

    printed = place.expect(4, "plan")
    changes = json.loads((place.build / "changes.json").read_text())["changes"]
    assert {change["action"] for change in changes} == {"import"}, printed
    contacts = [change for change in changes if change["subject"] in {"SECURITY", "OPERATIONS", "BILLING"}]
    assert len(contacts) == 35
    # A hub, two e-mail contacts, two configurations, each with an event rule and two channels.
    assert len(changes) - len(contacts) == 11
    assert f"{len(changes)} to import" in printed

    place.aws.reset_statistics()
    printed = place.expect(0, "apply")
    called = {name.partition(":")[2] for name in place.aws.statistics()}
    assert all(name.startswith(("Get", "List", "Describe", "Assume")) for name in called), f"an import wrote: {called}"
    assert "contacts: 35 imported, 0 changes applied" in printed
    printed = place.expect(0, "plan")
    assert "No change" in printed
    assert "imports.json: is no longer needed; remove it" in printed


def test_an_import_that_changes_something_counts_as_a_change() -> None:
    before = {
        "alternate_contact_type": "SECURITY",
        "name": "a",
        "title": "t",
        "email_address": "e",
        "phone_number": "1",
    }
    resources = [
        {
            "type": CONTACT,
            "mode": "managed",
            "change": {
                "actions": actions,
                "before": before,
                "after": {**before, "name": name},
                "importing": {"id": "x"},
            },
        }
        for actions, name in ((["no-op"], "a"), (["update"], "b"))
    ]
    stack = SynthesizedStack("contacts", "contacts", MANAGEMENT, EXAMPLE)
    found = changes_of({"resource_changes": resources}, stack, {})
    assert [(change.action, change.describe()) for change in found][1] == ("change", "name: a → b")
    assert found[0].action == "import"


def test_from_nothing_to_files_and_never_over_others(place: Adopting) -> None:
    printed = place.expect(0, "adopt")
    assert "make plan" in printed
    assert "@" not in printed
    for file in (place.contacts, place.folder / "imports.json", place.inventory):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    written = load(place.contacts, place.inventory)[2]
    expected = load(EXAMPLE / "contacts.yaml", EXAMPLE / "inventory.json")[2]
    for account_id, answers in expected.contacts.items():
        for kind, answer in answers.items():
            assert written.contacts[account_id][kind].contact == answer.contact
    directory = load_directory(place.contacts)
    assert directory.mail.corporate_domains == ("kaede.example",)
    assert directory.notifications is None
    imports = json.loads((place.folder / "imports.json").read_text())
    assert sum(map(len, imports["alternate_contacts"].values())) == 35

    place.write_contacts("mine")
    assert "already exists: contacts.yaml and imports.json" in place.expect(2, "adopt")
    assert place.contacts.read_text() == "mine"
    assert "contacts.yaml:1:1" in place.expect(2, "adopt", "--force"), "what cannot be read is not replaced, either"
    place.contacts.unlink()
    (place.folder / "imports.json").unlink()
    place.client("organizations").close_account(AccountId=PAYMENTS)
    assert f"is older than the organization ({PAYMENTS})" in place.expect(2, "adopt")
    place.inventory.unlink()
    result = json.loads(place.run("adopt", "--json").stdout)
    assert result["accounts"] == 11
    assert result["one_entry_per_account"] == {"contacts": 32, "entries": 11}


def test_what_cannot_be_read_stops_it_or_stays_out(place: Adopting) -> None:
    place.aws.set_faults({"fault": "access-denied", "operation": "account:GetAlternateContact", "account": SHOP})
    printed = place.expect(1, "adopt", "--contacts-only")
    assert "SECURITY contact: AWS denied GetAlternateContact" in printed
    assert f"shop-prod {SHOP}" in printed
    assert not place.contacts.exists()
    assert not (place.folder / "imports.json").exists()

    printed = place.expect(3, "adopt", "--contacts-only", "--leave-out-unread")
    assert "left out: SECURITY contact" in printed
    assignments = load(place.contacts, place.inventory)[2]
    assert all(answer.explicitly_none for answer in assignments.contacts[SHOP].values())
    assert "# BILLING, OPERATIONS, SECURITY contact not read: AWS denied" in place.contacts.read_text()
    assert SHOP not in json.loads((place.folder / "imports.json").read_text())["alternate_contacts"]


def sample_rows() -> list[list[str]]:
    """What the sample writes: no heading, the columns of the AWS CLI, nothing for the management account."""
    assignments = load(EXAMPLE / "contacts.yaml", EXAMPLE / "inventory.json")[2]
    rows = []
    for account_id in assignments.managed:
        for kind in ("operations", "security", "billing"):
            contact = assignments.contacts[account_id][kind].contact
            fields = [contact.email, contact.name, contact.phone, contact.title] if contact else [""] * 4
            rows.append(
                [account_id, "ALTERNATECONTACT", kind.upper(), *([""] * 4 if account_id == MANAGEMENT else fields)]
            )
    return rows


def write_rows(folder: Path, rows: list[list[str]]) -> None:
    with (folder / "contacts.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)


def offline(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Adopts from a CSV with an inventory, on a machine that cannot reach AWS."""
    (folder / "build").mkdir(exist_ok=True)
    (folder / "build" / "inventory.json").write_text((EXAMPLE / "inventory.json").read_text())
    clean = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    return subprocess.run(
        [sys.executable, "-m", "scripts.adopt", "--csv", "contacts.csv", "--home-region", "ap-northeast-1", *options],
        cwd=folder,
        env={**clean, "PYTHONPATH": str(ROOT), "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull},
        text=True,
        capture_output=True,
        check=False,
    )


def test_the_csv_of_the_aws_sample(tmp_path: Path) -> None:
    write_rows(tmp_path, sample_rows())
    done = offline(tmp_path)
    assert done.returncode == 1
    assert "the sample cannot read the management account's own contacts" in done.stderr
    assert not (tmp_path / "contacts.yaml").exists()

    done = offline(tmp_path, "--leave-out-unread")
    assert done.returncode == 3, done.stderr
    assert not (tmp_path / "imports.json").exists(), "nobody asked AWS what there is"
    assert "PutAlternateContact replaces the existing ones" in done.stdout
    written = load(tmp_path / "contacts.yaml", EXAMPLE / "inventory.json")[2]
    expected = load(EXAMPLE / "contacts.yaml", EXAMPLE / "inventory.json")[2]
    for account_id, answers in expected.contacts.items():
        for kind, answer in answers.items():
            there = None if account_id == MANAGEMENT else answer.contact
            assert written.contacts[account_id][kind].contact == there


def test_what_is_wrong_with_a_csv_is_said_by_line(tmp_path: Path) -> None:
    rows = sample_rows()
    rows[3][0] = "2.2222E+11"
    rows[4][2] = "PRIMARY"
    rows[5][6] = ""
    rows[6].append("a comma")
    rows[7] = rows[8]
    rows[9][0] = "999999999999"
    rows[10][4] = "セキュリティ運用部インシデント対応窓口総括班"
    write_rows(tmp_path, rows)
    done = offline(tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert [line.partition(": ")[0] for line in done.stderr.splitlines()] == [
        f"contacts.csv:{line}" for line in (4, 5, 6, 7, 9, 10, 11)
    ]
    for said in (
        "'2.2222E+11': is not an account id; format the column as a number",
        "'PRIMARY': is not a contact type",
        "has no title; write all four, or none",
        "has 8 columns, not 7",
        "is a duplicate of line 8",
        "'999999999999': is not an account of the organization",
        "cannot be a contact: name is 22 characters but 66 bytes",
    ):
        assert said in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--home-region", "tokyo"], "--home-region is not the name of an AWS Region"),
        (
            ["--management-role-arn", f"arn:aws:iam::{MANAGEMENT}:role/x"],
            "--management-role-arn is only for a role_arn",
        ),
        (["--single-account", "shop", "--member-role-name", "x"], "--member-role-name is not for a single account"),
    ],
)
def test_a_wrong_option_is_refused(tmp_path: Path, options: list[str], said: str) -> None:
    write_rows(tmp_path, sample_rows())
    done = offline(tmp_path, *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["build", "contacts.csv"]
