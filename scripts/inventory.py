"""`make inventory`: the organization's accounts, read from AWS into build/inventory.json."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from cdktf_app.contacts.directory import load_directory
from cdktf_app.contacts.organization import dump_inventory
from scripts.shared.aws import CONFIG, session
from scripts.shared.console import CommandError, ExitCode, command, err, print_json
from scripts.shared.files import write_private
from scripts.shared.organization import read_organization


def main(
    contacts: Annotated[Path, typer.Option(help="The contacts.yaml; its `authentication` is used.")] = Path(
        "contacts.yaml"
    ),
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("build/inventory.json"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the inventory as JSON, too.")] = False,
) -> ExitCode:
    """Reads accounts, status, root user emails, OU paths and tags from AWS Organizations into an inventory file.

    Exit codes: 0 written, 1 AWS error, 2 contacts.yaml is invalid.
    """
    directory = load_directory(contacts)
    if directory.organization is None:
        raise CommandError(
            f"{contacts}: `account:` names a single account, which needs no inventory: go on with `make plan`"
        )
    client = session(directory.organization.authentication, directory.organization.home_region).client(
        "organizations", config=CONFIG
    )
    organization = read_organization(client)
    if organization.management_account_id != directory.organization.management_account:
        raise CommandError(
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
