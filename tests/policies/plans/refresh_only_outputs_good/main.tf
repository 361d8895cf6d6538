# terraform plan -refresh-only where only an output is new: nothing is said of what exists.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

resource "aws_account_alternate_contact" "own" {
  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-security@kaede.example"
  phone_number           = "+44 20 7946 0110"
}

output "name" {
  value = "kaede"
}
