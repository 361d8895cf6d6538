"""The contact directory, `contacts.yaml`: who AWS can reach for every account, and how it is applied."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    TypeAdapter,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from cdktf_app.contacts import fields
from cdktf_app.contacts.problems import Problem
from cdktf_app.contacts.source import CheckedModel, Location, Source, did_you_mean, read_yaml, validated

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
            raise PydanticCustomError("refused", "is not a date; write it as year-month-day: 2026-10-01") from None
    return value


Date = Annotated[
    date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-10-01"]})
]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def _schema(**keywords: Any) -> ConfigDict:
    """Rules across fields, for editors; `Directory.contradictions` says them in words."""
    return ConfigDict(json_schema_extra=keywords)


def _one_of(*alternatives: tuple[str, ...]) -> ConfigDict:
    return _schema(oneOf=[{"required": list(names)} for names in alternatives])


class Contact(_Section):
    """An alternate contact of an AWS account: a team or a mailing list, rather than a person."""

    name: fields.Name
    """Who it is: a team. At most 64 characters (AWS) and 64 bytes in UTF-8 (the Terraform AWS provider)."""
    title: fields.Title
    """What they do. At most 50 characters (AWS) and 50 bytes in UTF-8 (the Terraform AWS provider)."""
    email: fields.Email
    """Where AWS writes to: a mailing list that several people read."""
    phone: fields.Phone
    """Where AWS calls, with country code. In quotes, or YAML editors take it for a number."""


def _contact(*, none: bool) -> WrapValidator:
    def check(value: object, handler: Any) -> object:
        if value == NONE and none:
            return NONE
        if value == NONE:
            raise PydanticCustomError(
                "refused", "is for organizational units and accounts; leave it out here, and nobody is the contact"
            )
        if isinstance(value, str):
            or_none = ", or none for no contact at all" if none else ""
            raise PydanticCustomError(
                "refused",
                "is not a contact; write name, title, email and phone under it{or_none}",
                {"or_none": or_none},
            )
        return Contact.model_validate(value)

    return WrapValidator(check)


DefaultContact = Annotated[Contact, _contact(none=False)]
ContactOrNone = Annotated[Contact | Literal["none"], _contact(none=True)]


class DefaultContacts(_Section):
    """The contacts of every account that nothing nearer speaks for."""

    security: DefaultContact | None = None
    """For security notifications: abuse reports, exposed credentials, compromised accounts."""
    operations: DefaultContact | None = None
    """For operations notifications: maintenance, retirements, service changes."""
    billing: DefaultContact | None = None
    """For billing notifications: invoices, payment methods."""


class ContactOverrides(_Section):
    """Contacts of an organizational unit or account. A type that is not named is inherited."""

    model_config = _schema(minProperties=1)

    security: ContactOrNone | None = None
    """For security notifications. `none`: explicitly no contact of this type."""
    operations: ContactOrNone | None = None
    """For operations notifications. `none`: explicitly no contact of this type."""
    billing: ContactOrNone | None = None
    """For billing notifications. `none`: explicitly no contact of this type."""


class Contacts(_Section):
    """Who the alternate contacts are. Nearest wins, per type: account, then the deepest OU, then the defaults."""

    defaults: DefaultContacts = DefaultContacts()
    """For every account, unless an OU or the account itself says otherwise."""
    organizational_units: dict[fields.OrganizationalUnitPath, ContactOverrides] = {}
    """By OU path from the root, such as Workloads/Prod. A / or \\ in an OU's name is written with a \\ before it."""
    accounts: dict[fields.Text, ContactOverrides] = {}
    """By account id (12 digits, in quotes) or account name."""


class Authentication(_Section):
    """How Terraform reaches AWS. Nothing here is a secret: credentials come from the environment or the profile."""

    profile: fields.Text | None = None
    """A profile of the AWS configuration files. Default: whatever credentials the environment offers."""
    role_arn: fields.RoleArn | None = None
    """The role to assume in the management account, or in the delegated administrator account of Account Management."""
    management_role_arn: fields.RoleArn | None = None
    """Only if role_arn is in a delegated administrator account, which cannot set the management account's own
    contacts: the role to assume in the management account for those."""
    member_role_name: fields.RoleName = "OrganizationAccountAccessRole"
    """The role to assume in a member account, for its User Notifications. It must trust the account that assumes it:
    the management account, or that of role_arn if it is another. OrganizationAccountAccessRole trusts only the former.
    """


