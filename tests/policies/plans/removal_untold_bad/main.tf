# A contact that goes, of one of two accounts; its block is gone, and with it which.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

provider "aws" {
  alias  = "payments"
  region = "us-east-1"
  assume_role {
    role_arn = "arn:aws:iam::333333333302:role/OrganizationAccountAccessRole"
  }
}

module "topic" {
  source = "./shared/sns"
  providers = {
    aws = aws.payments
  }
}
