# Sources, event types and Regions are AWS's; README.md says why each preset is as it is and cites the pages. Health
# events that belong to no Region are sent to us-east-1, and to us-west-2 as its backup.
locals {
  presets = {
    for name, preset in jsondecode(file("${path.module}/presets.json")) : name => merge(preset, {
      rules = [for rule in preset.rules : merge(rule, { event_pattern = try(jsonencode(rule.event_pattern), "") })]
    })
  }
}
