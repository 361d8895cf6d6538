"""The rules: one pure function per check, from an estate to findings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from . import address as addresses
from .estate import MAKERS, PRODUCT, SECURITY, Account, Contact, Estate, Removal, RootEmail
from .notifications import CHANNEL, EVENT_RULE, HUB, Subscription, regions_in_use, subscriptions
from .plan import UNKNOWN, Resource, module_names
from .reach import mail_objection, phone_objection

if TYPE_CHECKING:
    from datetime import date

    from .configuration import Configuration


@dataclass(frozen=True)
class Finding:
    """One thing a rule objects to (`failure`) or wants seen (`note`).

    `address` is the resource at fault, None where something is missing. `kind` groups findings with the same fix.
    """

    check_id: str
    plan: str
    kind: str
    reason: str
    fix: str = ""
    address: str | None = None
    account_id: str | None = None
    account: str = ""
    value: str = ""
    level: Literal["failure", "note"] = "failure"

    def __str__(self) -> str:
        subject = ": ".join(part for part in (self.account or self.address, self.value) if part)
        return f"{subject}: {self.reason}" if subject else self.reason


@dataclass(frozen=True)
class Context:
    """What rules judge with besides the estate."""

    configuration: Configuration
    today: date


Rule = Callable[[Estate, Context], Iterator[Finding]]


def security_contact(estate: Estate, context: Context) -> Iterator[Finding]:
    """CKV_CONTACT_1: every account has a SECURITY contact."""
    check = "CKV_CONTACT_1"
    for gap in estate.gaps:
        yield Finding(check, gap.plan, "unread", gap.message, account=gap.address)
    found = False
    for account in estate.active_accounts():
        found = True
        if account.key not in estate.covered[SECURITY]:
            yield _missing(check, account, estate, context, SECURITY)
    if not found:
        for plan in estate.plans:
            yield Finding(
                check,
                plan.name,
                "nothing",
                "no active AWS account is found in this plan: it lists none, and works in none that it tells",
                "Give the plan of the configuration that manages the accounts or their contacts.",
            )
    for contact in estate.contacts:
        if contact.account is None or contact.type is UNKNOWN:
            what = "which account" if contact.account is None else "which type"
            yield Finding(
                check,
                contact.plan,
                "untraceable",
                f"{what} this contact is for is known only after apply, so it counts for none",
                "Refer to the account directly (account_id = aws_organizations_account.NAME.id), not through a local "
                "or another resource.",
                contact.resource.address,
                level="note",
            )


def _missing(check: str, account: Account, estate: Estate, context: Context, kind: str) -> Finding:
    entry = context.configuration.covering(account.id, account.name, kind, own=account.own_of is not None)
    common: dict[str, Any] = {
        "check_id": check,
        "plan": account.plan,
        "address": account.address,
        "account_id": account.id,
        "account": account.label,
    }
    if entry is not None:
        reason = f"its {kind} contact is managed elsewhere: {entry.reason}"
        return Finding(kind="covered", reason=reason, level="note", **common)
    reason = f"has no {kind} alternate contact ({account.origin})"
    if account.hidden is not None:
        reason = f"{reason}; {_why_hidden(account)}"
        hcl = _provider_hcl(account.own_of or "aws")
        fix = f"{hcl}\nIf the account has no contact yet:\n{_contact_hcl(account, kind)}"
        return Finding(kind=f"missing {kind}, hidden", reason=reason, fix=fix, **common)
    unplaced = [contact for contact in estate.unplaced if contact.type == kind] if account.id else []
    if unplaced:
        addresses_ = ", ".join(contact.resource.address for contact in unplaced[:3])
        providers = dict.fromkeys(
            owner.own_of for contact in unplaced if (owner := estate.account(contact.account)) and owner.own_of
        )
        more = f" and {len(unplaced) - 3} more" if len(unplaced) > 3 else ""
        reason = (
            f"{reason}; the plan sets own {kind} contacts ({addresses_}{more}) through {_providers(providers)}, but "
            "does not tell its account, so they do not count for this one"
        )
        hcl = "\n".join(_provider_hcl(provider, account.id or "") for provider in providers)
        fix = f"If the contact is for this account:\n{hcl}\nElse:\n{_contact_hcl(account, kind)}"
        return Finding(kind=f"missing {kind}, unplaced", reason=reason, fix=fix, **common)
    group = f"missing {kind}" if account.id or account.reference or account.own_of else f"missing {kind}, requested"
    return Finding(kind=group, reason=reason, fix=_contact_hcl(account, kind), **common)


def _providers(keys: Iterable[str]) -> str:
    names = list(keys)
    return f"provider{'s' if len(names) > 1 else ''} {', '.join(names)}"


def _why_hidden(account: Account) -> str:
    """Why the plan does not tell which account a provider works in."""
    hidden = account.hidden
    assert hidden is not None
    subject = f"the plan does not tell which account provider {account.own_of} works in"
    if hidden.setting == "terraform_version":
        return f"{subject}: before 1.1, Terraform did not write which provider block a module uses"
    if hidden.setting == "providers":
        return f"{subject}: no block configures it"
    if hidden.setting == "credentials":
        return f"{subject}: the same credentials led to several accounts"
    names = ", ".join(hidden.references)
    if hidden.setting == "dynamic":
        return (
            f"{subject}: {names} holds a role that no visible expression uses, and a plan leaves out "
            '`dynamic "assume_role"` blocks'
        )
    written = (
        f"of its {hidden.setting} a plan keeps only the reference {names}"
        if names
        else (f"a plan does not keep the value of its {hidden.setting}")
    )
    return f"{subject}: {written}, so it may be another account than that of every other provider"


def _provider_hcl(key: str, account_id: str = "") -> str:
    """The setting that makes a plan tell the account of a provider."""
    module, local = module_names(key)
    name, _, alias = local.partition(".")
    place = f"  # in module {'.'.join(module)}" if module else ""
    alias_line = f'  alias               = "{alias}"\n' if alias else ""
    shown = account_id or "…"
    return (
        f'provider "{name}" {{{place}\n{alias_line}  allowed_account_ids = ["{shown}"]'
        "  # the account it works in, written out\n}"
    )


def _contact_hcl(account: Account, kind: str) -> str:
    provider_line = account_line = ""
    comment = ""
    if account.is_management:
        comment = "# in the management account itself: AWS accepts no account_id for it\n"
    elif account.address or not account.own_of:
        reference = f'"{account.id}"' if account.id else account.reference
        if not reference:
            return (
                "Set the contact where the account is customized after it was made, and name the account under "
                "covered_elsewhere with that reason."
            )
        account_line = f"  account_id             = {reference}\n"
    if not account_line and account.own_of and (alias := account.own_of.rpartition(":")[2]) != "aws":
        provider_line = f"  provider               = {alias}\n"
    return (
        f'{comment}resource "aws_account_alternate_contact" "{kind.lower()}" {{\n'
        f"{provider_line}{account_line}"
        f'  alternate_contact_type = "{kind}"\n'
        f'  name                   = "…"  # the team, not a person\n'
        f'  title                  = "…"\n'
        f'  email_address          = "aws-{kind.lower()}@…"  # a mailbox that several people read\n'
        f'  phone_number           = "+…"\n'
        "}"
    )


def personal_root_email(estate: Estate, context: Context) -> Iterator[Finding]:
    """CKV_CONTACT_2: no root user email is a person's."""
    check = "CKV_CONTACT_2"
    for gap in estate.gaps:
        yield Finding(check, gap.plan, "unread", gap.message, account=gap.address)
    seen: set[tuple[Any, ...]] = set()
    made = {item.account_id for item in estate.root_emails if item.account_id and item.attribute == "email"}
    for item in estate.root_emails:
        if item.attribute != "email" and item.account_id in made:
            continue
        identity = (item.account_id or item.address, str(item.email))
        if identity not in seen:
            seen.add(identity)
            yield from _judge_root_email(check, item, context)


