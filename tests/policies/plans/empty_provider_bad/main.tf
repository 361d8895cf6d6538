# An empty provider block in a module works with the environment's credentials, not with the root's role.
provider "aws" {
  region = "us-east-1"
  assume_role {
    role_arn = "arn:aws:iam::333333333302:role/OrganizationAccountAccessRole"
  }
}

module "contact" {
  source = "./shared/empty"
}
