"""Every resource type the modules use, made, changed, imported and destroyed by the real Terraform provider."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.sandbox import Sandbox
from scripts.terraform import cli_configuration, find_binary

from .conftest import MANAGEMENT, MEMBER, Client, contact, refused

CONFIGURATION = """
terraform {
  backend "s3" {
    bucket       = "states"
    key          = "contacts.tfstate"
    use_lockfile = true
  }
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "text" {
  type = string
}

variable "hubs" {
  type = set(string)
}

provider "aws" {
  allowed_account_ids = ["%(management)s"]
}

data "aws_organizations_organization" "this" {}

data "aws_regions" "enabled" {}

import {
  to = aws_account_alternate_contact.own
  id = "SECURITY"
}

resource "aws_account_alternate_contact" "own" {
  alternate_contact_type = "SECURITY"
  name                   = "窓口 $${x}"
  title                  = var.text
  email_address          = "aws-security@kaede.example"
  phone_number           = "+44 20 7946 0110"
}

import {
  to = aws_account_alternate_contact.member
  id = "%(member)s/BILLING"
}

resource "aws_account_alternate_contact" "member" {
  account_id             = "%(member)s"
  alternate_contact_type = "BILLING"
  name                   = "Accounting"
  title                  = var.text
  email_address          = "aws-billing@kaede.example"
  phone_number           = "+44 20 7946 0130"
}

resource "aws_account_primary_contact" "member" {
  account_id     = "%(member)s"
  full_name      = "Kaede"
  address_line_1 = "1-1 Chiyoda"
  city           = "Tokyo"
  country_code   = "JP"
  postal_code    = "100-0001"
  phone_number   = "+81 3 0000 0000"
  company_name   = var.text
}

resource "aws_notifications_notification_hub" "this" {
  for_each                = var.hubs
  notification_hub_region = each.value
}

resource "aws_notificationscontacts_email_contact" "this" {
  name          = "security"
  email_address = "aws-security@kaede.example"
  tags          = { text = var.text }
}

resource "aws_notifications_notification_configuration" "this" {
  name                 = "sign-in"
  description          = var.text
  aggregation_duration = "NONE"
  tags                 = { text = var.text }
  depends_on           = [aws_notifications_notification_hub.this]
}

resource "aws_notifications_event_rule" "this" {
  notification_configuration_arn = aws_notifications_notification_configuration.this.arn
  source                         = "aws.signin"
  event_type                     = "AWS Console Sign In via CloudTrail"
  event_pattern                  = jsonencode({ detail = { text = [var.text] } })
  regions                        = data.aws_regions.enabled.names
}

resource "aws_notifications_channel_association" "this" {
  arn                            = aws_notificationscontacts_email_contact.this.arn
  notification_configuration_arn = aws_notifications_notification_configuration.this.arn
}

output "accounts" {
  value = [for account in data.aws_organizations_organization.this.accounts : account.email]
}
"""

Terraform = Callable[..., str]


@pytest.fixture
def terraform(aws: Sandbox, tmp_path: Path) -> Terraform:
    """Run a Terraform command in a folder with the configuration; fails the test unless it ends with `code`."""
    binary = find_binary() or pytest.skip("there is no Terraform here")
    (tmp_path / "main.tf").write_text(CONFIGURATION % {"management": MANAGEMENT, "member": MEMBER}, encoding="utf-8")
    changes = cli_configuration(tmp_path / "build")
    base = {key: value for key, value in os.environ.items() if key not in changes}
    environment = aws.applied_to({**base, **{key: value for key, value in changes.items() if value is not None}})

    def run(*arguments: str, code: int = 0) -> str:
        command = [binary, *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    return run


def test_everything_is_imported_made_changed_and_destroyed(terraform: Terraform, aws: Sandbox, client: Client) -> None:
    account, notifications, s3 = client("account"), client("notifications"), client("s3")
    s3.create_bucket(Bucket="states")
    account.put_alternate_contact(**contact(Title="old"))
    account.put_alternate_contact(AccountId=MEMBER, **contact("BILLING", Title="old"))
    first = ["-var=text=one", '-var=hubs=["us-east-1","eu-west-1"]']
    second = ["-var=text=two", '-var=hubs=["us-east-1","us-west-2"]']

    terraform("init", "-input=false")
    assert "2 imported, 7 added, 2 changed, 0 destroyed" in terraform("apply", "-auto-approve", "-no-color", *first)
    own = account.get_alternate_contact(AlternateContactType="SECURITY")["AlternateContact"]
    assert own == contact(Name="窓口 ${x}", Title="one")
    assert [mail["to"] for mail in aws.mailbox()] == ["aws-security@kaede.example"]
    terraform("plan", "-detailed-exitcode", *first)

    assert "1 added, 6 changed, 1 destroyed" in terraform("apply", "-auto-approve", "-no-color", *second)
    state = json.loads(s3.get_object(Bucket="states", Key="contacts.tfstate")["Body"].read())
    assert "aws-root+shop@kaede.example" in state["outputs"]["accounts"]["value"]
    billing = account.get_alternate_contact(AccountId=MEMBER, AlternateContactType="BILLING")["AlternateContact"]
    assert (billing["Name"], billing["Title"]) == ("Accounting", "two")
    [configuration] = notifications.list_notification_configurations()["notificationConfigurations"]
    [rule] = notifications.list_event_rules(notificationConfigurationArn=configuration["arn"])["eventRules"]
    assert (configuration["description"], rule["eventPattern"]) == ("two", '{"detail":{"text":["two"]}}')
    assert len(notifications.list_channels(notificationConfigurationArn=configuration["arn"])["channels"]) == 1

    terraform("destroy", "-auto-approve", *second)
    assert notifications.list_notification_configurations()["notificationConfigurations"] == []
    assert client("notificationscontacts").list_email_contacts()["emailContacts"] == []
    hubs = notifications.list_notification_hubs()["notificationHubs"]
    assert len(hubs) == 1, "AWS keeps the last hub, and the provider accepts that"
    with refused("ResourceNotFoundException"):
        account.get_alternate_contact(AlternateContactType="SECURITY")
