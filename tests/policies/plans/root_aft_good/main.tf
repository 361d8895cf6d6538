# The same with a root mailbox; the address of the SSO user may be a person's.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

resource "aws_dynamodb_table_item" "account_request" {
  table_name = "aft-request"
  hash_key   = "id"

  item = jsonencode({
    id = { S = "aws-root+vended@kaede.example" }
    control_tower_parameters = { M = {
      AccountEmail = { S = "aws-root+vended@kaede.example" }
      AccountName  = { S = "vended" }
      SSOUserEmail = { S = "first.last@kaede.example" }
    } }
  })
}
