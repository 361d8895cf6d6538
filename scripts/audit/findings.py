"""What an audit finds, account by account, and the document that says so: the schema is docs/audit.schema.json."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date  # noqa: TC003  pydantic resolves annotations
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TextIO

from pydantic import ConfigDict, PlainSerializer, TypeAdapter

from cdktf_app.contacts.sections import CONTACT_TYPES, Contact
from cdktf_app.presets import ALL, PRESETS
from policies.contact_rules import live as rules
from policies.contact_rules.check import Severity  # noqa: TC001  pydantic resolves annotations
from policies.contact_rules.findings import Finding as Found
from policies.contact_rules.findings import Level, Parameters
from policies.contact_rules.live import UNREAD, Mailbox, Presence
from scripts.audit.checks import ACTIVATION, DRIFT, REVIEW, guideline_of, mappings_of, severity_of
from scripts.audit.texts import texts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from cdktf_app.contacts.assignments import Assignment, Assignments
    from cdktf_app.contacts.directory import Directory
    from cdktf_app.contacts.organization import Account, OrganizationDetails
    from cdktf_app.contacts.sections import Subscription
    from policies.contact_rules.check import Context
    from policies.contact_rules.live import LiveAccount, NotificationConfiguration
    from scripts.shared.pace import CallCount

VERSION: Final = 1

Result = Literal["passed", "failed", "unread", "not-active"]
SEVERITIES: Final[tuple[Severity, ...]] = ("HIGH", "MEDIUM", "LOW")

_DOCUMENT: Final = ConfigDict(use_attribute_docstrings=True, arbitrary_types_allowed=True)


@dataclass(slots=True)
class Message:
    """A fact as data."""

    __pydantic_config__ = _DOCUMENT

    code: str
    """What it says. Stable: other programs may rely on it."""
    parameters: Parameters
    """What it is about."""


@dataclass(frozen=True, slots=True)
class Fix:
    """The fix of one finding: spelled out only when it is written, as there may be thousands."""

    found: Found

    def __str__(self) -> str:
        return texts("en").fix(self.found)


@dataclass(slots=True)
class Finding:
    """One thing wrong (`failure`) or worth seeing (`note`), with its why and its fix."""

    __pydantic_config__ = _DOCUMENT

    check: str
    """`CKV_CONTACT_1` …: a check of the policy pack; `AUDIT_…`: one of the audit's own."""
    code: str
    """What is wrong. Stable: other programs may rely on it."""
    kind: str
    """What has to be done: findings of one check and kind have the same title, why and kind of fix."""
    parameters: Parameters
    """What the sentence in `reason` is made of, with `code`."""
    details: list[Message]
    """What else the sentence says: why something could not be read, that an exception expired."""
    severity: Severity
    """How urgent the check is."""
    level: Level
    """A note never makes the audit fail."""
    account_id: str | None
    """12 digits; null where the finding is about the organization."""
    account: str
    """The account's name."""
    ou_path: str
    """The names of its OUs from the root, joined by /. "" is the root."""
    contact_type: str | None
    """SECURITY, OPERATIONS or BILLING where it is about one alternate contact."""
    value: str | None
    """The address, phone number or setting that is at fault. May be personal data."""
    reason: str
    """What is wrong with this account, in one English sentence."""
    title: str
    """What is wrong, in a few words."""
    why: str
    """Why it matters."""
    fix: Annotated[Fix, PlainSerializer(str, return_type=str)]
    """What to do. Lines that begin with two spaces are to be copied."""
    mappings: tuple[str, ...]
    """Controls of others that ask for the same."""
    guideline: str
    """The page in this repository."""


@dataclass(slots=True)
class AccountRow:
    """One account at a glance."""

    __pydantic_config__ = _DOCUMENT

    id: str
    """12 digits."""
    name: str
    """Its name in AWS Organizations."""
    ou_path: str
    """The names of its OUs from the root, joined by /. "" is the root."""
    status: str
    """Its state in AWS Organizations."""
    result: Result
    """`unread`: not known to fail, but not everything could be read. `not-active`: AWS lets nothing be read or set."""
    read_at: str
    """When AWS answered, ISO 8601 in UTC."""
    security: Presence
    """Whether there is a SECURITY contact; `exempt`: an exception says that there need not be one."""
    operations: Presence
    """Whether there is an OPERATIONS contact."""
    billing: Presence
    """Whether there is a BILLING contact."""
    root_email: Mailbox
    """What the root user's address looks like."""
    findings: int
    """Its findings, without notes and without what could not be read."""


