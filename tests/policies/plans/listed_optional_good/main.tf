# Data sources that may have no instance.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

variable "listings" {
  type    = set(string)
  default = []
}

data "aws_organizations_organization" "this" {
  count = 0
}

module "listing" {
  source   = "./shared/listing"
  for_each = var.listings
}

resource "aws_account_alternate_contact" "own" {
  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-security@kaede.example"
  phone_number           = "+44 20 7946 0110"
}
