"""The organization of the inventory, roles into its accounts, and an account that has no organization."""

from collections.abc import Callable
from typing import Any

import pytest

from scripts.sandbox import Sandbox
from tests.organizations import account
from tests.organizations import alone as inventory_of_one
from tests.organizations import client as client_of

from .conftest import MANAGEMENT, MEMBER, ORGANIZATION, OTHER, STRANGER, SUSPENDED, Client, contact, refused


def test_the_accounts_of_the_inventory_are_there(client: Client, inventory: dict[str, Any]) -> None:
    organizations = client("organizations")
    described = organizations.describe_organization()["Organization"]
    assert (described["Id"], described["MasterAccountId"]) == ("o-kaede00001", MANAGEMENT)
    assert described["MasterAccountEmail"] == "aws-root+management@kaede.example"
    listed = organizations.list_accounts()["Accounts"]
    keys = ("Id", "Name", "Email", "Status")
    assert [tuple(item[key] for key in keys) for item in listed] == [
        tuple(item[key.lower()] for key in keys) for item in inventory["accounts"]
    ]
    assert organizations.list_tags_for_resource(ResourceId=MEMBER)["Tags"] == [{"Key": "team", "Value": "shop"}]


def test_organizational_units_have_the_names_of_the_paths(client: Client, aws: Sandbox) -> None:
    organizations = client("organizations")

    def walk(parent: str, *names: str) -> dict[str, tuple[str, ...]]:
        found = {item["Id"]: names for item in organizations.list_accounts_for_parent(ParentId=parent)["Accounts"]}
        for unit in organizations.list_organizational_units_for_parent(ParentId=parent)["OrganizationalUnits"]:
            found |= walk(unit["Id"], *names, unit["Name"])
        return found

    root = organizations.list_roots()["Roots"][0]["Id"]
    expected = {
        MANAGEMENT: (),
        MEMBER: ("Workloads", "Prod"),
        OTHER: ("Workloads", "R/D \\ 実験"),
        SUSPENDED: ("Suspended",),
    }
    assert walk(root) == expected
    aws.reset(ORGANIZATION)
    assert walk(root) == expected, "ids are the same in every sandbox of this inventory"


def test_members_see_their_organization_but_not_its_accounts(client: Client, become: Callable[..., Any]) -> None:
    member = client("organizations", become(MEMBER))
    assert member.describe_organization()["Organization"]["Id"] == "o-kaede00001"
    with refused("AccessDeniedException", "You don't have permissions to access this resource"):
        member.list_accounts()
    client("organizations").register_delegated_administrator(AccountId=MEMBER, ServicePrincipal="account.amazonaws.com")
    assert len(member.list_accounts()["Accounts"]) == 4
    with refused("AccessDeniedException"):
        member.tag_resource(ResourceId=OTHER, Tags=[{"Key": "a", "Value": "b"}])


def test_a_role_acts_in_its_account(client: Client, become: Callable[..., Any]) -> None:
    identity = client("sts", become(MEMBER)).get_caller_identity()
    assert identity["Account"] == MEMBER
    assert identity["Arn"] == f"arn:aws:sts::{MEMBER}:assumed-role/OrganizationAccountAccessRole/test"
    assert client("sts").get_caller_identity()["Account"] == MANAGEMENT


@pytest.mark.parametrize(
    ("account_id", "role"),
    [
        (STRANGER, "OrganizationAccountAccessRole"),
        (SUSPENDED, "OrganizationAccountAccessRole"),
        (MEMBER, "Administrator"),
        (MANAGEMENT, "OrganizationAccountAccessRole"),
    ],
)
def test_roles_that_do_not_exist_cannot_be_assumed(become: Callable[..., Any], account_id: str, role: str) -> None:
    with refused("AccessDenied", f"sts:AssumeRole on resource: arn:aws:iam::{account_id}:role/{role}"):
        become(account_id, role)


def test_members_do_not_trust_each_other(client: Client, become: Callable[..., Any]) -> None:
    sts = client("sts", become(MEMBER))
    with refused("AccessDenied"):
        sts.assume_role(RoleArn=f"arn:aws:iam::{OTHER}:role/OrganizationAccountAccessRole", RoleSessionName="test")


def test_a_role_made_in_iam_can_be_assumed(client: Client, become: Callable[..., Any]) -> None:
    iam = client("iam", become(MEMBER))
    iam.create_role(RoleName="ContactAdministrator", AssumeRolePolicyDocument="{}")
    credentials = become(MEMBER, "ContactAdministrator")
    assert client("sts", credentials).get_caller_identity()["Arn"].endswith("assumed-role/ContactAdministrator/test")


def test_temporary_credentials_that_nobody_gave_out(client: Client) -> None:
    with refused("InvalidClientTokenId"):
        client("sts", {"AccessKeyId": "ASIA0000000000000000", "SessionToken": "x"}).get_caller_identity()


def test_an_account_without_an_organization(sandbox_of: Callable[..., Sandbox]) -> None:
    alone = sandbox_of(inventory_of_one(account(MEMBER, "alone")))
    assert client_of(alone, "sts").get_caller_identity()["Account"] == MEMBER
    client_of(alone, "account").put_alternate_contact(**contact())
    with refused("AWSOrganizationsNotInUseException"):
        client_of(alone, "organizations").list_accounts()
    with refused("AWSOrganizationsNotInUseException"):
        client_of(alone, "organizations").describe_organization()
    with refused("AccessDeniedException"):
        client_of(alone, "account").put_alternate_contact(AccountId=MEMBER, **contact())


def test_ten_thousand_accounts_come_in_pages_of_twenty(sandbox_of: Callable[..., Sandbox]) -> None:
    accounts = [account(str(100000000000 + i), f"a{i}", f"Unit {i % 7}/{i % 3}" if i else "") for i in range(10000)]
    inventory = {
        "organization": {"id": "o-large00001", "management_account_id": "100000000000"},
        "accounts": accounts,
    }
    large = sandbox_of(inventory)
    organizations = client_of(large, "organizations")
    pages = [page["Accounts"] for page in organizations.get_paginator("list_accounts").paginate()]
    assert {len(page) for page in pages} == {20}
    assert [item["Id"] for page in pages for item in page] == [item["id"] for item in accounts]
    with refused("InvalidInputException"):
        organizations.list_accounts(NextToken="x")