@dataclass(slots=True)
class OfContacts:
    """Numbers of accounts."""

    __pydantic_config__ = _DOCUMENT

    set: int = 0
    missing: int = 0
    exempt: int = 0
    """There is none, and an exception says that there need not be one."""
    unread: int = 0


@dataclass(slots=True)
class OfMailboxes:
    """Numbers of accounts."""

    shared: int = 0
    personal: int = 0
    unsure: int = 0
    unread: int = 0


@dataclass(slots=True)
class Coverage:
    """The ACTIVE accounts directly in one OU."""

    __pydantic_config__ = _DOCUMENT

    ou_path: str
    """The names of the OUs from the root, joined by /. "" is the root."""
    accounts: int = 0
    """How many there are."""
    security: OfContacts = field(default_factory=OfContacts)
    """How many have a SECURITY contact."""
    operations: OfContacts = field(default_factory=OfContacts)
    """How many have an OPERATIONS contact."""
    billing: OfContacts = field(default_factory=OfContacts)
    """How many have a BILLING contact."""
    root_email: OfMailboxes = field(default_factory=OfMailboxes)
    """What their root users' addresses look like."""


@dataclass(slots=True)
class Counts:
    """Numbers of accounts by result, and of findings."""

    __pydantic_config__ = _DOCUMENT

    accounts: int = 0
    passed: int = 0
    failed: int = 0
    unread: int = 0
    not_active: int = 0
    findings: int = 0
    """Without notes, and without what could not be read; `high`, `medium` and `low` of them."""
    high: int = 0
    medium: int = 0
    low: int = 0
    unread_parts: int = 0
    """What could not be read: a contact of an account, its notifications, …"""


@dataclass(slots=True)
class Call:
    """How one AWS operation was called in this run."""

    __pydantic_config__ = _DOCUMENT

    operation: str
    """Such as account:GetAlternateContact."""
    calls: int
    """All calls."""
    throttled: int
    """Those that AWS throttled."""
    seconds: float
    """Between the first and the last."""
    rate: float
    """Calls that were not throttled, per second."""


@dataclass(slots=True)
class OfOrganization:
    """The organization that was audited."""

    id: str
    management_account_id: str


@dataclass(slots=True)
class Audit:
    """An audit of what AWS accounts really have."""

    __pydantic_config__ = _DOCUMENT

    version: Literal[1]
    """The version of this format; keys may be added within a version."""
    started_at: str
    """ISO 8601 in UTC."""
    finished_at: str
    """ISO 8601 in UTC."""
    oldest_answer_at: str
    """When the oldest answer of AWS was given: before `started_at` if answers were reused."""
    organization: OfOrganization | None
    """Null for an account that is in none."""
    contacts: str | None
    """The contacts.yaml that the accounts were compared with."""
    skipped: list[str]
    """The parts that `--without` skipped: `notifications`, `primary-contact`."""
    passed: bool
    """Everything asked for could be read, and no finding is a failure."""
    complete: bool
    """Everything asked for could be read of every ACTIVE account."""
    verdict: str
    """One line."""
    counts: Counts
    """The whole at a glance."""
    coverage: list[Coverage]
    """By OU, in the order of their paths."""
    accounts: list[AccountRow]
    """In the order of their ids."""
    findings: list[Finding]
    """The most severe first, then what could not be read, then notes."""
    calls: list[Call]
    """What it took."""


_AUDIT: Final = TypeAdapter(Audit)
_LISTS: Final[Mapping[str, TypeAdapter[Any]]] = {
    "coverage": TypeAdapter(Coverage),
    "accounts": TypeAdapter(AccountRow),
    "findings": TypeAdapter(Finding),
    "calls": TypeAdapter(Call),
}


