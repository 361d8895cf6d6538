"""Audit documents to show: of the example organization, of hostile accounts, of organizations of any size."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cdktf_app.contacts.assignments import load
from cdktf_app.contacts.organization import Account, OrganizationDetails
from policies.contact_rules.check import Context
from policies.contact_rules.findings import Finding, Message
from policies.contact_rules.live import (
    EmailContact,
    EventRule,
    LiveAccount,
    LiveNotifications,
    NotificationConfiguration,
    Unread,
)
from scripts.audit.checks import INVENTORY
from scripts.audit.findings import Auditor, for_page
from scripts.shared.pace import CallCount
from scripts.shared.policy import policy_configuration

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EXAMPLE: Final = Path(__file__).parents[2] / "examples" / "organization"
MANAGEMENT: Final = "111111111111"
TODAY: Final = date(2026, 11, 22)
HOSTILE: Final = (
    "<script>window.pwned=1;alert(1)</script>",
    "</script><img src=x onerror=window.pwned=1>",
    "\"><svg onload=window.pwned=1>'",
    "' onmouseover='window.pwned=1' x='",
    "</style><style>body{display:none}</style><!--",
    "\u202egnp.exe\u2066\u200b",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 12 + "\U0001f525" * 52,
    "{{7*7}}{% raw %}${7*7}%{ if true }",
    "javascript:window.pwned=1",
    "line\nbreak\tand\x00nul\x1b[31m",
    "https://evil.example/?q=<b>&amp;lt;",
    "W" * 64,
)
"""Account names, contact names and addresses that somebody may set to attack the reader."""


def contact(
    email: str, name: str = "Security Operations", phone: str = "+44 20 7946 0110", title: str = "Security team"
) -> dict[str, str]:
    """An alternate contact, as AWS answers it."""
    return {"name": name, "title": title, "email": email, "phone": phone}


FINE: Final[Mapping[str, Mapping[str, str] | None]] = {
    "SECURITY": contact("aws-security@kaede.example"),
    "OPERATIONS": contact("aws-operations@kaede.example", "Platform Operations"),
    "BILLING": contact("aws-billing@kaede.example", "Accounting"),
}
DENIED: Final = tuple(
    Unread(
        f"{kind} contact",
        "AccessDeniedException",
        Message("access-denied", {"operation": "GetAlternateContact"}),
    )
    for kind in FINE
)
_QUIET: Final = "arn:aws:notifications::222222222201:configuration/a0000000001"
NOTIFICATIONS: Final = LiveNotifications(
    hubs=("ap-northeast-1",),
    configurations=(
        NotificationConfiguration(
            _QUIET,
            "console-sign-in",
            "",
            "LONG",
            (EventRule(f"{_QUIET}/rule/1", "aws.signin", "AWS Console Sign In via CloudTrail", "", ("us-east-1",)),),
        ),
    ),
    email_contacts=(EmailContact("arn:e", "Security", "aws-security@kaede.example", "inactive"),),
    enabled_regions=("ap-northeast-1", "us-east-1"),
)


def live(account: Account, read_at: str = "2026-11-22T01:12:03Z", **answers: Any) -> LiveAccount:
    """What AWS answered of an account: all fine, except for what is given."""
    told = {"root_email": account.email, "contacts": FINE, **answers}
    return LiveAccount(account.id, account.name, read_at, **told)


def audited(answers: Iterable[tuple[Account, LiveAccount]], *, compared: bool = True) -> dict[str, Any]:
    """The audit document on these answers, judged as in the example organization."""
    directory, organization, assignments = load(EXAMPLE / "contacts.yaml", EXAMPLE / "inventory.json")
    auditor = Auditor(
        Context(policy_configuration(directory, assignments), TODAY),
        OrganizationDetails(id="o-kaede00001", management_account_id=MANAGEMENT),
        directory if compared else None,
        assignments if compared else None,
    )
    for account, answer in answers:
        if compared and organization and account.id not in organization.by_id:
            auditor.find(Finding(INVENTORY, "account-not-in-inventory", "new"), account)
        auditor.add(account, answer)
    auditor.review(date(2027, 1, 15))
    audit = auditor.document(
        started_at="2026-11-22T01:12:00Z",
        finished_at="2026-11-22T01:19:42Z",
        contacts="contacts.yaml" if compared else None,
        calls={"account:GetAlternateContact": CallCount(39, 1, 1, 0.0, 3.9)},
    )
    return for_page(audit)


def example() -> dict[str, Any]:
    """The example organization on a bad day."""
    _, organization, assignments = load(EXAMPLE / "contacts.yaml", EXAMPLE / "inventory.json")
    assert organization is not None
    accounts = {account.name: account for account in organization.accounts}
    stranger = Account(
        id="888888888801", name="新規事業-検証", email="tanaka@gmail.com", status="ACTIVE", ou_path="Sandbox"
    )
    special: dict[str, dict[str, Any]] = {
        "log-archive": {"SECURITY": None, "notifications": NOTIFICATIONS},
        "security-tooling": {"root_email": "hanako.yamada@kaede.example"},
        "network-hub": {"contacts": {}, "unread": DENIED},
        "shop-prod": {"SECURITY": contact("incident-response@kaede.example", phone="03-1234-5678")},
        "payments-prod": {"BILLING": None},
        "data-prod": {"OPERATIONS": contact("taro.suzuki@kaede.example", "Taro Suzuki")},
        "acquired-store": {"root_email": "old.shop@gmail.com", "contacts": dict.fromkeys(FINE)},
        "shop-dev": {"root_email": "kingfisher@kaede.example"},
        "payments-staging": {"contacts": {"BILLING": FINE["BILLING"]}, "unread": DENIED[:2]},
        "old-campaign": {
            "root_email": None,
            "contacts": {},
            "unread": (Unread("account", "Suspended", Message("account-inactive", {"status": "SUSPENDED"})),),
        },
    }
    answers = []
    for name, account in accounts.items():
        told = special.get(name, {})
        as_said = {
            kind.upper(): said.contact
            and contact(*(getattr(said.contact, part) for part in ("email", "name", "phone", "title")))
            for kind, said in assignments.contacts.get(account.id, {}).items()
        }
        own = {kind: told[kind] for kind in as_said if kind in told}
        rest = {key: value for key, value in told.items() if key not in own}
        answers.append((account, live(account, **{"contacts": as_said | own, **rest})))
    return audited([*answers, (stranger, live(stranger, contacts=dict.fromkeys(FINE)))])


def hostile() -> dict[str, Any]:
    """Accounts whose names, OUs, addresses and contacts try to break the page."""
    answers = []
    for number, text in enumerate(HOSTILE):
        account = Account(
            id=f"{900000000000 + number}", name=text, email=f"{text}@gmail.com", status="ACTIVE", ou_path=f"Evil/{text}"
        )
        bad = contact(f"{text}@gmail.com", text, text)
        hub = NotificationConfiguration("arn:x", text, text, "LONG")
        answers.append(
            (
                account,
                live(
                    account,
                    contacts={"SECURITY": bad, "OPERATIONS": bad, "BILLING": None},
                    notifications=LiveNotifications((), (hub,), (EmailContact("arn:y", text, text, "inactive"),)),
                ),
            )
        )
    return audited(answers, compared=False)


def many(number: int) -> dict[str, Any]:
    """An organization with so many accounts and about three findings each."""
    answers = []
    for index in range(number):
        account = Account(
            id=f"{100000000000 + index}",
            name=f"{('shop', 'payments', 'data', 'logistics')[index % 4]}-{('prod', 'dev')[index % 2]}-{index:05}",
            email=("taro.suzuki@kaede.example", "aws-root+x@kaede.example", "old.shop@gmail.com")[index % 3],
            status="ACTIVE",
            ou_path=f"Workloads/{('Prod', 'NonProd', 'Acquired')[index % 3]}/Team {index % 12:02}",
        )
        known = {} if index % 4 else {"SECURITY": FINE["SECURITY"]}
        contacts = {"OPERATIONS": contact("saburo.ito@kaede.example"), "BILLING": None, "SECURITY": None, **known}
        unread = DENIED if index % 17 == 0 else ()
        answers.append((account, live(account, contacts={} if unread else contacts, unread=unread)))
    return audited(answers, compared=False)
