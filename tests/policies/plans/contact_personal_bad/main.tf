# Contacts that are one person's.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

resource "aws_account_alternate_contact" "own" {
  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "h.yamada@kaede.example"
  phone_number           = "+44 20 7946 0110"
}

resource "aws_account_alternate_contact" "billing" {
  alternate_contact_type = "BILLING"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "kaede.billing@yahoo.co.jp"
  phone_number           = "+44 20 7946 0110"
}

resource "aws_account_alternate_contact" "operations" {
  alternate_contact_type = "OPERATIONS"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "yamada@kaede.example"
  phone_number           = "+44 20 7946 0110"
}
