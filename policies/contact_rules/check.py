"""What a check is made of. Each one stands in a file of its own in checks/."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from .findings import Finding

if TYPE_CHECKING:
    from datetime import date

    from .configuration import Configuration
    from .model import Model

Severity = Literal["HIGH", "MEDIUM", "LOW"]

PAGES: Final = "docs/policies"
"""Where the page of each check is, from the root of this repository."""

ACCOUNT_1: Final = "Security Hub Account.1"
CIS_1_1: Final = "CIS AWS Foundations 1.1"
CIS_1_2: Final = "CIS AWS Foundations 1.2"
CONFIG_RULE: Final = "AWS Config SECURITY_ACCOUNT_INFORMATION_PROVIDED"
ACCT_01: Final = "AWS Startup Security Baseline ACCT.01"

DOC_ALTERNATE: Final = "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact-alternate.html"
DOC_ROOT_EMAIL: Final = "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-root-user-email.html"
DOC_ACCOUNT_1: Final = "https://docs.aws.amazon.com/securityhub/latest/userguide/account-controls.html"
DOC_ACCT_01: Final = (
    "https://docs.aws.amazon.com/prescriptive-guidance/latest/aws-startup-security-baseline/acct-01.html"
)
DOC_SEC01: Final = (
    "https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/sec_securely_operate_aws_account.html"
)

ACCOUNT_MAKERS: Final = ("aws_organizations_account", "awscc_organizations_account", "controltower_aws_account")
ACCOUNT_ENTITIES: Final = (*ACCOUNT_MAKERS, "aws_servicecatalog_provisioned_product", "aws_dynamodb_table_item")


@dataclass(frozen=True)
class Context:
    """What rules judge with besides the model."""

    configuration: Configuration
    today: date


Rule = Callable[["Model", Context], Iterator[Finding]]
Snippet = Callable[[Finding], str]
"""Lines to copy (HCL, commands), the same in every language. No lines: nothing can be suggested."""


@dataclass(frozen=True)
class Kind:
    """What findings of one kind are called and how they are mended. All texts are English and translated in locale/.

    A name in braces is a field of the finding, one of its parameters, or in `fix` a snippet, which is to be copied
    where it has a line of its own.
    """

    title: str
    fix: str = ""
    snippets: Mapping[str, Snippet] = field(default_factory=dict)
    lead: str = "{reason}"
    """Says what the reason is about, such as `root user email: {reason}`."""
    why: str = ""
    """Why it matters, if not for the reason of the check."""


@dataclass(frozen=True)
class Described:
    """What reports say of a check."""

    id: str
    name: str
    severity: Severity
    why: str
    codes: Mapping[str, str]
    """Code of a finding, or of a detail → the sentence."""
    kinds: Mapping[str, Kind]
    mappings: tuple[str, ...]
    """Controls of others that ask for the same."""


@dataclass(frozen=True)
class Check(Described):
    """One check. `entities` are the resource types that a result can stand on; the provider is always one more."""

    judge: Rule
    entities: tuple[str, ...]
    scope: str
    sources: tuple[str, ...]
    bad: str
    good: str
    exception: str

    def guideline(self, pages: str = PAGES) -> str:
        """The check's page, `pages` being the folder or URL that has them."""
        return f"{pages.rstrip('/')}/{self.id}.md"


def contact_example(
    kind: str = "SECURITY",
    name: str = "Security Operations",
    email: str = "aws-security@corp.example",
    phone: str = "+44 20 7946 0110",
) -> str:
    """An alternate contact as the pages of the checks show it."""
    return f"""resource "aws_account_alternate_contact" "{kind.lower()}" {{
  account_id             = aws_organizations_account.payments.id
  alternate_contact_type = "{kind}"
  name                   = "{name}"
  title                  = "{name} team"
  email_address          = "{email}"
  phone_number           = "{phone}"
}}"""


ACCOUNT_EXAMPLE: Final = """resource "aws_organizations_account" "payments" {
  name  = "payments"
  email = "aws-root+payments@corp.example"
}"""
