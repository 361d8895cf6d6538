"""`make adopt`: contacts.yaml and imports.json from what the accounts have, so that a first plan changes nothing."""

from __future__ import annotations

import csv
import os
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import boto3
import typer
from botocore.exceptions import ClientError
from pydantic import ValidationError
from rich.markup import escape
from rich.table import Table

from cdktf_app.contacts import fields
from cdktf_app.contacts.assignments import assign, load
from cdktf_app.contacts.directory import CONTACT_TYPES, Authentication, Contacts, ContactType, Directory, load_directory
from cdktf_app.contacts.organization import Organization, dump_inventory, load_inventory
from cdktf_app.contacts.problems import InvalidInput, Problem
from cdktf_app.imports import FILE as IMPORTS
from cdktf_app.imports import IN_AWS, Imports, dump_imports
from policies.contact_rules.address import judge
from policies.contact_rules.live import LiveAccount, LiveNotifications
from scripts.adopt.adoption import (
    AdoptedContacts,
    AdoptedNotifications,
    LeftOut,
    LiveContacts,
    account_keys,
    adopt_contacts,
    adopt_notifications,
    contact_or_reason,
    document,
    expressible,
)
from scripts.shared.aws import CONFIG, session
from scripts.shared.aws_errors import code_of
from scripts.shared.console import CommandError, ExitCode, command, err, out, print_json, progress
from scripts.shared.files import write_private
from scripts.shared.organization import read_organization
from scripts.shared.reader import Reader
from scripts.shared.terraform import Interrupted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cdktf_app.contacts.organization import Account

SAMPLE = "aws-samples/aws-organizations-alternate-contacts-management-via-csv"
COLUMNS = ("account id", "ALTERNATECONTACT", "type", "email", "name", "phone", "title")
"""Of the sample's CSV, which has no heading: the account id and what `aws account get-alternate-contact --output text`
prints, whose columns are in the order of their names in the API."""
NAMES_SHOWN = 10
UNKNOWN = "000000000000"
"""Stands for an account id until AWS has told it."""


@dataclass
class Found:
    """What the accounts have."""

    contacts: dict[str, LiveContacts] = field(default_factory=dict)
    """By account id."""
    notifications: dict[str, LiveNotifications] = field(default_factory=dict)
    """By account id; empty where they were not asked for."""
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    """By the ARN of what has them."""
    unread: list[LeftOut] = field(default_factory=list)


def read_live(reader: Reader, accounts: Iterable[Account]) -> Found:
    """What AWS answers for the accounts. What it does not tell is in `unread`.

    Raises:
        botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError, CommandError: nothing could be read at all.
    """
    found = Found()
    wanted = {account.id: account for account in accounts}
    with progress() as start:
        update = start("Reading what the accounts have", len(wanted))
        for number, live in enumerate(reader.read(wanted.values()), 1):
            account = wanted[live.id]
            found.unread += (LeftOut(account, gap.what, gap.reason) for gap in live.unread if _matters(gap.what))
            found.contacts[live.id] = {
                kind: live.contacts[kind.upper()] for kind in CONTACT_TYPES if kind.upper() in live.contacts
            }
            if live.notifications is not None and not _read_details(reader, live, found):
                reason = "AWS did not tell their tags, or the account's Regions"
                found.unread.append(LeftOut(account, "notifications", reason))
            update(number, account.name)
    told = {(item.account.id, item.what) for item in found.unread}
    for account_id, account in wanted.items():
        for kind in CONTACT_TYPES:
            what = f"{kind.upper()} contact"
            known = kind in found.contacts.get(account_id, {}) or told & {(account_id, what), (account_id, "account")}
            if not known:
                found.unread.append(LeftOut(account, what, "AWS did not answer"))
    found.unread.sort(key=lambda item: (item.account.id, item.what))
    return found


def _matters(what: str) -> bool:
    return what in {"account", "notifications", *(f"{kind.upper()} contact" for kind in CONTACT_TYPES)}


