"""`make audit` says what the accounts really have, whatever AWS does meanwhile, and never calls the unknown a pass."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import time
from datetime import date
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from scripts.sandbox import Sandbox
from scripts.shared.files import ROOT
from tests.organizations import MANAGEMENT, alone, client, example, generated
from tests.scripts.live_organization import (
    CONTACTS,
    INVENTORY,
    arguments,
    audit,
    audit_process,
    compared,
    environment,
    furnish,
    put_contact,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.scripts.live_organization import Finished

SHOP = "444444444401"
ACTIVE = 12


@pytest.fixture(scope="module")
def furnished() -> Iterator[Sandbox]:
    """The example organization, in which everything is as its directory says. Tests leave it so."""
    with Sandbox(example(), roles=("OrganizationAccountAccessRole", "Audit")) as aws:
        furnish(aws)
        yield aws


@pytest.fixture
def sound(furnished: Sandbox) -> Iterator[Sandbox]:
    """The same; faults are gone and calls are counted anew."""
    furnished.set_faults()
    furnished.reset_statistics()
    yield furnished
    furnished.set_faults()


@pytest.fixture(scope="module")
def bare() -> Iterator[Sandbox]:
    """The example organization, in which nobody ever set anything. Tests leave it so."""
    with Sandbox(example()) as aws:
        yield aws


def unread(finished: Finished) -> set[tuple[str, str]]:
    return {(item["account_id"], item["kind"]) for item in finished.found("AUDIT_UNREAD")}


def test_an_organization_that_is_as_its_directory_says_passes(sound: Sandbox, tmp_path: Path) -> None:
    finished = compared(sound, tmp_path)
    document = finished.document
    assert finished.code == 0, document["findings"]
    assert document["passed"]
    assert document["complete"]
    assert document["counts"] == {
        "accounts": 13, "passed": ACTIVE, "failed": 0, "unread": 0, "not_active": 1,
        "findings": 0, "high": 0, "medium": 0, "low": 0, "unread_parts": 0,
    }  # fmt: skip
    assert document["verdict"] == "Passed: 12 accounts read, nothing to fix."
    notes = {(item["check"], item["kind"], item["account"]) for item in document["findings"]}
    assert notes == {
        ("AUDIT_UNREAD", "inactive", "old-campaign"),
        ("CKV_CONTACT_4", "covered", "sandbox-platform"),
    }
    assert {unit["ou_path"] for unit in document["coverage"]} >= {"", "Workloads/Prod"}
    assert sum(unit["operations"]["exempt"] for unit in document["coverage"]) == 1
    assert sum(unit[kind]["missing"] for unit in document["coverage"] for kind in ("operations", "billing")) == 0
    assert sum(unit["root_email"]["shared"] for unit in document["coverage"]) == ACTIVE
    schema = json.loads((ROOT / "docs" / "audit.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema)


def test_the_first_day_in_an_unknown_organization(bare: Sandbox, tmp_path: Path) -> None:
    finished = audit_process(bare, tmp_path, "--inventory", "none-yet.json")
    assert finished.code == 3
    lines = finished.printed.splitlines()
    assert lines[-1] == "Not passed: 12 of 12 accounts fail; 36 findings: 12 high, 24 medium."
    table = [line for line in lines if "No SECURITY alternate contact" in line]
    assert len(table) == 1
    assert "│ 12 " in table[0]
    assert "make inventory" in finished.printed
    report = tmp_path / "build" / "audit" / "report.html"
    assert "<html" in report.read_text(encoding="utf-8")
    for file in report.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_the_policies_object_to_in_a_plan_they_object_to_live(
    sandbox_of: Callable[..., Sandbox], bare: Sandbox, tmp_path: Path
) -> None:
    inventory = example()
    personal = next(item for item in inventory["accounts"] if item["id"] == SHOP)
    personal["email"] = "taro.yamada@kaede.example"
    aws = sandbox_of(inventory)
    account = client(aws, "account")
    for item in inventory["accounts"]:
        if item["status"] == "ACTIVE":
            for kind in ("SECURITY", "OPERATIONS", "BILLING"):
                put_contact(account, item["id"], kind)
    put_contact(account, SHOP, "BILLING", email="hanako.suzuki@kaede.example")
    put_contact(account, MANAGEMENT, "SECURITY", phone="0000000000")
    account.put_contact_information(
        AccountId="222222222201",
        ContactInformation={
            "FullName": "Kaede", "AddressLine1": "1", "City": "London", "PostalCode": "1", "CountryCode": "GB",
            "PhoneNumber": "+1234567890",
        },
    )  # fmt: skip
    finished = audit(aws, tmp_path, "--json", "--contacts", str(CONTACTS), "--inventory", str(INVENTORY))
    assert finished.code == 3
    found = {
        (item["check"], item["account_id"], item["contact_type"], item["value"])
        for item in finished.document["findings"]
        if item["check"].startswith("CKV") and item["level"] == "failure"
    }
    assert found == {
        ("CKV_CONTACT_2", SHOP, None, "taro.yamada@kaede.example"),
        ("CKV_CONTACT_3", SHOP, "BILLING", "hanako.suzuki@kaede.example"),
        ("CKV_CONTACT_7", MANAGEMENT, "SECURITY", "0000000000"),
        ("CKV_CONTACT_7", "222222222201", None, "+1234567890"),
    }
    row = next(row for row in finished.document["accounts"] if row["id"] == SHOP)
    assert (row["result"], row["root_email"]) == ("failed", "personal")
    for item in finished.document["findings"]:
        assert item["why"]
        assert item["fix"]
        assert item["mappings"]


def test_differences_from_the_directory(sandbox_of: Callable[..., Sandbox], tmp_path: Path) -> None:
    aws = sandbox_of(example())
    furnish(aws)
    account = client(aws, "account")
    account.delete_alternate_contact(AccountId="222222222201", AlternateContactType="SECURITY")
    put_contact(account, SHOP, "OPERATIONS", email="somebody-else@kaede.example")
    put_contact(account, "666666666601", "OPERATIONS")
    notifications = client(aws, "notifications")
    found = notifications.list_notification_configurations()["notificationConfigurations"]
    arns = {item["name"]: item["arn"] for item in found}
    notifications.delete_notification_configuration(arn=arns["abuse"])
    notifications.update_notification_configuration(arn=arns["console-sign-in"], aggregationDuration="LONG")
    notifications.create_notification_configuration(name="own", description="", aggregationDuration="NONE")
    client(aws, "notificationscontacts").create_email_contact(name="asleep", emailAddress="x@kaede.example")
    finished = compared(aws, tmp_path)
    drift = {
        (item["account_id"], item["kind"], item["severity"], item["reason"]) for item in finished.found("AUDIT_DRIFT")
    }
    assert drift == {
        (
            "222222222201",
            "missing",
            "HIGH",
            "does not have the SECURITY contact that contacts.yaml (defaults) defines",
        ),
        (
            SHOP,
            "different",
            "MEDIUM",
            "the OPERATIONS contact differs from contacts.yaml (organizational_units.Workloads) in name, title, email, "
            "phone",
        ),
        (
            "666666666601",
            "unexpected",
            "MEDIUM",
            "still has the OPERATIONS contact that contacts.yaml (accounts.666666666601) sets to none",
        ),
        (
            MANAGEMENT,
            "missing",
            "MEDIUM",
            "does not have the notification configuration abuse that contacts.yaml defines",
        ),
        (
            MANAGEMENT,
            "different",
            "MEDIUM",
            "notification configuration console-sign-in differs from contacts.yaml in its aggregation",
        ),
    }
    assert [item["value"] for item in finished.found("AUDIT_ACTIVATION")] == ["x@kaede.example"]
    assert [item["reason"] for item in finished.found("AUDIT_DRIFT", "note")] == [
        "contacts.yaml does not define the notification configuration own"
    ]
    on_sign_in = [item["kind"] for item in finished.found("CKV_CONTACT_8")]
    assert sorted(on_sign_in) == ["aggregated", "channel", "rule"]


def test_an_overdue_review_and_an_inventory_that_is_behind(sound: Sandbox, tmp_path: Path) -> None:
    contacts, inventory = tmp_path / "contacts.yaml", tmp_path / "inventory.json"
    contacts.write_text(CONTACTS.read_text(encoding="utf-8").replace(str(date.today()), "2020-01-01"), encoding="utf-8")
    behind = example()
    behind["accounts"] = [item for item in behind["accounts"] if item["id"] != SHOP]
    behind["accounts"].append({**behind["accounts"][0], "id": "999999999999", "name": "left"})
    inventory.write_text(json.dumps(behind), encoding="utf-8")
    finished = audit(sound, tmp_path, "--json", "--contacts", str(contacts), "--inventory", str(inventory))
    assert finished.code == 3
    assert [item["kind"] for item in finished.found("AUDIT_REVIEW")] == ["overdue"]
    assert [(item["kind"], item["account_id"]) for item in finished.found("AUDIT_INVENTORY")] == [("new", SHOP)]
    assert [item["account_id"] for item in finished.found("AUDIT_INVENTORY", "note")] == ["999999999999"]
    row = next(row for row in finished.document["accounts"] if row["id"] == SHOP)
    assert row["security"] == "set"


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "throttling", "every": 3},
        {"fault": "internal-error", "every": 4},
        {"fault": "connection-reset", "every": 5},
    ],
    ids=lambda fault: fault["fault"],
)
def test_a_storm_of_faults_loses_nothing(sound: Sandbox, tmp_path: Path, fault: dict[str, Any]) -> None:
    sound.set_faults(fault)
    finished = compared(sound, tmp_path)
    assert finished.code == 0, finished.document["findings"]
    assert finished.document["counts"]["passed"] == ACTIVE
    called = sum(call["calls"] for call in finished.document["calls"])
    throttled = sum(call["throttled"] for call in finished.document["calls"])
    assert (throttled > called / 5) == (fault["fault"] == "throttling")


def test_accounts_that_deny_access_are_findings_and_the_rest_is_read(sound: Sandbox, tmp_path: Path) -> None:
    sound.set_faults({"fault": "access-denied", "account": "44444444440?"})
    finished = compared(sound, tmp_path)
    assert finished.code == 1
    denied = {row["id"] for row in finished.document["accounts"] if row["id"].startswith("44444444440")}
    assert {account_id for account_id, _ in unread(finished)} == denied
    assert {kind for _, kind in unread(finished)} == {
        "SECURITY contact", "OPERATIONS contact", "BILLING contact", "primary contact", "notifications",
    }  # fmt: skip
    rows = {row["id"]: row for row in finished.document["accounts"]}
    assert {account_id for account_id, row in rows.items() if row["result"] == "unread"} == denied
    assert {rows[account_id]["security"] for account_id in denied} == {"unread"}
    assert finished.document["counts"]["passed"] == ACTIVE - len(denied)
    assert not finished.document["passed"]
    assert finished.document["verdict"].startswith(f"Not passed: {len(denied)} of 12 accounts could not be read")
    counts = finished.document["counts"]
    assert (counts["findings"], counts["high"], counts["unread_parts"]) == (0, 0, len(unread(finished)))
    assert "sandbox" not in json.dumps(finished.found("AUDIT_UNREAD")), "AWS's message names who is signed in"


def test_a_skipped_part_is_stated(sound: Sandbox, tmp_path: Path) -> None:
    finished = compared(sound, tmp_path, "--without", "notifications")
    assert finished.code == 0
    assert finished.document["skipped"] == ["notifications"]
    assert finished.document["verdict"] == ("Passed: 12 accounts read, nothing to fix. Skipped: notifications.")
    page = (tmp_path / "build" / "audit" / "report.html").read_text(encoding="utf-8")
    assert "Skipped" in page


def test_an_account_that_is_throttled_out_is_unread(sound: Sandbox, tmp_path: Path) -> None:
    sound.set_faults({"fault": "throttling", "operation": "account:GetAlternateContact", "account": SHOP})
    finished = compared(sound, tmp_path)
    assert finished.code == 1
    assert unread(finished) == {(SHOP, f"{kind} contact") for kind in ("SECURITY", "OPERATIONS", "BILLING")}


def test_credentials_that_expire_half_way_stop_the_reading_and_a_resumed_run_reads_the_rest(
    sound: Sandbox, tmp_path: Path
) -> None:
    sound.set_faults({"fault": "expired-token", "after_calls": 40})
    finished = compared(sound, tmp_path)
    assert finished.code == 1
    counts = finished.document["counts"]
    assert counts["unread"] > 0
    assert counts["passed"] + counts["unread"] == ACTIVE
    assert sum(call["calls"] for call in sound.statistics().values()) < 140, "AWS is asked no more"
    sound.set_faults()
    sound.reset_statistics()
    resumed = compared(sound, tmp_path, "--resume")
    assert resumed.code == 0, resumed.document["findings"]
    if counts["passed"]:  # how many is left to the threads
        assert resumed.document["oldest_answer_at"] <= resumed.document["started_at"]
    assert sound.statistics()["account:GetAlternateContact"]["calls"] == 3 * counts["unread"]


def test_credentials_of_a_role_are_renewed_when_they_expire(sound: Sandbox, tmp_path: Path) -> None:
    contacts = tmp_path / "contacts.yaml"
    role = f"  authentication:\n    role_arn: arn:aws:iam::{MANAGEMENT}:role/Audit\n"
    contacts.write_text(CONTACTS.read_text(encoding="utf-8").replace("  authentication:\n", role), encoding="utf-8")
    sound.set_faults({"fault": "expired-token", "operation": "account:*", "after_calls": 25})
    options = ("--json", "--contacts", str(contacts), "--inventory", str(INVENTORY))
    finished = audit(sound, tmp_path, *options)
    assert finished.code == 0, finished.document["findings"]


def test_a_killed_run_goes_on_where_it_was(sandbox_of: Callable[..., Sandbox], tmp_path: Path) -> None:
    aws = sandbox_of(generated(16), latency=0.05)
    account = client(aws, "account")
    for number in range(17):
        for kind in ("SECURITY", "OPERATIONS", "BILLING"):
            put_contact(account, str(int(MANAGEMENT) + number), kind)
    options = ("--json", "--without", "notifications", "--inventory", "none.json")
    process = subprocess.Popen(
        arguments(tmp_path, *options), cwd=tmp_path, env=environment(aws), stdout=subprocess.DEVNULL
    )
    journal = tmp_path / "build" / "audit" / "answers.jsonl"
    while not journal.is_file() or journal.read_bytes().count(b"\n") < 8:
        time.sleep(0.02)
        assert process.poll() is None
    process.kill()
    process.wait()
    time.sleep(0.5)  # until the sandbox has answered what was under way
    whole = journal.read_bytes().count(b"\n") - 1
    with journal.open("ab") as file:
        file.write(b'{"id": "111111111140", "name": "torn')
    aws.reset_statistics()
    resumed = audit(aws, tmp_path, *options, "--resume")
    assert aws.statistics()["account:GetAlternateContact"]["calls"] == 3 * (17 - whole)
    assert stat.S_IMODE(journal.stat().st_mode) == 0o600
    again = audit(aws, tmp_path, *options, "--max-age", "0")
    assert len(resumed.document["accounts"]) == 17
    for part in ("counts", "coverage", "findings", "verdict"):
        assert resumed.document[part] == again.document[part]


def test_an_interrupted_run_says_how_to_go_on(sandbox_of: Callable[..., Sandbox], tmp_path: Path) -> None:
    aws = sandbox_of(generated(30), latency=0.1)
    process = subprocess.Popen(
        arguments(tmp_path), cwd=tmp_path, env=environment(aws), stderr=subprocess.PIPE, text=True
    )
    journal = tmp_path / "build" / "audit" / "answers.jsonl"
    while not journal.is_file() or journal.read_bytes().count(b"\n") < 3:
        time.sleep(0.02)
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "make audit ARGS=--resume" in said
    assert "Traceback" not in said


def test_a_delegated_administrator_reads_the_management_account_with_a_role_of_its_own(
    sound: Sandbox, tmp_path: Path
) -> None:
    administrator = "222222222202"
    organizations = client(sound, "organizations")
    organizations.register_delegated_administrator(AccountId=administrator, ServicePrincipal="account.amazonaws.com")
    contacts = tmp_path / "contacts.yaml"
    text = CONTACTS.read_text(encoding="utf-8")
    role = f"  authentication:\n    role_arn: arn:aws:iam::{administrator}:role/Audit\n"
    own = f"    management_role_arn: arn:aws:iam::{MANAGEMENT}:role/Audit\n"
    options = ("--json", "--contacts", str(contacts), "--inventory", str(INVENTORY), "--without", "notifications")
    try:
        contacts.write_text(text.replace("  authentication:\n", role + own), encoding="utf-8")
        finished = audit(sound, tmp_path, *options)
        assert finished.code == 0, finished.document["findings"]
        contacts.write_text(text.replace("  authentication:\n", role), encoding="utf-8")
        without = audit(sound, tmp_path, *options)
    finally:
        organizations.deregister_delegated_administrator(
            AccountId=administrator, ServicePrincipal="account.amazonaws.com"
        )
    assert without.code == 1
    assert {account_id for account_id, _ in unread(without)} == {MANAGEMENT}


def test_without_the_right_to_list_accounts_root_emails_are_unread(sound: Sandbox, tmp_path: Path) -> None:
    sound.set_faults({"fault": "access-denied", "operation": "organizations:ListAccounts"})
    finished = compared(sound, tmp_path)
    assert finished.code == 1
    assert {kind for _, kind in unread(finished)} == {"root user email"}
    assert len(unread(finished)) == ACTIVE
    nothing = audit(sound, tmp_path, "--inventory", "none.json")
    assert nothing.code == 1
    assert "give --inventory FILE" in nothing.said


def test_a_single_account(sandbox_of: Callable[..., Sandbox], tmp_path: Path) -> None:
    inventory = alone(generated(0)["accounts"][0])
    aws = sandbox_of(inventory)
    account = client(aws, "account")
    for kind in ("SECURITY", "OPERATIONS", "BILLING"):
        put_contact(account, MANAGEMENT, kind)
    finished = audit(aws, tmp_path, "--json")
    document = finished.document
    failures = {item["check"] for item in document["findings"] if item["level"] == "failure"}
    assert (document["organization"], document["complete"], failures) == (None, True, {"CKV_CONTACT_7"})
    assert [item["kind"] for item in finished.found("AUDIT_UNREAD", "note")] == ["root user email"]
    assert document["accounts"][0]["root_email"] == "unread"


def test_bad_input_is_named_and_ends_with_2(sound: Sandbox, tmp_path: Path) -> None:
    bad = tmp_path / "contacts.yaml"
    bad.write_text("organization: {management_account: '12'}\n")
    finished = audit(sound, tmp_path, "--contacts", str(bad))
    assert finished.code == 2
    assert "contacts.yaml:1:" in finished.said
    other = tmp_path / "inventory.json"
    inventory = generated(1)
    inventory["organization"]["management_account_id"] = "111111111112"
    other.write_text(json.dumps(inventory))
    finished = audit(sound, tmp_path, "--inventory", str(other))
    assert finished.code == 2
    assert "these credentials see the organization of 111111111111" in finished.said
    assert sound.statistics().get("account:GetAlternateContact") is None


def test_the_iam_policy_has_what_is_called_and_nothing_else(sound: Sandbox, tmp_path: Path) -> None:
    names = {"notificationscontacts": "notifications-contacts"}
    for options in ((), ("--without", "notifications", "--without", "primary-contact")):
        sound.reset_statistics()
        assert compared(sound, tmp_path, *options).code == 0
        called = set()
        for operation in sound.statistics():
            service, _, action = operation.partition(":")
            called.add(f"{names.get(service, service)}:{action}")
        printed = audit(sound, tmp_path, "--iam-policy", *options)
        assert printed.code == 0
        policies = json.loads(printed.printed)
        allowed = {
            action
            for policy in policies.values()
            for statement in policy["Statement"]
            for action in statement["Action"]
        }
        assert allowed == called - {"sts:GetCallerIdentity"}
        assert set(policies) == ({"caller"} if options else {"caller", "member"})


def test_the_quotas_are_used_and_kept(sandbox_of: Callable[..., Sandbox], tmp_path: Path) -> None:
    aws = sandbox_of(generated(30), quotas=True, quota_scale=2)
    finished = audit(aws, tmp_path, "--json", "--share", "2", "--without", "notifications")
    gets = aws.statistics()["account:GetAlternateContact"]
    assert finished.code == 3
    assert gets["calls"] - gets["throttled"] == 3 * 31
    assert gets["throttled"] <= 3
    assert "with AWS's quotas this takes 5 seconds" in finished.said
