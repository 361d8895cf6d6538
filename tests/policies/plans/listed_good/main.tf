# Accounts listed by the organization; the suspended one does not count, the caller's own has no account_id.
provider "aws" {
  region = "us-east-1"
}

data "aws_organizations_organization" "this" {}

data "aws_caller_identity" "this" {}

module "contacts" {
  source   = "./shared/contact"
  for_each = { for account in data.aws_organizations_organization.this.accounts : account.id => account if account.status == "ACTIVE" }

  account_id = each.key == data.aws_caller_identity.this.account_id ? null : each.key
  types      = ["SECURITY", "BILLING", "OPERATIONS"]
}