def write_json(audit: Audit, file: TextIO) -> None:
    """Writes the document with a line for each account and finding; what docs/audit.schema.json describes."""
    head = _AUDIT.dump_json(audit, exclude=set(_LISTS)).decode()
    file.write(head.removesuffix("}"))
    for name, adapter in _LISTS.items():
        file.write(f',\n"{name}":[')
        for number, item in enumerate(getattr(audit, name)):
            file.write(("," if number else "") + "\n" + adapter.dump_json(item).decode())
        file.write("]")
    file.write("}\n")


def for_page(audit: Audit) -> dict[str, Any]:
    """The document as `scripts.audit.page.render` takes it: without the texts that it has in both languages itself."""
    document: dict[str, Any] = _AUDIT.dump_python(audit, exclude={"findings": {"__all__": {"why", "fix"}}})
    return document


def json_schema() -> str:
    """The JSON Schema of the document, as the text of `docs/audit.schema.json`."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_untitled(_AUDIT.json_schema(mode="serialization")),
        "title": "Audit of aws-contact-baseline",
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _untitled(schema: Any) -> Any:
    """Without titles that only repeat the names of keys."""
    if isinstance(schema, list):
        return [_untitled(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _untitled(item) for key, item in schema.items() if key != "title" or not isinstance(item, str)}


@dataclass
class Auditor:
    """Judges accounts as they come and keeps what it finds, not what AWS answered.

    Args:
        context: the configuration of the rules, and the day.
        organization: None outside one.
        directory, assignments: what the accounts are compared with; None: nothing.
    """

    context: Context
    organization: OrganizationDetails | None = None
    directory: Directory | None = None
    assignments: Assignments | None = None
    findings: list[Finding] = field(default_factory=list)
    rows: list[AccountRow] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._managed = frozenset(self.assignments.managed if self.assignments else ())

    def add(self, account: Account, live: LiveAccount) -> AccountRow:
        """Judges one account; its row."""
        judgement = rules.judge(live, self.context, is_management=account.id == self._management)
        before = len(self.findings)
        for found in judgement.findings:
            self.find(found, account)
        for contact in live.notifications.email_contacts if live.notifications else ():
            if contact.status != "active":
                parameters = {"name": contact.name, "status": contact.status}
                inactive = Found(ACTIVATION, "email-contact-inactive", "inactive", parameters, value=contact.address)
                self.find(inactive, account)
        if self.directory and self.assignments and account.id in self._managed:
            for found in _drift(self.directory, self.assignments, live):
                self.find(found, account)
        failures = sum(item.level == "failure" and item.check != UNREAD for item in self.findings[before:])
        result: Result = judgement.result
        if result in ("passed", "unread") and failures:
            result = "failed"
        row = AccountRow(
            id=account.id,
            name=account.name,
            ou_path=account.ou_path,
            status=account.status,
            result=result,
            read_at=live.read_at,
            security=judgement.contacts["SECURITY"],
            operations=judgement.contacts["OPERATIONS"],
            billing=judgement.contacts["BILLING"],
            root_email=judgement.root_email,
            findings=failures,
        )
        self.rows.append(row)
        return row

    @property
    def _management(self) -> str | None:
        return self.organization.management_account_id if self.organization else None

    def find(self, found: Found, account: Account | None = None) -> None:
        """Keeps one finding, with what is said of it."""
        own = account.id if account else None
        single = self.organization is None  # AWS rejects the caller's own id
        found = replace(
            found,
            account_id=own,
            account_name=account.name if account else None,
            is_management=own is not None and (single or own == self._management),
        )
        say = texts("en")
        self.findings.append(
            Finding(
                check=found.check_id,
                code=found.code,
                kind=found.kind,
                parameters=found.parameters,
                details=[Message(detail.code, detail.parameters) for detail in found.details],
                severity=severity_of(found.check_id, found.contact_type),
                level=found.level,
                account_id=own,
                account=account.name if account else "",
                ou_path=account.ou_path if account else "",
                contact_type=found.contact_type,
                value=found.value or None,
                reason=say.reason(found),
                title=say.title(found),
                why=say.why(found),
                fix=Fix(found),
                mappings=mappings_of(found.check_id, found.kind, found.contact_type),
                guideline=guideline_of(found.check_id),
            )
        )

    def review(self, today: date) -> None:
        """Finds whether the directory's review is overdue; nothing without a directory."""
        if self.directory is None:
            return
        review = self.directory.review
        if review is None:
            self.find(Found(REVIEW, "review-absent", "absent", level="note"))
        elif review.due < today:
            due = str(review.due)
            parameters = {"due": due, "reviewed_by": review.reviewed_by, "last_reviewed": str(review.last_reviewed)}
            self.find(Found(REVIEW, "review-overdue", "overdue", parameters, value=due))

    def document(
        self,
        *,
        started_at: str,
        finished_at: str,
        contacts: str | None,
        calls: Mapping[str, CallCount],
        skipped: Collection[str] = (),
    ) -> Audit:
        """The whole audit, sorted. `skipped`: the parts of `scripts.shared.reader.PARTS` that were left out."""
        self.rows.sort(key=lambda row: row.id)
        rank = {severity: number for number, severity in enumerate(SEVERITIES)}
        self.findings.sort(
            key=lambda item: (
                item.level,
                item.check == UNREAD,
                rank[item.severity],
                item.check,
                item.kind,
                item.account_id or "",
                item.contact_type or "",
                item.reason,
            )
        )
        counts = self._counts()
        complete = not any(item.check == UNREAD and item.level == "failure" for item in self.findings)
        passed = complete and not counts.findings
        return Audit(
            version=VERSION,
            started_at=started_at,
            finished_at=finished_at,
            oldest_answer_at=min((row.read_at for row in self.rows), default=started_at),
            organization=OfOrganization(self.organization.id, self.organization.management_account_id)
            if self.organization
            else None,
            contacts=contacts,
            passed=passed,
            complete=complete,
            skipped=list(skipped),
            verdict=_verdict(counts, passed, complete, self.findings, skipped),
            counts=counts,
            coverage=self._coverage(),
            accounts=self.rows,
            findings=self.findings,
            calls=[
                Call(operation, count.calls, count.throttled, round(count.seconds, 3), round(count.rate, 2))
                for operation, count in sorted(calls.items())
            ],
        )

    def _counts(self) -> Counts:
        results = Counter(row.result for row in self.rows)
        failed = [item for item in self.findings if item.level == "failure"]
        failures = Counter(item.severity for item in failed if item.check != UNREAD)
        return Counts(
            accounts=len(self.rows),
            passed=results["passed"],
            failed=results["failed"],
            unread=results["unread"],
            not_active=results["not-active"],
            findings=sum(failures.values()),
            high=failures["HIGH"],
            medium=failures["MEDIUM"],
            low=failures["LOW"],
            unread_parts=len(failed) - sum(failures.values()),
        )

    def _coverage(self) -> list[Coverage]:
        units: dict[str, Coverage] = {}
        for row in self.rows:
            if row.result == "not-active":
                continue
            unit = units.setdefault(row.ou_path, Coverage(row.ou_path))
            unit.accounts += 1
            for column in ("security", "operations", "billing", "root_email"):
                cell, answer = getattr(unit, column), getattr(row, column)
                setattr(cell, answer, getattr(cell, answer) + 1)
        return [units[path] for path in sorted(units)]


