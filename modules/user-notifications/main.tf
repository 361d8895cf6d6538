locals {
  # The preset of each subscription, or what takes its place.
  defaults = {
    for name, subscription in var.subscriptions : name => try(local.presets[subscription.preset], {
      description = "${subscription.event_type} from ${subscription.source}"
      regions     = ["all"]
      aggregation = "NONE"
      rules = [{
        source     = subscription.source
        event_type = subscription.event_type
        # AWS returns "" for no pattern, so null would be a change in every plan. It keeps the text of a pattern as it is.
        event_pattern = subscription.event_pattern == null ? "" : subscription.event_pattern
      }]
    }) if var.create
  }

  subscriptions = {
    for name, default in local.defaults : name => {
      name        = coalesce(var.subscriptions[name].name, name)
      tags        = merge(var.tags, var.subscriptions[name].tags)
      description = coalesce(var.subscriptions[name].description, default.description)
      aggregation = coalesce(var.subscriptions[name].aggregation, default.aggregation)
      regions     = var.subscriptions[name].regions == null ? default.regions : var.subscriptions[name].regions
      channels    = var.subscriptions[name].channels
      rules       = default.rules
    }
  }

  event_rules = merge([
    for name, subscription in local.subscriptions : {
      for rule in subscription.rules : "${name}/${rule.event_type}" => merge(rule, {
        subscription = name
        regions      = contains(subscription.regions, "all") ? one(data.aws_regions.enabled[*].names) : subscription.regions
      })
    }
  ]...)

  channel_associations = merge([
    for name, subscription in local.subscriptions : {
      for channel in subscription.channels : "${name}/${channel}" => { subscription = name, channel = channel }
    }
  ]...)

  channel_names = concat(keys(var.email_channels), keys(var.channel_arns))
}

data "aws_regions" "enabled" {
  count = anytrue([for subscription in values(local.subscriptions) : contains(subscription.regions, "all")]) ? 1 : 0
}

resource "aws_notifications_notification_hub" "this" {
  for_each = var.create ? toset(var.hub_regions) : []

  notification_hub_region = each.key
}

resource "aws_notificationscontacts_email_contact" "this" {
  for_each = var.create ? var.email_channels : {}

  name          = coalesce(each.value.name, each.key)
  email_address = each.value.email

  # Where there are no tags an import finds null, from which {} would be a change.
  tags = length(merge(var.tags, each.value.tags)) > 0 ? merge(var.tags, each.value.tags) : null
}

resource "aws_notifications_notification_configuration" "this" {
  for_each = local.subscriptions

  name                 = each.value.name
  description          = each.value.description
  aggregation_duration = each.value.aggregation
  tags                 = length(each.value.tags) > 0 ? each.value.tags : null

  lifecycle {
    precondition {
      condition     = length(setsubtract(each.value.channels, local.channel_names)) == 0
      error_message = "subscriptions[\"${each.key}\"].channels: ${join(", ", setsubtract(each.value.channels, local.channel_names))} is not a channel. The channels are ${join(", ", sort(local.channel_names))}; add it to email_channels or channel_arns."
    }

    precondition {
      condition     = length(setintersection(keys(var.email_channels), keys(var.channel_arns))) == 0
      error_message = "${join(", ", setintersection(keys(var.email_channels), keys(var.channel_arns)))}: a name in email_channels and in channel_arns. Rename one of the two channels."
    }
  }

  # AWS needs a hub before the first configuration, and to the end.
  depends_on = [aws_notifications_notification_hub.this]
}

resource "aws_notifications_event_rule" "this" {
  for_each = local.event_rules

  notification_configuration_arn = aws_notifications_notification_configuration.this[each.value.subscription].arn
  source                         = each.value.source
  event_type                     = each.value.event_type
  event_pattern                  = each.value.event_pattern
  regions                        = each.value.regions
}

resource "aws_notifications_channel_association" "this" {
  for_each = local.channel_associations

  notification_configuration_arn = aws_notifications_notification_configuration.this[each.value.subscription].arn
  arn                            = contains(keys(var.email_channels), each.value.channel) ? aws_notificationscontacts_email_contact.this[each.value.channel].arn : var.channel_arns[each.value.channel]
}
