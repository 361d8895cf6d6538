"""The checks: what each is called, why it exists and where that is said. Whatever names a check reads it here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

PAGES: Final = "docs/policies"
"""Where the page of each check is, from the repository's root."""

ACCOUNT_1: Final = "Security Hub Account.1"
CIS_1_1: Final = "CIS AWS Foundations 1.1"
CIS_1_2: Final = "CIS AWS Foundations 1.2"
CONFIG_RULE: Final = "AWS Config SECURITY_ACCOUNT_INFORMATION_PROVIDED"
ACCT_01: Final = "AWS Startup Security Baseline ACCT.01"

DOC_ALTERNATE: Final = "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact-alternate.html"
DOC_ROOT_EMAIL: Final = "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-root-user-email.html"
DOC_ROOT_USER: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html"
DOC_ACCOUNT_1: Final = "https://docs.aws.amazon.com/securityhub/latest/userguide/account-controls.html"
DOC_ACCT_01: Final = (
    "https://docs.aws.amazon.com/prescriptive-guidance/latest/aws-startup-security-baseline/acct-01.html"
)
DOC_SEC01: Final = (
    "https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/sec_securely_operate_aws_account.html"
)
DOC_START_EMAIL: Final = "https://docs.aws.amazon.com/accounts/latest/reference/API_StartPrimaryEmailUpdate.html"
DOC_RFC_2606: Final = "https://www.rfc-editor.org/rfc/rfc2606"
DOC_RFC_6761: Final = "https://www.rfc-editor.org/rfc/rfc6761"
DOC_SIGN_IN: Final = (
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/"
    "cloudtrail-event-reference-aws-console-sign-in-events.html"
)
DOC_NOTIFICATIONS: Final = "https://docs.aws.amazon.com/notifications/latest/userguide/what-is-service.html"


@dataclass(frozen=True)
class Check:
    """One check. `entities` are the resource types that a result can stand on; the provider is always one more."""

    id: str
    name: str
    severity: Literal["HIGH", "MEDIUM", "LOW"]
    entities: tuple[str, ...]
    why: str
    scope: str
    mappings: tuple[str, ...]
    sources: tuple[str, ...]
    bad: str
    good: str
    exception: str

    @property
    def number(self) -> int:
        """The last part of the id."""
        return int(self.id.rpartition("_")[2])

    @property
    def guideline(self) -> str:
        """Path of the check's page in this repository."""
        return f"{PAGES}/{self.id}.md"


def _contact_hcl(
    kind: str = "SECURITY",
    name: str = "Security Operations",
    email: str = "aws-security@corp.example",
    phone: str = "+44 20 7946 0110",
) -> str:
    return f"""resource "aws_account_alternate_contact" "{kind.lower()}" {{
  account_id             = aws_organizations_account.payments.id
  alternate_contact_type = "{kind}"
  name                   = "{name}"
  title                  = "{name} team"
  email_address          = "{email}"
  phone_number           = "{phone}"
}}"""


_ACCOUNT_HCL = """resource "aws_organizations_account" "payments" {
  name  = "payments"
  email = "aws-root+payments@corp.example"
}"""

_MAKER_ENTITIES: Final = ("aws_organizations_account", "awscc_organizations_account", "controltower_aws_account")
_ACCOUNT_ENTITIES: Final = (*_MAKER_ENTITIES, "aws_servicecatalog_provisioned_product", "aws_dynamodb_table_item")

