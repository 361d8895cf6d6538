variable "create" {
  description = "Whether to create the resources. `false` removes everything that the module manages."
  type        = bool
  default     = true
  nullable    = false
}

variable "hub_regions" {
  description = <<-EOT
    Regions that store the account's notifications: 1 to 3, or `[]` if another configuration registers the account's hubs.
    Without any hub in the account, AWS rejects notification configurations.
  EOT
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.hub_regions) <= 3 && length(distinct(var.hub_regions)) == length(var.hub_regions)
    error_message = "hub_regions = ${jsonencode(var.hub_regions)}: AWS accepts at most 3 notification hubs, one per Region. Remove Regions."
  }

  validation {
    condition     = alltrue([for region in var.hub_regions : can(regex("^[a-z]{1,4}-([a-z]{1,15}-)+[0-9]$", region))])
    error_message = "hub_regions = ${jsonencode([for region in var.hub_regions : region if !can(regex("^[a-z]{1,4}-([a-z]{1,15}-)+[0-9]$", region))])}: write Region codes, for example [\"ap-northeast-1\"]."
  }
}

variable "email_channels" {
  description = "E-mail contacts to create, by name (`name` sets another name in AWS). AWS delivers nothing to one until its owner activates it."
  type = map(object({
    email = string
    name  = optional(string)
    tags  = optional(map(string))
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name, channel in var.email_channels : can(regex("^[\\w.~-]{1,64}$", coalesce(channel.name, name)))])
    error_message = "email_channels[${join(", ", [for name, channel in var.email_channels : jsonencode(name) if !can(regex("^[\\w.~-]{1,64}$", coalesce(channel.name, name)))])}]: AWS accepts names of 1 to 64 of the characters A-Z a-z 0-9 _ . ~ -, for example \"security\"."
  }

  validation {
    condition = alltrue([
      for channel in values(var.email_channels) : can(regex("^[^\\s@]+@[^\\s@]+$", channel.email)) && length(coalesce(channel.email, "-")) >= 6 && length(coalesce(channel.email, "-")) <= 254
    ])
    error_message = format("%s: AWS accepts one address of 6 to 254 characters, for example \"aws-security@example.com\".", join(", ", [
      for name, channel in var.email_channels : "email_channels[${jsonencode(name)}].email = ${jsonencode(channel.email)}"
      if !(can(regex("^[^\\s@]+@[^\\s@]+$", channel.email)) && length(coalesce(channel.email, "-")) >= 6 && length(coalesce(channel.email, "-")) <= 254)
    ]))
  }

  validation {
    condition = alltrue([
      for names in values({ for name, channel in var.email_channels : lower(coalesce(channel.email, "null")) => name... }) : length(names) == 1
    ])
    error_message = format("email_channels: %s. Each address is one contact: keep one name for it.", join("; ", [
      for email, names in { for name, channel in var.email_channels : lower(coalesce(channel.email, "null")) => name... } :
      "${join(" and ", names)} are both ${email}" if length(names) > 1
    ]))
  }
}

variable "channel_arns" {
  description = "Existing delivery channels, by name: chat channels, mobile devices or e-mail contacts of the same account."
  type        = map(string)
  default     = {}
  nullable    = false

  # https://docs.aws.amazon.com/notifications/latest/APIReference/API_AssociateChannel.html
  validation {
    condition = alltrue([
      for arn in values(var.channel_arns) : can(regex("^arn:aws:(chatbot|consoleapp|notifications-contacts):[a-zA-Z0-9-]*:[0-9]{12}:[a-zA-Z0-9_.@-]+/[a-zA-Z0-9/_.@:-]+$", arn))
    ])
    error_message = format("%s: AWS accepts the ARN of a chatbot channel configuration, a consoleapp device or a notifications-contacts e-mail contact, for example \"arn:aws:chatbot::123456789012:chat-configuration/slack-channel/aws-security\".", join(", ", [
      for name, arn in var.channel_arns : "channel_arns[${jsonencode(name)}] = ${jsonencode(arn)}"
      if !can(regex("^arn:aws:(chatbot|consoleapp|notifications-contacts):[a-zA-Z0-9-]*:[0-9]{12}:[a-zA-Z0-9_.@-]+/[a-zA-Z0-9/_.@:-]+$", arn))
    ]))
  }
}

