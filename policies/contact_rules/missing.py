"""Accounts without an alternate contact: what CKV_CONTACT_1 and CKV_CONTACT_4 share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .check import Kind
from .contacts import of_account
from .findings import Finding, Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .check import Context
    from .model import Account, Model

CODES: Final = {
    "missing-contact": "has no {contact_type} alternate contact",
    "contacts-of-unknown-account": "the plan also sets {contact_type} contacts ({contacts}) in an account that it does "
    "not show (provider {providers}), so they do not count for this account",
    "covered-elsewhere": "an exception covers its {contact_type} contact: {reason}",
}

_NAMED: Final = 3
"""Contacts that a detail names at most."""


def findings_of(check: str, contact_type: str, account: Account, model: Model, context: Context) -> Iterator[Finding]:
    """The finding on an account without a contact of this type; a note if another configuration manages it."""
    if account.key in model.covered[contact_type]:
        return
    common: dict[str, Any] = {
        "check_id": check,
        "source": account.source,
        "address": account.address,
        "contact_type": contact_type,
        **of_account(account),
    }
    entry = context.configuration.covering(account.id, account.name, contact_type, own=account.own_of is not None)
    if entry is not None:
        yield Finding(
            code="covered-elsewhere", kind="covered", parameters={"reason": entry.reason}, level="note", **common
        )
        return
    variant, details = "", [account.origin, account.hidden]
    parameters = {"reference": "", "provider": ""}
    if account.is_management:
        variant = "-management" if account.origin else ""  # only Terraform needs to be told how
    elif account.address or not account.own_of:
        parameters["reference"] = f'"{account.id}"' if account.id else account.reference
        variant = "" if parameters["reference"] else "-requested"
    if account.own_of and not parameters["reference"]:
        parameters["provider"] = account.own_of
    if account.hidden is not None:
        variant = "-hidden"
    elif account.id and (unplaced := _unplaced(contact_type, model)):
        variant = "-unplaced"
        details += unplaced
    yield Finding(
        code="missing-contact",
        kind=f"missing-{contact_type.lower()}{variant}",
        parameters=parameters,
        details=tuple(detail for detail in details if detail is not None),
        **common,
    )


def _unplaced(contact_type: str, model: Model) -> list[Message | None]:
    """Says that the plan has contacts which may be meant for any account, and why."""
    contacts = [contact for contact in model.unplaced if contact.type == contact_type]
    if not contacts:
        return []
    named = [contact.address for contact in contacts[:_NAMED]] + ["…"] * (len(contacts) > _NAMED)
    owners = [owner for contact in contacts if (owner := model.account(contact.account)) and owner.own_of]
    providers = tuple(dict.fromkeys(str(owner.own_of) for owner in owners))
    hidden = {owner.own_of: owner.hidden for owner in owners}
    told = Message("contacts-of-unknown-account", {"contacts": tuple(named), "providers": providers})
    return [told, *hidden.values()]


def kinds(*contact_types: str) -> dict[str, Kind]:
    """The kinds of finding on missing contacts of these types."""
    snippets = {"contact": contact_block, "provider": provider_blocks}
    return {
        f"missing-{contact_type.lower()}{variant}": Kind(_TITLES[contact_type], fix, snippets)
        for contact_type in contact_types
        for variant, fix in _FIXES.items()
    }


_TITLES: Final = {
    "SECURITY": "No SECURITY alternate contact",
    "OPERATIONS": "No OPERATIONS alternate contact",
    "BILLING": "No BILLING alternate contact",
}
_FIXES: Final = {
    "": "Set the contact. Name a team and a mailbox that several people read:\n{contact}",
    "-management": "Set the contact with a provider that works in the management account: AWS accepts no account_id "
    "for it.\n{contact}",
    "-requested": "Set the contact where the account is customized after it was made, and name the account under "
    "covered_elsewhere with that reason.",
    "-hidden": "Let the plan show the account that the provider works in:\n{provider}\n"
    "If the account has no contact yet, set it:\n{contact}",
    "-unplaced": "If those contacts are for this account, let the plan show the account that the provider works in:\n"
    "{provider}\nOtherwise set the contact:\n{contact}",
}


def contact_block(finding: Finding) -> str:
    """The resource that sets the missing contact."""
    kind = (finding.contact_type or "").lower()
    reference, provider = finding.parameters["reference"], str(finding.parameters["provider"]).rpartition(":")[2]
    return "\n".join(
        [
            f'resource "aws_account_alternate_contact" "{kind}" {{',
            *([f"  provider               = {provider}"] if provider not in ("", "aws") else []),
            *([f"  account_id             = {reference}"] if reference else []),
            f'  alternate_contact_type = "{finding.contact_type}"',
            '  name                   = "…"',
            '  title                  = "…"',
            f'  email_address          = "aws-{kind}@…"',
            '  phone_number           = "+…"',
            "}",
        ]
    )


def provider_blocks(finding: Finding) -> str:
    """The setting that makes a plan show the account of each provider that may be meant."""
    hidden_by = {item.parameters["provider"]: item.code for item in finding.details if item.code.startswith("hidden-")}
    unplaced = next((item for item in finding.details if item.code == "contacts-of-unknown-account"), None)
    providers = unplaced.parameters["providers"] if unplaced else tuple(hidden_by)
    assert isinstance(providers, tuple)
    account_id = finding.account_id or "…"
    return "\n".join(_provider_block(str(key), account_id, hidden_by.get(str(key), "")) for key in providers)


def _provider_block(key: str, account_id: str, hidden_by: str) -> str:
    path, _, local = key.rpartition(":")
    name, _, alias = local.partition(".")
    if hidden_by == "hidden-by-version":
        return 'terraform {\n  required_version = ">= 1.1"\n}'
    if hidden_by in ("hidden-by-depth", "hidden-without-block"):
        above = path.rpartition(".module.")[0]
        source = f'{name} = {{ source = "hashicorp/{name}" }}'
        return f"terraform {{  # {above}\n  required_providers {{\n    {source}\n  }}\n}}"
    lines = [f'provider "{name}" {{' + (f"  # {path}" if path else "")]
    if alias:
        lines.append(f'  alias               = "{alias}"')
    return "\n".join([*lines, f'  allowed_account_ids = ["{account_id}"]', "}"])
