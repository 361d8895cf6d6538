# Two profiles that differ in text a plan does not keep.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

variable "name" {
  default = "kaede"
}

provider "aws" {
  alias  = "log"
  region = "us-east-1"
  shared_config_files      = ["./shared/profiles/config"]
  shared_credentials_files = ["./shared/profiles/credentials"]
  profile                  = "${var.name}-log"
}

provider "aws" {
  alias  = "payments"
  region = "us-east-1"
  shared_config_files      = ["./shared/profiles/config"]
  shared_credentials_files = ["./shared/profiles/credentials"]
  profile                  = "${var.name}-payments"
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
