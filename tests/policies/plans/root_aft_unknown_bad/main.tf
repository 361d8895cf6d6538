# An account request that only apply tells.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

resource "aws_sns_topic" "first" {
  name = "first"
}

resource "aws_dynamodb_table_item" "account_request" {
  table_name = "aft-request"
  hash_key   = "id"

  item = jsonencode({
    id = { S = "${aws_sns_topic.first.owner}@kaede.example" }
    control_tower_parameters = { M = {
      AccountEmail = { S = "aws-root+vended@kaede.example" }
      AccountName  = { S = "vended" }
      SSOUserEmail = { S = "first.last@kaede.example" }
    } }
  })
}
