"""The e-mail contacts of one account."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.utilities.utils import PARTITION_NAMES

from scripts.sandbox import mailbox

from .exceptions import ConflictException, ResourceNotFoundException, ServiceQuotaExceededException

MAX_CONTACTS = 500
"""Email contacts for each AWS account (AWS User Notifications quotas)."""

KIND = "EmailContact"


@dataclass
class EmailContact:
    """An address that gets notifications once its owner has activated it."""

    arn: str
    name: str
    address: str
    tags: dict[str, str]
    status: str = "inactive"
    code: str | None = None
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))

    def describe(self) -> dict[str, Any]:
        return {
            "arn": self.arn,
            "name": self.name,
            "address": self.address,
            "status": self.status,
            "creationTime": self.created,
            "updateTime": self.updated,
        }


class NotificationsContactsBackend(BaseBackend):
    """The e-mail contacts of one account."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.contacts: dict[str, EmailContact] = {}

    def create(self, name: str, address: str, tags: dict[str, str]) -> EmailContact:
        if len(self.contacts) >= MAX_CONTACTS:
            what, service = "email contacts for each AWS account", "notifications-contacts"
            raise ServiceQuotaExceededException(MAX_CONTACTS, what, name, service)
        for contact in self.contacts.values():
            if (contact.name, contact.address) == (name, address):
                raise ConflictException("The email contact already exists.", KIND, contact.arn)
        arn = f"arn:{self.partition}:notifications-contacts::{self.account_id}:emailcontact/{resource_id()}"
        self.contacts[arn] = EmailContact(arn, name, address, tags)
        return self.contacts[arn]

    def get(self, arn: str) -> EmailContact:
        if arn not in self.contacts:
            raise ResourceNotFoundException(KIND, arn)
        return self.contacts[arn]

    def send_activation_code(self, arn: str) -> None:
        contact = self.get(arn)
        if contact.status == "active":
            raise ConflictException("The email contact is already active.", KIND, arn)
        contact.code = mailbox.code(7)
        subject = "Verify your email address for AWS User Notifications"
        mailbox.deliver(mailbox.Mail(contact.address, subject, self.account_id, arn, contact.code))

    def activate(self, arn: str, code: str) -> None:
        contact = self.get(arn)
        if contact.status == "active":
            raise ConflictException("The email contact is already active.", KIND, arn)
        if contact.code is None or not secrets.compare_digest(contact.code, code):
            raise ResourceNotFoundException("ActivationCode", arn)
        contact.status, contact.code, contact.updated = "active", None, datetime.now(UTC)


def resource_id() -> str:
    """Return a fresh id as AWS User Notifications makes them: `a01` and 24 letters and digits."""
    return f"a01{mailbox.code(24)}"


notificationscontacts_backends = BackendDict(
    NotificationsContactsBackend,
    "notificationscontacts",
    use_boto3_regions=False,
    additional_regions=PARTITION_NAMES,
)
