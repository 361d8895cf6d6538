"""Account Management: contacts, who may touch whose, root email, Regions."""

from collections.abc import Callable
from typing import Any

import pytest

from scripts.sandbox import Sandbox

from .conftest import MANAGEMENT, MEMBER, OTHER, STRANGER, SUSPENDED, Client, contact, refused


def test_a_contact_is_kept_for_its_account_alone(client: Client, become: Callable[..., Any]) -> None:
    management = client("account")
    management.put_alternate_contact(AccountId=MEMBER, **contact(Name="${file('/etc/hostname')} 窓口"))
    own = client("account", become(MEMBER)).get_alternate_contact(AlternateContactType="SECURITY")
    assert own["AlternateContact"] == contact(Name="${file('/etc/hostname')} 窓口")
    for elsewhere in ({}, {"AccountId": OTHER}):
        with refused("ResourceNotFoundException", "No contact of the inputted alternate contact type found"):
            management.get_alternate_contact(AlternateContactType="SECURITY", **elsewhere)


def test_a_contact_is_changed_and_deleted_once(client: Client) -> None:
    account = client("account")
    for title in ("One", "Two"):
        account.put_alternate_contact(**contact("BILLING", Title=title))
    assert account.get_alternate_contact(AlternateContactType="BILLING")["AlternateContact"]["Title"] == "Two"
    account.delete_alternate_contact(AlternateContactType="BILLING")
    with refused("ResourceNotFoundException"):
        account.delete_alternate_contact(AlternateContactType="BILLING")


@pytest.mark.parametrize(
    ("account_id", "reason"),
    [
        (MANAGEMENT, r"\(The management account can only be managed using the standalone context"),
        (SUSPENDED, "is not authorized to perform: account:GetAlternateContact$"),
        (STRANGER, "is not authorized to perform: account:GetAlternateContact$"),
    ],
)
def test_accounts_that_cannot_be_managed_from_outside(client: Client, account_id: str, reason: str) -> None:
    with refused("AccessDeniedException", reason) as problem:
        client("account").get_alternate_contact(AccountId=account_id, AlternateContactType="SECURITY")
    assert problem.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_member_manages_itself_only_and_without_its_id(client: Client, become: Callable[..., Any]) -> None:
    member = client("account", become(MEMBER))
    member.put_alternate_contact(**contact())
    for account_id in (MEMBER, OTHER, MANAGEMENT):
        with refused("AccessDeniedException"):
            member.get_alternate_contact(AccountId=account_id, AlternateContactType="SECURITY")


def test_a_delegated_administrator_manages_members(client: Client, become: Callable[..., Any]) -> None:
    organizations, service = client("organizations"), "account.amazonaws.com"
    organizations.register_delegated_administrator(AccountId=MEMBER, ServicePrincipal=service)
    delegate = client("account", become(MEMBER))
    delegate.put_alternate_contact(AccountId=OTHER, **contact())
    with refused("AccessDeniedException", "standalone context"):
        delegate.put_alternate_contact(AccountId=MANAGEMENT, **contact())
    organizations.deregister_delegated_administrator(AccountId=MEMBER, ServicePrincipal=service)
    with refused("AccessDeniedException"):
        delegate.put_alternate_contact(AccountId=OTHER, **contact())


def test_without_trusted_access_only_the_own_account_answers(client: Client) -> None:
    client("organizations").disable_aws_service_access(ServicePrincipal="account.amazonaws.com")
    account = client("account")
    account.put_alternate_contact(**contact())
    with refused("AccessDeniedException"):
        account.put_alternate_contact(AccountId=MEMBER, **contact())


def test_every_broken_constraint_is_named_and_no_value_repeated(client: Client) -> None:
    account = client("account", parameter_validation=False)
    with refused("ValidationException", "2 validation errors detected") as problem:
        account.put_alternate_contact(**contact(EmailAddress="窓口@kaede.example", Name="x" * 65))
    fields = [field["name"] for field in problem.value.response["fieldList"]]  # type: ignore[typeddict-item]
    assert fields == ["name", "emailAddress"]
    assert "窓口" not in str(problem.value)
    with refused("ValidationException", "at 'phoneNumber' failed to satisfy constraint: Member must not be null"):
        account.put_alternate_contact(**{key: value for key, value in contact().items() if key != "PhoneNumber"})


