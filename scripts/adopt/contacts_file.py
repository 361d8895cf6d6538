"""The text of the new contacts.yaml, and the check that it assigns the existing contacts."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cdktf_app.contacts import fields
from cdktf_app.contacts.assignments import load
from cdktf_app.contacts.problems import InvalidInput
from cdktf_app.contacts.yaml_editor import document, with_sections
from policies.contact_rules.address import judge
from scripts.adopt.contacts import AdoptedContacts, LeftOut, account_keys, expressible
from scripts.shared.console import CommandError, ExitCode
from scripts.shared.files import write_private

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cdktf_app.contacts.directory import Directory
    from cdktf_app.contacts.organization import Organization
    from scripts.adopt.reading import Found


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
    entries = contacts.section.get("accounts", {})
    why: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for item in unread:
        if item.what != "notifications":
            why[item.account.id][f"not read: {item.reason}"].append(item.what)
    for item in contacts.not_expressible:
        why[item.account.id][f"kept in AWS, but not in this file: {item.reason}"].append(item.what)
    return {
        ("contacts", "accounts", keys[account_id]): "; ".join(
            f"{', '.join(whats).replace(' contact,', ',')} {reason}" for reason, whats in reasons.items()
        )
        for account_id, reasons in why.items()
        if keys[account_id] in entries
    }


def prove(text: str, contacts: Path, inventory: Path | None, found: Found, adopted: AdoptedContacts) -> None:
    """Checks that the text assigns the existing contacts.

    Raises:
        CommandError: it does not, or is not valid, which is a fault of this program; nothing has been written.
    """
    with tempfile.TemporaryDirectory(dir=contacts.parent, prefix=".adopt-") as folder:
        trial = Path(folder, contacts.name)
        write_private(trial, text)
        try:
            assignments = load(trial, inventory)[2]
        except InvalidInput as error:
            raise CommandError(
                f"the new contacts.yaml would be invalid, so it was not written: {error}", ExitCode.FAILED
            ) from None
    for account_id in assignments.managed:
        for kind, answer in assignments.contacts[account_id].items():
            live = found.contacts.get(account_id, {}).get(kind) if kind in adopted.live.get(account_id, ()) else None
            if (answer.contact.model_dump() if answer.contact else None) != (dict(live) if live else None):
                raise CommandError(
                    f"a bug in adopt: the {kind.upper()} contact of {account_id} would change."
                    " Nothing was written; please report it",
                    ExitCode.FAILED,
                )


def contacts_text(
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
        return with_sections(contacts.read_text(encoding="utf-8"), sections, remarks=remarks)
    if domains := _domains(found):
        sections = {"mail": {"corporate_domains": domains}, **sections}
        remarks["mail", "corporate_domains"] = "The contacts' domains: remove those that are not your company's."
    heading = [
        f"Who AWS can reach, for every account: written by `make adopt` from {csv_file or 'what AWS had'}.",
        "Nearest wins, per contact type: accounts, then the deepest organizational unit, then defaults.",
        "After your review of these contacts, record it under `review` (see docs/adopt.md).",
    ]
    return document({**_settings(directory), **sections}, heading=heading, remarks=remarks)