variable "subscriptions" {
  description = <<-EOT
    Events and the channels to notify, by name (the name of the notification configuration, unless `name` sets another).
    Each has either a `preset`, or `source` and `event_type` with an optional JSON `event_pattern`. `channels` are names of
    `email_channels` and `channel_arns`. `regions = ["all"]` is every Region enabled for the account. Omitted values come
    from the preset; the defaults without one are all Regions and no aggregation.
  EOT
  type = map(object({
    channels      = list(string)
    preset        = optional(string)
    source        = optional(string)
    event_type    = optional(string)
    event_pattern = optional(string)
    regions       = optional(list(string))
    aggregation   = optional(string)
    description   = optional(string)
    name          = optional(string)
    tags          = optional(map(string))
  }))
  default  = {}
  nullable = false

  # https://docs.aws.amazon.com/notifications/latest/userguide/user-notifications-quotas.html
  validation {
    condition     = length(var.subscriptions) <= 50
    error_message = "${length(var.subscriptions)} subscriptions: AWS accepts at most 50 notification configurations in an account. Merge or remove some."
  }

  validation {
    condition     = alltrue([for name, subscription in var.subscriptions : can(regex("^[A-Za-z0-9_-]{1,64}$", coalesce(subscription.name, name)))])
    error_message = "subscriptions[${join(", ", [for name, subscription in var.subscriptions : jsonencode(name) if !can(regex("^[A-Za-z0-9_-]{1,64}$", coalesce(subscription.name, name)))])}]: AWS accepts names of 1 to 64 of the characters A-Z a-z 0-9 _ -, for example \"console-sign-in\"."
  }

  validation {
    condition     = alltrue([for subscription in values(var.subscriptions) : try(length(subscription.channels) > 0 && length(distinct(subscription.channels)) == length(subscription.channels), false)])
    error_message = "subscriptions[${join(", ", [for name, subscription in var.subscriptions : jsonencode(name) if !try(length(subscription.channels) > 0 && length(distinct(subscription.channels)) == length(subscription.channels), false)])}].channels: name at least one channel, each once. Without a channel nothing is delivered."
  }

  validation {
    condition = alltrue([
      for subscription in values(var.subscriptions) : contains(
        ["abuse", "console-sign-in", "credential-exposure", "health-account-notification", "health-issue", "health-scheduled-change", "support-case"],
        coalesce(subscription.preset, "abuse")
      )
    ])
    error_message = format("%s: the presets are abuse, console-sign-in, credential-exposure, health-account-notification, health-issue, health-scheduled-change and support-case. For anything else leave preset out and write source and event_type.", join(", ", [
      for name, subscription in var.subscriptions : "subscriptions[${jsonencode(name)}].preset = ${jsonencode(subscription.preset)}"
      if !contains(
        ["abuse", "console-sign-in", "credential-exposure", "health-account-notification", "health-issue", "health-scheduled-change", "support-case"],
        coalesce(subscription.preset, "abuse")
      )
    ]))
  }

  validation {
    condition = alltrue([
      for subscription in values(var.subscriptions) : subscription.preset == null
      ? subscription.source != null && subscription.event_type != null
      : subscription.source == null && subscription.event_type == null && subscription.event_pattern == null
    ])
    error_message = format("subscriptions[%s]: write either preset, or source and event_type (with event_pattern if only some of those events matter), not both.", join(", ", [
      for name, subscription in var.subscriptions : jsonencode(name)
      if !(
        subscription.preset == null
        ? subscription.source != null && subscription.event_type != null
        : subscription.source == null && subscription.event_type == null && subscription.event_pattern == null
      )
    ]))
  }

  validation {
    condition     = alltrue([for subscription in values(var.subscriptions) : can(regex("^aws\\.[a-z0-9-]{1,32}$", coalesce(subscription.source, "aws.health")))])
    error_message = "${join(", ", [for name, subscription in var.subscriptions : "subscriptions[${jsonencode(name)}].source = ${jsonencode(subscription.source)}" if !can(regex("^aws\\.[a-z0-9-]{1,32}$", coalesce(subscription.source, "aws.health")))])}: AWS accepts the source of events from an AWS service, for example \"aws.cloudwatch\"."
  }

  validation {
    condition     = alltrue([for subscription in values(var.subscriptions) : can(regex("^[a-zA-Z0-9 ()-]{1,128}$", coalesce(subscription.event_type, "any")))])
    error_message = "${join(", ", [for name, subscription in var.subscriptions : "subscriptions[${jsonencode(name)}].event_type = ${jsonencode(subscription.event_type)}" if !can(regex("^[a-zA-Z0-9 ()-]{1,128}$", coalesce(subscription.event_type, "any")))])}: AWS accepts the detail-type of the event, 1 to 128 letters, digits, spaces, ( ) and -, for example \"CloudWatch Alarm State Change\"."
  }

  validation {
    condition = alltrue([
      for subscription in values(var.subscriptions) :
      can(keys(jsondecode(coalesce(subscription.event_pattern, "{}")))) && try(length(coalesce(subscription.event_pattern, "{}")) <= 4096, false)
    ])
    error_message = format("subscriptions[%s].event_pattern: AWS accepts a JSON object of at most 4096 characters, for example jsonencode({ detail = { state = { value = [\"ALARM\"] } } }).", join(", ", [
      for name, subscription in var.subscriptions : jsonencode(name)
      if !(can(keys(jsondecode(coalesce(subscription.event_pattern, "{}")))) && try(length(coalesce(subscription.event_pattern, "{}")) <= 4096, false))
    ]))
  }

  validation {
    condition = alltrue([
      for subscription in values(var.subscriptions) : subscription.regions == null ? true : (
        length(subscription.regions) > 0 && alltrue([for region in subscription.regions : can(regex("^[a-z]{1,4}-([a-z]{1,15}-)+[0-9]$", region)) || region == "all" && length(subscription.regions) == 1])
      )
    ])
    error_message = format("%s: write Region codes, for example [\"us-east-1\", \"us-west-2\"], or [\"all\"] alone.", join(", ", [
      for name, subscription in var.subscriptions : "subscriptions[${jsonencode(name)}].regions = ${jsonencode(subscription.regions)}"
      if !(subscription.regions == null ? true : (
        length(subscription.regions) > 0 && alltrue([for region in subscription.regions : can(regex("^[a-z]{1,4}-([a-z]{1,15}-)+[0-9]$", region)) || region == "all" && length(subscription.regions) == 1])
      ))
    ]))
  }

  validation {
    condition     = alltrue([for subscription in values(var.subscriptions) : contains(["NONE", "SHORT", "LONG"], coalesce(subscription.aggregation, "NONE"))])
    error_message = "${join(", ", [for name, subscription in var.subscriptions : "subscriptions[${jsonencode(name)}].aggregation = ${jsonencode(subscription.aggregation)}" if !contains(["NONE", "SHORT", "LONG"], coalesce(subscription.aggregation, "NONE"))])}: AWS accepts NONE (one notification per event), SHORT (5 minutes) or LONG (12 hours)."
  }

  validation {
    condition     = alltrue([for subscription in values(var.subscriptions) : can(regex("^[^\\x01-\\x1f\\x7f-\\x{9f}]*$", coalesce(subscription.description, "-"))) && length(coalesce(subscription.description, "-")) <= 256])
    error_message = "subscriptions[${join(", ", [for name, subscription in var.subscriptions : jsonencode(name) if !(can(regex("^[^\\x01-\\x1f\\x7f-\\x{9f}]*$", coalesce(subscription.description, "-"))) && length(coalesce(subscription.description, "-")) <= 256)])}].description: AWS accepts at most 256 characters on one line."
  }
}

variable "tags" {
  description = "Tags of all notification configurations and e-mail contacts."
  type        = map(string)
  default     = {}
  nullable    = false
}
