# Two contacts for two accounts through a local, of different types.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

resource "aws_organizations_account" "several" {
  for_each = toset(["blue", "green"])

  name  = each.key
  email = "aws-root+${each.key}@kaede.example"
}

locals {
  ids = { for name, account in aws_organizations_account.several : name => account.id }
}

resource "aws_account_alternate_contact" "first" {
  account_id             = local.ids["blue"]
  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-security@kaede.example"
  phone_number           = "+44 20 7946 0110"
}

resource "aws_account_alternate_contact" "other" {
  account_id             = local.ids["green"]
  alternate_contact_type = "BILLING"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-security@kaede.example"
  phone_number           = "+44 20 7946 0110"
}

resource "aws_account_alternate_contact" "own" {
  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-security@kaede.example"
  phone_number           = "+44 20 7946 0110"
}
