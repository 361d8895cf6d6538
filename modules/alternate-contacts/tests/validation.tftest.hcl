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

run "name" {
  command = plan

  variables {
    contacts = { security = merge(var.valid, { name = "情報セキュリティ運用チーム窓口担当者あああああ" }) }
    accounts = { "222222222222" = { billing = merge(var.valid, { name = "情報セキュリティ運用チーム窓口担当者あああああ" }) } }
  }

  expect_failures = [var.contacts, var.accounts]
}

run "title" {
  command = plan

  variables {
    contacts = { security = merge(var.valid, { title = "情報セキュリティ運用チーム窓口担当" }) }
    accounts = { "222222222222" = { billing = merge(var.valid, { title = "情報セキュリティ運用チーム窓口担当" }) } }
  }

  expect_failures = [var.contacts, var.accounts]
}

run "email" {
  command = plan

  variables {
    contacts = { security = merge(var.valid, { email = "${join("", [for i in range(250) : "a"])}@example.com" }) }
    accounts = { "222222222222" = { billing = merge(var.valid, { email = "${join("", [for i in range(250) : "a"])}@example.com" }) } }
  }

  expect_failures = [var.contacts, var.accounts]
}

run "phone" {
  command = plan

  variables {
    contacts = { security = merge(var.valid, { phone = " 0120" }) }
    accounts = { "222222222222" = { billing = merge(var.valid, { phone = " 0120" }) } }
  }

  expect_failures = [var.contacts, var.accounts]
}

run "account_id_of_11_digits" {
  command = plan

  variables {
    accounts = { "22222222222" = { security = var.valid } }
  }

  expect_failures = [var.accounts]
}

run "account_without_any_contact" {
  command = plan

  variables {
    accounts = { "222222222222" = { securty = var.valid } }
  }

  expect_failures = [var.accounts]
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