class AccountAuthentication(_Section):
    """How Terraform reaches AWS. Nothing here is a secret: credentials come from the environment or the profile."""

    profile: fields.Text | None = None
    """A profile of the AWS configuration files. Default: whatever credentials the environment offers."""
    role_arn: fields.RoleArn | None = None
    """The role to assume in the account."""


class OrganizationSettings(_Section):
    """The organization in AWS Organizations whose accounts get contacts."""

    management_account: fields.AccountId
    """The id of the management account: 12 digits, in quotes."""
    home_region: fields.Region
    """The AWS Region that Terraform works from."""
    authentication: Authentication = Authentication()
    """How Terraform reaches AWS."""
    contacts_stacks: Annotated[int, Field(ge=1, le=99)] = 1
    """How many Terraform stacks share the contacts. Terraform's planning time grows with the square of a stack's size:
    take one for every 500 accounts. Changing it later moves accounts between stacks and changes nothing in AWS."""


class AccountSettings(_Section):
    """The only account, for those without an organization."""

    id: fields.AccountId
    """12 digits, in quotes."""
    name: fields.Text
    """The account's name, for people."""
    home_region: fields.Region
    """The AWS Region that Terraform works from."""
    authentication: AccountAuthentication = AccountAuthentication()
    """How Terraform reaches AWS."""


class Accepted(_Section):
    """An address, or a pattern of addresses, that the policies let pass although they would not."""

    model_config = _one_of(("address",), ("pattern",))

    address: fields.Email | None = None
    """One address."""
    pattern: fields.AddressPattern | None = None
    """A pattern of addresses; * stands for anything."""
    reason: fields.Text
    """Why, for the next reader."""
    expires: Date
    """The last day on which it is accepted."""


class Mail(_Section):
    """Which addresses are the company's own. The policies judge contacts and root user emails by it."""

    corporate_domains: tuple[fields.Domain, ...] = ()
    """Domains of the company's own mail."""
    root_email_patterns: tuple[fields.AddressPattern, ...] = ()
    """What root user emails look like; * stands for anything."""
    accepted: tuple[Accepted, ...] = ()
    """Exceptions, each with a reason and an end."""


class Review(_Section):
    """When somebody last made sure that the contacts are right."""

    last_reviewed: Date
    """The day of the last review."""
    reviewed_by: fields.Text
    """The team that did it."""
    every_days: Annotated[int, Field(ge=1, le=366)] = 90
    """How often it must be done, in days. AWS Security Hub, Account.1, advises to do it regularly."""

    @property
    def due(self) -> date:
        """The day by which the next review must be done."""
        return self.last_reviewed + timedelta(days=self.every_days)


class Channel(_Section):
    """Where notifications go: an e-mail address, or a channel made elsewhere."""

    model_config = _one_of(("email",), ("arn",))

    email: fields.ChannelEmail | None = None
    """An address. Its owner must activate it: AWS sends a mail with a link when the channel is made."""
    arn: fields.ChannelArn | None = None
    """A chat or mobile channel made elsewhere."""
    name: fields.EmailContactName | None = None
    """The e-mail contact's name in AWS. Default: the channel's name here."""
    tags: dict[fields.TagKey, fields.TagValue] | None = None
    """Tags of the e-mail contact."""


def _all_or(items: Any) -> WrapValidator:
    listed = TypeAdapter(Annotated[tuple[items, ...], Field(min_length=1)])

    def check(value: object, handler: Any) -> object:
        if isinstance(value, str) and value != "all":
            raise PydanticCustomError(
                "refused", "is not a list; write all, or a list such as [{value}]", {"value": value}
            )
        return value if value == "all" else listed.validate_python(value)

    return WrapValidator(check)


AllOrRegions = Annotated[Literal["all"] | tuple[fields.Region, ...], _all_or(fields.Region)]
AllOrAccounts = Annotated[Literal["all"] | tuple[fields.Text, ...], _all_or(fields.Text)]


class Subscription(_Section):
    """Which events make a notification, and where it goes."""

    model_config = _one_of(("preset",), ("source", "event_type"))

    preset: Preset | None = None
    """Events that the user-notifications module knows by name."""
    source: fields.EventSource | None = None
    """Instead of a preset: the service whose events count, such as aws.health."""
    event_type: fields.EventType | None = None
    """Instead of a preset: the events' detail-type, such as AWS Health Event."""
    pattern: fields.EventPattern | None = None
    """Instead of a preset: an EventBridge event pattern, as JSON in single quotes, that narrows the events down."""
    description: fields.Description | None = None
    """What it is for, for people in the console."""
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