def _verdict(
    counts: Counts, passed: bool, complete: bool, findings: Iterable[Finding], skipped: Collection[str]
) -> str:
    said = "".join(f" Skipped: {part}." for part in skipped)
    active = counts.accounts - counts.not_active
    if passed:
        return f"Passed: {_number(active, 'account')} read, nothing to fix.{said}"
    parts = []
    if not complete:
        unread = {item.account_id for item in findings if item.check == UNREAD and item.level == "failure"}
        parts.append(f"{len(unread):,} of {_number(active, 'account')} could not be read completely")
    if counts.findings:
        severities = [f"{number:,} {name}" for name in ("high", "medium", "low") if (number := getattr(counts, name))]
        parts.append(
            f"{counts.failed:,} of {_number(active, 'account')} fail; {_number(counts.findings, 'finding')}: "
            + ", ".join(severities)
        )
    return f"Not passed: {'; '.join(parts)}.{said}"


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _drift(directory: Directory, assignments: Assignments, live: LiveAccount) -> Iterator[Found]:
    """The differences between contacts.yaml and an account."""
    for contact_type in CONTACT_TYPES:
        kind = contact_type.upper()
        if kind in live.contacts:
            yield from _contact_drift(kind, assignments.contacts[live.id][contact_type], live.contacts[kind])
    if directory.notifications is not None and live.notifications is not None:
        yield from _notification_drift(directory, assignments.subscriptions.get(live.id, ()), live)


