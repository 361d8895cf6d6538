# Nothing in the plan tells the provider's account.
provider "aws" {
  region = "us-east-1"
}

module "topic" {
  source = "./shared/sns"
}
