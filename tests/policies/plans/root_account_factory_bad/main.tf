# Control Tower Account Factory with a person's address.
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
    value = "yamada.hanako+aws@kaede.example"
  }
}