def _judge_root_email(check: str, item: RootEmail, context: Context) -> Iterator[Finding]:
    label = " ".join(part for part in (item.account_id, item.account_name) if part) or str(item.address)
    common: dict[str, Any] = {
        "check_id": check,
        "plan": item.plan,
        "address": item.address,
        "account_id": item.account_id,
        "account": label,
        "value": "" if item.email is UNKNOWN or item.email is None else item.shown,
    }
    if item.email is UNKNOWN:
        reason = "its root user email is known only after apply, so it cannot be judged"
        yield Finding(kind="unknown", reason=reason, fix="Write the address as a constant or variable.", **common)
        return
    if not isinstance(item.email, str) or not item.email:
        yield Finding(kind="absent", reason=f"its root user email is not in the plan ({item.attribute})", **common)
        return
    if context.configuration.is_root_pattern(item.email):
        return
    outcome = _judge(item.email, context)
    if outcome is None:
        return
    level, reason = outcome
    yield Finding(kind="personal", reason=f"root user email: {reason}", fix=_root_fix(item), level=level, **common)


def _root_fix(item: RootEmail) -> str:
    name = (item.account_name or "ACCOUNT-NAME").lower().replace(" ", "-")
    example = f'"aws-root+{name}@…"  # a distribution list for root mail only'
    if item.attribute == "AccountEmail":
        return f"AccountEmail = {example}"
    if item.before is None and item.attribute == "email":
        return f"email = {example}"
    return (
        "Change the address in AWS first: StartPrimaryEmailUpdate and AcceptPrimaryEmailUpdate from the management "
        "account (its own root user email: console only), e.g.\n"
        f"  aws account start-primary-email-update --account-id {item.account_id or 'ACCOUNT'} \\\n"
        f"    --primary-email {example}\n"
        "then write the new address into the configuration. Terraform alone would replace the account."
    )


