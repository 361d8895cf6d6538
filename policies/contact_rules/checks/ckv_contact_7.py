"""CKV_CONTACT_7: mail and calls to contacts can arrive."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from .. import mailboxes, reach
from ..check import ACCT_01, CIS_1_1, CIS_1_2, DOC_ALTERNATE, Check, Kind, contact_example
from ..contacts import of_contact
from ..findings import Finding
from ..model import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..check import Context
    from ..model import Model, Value

ID: Final = "CKV_CONTACT_7"


def judge(model: Model, context: Context) -> Iterator[Finding]:
    """Addresses and numbers that nobody can have, or that cannot be judged."""
    for contact in model.contacts:
        found = [*_judge_mail(contact.email, context), *_judge_phone(contact.phone)]
        if found:
            fields = of_contact(contact, model)
            yield from (replace(item, **fields) for item in found)
    for item in model.email_contacts:
        for finding in _judge_mail(item.email, context):
            yield replace(finding, source=item.source, address=item.address)


def _judge_mail(email: Value, context: Context) -> Iterator[Finding]:
    """Findings that do not say yet which contact they are about."""
    text = email.text
    if text is None:
        code = "mail-unknown" if email.content is UNKNOWN else "mail-absent"
        yield Finding(ID, code, "unjudged")
        return
    objection = reach.mail_objection(text)
    if objection and context.configuration.acceptance(text, context.today, domain_only=True) is None:
        details = mailboxes.expired(text, context)
        yield Finding(ID, objection.code, "mail", objection.parameters, details, value=email.shown)


def _judge_phone(phone: Value) -> Iterator[Finding]:
    text = phone.text
    if text is None:
        code = "phone-unknown" if phone.content is UNKNOWN else "phone-absent"
        yield Finding(ID, code, "unjudged")
    elif objection := reach.phone_objection(text):
        yield Finding(ID, objection.code, "phone", objection.parameters, value=phone.shown)


CHECK: Final = Check(
    id=ID,
    name="Ensure contacts can be reached",
    severity="MEDIUM",
    why="AWS stores any address and any number. One that cannot exist (an example domain, a number of zeros) is no "
    "contact, and a number without its country code cannot be dialled from where AWS calls.",
    judge=judge,
    codes={
        **reach.CODES,
        "acceptance-expired": mailboxes.CODES["acceptance-expired"],
        "mail-unknown": "Terraform knows the address only after apply, so it cannot be judged",
        "mail-absent": "has no e-mail address that can be judged",
        "phone-unknown": "Terraform knows the phone number only after apply, so it cannot be judged",
        "phone-absent": "has no phone number that can be judged",
    },
    kinds={
        "mail": Kind(
            "No mail can arrive at the address of a contact",
            "Use an address that receives mail from outside:\n{line}",
            {"line": lambda _: 'email_address = "…"'},
        ),
        "phone": Kind(
            "Nobody can be called at the phone number of a contact",
            "Use a number that is answered at night, too. Begin with the country code:\n{line}",
            {"line": lambda _: 'phone_number = "+…"'},
        ),
        "primary-phone": Kind(
            "Nobody can be called at the phone number of the primary contact", lead="primary contact: {reason}"
        ),
        "unjudged": Kind(
            "The address or phone number of a contact cannot be judged",
            "Write the value as a constant or a variable.",
        ),
    },
    entities=("aws_account_alternate_contact", "aws_notificationscontacts_email_contact"),
    scope="Addresses of alternate contacts and of `aws_notificationscontacts_email_contact`: reserved and "
    "example domains (RFC 2606, RFC 6761), domains without a dot. Phone numbers: one digit repeated, "
    "counting up, 555-01xx, no country code or one that does not exist, fewer or more digits than the country's "
    "numbers have, the trunk prefix that is dialled only inside the country (`+44 (0)20 …`), characters that AWS "
    "does not accept.",
    mappings=(CIS_1_1, CIS_1_2, ACCT_01),
    sources=(
        DOC_ALTERNATE,
        "https://www.rfc-editor.org/rfc/rfc2606",
        "https://www.rfc-editor.org/rfc/rfc6761",
    ),
    bad=contact_example(email="security@example.com", phone="0000000000"),
    good=contact_example(email="aws-security@your-company.com"),
    exception="Name the address, or `*@` and the domain, under `accepted` with a reason and an expiry.",
)
