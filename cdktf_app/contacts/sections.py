"""The sections of contacts.yaml."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, WithJsonSchema, WrapValidator
from pydantic_core import PydanticCustomError

from cdktf_app.contacts import fields

ContactType = Literal["security", "operations", "billing"]
CONTACT_TYPES: tuple[ContactType, ...] = ("security", "operations", "billing")
NOTIFICATIONS_REGION = "us-east-1"
"""The only Region with the control plane of AWS User Notifications (its API reference, Welcome)."""

NONE: Literal["none"] = "none"
Preset = Literal[
    "console-sign-in",
    "health-scheduled-change",
    "health-issue",
    "health-account-notification",
    "abuse",
    "credential-exposure",
    "support-case",
]


def _date(value: object) -> object:
    if isinstance(value, str):
        try:
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
                raise ValueError
            return date.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("invalid", "is not a date; write it as year-month-day: 2026-10-01") from None
    return value


Date = Annotated[
    date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-10-01"]})
]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def _schema(**keywords: Any) -> ConfigDict:
    """Rules across fields, for editors; `Directory.contradictions` has their messages."""
    return ConfigDict(json_schema_extra=keywords)


def one_of(*alternatives: tuple[str, ...]) -> ConfigDict:
    return _schema(oneOf=[{"required": list(names)} for names in alternatives])


class Contact(Section):
    """An alternate contact of an AWS account: a team or a mailing list, rather than a person."""

    name: fields.Name
    """Who it is: a team. At most 64 characters (AWS) and 64 bytes in UTF-8 (the Terraform AWS provider)."""
    title: fields.Title
    """What they do. At most 50 characters (AWS) and 50 bytes in UTF-8 (the Terraform AWS provider)."""
    email: fields.Email
    """The address for mail from AWS: a mailing list that several people read."""
    phone: fields.Phone
    """The phone number for calls from AWS, with country code. In quotes, or YAML editors read it as a number."""


def _contact(*, none: bool) -> WrapValidator:
    def check(value: object, handler: Any) -> object:
        if value == NONE and none:
            return NONE
        if value == NONE:
            raise PydanticCustomError(
                "invalid", "is for organizational units and accounts; leave it out here to define no contact"
            )
        if isinstance(value, str):
            or_none = ", or none for no contact at all" if none else ""
            raise PydanticCustomError(
                "invalid",
                "is not a contact; write name, title, email and phone under it{or_none}",
                {"or_none": or_none},
            )
        return Contact.model_validate(value)

    return WrapValidator(check)


DefaultContact = Annotated[Contact, _contact(none=False)]
ContactOrNone = Annotated[Contact | Literal["none"], _contact(none=True)]


class DefaultContacts(Section):
    """The contacts of every account without an override."""

    security: DefaultContact | None = None
    """For security notifications: abuse reports, exposed credentials, compromised accounts."""
    operations: DefaultContact | None = None
    """For operations notifications: maintenance, retirements, service changes."""
    billing: DefaultContact | None = None
    """For billing notifications: invoices, payment methods."""


class ContactOverrides(Section):
    """Contacts of an organizational unit or account. A type without an entry is inherited."""

    model_config = _schema(minProperties=1)

    security: ContactOrNone | None = None
    """For security notifications. `none`: explicitly no contact of this type."""
    operations: ContactOrNone | None = None
    """For operations notifications. `none`: explicitly no contact of this type."""
    billing: ContactOrNone | None = None
    """For billing notifications. `none`: explicitly no contact of this type."""


class Contacts(Section):
    """Who the alternate contacts are. Nearest wins, per type: account, then the deepest OU, then the defaults."""

    defaults: DefaultContacts = DefaultContacts()
    """For every account, unless an OU or the account has an override."""
    organizational_units: dict[fields.OrganizationalUnitPath, ContactOverrides] = {}
    """By OU path from the root, such as Workloads/Prod. A / or \\ in an OU's name is written with a \\ before it."""
    accounts: dict[fields.Text, ContactOverrides] = {}
    """By account id (12 digits, in quotes) or account name."""


