"""What AWS answered about one account, as the rules judge it: the same judgement as of a plan."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  who reads an answer back resolves the annotations
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from . import address as addresses
from .catalogue import BY_ID
from .configuration import CONTACT_TYPES
from .estate import CONTACT, Account, Contact, Estate, RootEmail
from .evaluate import judge as judge_estate
from .notifications import CHANNEL, CONFIGURATION, EVENT_RULE, HUB
from .plan import Plan, Provider, Resource
from .reach import Objection, phone_objection
from .rules import Context, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .estate import AccountKey

Presence = Literal["set", "missing", "unread"]
Mailbox = Literal["shared", "personal", "unsure", "unread"]

UNREAD: Final = "AUDIT_UNREAD"
NOT_AT_FAULT: Final = ("Suspended", "NotOffered")
"""Codes of what AWS tells nobody: worth a note, and nothing that anybody could put right."""

_CHECKS: Final = tuple(
    BY_ID[f"CKV_CONTACT_{number}"] for number in (1, 2, 3, 4, 7, 8)
)  # 5 and 6 are about what a plan would do
_AWS: Final = "AWS"


@dataclass(frozen=True)
class Unread:
    """Something of an account that AWS did not tell, and why."""

    what: str
    """`SECURITY contact`, `OPERATIONS contact`, `BILLING contact`, `primary contact`, `root user email`,
    `notifications`, `account` (nothing could be read, for instance because it is suspended)."""
    code: str
    """AWS's error code (`AccessDeniedException`), or ours: `Suspended`, `NotReached`, `NotOffered` (by any API)."""
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
        unread = [item for item in self.findings if item.check_id == UNREAD]
        if any(item.kind == "account" and item.level == "note" for item in unread):
            return "not-active"
        if any(item.level == "failure" and item.check_id != UNREAD for item in self.findings):
            return "failed"
        return "unread" if any(item.level == "failure" for item in unread) else "passed"


def judge(account: LiveAccount, context: Context) -> Judgement:
    """The judgement of one account by the rules that judge plans, except those about changes. Never raises."""
    missing: list[Finding] = []
    if not any(item.what == "account" for item in account.unread):
        for verdict in judge_estate(_estate(account), context, _CHECKS):
            missing += verdict.findings + verdict.notes
            if verdict.error:
                missing.append(Finding(verdict.check.id, _AWS, "error", verdict.error))
        missing += _primary_contact(account)
    findings = (*(_finding_of(item) for item in account.unread), *missing)
    presence: dict[str, Presence] = {}
    for kind in CONTACT_TYPES:
        known = kind in account.contacts
        presence[kind] = ("set" if account.contacts[kind] else "missing") if known else "unread"
    return Judgement(findings, presence, _mailbox(account, findings, context))


def _finding_of(unread: Unread) -> Finding:
    level: Literal["failure", "note"] = "note" if unread.code in NOT_AT_FAULT else "failure"
    reason = f"{unread.what} not read ({unread.code}): {unread.reason}"
    return Finding(UNREAD, _AWS, unread.what, reason, level=level)


def _mailbox(account: LiveAccount, findings: tuple[Finding, ...], context: Context) -> Mailbox:
    if account.root_email is None:
        return "unread"
    if not any(item.check_id == "CKV_CONTACT_2" for item in findings):
        return "shared"
    verdict = addresses.judge(account.root_email, context.configuration.corporate_domains).verdict
    return "personal" if verdict == "personal" else "unsure"


def _primary_contact(account: LiveAccount) -> Iterator[Finding]:
    """AWS calls the primary contact when the account is suspected to be compromised
    (https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact-primary.html)."""
    if account.primary_contact is None:
        return
    number = account.primary_contact.get("PhoneNumber")
    objection = phone_objection(number) if isinstance(number, str) else Objection("phone-missing")
    if objection:
        reason = f"primary contact: {objection}"
        yield Finding("CKV_CONTACT_7", _AWS, "phone", reason, address="primary contact", value=str(number or ""))


def _estate(account: LiveAccount) -> Estate:
    """The estate of one account: what AWS told, in the shape of a plan that changes nothing."""
    key: AccountKey = ("id", account.id)
    plan = Plan(
        name=_AWS,
        variables={},
        resources=list(_notifications(account.notifications)) if account.notifications else [],
        providers=dict(_regions(account.notifications)) if account.notifications else {},
        root={},
        complete=True,
    )
    estate = Estate(plans=[plan])
    estate.accounts[key] = Account(key, _AWS, account.id, account.name, origin="as AWS answered")
    for kind in CONTACT_TYPES:
        contact = account.contacts.get(kind)
        if contact is not None:
            values = {
                "alternate_contact_type": kind,
                "name": contact["name"],
                "title": contact["title"],
                "email_address": contact["email"],
                "phone_number": contact["phone"],
            }
            estate.contacts.append(Contact(_AWS, _resource(f"{kind} contact", CONTACT, values), key, kind))
        if contact is not None or kind not in account.contacts:  # what is unread is not missing
            estate.covered[kind].add(key)
    if account.root_email is not None:
        email = account.root_email
        estate.root_emails.append(RootEmail(_AWS, None, account.id, account.name, email, email, "ListAccounts"))
    estate.notification_accounts = {
        (_AWS, item.address): key for item in plan.resources if item.type.startswith("aws_notifications_")
    }
    return estate


def _notifications(live: LiveNotifications) -> Iterator[Resource]:
    for region in live.hubs:
        yield _resource(f"hub {region}", HUB, {"notification_hub_region": region})
    for contact in live.email_contacts:
        kind = "aws_notificationscontacts_email_contact"
        yield _resource(f"e-mail contact {contact.name}", kind, {"email_address": contact.address})
    for item in live.configurations:
        values = {"arn": item.arn, "name": item.name, "aggregation_duration": item.aggregation}
        yield _resource(f"notification configuration {item.name}", CONFIGURATION, values)
        for rule in item.rules:
            values = {
                "notification_configuration_arn": item.arn,
                "source": rule.source,
                "event_type": rule.event_type,
                "event_pattern": rule.pattern,
            }
            yield _resource(rule.arn, EVENT_RULE, {**values, "regions": list(rule.regions)})
        for channel in item.channels:
            yield _resource(f"{item.arn} {channel}", CHANNEL, {"notification_configuration_arn": item.arn})


def _resource(address: str, kind: str, values: Mapping[str, Any]) -> Resource:
    return Resource(address, "managed", kind, "", None, (), ("no-op",), values, {}, {})


def _regions(live: LiveNotifications) -> Iterator[tuple[str, Provider]]:
    """A provider for each Region in use, which is how the rule on sign-in learns of them."""
    for region in live.enabled_regions:
        yield region, Provider(region, "aws", True, None, {"region": {"constant_value": region}})
