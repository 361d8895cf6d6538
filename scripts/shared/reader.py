"""Reads the accounts of an organization concurrently, with a reason for everything unread."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
)

from cdktf_app.contacts import fields
from cdktf_app.contacts.sections import CONTACT_TYPES
from policies.contact_rules.findings import Message
from policies.contact_rules.live import (
    EmailContact,
    EventRule,
    LiveAccount,
    LiveNotifications,
    NotificationConfiguration,
    Unread,
)
from scripts.shared.access import SIGNED_OUT, Access, Unreachable, pages
from scripts.shared.aws import SignedOut
from scripts.shared.aws_errors import EXPIRED_CREDENTIALS, code_of, explanation
from scripts.shared.pace import Stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterable, Mapping

    from cdktf_app.contacts.organization import Account

PARTS: Final = ("contacts", "primary-contact", "notifications")
SIGN_IN: Final = "aws.signin"

_WINDOW: Final = 2_000
"""Accounts that may be under way: so far the quickest part may be ahead of the slowest."""


@dataclass
class _Draft:
    """An account while it is being read; each part is filled in by one thread at a time."""

    account: Account
    parts_left: int
    contacts: dict[str, Mapping[str, str] | None] = field(default_factory=dict)
    primary_contact: Mapping[str, Any] | None = None
    notifications: LiveNotifications | None = None
    unread: list[Unread] = field(default_factory=list)


class Reader:
    """Reads accounts. Changes nothing.

    Args:
        access: how they are reached.
        parts: what is read of each account, of `PARTS`.
        workers: calls under way at once, for each part.
    """

    def __init__(self, access: Access, *, parts: Collection[str] = PARTS, workers: int = 8) -> None:
        self._access = access
        self._workers = workers
        exists = fields.partition(access.region) == "aws"
        self._parts = tuple(part for part in PARTS if part in parts and (part != "notifications" or exists))
        self._lock = threading.Lock()
        self._root_emails: Mapping[str, str] = {}
        self._not_listed: Unread | None = None

    def read(self, accounts: Iterable[Account]) -> Generator[LiveAccount, None, None]:
        """Each account as AWS answers, as soon as it is read, in any order. No account makes it raise: what could not
        be read is in `LiveAccount.unread`.

        Close the iterator (`contextlib.closing`) if you stop before its end: what is under way is given up, and this
        reader reads no more.

        Raises:
            botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError, CommandError: as `Access.caller`, and
                before the first account.
        """
        self._know_root_emails()
        finished: SimpleQueue[LiveAccount] = SimpleQueue()
        under_way = 0
        with ExitStack() as stack:
            pools = {
                part: stack.enter_context(ThreadPoolExecutor(self._workers, thread_name_prefix=part))
                for part in self._parts
            }
            try:
                for account in accounts:
                    draft = _Draft(account, len(pools))
                    under_way += 1
                    if account.status != "ACTIVE" or not pools:
                        finished.put(self._finished(draft))
                    else:
                        for part, pool in pools.items():
                            pool.submit(self._read_part, draft, part, finished)
                    while under_way and (under_way >= _WINDOW or not finished.empty()):
                        yield finished.get()
                        under_way -= 1
                for _ in range(under_way):
                    yield finished.get()
            except BaseException:
                self._access.pace.stop()
                for pool in pools.values():
                    pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _know_root_emails(self) -> None:
        if self._access.organization is None:
            self._not_listed = Unread("root user email", "NotOffered", Message("root-email-not-offered"))
            return
        try:
            self._root_emails = {account.id: account.email for account in self._access.accounts()}
        except (BotoCoreError, ClientError, SignedOut) as error:
            self._not_listed = _unread("root user email", error)

    def _read_part(self, draft: _Draft, part: str, finished: SimpleQueue[LiveAccount]) -> None:
        try:
            {
                "contacts": self._read_contacts,
                "primary-contact": self._read_primary_contact,
                "notifications": self._read_notifications,
            }[part](draft)
        except Stopped:
            return
        with self._lock:
            draft.parts_left -= 1
            done = draft.parts_left == 0
        if done:
            finished.put(self._finished(draft))

    def _attempt(self, draft: _Draft, what: str, read: Callable[[], None]) -> None:
        """Every error becomes something unread, never a silent gap."""
        try:
            read()
        except Stopped:
            raise
        except Exception as error:
            draft.unread.append(_unread(what, error))

    def _read_contacts(self, draft: _Draft) -> None:
        def read(kind: str) -> None:
            client, target = self._access.contacts_client(draft.account.id)
            try:
                found = client.get_alternate_contact(AlternateContactType=kind, **target)
            except ClientError as error:
                if code_of(error) != "ResourceNotFoundException":
                    raise
                draft.contacts[kind] = None
                return
            contact = found["AlternateContact"]
            draft.contacts[kind] = {
                "name": contact.get("Name", ""),
                "title": contact.get("Title", ""),
                "email": contact.get("EmailAddress", ""),
                "phone": contact.get("PhoneNumber", ""),
            }

        for kind in (contact_type.upper() for contact_type in CONTACT_TYPES):
            self._attempt(draft, f"{kind} contact", partial(read, kind))

    def _read_primary_contact(self, draft: _Draft) -> None:
        def read() -> None:
            client, target = self._access.contacts_client(draft.account.id)
            draft.primary_contact = client.get_contact_information(**target)["ContactInformation"]

        self._attempt(draft, "primary contact", read)

    def _read_notifications(self, draft: _Draft) -> None:
        def read() -> None:
            login = self._access.login(draft.account.id)
            client = self._access.client(draft.account.id, "notifications", login)
            contacts = self._access.client(draft.account.id, "notificationscontacts", login)
            configurations = tuple(
                NotificationConfiguration(
                    arn=found["arn"],
                    name=found["name"],
                    description=found.get("description", ""),
                    aggregation=found.get("aggregationDuration", "NONE"),
                    rules=tuple(
                        EventRule(rule["arn"], rule["source"], rule["eventType"], rule["eventPattern"], _regions(rule))
                        for rule in pages(
                            client.list_event_rules, "eventRules", notificationConfigurationArn=found["arn"]
                        )
                    ),
                    channels=tuple(pages(client.list_channels, "channels", notificationConfigurationArn=found["arn"])),
                )
                for found in pages(client.list_notification_configurations, "notificationConfigurations")
            )
            about_sign_in = any(rule.source == SIGN_IN for item in configurations for rule in item.rules)
            regions = self._access.client(draft.account.id, "account", login) if about_sign_in else None
            hubs = pages(client.list_notification_hubs, "notificationHubs")
            draft.notifications = LiveNotifications(
                hubs=tuple(sorted(hub["notificationHubRegion"] for hub in hubs)),
                configurations=tuple(sorted(configurations, key=lambda item: item.name)),
                email_contacts=tuple(
                    EmailContact(item["arn"], item["name"], item["address"], item["status"])
                    for item in pages(contacts.list_email_contacts, "emailContacts")
                ),
                enabled_regions=enabled_regions(regions) if regions else (),
            )

        self._attempt(draft, "notifications", read)

    def _finished(self, draft: _Draft) -> LiveAccount:
        account, unread = draft.account, list(draft.unread)
        root_email = None
        if account.status != "ACTIVE":
            unread = [Unread("account", "Suspended", Message("account-inactive", {"status": account.status}))]
        elif self._not_listed is not None:
            unread.append(self._not_listed)
        elif account.id in self._root_emails:
            root_email = self._root_emails[account.id]
        else:
            unread.append(Unread("root user email", "NotReached", Message("account-not-listed")))
        return LiveAccount(
            id=account.id,
            name=account.name,
            read_at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            root_email=root_email,
            contacts=draft.contacts,
            primary_contact=draft.primary_contact,
            notifications=draft.notifications,
            unread=tuple(unread),
        )


def enabled_regions(client: Any) -> tuple[str, ...]:
    """The Regions that are enabled for the account of a client of AWS Account Management."""
    wanted = ["ENABLED", "ENABLED_BY_DEFAULT"]
    found = pages(client.list_regions, "Regions", token="NextToken", RegionOptStatusContains=wanted)
    return tuple(sorted(region["RegionName"] for region in found))


def _unread(what: str, error: Exception) -> Unread:
    """Why something is unread, without AWS's message: it names people who are signed in."""
    if isinstance(error, Unreachable):
        return Unread(what, error.aws_code, error.reason)
    if isinstance(error, SIGNED_OUT):
        return Unread(what, "ExpiredTokenException", EXPIRED_CREDENTIALS)
    if isinstance(error, ClientError):
        return Unread(what, code_of(error), explanation(error))
    if isinstance(error, ConnectionError | HTTPClientError):
        return Unread(what, "NotReached", explanation(error))
    return Unread(what, type(error).__name__, Message("answer-not-understood"))


def _regions(rule: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(rule.get("regions") or ()))
