# The own account's SECURITY contact was deleted from the configuration.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

module "topic" {
  source = "./shared/sns"
}