def _read_details(reader: Reader, live: LiveAccount, found: Found) -> bool:
    """Tags and enabled Regions, where there are notification configurations; whether AWS told them."""
    notifications = live.notifications
    assert notifications is not None
    if notifications.configurations:
        try:
            for service, items in (
                ("notifications", notifications.configurations),
                ("notificationscontacts", notifications.email_contacts),
            ):
                client = reader.client(live.id, service)
                for item in items:
                    if tags := client.list_tags_for_resource(arn=item.arn).get("tags"):
                        found.tags[item.arn] = tags
            if not notifications.enabled_regions:
                regions = _enabled_regions(reader.client(live.id, "account"))
                notifications = LiveNotifications(
                    notifications.hubs, notifications.configurations, notifications.email_contacts, regions
                )
        except Interrupted:
            raise
        except Exception:
            # As in `Reader`: whatever goes wrong becomes something unread.
            return False
    found.notifications[live.id] = notifications
    return True


def _enabled_regions(client: Any) -> tuple[str, ...]:
    names: list[str] = []
    arguments: dict[str, Any] = {"RegionOptStatusContains": ["ENABLED", "ENABLED_BY_DEFAULT"]}
    while True:
        answer = client.list_regions(**arguments)
        names += (region["RegionName"] for region in answer["Regions"])
        if not answer.get("NextToken"):
            return tuple(sorted(names))
        arguments["NextToken"] = answer["NextToken"]


