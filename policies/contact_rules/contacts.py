"""What findings say of the account, and the alternate contact, that they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .model import Account, Contact, Model


def of_account(account: Account | None) -> dict[str, Any]:
    """The fields of a finding that tell which account it is about; None: nobody knows."""
    if account is None:
        return {}
    return {
        "account_id": account.id,
        "account_name": account.name,
        "account": account.label,
        "is_management": account.is_management,
    }


def of_contact(contact: Contact, model: Model) -> dict[str, Any]:
    """The fields of a finding that tell which contact it is about."""
    return {
        "source": contact.source,
        "address": contact.address or None,
        "contact_type": contact.type if isinstance(contact.type, str) else None,
        **of_account(model.account(contact.account)),
    }
