"""How to reach AWS and which accounts there are, before there is a contacts.yaml."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError
from pydantic import ValidationError

from cdktf_app.contacts.assignments import assign
from cdktf_app.contacts.directory import Directory, load_directory
from cdktf_app.contacts.organization import Account, Organization, load_inventory
from cdktf_app.contacts.sections import Authentication, Contacts
from scripts.adopt.display import NAMES_SHOWN
from scripts.shared.aws import CONFIG, session
from scripts.shared.aws_errors import code_of
from scripts.shared.console import CommandError, ExitCode
from scripts.shared.organization import read_organization

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

UNKNOWN = "000000000000"
"""Stands for an account id until AWS has answered it."""


def _region(given: str | None, profile: str | None) -> str:
    region = given or os.environ.get("AWS_REGION") or boto3.Session(profile_name=profile).region_name
    if not region:
        raise CommandError("the Region for Terraform is unknown: give --home-region, or set AWS_REGION")
    return region


def arrange(
    contacts: Path, inventory: Path, region: str | None, account_name: str | None, options: Mapping[str, str | None]
) -> tuple[Directory, Organization, bool]:
    """How to reach AWS and which accounts there are; whether the inventory was read from AWS just now.

    An existing contacts.yaml says how; else the options do, by the names of `Authentication`. The directory has no
    contacts to rely on.

    Raises:
        botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError: AWS error, or no connection.
        InvalidInput: contacts.yaml or the inventory is wrong.
        CommandError: an option is wrong, or the account is in no organization.
    """
    known = load_inventory(inventory) if inventory.is_file() else None
    profile = options["profile"]
    if contacts.is_file():
        if region or account_name or any(options.values()):
            raise CommandError(f"{contacts} configures the sign-in: remove those options, or edit the file")
        # What it says of contacts is what will be written anew.
        directory = load_directory(contacts).model_copy(update={"contacts": Contacts(), "notifications": None})
    elif account_name is not None:
        role = (options["role_arn"] or "").split(":")
        own = role[4] if len(role) > 5 else UNKNOWN
        how = _unwritten("account", options, id=own, name=account_name, home_region=_region(region, profile))
        assert how.account is not None
        sts = session(how.account.authentication, how.home_region).client("sts", config=CONFIG)
        own = sts.get_caller_identity()["Account"]
        directory = how.model_copy(update={"account": how.account.model_copy(update={"id": own})})
    else:
        # A role of the management account can only be checked once that account is known.
        given = options if known else {**options, "management_role_arn": None}
        management = known.management_account_id if known else UNKNOWN
        home = _region(region, profile)
        directory = _unwritten("organization", given, management_account=management, home_region=home)
    if directory.account is not None:
        return directory, assign(directory, None).organization, False
    assert directory.organization is not None
    if known is not None:
        return directory, known, False
    known = _organization(directory.organization.authentication, directory.home_region)
    if not contacts.is_file():
        home = directory.home_region
        directory = _unwritten(
            "organization", options, management_account=known.management_account_id, home_region=home
        )
    return directory, known, True


def _organization(authentication: Authentication, region: str) -> Organization:
    try:
        return read_organization(session(authentication, region).client("organizations", config=CONFIG))
    except ClientError as error:
        if code_of(error) != "AWSOrganizationsNotInUseException":
            raise
        raise CommandError(
            "this account is in no organization: name it with --single-account NAME", ExitCode.FAILED
        ) from None


def _unwritten(section: str, options: Mapping[str, str | None], **settings: str) -> Directory:
    """A directory that says how to reach AWS, and nothing else. Raises CommandError: an option is wrong."""
    authentication = {name: value for name, value in options.items() if value is not None}
    anybody = {"name": "-", "title": "-", "email": "aws@example.com", "phone": "0"}
    try:
        directory = Directory.model_validate(
            {
                section: {**settings, "authentication": authentication},
                "contacts": {"defaults": {"security": anybody}},
            }
        )
    except ValidationError as error:
        wrong = [
            f"--{str(details['loc'][-1]).replace('_', '-')} "
            + ("is not for a single account" if details["type"] == "extra_forbidden" else details["msg"])
            for details in error.errors(include_url=False, include_input=False)
        ]
        raise CommandError("\n".join(wrong)) from None
    return directory.model_copy(update={"contacts": Contacts()})


def check_age(inventory: Path, organization: Organization, listed: list[Account]) -> None:
    """Raises CommandError: the inventory names other accounts than AWS lists now, or other states of them."""
    then = {(account.id, account.status) for account in organization.accounts}
    differing = sorted({account_id for account_id, _ in then ^ {(a.id, a.status) for a in listed}})
    if differing:
        raise CommandError(
            f"{inventory}: is older than the organization ({', '.join(differing[:NAMES_SHOWN])}"
            f"{' …' if len(differing) > NAMES_SHOWN else ''}); remove it, and adopt reads the organization anew"
        )
