"""Contradictions across the fields of contacts.yaml, and settings that are probably unintended."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cdktf_app.contacts import fields
from cdktf_app.contacts.sections import CONTACT_TYPES
from cdktf_app.contacts.validation import did_you_mean

if TYPE_CHECKING:
    from cdktf_app.contacts.directory import Directory
    from cdktf_app.contacts.source import Location


def _get(tree: Any, *way: str) -> Any:
    for step in way:
        tree = tree.get(step) if isinstance(tree, Mapping) else getattr(tree, step, None)
    return tree


def _mapping(tree: Any, *way: str) -> Mapping[str, Any]:
    found = _get(tree, *way)
    return found if isinstance(found, Mapping) else {}


def contradictions(tree: Any) -> Iterator[tuple[Location, str]]:
    """Contradictions across fields, found in a tree that may be invalid."""
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
        yield ("contacts",), "defines no contact; write security, operations and billing under defaults"
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
            yield way, "write either email, or the arn of an existing channel"
        for key in ("name", "tags") if arn is not None else ():
            if _get(channel, key) is not None:
                yield (*way, key), "is for e-mail contacts only; an existing channel has its own: remove it"
        address = str(email or arn).lower()
        if (email or arn) and addresses.setdefault(address, name) != name:
            at = (*way, "email" if email else "arn")
            yield at, f"is already the channel {addresses[address]!r}; use that name in the subscriptions"
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
            yield (*way, "accounts"), "does not apply to a single account; remove it"
        used = _get(subscription, "channels")
        for index, channel in enumerate(used if isinstance(used, list | tuple) else ()):
            if isinstance(channel, str) and channel not in channels:
                hint = did_you_mean(channel, channels, what="one of")
                yield (*way, "channels", index), f"is not a channel defined under notifications.channels{hint}"
            elif channel in used[:index]:
                yield (*way, "channels", index), "is listed twice; remove one"


def doubts(directory: Directory) -> Iterator[tuple[Location, str]]:
    notifications = directory.notifications
    if notifications is None:
        return
    subscriptions = notifications.subscriptions
    used = {channel for subscription in subscriptions.values() for channel in subscription.channels}
    for name in notifications.channels.keys() - used:
        yield ("notifications", "channels", name), f"no subscription uses the channel {name!r}"
    for name, subscription in subscriptions.items():
        way = ("notifications", "subscriptions", name)
        if subscription.preset == "console-sign-in":
            if subscription.aggregation not in (None, "NONE"):
                yield (
                    (*way, "aggregation"),
                    "an aggregated sign-in notification hides who signed in; write NONE to show it",
                )
            if subscription.regions not in (None, "all"):
                yield (
                    (*way, "regions"),
                    "sign-in events are logged in several Regions; write all to cover every sign-in",
                )
