"""CKV_CONTACT_2: no root user email is a person's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .. import mailboxes, unread
from ..check import ACCOUNT_ENTITIES, ACCOUNT_EXAMPLE, ACCT_01, CIS_1_1, DOC_ROOT_EMAIL, Check, Kind
from ..findings import Finding
from ..model import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..check import Context
    from ..model import Account, Model, RootEmail

ID: Final = "CKV_CONTACT_2"


def judge(model: Model, context: Context) -> Iterator[Finding]:
    """Root user emails that are personal, or that cannot be judged; each once."""
    yield from unread.gaps(ID, model)
    seen: set[tuple[Any, ...]] = set()
    made = {item.account_id for item in model.root_emails if item.account_id and item.origin == "made"}
    for item in model.root_emails:
        if item.origin != "made" and item.account_id in made:
            continue
        identity = item.account_id or item.address, item.email.content
        if identity not in seen:
            seen.add(identity)
            yield from _judge_one(item, model, context)


def _judge_one(item: RootEmail, model: Model, context: Context) -> Iterator[Finding]:
    account = model.account(("id", item.account_id))
    common: dict[str, Any] = {
        "check_id": ID,
        "source": item.source,
        "address": item.address,
        "account_id": item.account_id,
        "account_name": item.account_name,
        "is_management": account is not None and account.is_management,
        "value": item.email.shown,
    }
    email = item.email.text
    if item.email.content is UNKNOWN:
        yield Finding(code="root-email-unknown", kind="unknown", **common)
    elif email is None:
        yield Finding(code="root-email-absent", kind="absent", parameters={"place": item.place}, **common)
    elif not context.configuration.is_root_pattern(email) and (found := mailboxes.objection(email, context)):
        yield Finding(
            code=found.code,
            kind=f"personal-{_place(item, account)}" if found.kind == "personal" else found.kind,
            parameters=found.parameters,
            details=found.details,
            level=found.level,
            **common,
        )


def _place(item: RootEmail, account: Account | None) -> str:
    """Where the address is changed."""
    if account is not None and account.is_management:
        return "management"
    if item.origin == "requested":
        return "requested"
    return "new" if item.is_new else "existing"


def _example(finding: Finding) -> str:
    name = (finding.account_name or "ACCOUNT-NAME").lower().replace(" ", "-")
    return f"aws-root+{name}@…"


def _commands(finding: Finding) -> str:
    target = f"--account-id {finding.account_id or 'ACCOUNT_ID'} --primary-email '{_example(finding)}'"
    return (
        f"aws account start-primary-email-update {target}\naws account accept-primary-email-update {target} --otp CODE"
    )


TITLE: Final = "The root user email is personal, or outside the company"
LEAD: Final = "root user email: {reason}"
_LIST: Final = "Use a distribution list that receives mail for the root user only:\n{line}"

CHECK: Final = Check(
    id=ID,
    name="Ensure no root user email is personal",
    severity="HIGH",
    why="Whoever reads the root user's mail can reset the root password, and no other address receives every message "
    "that AWS sends. A person leaves, is on holiday or loses the phone; a dedicated distribution list does not.",
    judge=judge,
    codes={
        **mailboxes.CODES,
        "root-email-unknown": "Terraform knows its root user email only after apply, so it cannot be judged",
        "root-email-absent": "the plan does not have its root user email ({place})",
    },
    kinds={
        "personal-new": Kind(TITLE, _LIST, {"line": lambda finding: f'email = "{_example(finding)}"'}, LEAD),
        "personal-requested": Kind(
            TITLE, _LIST, {"line": lambda finding: f'AccountEmail = "{_example(finding)}"'}, LEAD
        ),
        "personal-existing": Kind(
            TITLE,
            "Change the address in AWS first, to a distribution list that receives mail for the root user only. Do it "
            "from the management account: with `make root-email` of aws-contact-baseline, or for one account with the "
            "AWS CLI:\n{commands}\nThen write the new address into the configuration. If you change only the "
            "configuration, Terraform replaces the account.",
            {"commands": _commands},
            LEAD,
        ),
        "personal-management": Kind(
            TITLE,
            "Change the address in the AWS console, signed in as the root user of the management account; AWS offers "
            "no other way for this account, and `make root-email` leaves it out. Use a distribution list that receives "
            "mail for the root user only, such as {example}. Then write the new address into the configuration, if it "
            "is there.",
            {"example": _example},
            LEAD,
        ),
        "unsure": Kind(
            "It is not clear whether several people read the root user email",
            "If several people read it, accept the address with a reason and an expiry, or name the scheme of your "
            "root mailboxes under root_email_patterns. Otherwise change it.",
            lead=LEAD,
        ),
        "unread": unread.kind("The plan does not show the root user emails"),
        "unknown": Kind("The root user email is not known yet", "Write the address as a constant or a variable."),
        "absent": Kind("The root user email is missing", "Give the plan of the configuration that has the address."),
    },
    entities=(*ACCOUNT_ENTITIES, "aws_organizations_organization"),
    scope="`email` of the resources that make an account, every ACTIVE account listed by an organizations data "
    "source or resource (the management account too), `AccountEmail` of "
    "`aws_servicecatalog_provisioned_product` (Control Tower Account Factory) and of the requests that "
    "Account Factory for Terraform writes to DynamoDB. An address that is known only after apply fails.",
    mappings=(CIS_1_1, ACCT_01),
    sources=("https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html", DOC_ROOT_EMAIL),
    bad="""resource "aws_organizations_account" "payments" {
  name  = "payments"
  email = "hanako.yamada@corp.example"
}""",
    good=ACCOUNT_EXAMPLE,
    exception="Name the address under `accepted` with a reason and an expiry, or the scheme of your root mailboxes "
    "under `root_email_patterns`.",
)