class Authentication(Section):
    """How Terraform reaches AWS. Nothing here is a secret: credentials come from the environment or the profile."""

    profile: fields.Text | None = None
    """A profile of the AWS configuration files. Default: the credentials of the environment."""
    role_arn: fields.RoleArn | None = None
    """The role to assume in the management account, or in the delegated administrator account of Account Management."""
    management_role_arn: fields.RoleArn | None = None
    """Only if role_arn is in a delegated administrator account, which cannot set the management account's own
    contacts: the role to assume in the management account for those."""
    member_role_name: fields.RoleName = "OrganizationAccountAccessRole"
    """The role to assume in a member account, for its User Notifications. It must trust the account that assumes it:
    the management account, or that of role_arn if it is another. OrganizationAccountAccessRole trusts only the former.
    """


class AccountAuthentication(Section):
    """How Terraform reaches AWS. Nothing here is a secret: credentials come from the environment or the profile."""

    profile: fields.Text | None = None
    """A profile of the AWS configuration files. Default: the credentials of the environment."""
    role_arn: fields.RoleArn | None = None
    """The role to assume in the account."""


class OrganizationSettings(Section):
    """The organization in AWS Organizations whose accounts get contacts."""

    management_account: fields.AccountId
    """The id of the management account: 12 digits, in quotes."""
    home_region: fields.Region
    """The AWS Region that Terraform uses."""
    authentication: Authentication = Authentication()
    """How Terraform reaches AWS."""
    contacts_stacks: Annotated[int, Field(ge=1, le=99)] = 1
    """How many Terraform stacks share the contacts. Terraform's planning time grows with the square of a stack's size:
    take one for every 500 accounts. Changing it later moves accounts between stacks and changes nothing in AWS."""


class AccountSettings(Section):
    """The only account, for those without an organization."""

    id: fields.AccountId
    """12 digits, in quotes."""
    name: fields.Text
    """The account's name, for messages."""
    home_region: fields.Region
    """The AWS Region that Terraform uses."""
    authentication: AccountAuthentication = AccountAuthentication()
    """How Terraform reaches AWS."""


class Accepted(Section):
    """An accepted exception: an address, or a pattern of addresses, that the policies pass."""

    model_config = one_of(("address",), ("pattern",))

    address: fields.Email | None = None
    """One address."""
    pattern: fields.AddressPattern | None = None
    """A pattern of addresses; * stands for anything."""
    reason: fields.Text
    """The reason, for the next reader."""
    expires: Date
    """The last day on which it is accepted."""


class Mail(Section):
    """Which addresses are the company's own. The policies judge contacts and root user emails by them."""

    corporate_domains: tuple[fields.Domain, ...] = ()
    """Domains of the company's own mail."""
    root_email_patterns: tuple[fields.AddressPattern, ...] = ()
    """What root user emails look like; * stands for anything."""
    accepted: tuple[Accepted, ...] = ()
    """Accepted exceptions, each with a reason and an expiry date."""


class Review(Section):
    """The last review of the contacts."""

    last_reviewed: Date
    """The day of the last review."""
    reviewed_by: fields.Text
    """The team that reviewed the contacts."""
    every_days: Annotated[int, Field(ge=1, le=366)] = 90
    """The days between reviews. AWS Security Hub, Account.1, recommends regular reviews."""

    @property
    def due(self) -> date:
        """The day by which the next review must be done."""
        return self.last_reviewed + timedelta(days=self.every_days)