def _judge(email: str, context: Context) -> tuple[Literal["failure", "note"], str] | None:
    """How a mailbox must be reported: None if it is shared or accepted."""
    configuration = context.configuration
    judgement = addresses.judge(email, configuration.corporate_domains)
    if judgement.verdict == "shared":
        return None
    local = addresses.judge(f"{email.partition('@')[0]}@corp.invalid")
    domain_only = judgement.verdict == "personal" and judgement.reason != local.reason
    if configuration.acceptance(email, context.today, domain_only=domain_only) is not None:
        if local.verdict == "personal" and not configuration.acceptance(email, context.today, domain_only=False):
            return "failure", local.reason
        return None
    expired = configuration.expired_acceptance(email, context.today)
    suffix = f"; its acceptance expired on {expired.expires.isoformat()}" if expired else ""
    if judgement.verdict == "unsure":
        if configuration.strict:
            return "failure", f"{judgement.reason}, and strict is set{suffix}"
        return "note", judgement.reason + suffix
    return "failure", judgement.reason + suffix


def shared_mailboxes(estate: Estate, context: Context) -> Iterator[Finding]:
    """CKV_CONTACT_3: alternate contacts are mailboxes that several people read."""
    for contact in estate.contacts:
        for finding in _judge_mailbox("CKV_CONTACT_3", contact.resource, context):
            yield replace(finding, **_contact_fields(estate, contact))


def _contact_fields(estate: Estate, contact: Contact) -> dict[str, Any]:
    account = estate.account(contact.account)
    return {
        "plan": contact.plan,
        "address": contact.resource.address,
        "account_id": account.id if account else None,
        "account": account.label if account else "",
    }


def _judge_mailbox(check: str, contact: Resource, context: Context) -> Iterator[Finding]:
    """Findings that do not say yet whose contact it is."""
    email = contact.value("email_address")
    kind = contact.value("alternate_contact_type")
    kind = kind if isinstance(kind, str) else "alternate"
    if not isinstance(email, str) or not email:
        yield _unjudged(check, f"the address of its {kind} contact", email)
        return
    outcome = _judge(email, context)
    if outcome is not None:
        level, reason = outcome
        fix = f'email_address = "aws-{kind.lower()}@…"  # a distribution list or a shared mailbox'
        shown = contact.shown("email_address")
        yield Finding(check, "", "personal", f"{kind} contact: {reason}", fix, value=shown, level=level)


def _unjudged(check: str, what: str, value: Any) -> Finding:
    missing = "is known only after apply" if value is UNKNOWN else "is not in the plan"
    return Finding(check, "", "unjudged", f"{what} {missing}, so it cannot be judged")


