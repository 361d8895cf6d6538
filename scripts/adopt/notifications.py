"""The `notifications` section and imports for the accounts' existing notifications."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel, ValidationError

from cdktf_app.contacts import fields
from cdktf_app.contacts.sections import Channel, Subscription
from cdktf_app.imports import NotificationsImports, SubscriptionImports
from cdktf_app.presets import ALL, PRESETS, Event
from scripts.adopt.contacts import LeftOut, account_keys, expressible, reasons

if TYPE_CHECKING:
    from cdktf_app.contacts.organization import Account, Organization
    from policies.contact_rules.live import LiveNotifications, NotificationConfiguration

Tags = Mapping[str, Mapping[str, str]]
"""The tags of notification configurations and e-mail contacts that have any, by ARN."""


@dataclass(frozen=True)
class AdoptedNotifications:
    """The `notifications` section for what accounts have."""

    section: dict[str, Any] | None
    """As in contacts.yaml, or None if there is nothing to say."""
    imports: Mapping[str, NotificationsImports] = field(default_factory=dict)
    """By account id."""
    left_out: tuple[LeftOut, ...] = ()
    """What contacts.yaml cannot express; it stays in AWS, and Terraform does not manage it."""


class _Endpoint(NamedTuple):
    """Where a channel leads: an e-mail contact by its name, address and tags, or an ARN."""

    name: str
    email: str
    arn: str
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class _Found:
    """A notification configuration that contacts.yaml can express."""

    account: Account
    live: NotificationConfiguration
    content: tuple[tuple[str, Any], ...]
    """The subscription's keys but channels and accounts."""
    endpoints: tuple[tuple[_Endpoint, str], ...]
    """Where it goes, each with the ARN that the account has for it."""


class _Inexpressible(Exception):
    """contacts.yaml cannot express it; the text explains why."""


def adopt_notifications(
    organization: Organization, managed: Collection[str], live: Mapping[str, LiveNotifications], tags: Tags
) -> AdoptedNotifications:
    """The `notifications` section and the imports for what the accounts have. What several accounts have alike becomes
    one subscription.

    `managed` are the ids of the accounts that `accounts: all` means. In an organization of one account that is none of
    AWS Organizations, nothing says `accounts`.
    """
    found: list[_Found] = []
    left_out: list[LeftOut] = []
    unusable = _ambiguous_addresses(live, tags)
    for account_id in sorted(live):
        account = organization.by_id[account_id]
        for configuration in sorted(live[account_id].configurations, key=lambda item: (item.name, item.arn)):
            try:
                found.append(_expressed(account, configuration, live[account_id], tags, unusable))
            except _Inexpressible as error:
                left_out.append(LeftOut(account, f"notification configuration {configuration.name}", str(error)))
    hubs = _common_hubs({item.account.id: live[item.account.id].hubs for item in found})
    for item in list(found):
        if not hubs or not set(hubs) <= set(live[item.account.id].hubs):
            there = ", ".join(live[item.account.id].hubs) or "none"
            reason = f"the account's notification hubs ({there}) are not those of the others ({', '.join(hubs)})"
            left_out.append(LeftOut(item.account, f"notification configuration {item.live.name}", reason))
            found.remove(item)
    taken = {arn for item in found for _, arn in item.endpoints}
    for account_id in sorted(live):
        for contact in live[account_id].email_contacts:
            if contact.arn not in taken:
                reason = "no adopted notification configuration uses it"
                left_out.append(LeftOut(organization.by_id[account_id], f"e-mail contact {contact.name}", reason))
    if not found:
        return AdoptedNotifications(None, left_out=tuple(left_out))
    channels = _channel_names(endpoint for item in found for endpoint, _ in item.endpoints)
    subscriptions, imports = _subscriptions(organization, managed, found, channels, hubs)
    section = {
        "hub_regions": list(hubs),
        "channels": {name: _channel(endpoint, name) for endpoint, name in sorted(channels.items(), key=lambda i: i[1])},
        "subscriptions": subscriptions,
    }
    return AdoptedNotifications(section, imports, tuple(left_out))


