# Sources, event types and Regions are AWS's; README.md says why each preset is as it is and cites the pages.
locals {
  health_rule = { source = "aws.health", event_type = "AWS Health Event" }

  # Health events that belong to no Region are sent to us-east-1, and to us-west-2 as its backup.
  global_health_regions = ["us-east-1", "us-west-2"]

  presets = {
    abuse = {
      description = "Abuse reports about the account from AWS Trust and Safety"
      regions     = local.global_health_regions
      aggregation = "NONE"
      rules = [
        { source = "aws.health", event_type = "AWS Health Abuse Event", event_pattern = "" },
        merge(local.health_rule, { event_pattern = jsonencode({ detail = { service = ["ABUSE"] } }) }),
      ]
    }
    console-sign-in = {
      description = "Sign-ins to the AWS Management Console"
      regions     = ["all"]
      aggregation = "NONE"
      rules       = [{ source = "aws.signin", event_type = "AWS Console Sign In via CloudTrail", event_pattern = "" }]
    }
    credential-exposure = {
      description = "Credentials of the account that AWS found exposed or compromised"
      regions     = local.global_health_regions
      aggregation = "NONE"
      rules       = [merge(local.health_rule, { event_pattern = jsonencode({ detail = { eventTypeCode = [{ prefix = "AWS_RISK_" }] } }) })]
    }
    health-account-notification = {
      description = "AWS Health account notifications: changes, deprecations and other news about the account's services"
      regions     = ["all"]
      aggregation = "SHORT"
      rules       = [merge(local.health_rule, { event_pattern = jsonencode({ detail = { eventTypeCategory = ["accountNotification"] } }) })]
    }
    health-issue = {
      description = "AWS Health issues: service disruptions that affect the account"
      regions     = ["all"]
      aggregation = "SHORT"
      rules       = [merge(local.health_rule, { event_pattern = jsonencode({ detail = { eventTypeCategory = ["issue"] } }) })]
    }
    health-scheduled-change = {
      description = "AWS Health scheduled changes: maintenance and retirements"
      regions     = ["all"]
      aggregation = "SHORT"
      rules       = [merge(local.health_rule, { event_pattern = jsonencode({ detail = { eventTypeCategory = ["scheduledChange"] } }) })]
    }
    support-case = {
      description = "AWS Support cases: opened, answered, resolved and reopened"
      regions     = ["us-east-1"]
      aggregation = "NONE"
      rules       = [{ source = "aws.support", event_type = "Support Case Update", event_pattern = "" }]
    }
  }
}