def other_contacts(estate: Estate, context: Context) -> Iterator[Finding]:
    """CKV_CONTACT_4: every account has a BILLING and an OPERATIONS contact."""
    for gap in estate.gaps:
        yield Finding("CKV_CONTACT_4", gap.plan, "unread", gap.message, account=gap.address)
    for account in estate.active_accounts():
        for kind in ("BILLING", "OPERATIONS"):
            if account.key not in estate.covered[kind]:
                yield _missing("CKV_CONTACT_4", account, estate, context, kind)


def replaced_account(estate: Estate, context: Context) -> Iterator[Finding]:
    """CKV_CONTACT_5: no root user email is changed by replacing the account."""
    for plan in estate.plans:
        for resource in plan.of_type(*MAKERS):
            maker, before = MAKERS[resource.type], resource.before or {}
            if "delete" not in resource.actions or "create" not in resource.actions:
                continue
            if maker.email not in resource.replace_paths and before.get(maker.email) == resource.value(maker.email):
                continue
            account_id = before.get(maker.id) if isinstance(before.get(maker.id), str) else None
            old = "(sensitive value)" if resource.sensitive.get(maker.email) is True else before.get(maker.email)
            yield Finding(
                "CKV_CONTACT_5",
                plan.name,
                "replaced",
                "a new root user email makes Terraform remove this account from the organization and create another",
                f"Keep the old address in the configuration ({old}). Change it in AWS, from the management account:\n"
                f"  aws account start-primary-email-update --account-id {account_id or 'ACCOUNT'} --primary-email NEW\n"
                f"  aws account accept-primary-email-update --account-id {account_id or 'ACCOUNT'} --primary-email NEW "
                "--otp CODE\n"
                "Then write the new address; the next plan shows no change.",
                resource.address,
                account_id,
                " ".join(str(before[part]) for part in (maker.id, maker.name) if before.get(part)),
                f"{old} → {resource.shown(maker.email)}",
            )


def kept_security_contact(estate: Estate, context: Context) -> Iterator[Finding]:
    """CKV_CONTACT_6: a SECURITY contact that goes is put back for the same account."""
    for removal in estate.removals:
        if removal.type in ("BILLING", "OPERATIONS"):
            continue
        account = estate.account(removal.account)
        if account is not None and not account.active:
            continue
        fields: dict[str, Any] = {
            "plan": removal.plan,
            "address": removal.resource.address,
            "account_id": account.id if account else None,
            "account": account.label if account else _removed_from(removal),
        }
        back = removal.account is not None and removal.account in estate.covered[SECURITY]
        if removal.resource.actions == ("create", "delete") and _same_contact(removal.resource):
            reason = (
                "is created before the old one is deleted, and AWS keeps one of each type: the deletion removes both"
            )
            fix = "Remove create_before_destroy from the contact, or do not replace it."
            yield Finding("CKV_CONTACT_6", kind="order", reason=f"the new SECURITY contact {reason}", fix=fix, **fields)
        elif back and removal.resource.actions == ("delete",):
            reason = "is deleted here and made again elsewhere in the plan; Terraform does not promise the order"
            fix = "Write a moved block from the old address to the new one."
            yield Finding(
                "CKV_CONTACT_6", kind="moved", reason=f"the SECURITY contact {reason}", fix=fix, level="note", **fields
            )
        elif not back:
            entry = context.configuration.covering(
                account.id if account else None,
                account.name if account else None,
                SECURITY,
                own=account is None or account.own_of is not None,
            )
            reason = "the plan removes its SECURITY contact and puts none back"
            if entry is not None:
                reason = f"{reason}; it is managed elsewhere: {entry.reason}"
                yield Finding("CKV_CONTACT_6", kind="covered", reason=reason, level="note", **fields)
            else:
                yield Finding(
                    "CKV_CONTACT_6",
                    kind="removed",
                    reason=reason,
                    fix=f"Keep {removal.resource.address}. To hand it to another configuration without a gap, take it "
                    "out of the state:\n"
                    f"  removed {{\n    from = {removal.resource.address.partition('[')[0]}\n"
                    "    lifecycle {\n      destroy = false\n    }\n  }",
                    **fields,
                )


