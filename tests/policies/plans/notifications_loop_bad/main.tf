# for_each on every part; one subscription has no channel.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

resource "aws_notifications_notification_hub" "this" {
  notification_hub_region = "eu-central-1"
}

resource "aws_notificationscontacts_email_contact" "desk" {
  name          = "desk"
  email_address = "aws-security@kaede.example"
}

locals {
  subscriptions = toset(["abuse", "issue"])
}

resource "aws_notifications_notification_configuration" "this" {
  for_each = local.subscriptions

  name        = each.key
  description = each.key
}

resource "aws_notifications_event_rule" "this" {
  for_each = local.subscriptions

  notification_configuration_arn = aws_notifications_notification_configuration.this[each.key].arn
  source                         = "aws.health"
  event_type                     = "AWS Health Event"
  regions                        = ["us-east-1"]
}

resource "aws_notifications_channel_association" "this" {
  for_each = toset(["abuse/desk"])

  notification_configuration_arn = aws_notifications_notification_configuration.this[split("/", each.key)[0]].arn
  arn                            = aws_notificationscontacts_email_contact.desk.arn
}