def read_csv(path: Path, organization: Organization, managed: Iterable[str]) -> Found:
    """What the CSV of the AWS sample says. What it does not say is in `unread`.

    The sample cannot read the management account and writes empty rows for it: they count as not read.

    Raises:
        InvalidInput: with everything that is wrong with the file.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InvalidInput([Problem(str(path), f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InvalidInput([Problem(str(path), "is not UTF-8; save it as CSV UTF-8", line)]) from None
    problems: list[Problem] = []
    rows: dict[tuple[str, ContactType], tuple[int, Mapping[str, str] | None]] = {}
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        for row in reader:
            if not any(map(str.strip, row)) or (reader.line_num == 1 and "account" in row[0].lower()):
                continue
            try:
                key, contact = _row(row, organization)
                if key in rows:
                    raise _WrongRow(f"is the contact of line {rows[key][0]} again; remove one of the two", row[0])
                rows[key] = (reader.line_num, contact)
            except _WrongRow as wrong:
                problems.append(Problem(str(path), wrong.message, reader.line_num, None, wrong.value))
    except csv.Error as error:
        problems.append(Problem(str(path), f"is not CSV: {error}", reader.line_num))
    if problems or not rows:
        raise InvalidInput(problems or [Problem(str(path), "is empty; the sample writes it with the option -o")])
    found = Found()
    for account_id in managed:
        said: dict[ContactType, Mapping[str, str] | None] = {}
        for kind in CONTACT_TYPES:
            line, contact = rows.get((account_id, kind), (0, None))
            account = organization.by_id[account_id]
            if not line:
                found.unread.append(LeftOut(account, f"{kind.upper()} contact", f"{path} has no row for it"))
            elif contact is None and account_id == organization.management_account_id:
                reason = f"line {line} is empty, and the sample cannot read the management account's own contacts"
                found.unread.append(LeftOut(account, f"{kind.upper()} contact", reason))
            else:
                said[kind] = contact
        found.contacts[account_id] = said
    return found


class _WrongRow(Exception):
    def __init__(self, message: str, value: str | None = None) -> None:
        super().__init__(message)
        self.message, self.value = message, value


def _row(row: list[str], organization: Organization) -> tuple[tuple[str, ContactType], Mapping[str, str] | None]:
    if len(row) != len(COLUMNS):
        hint = "; put a text with a comma in double quotes" if len(row) > len(COLUMNS) else ""
        raise _WrongRow(f"has {len(row)} columns, not {len(COLUMNS)} ({', '.join(COLUMNS)}){hint}")
    number, _, kind, email, name, phone, title = (cell.strip() for cell in row)
    if not number.isdecimal() or len(number) > 12:
        raise _WrongRow("is no account id; format the column as a number without decimals, or as text", number)
    account_id = number.zfill(12)
    if account_id not in organization.by_id:
        raise _WrongRow("is no account of the organization", account_id)
    contact_type = next((known for known in CONTACT_TYPES if known.upper() == kind), None)
    if contact_type is None:
        raise _WrongRow("is no contact type; write SECURITY, OPERATIONS or BILLING", kind)
    contact = {"name": name, "title": title, "email": email, "phone": phone}
    if not any(contact.values()):
        return (account_id, contact_type), None
    if missing := [key for key, value in contact.items() if not value]:
        raise _WrongRow(f"has no {' and no '.join(missing)}; write all four, or none")
    if reason := contact_or_reason(contact)[1]:
        raise _WrongRow(f"cannot be a contact: {reason}")
    return (account_id, contact_type), contact


def _region(given: str | None, profile: str | None) -> str:
    region = given or os.environ.get("AWS_REGION") or boto3.Session(profile_name=profile).region_name
    if not region:
        raise CommandError("which Region shall Terraform work from? Say it with --home-region, or set AWS_REGION")
    return region


def arrange(
    contacts: Path, inventory: Path, region: str | None, account_name: str | None, options: Mapping[str, str | None]
) -> tuple[Directory, Organization, bool]:
    """How to reach AWS and which accounts there are; whether the inventory was read from AWS just now.

    An existing contacts.yaml says how; else the options do, by the names of `Authentication`. The directory has no
    contacts to rely on.

    Raises:
        botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError: AWS refused, or could not be asked.
        InvalidInput: contacts.yaml or the inventory is wrong.
        CommandError: an option is wrong, or the account is in no organization.
    """
    known = load_inventory(inventory) if inventory.is_file() else None
    profile = options["profile"]
    if contacts.is_file():
        if region or account_name or any(options.values()):
            raise CommandError(f"{contacts} says how to reach AWS: leave out the options about that, or correct it")
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
        # Before the management account is known, nothing can be said of its role.
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
            "this account is in no organization: say what you call it with --single-account NAME", ExitCode.FAILED
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


def _check_age(inventory: Path, organization: Organization, listed: list[Account]) -> None:
    """Raises CommandError: the inventory names other accounts than AWS lists now, or other states of them."""
    then = {(account.id, account.status) for account in organization.accounts}
    differing = sorted({account_id for account_id, _ in then ^ {(a.id, a.status) for a in listed}})
    if differing:
        raise CommandError(
            f"{inventory}: is older than the organization ({', '.join(differing[:NAMES_SHOWN])}"
            f"{' …' if len(differing) > NAMES_SHOWN else ''}); remove it, and adopt reads the organization anew"
        )


def _domains(found: Found) -> list[str]:
    """The domains of the contacts that the policies would take for a company's own, the most common first."""
    addresses = [
        contact["email"] for contacts in found.contacts.values() for contact in contacts.values() if contact is not None
    ]
    counted = Counter(address.rpartition("@")[2].lower() for address in addresses)
    return [
        domain
        for domain, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
        if judge(f"aws-security@{domain}").verdict == "shared" and expressible(fields.Domain, domain)
    ]


def _settings(directory: Directory) -> dict[str, Any]:
    name = "organization" if directory.organization else "account"
    settings = directory.organization or directory.account
    assert settings is not None
    content = settings.model_dump(exclude_none=True, exclude_defaults=True, mode="json")
    return {name: {key: value for key, value in content.items() if value != {}}}


