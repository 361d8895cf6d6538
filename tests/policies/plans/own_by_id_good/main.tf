# The own account's id from the caller identity, its contact written without account_id.
provider "aws" {
  region = "us-east-1"
}

data "aws_caller_identity" "this" {}

resource "aws_account_alternate_contact" "own" {
  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-security@kaede.example"
  phone_number           = "+44 20 7946 0110"
}
