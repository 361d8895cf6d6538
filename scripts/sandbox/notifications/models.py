"""The state of AWS User Notifications for one account."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.utilities.utils import PARTITION_NAMES

from scripts.sandbox.notificationscontacts.exceptions import (
    ConflictException,
    ResourceNotFoundException,
    ServiceQuotaExceededException,
)
from scripts.sandbox.notificationscontacts.models import notificationscontacts_backends, resource_id
from scripts.sandbox.regions import all_regions
from scripts.sandbox.service import ValidationException
from scripts.sandbox.validation import Violation

MAX_HUBS = 3
MAX_CONFIGURATIONS = 50
MAX_CONFIGURATIONS_OF_A_SERVICE = 20
MAX_CONFIGURATIONS_OF_AN_EVENT_TYPE = 10
MAX_RULES = 10
MAX_CHANNELS = 50
"""AWS User Notifications User Guide, "Quotas for AWS User Notifications"."""

MANAGED = {
    ("AWS-Health", "Security"): ("ACCOUNT_PRIMARY", "ACCOUNT_ALTERNATE_SECURITY"),
    ("AWS-Health", "Operations"): ("ACCOUNT_PRIMARY", "ACCOUNT_ALTERNATE_OPERATIONS"),
    ("AWS-Health", "Billing"): ("ACCOUNT_PRIMARY", "ACCOUNT_ALTERNATE_BILLING"),
}
"""AWS managed notification configurations, and the account contacts that get them by default."""


def now() -> datetime:
    """Return the time as AWS gives it."""
    return datetime.now(UTC)


@dataclass
class Hub:
    """A Region that stores notifications. Active as soon as it is first looked at."""

    region: str
    created: datetime = field(default_factory=now)

    def describe(self, status: str) -> dict[str, Any]:
        return {
            "notificationHubRegion": self.region,
            "statusSummary": {"status": status, "reason": ""},
            "creationTime": self.created,
            "lastActivationTime": self.created,
        }


@dataclass
class EventRule:
    """The events of one source and type, in some Regions, that a notification configuration is about."""

    arn: str
    configuration_arn: str
    account_id: str
    source: str
    event_type: str
    pattern: str
    regions: list[str]
    created: datetime = field(default_factory=now)

    def statuses(self, status: str) -> dict[str, dict[str, str]]:
        return {region: {"status": status, "reason": ""} for region in self.regions}

    def describe(self) -> dict[str, Any]:
        own_id = self.arn.rpartition("/")[2]
        partition = self.arn.split(":")[1]
        return {
            "arn": self.arn,
            "notificationConfigurationArn": self.configuration_arn,
            "creationTime": self.created,
            "source": self.source,
            "eventType": self.event_type,
            "eventPattern": self.pattern,
            "regions": self.regions,
            "managedRules": [
                f"arn:{partition}:events:{region}:{self.account_id}:rule/AWSUserNotificationsManagedRule-{own_id}"
                for region in self.regions
            ],
            "statusSummaryByRegion": self.statuses("ACTIVE"),
        }


@dataclass
class Configuration:
    """A notification configuration with its event rules and the arns of its channels."""

    arn: str
    name: str
    description: str
    aggregation: str
    tags: dict[str, str]
    rules: dict[str, EventRule] = field(default_factory=dict)
    channels: list[str] = field(default_factory=list)
    created: datetime = field(default_factory=now)

    def describe(self) -> dict[str, Any]:
        return {
            "arn": self.arn,
            "name": self.name,
            "description": self.description,
            "status": "ACTIVE",
            "creationTime": self.created,
            "aggregationDuration": self.aggregation,
            "subtype": "ACCOUNT",
        }


class NotificationsBackend(BaseBackend):
    """The User Notifications of one account, which are the same seen from every Region."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.hubs: dict[str, Hub] = {}
        self.configurations: dict[str, Configuration] = {}
        self.managed = {
            f"arn:{self.partition}:notifications::{account_id}:managed-notification-configuration/category/{category}"
            f"/sub-category/{sub_category}": list(contacts)
            for (category, sub_category), contacts in MANAGED.items()
        }

    def register_hub(self, region: str) -> Hub:
        self._known_regions([region], "notificationHubRegion")
        if region not in self.hubs and len(self.hubs) >= MAX_HUBS:
            raise ServiceQuotaExceededException(MAX_HUBS, "notification hubs for each AWS account", region)
        return self.hubs.setdefault(region, Hub(region))

    def deregister_hub(self, region: str) -> Hub:
        if region not in self.hubs:
            raise ResourceNotFoundException("NotificationHub", region)
        if len(self.hubs) == 1:
            raise ConflictException("Cannot deregister last ACTIVE notification hub", "NotificationHub", region)
        return self.hubs.pop(region)

    def create_configuration(
        self, name: str, description: str, aggregation: str, tags: dict[str, str]
    ) -> Configuration:
        if len(self.configurations) >= MAX_CONFIGURATIONS:
            raise ServiceQuotaExceededException(
                MAX_CONFIGURATIONS, "notification configurations for each AWS account", name
            )
        self._unused_name(name)
        arn = f"arn:{self.partition}:notifications::{self.account_id}:configuration/{resource_id()}"
        self.configurations[arn] = Configuration(arn, name, description, aggregation, tags)
        return self.configurations[arn]

    def update_configuration(
        self, arn: str, name: str | None, description: str | None, aggregation: str | None
    ) -> None:
        configuration = self.configuration(arn)
        if name is not None and name != configuration.name:
            self._unused_name(name)
            configuration.name = name
        if description is not None:
            configuration.description = description
        if aggregation is not None:
            configuration.aggregation = aggregation

    def configuration(self, arn: str) -> Configuration:
        if arn not in self.configurations:
            raise ResourceNotFoundException("NotificationConfiguration", arn)
        return self.configurations[arn]

    def delete_configuration(self, arn: str) -> None:
        del self.configurations[self.configuration(arn).arn]

    def create_rule(
        self, configuration_arn: str, source: str, event_type: str, pattern: str, regions: list[str]
    ) -> EventRule:
        configuration = self.configuration(configuration_arn)
        self._valid(pattern, regions)
        if len(configuration.rules) >= MAX_RULES:
            raise ServiceQuotaExceededException(
                MAX_RULES, "event rules for a given notification configuration", configuration_arn
            )
        others = [other for other in self.configurations.values() if other is not configuration]
        of_service = [other for other in others if any(rule.source == source for rule in other.rules.values())]
        of_type = [
            other
            for other in of_service
            if any((rule.source, rule.event_type) == (source, event_type) for rule in other.rules.values())
        ]
        for found, limit, what in (
            (of_service, MAX_CONFIGURATIONS_OF_A_SERVICE, "notification configurations for a single Service"),
            (of_type, MAX_CONFIGURATIONS_OF_AN_EVENT_TYPE, "notification configurations per Service and Event type"),
        ):
            if len(found) >= limit:
                raise ServiceQuotaExceededException(limit, what, configuration_arn)
        arn = f"{configuration_arn}/rule/{resource_id()}"
        rule = EventRule(arn, configuration_arn, self.account_id, source, event_type, pattern, sorted(set(regions)))
        configuration.rules[arn] = rule
        return rule

    def rule(self, arn: str) -> EventRule:
        configuration = self.configurations.get(arn.rpartition("/rule/")[0])
        if configuration is None or arn not in configuration.rules:
            raise ResourceNotFoundException("EventRule", arn)
        return configuration.rules[arn]

    def update_rule(self, arn: str, pattern: str | None, regions: list[str] | None) -> EventRule:
        rule = self.rule(arn)
        self._valid(pattern or "", regions or [])
        if pattern is not None:
            rule.pattern = pattern
        if regions is not None:
            rule.regions = sorted(set(regions))
        return rule

    def delete_rule(self, arn: str) -> None:
        rule = self.rule(arn)
        del self.configurations[rule.configuration_arn].rules[arn]

    def associate_channel(self, configuration_arn: str, channel: str) -> None:
        channels = self.channels(configuration_arn)
        if not self._exists(channel):
            raise ResourceNotFoundException("Channel", channel)
        if channel in channels:
            raise ConflictException("The channel is already associated.", "Channel", channel)
        if len(channels) >= MAX_CHANNELS:
            raise ServiceQuotaExceededException(
                MAX_CHANNELS, "channels for a given notification configuration", configuration_arn
            )
        channels.append(channel)

    def disassociate_channel(self, configuration_arn: str, channel: str) -> None:
        channels = self.channels(configuration_arn)
        if channel not in channels:
            raise ResourceNotFoundException("Channel", channel)
        channels.remove(channel)

    def channels(self, configuration_arn: str) -> list[str]:
        """Return the channels of a configuration; deleting an e-mail contact removes it from all of them."""
        configuration = self.configuration(configuration_arn)
        configuration.channels = [channel for channel in configuration.channels if self._exists(channel)]
        return configuration.channels

    def managed_channels(self, arn: str) -> list[str]:
        if arn not in self.managed:
            raise ResourceNotFoundException("ManagedNotificationConfiguration", arn)
        return self.managed[arn]

    def _exists(self, channel: str) -> bool:
        _, _, service, _, account_id, _ = channel.split(":", 5)
        if service == "notifications-contacts":
            contacts: dict[str, Any] = notificationscontacts_backends[self.account_id][self.partition].contacts
            return channel in contacts
        return account_id == str(self.account_id)

    def _unused_name(self, name: str) -> None:
        for configuration in self.configurations.values():
            if configuration.name == name:
                problem = f"A notification configuration with the name {name} already exists."
                raise ConflictException(problem, "NotificationConfiguration", configuration.arn)

    def _valid(self, pattern: str, regions: list[str]) -> None:
        try:
            is_pattern = not pattern or isinstance(json.loads(pattern), dict)
        except ValueError:
            is_pattern = False
        if not is_pattern:
            raise ValidationException([Violation("eventPattern", "Member must be a valid event pattern")])
        self._known_regions(regions, "regions")

    def _known_regions(self, regions: list[str], member: str) -> None:
        unknown = sorted(set(regions) - all_regions())
        if unknown:
            raise ValidationException([Violation(member, "Member must be an AWS Region", unknown[0])])


notifications_backends = BackendDict(
    NotificationsBackend, "notifications", use_boto3_regions=False, additional_regions=PARTITION_NAMES
)