def _contact_drift(kind: str, wanted: Assignment, live: Mapping[str, str] | None) -> Iterator[Found]:
    origin: dict[str, Any] = {"origin": wanted.origin}
    if wanted.contact is None:
        if live is None:
            return
        about: dict[str, Any] = {"contact_type": kind, "value": live["email"]}
        if wanted.explicitly_none:
            yield Found(DRIFT, "contact-declined", "unexpected", origin, **about)
        else:
            yield Found(DRIFT, "contact-undefined", "unexpected", level="note", **about)
    elif live is None:
        yield Found(DRIFT, "contact-missing", "missing", origin, contact_type=kind)
    else:
        expected = _parts(wanted.contact)
        differing = tuple(part for part in expected if live[part] != expected[part])
        if differing:
            value = "; ".join(f"{part}: {live[part]} → {expected[part]}" for part in differing)
            parameters = {**origin, "fields": differing}
            yield Found(DRIFT, "contact-differs", "different", parameters, contact_type=kind, value=value)


def _parts(contact: Contact) -> dict[str, str]:
    return {"name": contact.name, "title": contact.title, "email": contact.email, "phone": contact.phone}


def _notification_drift(directory: Directory, names: tuple[str, ...], account: LiveAccount) -> Iterator[Found]:
    notifications, live = directory.notifications, account.notifications
    assert notifications is not None
    assert live is not None
    if not names:
        return
    for region in sorted(set(notifications.hub_regions) - set(live.hubs)):
        yield Found(DRIFT, "hub-missing", "missing", {"region": region}, value=region)
    addresses = {contact.arn: contact.address for contact in live.email_contacts}
    found = {item.name: item for item in live.configurations}
    for name in names:
        wanted = notifications.subscriptions[name]
        if name not in found:
            yield Found(DRIFT, "configuration-missing", "missing", {"name": name})
            continue
        chosen = [notifications.channels[channel] for channel in wanted.channels]
        channels = {str(channel.email or channel.arn) for channel in chosen}
        for setting in _differences(wanted, channels, found[name], addresses, live.enabled_regions):
            yield Found(DRIFT, "configuration-differs", "different", {"name": name, "setting": setting})
    for name in sorted(found.keys() - set(names)):
        yield Found(DRIFT, "configuration-undefined", "unexpected", {"name": name}, level="note")


def _differences(
    wanted: Subscription,
    channels: set[str],
    live: NotificationConfiguration,
    addresses: Mapping[str, str],
    enabled_regions: tuple[str, ...],
) -> Iterator[str]:
    preset = PRESETS[wanted.preset] if wanted.preset else None
    if live.aggregation != (wanted.aggregation or (preset.aggregation if preset else "NONE")):
        yield "aggregation"
    if {addresses.get(arn, arn) for arn in live.channels} != channels:
        yield "channels"
    events = (
        {(event.source, event.event_type, _plain(event.pattern)) for event in preset.events}
        if preset
        else {(wanted.source, wanted.event_type, _plain(wanted.pattern or ""))}
    )
    if {(rule.source, rule.event_type, _plain(rule.pattern)) for rule in live.rules} != events:
        yield "events"
    said = wanted.regions or (preset.regions if preset else ALL)
    regions = set(enabled_regions) if said in ("all", ALL) else set(said)
    # Enabled Regions are known only where something is about console sign-in.
    if regions and any(set(rule.regions) != regions for rule in live.rules):
        yield "regions"


def _plain(pattern: str) -> str:
    """An event pattern without its spaces and the order of its keys."""
    try:
        return json.dumps(json.loads(pattern), sort_keys=True) if pattern else ""
    except ValueError:
        return pattern
