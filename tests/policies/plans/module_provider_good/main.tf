# The same with a contact in each.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

module "log" {
  source  = "./shared/member"
  role    = "arn:aws:iam::222222222201:role/OrganizationAccountAccessRole"
  contact = true
}

module "payments" {
  source  = "./shared/member"
  role    = "arn:aws:iam::333333333302:role/OrganizationAccountAccessRole"
  contact = true
}

resource "aws_account_alternate_contact" "own" {
  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-security@kaede.example"
  phone_number           = "+44 20 7946 0110"
}
