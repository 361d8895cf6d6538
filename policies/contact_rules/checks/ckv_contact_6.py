"""CKV_CONTACT_6: a SECURITY contact that goes is put back for the same account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .. import missing
from ..check import ACCOUNT_1, ACCT_01, CIS_1_2, CONFIG_RULE, DOC_ACCOUNT_1, DOC_ALTERNATE, Check, Kind
from ..contacts import of_account
from ..findings import Finding, Message
from ..model import SECURITY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..check import Context
    from ..model import Model

ID: Final = "CKV_CONTACT_6"


def judge(model: Model, context: Context) -> Iterator[Finding]:
    """Removals after which an active account has no SECURITY contact, or may have none."""
    for removal in model.removals:
        if removal.type in ("BILLING", "OPERATIONS"):
            continue
        account = model.account(removal.account)
        if account is not None and not account.active:
            continue
        account_id = removal.account[1] if removal.account and removal.account[0] == "id" else None
        fields: dict[str, Any] = {
            "source": removal.source,
            "address": removal.address,
            "contact_type": SECURITY,
            "account_id": account_id,
            "account": Message("account-untold"),
            **of_account(account),
        }
        back = removal.account is not None and removal.account in model.covered[SECURITY]
        if removal.way == "remade-first":
            yield Finding(ID, "contact-deleted-after-creation", "order", **fields)
        elif back and removal.way == "deleted":
            yield Finding(ID, "contact-moved", "moved", level="note", **fields)
        elif not back:
            name, own = (account.name, account.own_of is not None) if account else (None, True)
            entry = context.configuration.covering(account_id, name, SECURITY, own=own)
            if entry is not None:
                covered = (Message("covered-elsewhere", {"reason": entry.reason}),)
                yield Finding(ID, "contact-removed", "covered", details=covered, level="note", **fields)
            else:
                yield Finding(ID, "contact-removed", "removed", **fields)


def _removed(finding: Finding) -> str:
    block = (finding.address or "").partition("[")[0]
    return f"removed {{\n  from = {block}\n  lifecycle {{\n    destroy = false\n  }}\n}}"


def _moved(finding: Finding) -> str:
    return f"moved {{\n  from = {finding.address}\n  to   = …\n}}"


CHECK: Final = Check(
    id=ID,
    name="Ensure no plan removes a SECURITY alternate contact without putting one back",
    severity="HIGH",
    why="A deleted, renamed or re-addressed resource takes the contact of an account away, and nobody is told: AWS "
    "goes on with the root user's address alone.",
    judge=judge,
    codes={
        "contact-removed": "the plan removes its {contact_type} contact and puts none back",
        "contact-moved": "the plan deletes the {contact_type} contact here and makes it again elsewhere; Terraform "
        "does not promise the order",
        "contact-deleted-after-creation": "Terraform creates the new {contact_type} contact before it deletes the old "
        "one, and AWS keeps one of each type: the deletion removes both",
        "covered-elsewhere": missing.CODES["covered-elsewhere"],
    },
    kinds={
        "removed": Kind(
            "The plan removes the SECURITY alternate contact",
            "Keep {address}. To hand it to another configuration without a gap, take it out of the state:\n{removed}",
            {"removed": _removed},
        ),
        "moved": Kind(
            "The SECURITY alternate contact moves without a moved block",
            "Write a moved block from the old address to the new one:\n{moved}",
            {"moved": _moved},
        ),
        "order": Kind(
            "The SECURITY alternate contact is deleted after its successor is created",
            "Remove create_before_destroy from the contact, or do not replace it.",
        ),
        "covered": Kind("An exception covers the SECURITY alternate contact"),
    },
    entities=("aws_account_alternate_contact",),
    scope="Every `aws_account_alternate_contact` of type SECURITY that the plan deletes or replaces: removed from "
    "the configuration, given another account or type, or `terraform plan -destroy`. It passes if the same "
    "account has a SECURITY contact after apply, if the resource is only moved, or if a `removed` block "
    "keeps it in AWS.",
    mappings=(ACCOUNT_1, CIS_1_2, CONFIG_RULE, ACCT_01),
    sources=(DOC_ALTERNATE, DOC_ACCOUNT_1),
    bad="# the aws_account_alternate_contact with the type SECURITY was deleted from the configuration",
    good="""moved {
  from = aws_account_alternate_contact.security
  to   = module.contacts.aws_account_alternate_contact.this["SECURITY"]
}""",
    exception="If another configuration takes the contact over, name the account under `covered_elsewhere`, or use "
    "a `removed` block with `destroy = false`.",
)
