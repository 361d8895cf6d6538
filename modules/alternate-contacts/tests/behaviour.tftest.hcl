mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = {
      account_id = "111111111111"
    }
  }
}

variables {
  security = {
    name  = "Security Operations"
    title = "Security team"
    email = "aws-security@example.com"
    phone = "+44 20 7946 0110"
  }
}

run "own_account" {
  command = plan

  variables {
    contacts = { security = var.security, operations = merge(var.security, { name = "$${path.root}" }) }
  }

  assert {
    condition     = keys(aws_account_alternate_contact.this) == ["self/OPERATIONS", "self/SECURITY"]
    error_message = "One contact per type that is given."
  }

  assert {
    condition     = alltrue([for contact in values(aws_account_alternate_contact.this) : contact.account_id == null])
    error_message = "The own account is never named."
  }

  assert {
    condition     = aws_account_alternate_contact.this["self/OPERATIONS"].name == "$${path.root}"
    error_message = "Text that looks like a template is text."
  }

  assert {
    condition     = length(data.aws_caller_identity.this) == 0
    error_message = "Nobody needs the caller's id."
  }

  assert {
    condition     = length(output.accounts_without_security_contact) == 0
    error_message = "The own account has a security contact."
  }
}

run "accounts_of_an_organization" {
  command = plan

  variables {
    accounts = {
      "111111111111" = { security = var.security }
      "222222222222" = { security = var.security, billing = var.security }
      "012345678901" = { operations = var.security }
    }
  }

  assert {
    condition = jsonencode({ for key, contact in aws_account_alternate_contact.this : key => contact.account_id }) == jsonencode({
      "111111111111/SECURITY"   = null
      "222222222222/SECURITY"   = "222222222222"
      "222222222222/BILLING"    = "222222222222"
      "012345678901/OPERATIONS" = "012345678901"
    })
    error_message = "The caller's own account is not named, every other one is."
  }

  assert {
    condition     = output.accounts_without_security_contact == ["012345678901"]
    error_message = "The account without a security contact is named."
  }

  assert {
    condition     = output.contact_types["222222222222"] == ["BILLING", "SECURITY"]
    error_message = "Types by account."
  }
}

run "limits_are_inclusive" {
  command = plan

  variables {
    contacts = {
      security = {
        name  = join("", [for i in range(64) : "a"])
        title = join("", [for i in range(50) : "a"])
        email = "${join("", [for i in range(242) : "a"])}@example.com"
        phone = "+44 20 7946 0110 (0) 0110"
      }
      billing = {
        name  = "情報セキュリティ運用チーム窓口担当者ああa"
        title = "経理"
        email = "a.b+c=d#e|f!g&h-i_j@example.com"
        phone = "1"
      }
    }
  }

  assert {
    condition     = length(aws_account_alternate_contact.this) == 2
    error_message = "64 and 50 bytes, 254 and 25 characters are accepted."
  }
}

run "create_false" {
  command = plan

  variables {
    create   = false
    contacts = { security = var.security }
    accounts = { "222222222222" = { security = var.security } }
  }

  assert {
    condition     = length(aws_account_alternate_contact.this) + length(data.aws_caller_identity.this) == 0
    error_message = "Nothing is managed or read."
  }
}
