"""The alternate contacts of a Terraform plan, which account each is for, and what the plan takes away."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, Literal

from ..model import UNKNOWN, Contact, Removal, Replacement
from .accounts import MAKERS, PRODUCT
from .plan import shown_value
from .references import Locator, Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..model import AccountKey, Model
    from .accounts import AccountReader
    from .plan import Plan, Resource
    from .references import Pool

CONTACT: Final = "aws_account_alternate_contact"


def read_contacts(plan: Plan, model: Model, accounts: AccountReader) -> None:
    """Adds the alternate contacts that exist after apply, each with its account where the plan tells it."""
    locator = Locator(plan, accounts.pool, "account_id", *MAKERS, PRODUCT)
    contacts: list[Contact] = []
    waiting: list[tuple[Contact, frozenset[Target]]] = []
    seen: set[Any] = set()  # contacts with the same references are not known to be for different accounts
    for resource in _contact_resources(plan):
        if not resource.stays:
            continue
        account_id, kind = resource.value("account_id"), resource.value("alternate_contact_type")
        contact = Contact(
            plan.name,
            resource.address,
            None,
            kind if isinstance(kind, str) or kind is UNKNOWN else None,
            resource.text("email_address"),
            resource.text("phone_number"),
        )
        contacts.append(contact)
        if account_id is UNKNOWN:
            targets, contact.account = locator.locate(resource)
            if contact.account is None and isinstance(contact.type, str):
                alike = (contact.type, resource.module, resource.key, locator.references_of(resource))
                if alike not in seen:
                    waiting.append((contact, targets))
                seen.add(alike)
        else:
            contact.account = accounts.account_of(resource, account_id)
    if waiting:
        _share_out(accounts.pool, waiting, contacts)
    model.contacts += contacts
    model.unplaced += [item for item in contacts if item.account is not None and item.account[0] == "own"]


def _share_out(pool: Pool, waiting: Sequence[tuple[Contact, frozenset[Target]]], contacts: Sequence[Contact]) -> None:
    """Places contacts that could only be traced to a local."""
    taken: dict[Any, set[AccountKey]] = defaultdict(set)
    for contact in contacts:
        if contact.account is not None and isinstance(contact.type, str):
            taken[contact.type].add(contact.account)
    rows = [(contact.address, contact.type, targets) for contact, targets in waiting]
    shared = pool.share_out(rows, taken)
    for contact, _ in waiting:
        contact.account = shared.get(contact.address)


def read_removals(plan: Plan, model: Model, accounts: AccountReader) -> None:
    """Adds the alternate contacts that the plan deletes, for good or to make them anew."""
    for resource in _contact_resources(plan):
        if "delete" not in resource.actions or resource.before is None:
            continue
        before = resource.before
        kind = before.get("alternate_contact_type")
        way: Literal["deleted", "remade", "remade-first"] = "remade"
        if resource.actions == ("delete",):
            way = "deleted"
        elif resource.actions == ("create", "delete") and _same_contact(resource, before):
            way = "remade-first"
        account_id = before.get("account_id") or str(before.get("id")).rpartition("/")[0]
        model.removals.append(
            Removal(
                plan.name,
                resource.address,
                accounts.account_of(resource, account_id),
                kind if isinstance(kind, str) else None,
                way,
            )
        )


def _contact_resources(plan: Plan) -> Iterator[Resource]:
    return plan.of_type(*sorted(filter(is_contact_type, plan.managed_types)))


def read_replacements(plan: Plan, model: Model) -> None:
    """Adds the accounts that the plan makes anew for another root user email."""
    for resource in plan.of_type(*MAKERS):
        maker, before = MAKERS[resource.type], resource.before or {}
        if "delete" not in resource.actions or "create" not in resource.actions:
            continue
        if maker.email not in resource.replace_paths and before.get(maker.email) == resource.value(maker.email):
            continue
        account_id, name = before.get(maker.id), before.get(maker.name)
        model.replacements.append(
            Replacement(
                plan.name,
                resource.address,
                account_id if isinstance(account_id, str) else None,
                name if isinstance(name, str) else None,
                shown_value(before.get(maker.email), resource.sensitive.get(maker.email) is True),
                resource.text(maker.email),
            )
        )


def is_contact_type(kind: str) -> bool:
    """True for the resource type of an alternate contact, of `hashicorp/aws` or another provider of the same API."""
    return kind == CONTACT or kind.endswith("_account_alternate_contact")


def _same_contact(resource: Resource, before: Mapping[str, Any]) -> bool:
    """Whether a replacement makes a contact of the same type for the same account."""
    parts = ("alternate_contact_type", "account_id")
    return all((resource.value(part) or None) == (before.get(part) or None) for part in parts)
