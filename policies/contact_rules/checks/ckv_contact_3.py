"""CKV_CONTACT_3: alternate contacts are mailboxes that several people read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .. import mailboxes
from ..check import ACCOUNT_1, CIS_1_1, CIS_1_2, DOC_ALTERNATE, DOC_SEC01, Check, Kind, contact_example
from ..contacts import of_contact
from ..findings import Finding
from ..model import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..check import Context
    from ..model import Model

ID: Final = "CKV_CONTACT_3"


def judge(model: Model, context: Context) -> Iterator[Finding]:
    """Contacts whose address is personal, or cannot be judged."""
    for contact in model.contacts:
        email = contact.email.text
        if email is None:
            code = "email-unknown" if contact.email.content is UNKNOWN else "email-absent"
            yield Finding(ID, code, "unjudged", **of_contact(contact, model))
        elif found := mailboxes.objection(email, context):
            yield Finding(
                ID,
                found.code,
                found.kind,
                found.parameters,
                found.details,
                found.level,
                value=contact.email.shown,
                **of_contact(contact, model),
            )


def _line(finding: Finding) -> str:
    return f'email_address = "aws-{(finding.contact_type or "team").lower()}@…"'


LEAD: Final = "{contact_type} contact: {reason}"

CHECK: Final = Check(
    id=ID,
    name="Ensure alternate contacts are shared mailboxes",
    severity="MEDIUM",
    why="A contact that is one person sleeps, travels and leaves. A distribution list or a shared mailbox reaches "
    "whoever is on duty.",
    judge=judge,
    codes={
        **mailboxes.CODES,
        "email-unknown": "Terraform knows its e-mail address only after apply, so it cannot be judged",
        "email-absent": "has no e-mail address that can be judged",
    },
    kinds={
        "personal": Kind(
            "An alternate contact is personal, or outside the company",
            "Use a distribution list or a shared mailbox:\n{line}",
            {"line": _line},
            LEAD,
        ),
        "unsure": Kind(
            "It is not clear whether several people read the address of an alternate contact",
            "If several people read it, accept the address with a reason and an expiry. Otherwise change it:\n{line}",
            {"line": _line},
            LEAD,
        ),
        "unjudged": Kind(
            "The address of an alternate contact cannot be judged",
            "Write the address as a constant or a variable.",
            lead=LEAD,
        ),
    },
    entities=("aws_account_alternate_contact",),
    scope="`email_address` of every `aws_account_alternate_contact`, judged like a root user email.",
    mappings=(ACCOUNT_1, CIS_1_1, CIS_1_2),
    sources=(DOC_ALTERNATE, DOC_SEC01),
    bad=contact_example(email="hanako.yamada@corp.example"),
    good=contact_example(),
    exception="Name the address under `accepted` with a reason and an expiry.",
)
