"""Typed constructs over `modules/`, for this app's stacks and for any other cdktf app.

Text given to them is data: it reaches AWS unchanged, even if it looks like a Terraform or cdktf template.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cdktf_app import cdk
from cdktf_app.contacts.sections import CONTACT_TYPES, Channel, Contact, ContactType, Subscription

if TYPE_CHECKING:
    from constructs import Construct

NOTHING = '${""}'
"""A Terraform template that evaluates to no text at all."""

# What cdktf looks for in text: its markers of string, list and map tokens; number tokens, written in exponential
# notation; and two whole texts that stand for maps of tokens. `NOTHING` within breaks each of them up.
_TOKEN_MARKER = re.compile(r"TfToken(?=\[)")
_NUMBER_TOKEN = re.compile(r"(?<=[-|0-9.+])(?=e[-|0-9.eE+])")
_TOKEN_MAPS = ("String Map Token Value", "Any Map Token Value")


def literal(value: Any) -> Any:
    """`value` so that its texts, and the keys of its mappings, come out of cdktf and Terraform as they went in."""
    if isinstance(value, str):
        return _literal_text(value)
    if isinstance(value, Mapping):
        return {_literal_text(key): literal(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [literal(item) for item in value]
    return value


@functools.lru_cache(maxsize=65536)
def _literal_text(text: str) -> str:
    escaped = re.sub(r"(?:\$+|%+)(?=\{)", lambda sign: sign[0] + sign[0][0], text)
    escaped = _NUMBER_TOKEN.sub(NOTHING, _TOKEN_MARKER.sub("TfToken" + NOTHING, escaped))
    return escaped + NOTHING if escaped in _TOKEN_MAPS else escaped


class AwsProvider(cdk.TerraformProvider):
    """A configuration of the Terraform AWS provider, with any of its arguments but credentials."""

    VERSIONS = ">= 5.100.0, < 7.0.0"

    def __init__(self, scope: Construct, id: str, *, alias: str | None = None, **arguments: Any) -> None:
        self._alias = alias
        self._arguments = {name: literal(value) for name, value in arguments.items() if value is not None}
        super().__init__(
            scope,
            id,
            terraform_resource_type="aws",
            terraform_provider_source="hashicorp/aws",
            terraform_generator_metadata={"provider_name": "aws", "provider_version_constraint": self.VERSIONS},
        )

    @property  # type: ignore[misc]
    def alias(self) -> str | None:
        """Its name; the default configuration has none."""
        return self._alias

    def _synthesize_attributes(self) -> Mapping[str, Any]:
        return self._arguments


class AlternateContacts(cdk.TerraformHclModule):
    """The module alternate-contacts: the alternate contacts of the caller's own account, and of other accounts."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        source: str,
        contacts: Mapping[ContactType, Contact] | None = None,
        accounts: Mapping[str, Mapping[ContactType, Contact]] | None = None,
        provider: cdk.TerraformProvider | None = None,
    ) -> None:
        """`source` is the module's, such as `git::https://…//modules/alternate-contacts?ref=v1`. `contacts` are those
        of the caller's own account, `accounts` those of others by account id; the caller's own may be among them.

        Accounts with the same contacts are written as one group, in a local value beside the module: a reader sees who
        has the same, and ten thousand accounts stay a small file."""
        groups: dict[str, dict[str, Any]] = {}
        for account, by_type in (accounts or {}).items():
            if found := _contacts(by_type):
                groups.setdefault(repr(found), {"accounts": [], "contacts": found})["accounts"].append(account)
        variables: dict[str, Any] = {}
        if contacts:
            variables["contacts"] = literal(_contacts(contacts))
        if groups:
            local = cdk.TerraformLocal(scope, f"{id}_groups", literal(list(groups.values())))
            each = "{for id in group.accounts : id => group.contacts}"
            variables["accounts"] = f"${{merge([for group in local.{local.friendly_unique_id} : {each}]...)}}"
        super().__init__(scope, id, **_module_arguments(source, variables, provider))


class UserNotifications(cdk.TerraformHclModule):
    """The module user-notifications: hubs, channels, and the notification configurations of an account."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        source: str,
        hub_regions: Sequence[str],
        channels: Mapping[str, Channel],
        subscriptions: Mapping[str, Subscription],
        provider: cdk.TerraformProvider | None = None,
    ) -> None:
        """`source` is the module's, such as `git::https://…//modules/user-notifications?ref=v1`. The provider's region
        must be us-east-1, where the control plane of AWS User Notifications is."""
        variables: dict[str, Any] = {
            "hub_regions": list(hub_regions),
            "email_channels": {
                name: channel.model_dump(exclude_none=True) for name, channel in channels.items() if channel.email
            },
            "channel_arns": {name: channel.arn for name, channel in channels.items() if channel.arn},
            "subscriptions": {name: _subscription(subscription) for name, subscription in subscriptions.items()},
        }
        given = {name: value for name, value in variables.items() if value}
        super().__init__(scope, id, **_module_arguments(source, literal(given), provider))


def _module_arguments(
    source: str, variables: Mapping[str, Any], provider: cdk.TerraformProvider | None
) -> dict[str, Any]:
    return {
        "source": source,
        "variables": variables,
        "providers": [provider] if provider is not None else None,
        "skip_asset_creation_from_local_modules": True,
    }


def _contacts(by_type: Mapping[ContactType, Contact]) -> dict[str, dict[str, str]]:
    return {kind: by_type[kind].model_dump() for kind in CONTACT_TYPES if kind in by_type}


def _subscription(subscription: Subscription) -> dict[str, Any]:
    regions = ["all"] if subscription.regions == "all" else subscription.regions and list(subscription.regions)
    arguments = {
        "preset": subscription.preset,
        "source": subscription.source,
        "event_type": subscription.event_type,
        "event_pattern": subscription.pattern,
        "description": subscription.description,
        "regions": regions,
        "aggregation": subscription.aggregation,
        "channels": list(subscription.channels),
        "name": subscription.name,
        "tags": subscription.tags,
    }
    return {name: value for name, value in arguments.items() if value is not None}
