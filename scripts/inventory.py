"""`make inventory`: the organization's accounts, read from AWS into build/inventory.json."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cdktf_app.directory import load_directory
from cdktf_app.fields import join_path
from cdktf_app.organization import Account, Organization, OrganizationDetails, dump_inventory
from scripts.aws import CONFIG, session
from scripts.report import ExitCode, Refused, command, err, print_json, progress
from scripts.terraform import write_private

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def read_organization(organizations: Any) -> Organization:
    """Every account AWS Organizations lists, with its OU path and tags, sorted by id.

    Args:
        organizations: a boto3 `organizations` client of the management or a delegated administrator account.

    Raises:
        botocore.exceptions.ClientError: AWS refused.
        Refused: an account was listed that no root or OU holds (it moved while being read).
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
            raise Refused(
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


def main(
    contacts: Annotated[Path, typer.Option(help="The contact directory; says how to authenticate.")] = Path(
        "contacts.yaml"
    ),
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("build/inventory.json"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the inventory as JSON, too.")] = False,
) -> ExitCode:
    """Reads accounts, status, root user emails, OU paths and tags from AWS Organizations into an inventory file.

    Exit codes: 0 written, 1 AWS refused, 2 contacts.yaml is wrong.
    """
    directory = load_directory(contacts)
    if directory.organization is None:
        raise Refused(
            f"{contacts}: `account:` names a single account, which needs no inventory: go on with `make plan`"
        )
    client = session(directory.organization.authentication, directory.organization.home_region).client(
        "organizations", config=CONFIG
    )
    organization = read_organization(client)
    if organization.management_account_id != directory.organization.management_account:
        raise Refused(
            f"{contacts}: organization.management_account is {directory.organization.management_account}, but these"
            f" credentials see the organization of {organization.management_account_id}; correct one of the two"
        )
    text = dump_inventory(organization)
    write_private(out, text)
    statuses = Counter(account.status for account in organization.accounts)
    counted = ", ".join(f"{number} {status}" for status, number in sorted(statuses.items()))
    units = len({account.ou_path for account in organization.accounts} - {""})
    text_line = f"{out}: {len(organization.accounts)} accounts ({counted}) in {units} organizational units"
    err.print(text_line, markup=False, soft_wrap=True)
    if as_json:
        import json

        print_json(json.loads(text))
    return ExitCode.OK


if __name__ == "__main__":
    command(main)
