mock_provider "aws" {}

variables {
  hub_regions    = ["ap-northeast-1"]
  email_channels = { security = { email = "aws-security@example.com" } }
}

run "four_hubs" {
  command = plan

  variables {
    hub_regions = ["ap-northeast-1", "eu-central-1", "us-east-1", "us-west-2"]
  }

  expect_failures = [var.hub_regions]
}

run "hub_twice" {
  command = plan

  variables {
    hub_regions = ["ap-northeast-1", "ap-northeast-1"]
  }

  expect_failures = [var.hub_regions]
}

run "hub_in_no_region" {
  command = plan

  variables {
    hub_regions = ["Tokyo"]
  }

  expect_failures = [var.hub_regions]
}

run "email_channel_name" {
  command = plan

  variables {
    email_channels = { "security team" = { email = "aws-security@example.com" } }
  }

  expect_failures = [var.email_channels]
}

run "email_channel_address" {
  command = plan

  variables {
    email_channels = { security = { email = "aws-security" } }
  }

  expect_failures = [var.email_channels]
}

run "email_channel_address_too_long" {
  command = plan

  variables {
    email_channels = { security = { email = "${join("", [for i in range(244) : "a"])}@example.com" } }
  }

  expect_failures = [var.email_channels]
}

run "email_channel_address_twice" {
  command = plan

  variables {
    email_channels = { a = { email = "aws-security@example.com" }, b = { email = "AWS-Security@example.com" } }
  }

  expect_failures = [var.email_channels]
}

run "channel_arn_of_another_service" {
  command = plan

  variables {
    channel_arns = { topic = "arn:aws:sns:us-east-1:123456789012:alerts" }
  }

  expect_failures = [var.channel_arns]
}

run "channel_name_twice" {
  command = plan

  variables {
    channel_arns  = { security = "arn:aws:chatbot::123456789012:chat-configuration/slack-channel/aws-security" }
    subscriptions = { abuse = { preset = "abuse", channels = ["security"] } }
  }

  expect_failures = [aws_notifications_notification_configuration.this]
}

run "subscription_name" {
  command = plan

  variables {
    subscriptions = { "console sign in" = { preset = "console-sign-in", channels = ["security"] } }
  }

  expect_failures = [var.subscriptions]
}

run "no_channel" {
  command = plan

  variables {
    subscriptions = { "abuse" = { preset = "abuse", channels = [] } }
  }

  expect_failures = [var.subscriptions]
}

run "channel_twice_in_a_subscription" {
  command = plan

  variables {
    subscriptions = { "abuse" = { preset = "abuse", channels = ["security", "security"] } }
  }

  expect_failures = [var.subscriptions]
}

run "unknown_channel" {
  command = plan

  variables {
    subscriptions = { "abuse" = { preset = "abuse", channels = ["operations"] } }
  }

  expect_failures = [aws_notifications_notification_configuration.this]
}

run "unknown_preset" {
  command = plan

  variables {
    subscriptions = { "abuse" = { preset = "console-signin", channels = ["security"] } }
  }

  expect_failures = [var.subscriptions]
}

run "preset_and_source" {
  command = plan

  variables {
    subscriptions = { "abuse" = { preset = "abuse", source = "aws.health", channels = ["security"] } }
  }

  expect_failures = [var.subscriptions]
}

run "preset_and_event_pattern" {
  command = plan

  variables {
    subscriptions = { "abuse" = { preset = "abuse", event_pattern = "{}", channels = ["security"] } }
  }

  expect_failures = [var.subscriptions]
}

run "neither_preset_nor_source" {
  command = plan

  variables {
    subscriptions = { "abuse" = { channels = ["security"] } }
  }

  expect_failures = [var.subscriptions]
}

run "source_without_event_type" {
  command = plan

  variables {
    subscriptions = { "abuse" = { source = "aws.health", channels = ["security"] } }
  }

  expect_failures = [var.subscriptions]
}

run "source_of_no_aws_service" {
  command = plan

  variables {
    subscriptions = { "own" = { source = "my.app", event_type = "Order", channels = ["security"] } }
  }

  expect_failures = [var.subscriptions]
}

run "event_type" {
  command = plan

  variables {
    subscriptions = { "own" = { source = "aws.health", event_type = "AWS Health: Event", channels = ["security"] } }
  }

  expect_failures = [var.subscriptions]
}

run "event_pattern_is_not_json" {
  command = plan

  variables {
    subscriptions = { "own" = { source = "aws.health", event_type = "AWS Health Event", event_pattern = "{detail: ABUSE}", channels = ["security"] } }
  }

  expect_failures = [var.subscriptions]
}

run "event_pattern_is_no_object" {
  command = plan

  variables {
    subscriptions = { "own" = { source = "aws.health", event_type = "AWS Health Event", event_pattern = "[]", channels = ["security"] } }
  }

  expect_failures = [var.subscriptions]
}

run "all_beside_a_region" {
  command = plan

  variables {
    subscriptions = { "abuse" = { preset = "abuse", regions = ["all", "us-east-1"], channels = ["security"] } }
  }

  expect_failures = [var.subscriptions]
}

run "no_regions" {
  command = plan

  variables {
    subscriptions = { "abuse" = { preset = "abuse", regions = [], channels = ["security"] } }
  }

  expect_failures = [var.subscriptions]
}

run "aggregation" {
  command = plan

  variables {
    subscriptions = { "abuse" = { preset = "abuse", aggregation = "5m", channels = ["security"] } }
  }

  expect_failures = [var.subscriptions]
}

run "description_of_two_lines" {
  command = plan

  variables {
    subscriptions = { "abuse" = { preset = "abuse", description = "one\ntwo", channels = ["security"] } }
  }

  expect_failures = [var.subscriptions]
}

run "too_many_subscriptions" {
  command = plan

  variables {
    subscriptions = { for i in range(51) : "s${i}" => { preset = "abuse", channels = ["security"] } }
  }

  expect_failures = [var.subscriptions]
}
