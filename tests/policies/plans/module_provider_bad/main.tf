# A module with a provider of its own, called for two accounts; a root variable of the same name means nothing.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

variable "role" {
  default = "arn:aws:iam::222222222201:role/OrganizationAccountAccessRole"
}

module "log" {
  source  = "./shared/member"
  role    = "arn:aws:iam::222222222201:role/OrganizationAccountAccessRole"
  contact = true
}

module "payments" {
  source  = "./shared/member"
  role    = "arn:aws:iam::333333333302:role/OrganizationAccountAccessRole"
  contact = false
}

resource "aws_account_alternate_contact" "own" {
  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-security@kaede.example"
  phone_number           = "+44 20 7946 0110"
}
