# What exists already tells the account: arns of resources that both providers manage.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

variable "role" {
  default = "OrganizationAccountAccessRole"
}

provider "aws" {
  alias  = "payments"
  region = "us-east-1"
  assume_role {
    role_arn = "arn:aws:iam::333333333302:role/${var.role}"
  }
}

provider "aws" {
  alias  = "payments_tokyo"
  region = "ap-northeast-1"
  assume_role {
    role_arn = "arn:aws:iam::333333333302:role/${var.role}"
  }
}

resource "aws_sns_topic" "payments" {
  provider = aws.payments
  name     = "payments"
}

resource "aws_sns_topic" "payments_tokyo" {
  provider = aws.payments_tokyo
  name     = "payments"
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

  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-security@kaede.example"
  phone_number           = "+44 20 7946 0110"
}
