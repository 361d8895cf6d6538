"""Other arrangements than the usual one: a single account, a delegated administrator, state in S3, notifications."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scripts.shared.files import ROOT
from tests.e2e.conftest import SMALL_CONTACTS, Workplace, furnished, small_inventory
from tests.organizations import MANAGEMENT, account, alone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scripts.sandbox import Sandbox

PROD, DEV = "444444444402", "555555555501"
NOTIFICATIONS = """\
notifications:
  hub_regions: [ap-northeast-1]
  channels:
    security:
      email: aws-security@kaede.example
  subscriptions:
    console-sign-in:
      preset: console-sign-in
      channels: [security]
      accounts: [shop-dev]
"""


def test_a_single_account_needs_neither_organization_nor_inventory(
    sandbox_of: Callable[..., Sandbox], tmp_path: Path
) -> None:
    place = Workplace(tmp_path, sandbox_of(alone(account("123456789012", "kaede-shop"))))
    place.write_contacts((ROOT / "examples" / "single-account" / "contacts.yaml").read_text())
    assert "needs no inventory" in place.expect(2, "inventory")
    place.expect(4, "plan")
    place.expect(0, "apply")
    contact = place.client("account").get_alternate_contact(AlternateContactType="SECURITY")["AlternateContact"]
    assert contact["EmailAddress"] == "aws-security@kaede.example"


def test_state_lives_in_s3_with_a_lock_file(workplace: Workplace) -> None:
    s3 = workplace.client("s3")
    s3.create_bucket(Bucket="kaede-terraform-state")
    workplace.write_contacts(
        SMALL_CONTACTS + "backend:\n  type: s3\n  bucket: kaede-terraform-state\n  region: us-east-1\n"
    )
    workplace.expect(4, "plan")
    assert '"use_lockfile": true' in (workplace.build / "contacts" / "cdk.tf.json").read_text()
    workplace.expect(0, "apply")
    state = s3.get_object(Bucket="kaede-terraform-state", Key="aws-contact-baseline/contacts.tfstate")["Body"].read()
    assert b"aws-security@kaede.example" in state
    assert not (workplace.folder / "state").exists()

    s3.put_object(
        Bucket="kaede-terraform-state",
        Key="aws-contact-baseline/contacts.tfstate.tflock",
        Body=json.dumps(
            {"ID": "1", "Operation": "apply", "Who": "another", "Created": "2026-01-01T00:00:00Z"}
        ).encode(),
    )
    assert "state lock" in workplace.expect(1, "plan", "--lock-timeout", "1s")


def test_a_delegated_administrator_sets_the_members(sandbox_of: Callable[..., Sandbox], tmp_path: Path) -> None:
    aws = sandbox_of(small_inventory(), roles=["ContactBaseline"])
    place = furnished(tmp_path, aws)
    place.client("organizations").register_delegated_administrator(
        AccountId=DEV, ServicePrincipal="account.amazonaws.com"
    )
    delegated = SMALL_CONTACTS.replace(
        "mail:\n", f"  authentication:\n    role_arn: arn:aws:iam::{DEV}:role/ContactBaseline\nmail:\n", 1
    )
    management_role = f"    management_role_arn: arn:aws:iam::{MANAGEMENT}:role/ContactBaseline\nmail:\n"
    place.write_contacts(delegated.replace("mail:\n", management_role, 1))
    place.expect(4, "plan")
    place.expect(0, "apply")
    for account_id in (MANAGEMENT, PROD, DEV):
        assert place.live_contact(account_id) is not None


def test_notifications_are_made_changed_and_taken_back(workplace: Workplace) -> None:
    workplace.write_contacts(SMALL_CONTACTS + NOTIFICATIONS)
    printed = workplace.expect(4, "plan")
    assert "console-sign-in" in printed
    workplace.expect(0, "apply")
    notifications = workplace.client("notifications", DEV)
    made = notifications.list_notification_configurations()["notificationConfigurations"]
    assert [(entry["name"], entry["aggregationDuration"]) for entry in made] == [("console-sign-in", "NONE")]
    assert (workplace.folder / "state" / f"notifications-{DEV}.tfstate").is_file()

    workplace.write_contacts(SMALL_CONTACTS)
    printed = workplace.expect(4, "plan")
    assert "remove" in printed
    assert DEV in printed
    workplace.expect(0, "apply")
    assert notifications.list_notification_configurations()["notificationConfigurations"] == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("phone:", "fone:", "did you mean"),
        ("aws-security@kaede.example", "aws-security@kaede", "contacts.yaml:15:14"),
        ("111111111111", "999999999999", "999999999999"),
    ],
)
def test_bad_input_is_refused_before_terraform_runs(workplace: Workplace, old: str, new: str, said: str) -> None:
    workplace.write_contacts(SMALL_CONTACTS.replace(old, new, 1))
    assert said in workplace.expect(2, "plan")
    assert not (workplace.build / "contacts").exists()


def test_a_missing_inventory_says_what_to_run(workplace: Workplace) -> None:
    workplace.inventory.unlink()
    assert "make inventory" in workplace.expect(2, "plan")


def test_contacts_move_between_stacks_and_out_of_them_without_a_change_in_aws(workplace: Workplace) -> None:
    workplace.expect(4, "plan")
    workplace.expect(0, "apply")
    split = SMALL_CONTACTS.replace("mail:\n", "  contacts_stacks: 2\nmail:\n", 1)
    workplace.write_contacts(split)
    printed = workplace.expect(4, "plan")
    assert f"forgotten in contacts: {PROD}, another stack manages it now" in printed
    assert "9 to add" in printed
    assert " to remove" not in printed
    workplace.aws.reset_statistics()
    workplace.expect(0, "apply")
    assert "account:DeleteAlternateContact" not in workplace.aws.statistics()
    assert workplace.live_contact(PROD) is not None

    workplace.client("organizations").close_account(AccountId=DEV)
    workplace.expect(0, "inventory")
    printed = workplace.expect(0, "plan")
    assert f"{DEV}, not ACTIVE in the inventory" in printed
    assert "left out: shop-dev" in printed
    assert workplace.live_contact(PROD) is not None
