"""`imports.json`: existing resources in AWS, which Terraform imports instead of creating them.

It lies beside `contacts.yaml`, holds no contact data, and Terraform ignores what is in the state already.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from cdktf_app.contacts import fields
from cdktf_app.contacts.source import Location, read_json
from cdktf_app.contacts.validation import CheckedModel, validated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from cdktf_app.contacts.sections import ContactType, Subscription

FILE = "imports.json"

ContactTypeInAws = Literal["SECURITY", "OPERATIONS", "BILLING"]
IN_AWS: Mapping[ContactType, ContactTypeInAws] = {
    "security": "SECURITY",
    "operations": "OPERATIONS",
    "billing": "BILLING",
}
# Ids become Terraform templates: nothing of what a template means (`${`, `%{`) can be in one of these.
Arn = Annotated[str, StringConstraints(pattern=r"^arn:[a-z-]+:[A-Za-z0-9:/_.@-]+$")]
AccountId = fields.AccountId
ImportBlock = dict[str, str]
"""A Terraform import block: `to`, an address, and `id`, the provider's id of what exists."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class SubscriptionImports(_Record):
    """A notification configuration that exists."""

    configuration: Arn
    """The configuration's ARN."""
    rules: dict[fields.EventType, Arn] = {}
    """Its event rules' ARNs, by event type."""
    channels: dict[fields.NameInAws, Arn] = {}
    """Its channels' ARNs, by the name of the channel in contacts.yaml."""


class NotificationsImports(_Record):
    """The User Notifications of an account that exist."""

    hubs: tuple[fields.Region, ...] = ()
    """The Regions of its notification hubs."""
    email_contacts: dict[fields.NameInAws, Arn] = {}
    """Its e-mail contacts' ARNs, by the name of the channel in contacts.yaml."""
    subscriptions: dict[fields.NameInAws, SubscriptionImports] = {}
    """Its notification configurations, by the name of the subscription in contacts.yaml."""


class Imports(CheckedModel, _Record):
    """The existing resources that Terraform imports."""

    version: Literal[1] = 1
    """The version of this file's shape."""
    alternate_contacts: dict[AccountId, tuple[ContactTypeInAws, ...]] = {}
    """Alternate contacts, by account id."""
    notifications: dict[AccountId, NotificationsImports] = {}
    """User Notifications, by account id."""

    @classmethod
    def contradictions(cls, tree: Any) -> Iterator[tuple[Location, str]]:
        """None: its parts do not depend on each other."""
        yield from ()


def load_imports(path: Path) -> Imports | None:
    """The imports in a file, or None if there is no such file.

    Raises InvalidInput with everything that is wrong with the file.
    """
    return validated(read_json(path), Imports) if path.exists() else None


def dump_imports(imports: Imports) -> str:
    """The text of an imports file: the same imports make the same bytes."""
    return json.dumps(imports.model_dump(), indent=2, sort_keys=True) + "\n"


def contact_imports(
    imports: Imports, module: str, contacts: Mapping[str, Iterable[ContactType]], own: str
) -> Iterator[ImportBlock]:
    """The import blocks for an alternate-contacts module that holds `contacts`, by account id or `self`.

    `own` is the account that the module's provider works in: AWS and the provider know its contacts without its id.
    """
    for key, kinds in contacts.items():
        account = own if key == "self" else key
        for kind in map(IN_AWS.__getitem__, kinds):
            if kind in imports.alternate_contacts.get(account, ()):
                yield {
                    "to": f'module.{module}.aws_account_alternate_contact.this["{key}/{kind}"]',
                    "id": kind if account == own else f"{account}/{kind}",
                }


def notification_imports(
    imports: NotificationsImports,
    module: str,
    hub_regions: Iterable[str],
    email_channels: Iterable[str],
    subscriptions: Mapping[str, tuple[Subscription, Iterable[str]]],
) -> Iterator[ImportBlock]:
    """The import blocks for a user-notifications module that holds these: of each subscription also its event types."""

    def block(resource: str, key: str, id: str) -> ImportBlock:
        return {"to": f'module.{module}.aws_{resource}.this["{key}"]', "id": id}

    for region in hub_regions:
        if region in imports.hubs:
            yield block("notifications_notification_hub", region, region)
    for channel in email_channels:
        if channel in imports.email_contacts:
            yield block("notificationscontacts_email_contact", channel, imports.email_contacts[channel])
    for name, (subscription, event_types) in subscriptions.items():
        if (found := imports.subscriptions.get(name)) is None:
            continue
        yield block("notifications_notification_configuration", name, found.configuration)
        for event_type in event_types:
            if event_type in found.rules:
                yield block("notifications_event_rule", f"{name}/{event_type}", found.rules[event_type])
        for channel in subscription.channels:
            if channel in found.channels:
                arns = f"{found.configuration},{found.channels[channel]}"
                yield block("notifications_channel_association", f"{name}/{channel}", arns)
