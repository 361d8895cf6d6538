# An e-mail contact in a reserved domain.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

resource "aws_notificationscontacts_email_contact" "desk" {
  name          = "desk"
  email_address = "aws-security@example.org"
}
