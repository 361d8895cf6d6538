"""The contacts and notifications of the accounts, from AWS."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cdktf_app.contacts.sections import CONTACT_TYPES
from policies.contact_rules.live import LiveAccount, LiveNotifications
from scripts.adopt.contacts import LeftOut, LiveContacts
from scripts.shared.aws_errors import sentence
from scripts.shared.console import progress
from scripts.shared.reader import Reader, enabled_regions
from scripts.shared.terraform import Interrupted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from cdktf_app.contacts.organization import Account
    from scripts.shared.access import Access


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


def read_live(access: Access, parts: Collection[str], accounts: Iterable[Account]) -> Found:
    """AWS's answers about the accounts. Whatever AWS did not return is in `unread`.

    Raises:
        botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError, CommandError: nothing could be read at all.
    """
    found = Found()
    wanted = {account.id: account for account in accounts}
    with progress() as start:
        update = start("Reading what the accounts have", len(wanted))
        for number, live in enumerate(Reader(access, parts=parts).read(wanted.values()), 1):
            account = wanted[live.id]
            found.unread += (
                LeftOut(account, gap.what, sentence(gap.reason)) for gap in live.unread if _matters(gap.what)
            )
            found.contacts[live.id] = {
                kind: live.contacts[kind.upper()] for kind in CONTACT_TYPES if kind.upper() in live.contacts
            }
            if live.notifications is not None and not _read_details(access, live, found):
                reason = "AWS did not return their tags, or the account's Regions"
                found.unread.append(LeftOut(account, "notifications", reason))
            update(number, account.name)
    explained = {(item.account.id, item.what) for item in found.unread}
    for account_id, account in wanted.items():
        for kind in CONTACT_TYPES:
            what = f"{kind.upper()} contact"
            known = kind in found.contacts.get(account_id, {}) or explained & {
                (account_id, what),
                (account_id, "account"),
            }
            if not known:
                found.unread.append(LeftOut(account, what, "AWS returned no answer"))
    found.unread.sort(key=lambda item: (item.account.id, item.what))
    return found


def _matters(what: str) -> bool:
    return what in {"account", "notifications", *(f"{kind.upper()} contact" for kind in CONTACT_TYPES)}


def _read_details(access: Access, live: LiveAccount, found: Found) -> bool:
    """Tags and enabled Regions, where there are notification configurations; whether AWS answered."""
    notifications = live.notifications
    assert notifications is not None
    if notifications.configurations:
        try:
            for service, items in (
                ("notifications", notifications.configurations),
                ("notificationscontacts", notifications.email_contacts),
            ):
                client = access.client(live.id, service)
                for item in items:
                    if tags := client.list_tags_for_resource(arn=item.arn).get("tags"):
                        found.tags[item.arn] = tags
            if not notifications.enabled_regions:
                regions = enabled_regions(access.client(live.id, "account"))
                notifications = LiveNotifications(
                    notifications.hubs, notifications.configurations, notifications.email_contacts, regions
                )
        except Interrupted:
            raise
        except Exception:
            # As in `Reader`: every error becomes something unread.
            return False
    found.notifications[live.id] = notifications
    return True