def test_the_primary_contact_is_there_from_the_start_and_can_be_changed(client: Client) -> None:
    account = client("account")
    primary = account.get_contact_information(AccountId=MEMBER)["ContactInformation"]
    account.put_contact_information(AccountId=MEMBER, ContactInformation={**primary, "CompanyName": "楓"})
    changed = account.get_contact_information(AccountId=MEMBER)["ContactInformation"]
    assert changed == {**primary, "CompanyName": "楓"}


def test_a_root_email_changes_with_the_code_from_the_mail(client: Client, aws: Sandbox) -> None:
    account, new = client("account"), "aws-root+new@kaede.example"
    assert account.start_primary_email_update(AccountId=MEMBER, PrimaryEmail=new)["Status"] == "PENDING"
    [mail] = aws.mailbox()
    assert (mail["to"], mail["reference"]) == (new, MEMBER)
    wrong = "000000" if mail["code"] != "000000" else "000001"
    with refused("ValidationException"):
        account.accept_primary_email_update(AccountId=MEMBER, PrimaryEmail=new, Otp=wrong)
    assert account.get_primary_email(AccountId=MEMBER)["PrimaryEmail"] == "aws-root+shop@kaede.example"
    answer = account.accept_primary_email_update(AccountId=MEMBER, PrimaryEmail=new, Otp=mail["code"])
    assert answer["Status"] == account.get_primary_email_update_status(AccountId=MEMBER)["Status"] == "ACCEPTED"
    assert account.get_primary_email(AccountId=MEMBER)["PrimaryEmail"] == new
    assert client("organizations").describe_account(AccountId=MEMBER)["Account"]["Email"] == new
    with refused("ResourceNotFoundException"):
        account.accept_primary_email_update(AccountId=MEMBER, PrimaryEmail=new, Otp=mail["code"])


def test_root_emails_that_cannot_be_changed(client: Client) -> None:
    account = client("account")
    with refused("AccessDeniedException", "standalone context"):
        account.get_primary_email(AccountId=MANAGEMENT)
    with refused("ConflictException", "already in use"):
        account.start_primary_email_update(AccountId=MEMBER, PrimaryEmail="AWS-root+odd@kaede.example")


def test_account_information_and_name(client: Client) -> None:
    account = client("account")
    account.put_account_name(AccountId=MEMBER, AccountName="store")
    information = account.get_account_information(AccountId=MEMBER)
    assert (information["AccountName"], information["AccountState"]) == ("store", "ACTIVE")
    assert account.get_account_information()["AccountId"] == MANAGEMENT


def test_regions_are_those_of_ec2(client: Client) -> None:
    account, ec2 = client("account"), client("ec2")

    def enabled() -> set[str]:
        listed = account.list_regions(RegionOptStatusContains=["ENABLED", "ENABLED_BY_DEFAULT"])["Regions"]
        described = ec2.describe_regions()["Regions"]
        assert {item["RegionName"] for item in listed} == {item["RegionName"] for item in described}
        return {item["RegionName"] for item in described}

    assert len(enabled()) == 17
    account.enable_region(RegionName="eu-south-2")
    assert "eu-south-2" in enabled()
    account.disable_region(RegionName="eu-south-2")
    assert "eu-south-2" not in enabled()
    every = {item["RegionName"]: item["OptInStatus"] for item in ec2.describe_regions(AllRegions=True)["Regions"]}
    assert (every["eu-south-2"], every["eu-west-1"]) == ("not-opted-in", "opt-in-not-required")
    with refused("ValidationException"):
        account.get_region_opt_status(RegionName="mars-east-1")
    with refused("ValidationException"):
        account.disable_region(RegionName="us-east-1")
