locals {
  # The keys come from the variables alone, so that every plan knows them.
  contacts = {
    for contact in flatten([
      for id, contacts in merge(var.accounts, { self = var.contacts }) : [
        for type, contact in contacts : merge(contact, { account_id = id, type = upper(type) })
        if contact != null && var.create
      ]
    ]) : "${contact.account_id}/${contact.type}" => contact
  }

  contact_types = { for key in keys(local.contacts) : split("/", key)[0] => split("/", key)[1]... }

  caller_id = one(data.aws_caller_identity.this[*].account_id)

  given_twice = local.caller_id == null ? [] : [
    for type, contact in var.contacts : "contacts.${type} and accounts[\"${local.caller_id}\"].${type}"
    if contact != null && try(var.accounts[local.caller_id][type], null) != null
  ]
}

data "aws_caller_identity" "this" {
  count = var.create && length(var.accounts) > 0 ? 1 : 0
}

resource "aws_account_alternate_contact" "this" {
  for_each = local.contacts

  # AWS refuses an AccountId that is the caller's own when the caller is the management account.
  # https://docs.aws.amazon.com/accounts/latest/reference/API_PutAlternateContact.html
  account_id             = contains(["self", coalesce(local.caller_id, "self")], each.value.account_id) ? null : each.value.account_id
  alternate_contact_type = each.value.type
  name                   = each.value.name
  title                  = each.value.title
  email_address          = each.value.email
  phone_number           = each.value.phone
}
