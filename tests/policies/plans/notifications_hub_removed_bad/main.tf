# The hub goes, the configurations stay.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

resource "aws_notificationscontacts_email_contact" "desk" {
  name          = "desk"
  email_address = "aws-security@kaede.example"
}

resource "aws_notifications_notification_configuration" "sign_in" {
  name                 = "sign_in"
  description          = "Who signs in"
  aggregation_duration = "NONE"
}

resource "aws_notifications_event_rule" "sign_in" {
  notification_configuration_arn = aws_notifications_notification_configuration.sign_in.arn
  source                         = "aws.signin"
  event_type                     = "AWS Console Sign In via CloudTrail"
  regions                        = ["eu-central-1", "us-east-1"]
}

resource "aws_notifications_channel_association" "sign_in" {
  notification_configuration_arn = aws_notifications_notification_configuration.sign_in.arn
  arn                            = aws_notificationscontacts_email_contact.desk.arn
}

resource "aws_notifications_notification_configuration" "health" {
  name                 = "health"
  description          = "Who signs in"
  aggregation_duration = "LONG"
}

resource "aws_notifications_event_rule" "health" {
  notification_configuration_arn = aws_notifications_notification_configuration.health.arn
  source                         = "aws.health"
  event_type                     = "AWS Health Event"
  regions                        = ["eu-central-1"]
}

resource "aws_notifications_channel_association" "health" {
  notification_configuration_arn = aws_notifications_notification_configuration.health.arn
  arn                            = aws_notificationscontacts_email_contact.desk.arn
}
