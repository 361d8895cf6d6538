# Role from a variable; contacts there, but not SECURITY.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

variable "account_id" {
  default = "333333333302"
}

variable "role_arn" {
  default = "arn:aws:iam::333333333302:role/OrganizationAccountAccessRole"
}

provider "aws" {
  alias  = "payments"
  region = "us-east-1"
  assume_role {
    role_arn = var.role_arn
  }
}

resource "aws_account_alternate_contact" "own" {
  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-security@kaede.example"
  phone_number           = "+44 20 7946 0110"
}

resource "aws_account_alternate_contact" "payments" {
  provider = aws.payments

  alternate_contact_type = "BILLING"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-billing@kaede.example"
  phone_number           = "+44 20 7946 0110"
}
