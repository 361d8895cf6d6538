# Two Regions with one role, whose account is in a variable.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

variable "role" {
  default = "OrganizationAccountAccessRole"
}

variable "account" {
  default = "333333333302"
}

provider "aws" {
  alias  = "payments"
  region = "us-east-1"
  assume_role {
    role_arn = "arn:aws:iam::${var.account}:role/${var.role}"
  }
}

provider "aws" {
  alias  = "payments_tokyo"
  region = "ap-northeast-1"
  assume_role {
    role_arn = "arn:aws:iam::${var.account}:role/${var.role}"
  }
}

module "topic_this" {
  source = "./shared/sns"
  providers = {
    aws = aws.payments_tokyo
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

  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-security@kaede.example"
  phone_number           = "+44 20 7946 0110"
}
