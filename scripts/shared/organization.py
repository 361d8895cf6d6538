"""The accounts of an organization, read from AWS Organizations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cdktf_app.contacts.fields import join_path
from cdktf_app.contacts.organization import Account, Organization, OrganizationDetails
from scripts.shared.console import CommandError, ExitCode, progress

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def read_organization(organizations: Any) -> Organization:
    """Every account AWS Organizations lists, with its OU path and tags, sorted by id.

    Args:
        organizations: a boto3 `organizations` client of the management or a delegated administrator account.

    Raises:
        botocore.exceptions.ClientError: AWS rejected a call.
        CommandError: an account was listed that no root or OU holds (it moved while being read).
    """
    described = organizations.describe_organization()["Organization"]
    listed = {account["Id"]: account for account in _pages(organizations, "list_accounts", "Accounts")}
    paths: dict[str, str] = {}
    with progress() as start:
        update = start("Reading the organization", 2 * len(listed))
        folders: list[tuple[str, list[str]]] = [
            (root["Id"], []) for root in _pages(organizations, "list_roots", "Roots")
        ]
        while folders:
            folder, names = folders.pop()
            for account in _pages(organizations, "list_accounts_for_parent", "Accounts", ParentId=folder):
                paths[account["Id"]] = join_path(names)
            update(len(paths), join_path(names) or "root")
            units = _pages(
                organizations, "list_organizational_units_for_parent", "OrganizationalUnits", ParentId=folder
            )
            folders.extend((unit["Id"], [*names, unit["Name"]]) for unit in units)
        if lost := sorted(set(listed) - set(paths)):
            raise CommandError(
                f"listed, but in no organizational unit: {', '.join(lost)}. They moved while being read: run it again",
                ExitCode.FAILED,
            )
        accounts = []
        for number, (account_id, account) in enumerate(sorted(listed.items())):
            tags = _pages(organizations, "list_tags_for_resource", "Tags", ResourceId=account_id)
            accounts.append(
                listed_account(account, ou_path=paths[account_id], tags={tag["Key"]: tag["Value"] for tag in tags})
            )
            update(len(listed) + number + 1, account["Name"])
    details = OrganizationDetails(id=described["Id"], management_account_id=described["MasterAccountId"])
    return Organization(organization=details, accounts=tuple(accounts))


def listed_account(entry: Mapping[str, Any], **known: Any) -> Account:
    """An account as organizations:ListAccounts describes it, whatever its status, with what else is `known`
    (`ou_path`, `tags`)."""
    # `Status` was retired in September 2026; older partitions still have nothing else.
    status = entry.get("State") or entry["Status"]
    return Account.model_construct(id=entry["Id"], name=entry["Name"], email=entry["Email"], status=status, **known)


def _pages(client: Any, operation: str, key: str, **arguments: Any) -> Iterator[Any]:
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page[key]
