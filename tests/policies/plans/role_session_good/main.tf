# The same role with another session, external id and duration is the same account.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

provider "aws" {
  alias  = "payments"
  region = "us-east-1"
  assume_role {
    role_arn = "arn:aws:iam::333333333302:role/OrganizationAccountAccessRole"
    session_name = "one"
  }
}

provider "aws" {
  alias  = "payments_again"
  region = "us-east-1"
  assume_role {
    role_arn = "arn:aws:iam::333333333302:role/OrganizationAccountAccessRole"
    session_name = "two"
    external_id  = "two"
    duration     = "1h"
  }
}

module "topic_this" {
  source = "./shared/sns"
  providers = {
    aws = aws.payments_again
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
