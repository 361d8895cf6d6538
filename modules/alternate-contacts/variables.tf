variable "create" {
  description = "Whether to create the contacts. `false` removes the contacts that the module manages."
  type        = bool
  default     = true
  nullable    = false
}

variable "contacts" {
  description = "Alternate contacts of the caller's own account. A contact type that is left out is not managed."
  type = object({
    security = optional(object({
      name  = string
      title = string
      email = string
      phone = string
    }))
    operations = optional(object({
      name  = string
      title = string
      email = string
      phone = string
    }))
    billing = optional(object({
      name  = string
      title = string
      email = string
      phone = string
    }))
  })
  default  = {}
  nullable = false
}

variable "accounts" {
  description = <<-EOT
    Alternate contacts of other accounts, by account id. The caller is the organization's management account or the
    delegated administrator of AWS Account Management. The caller's own id may be among them. An account or a contact type
    that is left out is not managed.
  EOT
  type = map(object({
    security = optional(object({
      name  = string
      title = string
      email = string
      phone = string
    }))
    operations = optional(object({
      name  = string
      title = string
      email = string
      phone = string
    }))
    billing = optional(object({
      name  = string
      title = string
      email = string
      phone = string
    }))
  }))
  default  = {}
  nullable = false

  # Lists are counted, not reduced by alltrue, distinct or toset: Terraform converts a list in quadratic time.
  validation {
    condition = length([for id in keys(var.accounts) : id if !can(regex("^[0-9]{12}$", id))]) == 0
    error_message = format("accounts[%s]: an account id is 12 digits, in quotes so that leading zeros survive.",
      substr(join(", ", [for id in keys(var.accounts) : jsonencode(id) if !can(regex("^[0-9]{12}$", id))]), 0, 2000)
    )
  }

  validation {
    condition = length([for id, contacts in var.accounts : id if !can(coalesce(values(contacts)...))]) == 0
    error_message = format("accounts[%s]: nothing is set. Set at least one of security, operations and billing (Terraform drops any other name), or leave the account out.",
      substr(join(", ", [for id, contacts in var.accounts : jsonencode(id) if !can(coalesce(values(contacts)...))]), 0, 2000)
    )
  }
}
