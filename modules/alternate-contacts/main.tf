locals {
  # The keys come from the variables alone, so that every plan knows them.
  contacts = {
    for contact in flatten([
      for id, contacts in merge(var.accounts, { self = var.contacts }) : [
        for type, contact in contacts : merge(contact, {
          account_id = id
          type       = upper(type)
          given_as   = id == "self" ? "contacts.${type}" : "accounts[\"${id}\"].${type}"
        })
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

  lifecycle {
    # AWS limits characters, the provider bytes, and HCL cannot count those: 64 bytes are 86 characters of base64, 50 are 67.
    precondition {
      condition     = try(can(regex("^\\S(.*\\S)?$", each.value.name)) && length(trim(base64encode(each.value.name), "=")) <= 86, false)
      error_message = "${each.value.given_as}.name = ${jsonencode(each.value.name)}: a name is 1 to 64 bytes of UTF-8 (3 for a Japanese character) without space at either end, for example \"Security Operations\"."
    }

    precondition {
      condition     = try(can(regex("^\\S(.*\\S)?$", each.value.title)) && length(trim(base64encode(each.value.title), "=")) <= 67, false)
      error_message = "${each.value.given_as}.title = ${jsonencode(each.value.title)}: a title is 1 to 50 bytes of UTF-8 (3 for a Japanese character) without space at either end, for example \"Security team\"."
    }

    precondition {
      condition     = try(can(regex("^[\\w+=.#|!&-]+@[\\w.-]+\\.\\w+$", each.value.email)) && length(each.value.email) <= 254, false)
      error_message = "${each.value.given_as}.email = ${jsonencode(each.value.email)}: AWS accepts one address of at most 254 ASCII characters (letters, digits, + = . # | ! & - _ before the @), for example \"aws-security@example.com\"."
    }

    precondition {
      condition     = try(can(regex("^[0-9()+-]([\\s0-9()+-]*[0-9()+-])?$", each.value.phone)) && length(each.value.phone) <= 25, false)
      error_message = "${each.value.given_as}.phone = ${jsonencode(each.value.phone)}: AWS accepts 1 to 25 of the characters 0-9 ( ) + - and space, for example \"+44 20 7946 0110\"."
    }
  }
}