def _expressed(
    account: Account,
    configuration: NotificationConfiguration,
    live: LiveNotifications,
    tags: Tags,
    unusable: Collection[tuple[str, str]],
) -> _Found:
    """Raises _Inexpressible."""
    content = {"name": configuration.name, **_content(configuration, live.enabled_regions)}
    if own := _tags(tags, configuration.arn):
        content["tags"] = dict(own)
    contacts = {contact.arn: contact for contact in live.email_contacts}
    endpoints = []
    for arn in sorted(configuration.channels):
        contact = contacts.get(arn)
        usable = contact is not None and (account.id, arn) not in unusable
        endpoint = (
            _Endpoint(contact.name, contact.address, "", _tags(tags, arn))
            if contact is not None and usable
            else _Endpoint(contact.name if contact else _last_part(arn), "", arn)
        )
        endpoints.append((endpoint, arn))
    if not endpoints:
        raise _Inexpressible("it has no channel, so nothing is delivered")
    try:
        for endpoint, _ in endpoints:
            _checked(Channel, _channel(endpoint, ""))
        _checked(Subscription, {**content, "channels": ["channel"]})
    except ValidationError as error:
        raise _Inexpressible(reasons(error)) from None
    return _Found(account, configuration, tuple((k, _frozen(v)) for k, v in content.items()), tuple(endpoints))


def _content(configuration: NotificationConfiguration, enabled: Sequence[str]) -> dict[str, Any]:
    """A subscription's events, description, Regions and aggregation, as short as can be."""
    if not configuration.rules:
        raise _Inexpressible("it has no event rule, so it notifies nobody")
    regions = {tuple(sorted(rule.regions)) for rule in configuration.rules}
    if len(regions) > 1:
        raise _Inexpressible("its event rules are for different Regions")
    everywhere = regions == {tuple(sorted(enabled))}
    own_regions = ALL if everywhere else next(iter(regions))
    events = sorted(Event(rule.source, rule.event_type, rule.pattern) for rule in configuration.rules)
    preset = next((name for name, content in PRESETS.items() if sorted(content.events) == events), None)
    if preset is not None:
        default = PRESETS[preset]
        description, usual, aggregation = default.description, default.regions, default.aggregation
        entry: dict[str, Any] = {"preset": preset}
    elif len(events) > 1:
        raise _Inexpressible(f"it has {len(events)} event rules that match no preset")
    else:
        event = events[0]
        description, usual, aggregation = f"{event.event_type} from {event.source}", ALL, "NONE"
        entry = {"source": event.source, "event_type": event.event_type}
        if event.pattern:
            entry["pattern"] = event.pattern
    if not configuration.description:
        raise _Inexpressible("its description is empty; give it one")
    if configuration.description != description:
        entry["description"] = configuration.description
    if own_regions != tuple(sorted(usual)):
        entry["regions"] = "all" if everywhere else list(own_regions)
    if configuration.aggregation != aggregation:
        entry["aggregation"] = configuration.aggregation
    return entry


def _ambiguous_addresses(live: Mapping[str, LiveNotifications], tags: Tags) -> set[tuple[str, str]]:
    """The e-mail contacts, by account and ARN, whose address is better known by another name or other tags, while
    contacts.yaml has one channel for an address. They are used by their ARNs, as they are."""
    counted: dict[str, Counter[tuple[str, str, Any]]] = defaultdict(Counter)
    for notifications in live.values():
        for contact in notifications.email_contacts:
            counted[contact.address.lower()][contact.name, contact.address, _tags(tags, contact.arn)] += 1
    usual = {address: min(names, key=lambda n: (-names[n], n)) for address, names in counted.items()}
    return {
        (account_id, contact.arn)
        for account_id, notifications in live.items()
        for contact in notifications.email_contacts
        if usual[contact.address.lower()] != (contact.name, contact.address, _tags(tags, contact.arn))
        or not expressible(fields.ChannelEmail, contact.address)
    }


