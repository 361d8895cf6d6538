"""What AWS answered about one account, as the rules judge it: the same judgement as of a plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Unread:
    """Something of an account that AWS did not tell, and why."""

    what: str
    """`SECURITY contact`, `OPERATIONS contact`, `BILLING contact`, `primary contact`, `root user email`, `notifications`,
    `account` (nothing could be read, for instance because it is suspended)."""
    code: str
    """AWS's error code (`AccessDeniedException`), or ours: `Suspended`, `NotReached`."""
    reason: str
    """One sentence, without contact data."""


@dataclass(frozen=True)
class EventRule:
    """An event rule of a notification configuration, as AWS lists it."""

    arn: str
    source: str
    event_type: str
    pattern: str
    regions: tuple[str, ...]


@dataclass(frozen=True)
class NotificationConfiguration:
    """A notification configuration with its event rules and the arns of its channels."""

    arn: str
    name: str
    description: str
    aggregation: str
    rules: tuple[EventRule, ...] = ()
    channels: tuple[str, ...] = ()


@dataclass(frozen=True)
class EmailContact:
    """An e-mail contact of AWS User Notifications; `status` is `active` or `inactive`."""

    arn: str
    name: str
    address: str
    status: str


@dataclass(frozen=True)
class LiveNotifications:
    """The User Notifications of one account."""

    hubs: tuple[str, ...] = ()
    """Regions."""
    configurations: tuple[NotificationConfiguration, ...] = ()
    email_contacts: tuple[EmailContact, ...] = ()
    enabled_regions: tuple[str, ...] = ()
    """Regions enabled for the account; read only where a configuration is about console sign-in, else empty."""


@dataclass(frozen=True)
class LiveAccount:
    """One account as AWS answered; what was not asked for is None or absent, what could not be read is in `unread`."""

    id: str
    name: str
    read_at: str
    """When, ISO 8601 in UTC."""
    root_email: str | None = None
    contacts: Mapping[str, Mapping[str, str] | None] = field(default_factory=dict)
    """By type (`SECURITY`): name, title, email, phone; None: AWS says that there is none; absent: not read."""
    primary_contact: Mapping[str, Any] | None = None
    """As GetContactInformation returns it."""
    notifications: LiveNotifications | None = None
    unread: tuple[Unread, ...] = ()