def _remarks(
    organization: Organization, contacts: AdoptedContacts, unread: Iterable[LeftOut]
) -> dict[tuple[str, ...], str]:
    """Comments above the accounts with contacts that are in AWS, or may be, and are not in the file."""
    keys = account_keys(organization)
    said = contacts.section.get("accounts", {})
    why: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for item in unread:
        if item.what != "notifications":
            why[item.account.id][f"not read: {item.reason}"].append(item.what)
    for item in contacts.refused:
        why[item.account.id][f"kept as it is, but not in this file: {item.reason}"].append(item.what)
    return {
        ("contacts", "accounts", keys[account_id]): "; ".join(
            f"{', '.join(whats).replace(' contact,', ',')} {reason}" for reason, whats in reasons.items()
        )
        for account_id, reasons in why.items()
        if keys[account_id] in said
    }


def _prove(text: str, contacts: Path, inventory: Path | None, found: Found, adopted: AdoptedContacts) -> None:
    """Makes sure that the text assigns what the accounts have.

    Raises:
        CommandError: it does not, or is not valid, which is a fault of this program; nothing has been written.
    """
    with tempfile.TemporaryDirectory(dir=contacts.parent, prefix=".adopt-") as folder:
        trial = Path(folder, contacts.name)
        write_private(trial, text)
        try:
            assignments = load(trial, inventory)[2]
        except InvalidInput as error:
            raise CommandError(f"what would be written is not valid, so it was not: {error}", ExitCode.FAILED) from None
    for account_id in assignments.managed:
        for kind, answer in assignments.contacts[account_id].items():
            live = found.contacts.get(account_id, {}).get(kind) if kind in adopted.live.get(account_id, ()) else None
            if (answer.contact.model_dump() if answer.contact else None) != (dict(live) if live else None):
                raise CommandError(
                    f"a fault of adopt: the {kind.upper()} contact of {account_id} would not come out as it is."
                    " Nothing was written; please report it",
                    ExitCode.FAILED,
                )


