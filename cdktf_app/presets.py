"""The presets of the module user-notifications, for whoever must recognize one: the same as in its presets.tf."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cdktf_app.contacts.sections import Preset

ALL = ("all",)


class Event(NamedTuple):
    """What an event rule waits for. `pattern` is text as Terraform's jsonencode writes it, "" for every event."""

    source: str
    event_type: str
    pattern: str = ""


class PresetContent(NamedTuple):
    """What a preset stands for. `regions` is `ALL` or Regions."""

    description: str
    regions: tuple[str, ...]
    aggregation: str
    events: tuple[Event, ...]


def _health(**detail: Any) -> Event:
    return Event("aws.health", "AWS Health Event", json.dumps({"detail": detail}, separators=(",", ":")))


_GLOBAL_HEALTH = ("us-east-1", "us-west-2")

PRESETS: Mapping[Preset, PresetContent] = {
    "abuse": PresetContent(
        "Abuse reports about the account from AWS Trust and Safety",
        _GLOBAL_HEALTH,
        "NONE",
        (Event("aws.health", "AWS Health Abuse Event"), _health(service=["ABUSE"])),
    ),
    "console-sign-in": PresetContent(
        "Sign-ins to the AWS Management Console",
        ALL,
        "NONE",
        (Event("aws.signin", "AWS Console Sign In via CloudTrail"),),
    ),
    "credential-exposure": PresetContent(
        "Credentials of the account that AWS found exposed or compromised",
        _GLOBAL_HEALTH,
        "NONE",
        (_health(eventTypeCode=[{"prefix": "AWS_RISK_"}]),),
    ),
    "health-account-notification": PresetContent(
        "AWS Health account notifications: changes, deprecations and other news about the account's services",
        ALL,
        "SHORT",
        (_health(eventTypeCategory=["accountNotification"]),),
    ),
    "health-issue": PresetContent(
        "AWS Health issues: service disruptions that affect the account",
        ALL,
        "SHORT",
        (_health(eventTypeCategory=["issue"]),),
    ),
    "health-scheduled-change": PresetContent(
        "AWS Health scheduled changes: maintenance and retirements",
        ALL,
        "SHORT",
        (_health(eventTypeCategory=["scheduledChange"]),),
    ),
    "support-case": PresetContent(
        "AWS Support cases: opened, answered, resolved and reopened",
        ("us-east-1",),
        "NONE",
        (Event("aws.support", "Support Case Update"),),
    ),
}
