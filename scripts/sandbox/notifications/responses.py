"""Answers of AWS User Notifications."""

from typing import Any

from moto.core.responses import ActionResult

from scripts.sandbox.organizations.models import organization_of
from scripts.sandbox.service import ModelledResponse

from .models import NotificationsBackend, notifications_backends

SERVICE_PRINCIPAL = "notifications.amazonaws.com"


class NotificationsResponse(ModelledResponse):
    """One request to AWS User Notifications."""

    def __init__(self) -> None:
        super().__init__(service_name="notifications")

    @property
    def backend(self) -> NotificationsBackend:
        backend: NotificationsBackend = notifications_backends[self.current_account][self.partition]
        return backend

    def register_notification_hub(self) -> ActionResult:
        hub = self.backend.register_hub(self.params["notificationHubRegion"])
        return self.answer(hub.describe("REGISTERING"))

    def deregister_notification_hub(self) -> ActionResult:
        hub = self.backend.deregister_hub(self.params["notificationHubRegion"]).describe("DEREGISTERING")
        return self.answer({key: hub[key] for key in ("notificationHubRegion", "statusSummary")})

    def list_notification_hubs(self) -> ActionResult:
        hubs, token = self.page(list(self.backend.hubs.values()))
        return self.answer({"notificationHubs": [hub.describe("ACTIVE") for hub in hubs], "nextToken": token})

    def create_notification_configuration(self) -> ActionResult:
        configuration = self.backend.create_configuration(
            self.params["name"],
            self.params["description"],
            self.params.get("aggregationDuration") or "NONE",
            self.params.get("tags") or {},
        )
        return self.answer({"arn": configuration.arn, "status": "ACTIVE"})

    def get_notification_configuration(self) -> ActionResult:
        return self.answer(self.backend.configuration(self.params["arn"]).describe())

    def update_notification_configuration(self) -> ActionResult:
        arn = self.params["arn"]
        name, description, aggregation = map(self.params.get, ("name", "description", "aggregationDuration"))
        self.backend.update_configuration(arn, name, description, aggregation)
        return self.answer({"arn": arn})

    def delete_notification_configuration(self) -> ActionResult:
        self.backend.delete_configuration(self.params["arn"])
        return self.answer()

    def list_notification_configurations(self) -> ActionResult:
        source, channel, status = map(self.params.get, ("eventRuleSource", "channelArn", "status"))
        matching = [
            configuration.describe()
            for configuration in reversed(self.backend.configurations.values())
            if (source is None or any(rule.source == source for rule in configuration.rules.values()))
            and (channel is None or channel in self.backend.channels(configuration.arn))
            and status in (None, "ACTIVE")
            and self.params.get("subtype") in (None, "ACCOUNT")
        ]
        page, token = self.page(matching)
        return self.answer({"notificationConfigurations": page, "nextToken": token})

    def create_event_rule(self) -> ActionResult:
        rule = self.backend.create_rule(
            self.params["notificationConfigurationArn"],
            self.params["source"],
            self.params["eventType"],
            self.params.get("eventPattern") or "",
            self.params["regions"],
        )
        return self._changed(rule, "CREATING")

    def update_event_rule(self) -> ActionResult:
        rule = self.backend.update_rule(self.params["arn"], self.params.get("eventPattern"), self.params.get("regions"))
        return self._changed(rule, "UPDATING")

    def _changed(self, rule: Any, status: str) -> ActionResult:
        return self.answer(
            {
                "arn": rule.arn,
                "notificationConfigurationArn": rule.configuration_arn,
                "statusSummaryByRegion": rule.statuses(status),
            }
        )

    def get_event_rule(self) -> ActionResult:
        return self.answer(self.backend.rule(self.params["arn"]).describe())

    def delete_event_rule(self) -> ActionResult:
        self.backend.delete_rule(self.params["arn"])
        return self.answer()

    def list_event_rules(self) -> ActionResult:
        configuration = self.backend.configuration(self.params["notificationConfigurationArn"])
        rules, token = self.page([rule.describe() for rule in reversed(configuration.rules.values())], default=1000)
        return self.answer({"eventRules": rules, "nextToken": token})

    def associate_channel(self) -> ActionResult:
        self.backend.associate_channel(self.params["notificationConfigurationArn"], self.params["arn"])
        return self.answer()

    def disassociate_channel(self) -> ActionResult:
        self.backend.disassociate_channel(self.params["notificationConfigurationArn"], self.params["arn"])
        return self.answer()

    def list_channels(self) -> ActionResult:
        channels, token = self.page(self.backend.channels(self.params["notificationConfigurationArn"]))
        return self.answer({"channels": channels, "nextToken": token})

    def list_tags_for_resource(self) -> ActionResult:
        return self.answer({"tags": self.backend.configuration(self.params["arn"]).tags})

    def tag_resource(self) -> ActionResult:
        self.backend.configuration(self.params["arn"]).tags.update(self.params["tags"])
        return self.answer()

    def untag_resource(self) -> ActionResult:
        tags = self.backend.configuration(self.params["arn"]).tags
        for key in self.params["tagKeys"]:
            tags.pop(key, None)
        return self.answer()

    def list_managed_notification_configurations(self) -> ActionResult:
        wanted = self.params.get("channelIdentifier")
        described = [
            _managed(arn) for arn, channels in self.backend.managed.items() if wanted is None or wanted in channels
        ]
        page, token = self.page([{key: item[key] for key in ("arn", "name", "description")} for item in described])
        return self.answer({"managedNotificationConfigurations": page, "nextToken": token})

    def get_managed_notification_configuration(self) -> ActionResult:
        self.backend.managed_channels(self.params["arn"])
        return self.answer(_managed(self.params["arn"]))

    def list_managed_notification_channel_associations(self) -> ActionResult:
        channels = self.backend.managed_channels(self.params["managedNotificationConfigurationArn"])
        page, token = self.page(channels)
        associations = [
            {"channelIdentifier": channel, "channelType": "ACCOUNT_CONTACT", "overrideOption": "ENABLED"}
            for channel in page
        ]
        return self.answer({"channelAssociations": associations, "nextToken": token})

    def get_notifications_access_for_organization(self) -> ActionResult:
        organization = organization_of(self.current_account)
        enabled = organization is not None and organization.trusts(SERVICE_PRINCIPAL)
        status = "ENABLED" if enabled else "DISABLED"
        return self.answer({"notificationsAccessForOrganization": {"accessStatus": status}})


def _managed(arn: str) -> dict[str, Any]:
    _, category, _, sub_category = arn.rsplit("/", 3)
    return {
        "arn": arn,
        "name": f"{category}-{sub_category}",
        "description": f"{category} {sub_category}",
        "category": category,
        "subCategory": sub_category,
    }
