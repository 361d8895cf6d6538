"""User Notifications and their e-mail contacts."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from scripts.sandbox import Sandbox, SandboxError

from .conftest import MANAGEMENT, MEMBER, OTHER, Client, refused

SIGN_IN = {"source": "aws.signin", "eventType": "AWS Console Sign In via CloudTrail"}


def make_contact(contacts: Any, name: str = "security") -> str:
    arn: str = contacts.create_email_contact(name=name, emailAddress=f"aws-{name}@kaede.example")["arn"]
    return arn


def make_configuration(notifications: Any, name: str = "sign-in") -> str:
    arn: str = notifications.create_notification_configuration(name=name, description="ログイン")["arn"]
    return arn


def test_an_email_contact_is_active_only_after_its_code(client: Client, aws: Sandbox) -> None:
    contacts = client("notificationscontacts")
    arn = make_contact(contacts)
    assert contacts.get_email_contact(arn=arn)["emailContact"]["status"] == "inactive"
    assert aws.mailbox() == []
    contacts.send_activation_code(arn=arn)
    [mail] = aws.mailbox()
    assert (mail["to"], mail["reference"], mail["account_id"]) == ("aws-security@kaede.example", arn, MANAGEMENT)
    with refused("ResourceNotFoundException"):
        contacts.activate_email_contact(arn=arn, code="0000000" if mail["code"] != "0000000" else "1111111")
    contacts.activate_email_contact(arn=arn, code=mail["code"])
    assert contacts.list_email_contacts()["emailContacts"][0]["status"] == "active"
    with refused("ConflictException"):
        contacts.send_activation_code(arn=arn)


def test_the_handle_activates_as_the_owner_would(client: Client, aws: Sandbox) -> None:
    contacts = client("notificationscontacts")
    arn = make_contact(contacts)
    with pytest.raises(SandboxError, match="no activation code was sent"):
        aws.activate(arn)
    for _ in range(2):
        contacts.send_activation_code(arn=arn)
    aws.activate(arn)
    assert contacts.get_email_contact(arn=arn)["emailContact"]["status"] == "active"


def test_email_contacts_have_tags_and_pages(client: Client) -> None:
    contacts = client("notificationscontacts")
    arns = [make_contact(contacts, f"team-{i}") for i in range(5)]
    contacts.tag_resource(arn=arns[0], tags={"team": "セキュリティ", "other": ""})
    contacts.untag_resource(arn=arns[0], tagKeys=["other"])
    assert contacts.list_tags_for_resource(arn=arns[0])["tags"] == {"team": "セキュリティ"}
    pages = contacts.get_paginator("list_email_contacts").paginate(PaginationConfig={"PageSize": 2})
    assert [[item["arn"] for item in page["emailContacts"]] for page in pages] == [arns[:2], arns[2:4], arns[4:]]
    with refused("ValidationException", "nextToken"):
        contacts.list_email_contacts(nextToken="99")


def test_a_configuration_is_made_changed_found_and_deleted(client: Client) -> None:
    notifications = client("notifications")
    arn = make_configuration(notifications)
    with refused("ConflictException"):
        make_configuration(notifications)
    assert notifications.get_notification_configuration(arn=arn)["aggregationDuration"] == "NONE"
    notifications.update_notification_configuration(arn=arn, description="", aggregationDuration="LONG")
    got = notifications.get_notification_configuration(arn=arn)
    assert (got["name"], got["description"], got["aggregationDuration"]) == ("sign-in", "", "LONG")
    notifications.tag_resource(arn=arn, tags={"a": "b"})
    assert notifications.list_tags_for_resource(arn=arn)["tags"] == {"a": "b"}
    notifications.delete_notification_configuration(arn=arn)
    with refused("ResourceNotFoundException"):
        notifications.get_notification_configuration(arn=arn)
    assert notifications.list_notification_configurations()["notificationConfigurations"] == []


def test_an_event_rule_covers_its_regions(client: Client) -> None:
    notifications = client("notifications")
    configuration = make_configuration(notifications)
    made = notifications.create_event_rule(
        notificationConfigurationArn=configuration, regions=["us-west-2", "us-east-1"], **SIGN_IN
    )
    assert {state["status"] for state in made["statusSummaryByRegion"].values()} == {"CREATING"}
    rule = notifications.get_event_rule(arn=made["arn"])
    assert rule["eventPattern"] == "", "AWS answers an empty pattern where none was given"
    assert rule["regions"] == sorted(rule["statusSummaryByRegion"]) == ["us-east-1", "us-west-2"]
    assert {state["status"] for state in rule["statusSummaryByRegion"].values()} == {"ACTIVE"}
    pattern = json.dumps({"detail": {"userIdentity": {"type": ["Root"]}}})
    notifications.update_event_rule(arn=made["arn"], eventPattern=pattern, regions=["eu-west-1"])
    [listed] = notifications.list_event_rules(notificationConfigurationArn=configuration)["eventRules"]
    assert (listed["eventPattern"], listed["regions"]) == (pattern, ["eu-west-1"])
    found = notifications.list_notification_configurations(eventRuleSource="aws.signin")
    assert [item["arn"] for item in found["notificationConfigurations"]] == [configuration]
    notifications.delete_event_rule(arn=made["arn"])
    with refused("ResourceNotFoundException"):
        notifications.get_event_rule(arn=made["arn"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"regions": ["mars-east-1"]},
        {"regions": []},
        {"source": "signin"},
        {"eventPattern": "{"},
        {"eventPattern": "[]"},
        {"eventType": "サインイン"},
    ],
)
def test_event_rules_that_aws_refuses(client: Client, wrong: dict[str, Any]) -> None:
    notifications = client("notifications", parameter_validation=False)
    configuration = make_configuration(notifications)
    rule = {"notificationConfigurationArn": configuration, "regions": ["us-east-1"], **SIGN_IN}
    with refused("ValidationException"):
        notifications.create_event_rule(**{**rule, **wrong})


def test_channels_exist_before_they_are_associated(client: Client, become: Callable[..., Any]) -> None:
    notifications, contacts = client("notifications"), client("notificationscontacts")
    configuration, known = make_configuration(notifications), make_contact(contacts)
    in_chat = f"arn:aws:chatbot::{MANAGEMENT}:chat-configuration/slack-channel/alarms"
    foreign = make_contact(client("notificationscontacts", become(MEMBER)))
    missing = known[:-1] + ("a" if known[-1] != "a" else "b")
    for unknown in (missing, foreign, in_chat.replace(MANAGEMENT, OTHER)):
        with refused("ResourceNotFoundException"):
            notifications.associate_channel(arn=unknown, notificationConfigurationArn=configuration)
    for channel in (known, in_chat):
        notifications.associate_channel(arn=channel, notificationConfigurationArn=configuration)
    with refused("ConflictException"):
        notifications.associate_channel(arn=known, notificationConfigurationArn=configuration)
    listed = notifications.list_channels(notificationConfigurationArn=configuration)["channels"]
    assert listed == [known, in_chat]
    contacts.delete_email_contact(arn=known)
    listed = notifications.list_channels(notificationConfigurationArn=configuration)["channels"]
    assert listed == [in_chat], "deleting an email contact removes it from all configurations"
    notifications.disassociate_channel(arn=in_chat, notificationConfigurationArn=configuration)
    with refused("ResourceNotFoundException"):
        notifications.disassociate_channel(arn=in_chat, notificationConfigurationArn=configuration)


def test_hubs_are_three_at_most_and_the_last_one_stays(client: Client) -> None:
    notifications = client("notifications")
    regions = ["us-east-1", "eu-west-1", "ap-northeast-1"]
    for region in regions:
        made = notifications.register_notification_hub(notificationHubRegion=region)
        assert made["statusSummary"]["status"] == "REGISTERING"
    notifications.register_notification_hub(notificationHubRegion="us-east-1")
    listed = notifications.list_notification_hubs()["notificationHubs"]
    assert [(hub["notificationHubRegion"], hub["statusSummary"]["status"]) for hub in listed] == [
        (region, "ACTIVE") for region in regions
    ]
    with refused("ServiceQuotaExceededException"):
        notifications.register_notification_hub(notificationHubRegion="us-west-2")
    for region in regions[1:]:
        notifications.deregister_notification_hub(notificationHubRegion=region)
    with refused("ConflictException", "Cannot deregister last ACTIVE notification hub"):
        notifications.deregister_notification_hub(notificationHubRegion="us-east-1")


def test_numbers_of_configurations_and_rules_are_limited(client: Client) -> None:
    notifications = client("notifications")
    rule = {"regions": ["us-east-1"], **SIGN_IN}
    arns = [make_configuration(notifications, f"c{i}") for i in range(50)]
    with refused("ServiceQuotaExceededException", "50 notification configurations"):
        make_configuration(notifications, "one-more")
    for arn in arns[:10]:
        notifications.create_event_rule(notificationConfigurationArn=arn, **rule)
    with refused("ServiceQuotaExceededException", "per Service and Event type"):
        notifications.create_event_rule(notificationConfigurationArn=arns[10], **rule)
    for i in range(9):
        notifications.create_event_rule(notificationConfigurationArn=arns[0], **{**rule, "eventType": f"Other {i}"})
    with refused("ServiceQuotaExceededException", "event rules for a given notification configuration"):
        notifications.create_event_rule(notificationConfigurationArn=arns[0], **{**rule, "eventType": "One more"})


def test_notifications_belong_to_one_account(client: Client, become: Callable[..., Any]) -> None:
    arn = make_configuration(client("notifications"))
    member = client("notifications", become(MEMBER))
    assert member.list_notification_configurations()["notificationConfigurations"] == []
    with refused("ResourceNotFoundException"):
        member.delete_notification_configuration(arn=arn)


def test_managed_notifications_go_to_the_account_contacts(client: Client) -> None:
    notifications = client("notifications")
    managed = notifications.list_managed_notification_configurations()["managedNotificationConfigurations"]
    [security] = [item["arn"] for item in managed if item["arn"].endswith("category/AWS-Health/sub-category/Security")]
    assert notifications.get_managed_notification_configuration(arn=security)["subCategory"] == "Security"
    listed = notifications.list_managed_notification_channel_associations(managedNotificationConfigurationArn=security)
    channels = [item["channelIdentifier"] for item in listed["channelAssociations"]]
    assert channels == ["ACCOUNT_PRIMARY", "ACCOUNT_ALTERNATE_SECURITY"]


def test_organization_access_follows_trusted_access(client: Client) -> None:
    def status() -> str:
        answer = client("notifications").get_notifications_access_for_organization()
        state: str = answer["notificationsAccessForOrganization"]["accessStatus"]
        return state

    assert status() == "DISABLED"
    client("organizations").enable_aws_service_access(ServicePrincipal="notifications.amazonaws.com")
    assert status() == "ENABLED"
