# Accounts listed by the data source of an organizational unit.
provider "aws" {
  region = "us-east-1"
}

data "aws_caller_identity" "this" {}

data "aws_organizations_organization" "this" {}

data "aws_organizations_organizational_unit_descendant_accounts" "this" {
  parent_id = data.aws_organizations_organization.this.roots[0].id
}

resource "aws_account_alternate_contact" "own" {
  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-security@kaede.example"
  phone_number           = "+44 20 7946 0110"
}

resource "aws_account_alternate_contact" "log" {
  account_id             = "222222222201"
  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-security@kaede.example"
  phone_number           = "+44 20 7946 0110"
}
