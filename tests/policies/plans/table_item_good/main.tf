# An item of another table that only apply tells.
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

resource "aws_sns_topic" "first" {
  name = "first"
}

resource "aws_dynamodb_table_item" "other" {
  table_name = "orders"
  hash_key   = "id"
  item       = jsonencode({ id = { S = aws_sns_topic.first.arn } })
}
