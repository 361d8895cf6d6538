# A plan has no values of locals: contacts set through such a provider cannot be placed.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

locals {
  role = "arn:aws:iam::333333333302:role/OrganizationAccountAccessRole"
}

data "aws_organizations_organization" "this" {}

provider "aws" {
  alias  = "payments"
  region = "us-east-1"
  assume_role {
    role_arn = local.role
  }
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

resource "aws_account_alternate_contact" "payments" {
  provider = aws.payments

  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-security@kaede.example"
  phone_number           = "+44 20 7946 0110"
}
