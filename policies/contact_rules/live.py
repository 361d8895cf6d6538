"""What AWS answered about one account, as the rules judge it: the same judgement as of a plan."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  who reads an answer back resolves the annotations
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from . import model as models
from .catalogue import BY_ID
from .evaluate import judge as judge_model
from .findings import Finding, Message
from .model import CONTACT_TYPES, Account, Contact, Hub, Model, RootEmail, Value
from .reach import phone_objection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .check import Context
    from .model import AccountKey

Presence = Literal["set", "missing", "exempt", "unread"]
"""`exempt`: there is none, and an exception says that there need not be one."""
Mailbox = Literal["shared", "personal", "unsure", "unread"]

UNREAD: Final = "AUDIT_UNREAD"
INACTIVE: Final = "inactive"
"""The kind of finding on an account of which AWS tells nothing, because it is suspended or closing."""
NOT_AT_FAULT: Final = ("Suspended", "NotOffered")
"""Codes of what AWS tells nobody: worth a note, and nothing that anybody could put right."""

CHECKS_OF_LIVE: Final = tuple(
    BY_ID[f"CKV_CONTACT_{number}"] for number in (1, 2, 3, 4, 7, 8)
)  # 5 and 6 are about what a plan would do
_AWS: Final = "AWS"
_TYPES: Final = {f"{kind} contact": kind for kind in CONTACT_TYPES}


@dataclass(frozen=True)
class Unread:
    """Something of an account that AWS did not tell, and why."""

    what: str
    """`SECURITY contact`, `OPERATIONS contact`, `BILLING contact`, `primary contact`, `root user email`,
    `notifications`, `account` (nothing could be read, for instance because it is suspended)."""
    code: str
    """AWS's error code (`AccessDeniedException`), or ours: `Suspended`, `NotReached`, `NotOffered` (by any API)."""
    reason: Message
    """Why, without contact data."""


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


@dataclass(frozen=True)
class Judgement:
    """What the rules say of one account. Not read is neither passed nor missing."""

    findings: tuple[Finding, ...]
    """Failures and notes, those about what is unread (`AUDIT_UNREAD`) among them."""
    contacts: Mapping[str, Presence]
    """By type."""
    root_email: Mailbox

    @property
    def result(self) -> Literal["passed", "failed", "unread", "not-active"]:
        """`failed` wins over `unread`: what was read is enough to fail."""
        if any(item.kind == INACTIVE for item in self.findings):
            return "not-active"
        failures = {item.check_id for item in self.findings if item.level == "failure"}
        if failures - {UNREAD}:
            return "failed"
        return "unread" if failures else "passed"


def judge(account: LiveAccount, context: Context, *, is_management: bool = False) -> Judgement:
    """The judgement of one account by the rules that judge plans, except those about changes. Never raises.

    `is_management`: it is the organization's management account, for which some things are done in another way.
    """
    found: list[Finding] = []
    for verdict in judge_model(_model(account, is_management), context, CHECKS_OF_LIVE):
        found += verdict.findings + verdict.notes
        if verdict.error:
            error = verdict.error
            found.append(Finding(verdict.check.id, error.code, "error", error.parameters, source=_AWS))
    found += _primary_contact(account)
    findings = (*(_finding_of(item) for item in account.unread), *found)
    return Judgement(findings, _presence(account, findings), _mailbox(account, findings))


def _finding_of(unread: Unread) -> Finding:
    level: Literal["failure", "note"] = "note" if unread.code in NOT_AT_FAULT else "failure"
    if unread.code == "Suspended":
        return Finding(UNREAD, unread.reason.code, INACTIVE, unread.reason.parameters, level=level, source=_AWS)
    return Finding(
        UNREAD,
        "unread",
        unread.what,
        {"part": unread.what, "error": unread.code},
        (unread.reason,),
        level,
        _AWS,
        contact_type=_TYPES.get(unread.what),
    )


def _presence(account: LiveAccount, findings: tuple[Finding, ...]) -> Mapping[str, Presence]:
    exempt = {item.contact_type for item in findings if item.code == "covered-elsewhere"}
    presence: dict[str, Presence] = {}
    for kind in CONTACT_TYPES:
        if kind not in account.contacts:
            presence[kind] = "unread"
        elif account.contacts[kind]:
            presence[kind] = "set"
        else:
            presence[kind] = "exempt" if kind in exempt else "missing"
    return presence


def _mailbox(account: LiveAccount, findings: tuple[Finding, ...]) -> Mailbox:
    if account.root_email is None:
        return "unread"
    objections = [item for item in findings if item.check_id == "CKV_CONTACT_2"]
    if not objections:
        return "shared"
    return "unsure" if all(item.kind == "unsure" for item in objections) else "personal"


def _primary_contact(account: LiveAccount) -> Iterator[Finding]:
    """AWS calls the primary contact when the account is suspected to be compromised
    (https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact-primary.html)."""
    if account.primary_contact is None:
        return
    number = account.primary_contact.get("PhoneNumber")
    if not isinstance(number, str):
        yield Finding("CKV_CONTACT_7", "phone-missing", "primary-phone", source=_AWS)
    elif found := phone_objection(number):
        yield Finding("CKV_CONTACT_7", found.code, "primary-phone", found.parameters, source=_AWS, value=number)


def _model(account: LiveAccount, is_management: bool) -> Model:
    """One account as the model has it."""
    key: AccountKey = ("id", account.id)
    model = Model(sources=(_AWS,))
    model.accounts[key] = Account(key, _AWS, account.id, account.name, is_management=is_management)
    for kind in CONTACT_TYPES:
        contact = account.contacts.get(kind)
        if contact is not None:
            email, phone = Value(contact["email"]), Value(contact["phone"])
            model.contacts.append(Contact(_AWS, f"{kind} contact", key, kind, email, phone))
        if contact is not None or kind not in account.contacts:  # what is unread is not missing
            model.covered[kind].add(key)
    if account.root_email is not None:
        email = Value(account.root_email)
        model.root_emails.append(RootEmail(_AWS, None, account.id, account.name, email, "listed", "ListAccounts"))
    if account.notifications is not None:
        _add_notifications(model, key, account.notifications)
    return model


def _add_notifications(model: Model, key: AccountKey, live: LiveNotifications) -> None:
    model.hubs = [Hub(_AWS, key) for _ in live.hubs]
    model.regions[_AWS] = frozenset({*live.hubs, *live.enabled_regions})
    model.email_contacts = [models.EmailContact(_AWS, item.name, Value(item.address)) for item in live.email_contacts]
    model.subscriptions = [
        models.Subscription(
            _AWS,
            item.name,
            key,
            item.name,
            item.aggregation,
            tuple(models.EventRule(rule.arn, rule.source, rule.regions) for rule in item.rules),
            len(item.channels),
        )
        for item in live.configurations
    ]