class Notifications(_Section):
    """AWS User Notifications."""

    hub_regions: Annotated[tuple[fields.Region, ...], Field(min_length=1, max_length=3)]
    """1 to 3 Regions where AWS keeps the notifications."""
    channels: Annotated[dict[fields.NameInAws, Channel], Field(min_length=1)]
    """Where notifications go, by a name of your choice."""
    subscriptions: Annotated[dict[fields.NameInAws, Subscription], Field(min_length=1)]
    """Which notifications there are, by a name of your choice: the name of the notification configuration in AWS."""


class LocalBackend(_Section):
    """Terraform state in files."""

    model_config = _schema(required=["type"])

    type: Literal["local"] = "local"
    path: fields.Text = "state"
    """The folder, from the folder of this file."""


class S3Backend(_Section):
    """Terraform state in S3, locked by a lock file beside it."""

    type: Literal["s3"]
    bucket: fields.BucketName
    """The bucket."""
    key_prefix: fields.Text = "aws-contact-baseline"
    """What the keys start with; a stack's state is at PREFIX/STACK.tfstate."""
    region: fields.Region
    """The bucket's Region."""
    kms_key_id: fields.Text | None = None
    """The KMS key that encrypts the state. Default: the bucket's."""
    profile: fields.Text | None = None
    """A profile of the AWS configuration files for the state alone."""
    role_arn: fields.RoleArn | None = None
    """A role to assume for the state alone."""


class Directory(_Section, CheckedModel):
    """Who AWS can reach, for every account: the contact directory of aws-contact-baseline."""

    model_config = _one_of(("organization",), ("account",))

    organization: OrganizationSettings | None = None
    """The organization. Either this or account."""
    account: AccountSettings | None = None
    """The only account, for those without an organization."""
    mail: Mail = Mail()
    """Which addresses are the company's own."""
    contacts: Contacts
    """Who the alternate contacts are."""
    review: Review | None = None
    """When somebody last made sure that the contacts are right."""
    notifications: Notifications | None = None
    """AWS User Notifications."""
    backend: Annotated[LocalBackend | S3Backend, Field(discriminator="type")] = LocalBackend()
    """Where Terraform keeps its state. Default: in the folder state, beside this file."""

    _source: Source | None = PrivateAttr(default=None)

    @classmethod
    def contradictions(cls, tree: Any) -> Iterator[tuple[Location, str]]:
        """Organization and account, channels nobody defined, roles of other accounts, and the like."""
        return _contradictions(tree)

    @property
    def file(self) -> str:
        """The name of the file it was read from, for messages."""
        return self._source.file if self._source else "contacts.yaml"

    @property
    def folder(self) -> Path:
        """The folder that `backend.path` is relative to: the file's, or the current one."""
        return Path(self._source.file).resolve().parent if self._source else Path.cwd()

    @property
    def home_region(self) -> str:
        """The AWS Region that Terraform works from."""
        settings = self.organization or self.account
        assert settings is not None
        return settings.home_region

    @property
    def main_account(self) -> str:
        """The id of the account that the alternate contacts are set from: the single one, that of role_arn, or the
        management account."""
        if self.account is not None:
            return self.account.id
        assert self.organization is not None
        role_arn = self.organization.authentication.role_arn
        return fields.role_account(role_arn) if role_arn else self.organization.management_account

    def roles(self, account: str) -> list[str]:
        """The ARNs of the roles to assume, one after the other, to work in an account."""
        if self.account is not None:
            return [self.account.authentication.role_arn] if self.account.authentication.role_arn else []
        assert self.organization is not None
        authentication = self.organization.authentication
        if account == self.organization.management_account and authentication.management_role_arn:
            return [authentication.management_role_arn]
        first = [authentication.role_arn] if authentication.role_arn else []
        if account == self.main_account:
            return first
        partition = fields.partition(self.home_region)
        return [*first, f"arn:{partition}:iam::{account}:role/{authentication.member_role_name}"]

    @property
    def warnings(self) -> list[Problem]:
        """What is possible, but hardly meant."""
        found = [self.problem(location, message) for location, message in _doubts(self)]
        return sorted(found, key=lambda problem: (problem.line or 0, problem.column or 0))

    def problem(self, location: Location, message: str, *, key: bool = False, value: str | None = None) -> Problem:
        """`message` at a place in the file, if there is a file."""
        if self._source:
            return self._source.problem(location, message, key=key, value=value)
        return Problem(self.file, f"{'.'.join(map(str, location))} {message}", value=value)