_EMAIL_CONTACTS = ("aws_notificationscontacts_email_contact", "awscc_notificationscontacts_email_contact")


def _removed_from(removal: Removal) -> str:
    if removal.account is None:
        return "an account that the plan does not tell"
    return str(removal.account[1])


def _same_contact(resource: Resource) -> bool:
    before = resource.before or {}
    parts = ("alternate_contact_type", "account_id")
    return all((resource.value(part) or None) == (before.get(part) or None) for part in parts)


def reachable_contacts(estate: Estate, context: Context) -> Iterator[Finding]:
    """CKV_CONTACT_7: mail and calls to contacts can arrive."""
    for contact in estate.contacts:
        for finding in _judge_reach(contact.resource, context):
            yield replace(finding, **_contact_fields(estate, contact))
    for plan in estate.plans:
        for resource in plan.of_type(*_EMAIL_CONTACTS):
            if resource.stays:
                for finding in _judge_reach(resource, context, phone=False):
                    yield replace(finding, plan=plan.name, address=resource.address)


def _judge_reach(contact: Resource, context: Context, *, phone: bool = True) -> Iterator[Finding]:
    """Findings that do not say yet whose contact it is."""
    check = "CKV_CONTACT_7"
    email = contact.value("email_address")
    if not isinstance(email, str) or not email:
        yield _unjudged(check, "the address", email)
    else:
        objection = mail_objection(email)
        if objection and context.configuration.acceptance(email, context.today, domain_only=True) is None:
            expired = context.configuration.expired_acceptance(email, context.today)
            suffix = f"; its acceptance expired on {expired.expires.isoformat()}" if expired else ""
            shown = contact.shown("email_address")
            fix = 'email_address = "…"  # an address that receives mail from outside'
            yield Finding(check, "", "mail", f"{objection}{suffix}", fix, value=shown)
    if phone:
        number = contact.value("phone_number")
        if not isinstance(number, str) or not number:
            yield _unjudged(check, "the phone number", number)
        else:
            objection = phone_objection(number)
            if objection:
                shown = contact.shown("phone_number")
                fix = 'phone_number = "+…"  # country code first, answered at night too'
                yield Finding(check, "", "phone", str(objection), fix, value=shown)


def arriving_notifications(estate: Estate, context: Context) -> Iterator[Finding]:
    """CKV_CONTACT_8: what User Notifications are configured for can arrive."""
    hubs = {
        estate.notification_accounts.get((plan.name, hub.address))
        for plan in estate.plans
        for hub in plan.of_type(HUB)
        if hub.stays
    }
    for plan in estate.plans:
        without_hub: set[Any] = set()
        in_use = regions_in_use(plan)
        for item in subscriptions(plan):
            owner = estate.notification_accounts.get((plan.name, item.resource.address))
            account = estate.account(owner)
            fields: dict[str, Any] = {
                "check_id": "CKV_CONTACT_8",
                "plan": plan.name,
                "account_id": account.id if account else None,
                "account": account.label if account else "",
            }
            if owner not in hubs and owner not in without_hub:
                without_hub.add(owner)
                reason = "notifications are configured, but no notification hub: they are stored and shown nowhere"
                fix = f'resource "{HUB}" "this" {{\n  notification_hub_region = "…"\n}}'
                yield Finding(kind="hub", reason=reason, fix=fix, **fields)
            yield from _judge_subscription(item, in_use, {**fields, "address": item.resource.address})