CHECKS: Final = (
    Check(
        id="CKV_CONTACT_1",
        name="Ensure every AWS account in the plan has a SECURITY alternate contact",
        severity="HIGH",
        entities=_ACCOUNT_ENTITIES,
        why="AWS reports leaked keys, abuse and suspected compromise to the root user's address and to the "
        "SECURITY contact. Without that contact the report waits in a mailbox nobody watches, and AWS may "
        "restrict the account.",
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
        "`allowed_account_ids`, settles it.",
        mappings=(ACCOUNT_1, CIS_1_2, CONFIG_RULE, ACCT_01),
        sources=(DOC_ALTERNATE, DOC_ACCOUNT_1, DOC_ACCT_01),
        bad=_ACCOUNT_HCL,
        good=f"{_ACCOUNT_HCL}\n\n{_contact_hcl()}",
        exception="If another configuration manages the contact, name the account under `covered_elsewhere` with the "
        "reason, or give that configuration's plan to the same run.",
    ),
    Check(
        id="CKV_CONTACT_2",
        name="Ensure no root user email is personal",
        severity="HIGH",
        entities=(*_ACCOUNT_ENTITIES, "aws_organizations_organization"),
        why="Whoever reads the root user's mail can reset the root password and is the only one sure to get every "
        "message of AWS. A person leaves, is on holiday or loses the phone; a dedicated distribution list "
        "does not.",
        scope="`email` of the resources that make an account, every ACTIVE account listed by an organizations data "
        "source or resource (the management account too), `AccountEmail` of "
        "`aws_servicecatalog_provisioned_product` (Control Tower Account Factory) and of the requests that "
        "Account Factory for Terraform writes to DynamoDB. An address that is known only after apply fails.",
        mappings=(CIS_1_1, ACCT_01),
        sources=(DOC_ROOT_USER, DOC_ROOT_EMAIL),
        bad="""resource "aws_organizations_account" "payments" {
  name  = "payments"
  email = "hanako.yamada@corp.example"
}""",
        good=_ACCOUNT_HCL,
        exception="Name the address under `accepted` with a reason and an expiry, or the scheme of your root mailboxes "
        "under `root_email_patterns`.",
    ),
    Check(
        id="CKV_CONTACT_3",
        name="Ensure alternate contacts are shared mailboxes",
        severity="MEDIUM",
        entities=("aws_account_alternate_contact",),
        why="A contact that is one person sleeps, travels and leaves. A distribution list or a shared mailbox "
        "reaches whoever is on duty.",
        scope="`email_address` of every `aws_account_alternate_contact`, judged like a root user email.",
        mappings=(ACCOUNT_1, CIS_1_1, CIS_1_2),
        sources=(DOC_ALTERNATE, DOC_SEC01),
        bad=_contact_hcl(email="hanako.yamada@corp.example"),
        good=_contact_hcl(),
        exception="Name the address under `accepted` with a reason and an expiry.",
    ),
    Check(
        id="CKV_CONTACT_4",
        name="Ensure every AWS account in the plan has BILLING and OPERATIONS alternate contacts",
        severity="MEDIUM",
        entities=_ACCOUNT_ENTITIES,
        why="Unpaid bills and retiring hosts are announced to the BILLING and OPERATIONS contacts. An unpaid bill "
        "ends in a suspended account, a retiring host in an outage.",
        scope="The accounts of CKV_CONTACT_1.",
        mappings=(CIS_1_1, ACCT_01),
        sources=(DOC_ALTERNATE, DOC_ACCT_01),
        bad=f"{_ACCOUNT_HCL}\n\n{_contact_hcl()}",
        good="\n\n".join(
            [
                _ACCOUNT_HCL,
                _contact_hcl(),
                _contact_hcl(kind="BILLING", name="Accounting", email="aws-billing@corp.example"),
                _contact_hcl(kind="OPERATIONS", name="Platform Operations", email="aws-operations@corp.example"),
            ]
        ),
        exception="Name the account under `covered_elsewhere` with the reason; `types` limits it to one type.",
    ),
    Check(
        id="CKV_CONTACT_5",
        name="Ensure a root email change does not replace the account",
        severity="HIGH",
        entities=_MAKER_ENTITIES,
        why="The Terraform provider cannot change a root user email: a new `email` makes it remove the account "
        "from the organization, or close it, and create an empty one. AWS changes the address with two calls "
        "of its own.",
        scope="Every resource that makes an account and that the plan replaces because its `email` changes.",
        mappings=(CIS_1_1,),
        sources=(DOC_ROOT_EMAIL, DOC_START_EMAIL),
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
    ),
    Check(
        id="CKV_CONTACT_6",
        name="Ensure no plan removes a SECURITY alternate contact without putting one back",
        severity="HIGH",
        entities=("aws_account_alternate_contact",),
        why="A deleted, renamed or re-addressed resource takes the contact of an account away, and nothing tells "
        "anybody: AWS goes on with the root user's address alone.",
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
    ),
    Check(
        id="CKV_CONTACT_7",
        name="Ensure contacts can be reached",
        severity="MEDIUM",
        entities=("aws_account_alternate_contact", "aws_notificationscontacts_email_contact"),
        why="AWS stores any address and any number. One that cannot exist (an example domain, a number of zeros) "
        "is no contact, and a number without its country code cannot be dialled from where AWS calls.",
        scope="Addresses of alternate contacts and of `aws_notificationscontacts_email_contact`: reserved and "
        "example domains (RFC 2606, RFC 6761), domains without a dot. Phone numbers: one digit repeated, "
        "counting up, 555-01xx, no country code or one that does not exist, fewer or more digits than the country's "
        "numbers have, the trunk prefix that is dialled only inside the country (`+44 (0)20 …`), characters that AWS "
        "does not accept.",
        mappings=(CIS_1_1, CIS_1_2, ACCT_01),
        sources=(DOC_ALTERNATE, DOC_RFC_2606, DOC_RFC_6761),
        bad=_contact_hcl(email="security@example.com", phone="0000000000"),
        good=_contact_hcl(email="aws-security@your-company.com"),
        exception="Name the address, or `*@` and the domain, under `accepted` with a reason and an expiry.",
    ),
    Check(
        id="CKV_CONTACT_8",
        name="Ensure notifications arrive",
        severity="MEDIUM",
        entities=("aws_notifications_notification_configuration", "aws_notifications_event_rule"),
        why="A notification configuration without an event rule hears nothing, without a channel it tells nobody, "
        "without a hub nothing is kept. AWS logs a console sign-in in the region it went through, so a rule "
        "for one region misses the others; an aggregated mail does not say who signed in.",
        scope="`aws_notifications_notification_configuration` with its event rules and channel associations, matched "
        "by ARN or by reference. Rules for `aws.signin` must cover the regions that the plan's providers and "
        "hubs use and us-east-1.",
        mappings=(ACCT_01,),
        sources=(DOC_NOTIFICATIONS, DOC_SIGN_IN),
        bad="""resource "aws_notifications_notification_configuration" "sign_in" {
  name                 = "console-sign-in"
  description          = "Who signs in to the console"
  aggregation_duration = "LONG"
}""",
        good="""resource "aws_notifications_notification_hub" "this" {
  notification_hub_region = "us-east-1"
}

resource "aws_notifications_notification_configuration" "sign_in" {
  name                 = "console-sign-in"
  description          = "Who signs in to the console"
  aggregation_duration = "NONE"
}

resource "aws_notifications_event_rule" "sign_in" {
  notification_configuration_arn = aws_notifications_notification_configuration.sign_in.arn
  source                         = "aws.signin"
  event_type                     = "AWS Console Sign In via CloudTrail"
  regions                        = ["eu-central-1", "us-east-1"] # every enabled region
}

resource "aws_notifications_channel_association" "sign_in" {
  notification_configuration_arn = aws_notifications_notification_configuration.sign_in.arn
  arn                            = aws_notificationscontacts_email_contact.security.arn
}""",
        exception="Use checkov's skip; there is no setting for it.",
    ),
)

BY_ID: Final = {check.id: check for check in CHECKS}
