"""How findings of the policy pack's checks are mended in a live account: with contacts.yaml, or with the AWS CLI."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from policies.contact_rules.catalogue import BY_ID
from scripts.audit.checks import AUDIT_CHECKS, ERROR, not_read, target

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.contact_rules.check import Described, Kind, Snippet
    from policies.contact_rules.findings import Finding

_TEAMS: Final = {
    "SECURITY": ("Security Operations", "Security team"),
    "OPERATIONS": ("Platform Operations", "Platform team"),
    "BILLING": ("Accounting", "Accounting team"),
}
_ARN: Final = "arn:aws:notifications::{account}:configuration/…"


def _type(finding: Finding) -> str:
    return finding.contact_type if finding.contact_type in _TEAMS else "SECURITY"


def _contacts_yaml(finding: Finding) -> str:
    kind = _type(finding)
    name, title = _TEAMS[kind]
    entry = f'{{name: {name}, title: {title}, email: aws-{kind.lower()}@YOUR-DOMAIN, phone: "+…"}}'
    return f"contacts:\n  defaults:\n    {kind.lower()}: {entry}"


def _put_contact(finding: Finding) -> str:
    kind = _type(finding)
    name, title = _TEAMS[kind]
    return (
        f"aws account put-alternate-contact{target(finding)} --alternate-contact-type {kind} --name '{name}' "
        f"--title '{title}' --email-address 'aws-{kind.lower()}@YOUR-DOMAIN' --phone-number '+…'"
    )


def _root_email(finding: Finding) -> str:
    return (
        "make root-email ARGS=\"plan --pattern 'aws-root+{account_name}@YOUR-DOMAIN'\"\n"
        "make root-email ARGS=start\n"
        "make root-email ARGS=accept"
    )


def _start_root_email(finding: Finding) -> str:
    return (
        f"aws account start-primary-email-update --account-id {finding.account_id or 'ACCOUNT_ID'} "
        "--primary-email 'aws-root+ACCOUNT-NAME@YOUR-DOMAIN'"
    )


def _accepted(finding: Finding) -> str:
    return 'mail:\n  accepted:\n    - {address: ADDRESS, reason: the team\'s mailbox, expires: "YYYY-MM-DD"}'


def _primary(finding: Finding) -> str:
    account = target(finding)
    return (
        f"aws account get-contact-information{account} > primary.json\n"
        f"aws account put-contact-information{account} --cli-input-json file://primary.json"
    )


def _subscription(finding: Finding) -> str:
    return (
        "notifications:\n"
        "  hub_regions: [us-east-1]\n"
        "  channels:\n"
        "    security: {email: aws-security@YOUR-DOMAIN}\n"
        "  subscriptions:\n"
        "    console-sign-in: {preset: console-sign-in, regions: all, aggregation: NONE, channels: [security]}"
    )


def _arn(finding: Finding, tail: str = "") -> str:
    return f"'arn:aws:notifications::{finding.account_id or 'ACCOUNT_ID'}:configuration/…{tail}'"


def _hub(finding: Finding) -> str:
    return "aws notifications register-notification-hub --notification-hub-region us-east-1 --region us-east-1"


def _event_rule(finding: Finding) -> str:
    return (
        f"aws notifications create-event-rule --notification-configuration-arn {_arn(finding)} --source aws.signin "
        "--event-type 'AWS Console Sign In via CloudTrail' --regions us-east-1 … --region us-east-1"
    )


def _channel(finding: Finding) -> str:
    contact = f"'arn:aws:notifications-contacts::{finding.account_id or 'ACCOUNT_ID'}:emailcontact/…'"
    return (
        f"aws notifications associate-channel --arn {contact} --notification-configuration-arn {_arn(finding)} "
        "--region us-east-1"
    )


def _aggregation(finding: Finding) -> str:
    return (
        f"aws notifications update-notification-configuration --arn {_arn(finding)} --aggregation-duration NONE "
        "--region us-east-1"
    )


def _regions(finding: Finding) -> str:
    return (
        f"aws notifications update-event-rule --arn {_arn(finding, '/rule/…')} --regions us-east-1 … --region us-east-1"
    )


_MISSING: Final = (
    "Write it in contacts.yaml, for all accounts or for one:\n{lines}\nThen run `make plan` and `make apply`. Or set "
    "it for this account alone, with the AWS CLI:\n{command}"
)
_ELSEWHERE: Final = (
    "Nothing has to be done if the exception is right. Otherwise remove it: a `none` in contacts.yaml, or an entry of "
    "covered_elsewhere."
)
_EXEMPT: Final = "An exception says that this contact need not be there, so its absence is no failure."
_ACCEPT: Final = (
    "If several people read it, say so in contacts.yaml, with a reason and an expiry. Otherwise replace it:\n{lines}"
)
_MAILBOX: Final = (
    "Put a distribution list or a shared mailbox in its place in contacts.yaml, such as:\n{lines}\n"
    "Then run `make plan` and `make apply`."
)
_ROOT_EMAIL: Final = (
    "Make a distribution list that receives mail for the root user only, such as aws-root+ACCOUNT-NAME@YOUR-DOMAIN, "
    "then change the address in AWS. If you change only the Terraform configuration, Terraform replaces the account.\n"
    "{commands}\nOr change one account with the AWS CLI, from the management account:\n{command}"
)
_ROOT_EMAIL_OF_MANAGEMENT: Final = (
    "Make a distribution list that receives mail for the root user only, such as aws-root+ACCOUNT-NAME@YOUR-DOMAIN, "
    "then change the address in the AWS console, signed in as the root user of the management account. AWS offers no "
    "other way for this account, and `make root-email` leaves it out."
)
_NOTIFICATIONS: Final = (
    "{lines}\nThen run `make plan` and `make apply`. Or use the AWS CLI, signed in to the account:\n{command}"
)


def _of_notifications(kind: str, lead: str, command: Snippet) -> Kind:
    fix = f"{lead}\n{_NOTIFICATIONS}"
    return replace(BY_ID["CKV_CONTACT_8"].kinds[kind], fix=fix, snippets={"lines": _subscription, "command": command})


def _of(check: str, kind: str, fix: str, **snippets: Snippet) -> Kind:
    return replace(BY_ID[check].kinds[kind], fix=fix, snippets=snippets)


def _missing(check: str, *kinds: str) -> dict[str, Kind]:
    return {kind: _of(check, kind, _MISSING, lines=_contacts_yaml, command=_put_contact) for kind in kinds}


_KINDS: Final[Mapping[str, Mapping[str, Kind]]] = {
    "CKV_CONTACT_1": {
        **_missing("CKV_CONTACT_1", "missing-security"),
        "covered": replace(_of("CKV_CONTACT_1", "covered", _ELSEWHERE), why=_EXEMPT),
    },
    "CKV_CONTACT_2": {
        "personal-existing": _of(
            "CKV_CONTACT_2", "personal-existing", _ROOT_EMAIL, commands=_root_email, command=_start_root_email
        ),
        "personal-management": _of("CKV_CONTACT_2", "personal-management", _ROOT_EMAIL_OF_MANAGEMENT),
        "unsure": _of("CKV_CONTACT_2", "unsure", _ACCEPT, lines=_accepted),
        "absent": not_read("AWS does not return the root user email"),
    },
    "CKV_CONTACT_3": {
        "personal": _of("CKV_CONTACT_3", "personal", _MAILBOX, lines=_contacts_yaml),
        "unsure": _of("CKV_CONTACT_3", "unsure", _ACCEPT, lines=_accepted),
        "unjudged": not_read("The address of an alternate contact cannot be judged"),
    },
    "CKV_CONTACT_4": {
        **_missing("CKV_CONTACT_4", "missing-billing", "missing-operations"),
        "covered": replace(_of("CKV_CONTACT_4", "covered", _ELSEWHERE), why=_EXEMPT),
    },
    "CKV_CONTACT_7": {
        "mail": _of(
            "CKV_CONTACT_7",
            "mail",
            "Correct the address in contacts.yaml to one that receives mail from outside:\n{lines}\n"
            "Then run `make plan` and `make apply`.",
            lines=lambda _: "email: aws-security@YOUR-DOMAIN",
        ),
        "phone": _of(
            "CKV_CONTACT_7",
            "phone",
            "Correct the number in contacts.yaml. Begin with the country code, and use a number that is answered at "
            "night, too:\n{lines}\nThen run `make plan` and `make apply`.",
            lines=lambda _: 'phone: "+81 3 …"',
        ),
        "primary-phone": _of(
            "CKV_CONTACT_7",
            "primary-phone",
            "contacts.yaml does not hold the primary contact. Write it to a file, correct the number there, and send "
            "it back:\n{commands}",
            commands=_primary,
        ),
        "unjudged": not_read("The address or phone number of a contact cannot be judged"),
    },
    "CKV_CONTACT_8": {
        "hub": _of_notifications("hub", "Name a Region for the notification hub in contacts.yaml:", _hub),
        "rule": _of_notifications(
            "rule",
            "Say in contacts.yaml which events it is for, by a preset or by source and event_type:",
            _event_rule,
        ),
        "channel": _of_notifications("channel", "Name the channels of the subscription in contacts.yaml:", _channel),
        "aggregated": _of_notifications("aggregated", "Set the aggregation to NONE in contacts.yaml:", _aggregation),
        "regions": _of_notifications("regions", "Cover every enabled Region in contacts.yaml:", _regions),
        "unjudged": not_read("A notification rule cannot be judged"),
    },
}

CHECKS: Final[Mapping[str, Described]] = {
    **{
        check_id: replace(check, kinds={**check.kinds, **_KINDS.get(check_id, {}), "error": ERROR})
        for check_id, check in BY_ID.items()
    },
    **AUDIT_CHECKS,
}
"""Every check with what the audit says of its findings."""
