"""Terraform plans become the model that the rules judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..findings import Message
from ..model import Account, Model
from .accounts import AccountReader
from .contacts import read_contacts, read_removals, read_replacements
from .notifications import read_notifications

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model import AccountKey
    from .plan import Plan


def build(plans: Sequence[Plan]) -> Model:
    """The model of several plans judged together: a contact in one plan covers the account in every other."""
    model = Model(sources=tuple(plan.name for plan in plans))
    by_email: dict[str, AccountKey] = {}
    readers = [AccountReader(model, by_email, plan, index) for index, plan in enumerate(plans)]
    for reader in readers:
        reader.read()
    for plan, reader in zip(plans, readers, strict=True):
        reader.read_requested()
        read_contacts(plan, model, reader)
        read_removals(plan, model, reader)
        read_replacements(plan, model)
        read_notifications(plan, model, reader)
    for contact in model.contacts:
        if contact.account is not None and contact.account not in model.accounts:
            model.accounts[contact.account] = Account(
                key=contact.account,
                source=contact.source,
                id=contact.account[1],
                origin=Message("seen-by-contact", {"address": contact.address}),
            )
        if contact.account is not None and isinstance(contact.type, str):
            model.covered[contact.type].add(contact.account)
    return model
