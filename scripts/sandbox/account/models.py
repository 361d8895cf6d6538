"""The state of AWS Account Management for one account."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.account.models import account_backends
from moto.core.base_backend import BaseBackend

from scripts.sandbox import mailbox
from scripts.sandbox.regions import ENABLED_BY_DEFAULT, all_regions
from scripts.sandbox.service import ValidationException
from scripts.sandbox.validation import Violation

from .exceptions import ResourceNotFoundException


@dataclass
class PrimaryEmailUpdate:
    """A change of the root user's email that was started."""

    email: str
    code: str
    status: str
    updated_at: datetime


class AccountManagementBackend(BaseBackend):
    """The contacts of one account."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.alternate_contacts: dict[str, dict[str, str]] = {}
        self.opted_in: set[str] = set()
        # Every account has a primary contact from its sign-up on.
        self.contact_information = {
            "FullName": f"Owner of {account_id}",
            "AddressLine1": "1 Example Street",
            "City": "London",
            "PostalCode": "EC1A 1AA",
            "CountryCode": "GB",
            "PhoneNumber": "+44 20 7946 0100",
        }
        self.primary_email_update: PrimaryEmailUpdate | None = None

    def get_alternate_contact(self, contact_type: str) -> dict[str, str]:
        if contact_type not in self.alternate_contacts:
            raise ResourceNotFoundException("No contact of the inputted alternate contact type found.")
        return self.alternate_contacts[contact_type]

    def put_alternate_contact(self, contact: dict[str, str]) -> None:
        self.alternate_contacts[contact["AlternateContactType"]] = contact

    def delete_alternate_contact(self, contact_type: str) -> None:
        self.get_alternate_contact(contact_type)
        del self.alternate_contacts[contact_type]

    def regions(self) -> dict[str, str]:
        """Return the RegionOptStatus of every Region."""
        status = dict.fromkeys(all_regions(), "DISABLED") | dict.fromkeys(self.opted_in, "ENABLED")
        return status | dict.fromkeys(ENABLED_BY_DEFAULT, "ENABLED_BY_DEFAULT")

    def opt_region(self, name: str, enabled: bool) -> None:
        """Enable or disable an opt-in Region; done at once, where AWS takes minutes to hours."""
        if name in ENABLED_BY_DEFAULT or name not in all_regions():
            problem = Violation("regionName", "Member must be an opt-in Region", name)
            raise ValidationException([problem], reason="invalidRegionOptTarget")
        (self.opted_in.add if enabled else self.opted_in.discard)(name)

    def start_primary_email_update(self, email: str) -> str:
        code = f"{secrets.randbelow(10**6):06}"
        self.primary_email_update = PrimaryEmailUpdate(email, code, "PENDING", datetime.now(UTC))
        subject = "Verify your new root user email address"
        mailbox.deliver(mailbox.Mail(email, subject, self.account_id, self.account_id, code))
        return self.primary_email_update.status

    def accept_primary_email_update(self, email: str, code: str, account: Any) -> str:
        update = self.primary_email_update
        if update is None or update.status != "PENDING" or update.email != email:
            raise ResourceNotFoundException("No pending primary email update found for this email address.")
        if not secrets.compare_digest(update.code, code):
            raise ValidationException([Violation("otp", "Member must be the one-time password that was sent")])
        account.email = email
        update.status, update.updated_at = "ACCEPTED", datetime.now(UTC)
        return update.status


def account_management(account_id: str) -> AccountManagementBackend:
    """Return what is kept for an account. `account_backends[account_id]` lists every key it has, each time."""
    backends = account_backends.get(account_id) or account_backends[account_id]
    backend: AccountManagementBackend = backends["aws"]
    return backend
