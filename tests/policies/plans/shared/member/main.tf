variable "role" {}

provider "aws" {
  region = "us-east-1"
  assume_role {
    role_arn = var.role
  }
}

variable "contact" {}

resource "aws_sns_topic" "this" {
  name = "topic"
}

resource "aws_account_alternate_contact" "this" {
  count = var.contact ? 1 : 0

  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-security@kaede.example"
  phone_number           = "+44 20 7946 0110"
}
