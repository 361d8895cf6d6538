# Two roles that differ in text a plan does not keep: one of the two accounts has no contact.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

variable "role" {
  default = "OrganizationAccountAccessRole"
}

provider "aws" {
  alias  = "log"
  region = "us-east-1"
  assume_role {
    role_arn = "arn:aws:iam::222222222201:role/${var.role}"
  }
}

provider "aws" {
  alias  = "payments"
  region = "us-east-1"
  assume_role {
    role_arn = "arn:aws:iam::333333333302:role/${var.role}"
  }
}

module "topic_this" {
  source = "./shared/sns"
  providers = {
    aws = aws.payments
  }
}

resource "aws_account_alternate_contact" "own" {
  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-security@kaede.example"
  phone_number           = "+44 20 7946 0110"
}

resource "aws_account_alternate_contact" "log" {
  provider = aws.log

  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-security@kaede.example"
  phone_number           = "+44 20 7946 0110"
}
