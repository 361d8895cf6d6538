# An ordinary plan in an account without contacts.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

module "topic" {
  source = "./shared/sns"
}
