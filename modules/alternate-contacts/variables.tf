variable "create" {
  description = "Whether to manage anything. With `false`, contacts the module made before are removed."
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

  # AWS limits characters, the provider bytes, and HCL cannot count those: 64 bytes are 86 characters of base64, 50 are 67.
  validation {
    condition = alltrue([for contact in values(var.contacts) : try(can(regex("^\\S(.*\\S)?$", contact.name)) && length(trim(base64encode(contact.name), "=")) <= 86, false) if contact != null])
    error_message = format("%s: a name is 1 to 64 bytes of UTF-8 (3 for a Japanese character) without space at either end, for example \"Security Operations\".", join(", ", [
      for type, contact in var.contacts : "contacts.${type}.name = ${jsonencode(contact.name)}"
      if contact != null && !try(can(regex("^\\S(.*\\S)?$", contact.name)) && length(trim(base64encode(contact.name), "=")) <= 86, false)
    ]))
  }

  validation {
    condition = alltrue([for contact in values(var.contacts) : try(can(regex("^\\S(.*\\S)?$", contact.title)) && length(trim(base64encode(contact.title), "=")) <= 67, false) if contact != null])
    error_message = format("%s: a title is 1 to 50 bytes of UTF-8 (3 for a Japanese character) without space at either end, for example \"Security team\".", join(", ", [
      for type, contact in var.contacts : "contacts.${type}.title = ${jsonencode(contact.title)}"
      if contact != null && !try(can(regex("^\\S(.*\\S)?$", contact.title)) && length(trim(base64encode(contact.title), "=")) <= 67, false)
    ]))
  }

  validation {
    condition = alltrue([for contact in values(var.contacts) : try(can(regex("^[\\w+=.#|!&-]+@[\\w.-]+\\.\\w+$", contact.email)) && length(contact.email) <= 254, false) if contact != null])
    error_message = format("%s: AWS takes one address of at most 254 ASCII characters (letters, digits, + = . # | ! & - _ before the @), for example \"aws-security@example.com\".", join(", ", [
      for type, contact in var.contacts : "contacts.${type}.email = ${jsonencode(contact.email)}"
      if contact != null && !try(can(regex("^[\\w+=.#|!&-]+@[\\w.-]+\\.\\w+$", contact.email)) && length(contact.email) <= 254, false)
    ]))
  }

  validation {
    condition = alltrue([for contact in values(var.contacts) : try(can(regex("^[0-9()+-]([\\s0-9()+-]*[0-9()+-])?$", contact.phone)) && length(contact.phone) <= 25, false) if contact != null])
    error_message = format("%s: AWS takes 1 to 25 of the characters 0-9 ( ) + - and space, for example \"+44 20 7946 0110\".", join(", ", [
      for type, contact in var.contacts : "contacts.${type}.phone = ${jsonencode(contact.phone)}"
      if contact != null && !try(can(regex("^[0-9()+-]([\\s0-9()+-]*[0-9()+-])?$", contact.phone)) && length(contact.phone) <= 25, false)
    ]))
  }
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

  # Lists are counted, not reduced by alltrue, distinct or toset: Terraform converts a list in quadratic time.
  validation {
    condition = length(flatten([for id, contacts in var.accounts : [
      for type, contact in contacts : "accounts[\"${id}\"].${type}.name = ${jsonencode(contact.name)}"
      if contact != null && !try(can(regex("^\\S(.*\\S)?$", contact.name)) && length(trim(base64encode(contact.name), "=")) <= 86, false)
    ]])) == 0
    error_message = format("%s: a name is 1 to 64 bytes of UTF-8 (3 for a Japanese character) without space at either end, for example \"Security Operations\".", substr(join(", ", flatten([for id, contacts in var.accounts : [
      for type, contact in contacts : "accounts[\"${id}\"].${type}.name = ${jsonencode(contact.name)}"
      if contact != null && !try(can(regex("^\\S(.*\\S)?$", contact.name)) && length(trim(base64encode(contact.name), "=")) <= 86, false)
    ]])), 0, 2000))
  }

  validation {
    condition = length(flatten([for id, contacts in var.accounts : [
      for type, contact in contacts : "accounts[\"${id}\"].${type}.title = ${jsonencode(contact.title)}"
      if contact != null && !try(can(regex("^\\S(.*\\S)?$", contact.title)) && length(trim(base64encode(contact.title), "=")) <= 67, false)
    ]])) == 0
    error_message = format("%s: a title is 1 to 50 bytes of UTF-8 (3 for a Japanese character) without space at either end, for example \"Security team\".", substr(join(", ", flatten([for id, contacts in var.accounts : [
      for type, contact in contacts : "accounts[\"${id}\"].${type}.title = ${jsonencode(contact.title)}"
      if contact != null && !try(can(regex("^\\S(.*\\S)?$", contact.title)) && length(trim(base64encode(contact.title), "=")) <= 67, false)
    ]])), 0, 2000))
  }

  validation {
    condition = length(flatten([for id, contacts in var.accounts : [
      for type, contact in contacts : "accounts[\"${id}\"].${type}.email = ${jsonencode(contact.email)}"
      if contact != null && !try(can(regex("^[\\w+=.#|!&-]+@[\\w.-]+\\.\\w+$", contact.email)) && length(contact.email) <= 254, false)
    ]])) == 0
    error_message = format("%s: AWS takes one address of at most 254 ASCII characters (letters, digits, + = . # | ! & - _ before the @), for example \"aws-security@example.com\".", substr(join(", ", flatten([for id, contacts in var.accounts : [
      for type, contact in contacts : "accounts[\"${id}\"].${type}.email = ${jsonencode(contact.email)}"
      if contact != null && !try(can(regex("^[\\w+=.#|!&-]+@[\\w.-]+\\.\\w+$", contact.email)) && length(contact.email) <= 254, false)
    ]])), 0, 2000))
  }

  validation {
    condition = length(flatten([for id, contacts in var.accounts : [
      for type, contact in contacts : "accounts[\"${id}\"].${type}.phone = ${jsonencode(contact.phone)}"
      if contact != null && !try(can(regex("^[0-9()+-]([\\s0-9()+-]*[0-9()+-])?$", contact.phone)) && length(contact.phone) <= 25, false)
    ]])) == 0
    error_message = format("%s: AWS takes 1 to 25 of the characters 0-9 ( ) + - and space, for example \"+44 20 7946 0110\".", substr(join(", ", flatten([for id, contacts in var.accounts : [
      for type, contact in contacts : "accounts[\"${id}\"].${type}.phone = ${jsonencode(contact.phone)}"
      if contact != null && !try(can(regex("^[0-9()+-]([\\s0-9()+-]*[0-9()+-])?$", contact.phone)) && length(contact.phone) <= 25, false)
    ]])), 0, 2000))
  }
}
