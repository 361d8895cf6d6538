output "notification_hub_regions" {
  description = "Regions of the notification hubs managed here."
  value       = sort(keys(aws_notifications_notification_hub.this))
}

output "notification_configuration_arns" {
  description = "ARN of each notification configuration, by subscription."
  value       = { for name, configuration in aws_notifications_notification_configuration.this : name => configuration.arn }
}

output "event_rules" {
  description = "ARN and Regions of each event rule, by `SUBSCRIPTION/EVENT TYPE`. The Regions show the result of `all`."
  value       = { for key, rule in aws_notifications_event_rule.this : key => { arn = rule.arn, regions = sort(rule.regions) } }
}

output "email_contact_arns" {
  description = "ARN of each e-mail contact, by channel. Usable as `channel_arns` of other configurations in the same account."
  value       = { for name, contact in aws_notificationscontacts_email_contact.this : name => contact.arn }
}

output "email_addresses_to_activate" {
  description = "Address of each e-mail contact of this module, by channel. AWS mails an activation link to it and delivers nothing until its owner opens the link; Terraform cannot see whether it is activated."
  value       = { for name, contact in aws_notificationscontacts_email_contact.this : name => contact.email_address }
}