class Channel(Section):
    """Where notifications go: an e-mail address, or an existing channel."""

    model_config = one_of(("email",), ("arn",))

    email: fields.ChannelEmail | None = None
    """An address. Its owner must activate it: AWS mails a link when the channel is created."""
    arn: fields.ChannelArn | None = None
    """An existing chat or mobile channel."""
    name: fields.EmailContactName | None = None
    """The e-mail contact's name in AWS. Default: the channel's name here."""
    tags: dict[fields.TagKey, fields.TagValue] | None = None
    """Tags of the e-mail contact."""


def _all_or(items: Any) -> WrapValidator:
    listed = TypeAdapter(Annotated[tuple[items, ...], Field(min_length=1)])

    def check(value: object, handler: Any) -> object:
        if isinstance(value, str) and value != "all":
            raise PydanticCustomError(
                "invalid", "is not a list; write all, or a list such as [{value}]", {"value": value}
            )
        return value if value == "all" else listed.validate_python(value)

    return WrapValidator(check)


AllOrRegions = Annotated[Literal["all"] | tuple[fields.Region, ...], _all_or(fields.Region)]
AllOrAccounts = Annotated[Literal["all"] | tuple[fields.Text, ...], _all_or(fields.Text)]


class Subscription(Section):
    """The events that trigger a notification, and its channels."""

    model_config = one_of(("preset",), ("source", "event_type"))

    preset: Preset | None = None
    """A named set of events of the user-notifications module."""
    source: fields.EventSource | None = None
    """Instead of a preset: the service whose events count, such as aws.health."""
    event_type: fields.EventType | None = None
    """Instead of a preset: the events' detail-type, such as AWS Health Event."""
    pattern: fields.EventPattern | None = None
    """Instead of a preset: an EventBridge event pattern, as JSON in single quotes, that narrows the events down."""
    description: fields.Description | None = None
    """The description in the console."""
    regions: AllOrRegions | None = None
    """The Regions whose events count, or all: every Region enabled for the account. Default: the preset's,
    and all without a preset."""
    aggregation: Literal["NONE", "SHORT", "LONG"] | None = None
    """NONE: one notification per event. SHORT: collected for 5 minutes. LONG: for 12 hours. Default: the preset's, and
    NONE without a preset."""
    channels: Annotated[tuple[fields.NameInAws, ...], Field(min_length=1)]
    """Names of channels defined above."""
    accounts: AllOrAccounts | None = None
    """Names or ids of the accounts, or all. Default: the management account."""
    name: fields.NameInAws | None = None
    """The notification configuration's name in AWS. Default: the subscription's name here."""
    tags: dict[fields.TagKey, fields.TagValue] | None = None
    """Tags of the notification configuration."""


class Notifications(Section):
    """AWS User Notifications."""

    hub_regions: Annotated[tuple[fields.Region, ...], Field(min_length=1, max_length=3)]
    """1 to 3 Regions that store the notifications."""
    channels: Annotated[dict[fields.NameInAws, Channel], Field(min_length=1)]
    """Where notifications go, by a name of your choice."""
    subscriptions: Annotated[dict[fields.NameInAws, Subscription], Field(min_length=1)]
    """Which notifications there are, by a name of your choice: the name of the notification configuration in AWS."""


class LocalBackend(Section):
    """Terraform state in files."""

    model_config = _schema(required=["type"])

    type: Literal["local"] = "local"
    path: fields.Text = "state"
    """The folder, from the folder of this file."""


class S3Backend(Section):
    """Terraform state in S3, locked by a lock file beside it."""

    type: Literal["s3"]
    bucket: fields.BucketName
    """The bucket."""
    key_prefix: fields.Text = "aws-contact-baseline"
    """The prefix of the keys; a stack's state is at PREFIX/STACK.tfstate."""
    region: fields.Region
    """The bucket's Region."""
    kms_key_id: fields.Text | None = None
    """The KMS key that encrypts the state. Default: the bucket's."""
    profile: fields.Text | None = None
    """A profile of the AWS configuration files for the state alone."""
    role_arn: fields.RoleArn | None = None
    """A role to assume for the state alone."""
