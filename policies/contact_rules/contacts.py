"""What findings on an alternate contact say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .model import Contact, Model


def fields_of(contact: Contact, model: Model) -> dict[str, Any]:
    """The fields of a finding that tell which contact it is about."""
    account = model.account(contact.account)
    return {
        "source": contact.source,
        "address": contact.address or None,
        "account_id": account.id if account else None,
        "account_name": account.name if account else None,
        "account": account.label if account else None,
        "is_management": account is not None and account.is_management,
        "contact_type": contact.type if isinstance(contact.type, str) else None,
    }
