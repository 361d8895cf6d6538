# An address in a request to Account Factory that only apply tells.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

resource "aws_sns_topic" "first" {
  name = "first"
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
    value = "${aws_sns_topic.first.owner}@kaede.example"
  }
}
