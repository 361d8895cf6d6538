"""`make adopt`: contacts.yaml and imports.json from what the accounts have, so that a first plan changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cdktf_app.contacts.assignments import assign
from cdktf_app.contacts.organization import dump_inventory
from cdktf_app.imports import FILE as IMPORTS
from cdktf_app.imports import IN_AWS, Imports, dump_imports
from scripts.adopt.access import arrange, check_age
from scripts.adopt.contacts import AdoptedContacts, adopt_contacts
from scripts.adopt.contacts_file import contacts_text, prove
from scripts.adopt.display import as_result, show, unread_text
from scripts.adopt.notifications import AdoptedNotifications, adopt_notifications
from scripts.adopt.reading import read_live
from scripts.adopt.sample_csv import SAMPLE, read_csv
from scripts.shared.access import Access
from scripts.shared.console import CommandError, ExitCode, command, print_json
from scripts.shared.files import write_private


def main(
    contacts: Annotated[Path, typer.Option(help="The file to write; imports.json goes beside it.")] = Path(
        "contacts.yaml"
    ),
    inventory: Annotated[
        Path, typer.Option(help="The inventory; if the file is missing, it is read from AWS and written.")
    ] = Path("build/inventory.json"),
    csv_file: Annotated[
        Path | None,
        typer.Option("--csv", help=f"Take the contacts from this CSV of {SAMPLE} instead of from AWS."),
    ] = None,
    force: Annotated[
        bool, typer.Option(help="Replace the contacts and notifications of an existing contacts.yaml; keep the rest.")
    ] = False,
    leave_out_unread: Annotated[
        bool, typer.Option(help="Write `none` for contacts that could not be read; AWS keeps them as they are.")
    ] = False,
    contacts_only: Annotated[bool, typer.Option(help="Skip AWS User Notifications.")] = False,
    home_region: Annotated[
        str | None, typer.Option(help="The Region that Terraform uses. Default: the environment's or the profile's.")
    ] = None,
    profile: Annotated[str | None, typer.Option(help="A profile of the AWS configuration files.")] = None,
    role_arn: Annotated[
        str | None, typer.Option(help="The role to assume in the management or delegated administrator account.")
    ] = None,
    management_role_arn: Annotated[
        str | None,
        typer.Option(help="For a delegated administrator: the role for the management account's own contacts."),
    ] = None,
    member_role_name: Annotated[
        str | None,
        typer.Option(help="The role to assume in members, for their notifications: OrganizationAccountAccessRole."),
    ] = None,
    single_account: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only the caller's own account, under this name.")
    ] = None,
    share: Annotated[
        float, typer.Option(min=0.01, help="The share of AWS's quotas to use; above 1 if AWS raised yours.")
    ] = 1.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> ExitCode:
    """Writes contacts.yaml and imports.json from what every account has now. Changes nothing in AWS.

    The first `make plan` then shows imports and no change, and `make apply` puts everything under Terraform.

    Exit codes: 0 complete; 1 something could not be read, nothing was written; 2 a file exists
    already, or an input is wrong; 3 written, but something in AWS is not expressible and is listed with the reason.
    """
    existing = [path for path in (contacts, contacts.parent / IMPORTS) if path.exists()]
    if existing and not force:
        raise CommandError(
            f"already exists: {' and '.join(map(str, existing))}; replace with --force, or write elsewhere (--contacts)"
        )
    options = {
        "profile": profile,
        "role_arn": role_arn,
        "management_role_arn": management_role_arn,
        "member_role_name": member_role_name,
    }
    directory, organization, fresh = arrange(contacts, inventory, home_region, single_account, options)
    managed = assign(directory, organization if directory.organization else None).managed
    if csv_file is not None:
        found = read_csv(csv_file, organization, managed)
    else:
        access = Access(directory, organization if directory.organization else None, share=share)
        if directory.organization and not fresh:
            check_age(inventory, organization, access.accounts())
        parts = ("contacts",) if contacts_only else ("contacts", "notifications")
        found = read_live(access, parts, [organization.by_id[account_id] for account_id in managed])
    if found.unread and not leave_out_unread:
        raise CommandError(unread_text(found.unread, csv_file), ExitCode.FAILED)
    adopted = adopt_contacts(organization, managed, found.contacts)
    if not adopted.section:
        raise CommandError("no account has a contact to adopt: start from one of examples/", ExitCode.FAILED)
    notifications = adopt_notifications(organization, managed, found.notifications, found.tags)

    sections: dict[str, Any] = {"contacts": adopted.section, "notifications": notifications.section}
    if contacts_only or csv_file is not None:
        del sections["notifications"]
    text = contacts_text(contacts, directory, organization, sections, found, adopted, csv_file)
    contacts.parent.mkdir(parents=True, exist_ok=True)
    if directory.organization and fresh:
        write_private(inventory, dump_inventory(organization))
    prove(text, contacts, inventory if directory.organization else None, found, adopted)
    _write(contacts, text, None if csv_file is not None else imports_of(adopted, notifications))

    left_out = [*found.unread, *adopted.not_expressible, *notifications.left_out]
    result = as_result(contacts, organization, managed, adopted, notifications, left_out, csv_file)
    if as_json:
        print_json(result)
    else:
        show(result, left_out)
    return ExitCode.POLICY_FAILED if left_out else ExitCode.OK


def imports_of(adopted: AdoptedContacts, notifications: AdoptedNotifications) -> Imports:
    """The resources that Terraform imports."""
    contacts = {account_id: tuple(IN_AWS[kind] for kind in kinds) for account_id, kinds in adopted.live.items()}
    return Imports(alternate_contacts=contacts, notifications=dict(notifications.imports))


def _write(contacts: Path, text: str, imports: Imports | None) -> None:
    if imports is None:
        (contacts.parent / IMPORTS).unlink(missing_ok=True)
    else:
        write_private(contacts.parent / IMPORTS, dump_imports(imports))
    write_private(contacts, text)


if __name__ == "__main__":
    command(main)
