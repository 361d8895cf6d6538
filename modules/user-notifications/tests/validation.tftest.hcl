# Errors that depend on variables alone are tested in tests/modules/test_messages.py, in one run of Terraform.
mock_provider "aws" {}

variables {
  hub_regions    = ["ap-northeast-1"]
  email_channels = { security = { email = "aws-security@example.com" } }
}

run "every_variable_is_checked" {
  command = plan

  variables {
    hub_regions    = ["ap-northeast-1", "ap-northeast-1"]
    email_channels = { security = { email = "aws-security" } }
    channel_arns   = { topic = "arn:aws:sns:us-east-1:123456789012:alerts" }
    subscriptions  = { abuse = { preset = "abuse", channels = [] } }
  }

  expect_failures = [var.hub_regions, var.email_channels, var.channel_arns, var.subscriptions]
}

run "channel_name_twice" {
  command = plan

  variables {
    channel_arns  = { security = "arn:aws:chatbot::123456789012:chat-configuration/slack-channel/aws-security" }
    subscriptions = { abuse = { preset = "abuse", channels = ["security"] } }
  }

  expect_failures = [aws_notifications_notification_configuration.this]
}

run "unknown_channel" {
  command = plan

  variables {
    subscriptions = { "abuse" = { preset = "abuse", channels = ["operations"] } }
  }

  expect_failures = [aws_notifications_notification_configuration.this]
}