def main(
    contacts: Annotated[Path, typer.Option(help="The file to write; imports.json is written beside it.")] = Path(
        "contacts.yaml"
    ),
    inventory: Annotated[
        Path, typer.Option(help="The accounts, as `make inventory` wrote them; read and written if it is not there.")
    ] = Path("build/inventory.json"),
    csv_file: Annotated[
        Path | None,
        typer.Option("--csv", help=f"Take the contacts from this CSV of {SAMPLE} instead of from AWS."),
    ] = None,
    force: Annotated[
        bool, typer.Option(help="Replace contacts and notifications of a contacts.yaml that exists; keep the rest.")
    ] = False,
    leave_out_unread: Annotated[
        bool, typer.Option(help="Go on without contacts that cannot be read; they are `none`, and stay as they are.")
    ] = False,
    contacts_only: Annotated[bool, typer.Option(help="Leave AWS User Notifications alone.")] = False,
    home_region: Annotated[
        str | None, typer.Option(help="The Region Terraform works from. Default: the environment's or the profile's.")
    ] = None,
    profile: Annotated[str | None, typer.Option(help="A profile of the AWS configuration files.")] = None,
    role_arn: Annotated[
        str | None, typer.Option(help="The role to assume in the management or delegated administrator account.")
    ] = None,
    management_role_arn: Annotated[
        str | None,
        typer.Option(help="Of a delegated administrator: the role for the management account's own contacts."),
    ] = None,
    member_role_name: Annotated[
        str | None,
        typer.Option(help="The role to assume in members, for their notifications: OrganizationAccountAccessRole."),
    ] = None,
    single_account: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only the caller's own account, which you call NAME.")
    ] = None,
    share: Annotated[
        float, typer.Option(min=0.01, help="The part of AWS's quotas to use; above 1 for quotas that AWS raised.")
    ] = 1.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> ExitCode:
    """Writes contacts.yaml and imports.json from what every account has now. Changes nothing in AWS.

    The first `make plan` then shows imports and no change, and `make apply` puts everything under Terraform.

    Exit codes: 0 everything is in the file; 1 something could not be read, nothing was written; 2 a file exists
    already, or an input is wrong; 3 written, but something that AWS has is not in the file: what, and why, is listed.
    """
    existing = [path for path in (contacts, contacts.parent / IMPORTS) if path.exists()]
    if existing and not force:
        raise CommandError(
            f"already there: {' and '.join(map(str, existing))}; replace with --force, or write elsewhere (--contacts)"
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
        reader = Reader(
            directory,
            organization if directory.organization else None,
            share=share,
            parts=("contacts",) if contacts_only else ("contacts", "notifications"),
        )
        if directory.organization and not fresh:
            _check_age(inventory, organization, reader.accounts())
        found = read_live(reader, [organization.by_id[account_id] for account_id in managed])
    if found.unread and not leave_out_unread:
        raise CommandError(_unread_text(found.unread, csv_file), ExitCode.FAILED)
    adopted = adopt_contacts(organization, managed, found.contacts)
    if not adopted.section:
        raise CommandError("no account has a contact to take over: start with one of examples/", ExitCode.FAILED)
    notifications = adopt_notifications(organization, managed, found.notifications, found.tags)

    sections: dict[str, Any] = {"contacts": adopted.section, "notifications": notifications.section}
    if contacts_only or csv_file is not None:
        del sections["notifications"]
    text = _text(contacts, directory, organization, sections, found, adopted, csv_file)
    contacts.parent.mkdir(parents=True, exist_ok=True)
    if directory.organization and fresh:
        write_private(inventory, dump_inventory(organization))
    _prove(text, contacts, inventory if directory.organization else None, found, adopted)
    _write(contacts, text, None if csv_file is not None else imports_of(adopted, notifications))

    left_out = [*found.unread, *adopted.refused, *notifications.left_out]
    result = _result(contacts, organization, managed, adopted, notifications, left_out, csv_file)
    if as_json:
        print_json(result)
    else:
        _show(result, left_out)
    return ExitCode.POLICY_FAILED if left_out else ExitCode.OK


def imports_of(adopted: AdoptedContacts, notifications: AdoptedNotifications) -> Imports:
    """What Terraform shall take over."""
    contacts = {account_id: tuple(IN_AWS[kind] for kind in kinds) for account_id, kinds in adopted.live.items()}
    return Imports(alternate_contacts=contacts, notifications=dict(notifications.imports))


def _text(
    contacts: Path,
    directory: Directory,
    organization: Organization,
    sections: dict[str, Any],
    found: Found,
    adopted: AdoptedContacts,
    csv_file: Path | None,
) -> str:
    """The new contacts.yaml: the old one with other sections, or one from scratch."""
    remarks = _remarks(organization, adopted, found.unread)
    if contacts.is_file():
        return document(sections, remarks=remarks, base=contacts.read_text(encoding="utf-8"))
    if domains := _domains(found):
        sections = {"mail": {"corporate_domains": domains}, **sections}
        remarks["mail", "corporate_domains"] = "The contacts' domains: remove what is not the company's own."
    heading = [
        f"Who AWS can reach, for every account: written by `make adopt` from {csv_file or 'what AWS had'}.",
        "Nearest wins, per contact type: accounts, then the deepest organizational unit, then defaults.",
        "When somebody has made sure that this is right, say so under `review` (see docs/adopt.md).",
    ]
    return document({**_settings(directory), **sections}, heading=heading, remarks=remarks)


def _write(contacts: Path, text: str, imports: Imports | None) -> None:
    if imports is None:
        (contacts.parent / IMPORTS).unlink(missing_ok=True)
    else:
        write_private(contacts.parent / IMPORTS, dump_imports(imports))
    write_private(contacts, text)


def _unread_text(unread: list[LeftOut], csv_file: Path | None) -> str:
    names = [f"  {what}" for what in _summed(unread)]
    remedy = (
        "add the rows, or run it again with --leave-out-unread to leave these contacts as they are"
        if csv_file is not None
        else "put that right (with --contacts-only if it is only about notifications), or run it again with"
        " --leave-out-unread to leave these as they are"
    )
    return "\n".join(["Not everything could be read, so nothing was written:", *names, remedy])


def _summed(items: Iterable[LeftOut]) -> list[str]:
    """One line for each reason, with the accounts it is about."""
    grouped: dict[tuple[str, str], list[str]] = defaultdict(list)
    for item in items:
        grouped[item.what, item.reason].append(f"{item.account.name} {item.account.id}")
    return [
        f"{what}: {reason}: {', '.join(names[:NAMES_SHOWN])}"
        + (f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else "")
        for (what, reason), names in grouped.items()
    ]


def _result(
    contacts: Path,
    organization: Organization,
    managed: list[str],
    adopted: AdoptedContacts,
    notifications: AdoptedNotifications,
    left_out: list[LeftOut],
    csv_file: Path | None,
) -> dict[str, Any]:
    """What was found and written, without contact data."""
    section = adopted.section
    units, accounts = section.get("organizational_units", {}), section.get("accounts", {})
    places = [section.get("defaults", {}), *units.values(), *accounts.values()]
    subscriptions = (notifications.section or {}).get("subscriptions", {})
    return {
        "contacts": str(contacts),
        "imports": None if csv_file is not None else str(contacts.parent / IMPORTS),
        "accounts": len(managed),
        "accounts_without_influence": len(organization.accounts) - len(managed),
        "found": [
            *(
                {
                    "what": f"{IN_AWS[kind]} contact",
                    "accounts": sum(kind in kinds for kinds in adopted.live.values()),
                    "said": sum(kind in place for place in places),
                }
                for kind in CONTACT_TYPES
            ),
            *(
                {
                    "what": f"notification configuration {name}",
                    "accounts": sum(name in imports.subscriptions for imports in notifications.imports.values()),
                    "said": 1,
                }
                for name in subscriptions
            ),
        ],
        "contacts_said": adopted.said,
        "places": adopted.places,
        "organizational_units": len(units),
        "account_entries": len(accounts),
        "one_entry_per_account": {"contacts": adopted.one_each, "places": len(adopted.live)},
        "left_out": [
            {"account_id": item.account.id, "account": item.account.name, "what": item.what, "reason": item.reason}
            for item in left_out
        ],
    }


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _show(result: Mapping[str, Any], left_out: list[LeftOut]) -> None:
    table = Table(title=f"Read: {_counted(result['accounts'], 'account')}", title_justify="left", title_style="bold")
    table.add_column("what they have")
    table.add_column("in accounts", justify="right")
    table.add_column("said", justify="right")
    for row in result["found"]:
        times = "once" if row["said"] == 1 else f"{row['said']} times"
        table.add_row(escape(row["what"]), str(row["accounts"]), times)
    out.print(table)
    each = result["one_entry_per_account"]
    percent = f" ({result['contacts_said'] / each['contacts']:.0%})" if each["contacts"] else ""
    said = f"{_counted(result['contacts_said'], 'contact')} at {_counted(result['places'], 'place')}"
    otherwise = f"{_counted(each['contacts'], 'contact')} at {_counted(each['places'], 'place')}"
    line = f"{result['contacts']}: {said}; one entry per account would be {otherwise}{percent}."
    out.print(line, markup=False, soft_wrap=True)
    for line in _summed(left_out):
        err.print(f"left out: {line}", markup=False, style="yellow", soft_wrap=True)
    if rest := result["accounts_without_influence"]:
        are = "account is" if rest == 1 else "accounts are"
        err.print(f"{rest} {are} not ACTIVE, or out of reach, and without influence.", soft_wrap=True)
    then = (
        "shows imports and no change"
        if result["imports"]
        else "shows these contacts as added: PutAlternateContact replaces what is there"
    )
    out.print(f"Next: `make plan` {then}; then `make apply`.", soft_wrap=True)


if __name__ == "__main__":
    command(main)
