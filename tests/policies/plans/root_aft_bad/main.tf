# An account request of Account Factory for Terraform.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

resource "aws_dynamodb_table_item" "account_request" {
  table_name = "aft-request"
  hash_key   = "id"

  item = jsonencode({
    id = { S = "kaede.vended@icloud.com" }
    control_tower_parameters = { M = {
      AccountEmail = { S = "kaede.vended@icloud.com" }
      AccountName  = { S = "vended" }
      SSOUserEmail = { S = "first.last@kaede.example" }
    } }
  })
}
