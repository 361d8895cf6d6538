"""What a plan sets up in AWS User Notifications: hubs, and per configuration its event rules and channels.

https://docs.aws.amazon.com/notifications/latest/userguide/what-is-service.html
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from ..model import UNKNOWN, EmailContact, EventRule, Hub, Subscription, Unknown
from .references import Identity, Locator, Pool, Target
from .values import Values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model import Model
    from .accounts import AccountReader
    from .plan import Plan, Resource

CONFIGURATION: Final = "aws_notifications_notification_configuration"
EVENT_RULE: Final = "aws_notifications_event_rule"
CHANNEL: Final = "aws_notifications_channel_association"
HUB: Final = "aws_notifications_notification_hub"
EMAIL_CONTACTS: Final = ("aws_notificationscontacts_email_contact", "awscc_notificationscontacts_email_contact")

_REGION: Final = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-\d+")


def subscriptions(plan: Plan) -> Iterator[tuple[Resource, list[Resource], list[Resource]]]:
    """The notification configurations that exist after apply, each with its event rules and channels of this plan."""
    pool = Pool()
    found: dict[Identity, tuple[Resource, list[Resource], list[Resource]]] = {}
    by_arn: dict[str, Identity] = {}
    for resource in plan.of_type(CONFIGURATION):
        if resource.stays:
            key = (resource.address,)
            found[key] = resource, [], []
            arn = resource.value("arn")
            if isinstance(arn, str) and arn:
                by_arn[arn] = key
            else:
                pool.add(resource, key)
    locator = Locator(plan, pool, "notification_configuration_arn", CONFIGURATION)
    parts = {item.address: item for item in plan.of_type(EVENT_RULE, CHANNEL)}
    owners: dict[str, Identity] = {}
    waiting: list[tuple[str, Any, frozenset[Target]]] = []
    taken: dict[Any, set[Identity]] = defaultdict(set)
    for part in parts.values():
        arn = part.value("notification_configuration_arn")
        if isinstance(arn, str) and arn in by_arn:
            owners[part.address] = by_arn[arn]
        elif arn is UNKNOWN:
            targets, owner = locator.locate(part)
            if owner is None:
                waiting.append((part.address, part.type, targets))
            else:
                owners[part.address] = owner
        if part.address in owners:
            taken[part.type].add(owners[part.address])
    owners |= pool.share_out(waiting, taken)
    for address, owner in owners.items():
        part = parts[address]
        _, rules, channels = found[owner]
        (rules if part.type == EVENT_RULE else channels).append(part)
    yield from found.values()


def regions_in_use(plan: Plan) -> set[str]:
    """Regions that the plan's aws providers and notification hubs name."""
    regions: set[str] = set()
    values = Values(plan)
    for provider in plan.providers.values():
        expression = provider.expressions.get("region") if provider.is_aws else None
        found = [values.constant(expression)]
        found += [leaf.value for leaf in values.leaves(tuple((name, None) for name in provider.module), expression)]
        regions.update(region for region in found if isinstance(region, str) and _REGION.fullmatch(region))
    for hub in plan.of_type(HUB):
        region = hub.value("notification_hub_region")
        if isinstance(region, str):
            regions.add(region)
    return regions


def read_notifications(plan: Plan, model: Model, accounts: AccountReader) -> None:
    """Adds hubs, notification configurations and e-mail contacts to the model, and the Regions in use."""
    model.regions[plan.name] = frozenset(regions_in_use(plan))
    for resource in plan.of_type(HUB):
        if resource.stays:
            model.hubs.append(Hub(plan.name, accounts.account_of(resource, None)))
    for resource in plan.of_type(*EMAIL_CONTACTS):
        if resource.stays:
            model.email_contacts.append(EmailContact(plan.name, resource.address, resource.text("email_address")))
    for resource, rules, channels in subscriptions(plan):
        name, aggregation = resource.value("name"), resource.value("aggregation_duration")
        model.subscriptions.append(
            Subscription(
                plan.name,
                resource.address,
                accounts.account_of(resource, None),
                name if isinstance(name, str) else None,
                aggregation if isinstance(aggregation, str | Unknown) else None,
                tuple(map(_event_rule, rules)),
                len(channels),
            )
        )


def _event_rule(rule: Resource) -> EventRule:
    service, regions = rule.value("source"), rule.value("regions")
    if isinstance(regions, list):
        regions = tuple(region for region in regions if isinstance(region, str))
    return EventRule(
        rule.address,
        service if isinstance(service, str) else None,
        regions if isinstance(regions, tuple | Unknown) else None,
    )