def _judge_subscription(item: Subscription, in_use: set[str], fields: dict[str, Any]) -> Iterator[Finding]:
    name = item.resource.value("name")
    label = f"notification configuration {name}" if isinstance(name, str) else "the notification configuration"
    reference = item.resource.address
    if not item.rules:
        fix = f'resource "{EVENT_RULE}" "…" {{\n  notification_configuration_arn = {reference}.arn\n  …\n}}'
        yield Finding(kind="rule", reason=f"{label} has no event rule, so nothing reaches it", fix=fix, **fields)
    if not item.channels:
        fix = f'resource "{CHANNEL}" "…" {{\n  notification_configuration_arn = {reference}.arn\n  arn = …\n}}'
        yield Finding(kind="channel", reason=f"{label} has no channel, so nobody is told", fix=fix, **fields)
    sign_in = [rule for rule in item.rules if not _is_about_something_else(rule)]
    aggregation = item.resource.value("aggregation_duration")
    if sign_in and aggregation not in ("NONE", UNKNOWN):
        reason = f"{label} is about console sign-in and aggregated: one mail for several sign-ins hides who signed in"
        fix = 'aggregation_duration = "NONE"'
        yield Finding(kind="aggregated", reason=reason, fix=fix, value=str(aggregation), **fields)
    for rule in sign_in:
        at_rule = {**fields, "address": rule.address}
        regions = rule.value("regions")
        if not isinstance(regions, list):
            yield replace(_unjudged("CKV_CONTACT_8", "which regions the sign-in rule covers", regions), **at_rule)
            continue
        missing = sorted(in_use - {region for region in regions if isinstance(region, str)})
        if missing:
            reason = (
                f"sign-ins in {', '.join(missing)} are not covered; AWS logs a sign-in in the region it went through"
            )
            fix = "regions = …  # every region that is enabled for the account"
            yield Finding(kind="regions", reason=reason, fix=fix, value=", ".join(map(str, regions)), **at_rule)


def _is_about_something_else(rule: Resource) -> bool:
    source = rule.value("source")
    return isinstance(source, str) and source != "aws.signin"


def judge_literal(
    check_id: str, resource_type: str, values: Mapping[str, Any], context: Context
) -> list[Finding] | None:
    """Findings on a resource block of a static scan, from what is written out; None if nothing there can be judged."""
    if check_id == "CKV_CONTACT_2":
        emails = [item for item in _literal_root_emails(resource_type, values) if _is_literal(item[0], "@")]
        if not emails:
            return None
        return [
            finding
            for email, attribute in emails
            for finding in _judge_root_email(
                check_id, RootEmail("", None, None, None, email, str(email), attribute), context
            )
        ]
    written = {
        key: values[key]
        for key, mark in (("email_address", "@"), ("phone_number", ""))
        if _is_literal(values.get(key), mark)
    }
    contact = Resource("", "managed", resource_type, "", None, (), ("create",), {**values, **written}, {}, {})
    if check_id == "CKV_CONTACT_3" and "email_address" in written:
        return list(_judge_mailbox(check_id, contact, context))
    if check_id == "CKV_CONTACT_7" and written:
        judged = _judge_reach(contact, context, phone="phone_number" in written)
        return [
            item for item in judged if item.kind != "unjudged" and ("email_address" in written or item.kind == "phone")
        ]
    return None


def _literal_root_emails(resource_type: str, values: Mapping[str, Any]) -> list[tuple[Any, str]]:
    if resource_type in MAKERS:
        return [(values.get(MAKERS[resource_type].email), "email")]
    if resource_type == PRODUCT:
        parameters = values.get("provisioning_parameters")
        blocks = parameters if isinstance(parameters, list) else [parameters]
        return [
            (_single(block.get("value")), "AccountEmail")
            for block in blocks
            if isinstance(block, Mapping) and _single(block.get("key")) == "AccountEmail"
        ]
    return []


def _single(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _is_literal(value: Any, mark: str) -> bool:
    """True for text that is written out: no template, function call, index or reference in it."""
    if not isinstance(value, str) or not value or mark not in value:
        return False
    return not re.search(r"[$%]\{|\w\(|\[|^(?:var|local|module|data|each|count|path|aws_\w+)\.", value)


RULES: Final[dict[str, Rule]] = {
    "CKV_CONTACT_1": security_contact,
    "CKV_CONTACT_2": personal_root_email,
    "CKV_CONTACT_3": shared_mailboxes,
    "CKV_CONTACT_4": other_contacts,
    "CKV_CONTACT_5": replaced_account,
    "CKV_CONTACT_6": kept_security_contact,
    "CKV_CONTACT_7": reachable_contacts,
    "CKV_CONTACT_8": arriving_notifications,
}
