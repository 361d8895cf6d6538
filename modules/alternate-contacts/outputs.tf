output "ids" {
  description = "Id of each contact for `terraform import`, by `ACCOUNT/TYPE` (`self/TYPE` for `contacts`)."
  value       = { for key, contact in aws_account_alternate_contact.this : key => contact.id }

  precondition {
    condition     = !var.create || length(local.contacts) > 0
    error_message = "Neither contacts nor accounts sets a contact. Set one, or set create = false to manage none."
  }

  precondition {
    condition     = length(local.given_twice) == 0
    error_message = "The same contact is set twice, because the account is the caller's own: ${join("; ", local.given_twice)}. Keep one of the two."
  }
}

output "contact_types" {
  description = "Contact types managed, by account id (`self` for `contacts`)."
  value       = local.contact_types
}

output "accounts_without_security_contact" {
  description = "Account ids (`self` for `contacts`) that this module gives a contact, but no SECURITY contact."
  value       = [for id, types in local.contact_types : id if !contains(types, "SECURITY")]
}
