# The default provider of the root, two modules down: the one between has no resource of it.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

module "outer" {
  source = "./shared/outer"
}
