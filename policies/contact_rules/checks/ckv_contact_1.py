"""CKV_CONTACT_1: every account has a SECURITY contact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .. import missing, unread
from ..check import (
    ACCOUNT_1,
    ACCOUNT_ENTITIES,
    ACCOUNT_EXAMPLE,
    ACCT_01,
    CIS_1_2,
    CONFIG_RULE,
    DOC_ACCOUNT_1,
    DOC_ACCT_01,
    DOC_ALTERNATE,
    Check,
    Kind,
    contact_example,
)
from ..findings import Finding
from ..model import SECURITY, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..check import Context
    from ..model import Model

ID: Final = "CKV_CONTACT_1"


def judge(model: Model, context: Context) -> Iterator[Finding]:
    """Accounts without the contact, sources without an account, and contacts that count for none."""
    yield from unread.gaps(ID, model)
    found = False
    for account in model.active_accounts():
        found = True
        yield from missing.findings_of(ID, SECURITY, account, model, context)
    if not found:
        for source in model.sources:
            yield Finding(ID, "no-account", "no-account", source=source)
    for contact in model.contacts:
        if contact.account is None or contact.type is UNKNOWN:
            code = "contact-of-unknown-account" if contact.account is None else "contact-of-unknown-type"
            yield Finding(ID, code, "untraceable", level="note", source=contact.source, address=contact.address)


CHECK: Final = Check(
    id=ID,
    name="Ensure every AWS account has a SECURITY alternate contact",
    severity="HIGH",
    why="AWS reports leaked keys, abuse and suspected compromise to the root user's address and to the SECURITY "
    "contact. Without that contact the report waits in a mailbox that nobody watches, and AWS may restrict the "
    "account.",
    judge=judge,
    codes={
        **missing.CODES,
        "no-account": "the plan has no active AWS account: it lists none, and no provider shows which one it works in",
        "contact-of-unknown-account": "Terraform knows only after apply which account this contact is for, so it "
        "counts for none",
        "contact-of-unknown-type": "Terraform knows only after apply which type this contact has, so it counts for "
        "none",
    },
    kinds={
        **missing.kinds(SECURITY),
        "covered": Kind("An exception covers the SECURITY alternate contact"),
        "unread": unread.kind("The plan does not show whether there is a SECURITY contact"),
        "no-account": Kind(
            "The plan has no account",
            "Give the plan of the configuration that manages the accounts or their contacts.",
        ),
        "untraceable": Kind(
            "A contact belongs to no known account",
            "Refer to the account directly, not through a local or another resource:\n{account_id}",
            {"account_id": lambda _: "account_id = aws_organizations_account.NAME.id"},
        ),
    },
    entities=ACCOUNT_ENTITIES,
    scope="Accounts are those made by `aws_organizations_account`, `awscc_organizations_account` and "
    "`controltower_aws_account`, and those requested from Account Factory "
    "(`aws_servicecatalog_provisioned_product`, and the items that Account Factory for Terraform writes to "
    "DynamoDB): by id, or by reference while the id is unknown (directly, through for_each, count, modules "
    "and locals; a product by its `outputs`). Besides: accounts with another contact type in the plan, "
    "ACTIVE ones listed by `aws_organizations_organization` (data source or resource) and the data sources "
    "of organizational units, the account of the default provider, and that of every other provider the plan "
    "manages something with. An account that is requested and listed is one account, by its root user email. "
    "`aws_controltower_landing_zone` makes no account: its manifest names accounts that must exist. Contacts "
    "are `aws_account_alternate_contact`; `hashicorp/awscc` has no resource for them. Several plans given "
    "together are judged together. Suspended accounts do not count. A plan that has AWS but no account "
    "fails; one without any AWS passes with the note “not applicable”.\n\n"
    "**Which account a provider works in.** A plan keeps of an interpolation only its references: "
    '`"arn:aws:iam::444455556666:role/${var.role}"` is `var.role`. So two providers count as one account '
    "only if the plan has the account id (a role written out, a variable that holds the whole role arn or "
    "the account id in it, `allowed_account_ids`, `aws_caller_identity`, the management account of the "
    "organization that the provider manages, arns of resources that exist there) or credentials that are "
    "written out alike; session name, external id, duration and Region do not matter. Every other provider "
    "counts as an account of its own, and the finding says which setting hides it. What a plan leaves out "
    'altogether cannot be seen: a `dynamic "assume_role"` block is suspected only where a variable holds a '
    'role that no visible expression uses. `data "aws_caller_identity"` through that provider, or '
    "`allowed_account_ids`, settles it.\n\n"
    "**Contacts through locals.** A plan has no values of locals. While the ids of new accounts are unknown, a "
    "contact through a local belongs to the account with its instance key; where keys do not tell, as many "
    "contacts of a type as accounts left, each with other references, mean one for each account. Two locals "
    "that lead to the same account, or a local with the id of something else, cannot be seen. Refer to the "
    "account directly, and the plan shows it; after the first apply the ids are known in any case.",
    mappings=(ACCOUNT_1, CIS_1_2, CONFIG_RULE, ACCT_01),
    sources=(DOC_ALTERNATE, DOC_ACCOUNT_1, DOC_ACCT_01),
    bad=ACCOUNT_EXAMPLE,
    good=f"{ACCOUNT_EXAMPLE}\n\n{contact_example()}",
    exception="If another configuration manages the contact, name the account under `covered_elsewhere` with the "
    "reason, or give that configuration's plan to the same run.",
)