def load_directory(path: Path) -> Directory:
    """The contact directory in a YAML file. Raises InvalidInput with everything that is wrong with the file."""
    return parse_directory(read_yaml(path))


def parse_directory(source: Source) -> Directory:
    """The contact directory in a file that was read. Raises InvalidInput with everything that is wrong with it."""
    directory = validated(source, Directory)
    directory._source = source
    return directory


def json_schema() -> str:
    """The JSON Schema of `contacts.yaml` for editors, as the text of `docs/contacts.schema.json`."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_for_editors(Directory.model_json_schema()),
        "title": "contacts.yaml of aws-contact-baseline",
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _for_editors(schema: Any) -> Any:
    """Without null, which this file does not have, and without titles that only repeat the names of keys."""
    if isinstance(schema, list):
        return [_for_editors(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: _for_editors(value) for key, value in schema.items() if key != "title" or not isinstance(value, str)}
    if isinstance(result.get("default", ""), dict | None):
        del result["default"]
    if "anyOf" in result:
        result["anyOf"] = [option for option in result["anyOf"] if option != {"type": "null"}]
        if len(result["anyOf"]) == 1:
            result = {**result.pop("anyOf")[0], **result}
    if "patternProperties" in result:
        result["additionalProperties"] = False
        result.pop("propertyNames", None)
    if isinstance(result.get("description"), str):
        result["description"] = " ".join(result["description"].split())
    return result


def _get(tree: Any, *way: str) -> Any:
    for step in way:
        tree = tree.get(step) if isinstance(tree, Mapping) else getattr(tree, step, None)
    return tree


def _mapping(tree: Any, *way: str) -> Mapping[str, Any]:
    found = _get(tree, *way)
    return found if isinstance(found, Mapping) else {}


def _contradictions(tree: Any) -> Iterator[tuple[Location, str]]:
    """What contradicts itself across fields, found in a tree that need not be valid."""
    organization, account = _get(tree, "organization"), _get(tree, "account")
    if (organization is None) == (account is None):
        given = "has organization and account; keep" if organization is not None else "has no organization; write"
        yield (), f"{given} organization (accounts of AWS Organizations) or account (a single account)"
    yield from _contradictions_of_authentication(tree)
    contacts = _get(tree, "contacts")
    named = 0
    for section in ("organizational_units", "accounts"):
        for key, overrides in _mapping(contacts, section).items():
            if organization is None and account is not None:
                yield ("contacts", section, key), "has nothing to override in a single account; write it under defaults"
            elif not any(_get(overrides, kind) for kind in CONTACT_TYPES) and isinstance(overrides, Mapping):
                yield ("contacts", section, key), f"overrides nothing; write {', '.join(CONTACT_TYPES)}, or remove it"
            named += 1
    if isinstance(contacts, Mapping) and not named and not any(_get(contacts, "defaults", k) for k in CONTACT_TYPES):
        yield ("contacts",), "names no contact; write security, operations and billing under defaults"
    accepted = _get(tree, "mail", "accepted")
    for index, entry in enumerate(accepted if isinstance(accepted, list | tuple) else ()):
        if isinstance(entry, Mapping) and (_get(entry, "address") is None) == (_get(entry, "pattern") is None):
            yield ("mail", "accepted", index), "write either address or pattern"
    yield from _contradictions_of_notifications(tree)


def _contradictions_of_authentication(tree: Any) -> Iterator[tuple[Location, str]]:
    section = "organization" if _get(tree, "organization") is not None else "account"
    owner = _get(tree, section, "management_account" if section == "organization" else "id")
    region = _get(tree, section, "home_region")
    roles = {}
    for key in ("role_arn", "management_role_arn"):
        arn = _get(tree, section, "authentication", key)
        if isinstance(arn, str) and (parts := re.fullmatch(r"arn:([a-z-]+):iam::(\d{12}):role/.+", arn)):
            roles[key] = parts[2]
            if isinstance(region, str) and parts[1] != fields.partition(region):
                expected = fields.partition(region)
                yield (section, "authentication", key), f"is in another partition than {region}; write arn:{expected}:…"
    main, own = roles.get("role_arn"), roles.get("management_role_arn")
    if section == "account" and main not in (None, owner):
        yield (section, "authentication", "role_arn"), f"is a role of account {main}; write one of account {owner}"
    if own and main in (None, owner):
        message = "is only for a role_arn in a delegated administrator account; remove it"
        yield (section, "authentication", "management_role_arn"), message
    elif own and own != owner:
        message = f"is a role of account {own}; write one of the management account {owner}"
        yield (section, "authentication", "management_role_arn"), message


def _contradictions_of_notifications(tree: Any) -> Iterator[tuple[Location, str]]:
    if _get(tree, "notifications") is None:
        return
    region = _get(tree, "organization", "home_region") or _get(tree, "account", "home_region")
    if isinstance(region, str) and (there := fields.partition(region)) != "aws":
        yield ("notifications",), f"AWS User Notifications does not exist in the partition {there}; remove it"
    channels = _mapping(tree, "notifications", "channels")
    addresses: dict[str, str] = {}
    for name, channel in channels.items():
        way: Location = ("notifications", "channels", name)
        email, arn = _get(channel, "email"), _get(channel, "arn")
        if isinstance(channel, Mapping) and (email is None) == (arn is None):
            yield way, "write either email, or the arn of a channel made elsewhere"
        for key in ("name", "tags") if arn is not None else ():
            if _get(channel, key) is not None:
                yield (*way, key), "is for an e-mail contact; a channel made elsewhere has its own: remove it"
        address = str(email or arn).lower()
        if (email or arn) and addresses.setdefault(address, name) != name:
            at = (*way, "email" if email else "arn")
            yield at, f"is the channel {addresses[address]!r} already; use that name in the subscriptions"
    hubs = _get(tree, "notifications", "hub_regions")
    for index, hub in enumerate(hubs if isinstance(hubs, list | tuple) else ()):
        if hub in hubs[:index]:
            yield ("notifications", "hub_regions", index), "is listed twice; remove one"
        elif isinstance(hub, str) and fields.partition(hub) != "aws":
            message = f"is in the partition {fields.partition(hub)}, where AWS User Notifications does not exist"
            yield ("notifications", "hub_regions", index), f"{message}; write a Region of the partition aws"
    for name, subscription in _mapping(tree, "notifications", "subscriptions").items():
        way = ("notifications", "subscriptions", name)
        if not isinstance(subscription, Mapping):
            continue
        preset = _get(subscription, "preset")
        for key in ("source", "event_type", "pattern"):
            if preset is not None and _get(subscription, key) is not None:
                yield (*way, key), "does not go with a preset; remove one of the two"
            elif preset is None and key != "pattern" and _get(subscription, key) is None:
                yield way, f"has no {key}; write a preset, or both source and event_type"
                break
        if _get(tree, "account") is not None and _get(subscription, "accounts") is not None:
            yield (*way, "accounts"), "has no meaning for a single account; remove it"
        used = _get(subscription, "channels")
        for index, channel in enumerate(used if isinstance(used, list | tuple) else ()):
            if isinstance(channel, str) and channel not in channels:
                hint = did_you_mean(channel, channels, what="one of")
                yield (*way, "channels", index), f"is not a channel defined under notifications.channels{hint}"
            elif channel in used[:index]:
                yield (*way, "channels", index), "is listed twice; remove one"


def _doubts(directory: Directory) -> Iterator[tuple[Location, str]]:
    notifications = directory.notifications
    if notifications is None:
        return
    subscriptions = notifications.subscriptions
    used = {channel for subscription in subscriptions.values() for channel in subscription.channels}
    for name in notifications.channels.keys() - used:
        yield ("notifications", "channels", name), f"the channel {name!r} is used by no subscription"
    for name, subscription in subscriptions.items():
        way = ("notifications", "subscriptions", name)
        if subscription.preset == "console-sign-in":
            if subscription.aggregation not in (None, "NONE"):
                yield (*way, "aggregation"), "an aggregated sign-in notification hides who signed in; NONE shows it"
            if subscription.regions not in (None, "all"):
                yield (*way, "regions"), "sign-in events are logged in several Regions; all misses none"
