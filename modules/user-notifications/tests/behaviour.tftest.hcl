mock_provider "aws" {
  mock_data "aws_regions" {
    defaults = {
      names = ["ap-northeast-1", "eu-central-1", "us-east-1", "us-west-2"]
    }
  }
}

variables {
  hub_regions    = ["ap-northeast-1"]
  email_channels = { security = { email = "aws-security@example.com" } }
  channel_arns   = { chat = "arn:aws:chatbot::123456789012:chat-configuration/slack-channel/aws-security" }
}

run "every_preset" {
  command = plan

  variables {
    subscriptions = {
      for preset in [
        "abuse", "console-sign-in", "credential-exposure", "health-account-notification", "health-issue", "health-scheduled-change", "support-case"
      ] : preset => { preset = preset, channels = ["security"] }
    }
  }

  assert {
    condition     = length(aws_notifications_notification_configuration.this) == 7 && length(aws_notifications_event_rule.this) == 8
    error_message = "Each preset is one configuration with one event rule, abuse with two."
  }

  assert {
    condition     = { for name, configuration in aws_notifications_notification_configuration.this : name => configuration.aggregation_duration if !startswith(name, "health-") } == { abuse = "NONE", console-sign-in = "NONE", credential-exposure = "NONE", support-case = "NONE" }
    error_message = "Only Health events may wait for others."
  }

  assert {
    condition     = aws_notifications_event_rule.this["console-sign-in/AWS Console Sign In via CloudTrail"].regions == toset(["ap-northeast-1", "eu-central-1", "us-east-1", "us-west-2"])
    error_message = "Sign-ins are recorded in several Regions: all of them."
  }

  assert {
    condition     = aws_notifications_event_rule.this["abuse/AWS Health Abuse Event"].regions == toset(["us-east-1", "us-west-2"]) && aws_notifications_event_rule.this["abuse/AWS Health Event"].event_pattern == "{\"detail\":{\"service\":[\"ABUSE\"]}}"
    error_message = "Abuse reports arrive under either event type, globally."
  }

  assert {
    condition     = aws_notifications_event_rule.this["support-case/Support Case Update"].regions == toset(["us-east-1"]) && aws_notifications_event_rule.this["support-case/Support Case Update"].event_pattern == ""
    error_message = "Support cases are in us-east-1; no pattern is \"\", as AWS returns it."
  }
}

run "a_preset_can_be_overridden" {
  command = plan

  variables {
    subscriptions = {
      sign-in = {
        preset      = "console-sign-in"
        channels    = ["security", "chat"]
        regions     = ["us-east-1"]
        aggregation = "SHORT"
        description = "Sign-ins in one Region"
      }
    }
  }

  assert {
    condition     = aws_notifications_event_rule.this["sign-in/AWS Console Sign In via CloudTrail"].regions == toset(["us-east-1"])
    error_message = "Its own Regions."
  }

  assert {
    condition     = aws_notifications_notification_configuration.this["sign-in"].aggregation_duration == "SHORT" && aws_notifications_notification_configuration.this["sign-in"].description == "Sign-ins in one Region"
    error_message = "Its own aggregation and description."
  }

  assert {
    condition     = keys(aws_notifications_channel_association.this) == ["sign-in/chat", "sign-in/security"] && aws_notifications_channel_association.this["sign-in/chat"].arn == var.channel_arns.chat
    error_message = "Both channels, the existing one by its ARN."
  }

  assert {
    condition     = length(data.aws_regions.enabled) == 0
    error_message = "The account's Regions are read only when a subscription asks for all."
  }
}

run "any_event" {
  command = plan

  variables {
    subscriptions = {
      alarms = {
        source        = "aws.cloudwatch"
        event_type    = "CloudWatch Alarm State Change"
        event_pattern = "{ \"detail\": { \"state\": { \"value\": [\"ALARM\"] } } }"
        regions       = ["eu-central-1"]
        channels      = ["chat"]
      }
      instances = { source = "aws.ec2", event_type = "EC2 Instance State-change Notification", channels = ["chat"] }
    }
  }

  assert {
    condition     = aws_notifications_event_rule.this["alarms/CloudWatch Alarm State Change"].event_pattern == "{ \"detail\": { \"state\": { \"value\": [\"ALARM\"] } } }" && aws_notifications_event_rule.this["alarms/CloudWatch Alarm State Change"].regions == toset(["eu-central-1"])
    error_message = "Its own pattern, as it was written, and its own Region."
  }

  assert {
    condition     = length(aws_notifications_event_rule.this["instances/EC2 Instance State-change Notification"].regions) == 4 && aws_notifications_event_rule.this["instances/EC2 Instance State-change Notification"].event_pattern == ""
    error_message = "Without Regions and pattern: everywhere, everything."
  }
}

run "an_activated_contact_is_still_listed" {
  command = plan

  assert {
    condition     = output.email_addresses_to_activate == { security = "aws-security@example.com" }
    error_message = "Terraform cannot see activation, so every contact is listed."
  }
}

run "create_false" {
  command = plan

  variables {
    create        = false
    subscriptions = { abuse = { preset = "abuse", channels = ["security"] } }
  }

  assert {
    condition     = length(aws_notifications_notification_hub.this) + length(aws_notificationscontacts_email_contact.this) + length(aws_notifications_notification_configuration.this) + length(aws_notifications_event_rule.this) + length(aws_notifications_channel_association.this) == 0
    error_message = "Nothing."
  }
}

run "hubs_managed_elsewhere" {
  command = plan

  variables {
    hub_regions   = []
    subscriptions = { abuse = { preset = "abuse", channels = ["security"] } }
  }

  assert {
    condition     = length(aws_notifications_notification_hub.this) == 0 && length(aws_notifications_notification_configuration.this) == 1
    error_message = "No hub of its own."
  }
}

run "names_and_tags_of_their_own" {
  command = plan

  variables {
    email_channels = {
      desk   = { email = "aws-security@example.com" }
      desk-2 = { email = "alarms@example.com", name = "desk", tags = { team = "alarms" } }
    }
    subscriptions = {
      abuse   = { preset = "abuse", channels = ["desk"] }
      abuse-2 = { preset = "abuse", name = "abuse-reports", tags = { team = "alarms" }, channels = ["desk-2"] }
    }
  }

  assert {
    condition     = aws_notificationscontacts_email_contact.this["desk-2"].name == "desk" && aws_notificationscontacts_email_contact.this["desk-2"].tags == tomap({ team = "alarms" })
    error_message = "An e-mail contact's name in AWS, and its tags."
  }

  assert {
    condition     = aws_notifications_notification_configuration.this["abuse-2"].name == "abuse-reports" && aws_notifications_notification_configuration.this["abuse-2"].tags == tomap({ team = "alarms" })
    error_message = "A configuration's name in AWS, and its tags."
  }

  assert {
    condition     = aws_notifications_notification_configuration.this["abuse"].tags == null && aws_notificationscontacts_email_contact.this["desk"].tags == null
    error_message = "Without tags null, as an import finds it."
  }
}
