"""CKV_CONTACT_8: what User Notifications are configured for can arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..check import ACCT_01, Check, Kind
from ..contacts import of_account
from ..findings import Finding
from ..model import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..check import Context
    from ..model import AccountKey, Model, Subscription

ID: Final = "CKV_CONTACT_8"

HOME_OF_SIGN_IN: Final = "us-east-1"
"""Sign-ins through the global endpoint are logged here
(https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html)."""


def judge(model: Model, context: Context) -> Iterator[Finding]:
    """Notification configurations without hub, event rule or channel, and those about sign-in that miss some."""
    hubs = {hub.account for hub in model.hubs}
    without_hub: set[tuple[str, AccountKey | None]] = set()
    for item in model.subscriptions:
        fields = {"check_id": ID, "source": item.source, **of_account(model.account(item.account))}
        if item.account not in hubs and (item.source, item.account) not in without_hub:
            without_hub.add((item.source, item.account))
            yield Finding(code="no-hub", kind="hub", **fields)
        yield from _judge_one(item, model.regions[item.source] | {HOME_OF_SIGN_IN}, {**fields, "address": item.address})


def _judge_one(item: Subscription, in_use: frozenset[str], fields: dict[str, Any]) -> Iterator[Finding]:
    parameters = {"name": item.name or item.address}
    if not item.rules:
        yield Finding(code="no-event-rule", kind="rule", parameters=parameters, **fields)
    if not item.channels:
        yield Finding(code="no-channel", kind="channel", parameters=parameters, **fields)
    sign_in = [rule for rule in item.rules if rule.service is None or rule.service == "aws.signin"]
    if sign_in and item.aggregation not in ("NONE", UNKNOWN):
        value = str(item.aggregation)
        yield Finding(code="sign-in-aggregated", kind="aggregated", parameters=parameters, value=value, **fields)
    for rule in sign_in:
        at_rule = {**fields, "address": rule.address}
        if not isinstance(rule.regions, tuple):
            code = "regions-unknown" if rule.regions is UNKNOWN else "regions-absent"
            yield Finding(code=code, kind="unjudged", **at_rule)
        elif missing := sorted(in_use.difference(rule.regions)):
            value = ", ".join(rule.regions)
            yield Finding(
                code="regions-not-covered",
                kind="regions",
                parameters={"regions": tuple(missing)},
                value=value,
                **at_rule,
            )


def _attached(kind: str, *settings: str) -> str:
    lines = "\n".join(f"  {setting}" for setting in settings)
    return f'resource "{kind}" "…" {{\n{lines}\n}}'


CHECK: Final = Check(
    id=ID,
    name="Ensure notifications arrive",
    severity="MEDIUM",
    why="A notification configuration without an event rule hears nothing, without a channel it tells nobody, and "
    "without a hub nothing is kept. AWS logs a console sign-in in the Region it went through, so a rule for one Region "
    "misses the others. An aggregated mail does not say who signed in.",
    judge=judge,
    codes={
        "no-hub": "has notification configurations and no notification hub: AWS keeps and shows their notifications "
        "nowhere",
        "no-event-rule": "notification configuration {name} has no event rule, so no event reaches it",
        "no-channel": "notification configuration {name} has no channel, so nobody is told",
        "sign-in-aggregated": "notification configuration {name} aggregates console sign-ins: one mail for several "
        "sign-ins does not say who signed in",
        "regions-not-covered": "the rule does not cover sign-ins in {regions}; AWS logs a sign-in in the Region it "
        "went through",
        "regions-unknown": "Terraform knows only after apply which Regions the sign-in rule covers, so it cannot be "
        "judged",
        "regions-absent": "the sign-in rule does not say which Regions it covers, so it cannot be judged",
    },
    kinds={
        "hub": Kind(
            "Notifications are configured without a notification hub",
            "Register a hub:\n{hub}",
            {"hub": lambda _: _attached("aws_notifications_notification_hub", 'notification_hub_region = "…"')},
        ),
        "rule": Kind(
            "A notification configuration has no event rule",
            "Say which events it is for:\n{rule}",
            {
                "rule": lambda finding: _attached(
                    "aws_notifications_event_rule", f"notification_configuration_arn = {finding.address}.arn", "…"
                )
            },
        ),
        "channel": Kind(
            "A notification configuration has no channel",
            "Say who is told:\n{channel}",
            {
                "channel": lambda finding: _attached(
                    "aws_notifications_channel_association",
                    f"notification_configuration_arn = {finding.address}.arn",
                    "arn                            = …",
                )
            },
        ),
        "aggregated": Kind(
            "Console sign-in notifications are aggregated",
            "Send one mail for each sign-in:\n{line}",
            {"line": lambda _: 'aggregation_duration = "NONE"'},
        ),
        "regions": Kind(
            "Nobody is notified of console sign-ins in some Regions",
            "Name every Region that is enabled for the account:\n{line}",
            {"line": lambda _: "regions = …"},
        ),
        "unjudged": Kind("A notification rule cannot be judged", "Write the Regions as a constant or a variable."),
    },
    entities=("aws_notifications_notification_configuration", "aws_notifications_event_rule"),
    scope="`aws_notifications_notification_configuration` with its event rules and channel associations, matched "
    "by ARN or by reference. Rules for `aws.signin` must cover the regions that the plan's providers and "
    "hubs use and us-east-1.",
    mappings=(ACCT_01,),
    sources=(
        "https://docs.aws.amazon.com/notifications/latest/userguide/what-is-service.html",
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/"
        "cloudtrail-event-reference-aws-console-sign-in-events.html",
    ),
    bad="""resource "aws_notifications_notification_configuration" "sign_in" {
  name                 = "console-sign-in"
  description          = "Who signs in to the console"
  aggregation_duration = "LONG"
}""",
    good="""resource "aws_notifications_notification_hub" "this" {
  notification_hub_region = "us-east-1"
}

resource "aws_notifications_notification_configuration" "sign_in" {
  name                 = "console-sign-in"
  description          = "Who signs in to the console"
  aggregation_duration = "NONE"
}

resource "aws_notifications_event_rule" "sign_in" {
  notification_configuration_arn = aws_notifications_notification_configuration.sign_in.arn
  source                         = "aws.signin"
  event_type                     = "AWS Console Sign In via CloudTrail"
  regions                        = ["eu-central-1", "us-east-1"] # every enabled region
}

resource "aws_notifications_channel_association" "sign_in" {
  notification_configuration_arn = aws_notifications_notification_configuration.sign_in.arn
  arn                            = aws_notificationscontacts_email_contact.security.arn
}""",
    exception="Use checkov's skip; there is no setting for it.",
)
