"""What the rules judge: accounts, who is to be reached for each, and what a change takes away.

Sources become this model: Terraform plans in `plans`, what AWS answered in `live`, one block of a static scan in
`literal`. A rule knows none of them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from .findings import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTACT_TYPES: Final = ("SECURITY", "OPERATIONS", "BILLING")
SECURITY: Final = "SECURITY"
SENSITIVE: Final = "(sensitive value)"
"""What Terraform shows in the place of a sensitive value."""

CODES: Final = {
    "account-made-by": "account made by {address}",
    "account-of-provider": "own account of provider {provider} (its id is not in the plan)",
    "account-untold": "an account that the plan does not show",
}

AccountKey = tuple[Any, ...]
"""Tells accounts apart: ("id", its id), or what its source knows it by while it has none."""


class Unknown:
    """A value that only the future will tell."""

    def __repr__(self) -> str:
        return "(known after apply)"


UNKNOWN: Final = Unknown()


@dataclass(slots=True)
class Value:
    """A text, UNKNOWN, or None where there is none. An empty text is none."""

    content: str | Unknown | None
    sensitive: bool = False

    @property
    def text(self) -> str | None:
        """The text, if it is there and known."""
        return self.content if isinstance(self.content, str) and self.content else None

    @property
    def shown(self) -> str:
        """The text as a report may show it; empty if there is none."""
        return (SENSITIVE if self.sensitive else self.text) if self.text else ""


@dataclass(slots=True)
class Account:
    """One AWS account."""

    key: AccountKey
    source: str
    id: str | None = None
    name: str | None = None
    address: str | None = None
    """The resource that makes it, if there is one."""
    reference: str = ""
    """The expression of its id, where `address` makes it and its id is not known yet; "" if there is none."""
    own_of: str | None = None
    """The provider whose own account it is: the one that its credentials lead to."""
    origin: Message | None = None
    """Where it was seen, if not at `address`."""
    active: bool = True
    """False if AWS accepts no contacts for it."""
    is_management: bool = False
    hidden: Message | None = None
    """Why the source does not tell which account a provider works in."""

    @property
    def label(self) -> Message | None:
        """How it is told from others; None if it has an id or a name."""
        if self.id or self.name:
            return None
        if self.address:
            return Message("account-made-by", {"address": self.address})
        return Message("account-of-provider", {"provider": self.own_of or ""})


@dataclass(slots=True)
class Contact:
    """One alternate contact; `account` is None where its source does not tell whose it is."""

    source: str
    address: str
    account: AccountKey | None
    type: str | Unknown | None
    email: Value
    phone: Value


@dataclass(slots=True)
class RootEmail:
    """A root user email. `made` and `requested` are of accounts that come into being with it, `listed` of others."""

    source: str
    address: str | None
    account_id: str | None
    account_name: str | None
    email: Value
    origin: Literal["made", "requested", "listed"]
    place: str = ""
    """The attribute, setting or answer that has it."""
    is_new: bool = False
    """True if the account does not exist yet."""


@dataclass(frozen=True)
class Removal:
    """One alternate contact that a change deletes.

    `way`: `deleted` for good; `remade`, deleted and then created; `remade-first`, created before the same contact is
    deleted.
    """

    source: str
    address: str
    account: AccountKey | None
    type: str | None
    way: Literal["deleted", "remade", "remade-first"]


@dataclass(frozen=True)
class Replacement:
    """An account that a change removes and makes anew because its root user email differs."""

    source: str
    address: str
    account_id: str | None
    account_name: str | None
    old: Value
    new: Value


@dataclass(frozen=True)
class EmailContact:
    """An e-mail contact of User Notifications."""

    source: str
    address: str
    email: Value


@dataclass(frozen=True)
class Hub:
    """A notification hub: the Region that keeps an account's notifications."""

    source: str
    account: AccountKey | None


@dataclass(frozen=True)
class EventRule:
    """What a notification configuration is for; `service` is the event's source, such as `aws.signin`."""

    address: str
    service: str | None
    regions: tuple[str, ...] | Unknown | None


@dataclass(frozen=True)
class Subscription:
    """One notification configuration with its event rules and how many channels it has."""

    source: str
    address: str
    account: AccountKey | None
    name: str | None
    aggregation: str | Unknown | None
    rules: tuple[EventRule, ...]
    channels: int


@dataclass(frozen=True)
class Gap:
    """Something that would have to be read but cannot be from its source."""

    source: str
    address: str
    message: Message


@dataclass
class Model:
    """Everything the rules judge, over all sources, in their order."""

    sources: tuple[str, ...] = ()
    accounts: dict[AccountKey, Account] = field(default_factory=dict)
    contacts: list[Contact] = field(default_factory=list)
    root_emails: list[RootEmail] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)
    replacements: list[Replacement] = field(default_factory=list)
    email_contacts: list[EmailContact] = field(default_factory=list)
    hubs: list[Hub] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    unplaced: list[Contact] = field(default_factory=list)
    """Contacts of providers whose own account has no id in the source."""
    covered: dict[str, set[AccountKey]] = field(default_factory=lambda: defaultdict(set))
    """Contact type → accounts that have such a contact in the end."""
    regions: dict[str, frozenset[str]] = field(default_factory=dict)
    """Source → the Regions in use."""

    def account(self, key: AccountKey | None) -> Account | None:
        """The account with this key; None if there is none, or no key."""
        return None if key is None else self.accounts.get(key)

    def active_accounts(self) -> Iterator[Account]:
        """Accounts that must be reachable, in a stable order."""
        return (account for account in self.accounts.values() if account.active)
