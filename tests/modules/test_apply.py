"""Both modules from nothing to changed to gone, on the sandbox, as the management account."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from tests.modules.conftest import REQUIRED_PROVIDERS, Terraform

if TYPE_CHECKING:
    from pathlib import Path

    from scripts.sandbox import Sandbox

MANAGEMENT, MEMBER, OTHER = "111111111111", "222222222201", "222222222202"
TEMPLATE = "${path.root} %{ if true }"


def contact(name: str) -> dict[str, str]:
    return {"name": name, "title": "Security team", "email": "aws-security@example.com", "phone": "+44 20 7946 0110"}


CALLS = """
variable "accounts" {
  type = any
}
variable "subscriptions" {
  type = any
}
module "alternate_contacts" {
  source   = "%(modules)s/alternate-contacts"
  accounts = var.accounts
}
module "user_notifications" {
  source        = "%(modules)s/user-notifications"
  hub_regions   = ["ap-northeast-1"]
  subscriptions = var.subscriptions
  email_channels = {
    security   = { email = "aws-security@example.com" }
    operations = { email = "aws-operations@example.com" }
  }
}
output "to_activate" {
  value = module.user_notifications.email_addresses_to_activate
}
output "email_contact_arns" {
  value = module.user_notifications.email_contact_arns
}
"""


class Live:
    """What the sandbox has now."""

    def __init__(self, aws: Sandbox) -> None:
        session = boto3.Session(
            aws.environment["AWS_ACCESS_KEY_ID"], aws.environment["AWS_SECRET_ACCESS_KEY"], region_name="us-east-1"
        )
        self.account: Any = session.client("account", endpoint_url=aws.endpoint_url)
        self.notifications: Any = session.client("notifications", endpoint_url=aws.endpoint_url)
        self.contacts: Any = session.client("notificationscontacts", endpoint_url=aws.endpoint_url)

    def name(self, account: str | None, kind: str = "SECURITY") -> str | None:
        try:
            found = self.account.get_alternate_contact(
                AlternateContactType=kind, **({"AccountId": account} if account else {})
            )
        except self.account.exceptions.ResourceNotFoundException:
            return None
        return str(found["AlternateContact"]["Name"])

    def configurations(self) -> dict[str, dict[str, Any]]:
        """Aggregation, event rules and number of channels of each notification configuration, by name."""
        found = {}
        for configuration in self.notifications.list_notification_configurations()["notificationConfigurations"]:
            arn = configuration["arn"]
            rules = self.notifications.list_event_rules(notificationConfigurationArn=arn)["eventRules"]
            found[configuration["name"]] = {
                "aggregation": configuration["aggregationDuration"],
                "rules": {rule["eventType"]: (rule["eventPattern"], sorted(rule["regions"])) for rule in rules},
                "channels": len(self.notifications.list_channels(notificationConfigurationArn=arn)["channels"]),
            }
        return found


@pytest.mark.timeout(600)
def test_apply_change_destroy(tmp_path: Path, cli_environment: dict[str, str], sandbox: Sandbox, modules: Path) -> None:
    (tmp_path / "main.tf").write_text(REQUIRED_PROVIDERS + CALLS % {"modules": modules})
    terraform = Terraform(tmp_path, {**cli_environment, **sandbox.environment})
    live = Live(sandbox)
    mails = len(sandbox.mailbox())

    def write(accounts: dict[str, Any], subscriptions: dict[str, Any]) -> None:
        variables = {"accounts": accounts, "subscriptions": subscriptions}
        (tmp_path / "terraform.tfvars.json").write_text(json.dumps(variables))

    write(
        {MANAGEMENT: {"security": contact("Security")}, MEMBER: {"security": contact(TEMPLATE)}},
        {
            "console-sign-in": {"preset": "console-sign-in", "channels": ["security"]},
            "abuse": {"preset": "abuse", "channels": ["security", "operations"]},
        },
    )
    terraform.expect("init", "-input=false")
    terraform.expect("apply", "-auto-approve", "-input=false")
    assert live.name(None) == "Security"
    assert live.name(MEMBER) == TEMPLATE
    first = live.configurations()
    assert first["console-sign-in"]["aggregation"] == "NONE"
    assert len(first["console-sign-in"]["rules"]["AWS Console Sign In via CloudTrail"][1]) > 10
    assert first["abuse"]["channels"] == 2
    assert first["abuse"]["rules"] == {
        "AWS Health Abuse Event": ("", ["us-east-1", "us-west-2"]),
        "AWS Health Event": ('{"detail":{"service":["ABUSE"]}}', ["us-east-1", "us-west-2"]),
    }
    outputs = {name: output["value"] for name, output in json.loads(terraform.expect("output", "-json")).items()}
    assert {mail["to"] for mail in sandbox.mailbox()[mails:]} == set(outputs["to_activate"].values())
    status = live.contacts.get_email_contact(arn=outputs["email_contact_arns"]["security"])["emailContact"]["status"]
    assert status == "inactive"

    assert terraform.run("plan", "-detailed-exitcode", "-input=false").returncode == 0, "a second plan shows no change"

    write(
        {MANAGEMENT: {"security": contact("Incident Response")}, OTHER: {"security": contact("Security")}},
        {
            "console-sign-in": {"preset": "console-sign-in", "channels": ["operations"], "regions": ["us-east-1"]},
            "alarms": {
                "source": "aws.cloudwatch",
                "event_type": "CloudWatch Alarm State Change",
                "event_pattern": '{ "detail": {"state": {"value": ["ALARM"]}} }',
                "channels": ["security"],
                "aggregation": "LONG",
            },
        },
    )
    terraform.expect("apply", "-auto-approve", "-input=false")
    assert [live.name(None), live.name(MEMBER), live.name(OTHER)] == ["Incident Response", None, "Security"]
    second = live.configurations()
    assert set(second) == {"console-sign-in", "alarms"}
    assert second["console-sign-in"]["rules"]["AWS Console Sign In via CloudTrail"] == ("", ["us-east-1"])
    assert second["console-sign-in"]["channels"] == 1
    assert second["alarms"]["aggregation"] == "LONG"
    alarms = second["alarms"]["rules"]["CloudWatch Alarm State Change"]
    assert alarms[0] == '{ "detail": {"state": {"value": ["ALARM"]}} }'
    assert len(sandbox.mailbox()) == mails + 2, "a change of subscriptions sends nobody another activation mail"

    terraform.expect("destroy", "-auto-approve", "-input=false")
    assert [live.name(None), live.name(MEMBER), live.name(OTHER)] == [None, None, None]
    assert live.configurations() == {}
    assert live.contacts.list_email_contacts()["emailContacts"] == []
    assert [
        hub["notificationHubRegion"] for hub in live.notifications.list_notification_hubs()["notificationHubs"]
    ] == ["ap-northeast-1"], "AWS keeps the last hub"
