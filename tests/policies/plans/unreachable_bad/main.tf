# Reserved domains and placeholder phones.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

resource "aws_account_alternate_contact" "a" {
  account_id             = "222222222201"
  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "security@example.com"
  phone_number           = "+44 20 7946 0110"
}

resource "aws_account_alternate_contact" "b" {
  account_id             = "333333333302"
  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "security@aws.test"
  phone_number           = "+44 20 7946 0110"
}

resource "aws_account_alternate_contact" "c" {
  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "security@kaede.internal"
  phone_number           = "+1 000 000 0000"
}

resource "aws_account_alternate_contact" "d" {
  alternate_contact_type = "BILLING"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-billing@kaede.example"
  phone_number           = "555-0123"
}

resource "aws_account_alternate_contact" "e" {
  alternate_contact_type = "OPERATIONS"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-operations@kaede.example"
  phone_number           = "1234567890"
}

resource "aws_account_alternate_contact" "f" {
  account_id             = "222222222201"
  alternate_contact_type = "BILLING"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-billing@kaede.example"
  phone_number           = "020 7946 0110"
}
