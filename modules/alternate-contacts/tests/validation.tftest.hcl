# Errors that depend on variables alone are tested in tests/modules/test_messages.py, in one run of Terraform.
mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = {
      account_id = "111111111111"
    }
  }
}

variables {
  # The one valid contact that each run bends.
  valid = {
    name  = "Security Operations"
    title = "Security team"
    email = "aws-security@example.com"
    phone = "+44 20 7946 0110"
  }
}

run "every_contact_is_checked" {
  command = plan

  variables {
    contacts = { security = merge(var.valid, { name = null }) }
    accounts = { "222222222222" = { billing = merge(var.valid, { phone = null }) } }
  }

  expect_failures = [aws_account_alternate_contact.this]
}

run "nothing_set" {
  command = plan

  variables {
    contacts = {}
  }

  expect_failures = [output.ids]
}

run "own_account_given_twice" {
  command = plan

  variables {
    contacts = { security = var.valid }
    accounts = { "111111111111" = { security = var.valid } }
  }

  expect_failures = [output.ids]
}
