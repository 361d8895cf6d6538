# A product of Service Catalog that is no account.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

resource "aws_servicecatalog_provisioned_product" "vended" {
  name                       = "vended"
  product_name               = "Buckets"
  provisioning_artifact_name = "Buckets"

  provisioning_parameters {
    key   = "AccountName"
    value = "vended"
  }

  provisioning_parameters {
    key   = "OwnerEmail"
    value = "yamada.hanako+aws@kaede.example"
  }
}
