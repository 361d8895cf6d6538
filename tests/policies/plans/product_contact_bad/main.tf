# An account of Account Factory without a contact.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

resource "aws_servicecatalog_provisioned_product" "vended" {
  name                       = "vended"
  product_name               = "AWS Control Tower Account Factory"
  provisioning_artifact_name = "AWS Control Tower Account Factory"

  provisioning_parameters {
    key   = "AccountName"
    value = "vended"
  }

  provisioning_parameters {
    key   = "AccountEmail"
    value = "aws-root+vended@kaede.example"
  }
}

resource "aws_account_alternate_contact" "own" {
  alternate_contact_type = "SECURITY"
  name                   = "Operations desk"
  title                  = "Team"
  email_address          = "aws-security@kaede.example"
  phone_number           = "+44 20 7946 0110"
}