def _common_hubs(hubs: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The Regions that the most accounts have among their hubs; of these the most Regions."""
    candidates = {
        chosen
        for regions in set(map(tuple, hubs.values()))
        for count in range(1, len(regions) + 1)
        for chosen in itertools.combinations(sorted(regions), count)
    }
    reach = {chosen: sum(set(chosen) <= set(own) for own in hubs.values()) for chosen in candidates}
    return min(reach, key=lambda chosen: (-reach[chosen], -len(chosen), chosen), default=())


def _channel_names(endpoints: Iterable[_Endpoint]) -> dict[_Endpoint, str]:
    """A name for each channel, its own where it can be."""
    counted = Counter(endpoints)
    return _named((endpoint.name, endpoint) for endpoint in sorted(counted, key=lambda e: (-counted[e], e)))


def _named(wanted: Iterable[tuple[str, Any]]) -> dict[Any, str]:
    """Names for things: what is wanted, as AWS takes names, and a number behind it where it is taken."""
    names: dict[Any, str] = {}
    taken: set[str] = set()
    for name, thing in wanted:
        plain = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "unnamed"
        numbered = (f"{plain[:60]}-{number}" for number in itertools.count(2))
        names[thing] = next(name for name in itertools.chain([plain[:64]], numbered) if name not in taken)
        taken.add(names[thing])
    return names


def _channel(endpoint: _Endpoint, key: str) -> dict[str, Any]:
    if endpoint.arn:
        return {"arn": endpoint.arn}
    return {
        "email": endpoint.email,
        **({"name": endpoint.name} if endpoint.name != key else {}),
        **({"tags": dict(endpoint.tags)} if endpoint.tags else {}),
    }


def _subscriptions(
    organization: Organization,
    managed: Collection[str],
    found: Iterable[_Found],
    channels: Mapping[_Endpoint, str],
    hubs: Sequence[str],
) -> tuple[dict[str, Any], dict[str, NotificationsImports]]:
    groups: dict[Any, list[_Found]] = defaultdict(list)
    for item in found:
        used = tuple(sorted(channels[endpoint] for endpoint, _ in item.endpoints))
        groups[item.content, used].append(item)
    order = sorted(groups, key=lambda group: (-len(groups[group]), groups[group][0].account.id))
    names = _named((groups[group][0].live.name, group) for group in order)
    keys = account_keys(organization)
    management = organization.management_account_id
    subscriptions: dict[str, Any] = {}
    parts: dict[str, dict[str, SubscriptionImports]] = defaultdict(dict)
    contacts: dict[str, dict[str, str]] = defaultdict(dict)
    for group, name in sorted(names.items(), key=lambda item: item[1]):
        content, used = dict(group[0]), group[1]
        if content["name"] == name:
            del content["name"]
        entry = {key: _thawed(value) for key, value in content.items()} | {"channels": list(used)}
        accounts = sorted(item.account.id for item in groups[group])
        if accounts != [management]:
            entry["accounts"] = "all" if set(accounts) == set(managed) else [keys[account] for account in accounts]
        subscriptions[name] = entry
        for item in groups[group]:
            parts[item.account.id][name] = SubscriptionImports(
                configuration=item.live.arn,
                rules={rule.event_type: rule.arn for rule in item.live.rules},
                channels={channels[endpoint]: arn for endpoint, arn in item.endpoints},
            )
            contacts[item.account.id].update(
                (channels[endpoint], arn) for endpoint, arn in item.endpoints if not endpoint.arn
            )
    imports = {
        account_id: NotificationsImports(
            hubs=tuple(hubs), email_contacts=contacts[account_id], subscriptions=parts[account_id]
        )
        for account_id in sorted(parts)
    }
    return subscriptions, imports


def _checked(model: type[BaseModel], content: Mapping[str, Any]) -> None:
    """Raises ValidationError where the model does not take the content, _Inexpressible where it would change it."""
    taken = model.model_validate(dict(content)).model_dump(exclude_none=True, mode="json")
    changed = [key for key, value in content.items() if taken.get(key) != value]
    if changed:
        raise _Inexpressible(f"its {changed[0]} has combining characters, which this file would compose")


def _tags(tags: Tags, arn: str) -> tuple[tuple[str, str], ...]:
    """The tags of a resource, without AWS's own, which nobody can set."""
    return tuple(sorted((key, value) for key, value in tags.get(arn, {}).items() if not key.startswith("aws:")))


def _last_part(arn: str) -> str:
    return arn.rpartition("/")[2]


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return ("tags", *sorted(value.items()))
    return tuple(value) if isinstance(value, list) else value


def _thawed(value: Any) -> Any:
    if isinstance(value, tuple):
        return dict(value[1:]) if value[:1] == ("tags",) else list(value)
    return value
