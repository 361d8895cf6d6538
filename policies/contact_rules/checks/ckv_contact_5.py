"""CKV_CONTACT_5: no root user email is changed by replacing the account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..check import ACCOUNT_MAKERS, CIS_1_1, DOC_ROOT_EMAIL, Check, Kind
from ..findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..check import Context
    from ..model import Model

ID: Final = "CKV_CONTACT_5"


def judge(model: Model, context: Context) -> Iterator[Finding]:
    """Accounts that are replaced because their root user email differs."""
    for item in model.replacements:
        yield Finding(
            ID,
            "account-replaced",
            "replaced",
            {"old": item.old.shown, "new": item.new.shown},
            source=item.source,
            address=item.address,
            account_id=item.account_id,
            account_name=item.account_name,
            value=f"{item.old.shown} → {item.new.shown}",
        )


def _commands(finding: Finding) -> str:
    account = finding.account_id or "ACCOUNT_ID"
    return (
        f"aws account start-primary-email-update --account-id {account} --primary-email NEW\n"
        f"aws account accept-primary-email-update --account-id {account} --primary-email NEW --otp CODE"
    )


CHECK: Final = Check(
    id=ID,
    name="Ensure a root email change does not replace the account",
    severity="HIGH",
    why="The Terraform provider cannot change a root user email: a new `email` makes it remove the account from the "
    "organization, or close it, and create an empty one. AWS changes the address with two calls of its own.",
    judge=judge,
    codes={
        "account-replaced": "the new root user email makes Terraform remove this account from the organization and "
        "create another ({old} → {new})",
    },
    kinds={
        "replaced": Kind(
            "A new root user email replaces the account",
            "Keep the old address in the configuration ({old}). Change it in AWS, from the management account: with "
            "`make root-email` of aws-contact-baseline, or for one account with the AWS CLI:\n{commands}\n"
            "Then write the new address into the configuration; the next plan shows no change.",
            {"commands": _commands},
        )
    },
    entities=ACCOUNT_MAKERS,
    scope="Every resource that makes an account and that the plan replaces because its `email` changes.",
    mappings=(CIS_1_1,),
    sources=(
        DOC_ROOT_EMAIL,
        "https://docs.aws.amazon.com/accounts/latest/reference/API_StartPrimaryEmailUpdate.html",
    ),
    bad="""# email was hanako.yamada@corp.example when this account was created
resource "aws_organizations_account" "payments" {
  name  = "payments"
  email = "aws-root+payments@corp.example"
}""",
    good="""# first: aws account start-primary-email-update and accept-primary-email-update, then
resource "aws_organizations_account" "payments" {
  name  = "payments"
  email = "aws-root+payments@corp.example" # what AWS already has: the plan shows no change
}""",
    exception="There is none: skip the check for the one run in which an account shall be replaced.",
)
