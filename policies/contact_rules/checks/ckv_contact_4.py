"""CKV_CONTACT_4: every account has a BILLING and an OPERATIONS contact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .. import missing, unread
from ..check import (
    ACCOUNT_ENTITIES,
    ACCOUNT_EXAMPLE,
    ACCT_01,
    CIS_1_1,
    DOC_ACCT_01,
    DOC_ALTERNATE,
    Check,
    Kind,
    contact_example,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..check import Context
    from ..findings import Finding
    from ..model import Model

ID: Final = "CKV_CONTACT_4"
TYPES: Final = ("BILLING", "OPERATIONS")


def judge(model: Model, context: Context) -> Iterator[Finding]:
    """Accounts without one of the two."""
    yield from unread.gaps(ID, model)
    for account in model.active_accounts():
        for contact_type in TYPES:
            yield from missing.findings_of(ID, contact_type, account, model, context)


CHECK: Final = Check(
    id=ID,
    name="Ensure every AWS account has BILLING and OPERATIONS alternate contacts",
    severity="MEDIUM",
    why="AWS announces unpaid bills to the BILLING contact and retiring hosts to the OPERATIONS contact. An unpaid "
    "bill ends in a suspended account, a retiring host in an outage.",
    judge=judge,
    codes=missing.CODES,
    kinds={
        **missing.kinds(*TYPES),
        "covered": Kind("An exception covers the BILLING or OPERATIONS alternate contact"),
        "unread": unread.kind("The plan does not show whether there are BILLING and OPERATIONS contacts"),
    },
    entities=ACCOUNT_ENTITIES,
    scope="The accounts of CKV_CONTACT_1.",
    mappings=(CIS_1_1, ACCT_01),
    sources=(DOC_ALTERNATE, DOC_ACCT_01),
    bad=f"{ACCOUNT_EXAMPLE}\n\n{contact_example()}",
    good="\n\n".join(
        [
            ACCOUNT_EXAMPLE,
            contact_example(),
            contact_example(kind="BILLING", name="Accounting", email="aws-billing@corp.example"),
            contact_example(kind="OPERATIONS", name="Platform Operations", email="aws-operations@corp.example"),
        ]
    ),
    exception="Name the account under `covered_elsewhere` with the reason; `types` limits it to one type.",
)
