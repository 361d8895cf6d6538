# A second provider for another region is the same account.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

provider "aws" {
  alias  = "tokyo"
  region = "ap-northeast-1"
}

module "topic" {
  source = "./shared/sns"
  providers = {
    aws = aws.tokyo
  }
}

resource "aws_account_alternate_contact" "own" {
  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-security@kaede.example"
  phone_number           = "+44 20 7946 0110"
}
