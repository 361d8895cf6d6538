"""The audit's own checks, beside those of the policy pack: what each is called, finds and asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.contact_rules.catalogue import BY_ID
from policies.contact_rules.check import ACCOUNT_1, CIS_1_1, Described, Kind
from policies.contact_rules.live import INACTIVE, UNREAD
from scripts.shared.aws_errors import EXPLANATIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.contact_rules.check import Severity
    from policies.contact_rules.findings import Finding

DRIFT: Final = "AUDIT_DRIFT"
REVIEW: Final = "AUDIT_REVIEW"
ACTIVATION: Final = "AUDIT_ACTIVATION"
INVENTORY: Final = "AUDIT_INVENTORY"

NOT_A_PASS: Final = "What could not be read may be right or wrong. Nobody knows, so it does not count as passed."
READ_AGAIN: Final = (
    "Give the audit the permissions that `make audit ARGS=--iam-policy` prints, check that trusted access for Account "
    "Management is on, and run the audit again:\n{commands}"
)
APPLY: Final = "make plan\nmake apply"
_ENABLE: Final = "aws organizations enable-aws-service-access --service-principal account.amazonaws.com\nmake audit"


def not_read(title: str) -> Kind:
    """What is said of something that could not be read or judged."""
    return Kind(title, READ_AGAIN, {"commands": lambda _: _ENABLE}, why=NOT_A_PASS)


def target(finding: Finding) -> str:
    """The option of the AWS CLI that names the account: none for the management account, whose id AWS rejects
    (https://docs.aws.amazon.com/accounts/latest/reference/API_PutAlternateContact.html)."""
    return "" if finding.is_management else f" --account-id {finding.account_id or 'ACCOUNT_ID'}"


def _deletion(finding: Finding) -> str:
    kind = finding.contact_type or "TYPE"
    return f"aws account delete-alternate-contact{target(finding)} --alternate-contact-type {kind}"


_UNREAD: Final = Described(
    id=UNREAD,
    name="Ensure everything about the account could be read",
    severity="HIGH",
    why=NOT_A_PASS,
    codes={"unread": "could not read the {part} ({error})", **EXPLANATIONS},
    kinds={
        "account": not_read("The account could not be read"),
        "SECURITY contact": not_read("The SECURITY alternate contact could not be read"),
        "OPERATIONS contact": not_read("The OPERATIONS alternate contact could not be read"),
        "BILLING contact": not_read("The BILLING alternate contact could not be read"),
        "primary contact": not_read("The primary contact could not be read"),
        "root user email": not_read("The root user email could not be read"),
        "notifications": not_read("The notifications could not be read"),
        INACTIVE: Kind(
            "The account is suspended or closing",
            "Nothing has to be done. To use the account again, ask AWS Support to reinstate it.",
            why="AWS neither returns nor accepts contacts for such an account, so nobody can judge or set them.",
        ),
    },
    mappings=BY_ID["CKV_CONTACT_1"].mappings,
)

_DRIFT: Final = Described(
    id=DRIFT,
    name="Ensure the account has what contacts.yaml says",
    severity="HIGH",
    why="contacts.yaml is what was reviewed. Nobody agreed to what AWS has instead, and mail goes there.",
    codes={
        "contact-missing": "does not have the {contact_type} contact that contacts.yaml ({origin}) defines",
        "contact-undefined": "contacts.yaml does not define the {contact_type} contact that the account has",
        "contact-declined": "still has the {contact_type} contact that contacts.yaml ({origin}) sets to none",
        "contact-differs": "the {contact_type} contact differs from contacts.yaml ({origin}) in {fields}",
        "hub-missing": "has no notification hub in {region}",
        "configuration-missing": "does not have the notification configuration {name} that contacts.yaml defines",
        "configuration-undefined": "contacts.yaml does not define the notification configuration {name}",
        "configuration-differs": "notification configuration {name} differs from contacts.yaml in its {setting}",
    },
    kinds={
        "missing": Kind(
            "The account lacks what contacts.yaml says",
            "Set it again:\n{commands}",
            {"commands": lambda _: APPLY},
            why="It was reviewed and agreed, but AWS does not have it, or no longer: nobody is told.",
        ),
        "different": Kind(
            "The account differs from contacts.yaml",
            "See what would change, then apply it:\n{commands}\n"
            "If what AWS has is right, write it into contacts.yaml instead.",
            {"commands": lambda _: APPLY},
            why="Somebody changed it in AWS, or it was never applied. Mail goes where nobody agreed to.",
        ),
        "unexpected": Kind(
            "The account has something that contacts.yaml does not say",
            "If it is right, write it into contacts.yaml. If it is not, delete it; an alternate contact with:\n"
            "{command}",
            {"command": _deletion},
            why="Somebody set it by hand. Nobody reviews it, and nobody will correct it when it goes out of date.",
        ),
    },
    mappings=BY_ID["CKV_CONTACT_1"].mappings,
)

_REVIEW: Final = Described(
    id=REVIEW,
    name="Ensure the contacts were reviewed in time",
    severity="MEDIUM",
    why="People move, teams are renamed, mailing lists are closed. Contacts that nobody confirmed within the period "
    "may no longer reach anybody.",
    codes={
        "review-overdue": "the review of the contacts is overdue since {due}; {reviewed_by} made the last one on "
        "{last_reviewed}",
        "review-absent": "contacts.yaml does not say when the contacts are reviewed",
    },
    kinds={
        "overdue": Kind(
            "The review of the contacts is overdue",
            "Confirm every contact with its team, then write the date back:\n{command}",
            {"command": lambda _: "make verify ARGS='--reviewed-by TEAM'"},
        ),
        "absent": Kind(
            "No review of the contacts is planned",
            "Write it in contacts.yaml:\n{lines}",
            {"lines": lambda _: 'review: {last_reviewed: "YYYY-MM-DD", reviewed_by: TEAM, every_days: 90}'},
            why="Contacts go out of date without anybody noticing, unless they are confirmed regularly, for instance "
            "every quarter.",
        ),
    },
    mappings=(ACCOUNT_1, CIS_1_1),
)

_ACTIVATION: Final = Described(
    id=ACTIVATION,
    name="Ensure e-mail contacts of User Notifications are activated",
    severity="HIGH",
    why="AWS User Notifications delivers nothing to an e-mail contact until its owner opens the link in the activation "
    "mail.",
    codes={"email-contact-inactive": "AWS delivers nothing to the e-mail contact {name}, because it is {status}"},
    kinds={
        "inactive": Kind(
            "An e-mail contact was never activated",
            "Send the activation mail again, and have the owner of the mailbox open its link while signed in to the "
            "account:\n{command}",
            {"command": lambda _: "make verify ARGS=--resend"},
        )
    },
    mappings=BY_ID["CKV_CONTACT_8"].mappings,
)

_INVENTORY: Final = Described(
    id=INVENTORY,
    name="Ensure the inventory has every account",
    severity="HIGH",
    why="`make plan` works on the accounts of the inventory: an account that is not in it gets no contacts.",
    codes={
        "account-not-in-inventory": "AWS Organizations lists the account and the inventory does not, so nothing is set "
        "for it",
        "account-not-in-organization": "the inventory has the account and AWS Organizations does not list it",
    },
    kinds={
        "new": Kind(
            "The account is not in the inventory",
            "Read the accounts again:\n{commands}",
            {"commands": lambda _: f"make inventory\n{APPLY}"},
        ),
        "gone": Kind(
            "The account is no longer in the organization",
            "Read the accounts again:\n{commands}",
            {"commands": lambda _: "make inventory"},
            why="The inventory lists it, AWS Organizations does not: it was closed, or it left.",
        ),
    },
    mappings=BY_ID["CKV_CONTACT_1"].mappings,
)

AUDIT_CHECKS: Final[Mapping[str, Described]] = {
    check.id: check for check in (_UNREAD, _DRIFT, _REVIEW, _ACTIVATION, _INVENTORY)
}
CHECKS: Final[Mapping[str, Described]] = {**BY_ID, **AUDIT_CHECKS}
"""Every check that an audit reports, the pack's first."""
ERROR: Final = not_read("A rule could not be evaluated")


def severity_of(check: str, contact_type: str | None = None) -> Severity:
    """How urgent a check's findings are; drift is urgent where it is about the SECURITY contact."""
    return "MEDIUM" if check == DRIFT and contact_type != "SECURITY" else CHECKS[check].severity


def mappings_of(check: str, kind: str = "", contact_type: str | None = None) -> tuple[str, ...]:
    """The controls of others that ask for the same; for what is unread or differs, those of what it is about."""
    if check not in (UNREAD, DRIFT):
        return CHECKS[check].mappings
    if kind == "primary contact":
        return (CIS_1_1,)
    about = {"notifications": "CKV_CONTACT_8", "root user email": "CKV_CONTACT_2"}.get(kind)
    if contact_type in ("OPERATIONS", "BILLING"):
        about = "CKV_CONTACT_4"
    mappings = BY_ID[about or "CKV_CONTACT_1"].mappings
    return (*mappings, CIS_1_1) if kind == "account" else mappings


def guideline_of(check: str) -> str:
    """The page in this repository that explains a check."""
    return BY_ID[check].guideline() if check in BY_ID else f"docs/audit.md#{check.lower()}"
